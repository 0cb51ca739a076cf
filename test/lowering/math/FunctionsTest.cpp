//===- FunctionsTest.cpp - errors of the f32 functions --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every function over all f32 with a step (every number under DISABLED_Exhaustive, which takes
// minutes), the numbers where its path changes with their neighbours, and all pairs of special
// values for pow; against libm in f64.
//
//===----------------------------------------------------------------------===//

#include "test/lowering/math/Loop.h"

#include "gtest/gtest.h"

#include <bit>
#include <cmath>
#include <random>

namespace mixc::test {
namespace {

using Function = double (*)(double);

struct UnaryCase {
  const char *op;
  Function reference;
  double bound; // ulp
  uint32_t step;
  std::vector<float> breaks; // where the path changes
};

void PrintTo(const UnaryCase &testCase, std::ostream *out) { *out << testCase.op; }

constexpr float kInfinity = INFINITY;

const std::vector<float> kSpecial = {0.f,
                                     -0.f,
                                     kInfinity,
                                     -kInfinity,
                                     NAN,
                                     1.f,
                                     -1.f,
                                     2.f,
                                     -2.f,
                                     3.f,
                                     -3.f,
                                     0.5f,
                                     -0.5f,
                                     1.5f,
                                     -1.5f,
                                     2.5f,
                                     -2.5f,
                                     0x1p-149f,
                                     -0x1p-149f,
                                     1e-40f,
                                     -1e-40f,
                                     0x1p-126f,
                                     -0x1p-126f,
                                     3.4028235e38f,
                                     -3.4028235e38f,
                                     0x1p23f,
                                     0x1p24f,
                                     0x1.fffffep23f,
                                     -0x1.fffffep23f,
                                     -0x1p24f,
                                     0x1p25f,
                                     0x1p31f,
                                     1e10f,
                                     1e-10f,
                                     0.99999994f,
                                     1.0000001f,
                                     -0.99999994f,
                                     -1.0000001f,
                                     127.f,
                                     128.f,
                                     -149.f,
                                     -150.f};

/// |got - want| in units of the last place that f32 has at `want`. 0 where both are the same
/// infinity or NaN and for zeros of the same sign; infinite where they differ in such a way.
double ulps(float got, double want) {
  float rounded = float(want);
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got) ? 0 : kInfinity;
  if (std::isinf(rounded) || std::isinf(got)) {
    if (got == rounded)
      return 0;
    // An overflow by a rounding error is an error of as much.
    double limit = std::copysign(0x1p128, want);
    if (std::isinf(got) && std::isinf(want))
      return kInfinity;
    double finite = std::isinf(got) ? limit : double(got);
    return std::fabs(finite - (std::isinf(want) ? limit : want)) * 0x1p-104;
  }
  if (want == 0)
    return got == 0 && std::signbit(got) == std::signbit(want) ? 0 : kInfinity;
  if (got == 0 && std::signbit(got) != std::signbit(want))
    return kInfinity;
  int exponent = std::max(std::ilogb(want), -126) - 23;
  return std::ldexp(std::fabs(got - want), -exponent);
}

struct Worst {
  double ulp = 0;
  float x = 0, y = 0, got = 0;
  void see(double error, float atX, float atY, float value) {
    if (error > ulp)
      *this = {error, atX, atY, value};
  }
};

class UnaryFunction : public testing::TestWithParam<UnaryCase> {
protected:
  UnaryFunction() : loop({"f32", 1, 1, std::string("%r0 = math.") + GetParam().op + " %0 : f32"}) {}

  void check(std::vector<float> &inputs, Worst &worst) {
    std::vector<float> outputs(inputs.size());
    loop.run({inputs.data(), outputs.data()}, int64_t(inputs.size()));
    for (size_t i = 0; i < inputs.size(); ++i)
      worst.see(ulps(outputs[i], GetParam().reference(inputs[i])), inputs[i], 0, outputs[i]);
  }

  /// All bit patterns from 0 on, each `step` after the one before.
  void sweep(uint64_t step) {
    Worst worst;
    std::vector<float> inputs;
    for (uint64_t bits = 0; bits < (uint64_t(1) << 32);) {
      inputs.clear();
      for (; bits < (uint64_t(1) << 32) && inputs.size() < 1 << 14; bits += step)
        inputs.push_back(std::bit_cast<float>(uint32_t(bits)));
      check(inputs, worst);
    }
    report(worst);
  }

  void report(const Worst &worst) {
    RecordProperty("ulp", std::to_string(worst.ulp));
    printf("%-6s %.4f ulp at %a\n", GetParam().op, worst.ulp, worst.x);
    EXPECT_LE(worst.ulp, GetParam().bound)
        << GetParam().op << "(" << worst.x << ") = " << worst.got;
  }

