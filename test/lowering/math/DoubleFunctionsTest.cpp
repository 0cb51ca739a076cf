//===- DoubleFunctionsTest.cpp - errors of the f64 functions --------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every function on random f64 of all magnitudes and of the range where it moves, on special values
// and where its path changes; against the C library's 80-bit functions.
//
//===----------------------------------------------------------------------===//

#include "test/lowering/math/Loop.h"

#include "gtest/gtest.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace mixc::test {
namespace {

static_assert(std::numeric_limits<long double>::digits >= 64,
              "the reference must be finer than f64");

using Function = long double (*)(long double);

struct DoubleCase {
  const char *op;
  Function reference;
  double bound;               // ulp
  double range;               // it moves on [-range, range]
  std::vector<double> breaks; // where the path changes
};

void PrintTo(const DoubleCase &testCase, std::ostream *out) { *out << testCase.op; }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::vector<double> kSpecial = {
    0.0, -0.0, kInfinity, -kInfinity, NAN, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5, -0.5, 1.5, -1.5,
    2.5, -2.5, 0x1p-1074, -0x1p-1074, 1e-310, -1e-310, 0x1p-1022, 1000.0, 0x1p1023, -0x1p1023,
    1e308, -1e308, 0x1p52, 0x1p53, 0x1p54, -0x1p53, 0x1p63, 1e22, 1e-10, -1e-10, 1e-20, 0x1p-54,
    -0x1p-54, 1023.0, 1024.0, -1074.0, -1075.0, 10.0, 100.0, 1e15, 0x1.fffffffffffffp1023,
    -0x1.fffffffffffffp1023, 0x1.fffffffffffffp-1, 0x1.0000000000001p0,
    // Of all f64 the one nearest to a multiple of pi/2.
    0x1.6ac5b262ca1ffp+849, 0x1.921fb54442d18p+0, 0x1.921fb54442d18p+1};

/// |got - want| in units of the last place that f64 has at `want`; 0 where both are the same
/// infinity, NaN, or zeros of one sign; infinite where they differ in such a way.
double ulps(double got, long double want) {
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got) ? 0 : kInfinity;
  auto rounded = static_cast<double>(want);
  if (std::isinf(rounded) || std::isinf(got)) {
    if (got == rounded)
      return 0;
    // An overflow by a rounding error is an error of as much.
    long double limit = std::copysign(0x1p1024L, want);
    if (std::isinf(got) && std::isinf(want))
      return kInfinity;
    long double finite = std::isinf(got) ? limit : static_cast<long double>(got);
    return static_cast<double>(std::fabs(finite - (std::isinf(want) ? limit : want)) * 0x1p-971L);
  }
  if (want == 0)
    return got == 0 && std::signbit(got) == std::signbit(want) ? 0 : kInfinity;
  if (got == 0 && std::signbit(got) != std::signbit(want))
    return kInfinity;
  int exponent = std::max(std::ilogb(want), -1022) - 52;
  return static_cast<double>(std::ldexp(std::fabs(got - want), -exponent));
}

struct Worst {
  double ulp = 0, x = 0, y = 0, got = 0;
  void see(double error, double atX, double atY, double value) {
    if (error > ulp)
      *this = {error, atX, atY, value};
  }
};

/// Of all magnitudes, by their bits.
std::vector<double> allMagnitudes(unsigned seed, size_t count) {
  std::mt19937_64 random(seed);
  std::vector<double> result(count);
  for (double &x : result)
    x = std::bit_cast<double>(random());
  return result;
}

std::vector<double> uniform(unsigned seed, double range, size_t count) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<> numbers(-range, range);
  std::vector<double> result(count);
  for (double &x : result)
    x = numbers(random);
  return result;
}

std::vector<double> neighbours(const std::vector<double> &points) {
  std::vector<double> result;
  for (double at : points)
    for (double sign : {1.0, -1.0})
      for (int64_t distance = -500; distance <= 500; ++distance)
        result.push_back(sign * std::bit_cast<double>(std::bit_cast<int64_t>(at) + distance));
  return result;
}

class DoubleFunction : public testing::TestWithParam<DoubleCase> {
protected:
  DoubleFunction()
      : loop({"f64", 1, 1, std::string("%r0 = math.") + GetParam().op + " %0 : f64"}) {}

  void check(std::vector<double> inputs) {
    std::vector<double> outputs(inputs.size());
    loop.run({inputs.data(), outputs.data()}, int64_t(inputs.size()));
    Worst worst;
    for (size_t i = 0; i < inputs.size(); ++i)
      worst.see(ulps(outputs[i], GetParam().reference(inputs[i])), inputs[i], 0, outputs[i]);
    RecordProperty("ulp", std::to_string(worst.ulp));
    EXPECT_LE(worst.ulp, GetParam().bound)
        << GetParam().op << "(" << std::hexfloat << worst.x << ") = " << worst.got;
  }

