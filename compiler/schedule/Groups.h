//===- Groups.h - which equations share a kernel ----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel is a group of equations computed together at each point of a common grid. An axis of the
// grid is one index of every member such that each member reads the others at just this index: then
// no point needs what another point computes (Inv 18: an axis is coupled when some read mixes its
// points). What is left of a member's axes is looped over inside the point.
//
// Groups grow by two rules:
// - what may not be stored (place = tile) joins its readers, as long as what a point then holds
// grows no faster than
//   arguments and outputs; a reader whose grid does not fit computes it again;
// - a cheap reader joins the group that it reads at the group's own points.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_GROUPS_H
#define MIXC_COMPILER_SCHEDULE_GROUPS_H

#include "compiler/schedule/Access.h"

#include "dialects/mixer/Growth.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace mixc::schedule {

/// One axis of a grid.
struct GridAxis {
  llvm::StringRef name;
  mlir::AffineExpr lower, upper;
  /// The axis of each tensor that the group computes: equations' results, histories in all their
  /// forms.
  llvm::DenseMap<mlir::Value, unsigned> axisOf;
  /// The index of each equation and scatter that this axis is.
  llvm::DenseMap<mlir::Operation *, unsigned> indexOf;
  /// How many consecutive indices a point takes and loops over; 0: one, without a loop.
  int64_t block = 0;
};

/// How many indices of a blocked axis a point takes: enough to amortise a point's start, few enough
/// that its partial sums stay in the first-level cache.
inline constexpr int64_t blockLength = 64;

/// Equations that share a kernel, in the order in which they are computed.
struct Group {
  /// EqOps, ScatterOps, and RecurOps whose time loop runs inside the point.
  llvm::SmallVector<mlir::Operation *> members;
  llvm::SmallVector<GridAxis> grid;
};

/// One step of a plan: a kernel, or a recurrence as a host loop over steps.
struct Step {
  std::unique_ptr<Group> group;
  mixer::RecurOp loop;
  std::vector<Step> body;
};

/// The schedule of a mixer.
struct Schedule {
  std::vector<Step> steps;
  /// Tensors that need memory: results, and what is read in another kernel than it is computed in.
  llvm::SetVector<mlir::Value> stored;
  /// Recurrences whose loop over time is in the plan.
  llvm::SmallPtrSet<mlir::Operation *, 4> planLoops;
};

/// Schedules a placed function. `dims` are the values of the extents to optimise for (empty: none
/// known). Remarks are those of `pass`.
Schedule makeSchedule(mixer::FuncOp func, llvm::ArrayRef<int64_t> dims, llvm::StringRef pass);

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_GROUPS_H
