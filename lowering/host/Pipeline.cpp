//===- Pipeline.cpp - the order of the passes -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Passes.h"
#include "lowering/scalar/Passes.h"

#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace mixc;

void mixc::lowering::host::buildHostPipeline(OpPassManager &passes) {
  passes.addNestedPass<plan::FuncOp>(createPlanLayout());
  passes.addPass(createPlanToFunc());
  passes.addPass(createExpandDivision());
  passes.addPass(createHostToLLVM());
  passes.addPass(createReconcileUnrealizedCastsPass());
}

void mixc::lowering::host::registerHostPipeline() {
  PassPipelineRegistration<>("host-pipeline", "plans and the functions of kernels to LLVM",
                             buildHostPipeline);
}
