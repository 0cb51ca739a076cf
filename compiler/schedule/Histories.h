//===- Histories.h - which steps of a history are kept ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_HISTORIES_H
#define MIXC_COMPILER_SCHEDULE_HISTORIES_H

#include "compiler/schedule/Grid.h"

namespace mixc::schedule {

/// The steps of a history that are still read (Inv 17).
struct Kept {
  /// All of them; else the last `steps`, in a ring.
  bool all = true;
  int64_t steps = 0;
};

/// Which axis of a history is time index `time` of its recurrence; none where steps do not place it
/// so.
std::optional<unsigned> timeAxisOf(mixer::RecurOp recur, unsigned carry, unsigned time);

/// The index of boundary `init`'s slice that runs with the outermost time index: `S[r,-1,i]` of
/// `S[r,c,i]`. None for a boundary that lies outside the range of that index.
std::optional<unsigned> stepIndexOf(mixer::RecurOp recur, unsigned init);

/// The boundaries of a recurrence, by number, in the order of time: where steps share a place in a
/// ring, the last one stands. Those that run with the outermost time index come last.
llvm::SmallVector<unsigned> boundariesInOrder(mixer::RecurOp recur);

/// What is kept of history `carry`, along the outermost time index. `inPlace` says that the
/// recurrence's equations run in the order of the text within a point, so that a step may overwrite
/// the one before where nothing reads it later.
Kept findKept(mixer::RecurOp recur, unsigned carry, const Reads &reads,
              llvm::ArrayRef<mlir::Operation *> computingOps, bool inPlace);

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_HISTORIES_H
