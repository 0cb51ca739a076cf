//===- RecurrencesTest.cpp - tensors defined step by step -----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

using namespace mixc::reference;

static HostTensor f32(llvm::ArrayRef<double> x) { return vector(x, Element::F32); }

/// y[-1] = y0, y[n] = a y[n-1] + x[n]: the text between is the direction and the places.
static std::string scan(llvm::StringRef direction, llvm::StringRef range, llvm::StringRef boundary,
                        llvm::StringRef earlier) {
  std::string type = ("T<[" + range + "], f32>").str();
  return R"(
    mixer.func @f(%x "x": T<[s0], f32>, %y0 "y0": T<[], f32>) -> ("y": )" +
         type + R"()
        extents [<"N">] {
      %y = mixer.recur [n: s0)" +
         direction.str() + "] init (%y0 : T<[], f32> to 0 at ()[s0] -> (" + boundary.str() +
         R"()) (%n) carry (%H "y": )" + type + R"() {
        %s = mixer.eq "y" [] : f32 () {
          %0 = mixer.at %H[)" +
         earlier.str() + "] : " + type + R"(
          %half = arith.constant 0.5 : f32
          %1 = arith.mulf %half, %0 : f32
          %2 = mixer.at %x[%n] : T<[s0], f32>
          %3 = arith.addf %1, %2 : f32
          mixer.yield %3 : f32
        }
        %H1 = mixer.append %s to %H at affine_map<(d0) -> (d0)> times (%n) : T<[], f32>, )" +
         type + R"(
        mixer.yield %H1 : )" +
         type + R"(
      }
      mixer.return %y : )" +
         type + "\n}";
}

TEST(Recurrences, HaveTheBoundaryAndAllSteps) {
  Mixer mixer(scan("", "-1 to s0", "-1", "%n - 1"));
  mixer.with("x", f32({1, 2, 3})).with("y0", scalar(8));
  expectNear(mixer.values(), {8, 5, 4.5, 5.25}, 0);
}

TEST(Recurrences, RunBackwards) {
  Mixer mixer(scan(" reverse", "s0 + 1", "s0", "%n + 1"));
  mixer.with("x", f32({1, 2, 3})).with("y0", scalar(8));
  expectNear(mixer.values(), {1 + 0.5 * 5.5, 5.5, 7, 8}, 0);
}

TEST(Recurrences, OfNoStepsAreTheirBoundary) {
  Mixer mixer(scan("", "-1 to s0", "-1", "%n - 1"));
  mixer.with("x", f32({})).with("y0", scalar(8));
  expectNear(mixer.values(), {8}, 0);
}

TEST(Recurrences, AStepThatIsNotThereYetHasNoValue) {
  Mixer mixer(scan("", "-1 to s0", "-1", "%n"));
  mixer.with("x", f32({1, 2, 3})).with("y0", scalar(8));
  EXPECT_NE(mixer.error().find("`y[0]` is read before any step has given it a value"),
            std::string::npos);
}

TEST(Recurrences, AnOutputWithAHoleIsRefused) {
  Mixer mixer(scan("", "-2 to s0", "-1", "%n - 1"));
  mixer.with("x", f32({1, 2, 3})).with("y0", scalar(8));
  EXPECT_NE(mixer.error().find("output `y` has no value at [-2]"), std::string::npos);
}

TEST(Recurrences, KeepF32WideInTheMeaning) {
  // Adding 2^-30 to 1 many times is lost in float, not in the meaning.
  std::string text = scan("", "-1 to s0", "-1", "%n - 1");
  text.replace(text.find("0.5"), 3, "1.0");
  Mixer mixer(text);
  mixer.with("x", f32(std::vector<double>(64, 0x1p-30))).with("y0", scalar(1));
  EXPECT_EQ(mixer.values<double>().back(), static_cast<float>(1 + 0x1p-24));
  EXPECT_EQ(mixer.values<float>().back(), 1);
}

TEST(Recurrences, NarrowHistoriesRoundEveryStep) {
  std::string text = scan("", "-1 to s0", "-1", "%n - 1");
  for (size_t at; (at = text.find("T<[-1 to s0], f32>")) != std::string::npos;)
    text.replace(at, 18, "T<[-1 to s0], bf16>");
  for (llvm::StringRef scalarType :
       {"%y0 \"y0\": T<[], f32>", "%y0 : T<[], f32>", ": T<[], f32>, T<"})
    if (size_t at = text.find(scalarType); at != std::string::npos)
      text.replace(at + scalarType.find("f32"), 3, "bf16");
  text.replace(text.find("[] : f32 ()"), 11, "[] : bf16 ()");
  text.replace(text.find("0.5"), 3, "1.0");
  Mixer mixer(text);
  mixer.with("x", f32({0x1p-9, 0x1p-9, 0x1p-7})).with("y0", scalar(1, Element::BF16));
  expectNear(mixer.values(), {1, 1, 1, 1 + 0x1p-7}, 0);
}

