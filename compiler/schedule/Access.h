//===- Access.h - which points an equation reads ----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an equation reads once the equations that are placed `inlined` are looked through: for each
// tensor that is stored somewhere, the subscripts in the reader's own indices. Where a subscript is
// one of these indices and nothing else the two tensors are aligned on that axis: they can be
// computed at the same point of a grid.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_ACCESS_H
#define MIXC_COMPILER_SCHEDULE_ACCESS_H

#include "dialects/mixer/Mixer.h"

namespace mixc::schedule {

/// Whether `value` is a tensor whose equation is evaluated where it is read.
bool isInlined(mlir::Value tensor);

/// Integer values as AffineExprs over leaves: indices and integers that are computed by other than
/// affine arithmetic. Symbols are the function's extents.
class IndexTerms {
public:
  explicit IndexTerms(mlir::MLIRContext *context) : context(context) {}

  /// The expression of an integer value.
  mlir::AffineExpr of(mlir::Value value);
  /// The expressions of a map over integer values.
  llvm::SmallVector<mlir::AffineExpr> of(mlir::AffineMap map, mlir::ValueRange operands);
  /// Makes `value` stand for `expr` from now on.
  void bind(mlir::Value value, mlir::AffineExpr expr) { known[value] = expr; }

  /// Forgets what was bound or computed since `earlier`; leaves stay.
  void forget(const IndexTerms &earlier) { known = earlier.known; }

  /// The value that dim `position` is.
  mlir::Value leaf(unsigned position) const { return leaves[position]; }
  /// The value that `expr` is where it is a single leaf, else null.
  mlir::Value leafOf(mlir::AffineExpr expr) const;

private:
  mlir::AffineExpr compute(mlir::Value value);

  mlir::MLIRContext *context;
  llvm::SmallVector<mlir::Value> leaves;
  llvm::DenseMap<mlir::Value, mlir::AffineExpr> known;
};

/// One read of a tensor that is not inlined.
struct Access {
  mlir::Value tensor;
  llvm::SmallVector<mlir::AffineExpr> subscripts;
};

/// All reads of an equation, a scatter or any other op with a body, duplicates left out.
struct Accesses {
  explicit Accesses(mlir::Operation *op);

  IndexTerms terms;
  llvm::SmallVector<Access> reads;

  /// The axis of the reader `op` whose index is this subscript; none where it is anything else.
  std::optional<unsigned> ownAxis(mlir::AffineExpr subscript) const;

private:
  void collect(mlir::Operation *op);

  mlir::Operation *reader;
};

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_ACCESS_H