  LoweredLoop loop;
};

TEST_P(DoubleFunction, AllMagnitudes) { check(allMagnitudes(1, 200000)); }
TEST_P(DoubleFunction, WhereItMoves) { check(uniform(2, GetParam().range, 400000)); }
TEST_P(DoubleFunction, NearOne) {
  std::vector<double> inputs = uniform(3, 0.5, 200000);
  for (double &x : inputs)
    x += 1.0;
  check(inputs);
}
TEST_P(DoubleFunction, SpecialValues) { check(kSpecial); }
TEST_P(DoubleFunction, Breaks) { check(neighbours(GetParam().breaks)); }

TEST_P(DoubleFunction, LoopVectorisesWithoutCalls) {
  std::string text = loop.assembly("x86-64-v4");
  EXPECT_EQ(text.find("call"), std::string::npos) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Math, DoubleFunction,
    testing::Values(
        DoubleCase{"exp", expl, 0.8, 745, {0.34657359, 1e-17, 708.3, 709.78, 745.13, 746}},
        DoubleCase{"exp2", exp2l, 0.8, 1075, {0.5, 1e-17, 1022, 1023.5, 1024, 1074, 1075, 1077}},
        DoubleCase{"expm1", expm1l, 1, 50, {0.34657359, 36.7, 40, 64, 709.78, 0x1p-1022}},
        DoubleCase{
            "log", logl, 0.6, 100, {0x1.6a09e667f3bcdp-1, 1, 0x1.6a09e667f3bcdp0, 0x1p-1022}},
        DoubleCase{
            "log2", log2l, 0.6, 100, {0x1.6a09e667f3bcdp-1, 1, 0x1.6a09e667f3bcdp0, 0x1p-1022}},
        DoubleCase{"log10", log10l, 0.6, 100, {0x1.6a09e667f3bcdp-1, 1, 1000, 0x1p-1022}},
        DoubleCase{
            "log1p", log1pl, 0.6, 2, {0x1p-54, 0.41421356, 0.29289322, 1, 0x1p53, 0x1p-1022}},
        DoubleCase{"tanh", tanhl, 2, 22, {0.17328680, 0x1p-1022, 19.06, 22}},
        DoubleCase{"erf", erfl, 1, 6, {1, 0.98, 5.9, 6.02, 0x1p-1022}},
        DoubleCase{"sin", sinl, 0.8, 100, {0.5, 0.78539816, 1.57079633, 3.14159265, 1e6, 1e300}},
        DoubleCase{"cos", cosl, 0.8, 100, {0.5, 0.78539816, 1.57079633, 3.14159265, 1e6, 1e300}}),
    [](const auto &info) { return std::string(info.param.op); });

class DoublePower : public testing::Test {
protected:
  void check(std::vector<double> x, std::vector<double> y) {
    LoweredLoop loop({"f64", 2, 1, "%r0 = math.powf %0, %1 : f64"});
    std::vector<double> outputs(x.size());
    loop.run({x.data(), y.data(), outputs.data()}, int64_t(x.size()));
    Worst worst;
    for (size_t i = 0; i < x.size(); ++i)
      worst.see(ulps(outputs[i], powl(x[i], y[i])), x[i], y[i], outputs[i]);
    RecordProperty("ulp", std::to_string(worst.ulp));
    EXPECT_LE(worst.ulp, 0.8) << std::hexfloat << worst.x << "^" << worst.y << " = " << worst.got;
  }
};

TEST_F(DoublePower, AllMagnitudes) { check(allMagnitudes(4, 200000), allMagnitudes(5, 200000)); }

TEST_F(DoublePower, WhereItIsFinite) {
  std::vector<double> x = allMagnitudes(6, 200000), y = uniform(7, 1.0, 200000);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = std::fabs(x[i]);
    double octaves = std::fabs(std::log2(x[i]));
    y[i] *= std::isfinite(octaves) && octaves > 0 ? 1080 / octaves : 1.0;
  }
  check(x, y);
}

TEST_F(DoublePower, NearOne) {
  std::vector<double> x = uniform(8, 1e-3, 200000), y = uniform(9, 1e5, 200000);
  for (double &base : x)
    base += 1.0;
  check(x, y);
}

TEST_F(DoublePower, SpecialValues) {
  std::vector<double> x, y;
  for (double base : kSpecial)
    for (double exponent : kSpecial)
      x.push_back(base), y.push_back(exponent);
  check(x, y);
}

} // namespace
} // namespace mixc::test
