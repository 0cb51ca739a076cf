//===- TileExponential.cpp - exponentials of numbers up to 0 -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileExponential.h"

#include "lowering/math/Functions.h"

using namespace mlir;
using namespace mixc::elementary;

/// e^d for d <= 0, 0 below 2^-126. As 2^n 2^f: adding 3 * 2^22 rounds to the integer n and leaves it
/// in the low bits; down to -126 the product is a normal number, so that n is simply added
/// to the exponent.
static Real exponential(Real d) {
  constexpr double magic = 0x1.8p23, log2E = 1.44269504088896340736;
  constexpr double log2EHigh = 0x1.715476p+0, log2ELow = log2E - log2EHigh;
  // 2^f on |f| <= 1/2, error 2^-28.2 (lowering/math/Exponential.cpp).
  constexpr double coefficients[] = {1.0,           0.693147182,   0.240226507,   0.0555035956,
                                     0.00961806253, 0.00133910112, 0.000154628855};
  Real sum = fma(d, log2E, magic);
  Real f = fma(d, log2ELow, fma(d, log2EHigh, -(sum - magic)));
  Real power = realOfBits(bits(polynomial(f, coefficients)) + (bits(sum) << 23));
  return select(d < -87.336544, 0.0, power);
}

Value mixc::lowering::cpu::emitExpDiff(OpBuilder &builder, Location loc, Value left, Value right) {
  ImplicitLocOpBuilder b(loc, builder);
  Real x(b, left), m(b, right);
  // What has seen nothing yet has the maximum minus infinity; x is that too, and so the difference.
  Real shift = select(m == -std::numeric_limits<double>::infinity(), 0.0, m);
  Real d = x - shift;
  if (getElementTypeOrSelf(left.getType()).isF32())
    return select(isNaN(d), d, exponential(d));
  return select(d < -708.396, 0.0, wide::exp(d));
}
