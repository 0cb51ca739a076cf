//===- TensorFile.cpp - tensors from and to files -------------------------===//

#include "compiler/reference/TensorFile.h"

#include "compiler/reference/FileBytes.h"
#include "compiler/reference/Npy.h"
#include "compiler/reference/Safetensors.h"
#include "compiler/reference/StoredValues.h"
#include "compiler/reference/Zip.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <functional>

using namespace mixc::reference;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static Error fileError(StringRef path, const Twine &what) {
  return llvm::createStringError(path + ": " + what);
}

/// ``can't WHAT `PATH`: no such file or directory; THEN``.
static Error systemError(StringRef path, StringRef what, std::error_code code, StringRef then) {
  std::string reason = code.message();
  if (!reason.empty())
    reason[0] = llvm::toLower(reason[0]);
  return llvm::createStringError("can't " + what + " `" + path + "`: " + reason + "; " + then);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// A tensor in an open file, not yet read.
struct LazyTensor {
  std::string name;
  std::function<Expected<HostTensor>()> load;
};

struct OpenFile {
  /// Shared, since the tensors' loaders point to it.
  std::shared_ptr<FileBytes> bytes;
  std::unique_ptr<llvm::MemoryBuffer> buffer;
  std::vector<LazyTensor> tensors;
};

} // namespace

static Expected<OpenFile> openFile(StringRef path) {
  constexpr StringRef advice = "check the path and its permissions";
  llvm::sys::fs::file_status status;
  if (std::error_code code = llvm::sys::fs::status(path, status))
    return systemError(path, "read", code, advice);
  // Only these have a length that can be trusted before they are read.
  if (!llvm::sys::fs::is_regular_file(status))
    return llvm::createStringError("can't read `" + path +
                                   "`: it is not a regular file; name a .npy, .npz or "
                                   ".safetensors file");
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return systemError(path, "read", buffer.getError(), advice);
  OpenFile file;
  file.buffer = std::move(*buffer);
  file.bytes = std::make_shared<FileBytes>(FileBytes{path.str(), file.buffer->getBuffer()});
  return file;
}

static Error openNpz(OpenFile &file) {
  std::shared_ptr<FileBytes> bytes = file.bytes;
  Expected<std::vector<ZipMember>> members = listZip(*bytes);
  if (!members)
    return members.takeError();
  for (ZipMember &member : *members) {
    StringRef name = member.name;
    if (!name.consume_back(".npy"))
      continue;
    auto load = [bytes, member]() -> Expected<HostTensor> {
      Expected<ZipContents> contents = readZipMember(*bytes, member);
      if (!contents)
        return contents.takeError();
      return parseNpy({bytes->name + ": member `" + member.name + "`", contents->bytes});
    };
    file.tensors.push_back({name.str(), std::move(load)});
  }
  return Error::success();
}

static Error openSafetensors(OpenFile &file) {
  std::shared_ptr<FileBytes> bytes = file.bytes;
  Expected<std::vector<SafetensorsEntry>> entries = listSafetensors(*bytes);
  if (!entries)
    return entries.takeError();
  for (SafetensorsEntry &entry : *entries) {
    std::string name = entry.name;
    auto load = [bytes, entry = std::move(entry)] { return loadSafetensor(*bytes, entry); };
    file.tensors.push_back({std::move(name), std::move(load)});
  }
  return Error::success();
}

static Expected<OpenFile> openTensors(StringRef path) {
  std::string extension = llvm::sys::path::extension(path).lower();
  bool npy = extension == ".npy", npz = extension == ".npz";
  if (!npy && !npz && extension != ".safetensors")
    return fileError(path, "a tensor file is expected to end in .npy, .npz or "
                           ".safetensors, this ends in `" +
                               extension + "`; convert or rename it");
  Expected<OpenFile> file = openFile(path);
  if (!file)
    return file;
  if (npy) {
    file->tensors.push_back(
        {llvm::sys::path::stem(path).str(), [bytes = file->bytes] { return parseNpy(*bytes); }});
    return file;
  }
  if (Error error = npz ? openNpz(*file) : openSafetensors(*file))
    return std::move(error);
  llvm::StringSet<> seen;
  for (const LazyTensor &tensor : file->tensors)
    if (!seen.insert(tensor.name).second)
      return fileError(path, "two tensors are called `" + tensor.name +
                                 "`; save the file again with one of them");
  return file;
}

Expected<HostTensor> mixc::reference::readNpy(StringRef path) {
  Expected<OpenFile> file = openFile(path);
  if (!file)
    return file.takeError();
  return parseNpy(*file->bytes);
}

Expected<std::vector<std::string>> mixc::reference::listNames(StringRef path) {
  Expected<OpenFile> file = openTensors(path);
  if (!file)
    return file.takeError();
  std::vector<std::string> names;
  for (LazyTensor &tensor : file->tensors)
    names.push_back(std::move(tensor.name));
  return names;
}

