//===- ReductionsTest.cpp - reductions and normalisers --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

#include <climits>

using namespace mixc::reference;

/// y = kind over the whole of x.
static std::vector<double> reduce(llvm::StringRef kind, llvm::ArrayRef<double> x,
                                  llvm::StringRef in = "f64", llvm::StringRef out = "f64",
                                  llvm::StringRef inElement = "", llvm::StringRef outElement = "") {
  std::string from = (inElement.empty() ? in : inElement).str();
  std::string to = (outElement.empty() ? out : outElement).str();
  Element element = from == "f64" ? Element::F64 : from == "i1" ? Element::Bool : Element::I64;
  return Mixer(("mixer.func @f(%x \"x\": T<[s0], " + from + ">) -> (\"y\": T<[], " + to +
                ">) extents [<\"N\">] {\n %y = mixer.eq \"y\" [] : " + to + " () {\n" +
                "%r = mixer.reduce " + kind.str() + " [i: s0] : " + out.str() +
                " (%i) {\n %0 = mixer.at %x[%i] : T<[s0], " + from +
                ">\n mixer.yield %0 : " + in.str() + "\n}\n mixer.yield %r : " + out.str() +
                "\n}\n mixer.return %y : T<[], " + to + ">\n}"))
      .with("x", vector(x, element))
      .values();
}
static std::vector<double> reduceIntegers(llvm::StringRef kind, llvm::ArrayRef<double> x) {
  return reduce(kind, x, "index", "index", "i64", "i64");
}
static std::vector<double> position(llvm::StringRef kind, llvm::ArrayRef<double> x) {
  return reduce(kind, x, "f64", "index", "f64", "i64");
}

TEST(Reductions, TheMeaningSumsMorePreciselyThanPlainLoops) {
  // Each small term is lost where the sum is an f64.
  std::vector<double> terms(1025, 0x1p-53);
  terms.front() = 1;
  expectNear(reduce("sum", terms), {1 + 0x1p-43}, 0);
  expectNear(reduce("mean", terms), {(1 + 0x1p-43) / 1025}, 0);
}

TEST(Reductions, OfNumbers) {
  std::vector<double> x = {3, -1, 4};
  expectNear(reduce("sum", x), {6});
  expectNear(reduce("prod", x), {-12});
  expectNear(reduce("mean", x), {2});
  expectNear(reduce("max", x), {4});
  expectNear(reduce("min", x), {-1});
  expectNear(reduce("logsumexp", x), {std::log(std::exp(3) + std::exp(-1) + std::exp(4))});
  expectNear(position("argmax", x), {2});
  expectNear(position("argmin", x), {1});
  expectNear(reduceIntegers("sum", x), {6});
  expectNear(reduceIntegers("prod", x), {-12});
  expectNear(reduceIntegers("max", x), {4});
  expectNear(reduceIntegers("min", x), {-1});
  expectNear(reduce("any", {0, 1}, "i1", "i1"), {1});
  expectNear(reduce("all", {0, 1}, "i1", "i1"), {0});
}

TEST(Reductions, OverNothing) {
  expectNear(reduce("sum", {}), {0});
  expectNear(reduce("prod", {}), {1});
  expectNear(reduce("mean", {}), {0});
  expectNear(reduce("max", {}), {-inf});
  expectNear(reduce("min", {}), {inf});
  expectNear(reduce("logsumexp", {}), {-inf});
  expectNear(position("argmax", {}), {0});
  expectNear(position("argmin", {}), {0});
  expectNear(reduceIntegers("max", {}), {double(INT64_MIN)});
  expectNear(reduceIntegers("min", {}), {double(INT64_MAX)});
  expectNear(reduce("any", {}, "i1", "i1"), {0});
  expectNear(reduce("all", {}, "i1", "i1"), {1});
}

