//===- DoubleTrigonometric.cpp - sin and cos in f64 -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

#include <array>

namespace mixc::elementary {
namespace {

constexpr double kHalfPi[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

// 54 zeros, then 2/pi with a zero before its point: the 192 bits from bit e + 1 on, times the
// significand of a number from 2^e to 2^(e+1) as an integer, are that number times 2/pi, modulo 4,
// in units of 2^-190.
constexpr std::array<uint64_t, 20> kTwoOverPi = {
    0x0000000000000145, 0xf306dc9c882a53f8, 0x4eafa3ea69bb81b6, 0xc52b3278872083fc,
    0xa2c757bd778ac36e, 0x48dc74849ba5c00c, 0x925dd413a32439fc, 0x3bd63962534e7dd1,
    0x046bea5d768909d3, 0x38e04d68befc8273, 0x23ac7306a673e939, 0x08bf177bf250763f,
    0xf12fffbc0b301fde, 0x5e2316b414da3eda, 0x6cfd9e4f96136e9e, 0x8c7ecd3cbfd45aea,
    0x4f758fd7cbe2f67a, 0x0e73ef14a525d4d7, 0xf6bf623f1aba10ac, 0x06608df8f6d757e1};

// (sin(r) / r - 1) / r^2 in r^2: Taylor's series, to 2^-62 of sin r on |r| <= pi/4.
constexpr double kSin[] = {-0x1.5555555555555p-3,  0x1.1111111111111p-7,   -0x1.a01a01a01a01ap-13,
                           0x1.71de3a556c734p-19,  -0x1.ae64567f544e4p-26, 0x1.6124613a86d09p-33,
                           -0x1.ae7f3e733b81fp-41, 0x1.952c77030ad4ap-49};
// (cos(r) - 1 + r^2 / 2) / r^4, likewise.
constexpr double kCos[] = {0x1.5555555555555p-5,   -0x1.6c16c16c16c17p-10, 0x1.a01a01a01a01ap-16,
                           -0x1.27e4fb7789f5cp-22, 0x1.1eed8eff8d898p-29,  -0x1.93974a8c07c9dp-37,
                           0x1.ae7f3e733b81fp-45,  -0x1.6827863b97d97p-53};

struct Wide {
  Integer high, low;
};

/// a * b as unsigned integers.
Wide product(Integer a, Integer b) {
  auto op = mlir::arith::MulUIExtendedOp::create(a.at(), a, b);
  return {{a.at(), op.getHigh()}, {a.at(), op.getLow()}};
}

/// 1 where the sum of `a` and something, `sum`, has left 64 bits; else 0.
Integer carry(Integer sum, Integer a) {
  Mask less = {sum.at(), sum.build<mlir::arith::CmpIOp>(mlir::arith::CmpIPredicate::ult, sum, a)};
  return select(less, sum.like(1), sum.like(0));
}

/// The three words of kTwoOverPi that begin at bit `start`, from 0 to 1024.
std::array<Integer, 3> window(Integer start) {
  // Word number start / 64 + j, by the bits of that number.
  auto word = [&](size_t j) {
    llvm::SmallVector<Integer> choices;
    for (size_t k = 0; k <= 16; ++k)
      choices.push_back(start.like(static_cast<int64_t>(kTwoOverPi[k + j])));
    for (int64_t bit = 64; choices.size() > 1; bit <<= 1) {
      Mask isSet = !((start & bit) == 0);
      llvm::SmallVector<Integer> left;
      for (size_t k = 0; k < choices.size(); k += 2)
        left.push_back(k + 1 < choices.size() ? select(isSet, choices[k + 1], choices[k])
                                              : choices[k]);
      choices = left;
    }
    return choices.front();
  };
  std::array<Integer, 4> words = {word(0), word(1), word(2), word(3)};
  Integer shift = start & 63;
  auto shifted = [&](int i) { return (words[i] << shift) | ((words[i + 1] >> 1) >> (63 - shift)); };
  return {shifted(0), shifted(1), shifted(2)};
}

struct Reduced {
  Integer quadrant; // its two low bits
  Pair remainder;
};

/// For finite |x| from 1/2 on (Payne and Hanek, Radian Reduction for Trigonometric Functions,
/// 1983). Of the product 126 bits behind the point are kept; no f64 comes nearer to a multiple of
/// pi/2 than 2^-62 of an octave, so that 64 of them count.
Reduced reduceLarge(Real magnitude) {
  constexpr int64_t hidden = int64_t(1) << 52;
  Integer x = bits(magnitude);
  Integer significand = (x & (hidden - 1)) | hidden;
  auto [first, second, third] = window((x >> 52) - 1022);
  Wide middle = product(second, significand);
  Integer low = middle.low + product(third, significand).high;
  Integer high = first * significand + middle.high + carry(low, middle.low);

  Integer quadrant = (high + (int64_t(1) << 61)) >> 62;
  high = high - (quadrant << 62);
  // Sign and magnitude, so that small numbers of either sign keep their bits.
  Mask negative = {high.at(), high.build<mlir::arith::CmpIOp>(mlir::arith::CmpIPredicate::slt, high,
                                                              high.like(0))};
  Integer borrow = select(low == 0, low.like(0), low.like(1));
  high = select(negative, 0 - high - borrow, high);
  low = select(negative, 0 - low, low);

  Real leading = signedToF64(high);
  Real behind = signedToF64(high - toI64(leading)) + unsignedToF64(low) * 0x1p-64;
  Pair turns = fastSum(leading, behind);
  Pair remainder = turns * pairLike(magnitude, kHalfPi[0], kHalfPi[1]);
  Real unit = select(negative, magnitude.like(-0x1p-62), 0x1p-62);
  return {quadrant, {remainder.high * unit, remainder.low * unit}};
}

Reduced reduce(Real magnitude) {
  Reduced large = reduceLarge(magnitude);
  Mask isSmall = magnitude < 0.5;
  return {select(isSmall, large.quadrant.like(0), large.quadrant),
          {select(isSmall, magnitude, large.remainder.high),
           select(isSmall, 0.0, large.remainder.low)}};
}

/// sin(r + quadrant pi/2); the sign bit of `sign` is flipped into it.
Real sine(Pair r, Integer quadrant, Integer sign) {
  Real square = r.high * r.high;
  Real half = square * 0.5;
  Real first = 1.0 - half;
  Real sin = r.high + fma(r.high * square, polynomial(square, kSin), r.low * first);
  Real tail = fma(square * square, polynomial(square, kCos), -(r.high * r.low));
  Real cos = first + (((1.0 - first) - half) + tail);
  Real magnitude = select((quadrant & 1) == 0, sin, cos);
  return realOfBits(bits(magnitude) ^ sign ^ ((quadrant & 2) << 62));
}

Real finiteOnly(Real x, Real result) {
  return select(abs(x) < std::numeric_limits<double>::infinity(), result,
                std::numeric_limits<double>::quiet_NaN());
}

} // namespace

namespace wide {

Real sin(Real x) {
  Reduced reduced = reduce(abs(x));
  Integer sign = bits(x) & std::numeric_limits<int64_t>::min();
  return finiteOnly(x, sine(reduced.remainder, reduced.quadrant, sign));
}

Real cos(Real x) {
  Reduced reduced = reduce(abs(x));
  return finiteOnly(x, sine(reduced.remainder, reduced.quadrant + 1, reduced.quadrant.like(0)));
}

} // namespace wide
} // namespace mixc::elementary