Expected<NamedTensors> mixc::reference::readAll(StringRef path) {
  Expected<OpenFile> file = openTensors(path);
  if (!file)
    return file.takeError();
  NamedTensors result;
  for (LazyTensor &lazy : file->tensors) {
    Expected<HostTensor> tensor = lazy.load();
    if (!tensor)
      return tensor.takeError();
    result.emplace_back(std::move(lazy.name), std::move(*tensor));
  }
  return result;
}

/// The first few names, for a message.
static std::string someNames(ArrayRef<LazyTensor> tensors) {
  if (tensors.empty())
    return "no tensors";
  std::string text;
  constexpr size_t most = 8;
  for (const LazyTensor &tensor : tensors.take_front(most))
    text += (text.empty() ? "`" : ", `") + tensor.name + "`";
  if (tensors.size() > most)
    text += " and " + std::to_string(tensors.size() - most) + " more";
  return text;
}

Expected<NamedTensors> mixc::reference::readNamed(StringRef path, ArrayRef<std::string> names) {
  Expected<OpenFile> file = openTensors(path);
  if (!file)
    return file.takeError();
  llvm::StringMap<const LazyTensor *> byName;
  for (const LazyTensor &tensor : file->tensors)
    byName[tensor.name] = &tensor;
  NamedTensors result;
  for (const std::string &name : names) {
    const LazyTensor *lazy = byName.lookup(name);
    if (!lazy)
      return fileError(path, "has no tensor `" + name + "`, it has " + someNames(file->tensors) +
                                 "; rename it in the file or in the spec");
    Expected<HostTensor> tensor = lazy->load();
    if (!tensor)
      return tensor.takeError();
    result.emplace_back(name, std::move(*tensor));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// Gives `write` a stream into a temporary sibling of `path`, which takes its
/// place when all went well and is deleted otherwise.
static Error writeWhole(StringRef path, llvm::function_ref<Error(llvm::raw_ostream &)> write) {
  constexpr StringRef advice = "check the folder, its permissions and the disk";
  llvm::SmallString<256> target(path);
  llvm::sys::fs::file_status status;
  if (!llvm::sys::fs::status(path, status)) {
    if (!llvm::sys::fs::is_regular_file(status))
      return llvm::createStringError("can't write `" + path +
                                     "`: it is not a regular file; name another");
    // A link stays, the file it names is replaced.
    if (std::error_code code = llvm::sys::fs::real_path(path, target))
      return systemError(path, "write", code, advice);
  }
  Expected<llvm::sys::fs::TempFile> file =
      llvm::sys::fs::TempFile::create(target + ".%%%%%%%%.tmp");
  if (!file)
    return systemError(path, "write", llvm::errorToErrorCode(file.takeError()), advice);
  Error error = Error::success();
  {
    llvm::raw_fd_ostream os(file->FD, /*shouldClose=*/false);
    llvm::ErrorAsOutParameter checked(error);
    if (Error failed = write(os))
      error = fileError(path, llvm::toString(std::move(failed)));
    os.flush();
    if (os.has_error() && !error)
      error = systemError(path, "write", os.error(), advice);
    os.clear_error();
  }
  if (error)
    return llvm::joinErrors(std::move(error), file->discard());
  // Fails with the temporary file removed.
  if (Error failed = file->keep(target))
    return systemError(path, "write", llvm::errorToErrorCode(std::move(failed)), advice);
  return Error::success();
}

Error mixc::reference::writeNpy(StringRef path, const HostTensor &tensor) {
  return writeWhole(path, [&](llvm::raw_ostream &os) -> Error {
    Expected<NpyImage> image = toNpy(tensor);
    if (!image)
      return image.takeError();
    os << image->header << bytesOf(image->values);
    return Error::success();
  });
}

/// Names that a file of tensors can tell apart.
static Error checkNames(ArrayRef<std::pair<std::string, HostTensor>> tensors) {
  llvm::StringSet<> seen;
  for (const auto &[name, tensor] : tensors)
    if (!seen.insert(name).second)
      return llvm::createStringError("two tensors are called `" + name + "`; rename one");
  return Error::success();
}

Error mixc::reference::writeNpz(StringRef path,
                                ArrayRef<std::pair<std::string, HostTensor>> tensors) {
  return writeWhole(path, [&](llvm::raw_ostream &os) -> Error {
    if (Error error = checkNames(tensors))
      return error;
    ZipWriter zip(os);
    for (const auto &[name, tensor] : tensors) {
      std::string member = name + ".npy";
      if (member.size() > UINT16_MAX)
        return llvm::createStringError(
            "a name of " + Twine(name.size()) +
            " bytes is too long for a .npz file; shorten it to 65531 or less");
      Expected<NpyImage> image = toNpy(tensor);
      if (!image)
        return image.takeError();
      zip.add(member, {image->header, bytesOf(image->values)});
    }
    zip.finish();
    return Error::success();
  });
}

Error mixc::reference::writeSafetensors(StringRef path,
                                        ArrayRef<std::pair<std::string, HostTensor>> tensors) {
  return writeWhole(path, [&](llvm::raw_ostream &os) -> Error {
    if (Error error = checkNames(tensors))
      return error;
    return writeSafetensorsTo(os, tensors);
  });
}
