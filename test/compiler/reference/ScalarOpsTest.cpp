//===- ScalarOpsTest.cpp - what the scalar ops of bodies compute ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

#include <climits>

using namespace mixc::reference;

/// y = op of x, in f64.
static std::vector<double> applied(llvm::StringRef op, llvm::ArrayRef<double> x) {
  return Mixer(pointwise("f64", "f64", "%r = " + op.str())).with("x", vector(x)).values();
}

/// y = op of x and itself moved by one: `%x` and `%w`.
static std::vector<double> appliedToPairs(llvm::StringRef body, llvm::ArrayRef<double> x) {
  return Mixer(pointwise("f64", "f64",
                         "%w = mixer.at %x_[(%i + 1) mod s0] : T<[s0], f64>\n" + body.str()))
      .with("x", vector(x))
      .values();
}

static std::vector<double> integers(llvm::StringRef body, llvm::ArrayRef<int64_t> x) {
  HostTensor in = llvm::cantFail(HostTensor::make(Element::I64, {int64_t(x.size())}));
  for (auto [k, value] : llvm::enumerate(x))
    in.setInt({int64_t(k)}, value);
  return Mixer(pointwise("index", "index",
                         "%w = mixer.at %x_[(%i + 1) mod s0] : T<[s0], i64>\n" + body.str(), "i64",
                         "i64"))
      .with("x", in)
      .values();
}

static std::vector<double> mapped(double (*f)(double), llvm::ArrayRef<double> x) {
  std::vector<double> y;
  for (double value : x)
    y.push_back(f(value));
  return y;
}

TEST(ScalarOps, MathIsLibm) {
  std::vector<double> x = {0.25, 1, 0.5, 0.75, 1e-3};
  expectNear(applied("math.exp %x : f64", x), mapped(std::exp, x));
  expectNear(applied("math.exp2 %x : f64", x), mapped(std::exp2, x));
  expectNear(applied("math.expm1 %x : f64", x), mapped(std::expm1, x));
  expectNear(applied("math.log %x : f64", x), mapped(std::log, x));
  expectNear(applied("math.log2 %x : f64", x), mapped(std::log2, x));
  expectNear(applied("math.log1p %x : f64", x), mapped(std::log1p, x));
  expectNear(applied("math.sqrt %x : f64", x), mapped(std::sqrt, x));
  expectNear(applied("math.rsqrt %x : f64", x),
             {2, 1, std::sqrt(2), std::sqrt(4 / 3.0), std::sqrt(1000)});
  expectNear(applied("math.sin %x : f64", x), mapped(std::sin, x));
  expectNear(applied("math.cos %x : f64", x), mapped(std::cos, x));
  expectNear(applied("math.tanh %x : f64", x), mapped(std::tanh, x));
  expectNear(applied("math.erf %x : f64", x), mapped(std::erf, x));
  expectNear(applied("math.absf %x : f64", {-2, 3, NaN}), {2, 3, NaN});
  expectNear(applied("math.floor %x : f64", {-0.5, 1.5}), {-1, 1});
  expectNear(applied("math.ceil %x : f64", {-0.5, 1.5}), {0, 2});
  expectNear(applied("math.roundeven %x : f64", {0.5, 1.5, 2.5, -0.5}), {0, 2, 2, 0});
}

TEST(ScalarOps, Arithmetic) {
  std::vector<double> x = {1, 2, -4};
  expectNear(appliedToPairs("%r = arith.addf %x, %w : f64", x), {3, -2, -3});
  expectNear(appliedToPairs("%r = arith.subf %x, %w : f64", x), {-1, 6, -5});
  expectNear(appliedToPairs("%r = arith.mulf %x, %w : f64", x), {2, -8, -4});
  expectNear(appliedToPairs("%r = arith.divf %x, %w : f64", x), {0.5, -0.5, -4});
  expectNear(appliedToPairs("%r = math.powf %x, %w : f64", {2, 3, 0}), {8, 1, 0});
  expectNear(appliedToPairs("%r = math.fma %x, %w, %x : f64", x), {3, -6, -8});
  expectNear(applied("arith.negf %x : f64", {0, -3}), {0, 3});
}

TEST(ScalarOps, MaximumAndMinimumPropagateNaN) {
  std::vector<double> x = {1, NaN, 2, inf};
  expectNear(appliedToPairs("%r = arith.maximumf %x, %w : f64", x), {NaN, NaN, inf, inf});
  expectNear(appliedToPairs("%r = arith.minimumf %x, %w : f64", x), {NaN, NaN, 2, 1});
}

