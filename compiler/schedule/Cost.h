//===- Cost.h - what a point of an equation costs ---------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_COST_H
#define MIXC_COMPILER_SCHEDULE_COST_H

#include "dialects/mixer/Mixer.h"

namespace mixc::schedule {

/// What evaluating an equation at one point takes, its inlined operands included.
struct PointCost {
  /// Scalar operations outside reductions; a transcendental function counts as `transcendental`.
  int64_t flops = 0;
  /// Whether it loops: a reduction or an order statistic.
  bool loops = false;

  static constexpr int64_t transcendental = 16;
};

/// The cost of `op`'s own body, without what inlined operands add.
PointCost costOfBody(mlir::Operation *op);

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_COST_H
