//===- Pipeline.cpp - the order of the passes -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/Pipeline.h"
#include "lowering/hip/Passes.h"

#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace mixc::lowering;

void hip::buildRocdlPipeline(OpPassManager &kernels, StringRef arch) {
  GpuToRocdlOptions options;
  options.arch = arch.str();
  kernels.addPass(createGpuToRocdl(options));
  kernels.addPass(createReconcileUnrealizedCastsPass());
  kernels.addPass(createPrivateMemory());
}

namespace {
struct Architecture : PassPipelineOptions<Architecture> {
  Option<std::string> arch{*this, "arch", llvm::cl::desc("the architecture"),
                           llvm::cl::init("gfx942")};
};
} // namespace

void hip::registerHipPipeline() {
  PassPipelineRegistration<Architecture>(
      "hip-pipeline", "plan and tile to a finished GPU module of AMD",
      [](OpPassManager &passes, const Architecture &options) {
        gpu::buildGpuPipeline(
            passes, [&](OpPassManager &kernels) { buildRocdlPipeline(kernels, options.arch); });
      });
}
