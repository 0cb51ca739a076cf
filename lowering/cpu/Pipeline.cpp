//===- Pipeline.cpp - the order of the passes -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/Passes.h"
#include "lowering/host/Passes.h"
#include "lowering/math/Passes.h"

#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace mixc;

void mixc::lowering::cpu::buildCpuPipeline(OpPassManager &passes) {
  passes.addPass(createExpandMath());
  passes.addPass(createTileToFunc());
  host::buildHostPipeline(passes);
}

void mixc::lowering::cpu::registerCpuPipeline() {
  PassPipelineRegistration<>("cpu-pipeline", "plan and tile to LLVM for the CPU", buildCpuPipeline);
}
