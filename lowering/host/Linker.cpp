//===- Linker.cpp - from object files to shared objects -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's linker as a library. It reads and writes files.
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Linker.h"

#include "lowering/host/TemporaryFile.h"

#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace mixc::lowering;

llvm::Expected<llvm::SmallVector<char, 0>>
host::linkSharedObject(llvm::ArrayRef<char> object, llvm::ArrayRef<std::string> options) {
  auto input = TemporaryFile::create("o", {object.data(), object.size()});
  if (!input)
    return input.takeError();
  auto output = TemporaryFile::create("so", "");
  if (!output)
    return output.takeError();

  std::vector<const char *> arguments{"ld.lld", "-shared", input->path(), "-o", output->path()};
  for (const std::string &option : options)
    arguments.push_back(option.c_str());
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
