//===- OrderStatisticsTest.cpp - candidates in order ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

using namespace mixc::reference;

/// kind over x at the ranks 0 to K - 1.
static std::string order(llvm::StringRef kind, llvm::StringRef type) {
  std::string result = kind == "argtop" ? "index" : "f64";
  std::string element = kind == "argtop" ? "i64" : "f64";
  return R"(
    mixer.func @f(%x "x": T<[s0], f64>) -> ("y": T<[s1], )" +
         element +
         R"(>) extents [<"N">, <"K">] {
      %y = mixer.eq "y" [t: s1] : )" +
         element + R"( (%t) {
        %r = mixer.order )" +
         kind.str() + " [c: " + type.str() + "] rank %t : " + result + R"( (%c) {
          %0 = mixer.at %x[%c] : T<[s0], f64>
          mixer.yield %0 : f64
        }
        mixer.yield %r : )" +
         result + R"(
      }
      mixer.return %y : T<[s1], )" +
         element + R"(>
    })";
}

TEST(OrderStatistics, LargestFirstTiesLowerFirstNaNLast) {
  std::vector<double> x = {2, NaN, 7, 2, -inf, 7, NaN, inf};
  Mixer mixer(order("argtop", "s0"));
  mixer.with("x", vector(x)).dim("K", 8);
  expectNear(mixer.values(), {7, 2, 5, 0, 3, 4, 1, 6});
  Mixer scores(order("kth", "s0"));
  scores.with("x", vector(x)).dim("K", 8);
  expectNear(scores.values(), {inf, 7, 7, 2, 2, -inf, NaN, NaN});
}

TEST(OrderStatistics, CandidatesCountFromTheLowerBound) {
  Mixer mixer(order("argtop", "2 to s0"));
  mixer.with("x", vector({9, 9, 1, 3})).dim("K", 2);
  expectNear(mixer.values(), {3, 2});
}

TEST(OrderStatistics, ARankBeyondTheCandidatesIsRefused) {
  Mixer mixer(order("argtop", "s0"));
  mixer.with("x", vector({1, 2})).dim("K", 3);
  EXPECT_NE(mixer.error().find("rank 2 is out of range: there are 2 candidates"),
            std::string::npos);
  mixer.dim("K", 0);
  expectNear(mixer.values(), {});
}

TEST(OrderStatistics, OfIntegersIsExact) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], i64>) -> ("y": T<[s0], i64>) extents [<"N">] {
      %y = mixer.eq "y" [t: s0] : i64 (%t) {
        %r = mixer.order argtop [c: s0] rank %t : index (%c) {
          %0 = mixer.at %x[%c] : T<[s0], i64>
          mixer.yield %0 : index
        }
        mixer.yield %r : index
      }
      mixer.return %y : T<[s0], i64>
    })");
  HostTensor x = vector({0, 0}, Element::I64);
  x.setInt({0}, 9007199254740992);
  x.setInt({1}, 9007199254740993);
  mixer.with("x", x);
  expectNear(mixer.values(), {1, 0});
}
