//===- ComplexTest.cpp - errors and special values of complex ops ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Against long double, and for special values against the C library and the compiler's own
// quotient, which follow Annex G. Errors are relative to the magnitude of the whole result, in
// units of 2^-24 or 2^-53.
//
//===----------------------------------------------------------------------===//

#include "test/lowering/math/Loop.h"

#include "gtest/gtest.h"

#include <cmath>
#include <complex>
#include <random>

namespace mixc::test {
namespace {

template <typename T> class ComplexOps : public testing::Test {
protected:
  using C = std::complex<T>;
  using Wide = std::complex<long double>;
  static constexpr const char *type = std::is_same_v<T, float> ? "f32" : "f64";

  /// `op` on each pair.
  std::vector<C> run(std::string op, const std::vector<C> &x, const std::vector<C> &y) {
    std::string t = type, body = "%x = complex.create %0, %1 : complex<" + t +
                                 ">\n%y = complex.create %2, %3 : complex<" + t +
                                 ">\n%z = complex." + op + " : complex<" + t + ">\n";
    body += "%r0 = complex.re %z : complex<" + t + ">\n%r1 = complex.im %z : complex<" + t + ">";
    LoweredLoop loop({t, 4, 2, body});
    std::vector<std::vector<T>> arrays(6, std::vector<T>(x.size()));
    for (size_t i = 0; i < x.size(); ++i) {
      arrays[0][i] = x[i].real(), arrays[1][i] = x[i].imag();
      arrays[2][i] = y[i].real(), arrays[3][i] = y[i].imag();
    }
    std::vector<void *> pointers;
    for (auto &array : arrays)
      pointers.push_back(array.data());
    loop.run(pointers, int64_t(x.size()));
    std::vector<C> result;
    for (size_t i = 0; i < x.size(); ++i)
      result.emplace_back(arrays[4][i], arrays[5][i]);
    return result;
  }

  std::vector<C> runAbs(const std::vector<C> &x) {
    std::string t = type;
    LoweredLoop loop({t, 2, 1,
                      "%x = complex.create %0, %1 : complex<" + t +
                          ">\n%r0 = complex.abs %x : complex<" + t + ">"});
    std::vector<T> re, im, out(x.size());
    for (C z : x)
      re.push_back(z.real()), im.push_back(z.imag());
    loop.run({re.data(), im.data(), out.data()}, int64_t(x.size()));
    return std::vector<C>(out.begin(), out.end());
  }

  /// Magnitudes over nearly the whole range.
  std::vector<C> random(unsigned seed, double exponents) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<> exponent(-exponents, exponents), sign(-1, 1);
    auto number = [&] { return T(std::copysign(std::exp2(exponent(engine)), sign(engine))); };
    std::vector<C> result;
    for (int i = 0; i < 100000; ++i)
      result.emplace_back(number(), number());
    return result;
  }

  static long double error(C got, Wide want) {
    long double scale = std::abs(want), smallest = std::numeric_limits<T>::min();
    long double largest = std::numeric_limits<T>::max();
    if (scale > largest)
      return 0;
    return std::abs(Wide(got) - want) / std::max(scale, smallest) /
           (std::numeric_limits<T>::epsilon() / 2);
  }

  /// All pairs of parts that matter.
  static std::vector<C> special() {
    const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    std::vector<C> result;
    for (T re : {T(0), T(-0.0), T(1), T(-2), inf, -inf, nan})
      for (T im : {T(0), T(-0.0), T(3), T(-1), inf, -inf, nan})
        result.emplace_back(re, im);
    return result;
  }

