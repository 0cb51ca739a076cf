//===- ElementsTest.cpp - elements against the reference's ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled code reads and writes every element type as compiler/reference/Element.h does: all bit
// patterns of the narrow types are read; what is written is rounded from numbers at, beside and
// between the ones they hold.
//
//===----------------------------------------------------------------------===//

#include "test/lowering/cpu/JitFixture.h"

#include "compiler/reference/Element.h"

#include <cmath>
#include <random>

using namespace mixc::lowering::cpu;
using namespace mixc::lowering::cpu::test;
using mixc::reference::Element;

namespace {

struct ElementCase {
  const char *type;
  Element element;
};
void PrintTo(const ElementCase &c, std::ostream *stream) { *stream << c.type; }

/// Both are NaN, or they have the same bits.
template <typename T> testing::AssertionResult same(T a, T b) {
  if (std::memcmp(&a, &b, sizeof a) == 0)
    return testing::AssertionSuccess();
  if constexpr (std::is_floating_point_v<T>)
    if (std::isnan(a) && std::isnan(b))
      return testing::AssertionSuccess();
  return testing::AssertionFailure() << a << " is not " << b;
}

constexpr const char *copyText = R"mlir(
tile.kernel @copy grid (%i) args (%x: !tile.view<1, FROM, unit>, %y: !tile.view<1, TO, unit> out) {
  %0 = tile.load %x[%i] : !tile.view<1, FROM, unit> -> SCALAR
  tile.store %0, %y[%i] : SCALAR, !tile.view<1, TO, unit>
  tile.return
}
plan.func @copy.plan extents (%N "N") args (%x "x": !tile.view<1, FROM, unit>) outs (%y "y": !tile.view<1, TO, unit>) {
  %c0 = arith.constant 0 : index
  plan.launch @copy grid (%N) args (%x, %y : !tile.view<1, FROM, unit>, !tile.view<1, TO, unit>) scratch %c0
  plan.return
}
)mlir";

constexpr const char *roundText = R"mlir(
tile.kernel @round grid (%i) args (%x: !tile.view<1, FROM, unit>, %y: !tile.view<1, TO, unit> out) {
  %0 = tile.load %x[%i] : !tile.view<1, FROM, unit> -> SCALAR
  %1 = tile.round %0 to ELEMENT : SCALAR -> RESULT
  tile.store %1, %y[%i] : RESULT, !tile.view<1, TO, unit>
  tile.return
}
plan.func @round.plan extents (%N "N") args (%x "x": !tile.view<1, FROM, unit>) outs (%y "y": !tile.view<1, TO, unit>) {
  %c0 = arith.constant 0 : index
  plan.launch @round grid (%N) args (%x, %y : !tile.view<1, FROM, unit>, !tile.view<1, TO, unit>) scratch %c0
  plan.return
}
)mlir";

/// Applies one of the texts above to `from`, with AVX2 and with all that this machine has.
template <typename To, typename From>
std::vector<To> apply(const char *text, std::vector<std::pair<std::string, std::string>> names,
                      const std::vector<From> &from) {
  auto run = [&](const char *target) {
    Plan plan(replace(text, names), llvm::cantFail(CpuTarget::get(target)));
    int64_t count = from.size();
    Array<From> x(from, {count}, {1});
    Array<To> y({count});
    EXPECT_EQ(plan.run({x.view(), y.view()}, {count}), 0);
    return y.data;
  };
  std::vector<To> result = run("native"), other = run("x86-64-v3");
  EXPECT_EQ(std::memcmp(result.data(), other.data(), result.size() * sizeof(To)), 0);
  return result;
}

/// Floats near and between those of the 8 and 16 bit types: every upper half, with lower halves
/// around the ties.
std::vector<float> interestingFloats() {
  std::vector<float> result;
  for (uint32_t high = 0; high < 0x10000; ++high)
    for (uint32_t low : {0x0u, 0x1u, 0xfffu, 0x1000u, 0x1001u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu})
      result.push_back(std::bit_cast<float>(high << 16 | low));
  return result;
}

/// Doubles at, just beside and far from the values and ties of the narrow types.
std::vector<double> interestingDoubles() {
  std::vector<double> result;
  std::vector<float> floats = interestingFloats();
  for (size_t k = 0; k < floats.size(); k += 7) {
    double value = floats[k];
    result.insert(result.end(), {value, std::nextafter(value, INFINITY),
                                 std::nextafter(value, -INFINITY), value * (1 + 0x1p-40)});
  }
  result.insert(result.end(),
                {0x1p63, -0x1p63, 0x1p64, 1e300, -1e300, 1e-320, INFINITY, -INFINITY});
  return result;
}

