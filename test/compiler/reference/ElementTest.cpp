//===- ElementTest.cpp - stored numbers -----------------------------------===//

#include "compiler/reference/Element.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APSInt.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace mixc::reference;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

struct Narrow {
  Element element;
  int exponentBits;
  int mantissaBits;
  bool hasInfinity;
};

class NarrowFloat : public testing::TestWithParam<Narrow> {
protected:
  int bits() const { return 1 + GetParam().exponentBits + GetParam().mantissaBits; }
  unsigned signBit() const { return 1u << (bits() - 1); }

  double decoded(unsigned pattern) const {
    uint16_t stored = static_cast<uint16_t>(pattern);
    return decode(GetParam().element, &stored);
  }
  unsigned encoded(double value) const {
    uint16_t stored = 0;
    encode(GetParam().element, value, &stored);
    return stored;
  }

  /// The value by the definition of the format, in powers of two.
  double defined(unsigned pattern) const {
    auto [element, exponentBits, mantissaBits, hasInfinity] = GetParam();
    double sign = pattern & signBit() ? -1 : 1;
    int field = (pattern >> mantissaBits) & ((1 << exponentBits) - 1);
    int mantissa = pattern & ((1 << mantissaBits) - 1);
    int top = (1 << exponentBits) - 1, bias = top / 2;
    bool e4m3 = element == Element::F8E4M3;
    if (field == top && (!e4m3 || mantissa == (1 << mantissaBits) - 1))
      return mantissa == 0 ? sign * inf : notANumber;
    double fraction = mantissa / std::pow(2.0, mantissaBits);
    if (field == 0)
      return sign * fraction * std::pow(2.0, 1 - bias);
    return sign * (1 + fraction) * std::pow(2.0, field - bias);
  }

  std::vector<unsigned> positiveFinite() const {
    std::vector<unsigned> patterns;
    for (unsigned p = 0; p != signBit() && std::isfinite(defined(p)); ++p)
      patterns.push_back(p);
    return patterns;
  }
};

} // namespace

TEST_P(NarrowFloat, DecodesEveryPattern) {
  for (unsigned p = 0; p != 1u << bits(); ++p) {
    double expected = defined(p), seen = decoded(p);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(seen)) << p;
      continue;
    }
    EXPECT_EQ(seen, expected) << p;
    EXPECT_EQ(std::signbit(seen), std::signbit(expected)) << p;
  }
}

TEST_P(NarrowFloat, EncodesEveryValueToItsPattern) {
  for (unsigned p = 0; p != 1u << bits(); ++p) {
    double value = defined(p);
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(decoded(encoded(value)))) << p;
    else if (std::isfinite(value) || GetParam().hasInfinity)
      EXPECT_EQ(encoded(value), p);
  }
}

TEST_P(NarrowFloat, RoundsTiesToEvenAndTheRestToNearest) {
  std::vector<unsigned> patterns = positiveFinite();
  for (size_t i = 0; i + 1 < patterns.size(); ++i) {
    unsigned low = patterns[i], high = patterns[i + 1];
    double tie = (defined(low) + defined(high)) / 2;
    unsigned even = low & 1 ? high : low;
    EXPECT_EQ(encoded(tie), even) << low;
    EXPECT_EQ(encoded(std::nextafter(tie, 0)), low) << low;
    EXPECT_EQ(encoded(std::nextafter(tie, inf)), high) << low;
    EXPECT_EQ(encoded(-tie), even | signBit()) << low;
    EXPECT_EQ(encoded(-std::nextafter(tie, 0)), low | signBit()) << low;
    EXPECT_EQ(encoded(-std::nextafter(tie, inf)), high | signBit()) << low;
  }
}

TEST_P(NarrowFloat, OverflowsAtHalfAQuantumAboveTheLargest) {
  std::vector<unsigned> patterns = positiveFinite();
  unsigned largest = patterns.back();
  double quantum = defined(largest) - defined(largest - 1);
  double tie = defined(largest) + quantum / 2;
  unsigned beyond = GetParam().hasInfinity ? largest + 1 : largest;
  EXPECT_EQ(encoded(std::nextafter(tie, 0)), largest);
  EXPECT_EQ(encoded(std::nextafter(tie, inf)), beyond);
  for (double huge : {1e60, std::numeric_limits<double>::max(), inf}) {
    EXPECT_EQ(encoded(huge), beyond);
    EXPECT_EQ(encoded(-huge), beyond | signBit());
  }
}

