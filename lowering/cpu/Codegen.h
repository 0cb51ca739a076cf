//===- Codegen.h - from plan and tile to machine code -----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The passes of this folder, LLVM's optimiser and its code generator in a row. The JIT (Jit.h),
// exported objects and `--emit` all take what comes out here.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_CODEGEN_H
#define MIXC_LOWERING_CPU_CODEGEN_H

#include "lowering/cpu/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"

namespace mixc::lowering::cpu {

/// The forms of compiled code: optimised LLVM IR as text, assembly as text, an object file.
enum class CodeForm { LLVM, Assembly, Object };

/// Compiles a module of `plan.func` and `tile.kernel`, which stays as it is, for `target`.
/// Any number of threads may compile at once, each with a context of its own.
llvm::Expected<llvm::SmallVector<char, 0>> emitCode(mlir::ModuleOp module, const CpuTarget &target,
                                                    CodeForm form);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_CODEGEN_H
