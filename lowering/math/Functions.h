//===- Functions.h - elementary functions of stated accuracy ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function builds branch-free arith for f32 operands, scalars or vectors: a loop around
// it vectorises, and no target needs a mathematical library. A target needs a fused multiply-add.
// Those in `wide` do so for f64, with errors below one unit of the last place (tanh: two) against
// 80-bit functions of the C library; they compute with pairs (Pair.h).
//
//   exp   .807   expm1 .863   log   .804   log10 .860   tanh .731   sin 1.225   pow   .501
//   exp2  .869                log2  .921   log1p .810   erf  .941   cos 1.208   rsqrt 1.491
//
// is the greatest error measured, in units of the last place of the f32 result, against the f64
// function of the C library: over every f32 for exp, over every 17th for the other functions, over
// 3 million pairs for pow (rsqrt is a division by a square root, both rounded). The test holds the
// bounds 1, 1.3 (sin, cos) and 1.5 (rsqrt). Everywhere: NaN in, NaN out, but pow(1, NaN) and
// pow(NaN, 0), which are 1; the sign of zero, infinities, gradual underflow and overflow are those
// of C.
//
// How the polynomials were found: minimax in the error that counts, by Remez exchange (sin, cos,
// the logarithm of pow) or by least squares on 1000 Chebyshev nodes, reweighted until the errors
// level off (Lawson); then the coefficients were rounded to f32 one by one, lowest order first, the
// rest fitted again after each. Beside each stands its interval and the error that remained. Only
// pow and the reductions of sin and cos compute in f64.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_MATH_FUNCTIONS_H
#define MIXC_LOWERING_MATH_FUNCTIONS_H

#include "lowering/math/Expression.h"
#include "lowering/math/Pair.h"

namespace mixc::elementary {

Real exp(Real x);
Real exp2(Real x);
Real expm1(Real x);
Real log(Real x);
Real log2(Real x);
Real log10(Real x);
Real log1p(Real x);
Real tanh(Real x);
Real erf(Real x);
Real sin(Real x);
Real cos(Real x);
/// Of f32 and of f64.
Real pow(Real x, Real y);

/// Functions of f64.
namespace wide {
Real exp(Real x);
/// e^(high + low) for high from -746 to 710.
Real exp(Pair x);
Real exp2(Real x);
Real expm1(Real x);
Real log(Real x);
Real log2(Real x);
Real log10(Real x);
Real log1p(Real x);
Real tanh(Real x);
Real erf(Real x);
Real sin(Real x);
Real cos(Real x);
/// pow for `magnitude` >= 0 or NaN.
Real powerOfMagnitude(Real magnitude, Real y);
} // namespace wide

/// 2^(x + low) = power (1 + fraction slope) for -126 <= x < 127.5, as a step of other functions;
/// `power` is a power of 2.
struct Exp2 {
  Real power, fraction, slope;
};
Exp2 exp2InParts(Real x, Real low);

/// A complex number of f32 or f64 parts.
struct Complex {
  Real re, im;
};

Complex multiply(Complex x, Complex y);
Complex divide(Complex x, Complex y);
Complex exponential(Complex x);
Real magnitude(Complex x);

} // namespace mixc::elementary

#endif // MIXC_LOWERING_MATH_FUNCTIONS_H