TEST_P(NarrowFloat, UnderflowsToSignedZero) {
  for (double tiny : {std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::min(),
                      1e-60, 0.0}) {
    EXPECT_EQ(encoded(tiny), 0u);
    EXPECT_EQ(encoded(-tiny), signBit());
  }
}

INSTANTIATE_TEST_SUITE_P(Element, NarrowFloat,
                         testing::Values(Narrow{Element::F16, 5, 10, true},
                                         Narrow{Element::BF16, 8, 7, true},
                                         Narrow{Element::F8E4M3, 4, 3, false},
                                         // Stores saturate although the format has infinities.
                                         Narrow{Element::F8E5M2, 5, 2, false}),
                         [](const auto &info) { return elementName(info.param.element).str(); });

TEST(Element, RoundsRandomDoublesAsAPFloatDoes) {
  std::mt19937_64 random(7);
  for (int i = 0; i != 200000; ++i) {
    // Exponents around those of the narrow formats, all mantissas.
    uint64_t bits = random();
    int exponent = 1023 + static_cast<int>(random() % 300) - 150;
    bits = (bits & ~(uint64_t(0x7ff) << 52)) | (uint64_t(exponent) << 52);
    double value = std::bit_cast<double>(bits);
    for (auto [element, semantics] : {std::pair(Element::F16, &llvm::APFloat::IEEEhalf()),
                                      std::pair(Element::BF16, &llvm::APFloat::BFloat())}) {
      llvm::APFloat expected(value);
      bool inexact;
      expected.convert(*semantics, llvm::APFloat::rmNearestTiesToEven, &inexact);
      uint16_t seen;
      encode(element, value, &seen);
      ASSERT_EQ(seen, expected.bitcastToAPInt().getZExtValue()) << value;
    }
  }
}

TEST(Element, RoundsHalvesOnceNotThroughFloat) {
  double value = 1 + 0x1p-11 + 0x1p-40;
  uint16_t seen;
  encode(Element::F16, value, &seen);
  EXPECT_EQ(seen, 0x3c01);
  encode(Element::F16, static_cast<float>(value), &seen);
  EXPECT_EQ(seen, 0x3c00);
}

TEST(Element, RoundsIntegersOnce) {
  std::mt19937_64 random(11);
  std::vector<int64_t> values = {0, 1, -1, 2048, 2049, 2051, INT64_MAX, INT64_MIN,
                                 // A tie of bf16 but for the last bit.
                                 (int64_t(0x101) << 54) / 2 + 1};
  for (int i = 0; i != 100000; ++i)
    values.push_back(static_cast<int64_t>(random()) >> (random() % 64));
  for (int64_t value : values)
    for (auto [element, semantics] : {std::pair(Element::F64, &llvm::APFloat::IEEEdouble()),
                                      std::pair(Element::F32, &llvm::APFloat::IEEEsingle()),
                                      std::pair(Element::F16, &llvm::APFloat::IEEEhalf()),
                                      std::pair(Element::BF16, &llvm::APFloat::BFloat())}) {
      llvm::APFloat expected(*semantics);
      expected.convertFromAPInt(llvm::APInt(64, value, true), true,
                                llvm::APFloat::rmNearestTiesToEven);
      uint64_t seen = 0;
      encodeInt(element, value, &seen);
      ASSERT_EQ(seen, expected.bitcastToAPInt().getZExtValue())
          << value << " as " << elementName(element).str();
    }
}

TEST(Element, IntegersTruncateAndSaturate) {
  struct Range {
    Element element;
    int64_t low, high;
  };
  for (auto [element, low, high] :
       {Range{Element::I64, INT64_MIN, INT64_MAX}, Range{Element::I32, INT32_MIN, INT32_MAX},
        Range{Element::I16, INT16_MIN, INT16_MAX}, Range{Element::I8, -128, 127},
        Range{Element::U8, 0, 255}, Range{Element::I4, -8, 7}}) {
    int64_t storage = 0;
    auto stored = [&](double value) {
      encode(element, value, &storage);
      return decodeInt(element, &storage);
    };
    EXPECT_EQ(stored(2.9), 2);
    EXPECT_EQ(stored(-2.9), std::max<int64_t>(low, -2));
    EXPECT_EQ(stored(-0.9), 0);
    EXPECT_EQ(stored(notANumber), 0);
    EXPECT_EQ(stored(inf), high);
    EXPECT_EQ(stored(-inf), low);
    EXPECT_EQ(stored(1e30), high);
    EXPECT_EQ(stored(static_cast<double>(low) - 1), low);
    EXPECT_EQ(stored(static_cast<double>(high) + 1), high);
    encodeInt(element, INT64_MAX, &storage);
    EXPECT_EQ(decodeInt(element, &storage), high);
    encodeInt(element, INT64_MIN, &storage);
    EXPECT_EQ(decodeInt(element, &storage), low);
  }
}