TEST(Reductions, WithNaNAndInfinity) {
  expectNear(reduce("max", {1, NaN, 2}), {NaN});
  expectNear(reduce("min", {1, NaN, 2}), {NaN});
  expectNear(reduce("logsumexp", {1, NaN}), {NaN});
  expectNear(reduce("logsumexp", {-inf, -inf}), {-inf});
  expectNear(reduce("logsumexp", {1, inf}), {inf});
  expectNear(reduce("logsumexp", {-inf, 2}), {2});
  expectNear(position("argmax", {NaN, -inf, NaN}), {1});
  expectNear(position("argmin", {NaN, inf, 3}), {2});
  expectNear(position("argmax", {NaN, NaN}), {0});
}

TEST(Reductions, TiesGoToTheLowest) {
  expectNear(position("argmax", {1, 5, 5, 2}), {1});
  expectNear(position("argmin", {5, 2, 3, 2}), {1});
}

TEST(Reductions, HugeScoresDoNotOverflow) {
  expectNear(reduce("logsumexp", {1000, 1000}), {1000 + std::log(2)});
  expectNear(reduce("logsumexp", {-1000, -1000}), {-1000 + std::log(2)});
}

TEST(Reductions, BoundsMayDependOnIndicesAndData) {
  // y[i] = sum over j in i .. len[i] of x[j]
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], f64>, %len "len": T<[s0], i32>) -> ("y": T<[s0], f64>)
        extents [<"N">] {
      %y = mixer.eq "y" [i: s0] : f64 (%i) {
        %n = mixer.at %len[%i] : T<[s0], i32>
        %r = mixer.reduce sum [j: %i to %n] : f64 (%j) {
          %0 = mixer.at %x[%j] : T<[s0], f64>
          mixer.yield %0 : f64
        }
        mixer.yield %r : f64
      }
      mixer.return %y : T<[s0], f64>
    })");
  mixer.with("x", vector({1, 2, 4, 8})).with("len", vector({4, 1, 3, 4}, Element::I32));
  expectNear(mixer.values(), {15, 0, 4, 8});
}

TEST(Reductions, PositionsOverSeveralIndicesAreRowMajor) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0, s1], f64>) -> ("y": T<[], i64>) extents [<"N">, <"M">] {
      %y = mixer.eq "y" [] : i64 () {
        %r = mixer.reduce argmax [i: s0, j: 1 to s1] : index (%i, %j) {
          %0 = mixer.at %x[%i, %j] : T<[s0, s1], f64>
          mixer.yield %0 : f64
        }
        mixer.yield %r : index
      }
      mixer.return %y : T<[], i64>
    })");
  mixer.with("x", tensor(Element::F64, {2, 3}, {9, 1, 2, 9, 3, 7}));
  expectNear(mixer.values(), {3});
}

TEST(Reductions, SumsAreSequentialFloatsInTheDirectEvaluation) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], f32>) -> ("y": T<[], f32>) extents [<"N">] {
      %y = mixer.eq "y" [] : f32 () {
        %r = mixer.reduce sum [i: s0] : f32 (%i) {
          %0 = mixer.at %x[%i] : T<[s0], f32>
          mixer.yield %0 : f32
        }
        mixer.yield %r : f32
      }
      mixer.return %y : T<[], f32>
    })");
  mixer.with("x", vector({0x1p24, 1, 1, 1}, Element::F32));
  expectNear(mixer.values<float>(), {0x1p24}, 0);
  expectNear(mixer.values<double>(), {0x1p24 + 4}, 0);
}

