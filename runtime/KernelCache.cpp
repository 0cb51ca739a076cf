//===- KernelCache.cpp - compiled code on disk ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/KernelCache.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace mixc::runtime;

namespace {

/// An open file, closed at the end of its scope.
class File {
public:
  explicit File(int number) : number(number) {}
  ~File() {
    if (number >= 0)
      close(number);
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  explicit operator bool() const { return number >= 0; }
  int get() const { return number; }

private:
  int number;
};

/// In front of the contents of a file; behind it stands the digest of its key and contents.
constexpr std::string_view magic = "mixc kernels 1\n";
constexpr size_t headBytes = magic.size() + sizeof(Sha256::Digest);

constexpr std::string_view suffix = ".kernels", temporarySuffix = ".tmp";

/// After this long nobody is writing a temporary file any more.
constexpr time_t secondsOfWriting = 3600;

constexpr mode_t mine = 0700, mineToRead = 0600, others = 0077;

std::string reason() { return std::strerror(errno); }

Sha256::Digest seal(const Sha256::Digest &key, std::string_view contents) {
  Sha256 hash;
  hash.add({reinterpret_cast<const char *>(key.data()), key.size()});
  hash.add(contents);
  return hash.finish();
}

bool writeAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool readAll(int file, std::string &bytes) {
  for (size_t done = 0; done < bytes.size();) {
    ssize_t count = read(file, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

bool makeFolders(const std::string &path) {
  for (size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    if (mkdir(path.substr(0, at).c_str(), mine) && errno != EEXIST)
      return false;
    if (at == std::string::npos)
      return true;
  }
}

} // namespace

std::unique_ptr<KernelCache> KernelCache::open(const std::string &folder, uint64_t limit,
                                               std::string &why) {
  auto refuse = [&](const std::string &text) {
    why = "the folder `" + folder + "` " + text;
    return nullptr;
  };
  // Folders that lie on a disk for reading only are there, although they can't be made.
  if (!makeFolders(folder) && errno != EROFS && errno != EACCES)
    return refuse("can't be made: " + reason());
  int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0)
    return refuse("can't be opened: " + reason());
  std::unique_ptr<KernelCache> cache(new KernelCache(opened, limit));
  struct stat about;
  if (fstat(opened, &about))
    return refuse("can't be looked at: " + reason());
  if (about.st_uid != geteuid())
    return refuse("belongs to somebody else");
  if (about.st_mode & others)
    return refuse("is open to others: `chmod 700` makes it private");
  return cache;
}

KernelCache::~KernelCache() { close(folder); }

static std::string nameOf(const Sha256::Digest &key) { return hexText(key) + std::string(suffix); }

std::optional<std::string> KernelCache::find(const Sha256::Digest &key) {
  std::string name = nameOf(key);
  File file(openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file)
    return std::nullopt;
  struct stat about;
  if (fstat(file.get(), &about) || !S_ISREG(about.st_mode))
    return std::nullopt;
  std::string bytes;
  bool good = about.st_uid == geteuid() && !(about.st_mode & others) &&
              static_cast<size_t>(about.st_size) >= headBytes;
  if (good) {
    bytes.resize(static_cast<size_t>(about.st_size));
    good = readAll(file.get(), bytes) && bytes.starts_with(magic);
  }
  if (good) {
    Sha256::Digest found;
    std::memcpy(found.data(), bytes.data() + magic.size(), found.size());
    bytes.erase(0, headBytes);
    good = found == seal(key, bytes);
  }
  if (!good) {
    unlinkat(folder, name.c_str(), 0);
    return std::nullopt;
  }
  // The time of the last change is that of the last use.
  futimens(file.get(), nullptr);
  return bytes;
}

void KernelCache::store(const Sha256::Digest &key, std::string_view contents) {
  if (headBytes + contents.size() > limit)
    return;
  static std::atomic<unsigned> number = 0;
  std::string name = nameOf(key), temporary = hexText(key) + "." + std::to_string(getpid()) + "." +
                                              std::to_string(number++) +
                                              std::string(temporarySuffix);
  {
    File file(
        openat(folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mineToRead));
    if (!file)
      return;
    Sha256::Digest digest = seal(key, contents);
    bool good =
        writeAll(file.get(), magic) &&
        writeAll(file.get(), {reinterpret_cast<const char *>(digest.data()), digest.size()}) &&
        writeAll(file.get(), contents);
    if (!good || renameat(folder, temporary.c_str(), folder, name.c_str())) {
      unlinkat(folder, temporary.c_str(), 0);
      return;
    }
  }
  evict();
}

void KernelCache::evict() {
  // One at a time; whoever comes second finds little to do.
  File lock(openat(folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mineToRead));
  if (!lock || flock(lock.get(), LOCK_EX | LOCK_NB))
    return;
  int list = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *listing = list < 0 ? nullptr : fdopendir(list);
  if (!listing) {
    if (list >= 0)
      close(list);
    return;
  }
  struct Entry {
    timespec used;
    uint64_t bytes;
    std::string name;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  while (const dirent *found = readdir(listing)) {
    std::string_view name = found->d_name;
    bool isTemporary = name.ends_with(temporarySuffix);
    struct stat about;
    if ((!isTemporary && !name.ends_with(suffix)) ||
        fstatat(folder, found->d_name, &about, AT_SYMLINK_NOFOLLOW))
      continue;
    if (isTemporary) {
      if (about.st_mtim.tv_sec + secondsOfWriting < time(nullptr))
        unlinkat(folder, found->d_name, 0);
      continue;
    }
    entries.push_back({about.st_mtim, static_cast<uint64_t>(about.st_size), std::string(name)});
    total += entries.back().bytes;
  }
  closedir(listing);
  std::sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) {
    return std::pair(a.used.tv_sec, a.used.tv_nsec) < std::pair(b.used.tv_sec, b.used.tv_nsec);
  });
  for (const Entry &entry : entries) {
    if (total <= limit)
      return;
    if (!unlinkat(folder, entry.name.c_str(), 0))
      total -= entry.bytes;
  }
}
