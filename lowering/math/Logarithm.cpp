//===- Logarithm.cpp - log, log2, log10, log1p in f32 ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// x = 2^n (1 + f) with 1 + f in [.69, 1.38), and log x = n log 2 + c f + c f^2 q(f) with c = log e
// in the base at hand. The first two terms are added with their rounding errors; the third is small
// beside them, so one rounding of the final sum is nearly all of the error. With n = 0 the sum
// starts at c f, and f is exact: results near 0 keep their relative accuracy.
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

#include <limits>
#include <optional>

namespace mixc::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// (log(1 + f) - c f) / f^2 on -.31 <= f <= .38 in each base, minimax error 2^-27.7 of log(1 + f).
constexpr double kLog[] = {-0.49999994, 0.333332509,  -0.250009894, 0.200074792,  -0.166306585,
                           0.140690848, -0.129066363, 0.135940909,  -0.0949300528};
constexpr double kLog2[] = {-0.721347392, 0.480897397,  -0.360690236, 0.288637012, -0.239885464,
                            0.203104973,  -0.186620981, 0.195558593,  -0.135418415};
constexpr double kLog10[] = {-0.217147216, 0.144764468,   -0.108577825, 0.0868913904, -0.0722281039,
                             0.0611015856, -0.0560358241, 0.0590346865, -0.0412708409};

/// log 2 and log e in the base, each in two parts, and q. octaveHigh has at most 16 bits: n *
/// octaveHigh is exact.
struct Base {
  double octaveHigh, octaveLow;
  double scaleHigh, scaleLow;
  llvm::ArrayRef<double> tail;
};

constexpr Base kNatural = {0x1.62e4p-1, 1.42860682030941723212e-6, 1.0, 0.0, kLog};
constexpr Base kBinary = {1.0, 0.0, 0x1.715476p0, 1.92596299112661746e-8, kLog2};
constexpr Base kDecimal = {0x1.344p-2, 4.60503898119521374e-6, 0x1.bcb7b2p-2,
                           -1.01030500522316836e-8, kLog10};

/// log(2^n (1 + f)). `known` is what is known of it beyond n and f.
Real logarithm(Real n, Real f, const Base &base, std::optional<Real> known = std::nullopt) {
  bool scaled = base.scaleHigh != 1.0;
  Real u = base.octaveHigh == 1.0 ? n : n * base.octaveHigh;
  Real v = scaled ? f * base.scaleHigh : f;
  Real sum = u + v;
  Real low = v - (sum - u); // |u| >= |v| unless u = 0
  if (base.octaveLow != 0.0)
    low = fma(n, base.octaveLow, low);
  if (scaled)
    low = low + fma(f, base.scaleLow, fma(f, base.scaleHigh, -v));
  if (known)
    low = low + *known;
  return sum + fma(f * f, polynomial(f, base.tail), low);
}

/// n with x / 2^n in [.69, 1.38), for a positive normal x. Between 2/3 and sqrt(1/2) this start of
/// the octave keeps the third term least beside a sum that cancels in part, on both sides and in
/// every base.
Integer octave(Integer x) {
  constexpr int64_t start = 0x3f30a3d7;
  return shiftSigned(x - start, 23);
}

/// `finite` where 0 < x < inf; else what all logarithms have there: -inf at 0, NaN below, inf and
/// NaN kept.
Real withSpecialValues(Real x, Real finite) {
  Real result = select(x < kInfinity, finite, x);
  result = select(x == 0.0, -kInfinity, result);
  return select(x < 0.0, kNaN, result);
}

Real logarithmOf(Real x, const Base &base) {
  Mask subnormal = x < 0x1p-126;
  Integer scaled = bits(select(subnormal, x * 0x1p25, x));
  Integer n = octave(scaled);
  Real f = realOfBits(scaled - (n << 23)) - 1.0;
  Real exponent = signedToF32(n) - select(subnormal, x.like(25.0), 0.0);
  return withSpecialValues(x, logarithm(exponent, f, base));
}

} // namespace

Real log(Real x) { return logarithmOf(x, kNatural); }
Real log2(Real x) { return logarithmOf(x, kBinary); }
Real log10(Real x) { return logarithmOf(x, kDecimal); }

/// The rounded 1 + x chooses n only; f = (1 + x) / 2^n - 1 comes from x itself, and its rounding
/// error is carried on.
Real log1p(Real x) {
  Real onePlus = x + 1.0;
  Integer n = octave(bits(onePlus));
  Real power = realOfBits((127 - n) << 23);
  Real huge = realOfBits(bits(onePlus) - (n << 23)) - 1.0; // here 2^-n may be no normal number
  Real f = fma(x, power, power - 1.0);
  Real lost = fma(x, power, (power - 1.0) - f);
  Mask isHuge = x > 0x1p30;
  f = select(isHuge, huge, f);
  lost = select(isHuge, 0.0, fma(-lost, f, lost)); // times the derivative, 1 / (1 + f)
  return copySign(withSpecialValues(onePlus, logarithm(signedToF32(n), f, kNatural, lost)), x);
}

} // namespace mixc::elementary