/// The rows of x, each normalised along the second axis.
static std::vector<double> along(llvm::StringRef kind, llvm::ArrayRef<int64_t> shape,
                                 llvm::ArrayRef<double> x) {
  size_t space = kind.find(' ');
  std::string name = kind.substr(0, space).str();
  std::string eps = space == llvm::StringRef::npos ? "" : kind.substr(space).str();
  return Mixer(R"(
    mixer.func @f(%x "x": T<[s0, s1], f64>) -> ("y": T<[s0, s1], f64>) extents [<"N">, <"M">] {
      %y = mixer.eq "y" [i: s0, j: s1] : f64 (%i, %j) {
        %r = mixer.along )" +
               name + " [c: s1] at (%j)" + eps + R"( : f64 (%c) {
          %0 = mixer.at %x[%i, %c] : T<[s0, s1], f64>
          mixer.yield %0 : f64
        }
        mixer.yield %r : f64
      }
      mixer.return %y : T<[s0, s1], f64>
    })")
      .with("x", tensor(Element::F64, shape, x))
      .values();
}

TEST(Normalisers, Softmax) {
  double e = std::exp(1), sum = 1 + e + e * e;
  expectNear(along("softmax", {1, 3}, {0, 1, 2}), {1 / sum, e / sum, e * e / sum});
  expectNear(along("softmax", {1, 2}, {1000, 1000}), {0.5, 0.5});
}

TEST(Normalisers, AFullyMaskedRowIsZero) {
  expectNear(along("softmax", {2, 2}, {-inf, -inf, -inf, 5}), {0, 0, 0, 1});
}

TEST(Normalisers, InfinityOrNaNMakesTheRowNaN) {
  expectNear(along("softmax", {3, 2}, {inf, 0, NaN, 0, 0, 0}), {NaN, NaN, NaN, NaN, 0.5, 0.5});
}

TEST(Normalisers, Norms) {
  expectNear(along("normalize eps 1.0e-12", {2, 2}, {3, 4, 0, 0}), {0.6, 0.8, 0, 0});
  expectNear(along("normalize eps 10.0", {1, 2}, {3, 4}), {0.3, 0.4});
  double rms = std::sqrt(12.5 + 0.5);
  expectNear(along("rmsnorm eps 0.5", {1, 2}, {3, 4}), {3 / rms, 4 / rms});
  double deviation = std::sqrt(2.0 / 3 + 1e-5);
  expectNear(along("layernorm eps 1.0e-5", {1, 3}, {1, 2, 3}), {-1 / deviation, 0, 1 / deviation});
}

TEST(Normalisers, OverTwoAxesAtOnce) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0, s1], f64>) -> ("y": T<[s0, s1], f64>) extents [<"N">, <"M">] {
      %y = mixer.eq "y" [i: s0, j: s1] : f64 (%i, %j) {
        %r = mixer.along softmax [a: s0, c: s1] at (%i, %j) : f64 (%a, %c) {
          %0 = mixer.at %x[%a, %c] : T<[s0, s1], f64>
          mixer.yield %0 : f64
        }
        mixer.yield %r : f64
      }
      mixer.return %y : T<[s0, s1], f64>
    })");
  mixer.with("x", tensor(Element::F64, {2, 2}, {0, std::log(2), std::log(3), std::log(4)}));
  expectNear(mixer.values(), {0.1, 0.2, 0.3, 0.4});
}

TEST(Normalisers, RowsThatAlternateAreKeptApart) {
  // y[j] = sum_i softmax_c(x[i, c]) at j: the row changes with every step of the sum.
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0, s1], f64>) -> ("y": T<[s1], f64>) extents [<"N">, <"M">] {
      %y = mixer.eq "y" [j: s1] : f64 (%j) {
        %s = mixer.reduce sum [i: s0] : f64 (%i) {
          %r = mixer.along softmax [c: s1] at (%j) : f64 (%c) {
            %0 = mixer.at %x[%i, %c] : T<[s0, s1], f64>
            mixer.yield %0 : f64
          }
          mixer.yield %r : f64
        }
        mixer.yield %s : f64
      }
      mixer.return %y : T<[s1], f64>
    })");
  mixer.with("x", tensor(Element::F64, {2, 2}, {0, std::log(3), std::log(4), 0}));
  expectNear(mixer.values(), {0.25 + 0.8, 0.75 + 0.2});
}
