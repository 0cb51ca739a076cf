//===- Recurrences.h - who reads a history, and at which steps --*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by the rules that move computations into the loop of a recurrence.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DERIVE_RECURRENCES_H
#define MIXC_COMPILER_DERIVE_RECURRENCES_H

#include "dialects/mixer/Growth.h"
#include "dialects/mixer/Mixer.h"

namespace mixc::derive {

/// The reads of the histories of `recur` in `op`.
llvm::SmallVector<mixer::AtOp> readsOf(mlir::Operation *op, mixer::RecurOp recur);

/// Whether one of the histories that are read may not be stored, because it grows faster than
/// `bounds`.
bool readLargeHistory(llvm::ArrayRef<mixer::AtOp> reads, const mixer::Growth &bounds);

/// The index, of an equation or a time index, that runs with time index `time` of `recur` in a read
/// of a history: at its own step or at steps before it. Null for other reads.
mlir::BlockArgument stepIndex(mixer::AtOp at, mixer::RecurOp recur, unsigned time);

/// For each time index of `recur` the axis of the equation that runs with it, in all its `reads`;
/// none where there is no such axis.
std::optional<llvm::SmallVector<unsigned>> timeAxesOf(mixer::EqOp eq, mixer::RecurOp recur,
                                                      llvm::ArrayRef<mixer::AtOp> reads);

/// Brings what `op` reads, but the histories of `recur`, in front of the recurrence. False, and
/// nothing moves, when some of it needs the recurrence's result.
bool hoistOperands(mlir::Operation *op, mixer::RecurOp recur);

/// Makes reads of histories in `op`, an operation of a step, at this very step reads of the step's
/// slices.
void readSlices(mlir::Operation *op);

/// Joins two recurrences over the same range into one loop where one reads a history of the other
/// that may not be stored, or an equation reads such histories of both. Remarks are those of
/// `pass`. False when there are none to join.
bool joinRecurrences(mixer::FuncOp func, const mixer::Growth &bounds, llvm::StringRef pass);

} // namespace mixc::derive

#endif // MIXC_COMPILER_DERIVE_RECURRENCES_H
