//===- Passes.h - the GPU module of NVIDIA ----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pass of this folder and the order of those that take part; Passes.td says what it does.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CUDA_PASSES_H
#define MIXC_LOWERING_CUDA_PASSES_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace mixc::lowering::cuda {

#define GEN_PASS_DECL
#include "lowering/cuda/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lowering/cuda/Passes.h.inc"

/// In a GPU module of the LLVM and `gpu` dialects: `gpu` to LLVM and `nvvm`.
void buildNvvmPipeline(mlir::OpPassManager &kernels);

/// Makes known to command lines as `cuda-pipeline`: from plan and tile to a finished module.
void registerCudaPipeline();

} // namespace mixc::lowering::cuda

#endif // MIXC_LOWERING_CUDA_PASSES_H
