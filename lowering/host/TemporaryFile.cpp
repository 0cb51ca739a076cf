//===- TemporaryFile.cpp - what other programs read and write -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/host/TemporaryFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mixc::lowering::host;

static llvm::Error failure(const llvm::Twine &what, std::error_code code) {
  return llvm::createStringError(code, what + ": " + code.message());
}

llvm::Expected<TemporaryFile> TemporaryFile::create(llvm::StringRef suffix,
                                                    llvm::StringRef content) {
  TemporaryFile file;
  int descriptor;
  if (auto code = llvm::sys::fs::createTemporaryFile("mixc", suffix, descriptor, file.name))
    return failure("no temporary file", code);
  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  stream << content;
  stream.close();
  if (std::error_code code = stream.error()) {
    stream.clear_error();
    return failure("can't write `" + file.name + "`", code);
  }
  return file;
}

TemporaryFile::~TemporaryFile() {
  if (!name.empty())
    llvm::sys::fs::remove(name);
}

llvm::Expected<llvm::SmallVector<char, 0>> TemporaryFile::read() const {
  auto buffer =
      llvm::MemoryBuffer::getFile(name, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return failure("can't read `" + name + "`", buffer.getError());
  llvm::StringRef content = (*buffer)->getBuffer();
  return llvm::SmallVector<char, 0>(content.begin(), content.end());
}
