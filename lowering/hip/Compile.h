//===- Compile.h - from plan and tile to code of AMD's GPUs -----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All that a code object needs is in this program: LLVM's code generator and its linker. No ROCm,
// and none of its device libraries.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HIP_COMPILE_H
#define MIXC_LOWERING_HIP_COMPILE_H

#include "lowering/gpu/Target.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mixc::lowering::hip {

/// A copy of a module of `plan.func` and `tile.kernel`, finished (lowering/gpu/Pipeline.h).
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> lower(mlir::ModuleOp module,
                                                        const gpu::Target &target);

/// The assembly of a finished GPU module, which stays as it is.
llvm::Expected<std::string> emitAmdgcn(mlir::gpu::GPUModuleOp kernels, const gpu::Target &target);

/// Its code object, which the driver loads.
llvm::Expected<llvm::SmallVector<char, 0>> emitCodeObject(mlir::gpu::GPUModuleOp kernels,
                                                          const gpu::Target &target);

} // namespace mixc::lowering::hip

#endif // MIXC_LOWERING_HIP_COMPILE_H