  LoweredLoop loop;
};

TEST_P(UnaryFunction, ErrorOverAllMagnitudes) { sweep(GetParam().step); }

TEST_P(UnaryFunction, DISABLED_Exhaustive) { sweep(1); }

TEST_P(UnaryFunction, SpecialValuesAndBreaks) {
  std::vector<float> inputs = kSpecial;
  for (float at : GetParam().breaks)
    for (float sign : {1.f, -1.f})
      for (int32_t distance = -2000; distance <= 2000; ++distance)
        inputs.push_back(sign * std::bit_cast<float>(std::bit_cast<int32_t>(at) + distance));
  Worst worst;
  check(inputs, worst);
  report(worst);
}

TEST_P(UnaryFunction, VectorsGiveTheSameBits) {
  LoweredLoop vectors({"vector<16xf32>", 1, 1,
                       std::string("%r0 = math.") + GetParam().op + " %0 : vector<16xf32>"});
  alignas(64) float inputs[64], scalar[64], vector[64];
  for (size_t i = 0; i < 64; ++i)
    inputs[i] = i < kSpecial.size() ? kSpecial[i] : float(i) * 0.37f;
  loop.run({inputs, scalar}, 64);
  vectors.run({inputs, vector}, 4);
  for (size_t i = 0; i < 64; ++i)
    if (!std::isnan(scalar[i]))
      EXPECT_EQ(std::bit_cast<uint32_t>(scalar[i]), std::bit_cast<uint32_t>(vector[i]))
          << inputs[i];
}

TEST_P(UnaryFunction, LoopVectorisesWithoutCalls) {
  std::string text = loop.assembly("x86-64-v4");
  EXPECT_EQ(text.find("call"), std::string::npos) << text;
  EXPECT_NE(text.find("zmm"), std::string::npos);
}

double rsqrt(double x) { return 1 / std::sqrt(x); }

INSTANTIATE_TEST_SUITE_P(
    Math, UnaryFunction,
    testing::Values(
        UnaryCase{"exp",
                  std::exp,
                  1,
                  257,
                  {0.34657359f, 1e-8f, 87.33655f, 88.0f, 88.72283f, 103.97208f, 104.f}},
        UnaryCase{
            "exp2", std::exp2, 1, 257, {0.5f, 1e-8f, 126.f, 127.5f, 128.f, 149.f, 150.f, 151.f}},
        UnaryCase{
            "expm1", std::expm1, 1, 509, {0.34657359f, 17.3f, 27.f, 64.f, 88.72283f, 0x1p-126f}},
        UnaryCase{"log", std::log, 1, 257, {0.69f, 1.f, 1.38f, 0x1p-126f}},
        UnaryCase{"log2", std::log2, 1, 509, {0.69f, 1.f, 1.38f, 0x1p-126f}},
        UnaryCase{"log10", std::log10, 1, 1021, {0.69f, 1.f, 1.38f, 0x1p-126f}},
        UnaryCase{"log1p", std::log1p, 1, 509, {0.31f, 0.38f, 1.f, 1.76f, 0x1p30f, 0x1p-126f}},
        UnaryCase{"tanh", std::tanh, 1, 509, {0.1732868f, 9.01f, 10.f, 0x1p-126f}},
        UnaryCase{"erf", std::erf, 1, 509, {0.96f, 1.f, 3.83f, 4.f, 0x1p-126f}},
        UnaryCase{"sin",
                  std::sin,
                  1.3,
                  1021,
                  {0.78539816f, 1.5707964f, 3.1415927f, 0x1p20f, 0x1.f9cbe2p73f}},
        UnaryCase{"cos",
                  std::cos,
                  1.3,
                  1021,
                  {0.78539816f, 1.5707964f, 3.1415927f, 0x1p20f, 0x1.f9cbe2p73f}},
        UnaryCase{"rsqrt", rsqrt, 1.5, 1021, {1.f, 0x1p-126f}}),
    [](const testing::TestParamInfo<UnaryCase> &info) { return std::string(info.param.op); });

class Pow : public testing::Test {
protected:
  void check(std::vector<float> &x, std::vector<float> &y, double bound) {
    std::vector<float> outputs(x.size());
    loop.run({x.data(), y.data(), outputs.data()}, int64_t(x.size()));
    Worst worst;
    for (size_t i = 0; i < x.size(); ++i)
      worst.see(ulps(outputs[i], std::pow(double(x[i]), double(y[i]))), x[i], y[i], outputs[i]);
    printf("pow    %.4f ulp at %a, %a\n", worst.ulp, worst.x, worst.y);
    EXPECT_LE(worst.ulp, bound) << "pow(" << worst.x << ", " << worst.y << ") = " << worst.got;
  }

  LoweredLoop loop{{"f32", 2, 1, "%r0 = math.powf %0, %1 : f32"}};
};

TEST_F(Pow, SpecialValues) {
  std::vector<float> x, y;
  for (float base : kSpecial)
    for (float exponent : kSpecial) {
      x.push_back(base);
      y.push_back(exponent);
    }
  check(x, y, 1);
}

TEST_F(Pow, ErrorOverTheRangeOfResults) {
  std::mt19937 random(1);
  std::vector<float> x(1 << 21), y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = std::bit_cast<float>(uint32_t(random()));
    double exponent = std::uniform_real_distribution<>(-152, 130)(random);
    y[i] =
        i % 4 == 0 ? float(int(random() % 41) - 20) : float(exponent / std::log2(std::fabs(x[i])));
  }
  check(x, y, 1);
}

TEST_F(Pow, ErrorNearOne) {
  std::mt19937 random(2);
  std::vector<float> x(1 << 20), y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = std::bit_cast<float>(uint32_t(0x3f800000 + int32_t(random() % 40001) - 20000));
    y[i] = float(std::uniform_real_distribution<>(-152, 130)(random) /
                 std::log2(double(x[i]) + 1e-12));
  }
  check(x, y, 1);
}

TEST_F(Pow, LoopVectorisesWithoutCalls) {
  std::string text = loop.assembly("x86-64-v4");
  EXPECT_EQ(text.find("call"), std::string::npos);
  EXPECT_NE(text.find("zmm"), std::string::npos);
}

} // namespace
} // namespace mixc::test
