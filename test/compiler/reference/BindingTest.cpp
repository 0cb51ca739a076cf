//===- BindingTest.cpp - extents from the arguments of a call -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

using namespace mixc::reference;

static constexpr llvm::StringLiteral grouped = R"(
  mixer.func @grouped(%q "q": T<[s0, s1], f32>, %k "k": T<[s0, s1 floordiv s2], f32>,
                      %scale "scale" optional: T<[], f32>) -> ("y": T<[s1, s2], f32>)
      extents [<"B">, <"H">, <"G">, <"D" = 3>, <"T" = min(s0, s1 - 1)>, <"U" = max(s0, s1 - 1)>] {
    %sc = mixer.default %scale {
      %0 = mixer.apply s3
      %1 = mixer.cast %0 to f32 : index -> f32
      mixer.yield %1 : f32
    } : T<[], f32>
    mixer.fact "H % G == 0" {
      %0 = mixer.apply s1 mod s2
      %zero = arith.constant 0 : index
      %1 = arith.cmpi eq, %0, %zero : index
      mixer.yield %1 : i1
    }
    mixer.fact "scale != 0" {
      %0 = mixer.at %sc[] : T<[], f32>
      %zero = arith.constant 0.0 : f32
      %1 = arith.cmpf une, %0, %zero : f32
      mixer.yield %1 : i1
    }
    %y = mixer.eq "y" [h: s1, g: s2] : f32 (%h, %g) {
      %0 = mixer.at %sc[] : T<[], f32>
      mixer.yield %0 : f32
    }
    mixer.return %y : T<[s1, s2], f32>
  })";

static HostTensor zeros(llvm::ArrayRef<int64_t> shape, Element element = Element::F32) {
  return llvm::cantFail(HostTensor::make(element, shape));
}

static llvm::Expected<llvm::SmallVector<int64_t>>
bind(Mixer &mixer, llvm::ArrayRef<NamedShape> shapes,
     llvm::ArrayRef<std::pair<const char *, int64_t>> dims) {
  llvm::StringMap<int64_t> map;
  for (auto [name, value] : dims)
    map[name] = value;
  return bindExtents(mixer.func(), shapes, map);
}

static std::string bindError(llvm::ArrayRef<NamedShape> shapes,
                             llvm::ArrayRef<std::pair<const char *, int64_t>> dims) {
  Mixer mixer(grouped);
  auto extents = bind(mixer, shapes, dims);
  if (extents)
    return "";
  std::string text;
  llvm::handleAllErrors(extents.takeError(),
                        [&](const EvaluationError &error) { text = error.getText().str(); });
  return text;
}

TEST(Binding, ShapesNamesAndFixedValues) {
  Mixer mixer(grouped);
  auto extents = llvm::cantFail(bind(mixer, {{"q", {2, 6}}, {"k", {2, 3}}}, {{"G", 2}, {"B", 2}}));
  EXPECT_EQ(llvm::ArrayRef(extents), llvm::ArrayRef<int64_t>({2, 6, 2, 3, 2, 5}));
}

TEST(Binding, TwoValuesForOneExtent) {
  EXPECT_EQ(
      bindError({{"q", {2, 6}}, {"k", {3, 3}}}, {{"G", 2}}),
      "extent `B` is 3 in `k: [B, H floordiv G]` of shape [3, 3], but 2 in `q: [B, H]` of shape "
      "[2, 6]");
  EXPECT_EQ(bindError({{"q", {2, 6}}, {"k", {2, 3}}}, {{"G", 2}, {"H", 4}}),
            "extent `H` is 6 in `q: [B, H]` of shape [2, 6], but 4 by name");
  EXPECT_EQ(bindError({{"q", {2, 6}}, {"k", {2, 3}}}, {{"G", 2}, {"D", 4}}),
            "extent `D` is 4 by name, but 3 fixed at compile time");
}

TEST(Binding, ExpressionsAreChecked) {
  EXPECT_EQ(bindError({{"q", {2, 6}}, {"k", {2, 4}}}, {{"G", 2}}),
            "axis `H floordiv G` of `k` is 4, expected 3 (H = 6, G = 2)");
}

TEST(Binding, Ranks) {
  EXPECT_EQ(bindError({{"q", {2, 6, 1}}, {"k", {2, 3}}}, {{"G", 2}}),
            "argument `q` has shape [2, 6, 1], declared [B, H]");
}

TEST(Binding, WhatIsMissingOrUnknown) {
  EXPECT_EQ(bindError({{"q", {2, 6}}}, {{"G", 2}}), "argument `k` is missing");
  EXPECT_EQ(
      bindError({{"q", {2, 6}}, {"k", {2, 3}}}, {}),
      "extent `G` has no value: no argument given has it in its shape; give its value by name");
  EXPECT_EQ(bindError({{"q", {2, 6}}, {"k", {2, 3}}, {"v", {1}}}, {{"G", 2}}),
            "`grouped` has no argument `v`");
  EXPECT_EQ(bindError({{"q", {2, 6}}, {"k", {2, 3}}}, {{"G", 2}, {"M", 2}}),
            "`grouped` has no extent `M`");
  EXPECT_EQ(bindError({{"q", {2, 6}}, {"k", {2, 3}}}, {{"G", -2}}),
            "extent `G` is -2 by name; an extent is 0 or more");
  EXPECT_EQ(bindError({{"q", {2, 6}}, {"k", {2, 3}}}, {{"G", 2}, {"T", 2}}),
            "extent `T` is derived from others: it can't be given");
}

TEST(Binding, ElementTypes) {
  Mixer mixer(grouped);
  mixer.with("q", zeros({2, 6}, Element::BF16)).with("k", zeros({2, 3})).dim("G", 2);
  EXPECT_NE(mixer.error().find("argument `q` has elements of type bf16, declared f32"),
            std::string::npos);
}

TEST(Binding, ADefaultStandsForWhatIsLeftOut) {
  Mixer mixer(grouped);
  mixer.with("q", zeros({1, 2})).with("k", zeros({1, 2})).dim("G", 1);
  expectNear(mixer.values(), {3, 3}, 0);
  mixer.with("scale", scalar(0.5));
  expectNear(mixer.values(), {0.5, 0.5}, 0);
}

TEST(Binding, ABrokenConditionIsQuotedWithItsValues) {
  Mixer mixer(grouped);
  mixer.with("q", zeros({1, 6})).with("k", zeros({1, 1})).dim("G", 4);
  EXPECT_NE(mixer.error().find("`H % G == 0` does not hold: H = 6, G = 4"), std::string::npos);
  mixer.dim("G", 6).with("scale", scalar(0));
  EXPECT_NE(mixer.error().find("`scale != 0` does not hold: scale = 0"), std::string::npos);
}
