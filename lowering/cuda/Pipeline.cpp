//===- Pipeline.cpp - the order of the passes -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/Pipeline.h"
#include "lowering/cuda/Passes.h"

#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace mixc::lowering;

void cuda::buildNvvmPipeline(OpPassManager &kernels) {
  ConvertGpuOpsToNVVMOpsOptions options;
  options.indexBitwidth = 64;
  kernels.addPass(createConvertGpuOpsToNVVMOps(options));
  kernels.addPass(createReconcileUnrealizedCastsPass());
}

void cuda::registerCudaPipelines() {
  PassPipelineRegistration<>("gpu-to-nvvm", "a GPU module to LLVM and `nvvm`", buildNvvmPipeline);
  PassPipelineRegistration<>(
      "cuda-pipeline", "plan and tile to a finished GPU module of NVIDIA",
      [](OpPassManager &passes) { gpu::buildGpuPipeline(passes, buildNvvmPipeline); });
}
