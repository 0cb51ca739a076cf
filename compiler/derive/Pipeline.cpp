//===- Pipeline.cpp - the derivation as one pipeline ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Passes.h"

#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace mixc;

void derive::buildDerivation(OpPassManager &pm) {
  OpPassManager &func = pm.nest<mixer::FuncOp>();
  func.addPass(createDeriveFixedExtents());
  func.addPass(createDeriveNormalisers());
  func.addPass(createDeriveReductions());
  func.addPass(createDeriveMerge());
  func.addPass(createDeriveExponents());
  func.addPass(createDeriveHoist());
  func.addPass(createDeriveDomains());
  func.addPass(createDeriveRecurrenceReaders());
  func.addPass(createDeriveMerge());
}