  static bool same(T a, T b) {
    return std::isnan(a) ? std::isnan(b) : a == b && (a != 0 || std::signbit(a) == std::signbit(b));
  }
};

using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(ComplexOps, Types);

TYPED_TEST(ComplexOps, ProductAndSum) {
  using Wide = std::complex<long double>;
  auto x = this->random(1, 60), y = this->random(2, 60);
  auto product = this->run("mul %x, %y", x, y), sum = this->run("add %x, %y", x, y);
  for (size_t i = 0; i < x.size(); ++i) {
    ASSERT_LE(this->error(product[i], Wide(x[i]) * Wide(y[i])), 4) << x[i] << " * " << y[i];
    ASSERT_LE(this->error(sum[i], Wide(x[i]) + Wide(y[i])), 1.5) << x[i] << " + " << y[i];
  }
}

/// Over the whole range of numbers, so that every square would overflow or vanish.
TYPED_TEST(ComplexOps, QuotientNearTheEndsOfTheRange) {
  using Wide = std::complex<long double>;
  double exponents = std::is_same_v<TypeParam, float> ? 125 : 1020;
  auto x = this->random(3, exponents), y = this->random(4, exponents);
  auto quotient = this->run("div %x, %y", x, y);
  for (size_t i = 0; i < x.size(); ++i) {
    Wide a = x[i], b = y[i];
    long double norm = b.real() * b.real() + b.imag() * b.imag();
    Wide want((a.real() * b.real() + a.imag() * b.imag()) / norm,
              (a.imag() * b.real() - a.real() * b.imag()) / norm);
    ASSERT_LE(this->error(quotient[i], want), 6) << x[i] << " / " << y[i] << " = " << quotient[i];
  }
}

TYPED_TEST(ComplexOps, MagnitudeNearTheEndsOfTheRange) {
  double exponents = std::is_same_v<TypeParam, float> ? 126 : 1022;
  auto x = this->random(5, exponents);
  auto magnitude = this->runAbs(x);
  for (size_t i = 0; i < x.size(); ++i)
    ASSERT_LE(this->error(magnitude[i], std::abs(std::complex<long double>(x[i]))), 2) << x[i];
}

TYPED_TEST(ComplexOps, ExponentialThatOverflowsInPart) {
  double largest = std::is_same_v<TypeParam, float> ? 95 : 715;
  std::vector<std::complex<TypeParam>> x;
  std::mt19937 engine(6);
  for (int i = 0; i < 20000; ++i) {
    TypeParam re(std::uniform_real_distribution<>(-largest, largest)(engine));
    x.emplace_back(re,
                   TypeParam(std::uniform_real_distribution<>(-7, 7)(engine) * (i % 2 ? 1e-4 : 1)));
  }
  auto got = this->run("exp %x", x, x);
  for (size_t i = 0; i < x.size(); ++i) {
    auto want = std::exp(std::complex<long double>(x[i]));
    long double limit = std::numeric_limits<TypeParam>::max();
    for (auto [part, wanted] :
         {std::pair(got[i].real(), want.real()), std::pair(got[i].imag(), want.imag())}) {
      if (std::fabs(wanted) > limit * 1.00001L)
        ASSERT_TRUE(std::isinf(part) && std::signbit(part) == std::signbit(wanted)) << x[i] << part;
      else if (std::fabs(wanted) < limit * .9999L &&
               std::fabs(wanted) > std::numeric_limits<TypeParam>::min())
        ASSERT_LE(std::fabs((part - wanted) / wanted) / std::numeric_limits<TypeParam>::epsilon(),
                  3)
            << x[i];
    }
  }
}

TYPED_TEST(ComplexOps, SpecialValuesOfTheExponentialAndTheMagnitude) {
  auto x = this->special();
  auto exponential = this->run("exp %x", x, x), magnitude = this->runAbs(x);
  for (size_t i = 0; i < x.size(); ++i) {
    auto want = std::exp(x[i]);
    bool infinite =
        std::isinf(x[i].real()) && !std::isfinite(x[i].imag()); // C leaves these signs open
    for (auto [part, wanted] :
         {std::pair(exponential[i].real(), want.real()), {exponential[i].imag(), want.imag()}})
      if (std::isfinite(wanted) && wanted != 0)
        EXPECT_NEAR(part, wanted, std::fabs(wanted) * 1e-6) << x[i];
      else
        EXPECT_TRUE(
            this->same(infinite ? std::fabs(part) : part, infinite ? std::fabs(wanted) : wanted))
            << "exp" << x[i] << " = " << exponential[i] << ", expected " << want;
    TypeParam length = std::hypot(x[i].real(), x[i].imag());
    EXPECT_TRUE(std::isnan(length) ? std::isnan(magnitude[i].real())
                                   : std::fabs(magnitude[i].real() - length) <= length * 1e-6 ||
                                         magnitude[i].real() == length)
        << "abs" << x[i] << " = " << magnitude[i].real();
  }
}

TYPED_TEST(ComplexOps, SpecialValuesOfTheQuotient) {
  std::vector<std::complex<TypeParam>> x, y;
  for (auto a : this->special())
    for (auto b : this->special())
      x.push_back(a), y.push_back(b);
  auto quotient = this->run("div %x, %y", x, y);
  for (size_t i = 0; i < x.size(); ++i) {
    auto want = x[i] / y[i];
    for (auto [part, wanted] :
         {std::pair(quotient[i].real(), want.real()), {quotient[i].imag(), want.imag()}})
      if (std::isfinite(wanted))
        EXPECT_NEAR(part, wanted, std::fabs(wanted) * 1e-6) << x[i] << " / " << y[i];
      else if (std::isnan(wanted) && (std::isinf(want.real()) || std::isinf(want.imag())))
        EXPECT_TRUE(std::isinf(part) || std::isnan(part)); // any infinity is right
      else
        EXPECT_TRUE(this->same(part, wanted))
            << x[i] << " / " << y[i] << " = " << quotient[i] << ", expected " << want;
  }
}

TEST(ComplexLoop, VectorisesWithoutCalls) {
  LoweredLoop loop(
      {"f32", 2, 2,
       "%x = complex.create %0, %1 : complex<f32>\n%e = complex.exp %x : complex<f32>\n"
       "%z = complex.div %e, %x : complex<f32>\n"
       "%r0 = complex.re %z : complex<f32>\n%r1 = complex.im %z : complex<f32>"});
  std::string text = loop.assembly("x86-64-v4");
  EXPECT_EQ(text.find("call"), std::string::npos);
  EXPECT_NE(text.find("zmm"), std::string::npos);
}

} // namespace
} // namespace mixc::test