TEST(ScalarOps, ComparisonsWithNaN) {
  auto compare = [](llvm::StringRef predicate) {
    return appliedToPairs("%c = arith.cmpf " + predicate.str() +
                              ", %x, %w : f64\n%r = arith.uitofp %c : i1 to f64",
                          {1, 2, 2, NaN});
  };
  // The pairs: (1, 2), (2, 2), (2, NaN), (NaN, 1).
  expectNear(compare("olt"), {1, 0, 0, 0});
  expectNear(compare("ole"), {1, 1, 0, 0});
  expectNear(compare("ogt"), {0, 0, 0, 0});
  expectNear(compare("oge"), {0, 1, 0, 0});
  expectNear(compare("oeq"), {0, 1, 0, 0});
  expectNear(compare("one"), {1, 0, 0, 0});
  expectNear(compare("une"), {1, 0, 1, 1});
  expectNear(compare("ueq"), {0, 1, 1, 1});
  expectNear(compare("ult"), {1, 0, 1, 1});
  expectNear(compare("uge"), {0, 1, 1, 1});
  expectNear(compare("ord"), {1, 1, 0, 0});
  expectNear(compare("uno"), {0, 0, 1, 1});
}

TEST(ScalarOps, IntegersAreExactAndWrap) {
  EXPECT_EQ(integers("%r = arith.addi %x, %w : index", {INT64_MAX, 1}),
            (std::vector<double>{double(INT64_MIN), double(INT64_MIN)}));
  expectNear(integers("%r = arith.muli %x, %w : index", {3, -4, 5}), {-12, -20, 15});
  expectNear(integers("%r = arith.subi %x, %w : index", {3, -4, 5}), {7, -9, 2});
  expectNear(integers("%r = arith.maxsi %x, %w : index", {3, -4, 5}), {3, 5, 5});
  expectNear(integers("%r = arith.minsi %x, %w : index", {3, -4, 5}), {-4, -4, 3});
  expectNear(integers("%r = math.absi %x : index", {3, -4, 0}), {3, 4, 0});
  expectNear(integers("%r = mixer.fn floordiv(%x, %w) : (index, index) -> index", {-7, 2, 0}),
             {-4, 0, 0});
  expectNear(integers("%r = mixer.fn floormod(%x, %w) : (index, index) -> index", {-7, 2, 0}),
             {1, 2, 0});
  expectNear(integers("%r = mixer.fn ipow(%x, %w) : (index, index) -> index", {3, 4, 0}),
             {81, 1, 0});
  expectNear(integers("%r = mixer.fn sign(%x) : (index) -> index", {3, -4, 0}), {1, -1, 0});
  expectNear(integers("%r = mixer.fn relu(%x) : (index) -> index", {3, -4, 0}), {3, 0, 0});
  // 2^53 + 1 is no double.
  EXPECT_EQ(integers("%c = arith.constant 9007199254740992 : index\n"
                     "%r = arith.subi %x, %c : index",
                     {9007199254740993}),
            std::vector<double>{1});
}

TEST(ScalarOps, NegativePowerIsRefused) {
  Mixer mixer(pointwise("index", "index", "%r = mixer.fn ipow(%x, %x) : (index, index) -> index",
                        "i64", "i64"));
  mixer.with("x", vector({-2}, Element::I64));
  EXPECT_NE(mixer.error().find("raised to the power -2"), std::string::npos);
}

TEST(ScalarOps, TruthValues) {
  auto truth = [](llvm::StringRef op) {
    return integers("%zero = arith.constant 0 : index\n"
                    "%a = arith.cmpi ne, %x, %zero : index\n"
                    "%b = arith.cmpi ne, %w, %zero : index\n"
                    "%c = arith." +
                        op.str() +
                        " %a, %b : i1\n"
                        "%r = mixer.cast %c to i64 : i1 -> index",
                    {1, 1, 0, 0});
  };
  expectNear(truth("andi"), {1, 0, 0, 0});
  expectNear(truth("ori"), {1, 1, 0, 1});
  expectNear(truth("xori"), {0, 1, 0, 1});
  expectNear(integers("%t = arith.constant true\n%c = arith.cmpi slt, %x, %w : index\n"
                      "%n = arith.xori %c, %t : i1\n%r = arith.select %n, %x, %w : index",
                      {1, 5, 3}),
             {5, 5, 3});
}

