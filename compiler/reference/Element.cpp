//===- Element.cpp - the element types of host tensors --------------------===//

#include "compiler/reference/Element.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mixc::reference;

namespace {

constexpr llvm::StringLiteral names[numElementKinds] = {"f64",    "f32", "f16",  "bf16", "f8e4m3",
                                                        "f8e5m2", "i64", "i32",  "i16",  "i8",
                                                        "u8",     "i4",  "bool", "c64"};

//===----------------------------------------------------------------------===//
// Narrow floats
//===----------------------------------------------------------------------===//

/// A binary float of at most 16 bits: sign, exponent, mantissa.
struct FloatFormat {
  int exponentBits;
  int mantissaBits;
  /// Largest magnitude, as bits; what rounds above it becomes `overflow`.
  unsigned maxFinite;
  unsigned overflow;
  /// A quiet NaN without its sign.
  unsigned quietNaN;
  /// E4M3FN spends the top exponent on numbers; only all ones is NaN.
  bool topExponentIsSpecial;

  constexpr int minExponent() const { return 2 - (1 << (exponentBits - 1)); }
  constexpr unsigned signBit() const { return 1u << (exponentBits + mantissaBits); }
};

constexpr FloatFormat f16 = {5, 10, 0x7bff, 0x7c00, 0x7e00, true};
constexpr FloatFormat bf16 = {8, 7, 0x7f7f, 0x7f80, 0x7fc0, true};
constexpr FloatFormat f8e4m3 = {4, 3, 0x7e, 0x7e, 0x7f, false};
constexpr FloatFormat f8e5m2 = {5, 2, 0x7b, 0x7b, 0x7e, true};

constexpr int doubleMantissaBits = 52;
constexpr int doubleBias = 1023;

/// Rounds a double to the nearest value of `format`, ties to even, in one step.
template <FloatFormat format> unsigned encodeNarrow(double value) {
  uint64_t bits = std::bit_cast<uint64_t>(value);
  unsigned sign = bits >> 63 ? format.signBit() : 0;
  int biased = static_cast<int>(bits >> doubleMantissaBits) & 0x7ff;
  uint64_t mantissa = bits & ((uint64_t(1) << doubleMantissaBits) - 1);
  if (biased == 0x7ff) {
    if (mantissa == 0)
      return sign | format.overflow;
    // The payload's leading bits survive, as in the hardware's conversions.
    return sign | format.quietNaN |
           static_cast<unsigned>(mantissa >> (doubleMantissaBits - format.mantissaBits));
  }
  // A subnormal double is far below half the smallest value of every format.
  if (biased == 0)
    return sign;

  // The value is significand * 2^(exponent - 52); the result counts quanta of
  // 2^(scale - mantissaBits), where scale stops at the subnormals' exponent.
  uint64_t significand = mantissa | (uint64_t(1) << doubleMantissaBits);
  int exponent = biased - doubleBias;
  int scale = std::max(exponent, format.minExponent());
  int shift = scale - format.mantissaBits - exponent + doubleMantissaBits;
  if (shift > doubleMantissaBits + 1) // below half a quantum
    return sign;
  uint64_t quanta = significand >> shift;
  uint64_t rest = significand - (quanta << shift);
  uint64_t half = uint64_t(1) << (shift - 1);
  if (rest > half || (rest == half && (quanta & 1)))
    ++quanta;
  // A normal's hidden bit adds one to the exponent field, and so does a carry.
  uint64_t result =
      (static_cast<uint64_t>(scale - format.minExponent()) << format.mantissaBits) + quanta;
  return sign | (result > format.maxFinite ? format.overflow : static_cast<unsigned>(result));
}

/// Every value of these formats is a normal double (or 0, inf, NaN).
template <FloatFormat format> double decodeNarrow(unsigned bits) {
  uint64_t sign = bits & format.signBit() ? uint64_t(1) << 63 : 0;
  bits &= format.signBit() - 1;
  int field = static_cast<int>(bits >> format.mantissaBits);
  uint64_t mantissa = bits & ((1u << format.mantissaBits) - 1);
  constexpr int widening = doubleMantissaBits - format.mantissaBits;
  constexpr uint64_t special = uint64_t(0x7ff) << doubleMantissaBits;
  if constexpr (format.topExponentIsSpecial) {
    if (field == (1 << format.exponentBits) - 1)
      return std::bit_cast<double>(sign | special | (mantissa << widening));
  } else {
    if (bits == format.quietNaN)
      return std::bit_cast<double>(sign | special | (mantissa << widening));
  }
  if (field == 0) {
    constexpr uint64_t exponent = format.minExponent() - format.mantissaBits + doubleBias;
    constexpr double quantum = std::bit_cast<double>(exponent << doubleMantissaBits);
    double magnitude = static_cast<double>(mantissa) * quantum;
    return sign ? -magnitude : magnitude;
  }
  uint64_t exponent = field - 1 + format.minExponent() + doubleBias;
  return std::bit_cast<double>(sign | (exponent << doubleMantissaBits) | (mantissa << widening));
}

/// A double that rounds to any narrow float (at most 51 bits) as `value` does:
/// where 53 bits do not hold it, it is rounded to odd, which keeps what lies
/// beyond a tie (Boldo and Melquiond, "Emulation of a FMA and correctly rounded
/// sums", IEEE TC 2008, section 3).
double toDoubleRoundingToOdd(int64_t value) {
  uint64_t magnitude = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  int excess = std::max(0, int(std::bit_width(magnitude)) - 53);
  uint64_t kept = magnitude >> excess;
  if (kept << excess != magnitude)
    kept |= 1;
  double result = std::ldexp(static_cast<double>(kept), excess);
  return value < 0 ? -result : result;
}

//===----------------------------------------------------------------------===//
// One codec an element
//===----------------------------------------------------------------------===//

template <typename T> T loadAs(const void *from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T> void storeAs(T value, void *to) { std::memcpy(to, &value, sizeof value); }

template <typename T> struct WideFloatCodec {
  static double load(const void *from) { return loadAs<T>(from); }
  static int64_t loadInt(const void *from) {
    return saturatingTruncate(load(from), INT64_MIN, INT64_MAX);
  }
  static void store(double value, void *to) { storeAs(static_cast<T>(value), to); }
  static void storeInt(int64_t value, void *to) { storeAs(static_cast<T>(value), to); }
};

template <typename Storage, FloatFormat format> struct NarrowFloatCodec {
  static double load(const void *from) { return decodeNarrow<format>(loadAs<Storage>(from)); }
  static int64_t loadInt(const void *from) {
    return saturatingTruncate(load(from), INT64_MIN, INT64_MAX);
  }
  static void store(double value, void *to) {
    storeAs(static_cast<Storage>(encodeNarrow<format>(value)), to);
  }
  static void storeInt(int64_t value, void *to) { store(toDoubleRoundingToOdd(value), to); }
};

template <typename Storage, int64_t low = std::numeric_limits<Storage>::min(),
          int64_t high = std::numeric_limits<Storage>::max()>
struct IntegerCodec {
  static int64_t loadInt(const void *from) { return loadAs<Storage>(from); }
  static double load(const void *from) { return static_cast<double>(loadInt(from)); }
  static void storeInt(int64_t value, void *to) {
    storeAs(static_cast<Storage>(std::clamp(value, low, high)), to);
  }
  static void store(double value, void *to) {
    storeAs(static_cast<Storage>(saturatingTruncate(value, low, high)), to);
  }
};

struct Int4Codec : IntegerCodec<int8_t, -8, 7> {
  static int64_t loadInt(const void *from) {
    int nibble = loadAs<uint8_t>(from) & 0xf;
    return (nibble ^ 8) - 8;
  }
  static double load(const void *from) { return static_cast<double>(loadInt(from)); }
};

struct BoolCodec {
  static int64_t loadInt(const void *from) { return loadAs<uint8_t>(from) != 0; }
  static double load(const void *from) { return static_cast<double>(loadInt(from)); }
  static void storeInt(int64_t value, void *to) { storeAs(static_cast<uint8_t>(value != 0), to); }
  static void store(double value, void *to) { storeAs(static_cast<uint8_t>(value != 0), to); }
};

/// As a real number, a complex one is its real part.
struct ComplexCodec {
  static double load(const void *from) { return loadAs<float>(from); }
  static int64_t loadInt(const void *from) {
    return saturatingTruncate(load(from), INT64_MIN, INT64_MAX);
  }
  static void store(double value, void *to) {
    storeAs(std::complex<float>(static_cast<float>(value)), to);
  }
  static void storeInt(int64_t value, void *to) {
    storeAs(std::complex<float>(static_cast<float>(value)), to);
  }
};

/// Calls `action` with the codec of `element`.
template <typename Action> auto withCodec(Element element, Action action) {
  switch (element) {
  case Element::F64:
    return action(WideFloatCodec<double>());
  case Element::F32:
    return action(WideFloatCodec<float>());
  case Element::F16:
    return action(NarrowFloatCodec<uint16_t, f16>());
  case Element::BF16:
    return action(NarrowFloatCodec<uint16_t, bf16>());
  case Element::F8E4M3:
    return action(NarrowFloatCodec<uint8_t, f8e4m3>());
  case Element::F8E5M2:
    return action(NarrowFloatCodec<uint8_t, f8e5m2>());
  case Element::I64:
    return action(IntegerCodec<int64_t>());
  case Element::I32:
    return action(IntegerCodec<int32_t>());
  case Element::I16:
    return action(IntegerCodec<int16_t>());
  case Element::I8:
    return action(IntegerCodec<int8_t>());
  case Element::U8:
    return action(IntegerCodec<uint8_t>());
  case Element::I4:
    return action(Int4Codec());
  case Element::Bool:
    return action(BoolCodec());
  case Element::C64:
    break;
  }
  return action(ComplexCodec());
}

} // namespace

llvm::StringRef mixc::reference::elementName(Element element) {
  return names[static_cast<unsigned>(element)];
}

std::optional<Element> mixc::reference::parseElement(llvm::StringRef name) {
  for (unsigned kind = 0; kind != numElementKinds; ++kind)
    if (names[kind] == name)
      return static_cast<Element>(kind);
  return std::nullopt;
}

int64_t mixc::reference::saturatingTruncate(double value, int64_t low, int64_t high) {
  if (std::isnan(value))
    return 0;
  // As doubles the bounds may round up (2^63); `>=` still decides rightly,
  // since no double lies between 2^63 - 1 and 2^63.
  if (value >= static_cast<double>(high))
    return high;
  if (value <= static_cast<double>(low))
    return low;
  return static_cast<int64_t>(value);
}

double mixc::reference::detail::decodeOther(Element element, const void *from) {
  return withCodec(element, [&](auto codec) { return codec.load(from); });
}

void mixc::reference::detail::encodeOther(Element element, double value, void *to) {
  withCodec(element, [&](auto codec) { codec.store(value, to); });
}

int64_t mixc::reference::decodeInt(Element element, const void *from) {
  return withCodec(element, [&](auto codec) { return codec.loadInt(from); });
}

void mixc::reference::encodeInt(Element element, int64_t value, void *to) {
  withCodec(element, [&](auto codec) { codec.storeInt(value, to); });
}

std::complex<double> mixc::reference::decodeComplex(Element element, const void *from) {
  if (element == Element::C64)
    return std::complex<double>(loadAs<std::complex<float>>(from));
  return decode(element, from);
}

void mixc::reference::encodeComplex(Element element, std::complex<double> value, void *to) {
  if (element == Element::C64)
    return storeAs(std::complex<float>(value), to);
  if (element == Element::Bool)
    return encodeInt(element, value != std::complex<double>(), to);
  encode(element, value.real(), to);
}

void mixc::reference::convertSpan(Element source, const void *from, Element target, void *to,
                                  int64_t count) {
  auto *in = static_cast<const std::byte *>(from);
  auto *out = static_cast<std::byte *>(to);
  int64_t inSize = byteSize(source), outSize = byteSize(target);
  if (source == target && !isComplex(source) && isFloat(source)) {
    if (count != 0)
      std::memcpy(out, in, count * inSize);
    return;
  }
  if (isComplex(source)) {
    for (int64_t i = 0; i != count; ++i)
      encodeComplex(target, decodeComplex(source, in + i * inSize), out + i * outSize);
    return;
  }

  // Through a buffer: one loop an element rather than one a pair of them.
  constexpr int64_t chunk = 512;
  auto convert = [&](auto type, auto load, auto store) {
    decltype(type) buffer[chunk];
    for (int64_t start = 0; start < count; start += chunk) {
      int64_t here = std::min(chunk, count - start);
      withCodec(source, [&](auto codec) {
        for (int64_t i = 0; i != here; ++i)
          buffer[i] = load(codec, in + (start + i) * inSize);
      });
      withCodec(target, [&](auto codec) {
        for (int64_t i = 0; i != here; ++i)
          store(codec, buffer[i], out + (start + i) * outSize);
      });
    }
  };
  if (isFloat(source))
    convert(
        double(), [](auto codec, auto *at) { return codec.load(at); },
        [](auto codec, double value, auto *at) { codec.store(value, at); });
  else
    convert(
        int64_t(), [](auto codec, auto *at) { return codec.loadInt(at); },
        [](auto codec, int64_t value, auto *at) { codec.storeInt(value, at); });
}
