//===- IndexTerms.h - integers of bodies as expressions ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The integers that a body computes as AffineExprs, so that what is computed alike is equal.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_INDEXTERMS_H
#define MIXC_DIALECTS_MIXER_INDEXTERMS_H

#include "dialects/mixer/Mixer.h"

namespace mixc::mixer {

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
  /// What all dims are.
  llvm::ArrayRef<mlir::Value> allLeaves() const { return leaves; }
  /// The value that `expr` is where it is a single leaf, else null.
  mlir::Value leafOf(mlir::AffineExpr expr) const;

private:
  mlir::AffineExpr compute(mlir::Value value);

  mlir::MLIRContext *context;
  llvm::SmallVector<mlir::Value> leaves;
  llvm::DenseMap<mlir::Value, mlir::AffineExpr> known;
};

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_INDEXTERMS_H
