//===- mixc-opt.cpp - passes on MLIR, for tests and compiler work ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Passes.h"
#include "compiler/schedule/Passes.h"
#include "dialects/mixer/Mixer.h"
#include "dialects/mixer/text/Passes.h"
#include "dialects/plan/Plan.h"
#include "dialects/tile/Tile.h"
#include "lowering/cpu/Passes.h"
#include "lowering/cuda/Passes.h"
#include "lowering/gpu/Passes.h"
#include "lowering/hip/Passes.h"
#include "lowering/host/Passes.h"
#include "lowering/math/Passes.h"
#include "lowering/scalar/Passes.h"

#include "mlir/IR/Dialect.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  mixc::mixer::registerMixcMixerTextPasses();
  mixc::lowering::cpu::registerMixcCpuPasses();
  mixc::lowering::cpu::registerCpuPipeline();
  mixc::lowering::cuda::registerMixcCudaPasses();
  mixc::lowering::cuda::registerCudaPipeline();
  mixc::lowering::gpu::registerMixcGpuPasses();
  mixc::lowering::hip::registerMixcHipPasses();
  mixc::lowering::hip::registerHipPipeline();
  mixc::lowering::host::registerMixcHostPasses();
  mixc::lowering::host::registerHostPipeline();
  mixc::lowering::registerMixcScalarPasses();
  mixc::derive::registerMixcDerivePasses();
  mixc::schedule::registerMixcSchedulePasses();
  mixc::registerMixcMathPasses();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<mixc::mixer::MixerDialect, mixc::plan::PlanDialect, mixc::tile::TileDialect>();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "mixc pass driver\n", registry));
}