TEST(Element, FloatsAsIntegersTruncateAndSaturate) {
  double value = -1e300;
  EXPECT_EQ(decodeInt(Element::F64, &value), INT64_MIN);
  value = notANumber;
  EXPECT_EQ(decodeInt(Element::F64, &value), 0);
  value = 0x1p63;
  EXPECT_EQ(decodeInt(Element::F64, &value), INT64_MAX);
  value = -7.99;
  EXPECT_EQ(decodeInt(Element::F64, &value), -7);
}

TEST(Element, Int4ReadsTheLowFourBits) {
  for (int byte = 0; byte != 256; ++byte) {
    uint8_t stored = static_cast<uint8_t>(byte);
    int low = byte % 16;
    EXPECT_EQ(decodeInt(Element::I4, &stored), low < 8 ? low : low - 16);
    EXPECT_EQ(decode(Element::I4, &stored), low < 8 ? low : low - 16);
  }
}

TEST(Element, BoolIsWhetherNonzero) {
  uint8_t stored = 77;
  EXPECT_EQ(decodeInt(Element::Bool, &stored), 1);
  for (auto [value, expected] :
       {std::pair(0.0, 0), std::pair(-0.0, 0), std::pair(0.25, 1), std::pair(notANumber, 1)}) {
    encode(Element::Bool, value, &stored);
    EXPECT_EQ(stored, expected);
  }
  encodeComplex(Element::Bool, {0, 1}, &stored);
  EXPECT_EQ(stored, 1);
}

TEST(Element, ComplexKeepsBothParts) {
  std::complex<float> stored;
  encodeComplex(Element::C64, {1.5, -2.25}, &stored);
  EXPECT_EQ(stored, std::complex<float>(1.5f, -2.25f));
  EXPECT_EQ(decodeComplex(Element::C64, &stored), std::complex<double>(1.5, -2.25));
  EXPECT_EQ(decode(Element::C64, &stored), 1.5);
  encode(Element::C64, 3, &stored);
  EXPECT_EQ(stored, std::complex<float>(3));
  float real;
  encodeComplex(Element::F32, {1.5, -2.25}, &real);
  EXPECT_EQ(real, 1.5f);
}

TEST(Element, NamesRoundTrip) {
  for (unsigned kind = 0; kind != numElementKinds; ++kind) {
    Element element = static_cast<Element>(kind);
    EXPECT_EQ(parseElement(elementName(element)), element);
  }
  EXPECT_EQ(parseElement("f8"), std::nullopt);
  EXPECT_EQ(parseElement(""), std::nullopt);
  EXPECT_EQ(parseElement("F32"), std::nullopt);
}

TEST(Element, ConvertSpanAgreesWithOneAtATime) {
  std::mt19937_64 random(3);
  constexpr int64_t count = 1300; // more than two of its chunks, and a rest
  std::vector<uint64_t> bytes(count);
  for (uint64_t &word : bytes)
    word = random();
  for (unsigned i = 0; i != numElementKinds; ++i)
    for (unsigned j = 0; j != numElementKinds; ++j) {
      Element from = static_cast<Element>(i), to = static_cast<Element>(j);
      auto *in = reinterpret_cast<const std::byte *>(bytes.data());
      std::vector<std::byte> whole(count * 8), single(count * 8);
      convertSpan(from, in, to, whole.data(), count);
      if (from == to && isFloat(from)) {
        EXPECT_EQ(std::memcmp(whole.data(), in, count * byteSize(from)), 0);
        continue;
      }
      for (int64_t k = 0; k != count; ++k) {
        const std::byte *source = in + k * byteSize(from);
        std::byte *target = single.data() + k * byteSize(to);
        if (isComplex(from))
          encodeComplex(to, decodeComplex(from, source), target);
        else if (isFloat(from))
          encode(to, decode(from, source), target);
        else
          encodeInt(to, decodeInt(from, source), target);
      }
      bool same = true;
      for (int64_t k = 0; k != count; ++k) {
        auto a = decodeComplex(to, whole.data() + k * byteSize(to));
        auto b = decodeComplex(to, single.data() + k * byteSize(to));
        auto agree = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
        same &= agree(a.real(), b.real()) && agree(a.imag(), b.imag());
      }
      EXPECT_TRUE(same) << elementName(from).str() << " to " << elementName(to).str();
    }
}
