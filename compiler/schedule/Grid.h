//===- Grid.h - the common grid of a set of equations -----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_GRID_H
#define MIXC_COMPILER_SCHEDULE_GRID_H

#include "compiler/schedule/Groups.h"

namespace mixc::schedule {

/// A history has three faces: a block argument of the recurrence's body, the result of
/// `mixer.append`, a result of the recurrence. This is the last one; other tensors are themselves.
mlir::Value canonicalTensor(mlir::Value tensor);

/// The `mixer.append` that extends history `carry`.
mixer::AppendOp appendOf(mixer::RecurOp recur, unsigned carry);

/// The tensors that `op` starts from: the boundaries of a recurrence, what an overwriting scatter
/// writes over.
mlir::ValueRange initialTensors(mlir::Operation *op);

/// The operations that compute something, members themselves or inside of recurrences among them:
/// equations that are not inlined, and scatters.
llvm::SmallVector<mlir::Operation *> computingOps(llvm::ArrayRef<mlir::Operation *> members);

/// The value of an expression over extents; none when one is not known.
std::optional<int64_t> valueOf(mlir::AffineExpr expr, llvm::ArrayRef<int64_t> dims);

/// The reads of all computing operations of a function.
class Reads {
public:
  explicit Reads(mixer::FuncOp func);

  bool contains(mlir::Operation *op) const { return accesses.contains(op); }
  const Accesses &of(mlir::Operation *op) const { return *accesses.find(op)->second; }

  /// The canonical tensors that `op`, or the equations inside a recurrence, read or start from,
  /// arguments left out.
  llvm::SmallVector<mlir::Value> tensorsOf(mlir::Operation *op) const;

private:
  llvm::DenseMap<mlir::Operation *, std::unique_ptr<Accesses>> accesses;
};

/// The axes that all of `members` can be computed along independently (see Groups.h), outermost
/// first as in the last member.
llvm::SmallVector<GridAxis> commonGrid(llvm::ArrayRef<mlir::Operation *> members,
                                       const Reads &reads);

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_GRID_H
