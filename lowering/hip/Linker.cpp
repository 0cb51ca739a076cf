//===- Linker.cpp - from object files to code objects ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's linker as a library. It reads and writes files.
//
//===----------------------------------------------------------------------===//

#include "lowering/hip/Linker.h"

#include "lowering/gpu/TemporaryFile.h"

#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace mixc::lowering;

llvm::Expected<llvm::SmallVector<char, 0>> hip::linkCodeObject(llvm::ArrayRef<char> object) {
  auto input = gpu::TemporaryFile::create("o", {object.data(), object.size()});
  if (!input)
    return input.takeError();
  auto output = gpu::TemporaryFile::create("hsaco", "");
  if (!output)
    return output.takeError();

  const char *arguments[] = {"ld.lld", "-shared", input->path(), "-o", output->path()};
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  // The linker has global state.
  static std::mutex linking;
  std::lock_guard<std::mutex> lock(linking);
  lld::Result result = lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return llvm::createStringError("the linker failed: " + messages);
  return output->read();
}
