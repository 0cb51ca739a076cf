//===- Passes.h - from equations to a plan and kernels ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_PASSES_H
#define MIXC_COMPILER_SCHEDULE_PASSES_H

#include "dialects/mixer/Mixer.h"
#include "dialects/plan/Plan.h"
#include "dialects/tile/Tile.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mixc::schedule {

#define GEN_PASS_DECL
#include "compiler/schedule/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/schedule/Passes.h.inc"

/// The schedule as one pipeline. On entry: a module with one mixer.func in normal form. On exit:
/// plan and tile. `checked`: kernels check subscripts that come from data.
void buildSchedule(mlir::OpPassManager &pm, bool checked, bool tiles);

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_PASSES_H
