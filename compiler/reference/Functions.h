//===- Functions.h - scalar functions that libm lacks -----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each is written in the form that neither overflows nor cancels: `sigmoid` exponentiates -|x|
// only, `gelu` uses erfc where 1 + erf would lose the tail. NaN in, NaN out.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_FUNCTIONS_H
#define MIXC_COMPILER_REFERENCE_FUNCTIONS_H

#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>

namespace mixc::reference {

/// The inverse of erf on [-1, 1], within an ulp of f64; NaN outside.
double erfinv(double x);

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): enciphers
/// the four words of `counter` in place.
void philox4x32(uint32_t counter[4], const uint32_t key[2]);

/// The language's `philox(seed, counter...)`: a multiple of 2^-24 in [0, 1).
double philoxUniform(int64_t seed, std::span<const int64_t> counter);

/// exp(2 pi i k / n) for 0 <= k < n. The angle is reduced to an octant in integers, so the roots
/// are as exact as sin and cos on [0, pi/4], and symmetric.
std::complex<long double> unitRoot(int64_t k, int64_t n);

/// The larger one; NaN where either is NaN, and 0 above -0.
template <typename T> T maximum(T a, T b) {
  if constexpr (std::numeric_limits<T>::has_infinity) {
    if (std::isnan(a) || std::isnan(b))
      return std::numeric_limits<T>::quiet_NaN();
    if (a == b)
      return std::signbit(a) ? b : a;
  }
  return a < b ? b : a;
}

/// The smaller one; NaN where either is NaN, and -0 below 0.
template <typename T> T minimum(T a, T b) {
  if constexpr (std::numeric_limits<T>::has_infinity) {
    if (std::isnan(a) || std::isnan(b))
      return std::numeric_limits<T>::quiet_NaN();
    if (a == b)
      return std::signbit(a) ? a : b;
  }
  return b < a ? b : a;
}

template <typename T> T sign(T x) { return x > 0 ? T(1) : x < 0 ? T(-1) : x == 0 ? T(0) : x; }

template <typename T> T relu(T x) { return x <= 0 ? T(0) : x; }

template <typename T> T sigmoid(T x) {
  T e = std::exp(-std::fabs(x));
  return (x < 0 ? e : T(1)) / (T(1) + e);
}

template <typename T> T logsigmoid(T x) {
  return (x < 0 ? x : T(0)) - std::log1p(std::exp(-std::fabs(x)));
}

template <typename T> T softplus(T x) {
  return (x > 0 ? x : T(0)) + std::log1p(std::exp(-std::fabs(x)));
}

template <typename T> T silu(T x) { return x * sigmoid(x); }

template <typename T> T gelu(T x) {
  return T(0.5) * x * std::erfc(-x * (std::numbers::sqrt2_v<T> / 2));
}

/// 0.5 x (1 + tanh(u)) = x sigmoid(2u), u = sqrt(2 / pi) (x + 0.044715 x^3).
template <typename T> T geluTanh(T x) {
  const T scale = std::sqrt(T(2) * std::numbers::inv_pi_v<T>);
  return x * sigmoid(T(2) * scale * (x + T(0.044715) * x * x * x));
}

template <typename T> T elu(T x) { return x > 0 ? x : std::expm1(x); }

template <typename T> T recip0(T x) { return x == 0 ? T(0) : T(1) / x; }

/// exp(x - m) where -inf minus -inf counts as -inf.
template <typename T> T expDifference(T x, T m) {
  return std::exp(x - (m == -std::numeric_limits<T>::infinity() ? T(0) : m));
}

/// The textbook product. The operator of std::complex would turn NaN + NaN i into an infinity where
/// a factor is one, which no kernel does.
template <typename T> std::complex<T> multiply(std::complex<T> a, std::complex<T> b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_FUNCTIONS_H
