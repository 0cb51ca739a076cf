//===- KnownValues.h - what a value is at a point, as far as sizes tell --===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates the scalars of a body at one point of its index space without any data: indices,
// extents and constants are known, what is read from an argument is not. So a mask is known at
// every point, and with it where a score is -inf and a probability 0:
//
//   t[b,h,i,j] = if j <= i then s[b,h,i,j] else -inf        known where j > i
//   p[b,h,i,j] = softmax[j](t[b,h,i,j])                     0 where t is known to be -inf
//   p[b,h,i,j] * v[b,h,j,e]                                 0 where p is
//   exp(t[b,h,i,j] - m[b,h,i])                              0 where t is known to be -inf
//
// As kernels may skip what a mask excludes, 0 * x is 0 here, and -inf + x is -inf, whatever x is.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_KNOWNVALUES_H
#define MIXC_COMPILER_DRIVER_KNOWNVALUES_H

#include "dialects/mixer/Mixer.h"

#include "llvm/ADT/DenseMap.h"

namespace mixc::driver {

class KnownValues {
public:
  explicit KnownValues(llvm::ArrayRef<int64_t> extents) : extents(extents) {}

  /// Gives an index its value; that of an earlier call is replaced.
  void set(mlir::Value index, int64_t value) { indices[index] = static_cast<double>(value); }

  /// The value of a scalar; bools are 0 and 1. None where it depends on data, or is not a real
  /// number.
  std::optional<double> get(mlir::Value value);
  std::optional<int64_t> getInt(mlir::Value value);

  /// An index expression; its dims are `operands`.
  std::optional<int64_t> evaluate(mlir::AffineExpr expr, mlir::ValueRange operands);

private:
  std::optional<double> compute(mlir::Operation *op);
  std::optional<double> read(mixer::AtOp at);

  llvm::ArrayRef<int64_t> extents;
  llvm::DenseMap<mlir::Value, double> indices;
  /// How deep reads of equations nest.
  unsigned depth = 0;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_KNOWNVALUES_H
