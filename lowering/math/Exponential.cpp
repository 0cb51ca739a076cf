//===- Exponential.cpp - exp, exp2, expm1, tanh in f32 --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All four reduce x to n ln 2 + r, |r| <= ln(2)/2, and join a polynomial in r with 2^n.
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

namespace mixc::elementary {
namespace {

constexpr double kLog2E = 1.44269504088896340736;
// ln 2 in two parts. The first has 16 bits: n times it is exact for |n| < 2^8, and so is x minus
// that product.
constexpr double kLn2High = 0x1.62e4p-1;
constexpr double kLn2Low = 1.42860682030941723212e-6;

// (e^r - 1 - r) / r^2 on |r| <= .347, minimax error 2^-28.2 of e^r.
constexpr double kExp[] = {0.5, 0.166665196, 0.041666396, 0.00836883578, 0.00139412074};
// The same, 2^-31.1 of e^r - 1, which needs it more.
constexpr double kExpm1[] = {0.5,           0.166666672,   0.0416664891,
                             0.00833320804, 0.00139326905, 0.0001994427};
// (2^f - 1) / f on |f| <= 1/2, error 2^-28.2 of 2^f.
constexpr double kExp2[] = {0.693147182,   0.240226507,   0.0555035956,
                            0.00961806253, 0.00133910112, 0.000154628855};

/// The integer next to `x * factor`, as a number and in the low bits of an integer.
struct Rounded {
  Real number;
  Integer low;
};

/// Adding 3 * 2^22 leaves no place for a fraction, so the sum is rounded to an integer, ties to
/// even, and holds it in its low bits. For |x * factor| < 2^22; NaN and what it makes of the bits
/// are harmless, where a conversion to integer would be undefined.
Rounded roundToInteger(Real x, double factor) {
  constexpr double magic = 0x1.8p23;
  Real sum = factor == 1.0 ? x + magic : fma(x, factor, magic);
  return {sum - magic, bits(sum)};
}

/// x - n ln 2 = high + low, the low part below half an ulp.
struct Remainder {
  Real high, low;
};

Remainder subtractLn2(Real x, Real n) {
  Real exact = fma(n, -kLn2High, x);
  Real high = fma(n, -kLn2Low, exact);
  return {high, fma(n, -kLn2Low, exact - high)};
}

/// p * 2^n for -151 <= n <= 129 and p near 1. 2^n itself may be no normal number; 2^(n -+ 30) is,
/// and that product is exact, so that only the last one rounds: to infinity, or once to a
/// subnormal.
Real timesPowerOfTwo(Real p, Rounded n) {
  Mask negative = n.number < 0.0;
  Integer bias = select(negative, n.low.like((127 + 30) << 23), n.low.like((127 - 30) << 23));
  return p * realOfBits((n.low << 23) + bias) * select(negative, p.like(0x1p-30), 0x1p30);
}

/// e^x - 1 = (high + low) * scale; scale is 1, or 2 for a large x whose 2^n is out of range.
struct Expm1 {
  Real high, low, scale;
};

/// 2^n (1 + r + r^2 q) - 1, where 2^n r is exact, and the errors of 2^n - 1 and of their sum are
/// kept. For x from -27 to 89.
Expm1 expm1InParts(Real x) {
  Rounded n = roundToInteger(x, kLog2E);
  Remainder r = subtractLn2(x, n.number);
  Mask large = x > 64.0;
  Integer bias = select(large, n.low.like(126 << 23), n.low.like(127 << 23));
  Real power = realOfBits((n.low << 23) + bias);
  Real u = power - 1.0;
  Real lostOne = (power - u) - 1.0; // from 2^25 on 2^n - 1 has too many bits
  Real v = power * r.high;
  Real high = u + v;
  Real lost = (v - (high - u)) + lostOne; // |u| >= |v| unless u = 0
  Real tail = fma(r.high * r.high, polynomial(r.high, kExpm1), r.low);
  return {high, fma(power, tail, lost), select(large, x.like(2.0), 1.0)};
}

} // namespace

Real exp(Real x) {
  x = clamp(x, -104.0, 89.0);
  Rounded n = roundToInteger(x, kLog2E);
  Real r = fma(n.number, -kLn2Low, fma(n.number, -kLn2High, x));
  Real sum = r + 1.0;
  Real lost = r - (sum - 1.0);
  return timesPowerOfTwo(sum + fma(r * r, polynomial(r, kExp), lost), n);
}

Real exp2(Real x) {
  x = clamp(x, -151.0, 129.0);
  Rounded n = roundToInteger(x, 1.0);
  Real f = x - n.number;
  return timesPowerOfTwo(fma(f, polynomial(f, kExp2), 1.0), n);
}

Exp2 exp2InParts(Real x, Real low) {
  Rounded n = roundToInteger(x, 1.0);
  Real f = (x - n.number) + low;
  return {realOfBits((n.low << 23) + (127 << 23)), f, polynomial(f, kExp2)};
}

Real expm1(Real x) {
  Expm1 e = expm1InParts(clamp(x, -27.0, 89.0));
  return copySign((e.high + e.low) * e.scale, x); // 0 + -0 has lost the sign of x
}

/// e / (e + 2) with e = e^2|x| - 1, the quotient corrected once by its remainder.
Real tanh(Real x) {
  Expm1 e = expm1InParts(clamp(abs(x) * 2.0, 0.0, 20.0));
  Real high = e.high + e.low;
  Real low = e.low - (high - e.high);
  Real d = high + 2.0;
  Real part = d - high;
  Real lost = (high - (d - part)) + (2.0 - part) + low;
  Real reciprocal = 1.0 / d;
  Real quotient = high * reciprocal;
  Real remainder = fma(-quotient, d, high) + fma(-quotient, lost, low);
  return copySign(fma(remainder, reciprocal, quotient), x);
}

} // namespace mixc::elementary