TEST(Recurrences, InTwoIndices) {
  // Paths through a grid: y[i, j] = y[i-1, j] + y[i, j-1], 1 along the edges: binomials.
  Mixer mixer(R"(
    mixer.func @f(%row "row": T<[-1 to s1], f32>, %column "column": T<[s0], f32>)
        -> ("y": T<[-1 to s0, -1 to s1], f32>) extents [<"N">, <"M">] {
      %y = mixer.recur [i: s0, j: s1]
          init (%row : T<[-1 to s1], f32> to 0 at (d0) -> (-1, d0),
                %column : T<[s0], f32> to 0 at (d0) -> (d0, -1))
          (%i, %j) carry (%H "y": T<[-1 to s0, -1 to s1], f32>) {
        %s = mixer.eq "y" [] : f32 () {
          %0 = mixer.at %H[%i - 1, %j] : T<[-1 to s0, -1 to s1], f32>
          %1 = mixer.at %H[%i, %j - 1] : T<[-1 to s0, -1 to s1], f32>
          %2 = arith.addf %0, %1 : f32
          mixer.yield %2 : f32
        }
        %H1 = mixer.append %s to %H at affine_map<(d0, d1) -> (d0, d1)> times (%i, %j)
            : T<[], f32>, T<[-1 to s0, -1 to s1], f32>
        mixer.yield %H1 : T<[-1 to s0, -1 to s1], f32>
      }
      mixer.return %y : T<[-1 to s0, -1 to s1], f32>
    })");
  mixer.with("row", f32({1, 1, 1, 1})).with("column", f32({1, 1})).dim("M", 3);
  expectNear(mixer.values(), {1, 1, 1, 1, 1, 2, 3, 4, 1, 3, 6, 10}, 0);
}

TEST(Recurrences, MayReadAnyEarlierStepThatDataNames) {
  // y[n] = 1 + y[from[n]], y[-1] = 0: the depth of each node of a tree.
  Mixer mixer(R"(
    mixer.func @f(%from "from": T<[s0], i32>) -> ("y": T<[-1 to s0], f32>) extents [<"N">] {
      %zero = mixer.eq "zero" [] : f32 () {
        %0 = arith.constant 0.0 : f32
        mixer.yield %0 : f32
      }
      %y = mixer.recur [n: s0] init (%zero : T<[], f32> to 0 at () -> (-1))
          (%n) carry (%H "y": T<[-1 to s0], f32>) {
        %s = mixer.eq "y" [] : f32 () {
          %j = mixer.at %from[%n] : T<[s0], i32>
          %0 = mixer.at %H[%j] : T<[-1 to s0], f32>
          %one = arith.constant 1.0 : f32
          %1 = arith.addf %0, %one : f32
          mixer.yield %1 : f32
        }
        %H1 = mixer.append %s to %H at affine_map<(d0) -> (d0)> times (%n)
            : T<[], f32>, T<[-1 to s0], f32>
        mixer.yield %H1 : T<[-1 to s0], f32>
      }
      mixer.return %y : T<[-1 to s0], f32>
    })");
  mixer.with("from", vector({-1, 0, 0, 1, 3}, Element::I32));
  expectNear(mixer.values(), {0, 1, 2, 2, 3, 4}, 0);
  mixer.with("from", vector({-1, 2, 0}, Element::I32));
  EXPECT_NE(mixer.error().find("`y[2]` is read before any step"), std::string::npos);
}

