//===- Pipeline.cpp - the order of the passes -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/Pipeline.h"

#include "lowering/gpu/Passes.h"
#include "lowering/host/Passes.h"
#include "lowering/math/Passes.h"
#include "lowering/scalar/Passes.h"

#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mixc;

void mixc::lowering::gpu::buildGpuPipeline(OpPassManager &passes, VendorPipeline vendor) {
  passes.addPass(createExpandMath());
  passes.addPass(createBlockLoops());
  passes.addPass(createTileToGpu());
  OpPassManager &kernels = passes.nest<mlir::gpu::GPUModuleOp>();
  kernels.addPass(createExpandDivision());
  kernels.addPass(createCSEPass());
  kernels.addPass(createScalarsToLLVM());
  vendor(kernels);
  host::buildHostPipeline(passes);
}
