//===- FunctionsTest.cpp - scalar functions that libm lacks ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Functions.h"

#include "compiler/reference/IndexArithmetic.h"

#include "gtest/gtest.h"

#include <array>
#include <climits>

using namespace mixc::reference;

static std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter,
                                      std::array<uint32_t, 2> key) {
  philox4x32(counter.data(), key.data());
  return counter;
}

// kat_vectors of Random123, philox4x32 with 10 rounds.
TEST(Philox, GivesTheKnownAnswers) {
  using Words = std::array<uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, TakesTheSeedAsKeyAndMissingIntegersAsZero) {
  int64_t counter[] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
  EXPECT_EQ(philoxUniform(0x299f31d0a4093822, counter), (0xd16cfe09 >> 8) * 0x1p-24);
  EXPECT_EQ(philoxUniform(0, {}), (0x6627e8d5 >> 8) * 0x1p-24);
  int64_t minusOnes[] = {-1, -1, -1, -1};
  EXPECT_EQ(philoxUniform(-1, minusOnes), (0x408f276d >> 8) * 0x1p-24);
}

TEST(Erfinv, IsWithinAnUlp) {
  // The error in x that y = erfinv(x) stands for, over the change of erf that one ulp of y makes.
  for (double x : {1e-300, 1e-9, 0.1, 0.25, 0.4999999, 0.5, 0.7, 0.9, 0.99, 0.999999, 1 - 1e-12,
                   1 - 0x1p-53}) {
    double y = erfinv(x);
    long double slope =
        2 * std::numbers::inv_sqrtpi_v<long double> * std::exp(-static_cast<long double>(y) * y);
    long double wide = y;
    long double miss =
        x < 0.5 ? std::erf(wide) - x : (1 - static_cast<long double>(x)) - std::erfc(wide);
    double ulp = std::nextafter(y, 10) - y;
    EXPECT_LE(std::fabs(static_cast<double>(miss / slope)), 0.51 * ulp) << x;
    EXPECT_EQ(erfinv(-x), -y);
  }
}

TEST(Erfinv, IsInfiniteAtTheEndsAndUndefinedBeyond) {
  EXPECT_EQ(erfinv(1), std::numeric_limits<double>::infinity());
  EXPECT_EQ(erfinv(-1), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(erfinv(1.0000001)));
  EXPECT_TRUE(std::isnan(erfinv(std::nan(""))));
  EXPECT_EQ(erfinv(0), 0);
}

TEST(UnitRoot, IsExactAtQuarters) {
  EXPECT_EQ(unitRoot(0, 4), std::complex<long double>(1, 0));
  EXPECT_EQ(unitRoot(1, 4), std::complex<long double>(0, 1));
  EXPECT_EQ(unitRoot(2, 4), std::complex<long double>(-1, 0));
  EXPECT_EQ(unitRoot(3, 4), std::complex<long double>(0, -1));
}

TEST(UnitRoot, AgreesWithWiderArithmetic) {
  for (int64_t n : {1, 2, 3, 5, 7, 8, 12, 1000, 4097})
    for (int64_t k = 0; k < n; ++k) {
      long double angle = 2 * std::numbers::pi_v<long double> * k / n;
      // gtest's own `near` would compare doubles.
      EXPECT_LE(std::fabs(unitRoot(k, n).real() - std::cos(angle)), 1e-18L);
      EXPECT_LE(std::fabs(unitRoot(k, n).imag() - std::sin(angle)), 1e-18L);
    }
}

TEST(IndexArithmetic, DivisionFloorsAndIsZeroByZero) {
  EXPECT_EQ(floorDiv(-7, 2), -4);
  EXPECT_EQ(floorMod(-7, 2), 1);
  EXPECT_EQ(floorDiv(7, -2), -4);
  EXPECT_EQ(floorMod(7, -2), -1);
  EXPECT_EQ(floorDiv(5, 0), 0);
  EXPECT_EQ(floorMod(5, 0), 5);
  EXPECT_EQ(floorDiv(INT64_MIN, -1), INT64_MIN);
  EXPECT_EQ(floorMod(INT64_MIN, -1), 0);
  EXPECT_EQ(checkedCeilDiv(-7, 2), -3);
  EXPECT_EQ(checkedCeilDiv(7, 2), 4);
  EXPECT_FALSE(checkedFloorDiv(INT64_MIN, -1));
}

TEST(IndexArithmetic, PowersWrap) {
  EXPECT_EQ(wrapPower(3, 4), 81);
  EXPECT_EQ(wrapPower(7, 0), 1);
  EXPECT_EQ(wrapPower(2, 64), 0);
  EXPECT_EQ(wrapPower(-1, INT64_MAX), -1);
}
