//===- DoubleExponential.cpp - exp, exp2, expm1, tanh, erf in f64 ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

namespace mixc::elementary {
namespace {

constexpr double kLog2E = 0x1.71547652b82fep+0;
// ln 2 in two parts. The first has 40 bits: n times it is exact for |n| < 2^12, and so is x minus
// that product.
constexpr double kLn2High = 0x1.62e42fefa2000p-1;
constexpr double kLn2Low = 0x1.9ef35793c7673p-41;
// The same sum, as near as a pair comes.
constexpr double kLn2[] = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

// 1/2!, 1/3!, ...: (e^r - 1 - r) / r^2 on |r| <= .347 to 2^-57.8 of e^r.
constexpr double kExp[] = {0x1.0000000000000p-1,  0x1.5555555555555p-3,  0x1.5555555555555p-5,
                           0x1.1111111111111p-7,  0x1.6c16c16c16c17p-10, 0x1.a01a01a01a01ap-13,
                           0x1.a01a01a01a01ap-16, 0x1.71de3a556c734p-19, 0x1.27e4fb7789f5cp-22,
                           0x1.ae64567f544e4p-26, 0x1.1eed8eff8d898p-29, 0x1.6124613a86d09p-33,
                           0x1.93974a8c07c9dp-37, 0x1.ae7f3e733b81fp-41};

// erf(x) / x - 1 in x^2: Taylor's series, to 2^-63 on |x| < 1.
constexpr double kNear[] = {
    0x1.06eba8214db69p-3,  -0x1.812746b0379e7p-2,  0x1.ce2f21a042be2p-4,  -0x1.b82ce31288b51p-6,
    0x1.565bcd0e6a53fp-8,  -0x1.c02db40040b86p-11, 0x1.f9a326f9b89b7p-14, -0x1.f4d25c3e0c2ebp-17,
    0x1.b9e6c9dc651a3p-20, -0x1.5f742ec43e71ap-23, 0x1.fcc5720624c1cp-27, -0x1.51d7181c5d36dp-30,
    0x1.9e6ad5e55a730p-34, -0x1.d8453cb0c46eap-38, 0x1.f683ae4a97007p-42, -0x1.f56f071a885cfp-46,
    0x1.d70b3537f4765p-50, -0x1.a2007af3447f6p-54, 0x1.5f7919bc67b8cp-58, -0x1.18cc8a061c479p-62};
// e^(x^2) erfc(x) in (x - 2) / (x + 2) on .98 <= x <= 6.02, Chebyshev interpolation, error 2^-61.6.
constexpr double kFar[] = {0x1.058671b52c776p-2,   -0x1.b57034efd3f72p-2,  0x1.eeea7dc8a78b8p-3,
                           -0x1.437f0b68c0bf0p-4,  0x1.e947159795817p-9,   0x1.ca95ed53327f3p-8,
                           -0x1.bc25a47519425p-11, -0x1.016b5ce094ab0p-10, 0x1.6d5ef03907101p-15,
                           0x1.6da9737e4ccf1p-13,  0x1.cdcd1581fd92bp-16,  -0x1.ceb7db9441d27p-16,
                           -0x1.d4af13315ae89p-17, 0x1.7644d7069d34dp-20,  0x1.fc394ca9e059ap-19,
                           0x1.3b7c847a44d3fp-20,  -0x1.18f112ce30398p-21, -0x1.ca790e1f0f238p-22};

/// The integer next to `x * factor`, as a number and in the low bits of an integer: adding 3 * 2^51
/// leaves no place for a fraction. For |x * factor| < 2^51; NaN is harmless.
struct Rounded {
  Real number;
  Integer low;
};

Rounded roundToInteger(Real x, double factor) {
  constexpr double magic = 0x1.8p52;
  Real sum = factor == 1.0 ? x + magic : fma(x, factor, magic);
  return {sum - magic, bits(sum)};
}

/// x - n ln 2.
Pair subtractLn2(Pair x, Real n) {
  Real exact = fma(n, -kLn2High, x.high);
  Real high = fma(n, -kLn2Low, exact);
  return {high, fma(n, -kLn2Low, exact - high) + x.low};
}

/// p * 2^n for -1077 <= n <= 1025 and p near 1: 2^(n -+ 60) is a normal number, and that product is
/// exact, so that only the last one rounds.
Real timesPowerOfTwo(Real p, Rounded n) {
  Mask negative = n.number < 0.0;
  Integer bias =
      select(negative, n.low.like(int64_t(1023 + 60) << 52), n.low.like(int64_t(1023 - 60) << 52));
  return p * realOfBits((n.low << 52) + bias) * select(negative, p.like(0x1p-60), 0x1p60);
}

/// 2^n e^r for |r| <= .347.
Real exponentialOf(Pair r, Rounded n) {
  Pair sum = fastSum(r.high.like(1.0), r.high);
  Real tail = fma(r.high * r.high, polynomial(r.high, kExp), sum.low);
  tail = fma(r.low, sum.high + tail, tail);
  return timesPowerOfTwo(sum.high + tail, n);
}

/// e^x - 1 = (high + low) * scale; scale is 1, or 2 for a large x whose 2^n is out of range.
struct Expm1 {
  Real high, low, scale;
};

/// As in f32 (Exponential.cpp). For x from -40 to 710.
Expm1 expm1InParts(Real x) {
  Rounded n = roundToInteger(x, kLog2E);
  Pair r = subtractLn2({x, x.like(0.0)}, n.number);
  Mask large = x > 64.0;
  Integer bias = select(large, n.low.like(int64_t(1022) << 52), n.low.like(int64_t(1023) << 52));
  Real power = realOfBits((n.low << 52) + bias);
  Real u = power - 1.0;
  Real lostOne = (power - u) - 1.0;
  Pair sum = fastSum(u, power * r.high);
  Real tail = fma(r.high * r.high, polynomial(r.high, kExp), r.low);
  return {sum.high, fma(power, tail, sum.low + lostOne), select(large, x.like(2.0), 1.0)};
}

} // namespace

namespace wide {

Real exp(Pair x) {
  Rounded n = roundToInteger(x.high, kLog2E);
  return exponentialOf(subtractLn2(x, n.number), n);
}

Real exp(Real x) { return exp(Pair{clamp(x, -746.0, 710.0), x.like(0.0)}); }

Real exp2(Real x) {
  x = clamp(x, -1077.0, 1025.0);
  Rounded n = roundToInteger(x, 1.0);
  Pair f = {x - n.number, x.like(0.0)};
  return exponentialOf(f * pairLike(x, kLn2[0], kLn2[1]), n);
}

Real expm1(Real x) {
  Expm1 e = expm1InParts(clamp(x, -40.0, 710.0));
  return copySign((e.high + e.low) * e.scale, x); // 0 + -0 has lost the sign of x
}

/// e / (e + 2) with e = e^2|x| - 1, the quotient corrected once by its remainder.
Real tanh(Real x) {
  Expm1 e = expm1InParts(clamp(abs(x) * 2.0, 0.0, 44.0));
  Pair numerator = fastSum(e.high, e.low);
  Pair denominator = exactSum(numerator.high, x.like(2.0));
  Real low = denominator.low + numerator.low;
  Real reciprocal = 1.0 / denominator.high;
  Real quotient = numerator.high * reciprocal;
  Real remainder =
      fma(-quotient, denominator.high, numerator.high) + fma(-quotient, low, numerator.low);
  return copySign(fma(remainder, reciprocal, quotient), x);
}

/// Taylor's series below 1, from there 1 - e^(-x^2) (e^(x^2) erfc(x)).
Real erf(Real x) {
  Real near = fma(x, polynomial(x * x, kNear), x);
  Real t = clamp(abs(x), 0.98, 6.02);
  Pair square = exactProduct(t, t);
  Real complement = exp(Pair{-square.high, -square.low}) * polynomial((t - 2.0) / (t + 2.0), kFar);
  return select(abs(x) < 1.0, near, copySign(1.0 - complement, x));
}

} // namespace wide
} // namespace mixc::elementary
