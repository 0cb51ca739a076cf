//===- Refute.h - systems of inequalities without a solution ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one question that proofs ask: has this system of polynomial inequalities no integer solution?
// Answered by linear programming over the monomials (MLIR's presburger::Simplex), with three
// additions that rational arithmetic lacks:
//
//   tightening  a row is divided by its coefficients' gcd and its constant rounded down;
//   products    a row times a factor known to be non-negative is a row too. `c + 1 <= q` times BS
//               gives BS*c + BS <= BS*q, which meets BS*q <= M. Only products whose monomials the
//               system has already are added, then those that share one with it;
//   cases       "one of these conjunctions holds" (from `||`, min, max, `!=`): the system must be
//               refuted under each.
//
// A `false` answer means "not shown". What is spent is bounded by Limits and Effort, whatever the
// system.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_ANALYSIS_REFUTE_H
#define MIXC_DIALECTS_MIXER_ANALYSIS_REFUTE_H

#include "dialects/mixer/analysis/Polynomial.h"

#include <vector>

namespace mixc::mixer {

/// Inequalities `p >= 0` that hold together.
using Conjunction = std::vector<Polynomial>;
/// Conjunctions of which at least one holds; none at all is a contradiction.
using Cases = std::vector<Conjunction>;

struct System {
  std::vector<Polynomial> rows;    // each >= 0
  std::vector<Cases> cases;        // nearest to the question first
  std::vector<Polynomial> factors; // each known to be >= 0
};

struct Limits {
  unsigned rows = 80, columns = 48, products = 48;
  /// How often a case may be added to the tableau.
  unsigned trials = 96;
};

/// What may still be spent on all questions together, in entries of tableaus worked on.
using Effort = int64_t;

/// Whether no integers satisfy the system. Takes what it spends from `effort`; with none left it
/// shows nothing.
bool refutes(const System &system, const Limits &limits, Effort &effort);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_ANALYSIS_REFUTE_H
