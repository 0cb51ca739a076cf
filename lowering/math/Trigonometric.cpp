//===- Trigonometric.cpp - sin and cos in f32 --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// |x| = q pi/2 + r with |r| <= pi/4; q mod 4 chooses sin r or cos r and the sign. The reduction is
// where the accuracy is won or lost, since x may lie within 2^-30 of a multiple of pi/2:
//
// - up to 2^20 by Cody and Waite in f64, with pi/2 in two parts;
// - beyond by Payne and Hanek ("Radian reduction for trigonometric functions", SIGNUM 1983): of the
//   product of the 24-bit significand and 2/pi only the bits worth less than 4 and more than 2^-62
//   are formed, from 96 bits of 2/pi that the exponent of x chooses.
//
// Both are computed and one is selected. sin and cos of one x share all of it after CSE.
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

#include <array>
#include <limits>

namespace mixc::elementary {
namespace {

constexpr double kHalfPi = 0x1.921fb54442d18p+0;
constexpr double kHalfPiLow = 0x1.1a62633145c07p-54;

// 25 zeros, then the first 199 bits of 2/pi: bit e is worth 2 in the product with the significand
// of a number from 2^e to 2^(e+1), and what precedes it a multiple of 4.
constexpr int64_t kTwoOverPi[] = {0x00000051, 0x7cc1b727, 0x220a94fe, 0x13abe8fa,
                                  0x9a6ee06d, 0xb14acc9e, 0x21c820ff};

// (sin(r) / r - 1) / r^2 in r^2 on |r| <= pi/4, minimax error 2^-32.6 of sin r.
constexpr double kSin[] = {-0.166666672, 0.00833338033, -0.000198535112, 2.83751388e-06};
// (cos(r) - 1) / r^2 in r^2 on |r| <= pi/4, minimax error 2^-33.0 of cos r.
constexpr double kCos[] = {-0.5, 0.0416666456, -0.00138873095, 2.44323273e-05};

struct Reduced {
  Integer quadrant; // i32, its two low bits
  Real remainder;   // f64
};

/// For |x| < 2^20.
Reduced reduceModerate(Real magnitude) {
  constexpr double magic = 0x1.8p52; // rounds to an integer, held in the low bits
  Real x = toF64(magnitude);
  Real sum = fma(x, 1 / kHalfPi, magic);
  Real q = sum - magic;
  return {lowToI32(bits(sum)), fma(q, -kHalfPiLow, fma(q, -kHalfPi, x))};
}

/// The four words of kTwoOverPi that begin at bit `exponent`, and the three that these hold from
/// that bit on.
std::array<Integer, 3> window(Integer exponent) {
  Mask odd = !((exponent & 32) == 0), upper = !((exponent & 64) == 0);
  auto word = [&](int i) {
    auto constant = [&](int j) { return exponent.like(kTwoOverPi[j]); };
    return select(upper, select(odd, constant(i + 3), constant(i + 2)),
                  select(odd, constant(i + 1), constant(i)));
  };
  std::array<Integer, 4> words = {word(0), word(1), word(2), word(3)};
  Integer shift = exponent & 31;
  auto shifted = [&](int i) { return (words[i] << shift) | ((words[i + 1] >> 1) >> (31 - shift)); };
  return {shifted(0), shifted(1), shifted(2)};
}

/// For finite |x| from 1 on.
Reduced reduceLarge(Real magnitude) {
  Integer x = bits(magnitude);
  Integer significand = (x & 0x7fffff) | 0x800000;
  auto [high, middle, low] = window((x >> 23) - 127);
  Integer wide = unsignedToI64(significand);
  // |x| 2/pi mod 4, in units of 2^-62.
  Integer product = (unsignedToI64(significand * high) << 32) + wide * unsignedToI64(middle) +
                    ((wide * unsignedToI64(low)) >> 32);
  Integer quadrant = (product + (int64_t(1) << 61)) >> 62;
  return {lowToI32(quadrant), signedToF64(product - (quadrant << 62)) * (kHalfPi * 0x1p-62)};
}

Reduced reduce(Real magnitude) {
  Reduced moderate = reduceModerate(magnitude), large = reduceLarge(magnitude);
  Mask isLarge = (magnitude < std::numeric_limits<double>::infinity()) & !(magnitude < 0x1p20);
  return {select(isLarge, large.quadrant, moderate.quadrant),
          select(isLarge, large.remainder, moderate.remainder)};
}

/// sin(r + quadrant pi/2); the sign bit of `sign` is flipped into it.
Real sine(Real remainder, Integer quadrant, Integer sign) {
  Real r = toF32(remainder);
  Real low = toF32(remainder - toF64(r));
  Real square = r * r;
  Real sin = r + fma(r * square, polynomial(square, kSin), low);
  Real cos = fma(square, polynomial(square, kCos), 1.0);
  Real magnitude = select((quadrant & 1) == 0, sin, cos);
  return realOfBits(bits(magnitude) ^ sign ^ ((quadrant & 2) << 30));
}

} // namespace

Real sin(Real x) {
  Reduced reduced = reduce(abs(x));
  return sine(reduced.remainder, reduced.quadrant, bits(x) & int64_t(0x80000000));
}

Real cos(Real x) {
  Reduced reduced = reduce(abs(x));
  return sine(reduced.remainder, reduced.quadrant + 1, reduced.quadrant.like(0));
}

} // namespace mixc::elementary