std::vector<int64_t> interestingIntegers() {
  std::vector<int64_t> result = {INT64_MIN, INT64_MIN + 1, INT64_MAX};
  for (int shift = 0; shift < 63; ++shift)
    for (int64_t beside = -3; beside <= 3; ++beside)
      for (int tie = 0; tie < 12; ++tie) {
        // Ties of floats of few bits at all sizes, and their neighbours.
        uint64_t value = (uint64_t(1) << shift) + (tie <= shift ? uint64_t(1) << (shift - tie) : 0);
        result.push_back(static_cast<int64_t>(value + beside));
        result.push_back(static_cast<int64_t>(beside - value));
      }
  std::mt19937_64 random(7);
  for (int k = 0; k < 10000; ++k)
    result.push_back(static_cast<int64_t>(random()) >> (random() % 64));
  return result;
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

class NarrowFloats : public testing::TestWithParam<ElementCase> {
protected:
  size_t width() const { return mixc::reference::byteSize(GetParam().element); }
};
INSTANTIATE_TEST_SUITE_P(Elements, NarrowFloats,
                         testing::Values(ElementCase{"f16", Element::F16},
                                         ElementCase{"bf16", Element::BF16},
                                         ElementCase{"f8E4M3FN", Element::F8E4M3},
                                         ElementCase{"f8E5M2", Element::F8E5M2}));

TEST_P(NarrowFloats, EveryPatternIsReadAsTheReferenceReadsIt) {
  size_t count = size_t(1) << (8 * width());
  auto check = [&](auto pattern) {
    std::vector<decltype(pattern)> patterns(count);
    std::iota(patterns.begin(), patterns.end(), 0);
    auto read = apply<float>(
        copyText, {{"FROM", GetParam().type}, {"TO", "f32"}, {"SCALAR", "f32"}}, patterns);
    for (size_t k = 0; k < count; ++k)
      ASSERT_TRUE(same(
          read[k], static_cast<float>(mixc::reference::decode(GetParam().element, &patterns[k]))))
          << k;
  };
  width() == 1 ? check(uint8_t()) : check(uint16_t());
}

TEST_P(NarrowFloats, AreWrittenAsTheReferenceWritesThem) {
  std::vector<float> from = interestingFloats();
  auto check = [&](auto pattern) {
    auto written = apply<decltype(pattern)>(
        copyText, {{"FROM", "f32"}, {"TO", GetParam().type}, {"SCALAR", "f32"}}, from);
    for (size_t k = 0; k < from.size(); ++k) {
      decltype(pattern) expected;
      mixc::reference::encode(GetParam().element, from[k], &expected);
      ASSERT_TRUE(same(mixc::reference::decode(GetParam().element, &written[k]),
                       mixc::reference::decode(GetParam().element, &expected)))
          << from[k];
    }
  };
  width() == 1 ? check(uint8_t()) : check(uint16_t());
}

/// `from` rounded to an element by compiled code and by the reference.
template <typename From>
void checkRounding(ElementCase element, const char *fromType, const char *scalar,
                   const std::vector<From> &from) {
  auto rounded = apply<float>(roundText,
                              {{"FROM", fromType},
                               {"TO", "f32"},
                               {"SCALAR", scalar},
                               {"RESULT", "f32"},
                               {"ELEMENT", element.type}},
                              from);
  for (size_t k = 0; k < from.size(); ++k) {
    uint64_t stored = 0;
    if constexpr (std::is_integral_v<From>)
      mixc::reference::encodeInt(element.element, from[k], &stored);
    else
      mixc::reference::encode(element.element, from[k], &stored);
    auto expected = static_cast<float>(mixc::reference::decode(element.element, &stored));
    ASSERT_TRUE(same(rounded[k], expected)) << from[k];
  }
}

TEST_P(NarrowFloats, RoundOnceFromF32) {
  checkRounding(GetParam(), "f32", "f32", interestingFloats());
}
TEST_P(NarrowFloats, RoundOnceFromF64) {
  checkRounding(GetParam(), "f64", "f64", interestingDoubles());
}
TEST_P(NarrowFloats, RoundOnceFromIntegers) {
  checkRounding(GetParam(), "i64", "index", interestingIntegers());
}

TEST(WideFloats, RoundOnce) {
  checkRounding({"f32", Element::F32}, "f64", "f64", interestingDoubles());
  checkRounding({"f32", Element::F32}, "i64", "index", interestingIntegers());
}

TEST(WideFloats, WidenTruthValues) {
  std::vector<uint8_t> from = {0, 1, 2, 255};
  auto to = apply<double>(
      roundText,
      {{"FROM", "i1"}, {"TO", "f64"}, {"SCALAR", "i1"}, {"RESULT", "f64"}, {"ELEMENT", "f64"}},
      from);
  EXPECT_EQ(to, (std::vector<double>{0, 1, 1, 1}));
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

class Integers : public testing::TestWithParam<ElementCase> {
protected:
  /// Calls `check` with a value of the type in memory.
  template <typename Check> void withStorage(Check check) {
    switch (GetParam().element) {
    case Element::I64:
      return check(int64_t());
    case Element::I32:
      return check(int32_t());
    case Element::I16:
      return check(int16_t());
    case Element::U8:
      return check(uint8_t());
    default:
      return check(int8_t());
    }
  }
};
INSTANTIATE_TEST_SUITE_P(
    Elements, Integers,
    testing::Values(ElementCase{"i64", Element::I64}, ElementCase{"i32", Element::I32},
                    ElementCase{"i16", Element::I16}, ElementCase{"i8", Element::I8},
                    ElementCase{"ui8", Element::U8}, ElementCase{"i4", Element::I4}));

TEST_P(Integers, AreReadAsTheReferenceReadsThem) {
  withStorage([&](auto storage) {
    std::vector<decltype(storage)> patterns;
    for (int64_t value : interestingIntegers())
      patterns.push_back(static_cast<decltype(storage)>(value));
    for (int k = 0; k < 256; ++k)
      patterns.push_back(static_cast<decltype(storage)>(k));
    auto read = apply<int64_t>(
        copyText, {{"FROM", GetParam().type}, {"TO", "i64"}, {"SCALAR", "index"}}, patterns);
    for (size_t k = 0; k < patterns.size(); ++k)
      ASSERT_EQ(read[k], mixc::reference::decodeInt(GetParam().element, &patterns[k]));
  });
}

TEST_P(Integers, SaturateWhenWritten) {
  std::vector<int64_t> from = interestingIntegers();
  withStorage([&](auto storage) {
    auto written = apply<decltype(storage)>(
        copyText, {{"FROM", "i64"}, {"TO", GetParam().type}, {"SCALAR", "index"}}, from);
    for (size_t k = 0; k < from.size(); ++k) {
      decltype(storage) expected;
      mixc::reference::encodeInt(GetParam().element, from[k], &expected);
      ASSERT_EQ(written[k], expected) << from[k];
    }
  });
}

TEST_P(Integers, TruncateAndSaturateFloats) {
  auto check = [&](auto type, const char *name, auto from) {
    auto rounded = apply<int64_t>(roundText,
                                  {{"FROM", name},
                                   {"TO", "i64"},
                                   {"SCALAR", name},
                                   {"RESULT", "index"},
                                   {"ELEMENT", GetParam().type}},
                                  from);
    for (size_t k = 0; k < from.size(); ++k) {
      int64_t stored = 0;
      mixc::reference::encode(GetParam().element, from[k], &stored);
      ASSERT_EQ(rounded[k], mixc::reference::decodeInt(GetParam().element, &stored)) << from[k];
    }
  };
  check(float(), "f32", interestingFloats());
  check(double(), "f64", interestingDoubles());
}

TEST(TruthValues, AreByteThatDiffersFromZero) {
  std::vector<uint8_t> patterns(256);
  std::iota(patterns.begin(), patterns.end(), 0);
  auto copied =
      apply<uint8_t>(copyText, {{"FROM", "i1"}, {"TO", "i1"}, {"SCALAR", "i1"}}, patterns);
  for (int k = 0; k < 256; ++k)
    EXPECT_EQ(copied[k], k != 0);
}

TEST(TruthValues, OfNumbers) {
  std::vector<float> floats = {0.f, -0.f, 1.f, 1e-40f, INFINITY, NAN};
  auto fromFloats = apply<uint8_t>(
      roundText,
      {{"FROM", "f32"}, {"TO", "i1"}, {"SCALAR", "f32"}, {"RESULT", "i1"}, {"ELEMENT", "i1"}},
      floats);
  EXPECT_EQ(fromFloats, (std::vector<uint8_t>{0, 0, 1, 1, 1, 1}));
  auto fromIntegers = apply<uint8_t>(
      roundText,
      {{"FROM", "i64"}, {"TO", "i1"}, {"SCALAR", "index"}, {"RESULT", "i1"}, {"ELEMENT", "i1"}},
      std::vector<int64_t>{0, 1, -1, INT64_MIN});
  EXPECT_EQ(fromIntegers, (std::vector<uint8_t>{0, 1, 1, 1}));
}

TEST(Complex, PartsAreRounded) {
  Plan plan(R"mlir(
    tile.kernel @k grid (%i) args (%x: !tile.view<1, f64, unit>, %z: !tile.view<1, complex<f32>> out) {
      %0 = tile.load %x[%i] : !tile.view<1, f64, unit> -> f64
      %1 = tile.round %0 to complex<f32> : f64 -> complex<f32>
      %2 = complex.create %0, %0 : complex<f64>
      %3 = tile.round %2 to complex<f32> : complex<f64> -> complex<f32>
      %4 = complex.mul %1, %3 : complex<f32>
      tile.store %4, %z[%i] : complex<f32>, !tile.view<1, complex<f32>>
      tile.return
    }
    plan.func @p extents (%N "N") args (%x "x": !tile.view<1, f64, unit>) outs (%z "z": !tile.view<1, complex<f32>>) {
      %c0 = arith.constant 0 : index
      plan.launch @k grid (%N) args (%x, %z : !tile.view<1, f64, unit>, !tile.view<1, complex<f32>>) scratch %c0
      plan.return
    })mlir");
  Array<double> x({0.1, 2, -3}, {3}, {1});
  Array<std::array<float, 2>> z(std::vector<std::array<float, 2>>(6), {3}, {-2}, 5);
  ASSERT_EQ(plan.run({x.view(), z.view()}, {3}), 0);
  for (int k = 0; k < 3; ++k) {
    float value = static_cast<float>(x(k));
    EXPECT_EQ(z(k), (std::array<float, 2>{value * value, value * value}));
  }
}

} // namespace
