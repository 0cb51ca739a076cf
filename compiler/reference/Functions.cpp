//===- Functions.cpp - scalar functions that libm lacks -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Functions.h"

#include <utility>

using namespace mixc;

double reference::erfinv(double x) {
  if (!(std::fabs(x) < 1))
    return std::fabs(x) == 1 ? std::copysign(std::numeric_limits<double>::infinity(), x)
                             : std::numeric_limits<double>::quiet_NaN();
  if (x == 0)
    return x;
  // Winitzki's approximation (relative error below 0.004), then Newton steps. Near 1, erf is flat;
  // there the complement is solved instead: 1 - |x| is exact.
  using Wide = long double;
  Wide magnitude = std::fabs(x), complement = 1 - magnitude;
  const Wide a = 0.147L;
  Wide logarithm = magnitude < 0.5L ? std::log1p(-magnitude * magnitude)
                                    : std::log(complement) + std::log1p(magnitude);
  Wide half = 2 / (std::numbers::pi_v<Wide> * a) + logarithm / 2;
  // sqrt(half^2 - logarithm / a) - half without its cancellation.
  Wide root = std::sqrt(half * half - logarithm / a);
  Wide y = std::sqrt(half > 0 ? -logarithm / a / (root + half) : root - half);
  for (int step = 0; step < 4; ++step) {
    Wide slope = 2 * std::numbers::inv_sqrtpi_v<Wide> * std::exp(-y * y);
    Wide excess = magnitude < 0.5L ? std::erf(y) - magnitude : complement - std::erfc(y);
    y -= excess / slope;
  }
  return std::copysign(static_cast<double>(y), x);
}

void reference::philox4x32(uint32_t counter[4], const uint32_t key[2]) {
  constexpr uint64_t multipliers[2] = {0xD2511F53, 0xCD9E8D57};
  constexpr uint32_t increments[2] = {0x9E3779B9, 0xBB67AE85};
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; ++round) {
    uint64_t a = multipliers[0] * counter[0], b = multipliers[1] * counter[2];
    counter[0] = static_cast<uint32_t>(b >> 32) ^ counter[1] ^ k0;
    counter[1] = static_cast<uint32_t>(b);
    counter[2] = static_cast<uint32_t>(a >> 32) ^ counter[3] ^ k1;
    counter[3] = static_cast<uint32_t>(a);
    k0 += increments[0];
    k1 += increments[1];
  }
}

double reference::philoxUniform(int64_t seed, std::span<const int64_t> counter) {
  uint32_t key[2] = {static_cast<uint32_t>(seed),
                     static_cast<uint32_t>(static_cast<uint64_t>(seed) >> 32)};
  uint32_t words[4] = {};
  for (size_t k = 0; k < counter.size(); ++k)
    words[k] = static_cast<uint32_t>(counter[k]);
  philox4x32(words, key);
  return (words[0] >> 8) * 0x1p-24;
}

std::complex<long double> reference::unitRoot(int64_t k, int64_t n) {
  // k / n = octant / 8 + rest / (8 n); odd octants count back from their end.
  auto wide = static_cast<__int128>(k) * 8;
  auto octant = static_cast<int>(wide / n);
  auto rest = static_cast<int64_t>(wide % n);
  bool back = octant & 1;
  using Wide = long double;
  Wide angle = std::numbers::pi_v<Wide> / 4 * (static_cast<Wide>(back ? n - rest : rest) / n);
  Wide c = std::cos(angle), s = back ? -std::sin(angle) : std::sin(angle);
  for (int turns = ((octant + 1) / 2) % 4; turns > 0; --turns)
    c = -std::exchange(s, c);
  return {c + 0, s + 0};
}
