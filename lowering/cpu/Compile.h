//===- Compile.h - from plan and tile to code of the CPU --------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The passes of this folder and those of the host, LLVM's optimiser and its code generator in a
// row. The modules of `plan.func` and `tile.kernel` stay as they are.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_COMPILE_H
#define MIXC_LOWERING_CPU_COMPILE_H

#include "lowering/host/Codegen.h"
#include "lowering/host/Jit.h"

namespace mixc::lowering::cpu {

/// The code of `module` for `target`.
llvm::Expected<llvm::SmallVector<char, 0>>
emitCode(mlir::ModuleOp module, const host::CpuTarget &target, host::CodeForm form);

/// The one plan of `module` and its kernels as an object, ready to be loaded.
llvm::Expected<host::PlanCode> compile(mlir::ModuleOp module, const host::CpuTarget &target);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_COMPILE_H
