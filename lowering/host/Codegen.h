//===- Codegen.h - machine code of the host ----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's optimiser and its code generator, for plans and whatever runs beside them. The JIT
// (Jit.h), exported objects and `--emit` all take what comes out here.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_CODEGEN_H
#define MIXC_LOWERING_HOST_CODEGEN_H

#include "lowering/host/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SmallVector.h"

namespace llvm {
class Module;
} // namespace llvm

namespace mixc::lowering::host {

/// The attribute of functions of LLVM IR that run on every processor of this kind: they are
/// compiled for the oldest, and what is compiled for a target that has more is not inlined into
/// them.
constexpr llvm::StringLiteral anyProcessor = "mixc-any-processor";

/// The forms of compiled code: optimised LLVM IR as text, assembly as text, an object file.
enum class CodeForm { LLVM, Assembly, Object };

/// A copy of `module` after the passes that `build` adds; what they report becomes the error's
/// text.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
lower(mlir::ModuleOp module, llvm::function_ref<void(mlir::OpPassManager &)> build);

/// Compiles a module of `llvm.func`, which stays as it is, for `target`. `extend` may add to its
/// LLVM IR before that is optimised. Any number of threads may compile at once, each with a context
/// of its own.
llvm::Expected<llvm::SmallVector<char, 0>>
emitCode(mlir::ModuleOp module, const CpuTarget &target, CodeForm form,
         llvm::function_ref<llvm::Error(llvm::Module &)> extend = nullptr);

} // namespace mixc::lowering::host

#endif // MIXC_LOWERING_HOST_CODEGEN_H
