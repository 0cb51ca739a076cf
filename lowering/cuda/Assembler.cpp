//===- Assembler.cpp - NVIDIA's assembler ---------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cuda/Compile.h"

#include "lowering/host/TemporaryFile.h"

#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"

using namespace mixc::lowering;

std::optional<std::string> cuda::findAssembler() {
  if (auto path = llvm::sys::findProgramByName("ptxas"))
    return *path;
  std::vector<std::string> folders = {"/usr/local/cuda/bin"};
  if (auto home = llvm::sys::Process::GetEnv("CUDA_HOME"))
    folders.insert(folders.begin(), *home + "/bin");
  for (const std::string &folder : folders)
    if (auto path = llvm::sys::findProgramByName("ptxas", {folder}))
      return *path;
  return std::nullopt;
}

llvm::Expected<llvm::SmallVector<char, 0>> cuda::assembleCubin(llvm::StringRef ptx,
                                                               const gpu::Target &target) {
  std::optional<std::string> assembler = findAssembler();
  if (!assembler)
    return llvm::createStringError("no `ptxas`: looked for it on the path, in $CUDA_HOME/bin and "
                                   "in /usr/local/cuda/bin");
  auto source = host::TemporaryFile::create("ptx", ptx);
  if (!source)
    return source.takeError();
  auto result = host::TemporaryFile::create("cubin", "");
  if (!result)
    return result.takeError();
  auto messages = host::TemporaryFile::create("txt", "");
  if (!messages)
    return messages.takeError();

  std::string arch = "--gpu-name=" + target.arch;
  llvm::StringRef arguments[] = {*assembler,     arch, "-O3",         "--fmad=false",
                                 source->path(), "-o", result->path()};
  std::optional<llvm::StringRef> outputs[] = {std::nullopt, messages->path(), messages->path()};
  std::string failure;
  int code = llvm::sys::ExecuteAndWait(*assembler, arguments, /*Env=*/std::nullopt, outputs,
                                       /*SecondsToWait=*/0, /*MemoryLimit=*/0, &failure);
  if (code == 0)
    return result->read();
  auto text = messages->read();
  if (!text)
    return text.takeError();
  return llvm::createStringError("`ptxas` failed: " + failure +
                                 llvm::StringRef(text->data(), text->size()));
}
