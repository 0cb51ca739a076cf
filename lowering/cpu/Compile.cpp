//===- Compile.cpp - from plan and tile to code of the CPU ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/Compile.h"

#include "lowering/cpu/Passes.h"

using namespace mlir;
using namespace mixc::lowering;

llvm::Expected<llvm::SmallVector<char, 0>>
cpu::emitCode(ModuleOp module, const host::CpuTarget &target, host::CodeForm form) {
  auto lowered = host::lower(module, [&](OpPassManager &passes) { cpu::buildCpuPipeline(passes, target); });
  if (!lowered)
    return lowered.takeError();
  return host::emitCode(**lowered, target, form);
}

llvm::Expected<host::PlanCode> cpu::compile(ModuleOp module, const host::CpuTarget &target) {
  auto lowered = host::lower(module, [&](OpPassManager &passes) { cpu::buildCpuPipeline(passes, target); });
  if (!lowered)
    return lowered.takeError();
  return host::compile(module, **lowered, target);
}
