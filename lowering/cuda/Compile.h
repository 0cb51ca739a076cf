//===- Compile.h - from plan and tile to code of NVIDIA's GPUs --*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PTX needs nothing but LLVM, and the driver assembles it where it is loaded; it asks for the
// version that its architecture came with, so that old drivers take it. A cubin needs NVIDIA's
// assembler.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CUDA_COMPILE_H
#define MIXC_LOWERING_CUDA_COMPILE_H

#include "lowering/gpu/Target.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <optional>

namespace mixc::lowering::cuda {

/// A copy of a module of `plan.func` and `tile.kernel`, finished (lowering/gpu/Pipeline.h).
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> lower(mlir::ModuleOp module);

/// The PTX of a finished GPU module, which stays as it is.
llvm::Expected<std::string> emitPtx(mlir::gpu::GPUModuleOp kernels, const gpu::Target &target);

/// NVIDIA's assembler `ptxas`: on the path, in $CUDA_HOME/bin or in /usr/local/cuda/bin.
std::optional<std::string> findAssembler();

/// The machine code of `ptx` for the architecture of `target`.
llvm::Expected<llvm::SmallVector<char, 0>> assembleCubin(llvm::StringRef ptx,
                                                         const gpu::Target &target);

} // namespace mixc::lowering::cuda

#endif // MIXC_LOWERING_CUDA_COMPILE_H
