//===- Pair.h - numbers of twice the precision ---------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A number as an unevaluated sum of two, the second at most half an ulp of the first: about 106
// bits in f64. Dekker, A Floating-Point Technique for Extending the Available Precision, 1971; the
// product's error by a fused multiply-add. What overflows gives NaN in the low part.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_MATH_PAIR_H
#define MIXC_LOWERING_MATH_PAIR_H

#include "lowering/math/Expression.h"

namespace mixc::elementary {

struct Pair {
  Real high, low;
};

/// a + b exactly, for |a| >= |b| or a = 0.
inline Pair fastSum(Real a, Real b) {
  Real sum = a + b;
  return {sum, b - (sum - a)};
}

/// a + b exactly.
inline Pair exactSum(Real a, Real b) {
  Real sum = a + b;
  Real part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

/// a * b exactly.
inline Pair exactProduct(Real a, Real b) {
  Real product = a * b;
  return {product, fma(a, b, -product)};
}

inline Pair operator*(Pair a, Pair b) {
  Real high = a.high * b.high;
  return {high, fma(a.high, b.high, -high) + fma(a.high, b.low, a.low * b.high)};
}

/// The constant high + low.
inline Pair pairLike(Real x, double high, double low) { return {x.like(high), x.like(low)}; }

} // namespace mixc::elementary

#endif // MIXC_LOWERING_MATH_PAIR_H
