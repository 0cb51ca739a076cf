//===- ErrorFunction.cpp - erf in f32 ----------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Below .96 an odd polynomial; from there to 4, where erf rounds to 1, 1 - 2^e with e =
// log2(erfc(|x|)), a polynomial. At the border erfc is .17, so an error of 2^e counts a sixth; what
// the last step of e loses is carried on, and 1 - 2^e = (1 - 2^n) - 2^n f q(f), n + f = e, is
// rounded once.
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

namespace mixc::elementary {
namespace {

constexpr double kBorder = 0.96;

// erf(x) / x - 1 in x^2 on |x| <= .984, minimax error 2^-29.9 of erf.
constexpr double kNear[] = {0.128379166,   -0.376126289,    0.112836227,   -0.0268555041,
                            0.00519181369, -0.000804343726, 7.97288376e-05};
// log2(erfc(t)) on .984 <= t <= 4, absolute error 2^-35.4 of erfc: its constant, and the rest
// divided by t.
constexpr double kFarConstant = 0.000271279481;
constexpr double kFar[] = {-1.62963712,    -0.913543403,   -0.156414673,   0.0363676362,
                           -0.00606582826, 0.000636700366, -3.12866323e-05};

} // namespace

Real erf(Real x) {
  Real near = fma(x, polynomial(x * x, kNear), x);
  Real t = clamp(abs(x), 0.0, 4.0);
  Real slope = polynomial(t, kFar);
  Real exponent = fma(slope, t, kFarConstant);
  Exp2 e = exp2InParts(exponent, fma(slope, t, kFarConstant - exponent));
  Real far = fma(-(e.power * e.fraction), e.slope, 1.0 - e.power);
  return select(abs(x) < kBorder, near, copySign(far, x));
}

} // namespace mixc::elementary
