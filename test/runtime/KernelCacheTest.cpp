//===- KernelCacheTest.cpp - compiled code on disk ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/KernelCache.h"

#include "gtest/gtest.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace mixc::runtime;
namespace fs = std::filesystem;

namespace {

Sha256::Digest keyOf(std::string_view text) { return Sha256::of(text); }

class KernelCacheTest : public testing::Test {
protected:
  KernelCacheTest() {
    std::string pattern = testing::TempDir() + "mixc-cache-XXXXXX";
    root = mkdtemp(pattern.data());
    folder = root / "below" / "kernels";
  }
  ~KernelCacheTest() override { fs::remove_all(root); }

  std::unique_ptr<KernelCache> open(uint64_t limit = KernelCache::defaultLimit) {
    return KernelCache::open(folder, limit, why);
  }
  fs::path fileOf(std::string_view key) const {
    return folder / (hexText(keyOf(key)) + ".kernels");
  }
  /// The kernels that are kept.
  size_t count() const {
    size_t files = 0;
    for (const fs::directory_entry &entry : fs::directory_iterator(folder))
      files += entry.path().extension() == ".kernels";
    return files;
  }

  fs::path root, folder;
  std::string why;
};

TEST(Sha256Test, AgreesWithTheStandard) {
  EXPECT_EQ(hexText(Sha256::of("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hexText(Sha256::of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hexText(Sha256::of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hexText(Sha256::of(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, FieldsHaveEnds) {
  Sha256 first, second;
  first.addField("ab");
  first.addField("c");
  second.addField("a");
  second.addField("bc");
  EXPECT_NE(first.finish(), second.finish());
}

TEST_F(KernelCacheTest, FindsWhatWasStored) {
  auto cache = open();
  ASSERT_TRUE(cache) << why;
  EXPECT_FALSE(cache->find(keyOf("a")));
  std::string contents("code\0with zeros", 15);
  cache->store(keyOf("a"), contents);
  cache->store(keyOf("empty"), "");
  EXPECT_EQ(cache->find(keyOf("a")), contents);
  EXPECT_EQ(cache->find(keyOf("empty")), "");
  EXPECT_FALSE(cache->find(keyOf("b")));
  EXPECT_EQ(open()->find(keyOf("a")), contents) << "from another process";
}

TEST_F(KernelCacheTest, IsPrivate) {
  mode_t before = umask(0);
  auto cache = open();
  cache->store(keyOf("a"), "code");
  umask(before);
  struct stat about;
  ASSERT_EQ(stat(folder.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0700u);
  ASSERT_EQ(stat(fileOf("a").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST_F(KernelCacheTest, RefusesFoldersOfOthers) {
  ASSERT_TRUE(open());
  chmod(folder.c_str(), 0770);
  EXPECT_FALSE(open());
  EXPECT_EQ(why,
            "the folder `" + folder.string() + "` is open to others: `chmod 700` makes it private");
  chmod(folder.c_str(), 0700);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(folder.c_str(), 12345, 12345), 0);
    EXPECT_FALSE(open());
    EXPECT_EQ(why, "the folder `" + folder.string() + "` belongs to somebody else");
    ASSERT_EQ(chown(folder.c_str(), 0, 0), 0);
  }
  EXPECT_TRUE(open()) << why;
}

TEST_F(KernelCacheTest, RefusesLinksAndFiles) {
  fs::create_directories(root / "elsewhere");
  fs::create_directories(root / "below");
  fs::create_symlink(root / "elsewhere", folder);
  EXPECT_FALSE(open());
  fs::remove(folder);
  std::ofstream(folder) << "a file";
  EXPECT_FALSE(open());
  EXPECT_NE(why.find("can't be opened"), std::string::npos) << why;
}

TEST_F(KernelCacheTest, DamageIsNeverTrusted) {
  auto cache = open();
  // A bit of the contents, of the digest, of the first line; less and more than was stored.
  auto damage = [&](auto change) {
    cache->store(keyOf("a"), "the code of a kernel");
    ASSERT_TRUE(cache->find(keyOf("a")));
    change(fileOf("a"));
    EXPECT_FALSE(cache->find(keyOf("a")));
    EXPECT_FALSE(fs::exists(fileOf("a"))) << "it is removed";
  };
  for (int64_t at : {0, 20, 50, 60}) {
    SCOPED_TRACE(at);
    damage([&](const fs::path &path) {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(at);
      char byte = static_cast<char>(file.get() ^ 1);
      file.seekp(at);
      file.put(byte);
    });
  }
  damage([](const fs::path &path) { fs::resize_file(path, 55); });
  damage([](const fs::path &path) { fs::resize_file(path, 0); });
  damage([](const fs::path &path) { std::ofstream(path, std::ios::app) << "more"; });
  // What was made for another key, under this name.
  damage([&](const fs::path &path) {
    cache->store(keyOf("b"), "other code");
    fs::copy_file(fileOf("b"), path, fs::copy_options::overwrite_existing);
  });
  damage([](const fs::path &path) { chmod(path.c_str(), 0666); });
}

TEST_F(KernelCacheTest, LinksAreNotFollowed) {
  auto cache = open();
  cache->store(keyOf("a"), "code");
  fs::rename(fileOf("a"), root / "elsewhere");
  fs::create_symlink(root / "elsewhere", fileOf("a"));
  EXPECT_FALSE(cache->find(keyOf("a")));
}

TEST_F(KernelCacheTest, KeepsWhatWasUsedLast) {
  std::string contents(1000, 'x');
  auto cache = open(/*limit=*/3300); // three of them, with their heads
  auto later = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  for (const char *key : {"a", "b", "c"}) {
    cache->store(keyOf(key), contents);
    later();
  }
  EXPECT_EQ(count(), 3u);
  EXPECT_TRUE(cache->find(keyOf("a")));
  later();
  cache->store(keyOf("d"), contents);
  EXPECT_EQ(count(), 3u);
  EXPECT_FALSE(cache->find(keyOf("b")));
  for (const char *key : {"a", "c", "d"})
    EXPECT_TRUE(cache->find(keyOf(key))) << key;
  // What is larger than all drives nothing out.
  cache->store(keyOf("e"), std::string(4000, 'x'));
  EXPECT_EQ(count(), 3u);
  EXPECT_FALSE(cache->find(keyOf("e")));
}

TEST_F(KernelCacheTest, RemovesWhatWritersLeftBehind) {
  auto cache = open();
  std::ofstream(folder / "old.1.0.tmp") << "half";
  std::ofstream(folder / "new.1.0.tmp") << "half";
  fs::last_write_time(folder / "old.1.0.tmp",
                      fs::file_time_type::clock::now() - std::chrono::hours(2));
  cache->store(keyOf("a"), "code");
  EXPECT_FALSE(fs::exists(folder / "old.1.0.tmp"));
  EXPECT_TRUE(fs::exists(folder / "new.1.0.tmp"));
}

/// Eight processes store and read the same few kernels under a limit that makes them remove each
/// other's: whatever any finds is whole.
TEST_F(KernelCacheTest, ManyProcessesAtOnce) {
  std::vector<pid_t> children;
  for (int child = 0; child < 8; ++child) {
    pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      auto cache = open(/*limit=*/40000);
      bool good = cache != nullptr;
      for (int round = 0; good && round < 60; ++round) {
        int which = (child + round) % 7;
        std::string contents(10000, static_cast<char>('a' + which));
        cache->store(keyOf(std::to_string(which)), contents);
        auto found = cache->find(keyOf(std::to_string((which + 3) % 7)));
        good = !found || *found == std::string(10000, static_cast<char>('a' + (which + 3) % 7));
      }
      _exit(good ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (pid_t pid : children) {
    int status = 0;
    waitpid(pid, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  auto cache = open(40000);
  cache->store(keyOf("last"), "code");
  EXPECT_LE(count(), 5u);
  for (const fs::directory_entry &entry : fs::directory_iterator(folder))
    EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
}

} // namespace
