//===- Demand.h - which points of an equation are read ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of a masked score only the visible points are read, by reductions over just these. What an
// equation computes elsewhere, or whether it computes anything there, nobody sees.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_ANALYSIS_DEMAND_H
#define MIXC_DIALECTS_MIXER_ANALYSIS_DEMAND_H

#include "dialects/mixer/analysis/Support.h"

namespace mixc::mixer {

class Demand {
public:
  /// Where points of `eq` are read, over its indices as dims: anywhere where it is an output or a
  /// step of a recurrence; nowhere where only what nobody reads reads it.
  const Support::Answer &of(EqOp eq);

private:
  Support::Answer compute(EqOp eq);

  std::map<mlir::Operation *, Support::Answer> known;
};

/// What holds of integers where `op` runs inside its equation or scatter, over the dims of `terms`:
/// the ranges and conditions around it. None where it never runs.
std::optional<Inequalities> conditionsAround(mlir::Operation *op, IndexTerms &terms);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_ANALYSIS_DEMAND_H