TEST(ScalarOps, SigmoidsAreStableFarOut) {
  std::vector<double> x = {-1000, -80, -1, 0, 1, 80, 1000};
  expectNear(applied("mixer.fn sigmoid(%x) : (f64) -> f64", x),
             {0, std::exp(-80), 1 / (1 + std::exp(1)), 0.5, 1 / (1 + std::exp(-1)), 1, 1});
  expectNear(applied("mixer.fn logsigmoid(%x) : (f64) -> f64", x),
             {-1000, -80, -std::log1p(std::exp(1)), -std::log(2), -std::log1p(std::exp(-1)), 0, 0});
  expectNear(
      applied("mixer.fn softplus(%x) : (f64) -> f64", x),
      {0, std::exp(-80), std::log1p(std::exp(-1)), std::log(2), std::log1p(std::exp(1)), 80, 1000});
  expectNear(applied("mixer.fn silu(%x) : (f64) -> f64", x),
             {0, -80 * std::exp(-80), -1 / (1 + std::exp(1)), 0, 1 / (1 + std::exp(-1)), 80, 1000});
  // The tails keep their relative accuracy.
  double tail = applied("mixer.fn softplus(%x) : (f64) -> f64", {-80})[0];
  EXPECT_NEAR(tail / std::exp(-80), 1, 1e-14);
  double gate = applied("mixer.fn logsigmoid(%x) : (f64) -> f64", {80})[0];
  EXPECT_NEAR(gate / -std::exp(-80), 1, 1e-14);
}

TEST(ScalarOps, Gelus) {
  std::vector<double> x = {-1000, -3, -0.5, 0, 2, 1000};
  std::vector<double> exact, approximate;
  for (double v : x) {
    exact.push_back(v * 0.5 * std::erfc(-v / std::sqrt(2)));
    double u = std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v);
    approximate.push_back(0.5 * v * (1 + std::tanh(u)));
  }
  expectNear(applied("mixer.fn gelu(%x) : (f64) -> f64", x), exact);
  expectNear(applied("mixer.fn gelu_tanh(%x) : (f64) -> f64", x), approximate, 1e-13);
}

TEST(ScalarOps, OtherFunctions) {
  expectNear(applied("mixer.fn sign(%x) : (f64) -> f64", {-2, 0, 5, NaN}), {-1, 0, 1, NaN});
  expectNear(applied("mixer.fn relu(%x) : (f64) -> f64", {-2, 0, 5, NaN}), {0, 0, 5, NaN});
  expectNear(applied("mixer.fn elu(%x) : (f64) -> f64", {-2, 0, 5}), {std::expm1(-2), 0, 5});
  expectNear(applied("mixer.fn recip0(%x) : (f64) -> f64", {-2, 0, inf}), {-0.5, 0, 0});
  expectNear(applied("mixer.fn detach(%x) : (f64) -> f64", {-2, NaN}), {-2, NaN});
  expectNear(applied("mixer.fn erfinv(%x) : (f64) -> f64", {std::erf(0.3), -1}), {0.3, -inf});
}

TEST(ScalarOps, ExpDifferenceOfMinusInfinityIsZero) {
  expectNear(appliedToPairs("%r = mixer.expdiff %x, %w because member : f64", {-inf, -inf}),
             {0, 0});
  expectNear(appliedToPairs("%r = mixer.expdiff %x, %w because running : f64", {1, 3}),
             {std::exp(-2), std::exp(2)});
}

TEST(ScalarOps, CastsRoundAndSaturate) {
  auto cast = [](llvm::StringRef element, llvm::StringRef result, llvm::ArrayRef<double> x) {
    return Mixer(pointwise("f32", result,
                           ("%r = mixer.cast %x to " + element + " : f32 -> " + result).str(), "",
                           result == "index" ? "i64" : ""))
        .with("x", vector(x, Element::F32))
        .values();
  };
  expectNear(cast("bf16", "f32", {1 + 0x1p-8, 1 + 0x3p-8, 1e39}), {1, 1 + 0x1p-6, inf}, 0);
  expectNear(cast("f8E4M3FN", "f32", {1000, -inf, NaN}), {448, -448, NaN}, 0);
  expectNear(cast("i8", "index", {-1.9, 300, -inf, NaN}), {-1, 127, -128, 0}, 0);
  expectNear(cast("ui8", "index", {-1.9, 300}), {0, 255}, 0);
  expectNear(cast("i4", "index", {7.9, 8, -9}), {7, 7, -8}, 0);
  expectNear(cast("i64", "index", {-2.5, 1e30}), {-2, 0x1p63}, 0);
}

