//===- Growth.h - how sizes grow with the extents ---------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of growth of a size in the extents, as monomials: an N x M score matrix is {N*M}, an
// axis of length N + C is {N, C}, N floordiv W is {N*W^-1}. It decides what may be stored
// (DESIGN.md, Place): a tensor may be when each of its monomials is bounded by one of the
// arguments' and outputs'.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_GROWTH_H
#define MIXC_DIALECTS_MIXER_GROWTH_H

#include "dialects/mixer/Mixer.h"

namespace mixc::mixer {

class Growth {
public:
  /// The exponent of each extent.
  using Monomial = llvm::SmallVector<int, 8>;

  /// The growth of a constant size.
  static Growth constant();
  /// The growth of an expression over extents.
  static Growth of(mlir::AffineExpr size);
  /// The growth of a tensor's number of elements.
  static Growth of(MixerTensorType type);

  /// The growth of the product.
  Growth operator*(const Growth &other) const;
  /// The growth of the sum.
  Growth operator+(const Growth &other) const;

  /// Whether every monomial divides one of `bounds`': with extents of at least 1 this size is then
  /// bounded by a constant times the sum of `bounds`.
  bool isBoundedBy(const Growth &bounds) const;

private:
  explicit Growth(llvm::SmallVector<Monomial> monomials) : monomials(std::move(monomials)) {}
  Growth inverse() const;

  llvm::SmallVector<Monomial> monomials;
};

/// The growth of a function's arguments plus its outputs.
Growth growthOfInterface(FuncOp func);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_GROWTH_H
