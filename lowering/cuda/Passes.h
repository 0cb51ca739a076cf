//===- Passes.h - the GPU module of NVIDIA ----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CUDA_PASSES_H
#define MIXC_LOWERING_CUDA_PASSES_H

#include "mlir/Pass/PassManager.h"

namespace mixc::lowering::cuda {

/// In a GPU module of the LLVM and `gpu` dialects: `gpu` to LLVM and `nvvm`.
void buildNvvmPipeline(mlir::OpPassManager &kernels);

/// Makes known to command lines: `gpu-to-nvvm`, the above; `cuda-pipeline`, from plan and tile to a
/// finished module.
void registerCudaPipelines();

} // namespace mixc::lowering::cuda

#endif // MIXC_LOWERING_CUDA_PASSES_H
