//===- Element.h - the element types of host tensors ----------------------===//
//
// What one stored value of each element type means, and how a number is put
// into it. Everything that touches host memory (the reference evaluator, the
// tensor files, `mixc run`) goes through these functions, so the numerics of
// storing are written down once:
//
//   target        a number stored there
//   f64 f32       rounded to nearest even
//   f16 bf16      rounded once, from the double itself, to nearest even;
//                 overflow gives inf, NaN stays NaN
//   f8e4m3        rounded to nearest even, saturated to +-448 (no inf exists,
//                 so inf saturates as well), NaN stays NaN  (OCP E4M3, "FN")
//   f8e5m2        rounded to nearest even, saturated to +-57344 (inf as well),
//                 NaN stays NaN; a stored inf still reads as inf (OCP E5M2)
//   i64 ... i4    truncated toward zero, saturated, NaN becomes 0
//   bool          whether it differs from 0 (so NaN is true, as in C and NumPy)
//   c64           the real part, rounded as f32
//
// Rounding once matters: 1 + 2^-11 + 2^-40 is above the tie in f16, but its f32
// value is the tie itself, so going through f32 would round it down.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_ELEMENT_H
#define MIXC_COMPILER_REFERENCE_ELEMENT_H

#include "llvm/ADT/StringRef.h"

#include <bit>
#include <complex>
#include <cstdint>
#include <cstring>
#include <optional>

namespace mixc::reference {

static_assert(std::endian::native == std::endian::little,
              "host tensors and tensor files assume a little-endian host");

/// The element types of the language, in the order its description lists them.
enum class Element : uint8_t {
  F64,
  F32,
  F16,
  BF16,
  F8E4M3,
  F8E5M2,
  I64,
  I32,
  I16,
  I8,
  U8,
  /// One value a byte in host memory, sign-extended; reading looks at the low
  /// four bits only, so what the high bits hold never matters.
  I4,
  /// One byte, 0 or 1; reading takes any other byte for true.
  Bool,
  /// Two f32: real part, imaginary part.
  C64,
};

inline constexpr unsigned numElementKinds = 14;

/// The name in the language: `f32`, `f8e4m3`, `bool`, ...
llvm::StringRef elementName(Element element);

/// The element with this name in the language, or nothing.
std::optional<Element> parseElement(llvm::StringRef name);

/// Bytes one value takes in a host tensor (`i4` and `bool`: 1).
constexpr int64_t byteSize(Element element) {
  switch (element) {
  case Element::F64:
  case Element::I64:
  case Element::C64:
    return 8;
  case Element::F32:
  case Element::I32:
    return 4;
  case Element::F16:
  case Element::BF16:
  case Element::I16:
    return 2;
  case Element::F8E4M3:
  case Element::F8E5M2:
  case Element::I8:
  case Element::U8:
  case Element::I4:
  case Element::Bool:
    return 1;
  }
  return 0;
}

/// A real floating-point element: `f64` to `f8e5m2`.
constexpr bool isFloat(Element element) { return element <= Element::F8E5M2; }
/// An integer element: `i64` to `i4`, not `bool`.
constexpr bool isInteger(Element element) {
  return element >= Element::I64 && element <= Element::I4;
}
constexpr bool isComplex(Element element) { return element == Element::C64; }

namespace detail {
double decodeOther(Element element, const void *from);
void encodeOther(Element element, double value, void *to);
} // namespace detail

/// The value stored at `from`, which needs no alignment. Exact, but for `i64`
/// beyond 2^53 (rounded to nearest even) and `c64` (its real part).
inline double decode(Element element, const void *from) {
  if (element == Element::F32) {
    float value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  if (element == Element::F64) {
    double value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  return detail::decodeOther(element, from);
}

/// Stores `value` at `to`, which needs no alignment, by the rules above.
inline void encode(Element element, double value, void *to) {
  if (element == Element::F32) {
    float narrow = static_cast<float>(value);
    std::memcpy(to, &narrow, sizeof narrow);
    return;
  }
  if (element == Element::F64) {
    std::memcpy(to, &value, sizeof value);
    return;
  }
  detail::encodeOther(element, value, to);
}

/// The value stored at `from` as an integer: exact for integers and `bool`;
/// floats are truncated toward zero and saturated, NaN is 0.
int64_t decodeInt(Element element, const void *from);

/// Stores an integer at `to`: saturated in integers, rounded once in floats
/// (saturated in f8, inf beyond f16), nonzero in `bool`.
void encodeInt(Element element, int64_t value, void *to);

/// The value stored at `from` as a complex number; real elements have an
/// imaginary part of 0.
std::complex<double> decodeComplex(Element element, const void *from);

/// Stores a complex number at `to`; real elements keep its real part, `bool`
/// whether it differs from 0.
void encodeComplex(Element element, std::complex<double> value, void *to);

/// Converts `count` contiguous values as the functions above would one at a
/// time, through integers where `source` is one, else through doubles. Floats to
/// their own element are copied bit for bit, so that NaN payloads and the inf of
/// f8e5m2 stay. The two ranges may not overlap.
void convertSpan(Element source, const void *from, Element target, void *to, int64_t count);

/// Truncates toward zero into [`low`, `high`]; NaN is 0.
int64_t saturatingTruncate(double value, int64_t low, int64_t high);

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_ELEMENT_H