TEST(ScalarOps, CastToF32RoundsInTheMeaning) {
  expectNear(
      Mixer(pointwise("f64", "f64",
                      "%s = mixer.cast %x to f32 : f64 -> f32\n%r = arith.extf %s : f32 to f64"))
          .with("x", vector({0.1}))
          .values(),
      {static_cast<double>(0.1f)}, 0);
  // A conversion inside a computation does not.
  expectNear(Mixer(pointwise("f64", "f64",
                             "%s = arith.truncf %x : f64 to f32\n%r = arith.extf %s : f32 to f64"))
                 .with("x", vector({0.1}))
                 .values(),
             {0.1}, 0);
}

TEST(ScalarOps, SinglePrecisionIsFloatInTheDirectEvaluationOnly) {
  std::string square =
      pointwise("f32", "f64", "%s = arith.mulf %x, %x : f32\n%r = arith.extf %s : f32 to f64");
  float x = 0.1f;
  expectNear(Mixer(square).with("x", vector({x}, Element::F32)).values<double>(),
             {double(x) * double(x)}, 0);
  expectNear(Mixer(square).with("x", vector({x}, Element::F32)).values<float>(), {double(x * x)},
             0);
}

TEST(ScalarOps, ComplexNumbers) {
  auto compute = [](llvm::StringRef body) {
    return Mixer(pointwise("f32", "complex<f32>",
                           "%w = mixer.at %x_[(%i + 1) mod s0] : T<[s0], f32>\n"
                           "%z = complex.create %x, %w : complex<f32>\n" +
                               body.str()))
        .with("x", vector({3, 4}, Element::F32))
        .values();
  };
  // z = 3 + 4i and 4 + 3i.
  expectNear(compute("%r = complex.mul %z, %z : complex<f32>"), {-7, 24, 7, 24}, 0);
  expectNear(compute("%r = complex.conj %z : complex<f32>"), {3, -4, 4, -3}, 0);
  expectNear(compute("%r = complex.neg %z : complex<f32>"), {-3, -4, -4, -3}, 0);
  expectNear(compute("%r = complex.add %z, %z : complex<f32>"), {6, 8, 8, 6}, 0);
  expectNear(compute("%r = complex.sub %z, %z : complex<f32>"), {0, 0, 0, 0}, 0);
  expectNear(compute("%r = complex.div %z, %z : complex<f32>"), {1, 0, 1, 0}, 1e-7);
  expectNear(compute("%a = complex.abs %z : complex<f32>\n%b = complex.im %z : complex<f32>\n"
                     "%r = complex.create %a, %b : complex<f32>"),
             {5, 4, 5, 3}, 0);
  expectNear(compute("%r = complex.exp %z : complex<f32>"),
             {std::exp(3) * std::cos(4), std::exp(3) * std::sin(4), std::exp(4) * std::cos(3),
              std::exp(4) * std::sin(3)},
             1e-7);
  expectNear(compute("%r = mixer.fn cis(%x) : (f32) -> complex<f32>"),
             {std::cos(3), std::sin(3), std::cos(4), std::sin(4)}, 1e-7);
  expectNear(compute("%r = complex.constant [1.0 : f32, -2.0 : f32] : complex<f32>"),
             {1, -2, 1, -2}, 0);
  expectNear(compute("%a = complex.re %z : complex<f32>\n%r = mixer.cast %a to complex<f32> : f32 "
                     "-> complex<f32>"),
             {3, 0, 4, 0}, 0);
}

TEST(ScalarOps, PhiloxOfTheIndex) {
  Mixer mixer(
      pointwise("f32", "f32", "%seed = arith.constant 0 : index\n%r = mixer.philox %seed(%i)"));
  mixer.with("x", vector({0, 0}, Element::F32));
  EXPECT_EQ(mixer.values()[0], (0x6627e8d5 >> 8) * 0x1p-24);
  EXPECT_NE(mixer.values()[1], mixer.values()[0]);
  EXPECT_EQ(mixer.values<float>(), mixer.values<double>());
}

TEST(ScalarOps, AnUnknownOpIsNamed) {
  Mixer mixer(pointwise("f64", "f64", "%r = math.cbrt %x : f64"));
  mixer.with("x", vector({1}));
  EXPECT_EQ(mixer.error(), "test.mix:4:10: the reference can't evaluate `math.cbrt`");
}
