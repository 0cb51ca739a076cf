//===- Bounds.h - accesses in bounds ----------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Checks every position of a mixer: the subscript of a read (mixer.at) and of a scatter lies within
// its axis, a normaliser is read inside its own range, a rank is below the number of candidates, a
// recurrence reads earlier steps of itself only. What is not proved is an error; what depends on
// the values of integer tensors is trusted.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_ANALYSIS_BOUNDS_H
#define MIXC_DIALECTS_MIXER_ANALYSIS_BOUNDS_H

#include "dialects/mixer/analysis/Facts.h"

#include <string>

namespace mixc::mixer {

/// What could not be shown about one subscript, in the language's notation.
struct BoundsError {
  /// The mixer.at, mixer.scatter, mixer.along or mixer.order.
  mlir::Operation *op;
  /// The axis of the tensor; for steps that are not earlier, of the outermost time index; which
  /// index of a normaliser.
  unsigned axis;
  enum class Kind { Lower, Upper, Earlier } kind;
  std::string tensor;    // "k"; the function of a normaliser or an order statistic, "softmax"
  std::string subscript; // "j + 1"
  std::string bound;     // "M"; a step's time index for Earlier; the number of candidates
  std::string openFact;  // "j + 1 < M", "n - 1 >= 0"
};

/// Reports everything that is not in bounds, in the order of the ops.
void checkBounds(FuncOp func, llvm::function_ref<void(const BoundsError &)> report);
/// The same of what is in `op`, with facts about its function that the caller goes on to use.
void checkBounds(mlir::Operation *op, Facts &facts,
                 llvm::function_ref<void(const BoundsError &)> report);

/// A read of a recurrence's history inside the recurrence.
struct HistoryRead {
  RecurOp recur;
  unsigned carry;
  /// The axis of the history that each time index runs along.
  llvm::SmallVector<unsigned> timeAxes;
  /// The tensor read is the history with this step's slice.
  bool includesThisStep;
};

/// `at` as such a read, none when its tensor is no history.
std::optional<HistoryRead> historyRead(AtOp at);

/// Whether the read is of an earlier step in the order of the loop, of a boundary, or of this step
/// where it is there.
bool isEarlier(Facts &facts, AtOp at, const HistoryRead &read);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_ANALYSIS_BOUNDS_H