TEST(Recurrences, OfSeveralTensorsReadEachOther) {
  // The stabilised mLSTM normaliser: m[n] = max(f[n] + m[n-1], g[n]), u[n] = exp(f + m[n-1] - m)
  // u[n-1] + exp(g - m).
  Mixer mixer(R"(
    mixer.func @f(%f "f": T<[s0], f32>, %g "g": T<[s0], f32>)
        -> ("m": T<[-1 to s0], f32>, "u": T<[-1 to s0], f32>) extents [<"N">] {
      %m0 = mixer.eq "m" [] : f32 () {
        %0 = arith.constant 0xFF800000 : f32
        mixer.yield %0 : f32
      }
      %u0 = mixer.eq "u" [] : f32 () {
        %0 = arith.constant 0.0 : f32
        mixer.yield %0 : f32
      }
      %m, %u = mixer.recur [n: s0] init (%m0 : T<[], f32> to 0 at () -> (-1),
                                         %u0 : T<[], f32> to 1 at () -> (-1))
          (%n) carry (%M "m": T<[-1 to s0], f32>, %U "u": T<[-1 to s0], f32>) {
        %mn = mixer.eq "m" [] : f32 () {
          %0 = mixer.at %f[%n] : T<[s0], f32>
          %1 = mixer.at %M[%n - 1] : T<[-1 to s0], f32>
          %2 = arith.addf %0, %1 : f32
          %3 = mixer.at %g[%n] : T<[s0], f32>
          %4 = arith.maximumf %2, %3 : f32
          mixer.yield %4 : f32
        }
        %M1 = mixer.append %mn to %M at affine_map<(d0) -> (d0)> times (%n) : T<[], f32>, T<[-1 to s0], f32>
        %un = mixer.eq "u" [] : f32 () {
          %0 = mixer.at %f[%n] : T<[s0], f32>
          %1 = mixer.at %M1[%n - 1] : T<[-1 to s0], f32>
          %2 = mixer.at %M1[%n] : T<[-1 to s0], f32>
          %3 = arith.addf %0, %1 : f32
          %4 = mixer.expdiff %3, %2 because running : f32
          %5 = mixer.at %U[%n - 1] : T<[-1 to s0], f32>
          %6 = arith.mulf %4, %5 : f32
          %7 = mixer.at %g[%n] : T<[s0], f32>
          %8 = mixer.expdiff %7, %2 because member : f32
          %9 = arith.addf %6, %8 : f32
          mixer.yield %9 : f32
        }
        %U1 = mixer.append %un to %U at affine_map<(d0) -> (d0)> times (%n) : T<[], f32>, T<[-1 to s0], f32>
        mixer.yield %M1, %U1 : T<[-1 to s0], f32>, T<[-1 to s0], f32>
      }
      mixer.return %m, %u : T<[-1 to s0], f32>, T<[-1 to s0], f32>
    })");
  std::vector<double> f = {-0.5, -80, 0, -1}, g = {2, 3, -1000, 40};
  mixer.with("f", f32(f)).with("g", f32(g));
  // Unstabilised, in logarithms: exp(m) u = sum over j <= n of exp(g[j] + sum of f after j).
  std::vector<double> m = mixer.values(0), u = mixer.values(1);
  for (int n = 0; n < 4; ++n) {
    long double total = 0;
    for (int j = 0; j <= n; ++j) {
      long double exponent = g[j];
      for (int k = j + 1; k <= n; ++k)
        exponent += f[k];
      total += std::exp(exponent);
    }
    EXPECT_NEAR(m[n + 1] + std::log(u[n + 1]), static_cast<double>(std::log(total)), 1e-5);
  }
  EXPECT_EQ(m[0], -inf);
}

TEST(Recurrences, PutTheTimeWhereTheMapSays) {
  // y[b, n, i] = y[b, n-1, i] + x[b, n, i]
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0, s1, s2], f32>, %y0 "y0": T<[s0, s2], f32>)
        -> ("y": T<[s0, -1 to s1, s2], f32>) extents [<"B">, <"N">, <"D">] {
      %y = mixer.recur [n: s1] init (%y0 : T<[s0, s2], f32> to 0 at (d0, d1) -> (d0, -1, d1))
          (%n) carry (%H "y": T<[s0, -1 to s1, s2], f32>) {
        %s = mixer.eq "y" [b: s0, i: s2] : f32 (%b, %i) {
          %0 = mixer.at %H[%b, %n - 1, %i] : T<[s0, -1 to s1, s2], f32>
          %1 = mixer.at %x[%b, %n, %i] : T<[s0, s1, s2], f32>
          %2 = arith.addf %0, %1 : f32
          mixer.yield %2 : f32
        }
        %H1 = mixer.append %s to %H at affine_map<(d0, d1, d2) -> (d0, d2, d1)> times (%n)
            : T<[s0, s2], f32>, T<[s0, -1 to s1, s2], f32>
        mixer.yield %H1 : T<[s0, -1 to s1, s2], f32>
      }
      mixer.return %y : T<[s0, -1 to s1, s2], f32>
    })");
  mixer.with("x", tensor(Element::F32, {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
  mixer.with("y0", tensor(Element::F32, {2, 2}, {100, 200, 300, 400}));
  expectNear(mixer.values(), {100, 200, 101, 202, 104, 206, 300, 400, 305, 406, 312, 414}, 0);
}
