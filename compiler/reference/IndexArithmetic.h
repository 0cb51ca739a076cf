//===- IndexArithmetic.h - integers of the language -------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two arithmetics over int64. Index expressions (subscripts, ranges, extents) are *checked*: what
// does not fit has no value, since a wrapped subscript could land in bounds. Integer values in
// bodies *wrap*, as the kernels' do. In both, division and remainder floor; by zero they are 0 and
// the dividend.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_INDEXARITHMETIC_H
#define MIXC_COMPILER_REFERENCE_INDEXARITHMETIC_H

#include <cstdint>
#include <limits>
#include <optional>

namespace mixc::reference {

inline int64_t wrapAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
inline int64_t wrapSub(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
inline int64_t wrapMul(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

/// The quotient rounded down; the least integer by -1 wraps.
inline int64_t floorDiv(int64_t a, int64_t b) {
  if (b == 0)
    return 0;
  if (b == -1)
    return wrapSub(0, a);
  int64_t quotient = a / b;
  return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

/// The remainder of `floorDiv`: it has the sign of the divisor, and is `a` where that is 0.
inline int64_t floorMod(int64_t a, int64_t b) {
  if (b == 0)
    return a;
  if (b == -1)
    return 0;
  int64_t remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

/// `base` to the power `exponent` >= 0, wrapping.
inline int64_t wrapPower(int64_t base, int64_t exponent) {
  int64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1)
      result = wrapMul(result, base);
    base = wrapMul(base, base);
  }
  return result;
}

inline std::optional<int64_t> checkedAdd(int64_t a, int64_t b) {
  int64_t result;
  if (__builtin_add_overflow(a, b, &result))
    return std::nullopt;
  return result;
}
inline std::optional<int64_t> checkedMul(int64_t a, int64_t b) {
  int64_t result;
  if (__builtin_mul_overflow(a, b, &result))
    return std::nullopt;
  return result;
}
inline std::optional<int64_t> checkedFloorDiv(int64_t a, int64_t b) {
  if (a == std::numeric_limits<int64_t>::min() && b == -1)
    return std::nullopt;
  return floorDiv(a, b);
}
inline std::optional<int64_t> checkedCeilDiv(int64_t a, int64_t b) {
  if (a == std::numeric_limits<int64_t>::min() && b == -1)
    return std::nullopt;
  return floorDiv(a, b) + (floorMod(a, b) != 0);
}

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_INDEXARITHMETIC_H
