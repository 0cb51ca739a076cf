//===- DoubleLogarithm.cpp - logarithms and powers in f64 -----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

namespace mixc::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// ln 2 in two parts; the first has 40 bits: n times it is exact.
constexpr double kLn2High = 0x1.62e42fefa2000p-1;
constexpr double kLn2Low = 0x1.9ef35793c7673p-41;
// Pairs: 1 / ln 2, 1 / ln 10, 1 / 3.
constexpr double kLog2E[] = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
constexpr double kLog10E[] = {0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};
constexpr double kThird[] = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
// 1/5, 1/7, ...: with 1/3 before them, (atanh(s) - s) / s^3 in s^2 on |s| <= .172, to 2^-66 of
// atanh(s).
constexpr double kAtanh[] = {0x1.999999999999ap-3, 0x1.2492492492492p-3, 0x1.c71c71c71c71cp-4,
                             0x1.745d1745d1746p-4, 0x1.3b13b13b13b14p-4, 0x1.1111111111111p-4,
                             0x1.e1e1e1e1e1e1ep-5, 0x1.af286bca1af28p-5, 0x1.8618618618618p-5,
                             0x1.642c8590b2164p-5, 0x1.47ae147ae147bp-5, 0x1.2f684bda12f68p-5};

/// log(x) - `octaves` log(2) to about 2^-65 of it, for a pair whose high part is positive and
/// normal: x = 2^n m with m from sqrt(1/2) to sqrt(2), and log(m) = 2 atanh((m - 1) / (m + 1)).
Pair logarithm(Pair x, Real octaves) {
  constexpr int64_t sqrtHalf = 0x3fe6a09e667f3bcd;
  Integer n = shiftSigned(bits(x.high) - sqrtHalf, 52);
  Real m = realOfBits(bits(x.high) - (n << 52));
  // Beyond 2^1000 it counts for nothing, and 2^-n may be no normal number.
  Real low = select(x.high < 0x1p1000, x.low * realOfBits((1023 - n) << 52), 0.0);

  Pair below = exactSum(m - 1.0, low), above = exactSum(m, x.high.like(1.0));
  Real quotient = below.high / above.high;
  Real remainder =
      fma(-quotient, above.high, below.high) + (below.low - quotient * (above.low + low));
  Pair s = {quotient, remainder / above.high};

  Pair z = s * s;
  Pair series = fastSum(x.high.like(kThird[0]), z.high * polynomial(z.high, kAtanh));
  Pair cubic = s * (z * Pair{series.high, series.low + kThird[1]});
  Pair half = fastSum(s.high, cubic.high);
  Real halfLow = half.low + (s.low + cubic.low);

  Real exponent = signedToF64(n) - octaves;
  Pair sum = fastSum(exponent * kLn2High, half.high * 2.0);
  return fastSum(sum.high, fma(exponent, kLn2Low, fma(halfLow, 2.0, sum.low)));
}

/// The same for a positive number, also a subnormal one.
Pair logarithm(Real x) {
  Mask subnormal = x < 0x1p-1022;
  return logarithm({select(subnormal, x * 0x1p54, x), x.like(0.0)},
                   select(subnormal, x.like(54.0), 0.0));
}

/// `finite` where 0 < x < inf; else -inf at 0, NaN below, inf and NaN kept.
Real withSpecialValues(Real x, Real finite) {
  Real result = select(x < kInfinity, finite, x);
  result = select(x == 0.0, -kInfinity, result);
  return select(x < 0.0, kNaN, result);
}

} // namespace

namespace wide {

Real log(Real x) { return withSpecialValues(x, logarithm(x).high); }

Real log2(Real x) {
  Pair scaled = logarithm(x) * pairLike(x, kLog2E[0], kLog2E[1]);
  return withSpecialValues(x, scaled.high + scaled.low);
}

Real log10(Real x) {
  Pair scaled = logarithm(x) * pairLike(x, kLog10E[0], kLog10E[1]);
  return withSpecialValues(x, scaled.high + scaled.low);
}

Real log1p(Real x) {
  Pair onePlus = exactSum(x.like(1.0), x);
  Real result = withSpecialValues(onePlus.high, logarithm(onePlus, x.like(0.0)).high);
  // Here x^2 / 2 is below half an ulp; a subnormal x would lose its last bit, a zero its sign.
  return select(abs(x) < 0x1p-54, x, result);
}

/// e^(y log x), the logarithm and the product as pairs.
Real powerOfMagnitude(Real magnitude, Real y) {
  Pair logarithmOf = logarithm(magnitude);
  Real high = withSpecialValues(magnitude, logarithmOf.high);
  Real product = y * high;
  Real low = fma(y, high, -product) + y * logarithmOf.low;
  // 0 times an infinite exponent: C has 1 there.
  product = select((magnitude == 1.0) & !isNaN(y), 0.0, product);
  low = select(isNaN(low) | !(abs(product) < 800.0), 0.0, low);
  return exp(Pair{clamp(product, -746.0, 710.0), low});
}

} // namespace wide
} // namespace mixc::elementary
