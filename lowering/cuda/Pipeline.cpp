//===- Pipeline.cpp - the order of the passes -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/Pipeline.h"
#include "lowering/cuda/Passes.h"

#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace mixc::lowering;

void cuda::buildNvvmPipeline(OpPassManager &kernels) {
  kernels.addPass(createGpuToNvvm());
  kernels.addPass(createReconcileUnrealizedCastsPass());
}

void cuda::registerCudaPipeline() {
  PassPipelineRegistration<>(
      "cuda-pipeline", "plan and tile to a finished GPU module of NVIDIA",
      [](OpPassManager &passes) { gpu::buildGpuPipeline(passes, buildNvvmPipeline); });
}
