//===- AccessesTest.cpp - subscripts, bounds, lazy conditionals -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

#include <climits>

using namespace mixc::reference;

/// y[i] = x[subscript] over the range of y.
static std::string gather(llvm::StringRef subscript, llvm::StringRef range = "s0") {
  std::string type = ("T<[" + range + "], f64>").str();
  return R"(
    mixer.func @f(%x "x": T<[s0], f64>, %at "at": T<[s0], i64>) -> ("y": )" +
         type + R"()
        extents [<"N">] {
      %y = mixer.eq "y" [i: )" +
         range.str() + R"(] : f64 (%i) {
        %a = mixer.at %at[%i] : T<[s0], i64>
        %0 = mixer.at %x[)" +
         subscript.str() + R"(] : T<[s0], f64>
        mixer.yield %0 : f64
      }
      mixer.return %y : )" +
         type + "\n}";
}

static Mixer &withData(Mixer &mixer, llvm::ArrayRef<double> at) {
  return mixer.with("x", vector({10, 11, 12, 13})).with("at", vector(at, Element::I64));
}

TEST(Accesses, IndexExpressions) {
  auto run = [](llvm::StringRef subscript) {
    Mixer mixer(gather(subscript));
    return withData(mixer, {3, 2, 1, 0}).values();
  };
  expectNear(run("%i floordiv 2"), {10, 10, 11, 11});
  expectNear(run("%i ceildiv 2"), {10, 11, 11, 12});
  expectNear(run("(%i * 3 + 1) mod s0"), {11, 10, 13, 12});
  expectNear(run("s0 - 1 - %i"), {13, 12, 11, 10});
  expectNear(run("(%i - 4) floordiv 2 + 2"), {10, 10, 11, 11});
  expectNear(run("(%i - 5) mod s0"), {13, 10, 11, 12});
  expectNear(run("%i floordiv (s0 floordiv 2)"), {10, 10, 11, 11});
  expectNear(run("%i floordiv (s0 - 4)"), {10, 10, 10, 10});
  expectNear(run("%i mod (s0 - 4)"), {10, 11, 12, 13});
  expectNear(run("%a"), {13, 12, 11, 10});
  expectNear(run("%a * s0 - %a * 3"), {13, 12, 11, 10});
}

TEST(Accesses, OutOfBoundsNamesTensorSubscriptAndRange) {
  Mixer mixer(gather("%i + 1"));
  EXPECT_EQ(withData(mixer, {0, 0, 0, 0}).error(),
            "test.mix:6:14: `x[4]` is out of bounds: subscript 0 is 4, its range is 0 to 4");
  Mixer data(gather("%a"));
  EXPECT_NE(withData(data, {0, 1, -7, 99}).error().find("`x[-7]`"), std::string::npos);
}

TEST(Accesses, TheFirstOfManyFailuresIsReportedWhateverTheThreads) {
  // Large enough to be shared by threads.
  Mixer mixer(gather("%a"));
  std::vector<double> at(200000, 0);
  for (size_t k = 123456; k < at.size(); ++k)
    at[k] = -static_cast<double>(k);
  mixer.with("x", vector(at)).with("at", vector(at, Element::I64));
  for (int repeat = 0; repeat < 5; ++repeat)
    EXPECT_NE(mixer.error().find("`x[-123456]`"), std::string::npos);
}

TEST(Accesses, OverflowIsAnErrorNotAWrap) {
  Mixer mixer(gather("%a * 4"));
  EXPECT_NE(withData(mixer, {0x1p62, 0, 0, 0}).error().find("overflows"), std::string::npos);
}

TEST(Accesses, WhatIsNotTakenNeedNotBeInBounds) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], f64>) -> ("y": T<[-1 to s0 + 1], f64>) extents [<"N">] {
      %y = mixer.eq "y" [i: -1 to s0 + 1] : f64 (%i) {
        %zero = arith.constant 0 : index
        %n = mixer.apply s0
        %low = arith.cmpi sge, %i, %zero : index
        %inside = scf.if %low -> i1 {
          %high = arith.cmpi slt, %i, %n : index
          scf.yield %high : i1
        } else {
          %false = arith.constant false
          scf.yield %false : i1
        }
        %r = scf.if %inside -> f64 {
          %0 = mixer.at %x[%i] : T<[s0], f64>
          scf.yield %0 : f64
        } else {
          %pad = arith.constant -1.0 : f64
          scf.yield %pad : f64
        }
        mixer.yield %r : f64
      }
      mixer.return %y : T<[-1 to s0 + 1], f64>
    })");
  mixer.with("x", vector({5, 6}));
  expectNear(mixer.values(), {-1, 5, 6, -1});
}

TEST(Accesses, RangesNeedNotBeginAtZero) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], f64>) -> ("z": T<[s0], f64>) extents [<"N">] {
      %y = mixer.eq "y" [i: -2 to s0 - 2] : f64 (%i) {
        %0 = mixer.at %x[%i + 2] : T<[s0], f64>
        mixer.yield %0 : f64
      }
      %z = mixer.eq "z" [i: s0] : f64 (%i) {
        %0 = mixer.at %y[%i - 2] : T<[-2 to s0 - 2], f64>
        mixer.yield %0 : f64
      }
      mixer.return %z : T<[s0], f64>
    })");
  mixer.with("x", vector({5, 6, 7}));
  expectNear(mixer.values(), {5, 6, 7});
}

TEST(Accesses, ARangeThatEndsBelowItsStartIsEmpty) {
  Mixer mixer(gather("%i", "2 to s0"));
  mixer.with("x", vector({1})).with("at", vector({0}, Element::I64));
  expectNear(mixer.values(), {});
}

TEST(Accesses, Tables) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], i64>) -> ("y": T<[s0], f32>) extents [<"N">] {
      %taps = mixer.table dense<[1, -2, 3]> : tensor<3xi64> -> !mixer.tensor<[3], i64>
      %weights = mixer.table dense<[0.5, 0.25, 0.125]> : tensor<3xf32> -> !mixer.tensor<[3], f32>
      %y = mixer.eq "y" [i: s0] : f32 (%i) {
        %j = mixer.at %x[%i] : T<[s0], i64>
        %t = mixer.at %taps[%j] : T<[3], i64>
        %f = mixer.cast %t to f32 : index -> f32
        %w = mixer.at %weights[%j] : T<[3], f32>
        %r = arith.mulf %f, %w : f32
        mixer.yield %r : f32
      }
      mixer.return %y : T<[s0], f32>
    })");
  mixer.with("x", vector({2, 1, 0}, Element::I64));
  expectNear(mixer.values(), {0.375, -0.5, 0.5});
}
