//===- TransformsTest.cpp - discrete transforms ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

#include <numbers>

using namespace mixc::reference;

using Complex = std::complex<double>;

/// kind over x[n] = a[n] + i b[n] (or a[n] alone) at 0 to F - 1; N values, of which M are given.
static std::vector<double> transform(llvm::StringRef kind, llvm::ArrayRef<Complex> x,
                                     int64_t length, int64_t count, bool complexIn,
                                     bool complexOut) {
  std::string in = complexIn ? "complex<f32>" : "f32", out = complexOut ? "complex<f32>" : "f32";
  std::string text = R"(
    mixer.func @f(%a "a": T<[s0], f32>, %b "b": T<[s0], f32>) -> ("y": T<[s2], )" +
                     out +
                     R"(>) extents [<"M">, <"N">, <"F">] {
      %y = mixer.eq "y" [f: s2] : )" +
                     out + R"( (%f) {
        %r = mixer.transform )" +
                     kind.str() + " [n: s0] at %f length s1 : " + out + R"( (%n) {
          %re = mixer.at %a[%n] : T<[s0], f32>
          %im = mixer.at %b[%n] : T<[s0], f32>
          %z = complex.create %re, %im : complex<f32>
          mixer.yield )" +
                     (complexIn ? "%z" : "%re") + " : " + in + R"(
        }
        mixer.yield %r : )" +
                     out + R"(
      }
      mixer.return %y : T<[s2], )" +
                     out + R"(>
    })";
  std::vector<double> a, b;
  for (Complex value : x) {
    a.push_back(value.real());
    b.push_back(value.imag());
  }
  Mixer mixer(text);
  mixer.with("a", vector(a, Element::F32)).with("b", vector(b, Element::F32));
  mixer.dim("N", length).dim("F", count);
  return mixer.values();
}

static std::vector<Complex> signal(size_t count, bool real) {
  std::vector<double> values = noise(2 * count);
  std::vector<Complex> x;
  for (size_t k = 0; k < count; ++k)
    x.emplace_back(static_cast<float>(values[2 * k]),
                   real ? 0.0 : static_cast<float>(values[2 * k + 1]));
  return x;
}

static std::vector<double> flat(llvm::ArrayRef<Complex> x) {
  std::vector<double> result;
  for (Complex value : x)
    result.insert(result.end(), {value.real(), value.imag()});
  return result;
}

/// sum_n x[n] exp(sign 2 pi i f n / N) in wider arithmetic.
static std::vector<Complex> fourier(llvm::ArrayRef<Complex> x, int sign) {
  std::vector<Complex> result;
  for (size_t f = 0; f < x.size(); ++f) {
    std::complex<long double> sum = 0;
    for (size_t n = 0; n < x.size(); ++n)
      sum += std::complex<long double>(x[n]) *
             std::polar(1.0L, sign * 2 * std::numbers::pi_v<long double> * f * n / x.size());
    result.push_back(Complex(sum));
  }
  return result;
}

TEST(Transforms, FourierOfAllLengths) {
  for (size_t n : {1, 2, 3, 8, 15}) {
    std::vector<Complex> x = signal(n, false), X = fourier(x, -1), inverse = fourier(x, 1);
    expectNear(transform("fft", x, n, n, true, true), flat(X), 1e-6);
    for (Complex &value : inverse)
      value /= static_cast<double>(n);
    expectNear(transform("ifft", x, n, n, true, true), flat(inverse), 1e-6);
  }
}

TEST(Transforms, RealFourierThereAndBack) {
  for (size_t n : {1, 2, 3, 8, 15}) {
    std::vector<Complex> x = signal(n, true), X = fourier(x, -1);
    X.resize(n / 2 + 1);
    expectNear(transform("rfft", x, n, n / 2 + 1, false, true), flat(X), 1e-6);
    std::vector<double> back;
    for (Complex value : x)
      back.push_back(value.real());
    // The imaginary parts of the ends do not count.
    X.front() += Complex(0, 5);
    if (n % 2 == 0)
      X.back() += Complex(0, 7);
    expectNear(transform("irfft", X, n, n, true, false), back, 1e-6);
  }
}

TEST(Transforms, CosineThereAndBack) {
  for (size_t n : {1, 2, 5, 8}) {
    std::vector<Complex> x = signal(n, true);
    std::vector<double> X, back;
    std::vector<Complex> bins;
    for (size_t k = 0; k < n; ++k) {
      long double sum = 0;
      for (size_t m = 0; m < n; ++m)
        sum += x[m].real() * std::cos(std::numbers::pi_v<long double> * (2 * m + 1) * k / (2 * n));
      X.push_back(static_cast<double>(sum));
      bins.emplace_back(X.back(), 0);
      back.push_back(x[k].real());
    }
    expectNear(transform("dct", x, n, n, false, false), X, 1e-6);
    expectNear(transform("idct", bins, n, n, false, false), back, 1e-6);
  }
}

TEST(Transforms, OfNothing) {
  expectNear(transform("fft", {}, 0, 1, true, true), {0, 0});
  expectNear(transform("ifft", {}, 0, 0, true, true), {});
}

TEST(Transforms, ABinThatIsMissingIsRefused) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], complex<f32>>) -> ("y": T<[s1], f32>) extents [<"F">, <"N">] {
      %y = mixer.eq "y" [n: s1] : f32 (%n) {
        %r = mixer.transform irfft [f: s0] at %n length s1 : f32 (%f) {
          %0 = mixer.at %x[%f] : T<[s0], complex<f32>>
          mixer.yield %0 : complex<f32>
        }
        mixer.yield %r : f32
      }
      mixer.return %y : T<[s1], f32>
    })");
  mixer.with("x", vector({1, 2, 3}, Element::C64)).dim("N", 6);
  EXPECT_NE(mixer.error().find("irfft over 6 values takes 4, its range has 3"), std::string::npos);
}

TEST(Transforms, AnInfinityStaysInItsParts) {
  // A real infinity times a root gives no NaN where the root is real.
  std::vector<double> y = transform("rfft", {Complex(inf), Complex(0)}, 2, 2, false, true);
  EXPECT_EQ(y[0], inf);
  EXPECT_EQ(y[2], inf);
}
