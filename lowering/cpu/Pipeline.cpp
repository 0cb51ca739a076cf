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
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

/// The vector unit of `target`, as tile-to-func's options.
static TileToFuncOptions vectorUnitOf(const host::CpuTarget &target) {
  TileToFuncOptions options;
  auto machine = host::createTargetMachine(target);
  if (!machine) {
    // Whoever makes code for the target will say so.
    llvm::consumeError(machine.takeError());
    return options;
  }
  const llvm::MCSubtargetInfo &info = *(*machine)->getMCSubtargetInfo();
  if ((*machine)->getTargetTriple().isX86()) {
    bool isWide = info.checkFeatures("+avx512f");
    options.vectorBytes = isWide ? 64 : info.checkFeatures("+avx") ? 32 : 16;
    options.vectorCount = isWide ? 32 : 16;
    options.vectorScales = isWide;
  } else {
    options.vectorCount = 32;
  }
  return options;
}

void mixc::lowering::cpu::buildCpuPipeline(OpPassManager &passes, const host::CpuTarget &target) {
  passes.addPass(createExpandMath());
  passes.addPass(createTileToFunc(vectorUnitOf(target)));
  host::buildHostPipeline(passes);
}

void mixc::lowering::cpu::registerCpuPipeline() {
  PassPipelineRegistration<>("cpu-pipeline", "plan and tile to LLVM for the CPU", [](OpPassManager &passes) {
    buildCpuPipeline(passes, host::CpuTarget::native());
  });
}
