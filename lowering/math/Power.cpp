//===- Power.cpp - pow ----------------------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In f32 |x|^y = 2^(y log2 |x|) in f64: the logarithm needs 8 bits beyond f32, since y log2 |x|
// reaches 150, and f64 has them without a double-f32 arithmetic. The result is rounded to f32 once,
// at the end, to infinity or a subnormal too.
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

#include <limits>

namespace mixc::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// log2(m) = s p(s^2) with s = (m - 1) / (m + 1), sqrt(1/2) <= m < sqrt(2); minimax error 2^-45.1 of
// log2(m).
constexpr double kLog2[] = {0x1.71547652b8250p+1, 0x1.ec709dc53e2acp-1, 0x1.2776c291526e5p-1,
                            0x1.a61a304149dcdp-2, 0x1.47951bba19323p-2, 0x1.21b41a5fc194cp-2};
// (2^f - 1) / f on |f| <= 1/2, minimax error 2^-34.3 of 2^f.
constexpr double kExp2[] = {0x1.62e42fef7b124p-1, 0x1.ebfbe07b812e8p-3,  0x1.c6b08df529991p-5,
                            0x1.3b29f03304168p-7, 0x1.5d8722c6bff79p-10, 0x1.445f1982241e2p-13,
                            0x1.00f1bda4ad5a1p-16};

/// Of a positive normal f64; the caller replaces the result at 0 and infinity.
Real log2InF64(Real x) {
  constexpr int64_t sqrtHalf = 0x3fe6a09e667f3bcd;
  constexpr int64_t bias = int64_t(1023) << 52;
  Integer above = bits(x) + (bias - sqrtHalf);
  Integer exponent = above >> 52; // n + 1023
  // The bits of 2^52 hold an integer below 2^52 as they stand.
  Real n = realOfBits(exponent | (int64_t(1075) << 52)) - (0x1p52 + 1023.0);
  Real m = realOfBits(bits(x) - (exponent << 52) + bias);
  Real s = (m - 1.0) / (m + 1.0);
  return fma(s, polynomial(s * s, kLog2), n);
}

/// For |x| < 1000; NaN stays NaN.
Real exp2InF64(Real x) {
  constexpr double magic = 0x1.8p52;
  Real sum = x + magic;
  Real f = x - (sum - magic);
  Real power = realOfBits((bits(sum) << 52) + (int64_t(1023) << 52));
  return fma(f, polynomial(f, kExp2), 1.0) * power;
}

/// |x|^y in f32.
Real powerOfMagnitude(Real magnitude, Real y) {
  Real logarithm = log2InF64(toF64(magnitude));
  logarithm = select(magnitude == 0.0, -kInfinity, logarithm);
  logarithm = select(magnitude < kInfinity, logarithm, toF64(magnitude));
  Real product = toF64(y) * logarithm;
  // 0 times an infinite exponent: C has 1 there, for a base of -1 too.
  product = select((magnitude == 1.0) & !isNaN(y), 0.0, product);
  return toF32(exp2InF64(clamp(product, -300.0, 300.0)));
}

} // namespace

Real pow(Real x, Real y) {
  bool single = mlir::getElementTypeOrSelf(x.type()).isF32();
  Real magnitude = abs(x);
  Real result = single ? powerOfMagnitude(magnitude, y) : wide::powerOfMagnitude(magnitude, y);

  // A negative base: NaN to a fraction, the sign of an odd integer. An infinite y counts as even.
  Real half = y * 0.5;
  Mask integral = floor(y) == y;
  Mask odd = integral & !(floor(half) == half);
  Integer sign = bits(x) & (single ? int64_t(0x80000000) : std::numeric_limits<int64_t>::min());
  result = realOfBits(bits(result) | select(odd, sign, sign.like(0)));
  Mask undefined = (x < 0.0) & (magnitude < kInfinity) & !integral;
  result = select(undefined, std::numeric_limits<double>::quiet_NaN(), result);
  return select((x == 1.0) | (y == 0.0), 1.0, result);
}

} // namespace mixc::elementary
