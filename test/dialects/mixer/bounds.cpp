//===- bounds.cpp - which accesses are proved in bounds -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every form of subscript that the language page promises, and the same form with one fact less,
// which must be refused.
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Bounds.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <chrono>

using namespace mlir;
using namespace mixc::mixer;
using Strings = std::vector<std::string>;

namespace {

class Bounds : public testing::Test {
protected:
  Bounds() {
    context.loadDialect<MixerDialect, arith::ArithDialect, math::MathDialect,
                        complex::ComplexDialect, scf::SCFDialect>();
  }

  FuncOp parse(const std::string &text) {
    module = parseSourceString<ModuleOp>(text, &context);
    if (!module) {
      ADD_FAILURE() << "does not parse:\n" << text;
      return nullptr;
    }
    return *module->getOps<FuncOp>().begin();
  }

  /// The open facts of a function.
  Strings open(const std::string &text) {
    Strings result;
    if (FuncOp func = parse(text))
      checkBounds(func, [&](const BoundsError &e) { result.push_back(e.openFact); });
    return result;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

/// `lhs predicate rhs` as a fact.
std::string fact(const std::string &lhs, const std::string &predicate, const std::string &rhs) {
  return llvm::formatv(R"(
    mixer.fact "where" {{
      %l = mixer.apply {0}
      %r = mixer.apply {1}
      %c = arith.cmpi {2}, %l, %r : index
      mixer.yield %c : i1
    })",
                       lhs, rhs, predicate);
}

/// A mixer with arguments x of one axis and `data` of integers, one equation, and in it one read of
/// x.
struct Read {
  std::string extents;          // "N M": s0, s1
  std::string axis;             // the range of x's axis, "s0"
  std::string indices;          // "i: s0, j: s1"
  std::string subscript;        // "%i + 1"
  std::string facts = "";       // see `fact`
  std::string before = "";      // computed before the read
  std::string condition = "";   // an i1 under which x is read
  std::string otherwise = "";   // an i1 under whose negation x is read
  std::string definitions = ""; // tensors before the equation

  operator std::string() const {
    llvm::SmallVector<llvm::StringRef> names, parts;
    llvm::SplitString(extents, names);
    llvm::StringRef(indices).split(parts, ", ");
    Strings list, arguments, ranges;
    for (llvm::StringRef name : names)
      list.push_back(name.starts_with("<") ? name.str() : ("<\"" + name + "\">").str());
    for (llvm::StringRef part : parts) {
      arguments.push_back(("%" + part.split(':').first).str());
      ranges.push_back(part.split(": ").second.str());
    }
    std::string at = llvm::formatv(
        "%v = mixer.at %x[{0}] : !mixer.tensor<[{1}], f32>\n scf.yield %v : f32", subscript, axis);
    std::string zero = "%z = arith.constant 0.0 : f32\n scf.yield %z : f32";
    bool inElse = !otherwise.empty();
    std::string guard = inElse ? otherwise : condition.empty() ? "%true" : condition;
    return llvm::formatv(
        R"(mixer.func @f(%x "x": !mixer.tensor<[{0}], f32>, %data "data": !mixer.tensor<[4], i32>,
              %flags "flags": !mixer.tensor<[4], i1>)
            -> ("y": !mixer.tensor<[{1}], f32>) extents [{2}] {{
          {3}
          {4}
          %y = mixer.eq "y" [{5}] : f32 ({6}) {{
            %true = arith.constant true
            {7}
            %chosen = scf.if {8} -> f32 {{
              {9}
            } else {{
              {10}
            }
            mixer.yield %chosen : f32
          }
          mixer.return %y : !mixer.tensor<[{1}], f32>
        })",
        axis, llvm::join(ranges, ", "), llvm::join(list, ", "), facts, definitions, indices,
        llvm::join(arguments, ", "), before, guard, inElse ? zero : at, inElse ? at : zero);
  }
};

#define EXPECT_PROVED(...) EXPECT_EQ(open(__VA_ARGS__), Strings())
#define EXPECT_REFUSED(read, ...) EXPECT_EQ(open(read), (Strings{__VA_ARGS__}))

//===----------------------------------------------------------------------===//
// Sums, products and quotients
//===----------------------------------------------------------------------===//

TEST_F(Bounds, AnIndexOfTheSameExtent) {
  EXPECT_PROVED(Read{"N M", "s0", "i: s0", "%i"});
  EXPECT_REFUSED((Read{"N M", "s1", "i: s0", "%i"}), "i < M");
  EXPECT_REFUSED((Read{"N", "s0", "i: s0", "%i + 1"}), "i + 1 < N");
  EXPECT_REFUSED((Read{"N", "s0", "i: s0", "%i - 1"}), "i - 1 >= 0");
}

TEST_F(Bounds, ARangeWithALowerBound) {
  EXPECT_PROVED(Read{"N", "-1 to s0", "i: s0", "%i - 1"});
  EXPECT_PROVED(Read{"N", "s0", "i: 1 to s0", "%i - 1"});
  EXPECT_PROVED(Read{"N", "s0", "i: s0 - 2", "%i + 2"});
  EXPECT_REFUSED((Read{"N", "-1 to s0", "i: s0", "%i - 2"}), "i - 2 >= -1");
}

TEST_F(Bounds, AConstantNeedsAnExtent) {
  EXPECT_REFUSED((Read{"N M", "s0", "i: s1", "0"}), "0 < N");
  EXPECT_PROVED(Read{"N M", "s0", "i: s1, n: s0", "0"});
  EXPECT_PROVED(Read{"N M", "s0", "i: s1", "s0 - 1", fact("s0", "sge", "1")});
  EXPECT_REFUSED((Read{"N M", "s0", "i: s1", "s0 - 1"}), "N - 1 >= 0");
}

TEST_F(Bounds, EqualExtents) {
  EXPECT_PROVED(Read{"N M", "s1", "i: s0", "%i", fact("s1", "eq", "s0")});
  EXPECT_PROVED(Read{"N W", "s0", "a: s1, c: s1", "%a * s1 + %c", fact("s0", "eq", "s1 * s1")});
  EXPECT_REFUSED((Read{"N W", "s0", "a: s1, c: s1", "%a * s1 + %c"}), "a * W + c < N");
  EXPECT_PROVED(
      Read{"N W", "s0", "i: 16", "%i", fact("s1", "eq", "2 * 8") + fact("s0", "eq", "s1")});
  EXPECT_PROVED(
      Read{"C S G", "s2", "c: s0", "%c floordiv (s1 + 1)", fact("s0", "eq", "(s1 + 1) * s2")});
}

TEST_F(Bounds, GroupedHeads) {
  std::string divides = fact("s0 mod s1", "eq", "0");
  EXPECT_PROVED(Read{"H G", "s1", "h: s0", "%h floordiv (s0 floordiv s1)", divides});
  EXPECT_REFUSED((Read{"H G", "s1", "h: s0", "%h floordiv (s0 floordiv s1)"}), "h / (H / G) < G");
  EXPECT_PROVED(Read{"H G", "s0", "g: s1, r: s0 floordiv s1", "%g * (s0 floordiv s1) + %r"});
  EXPECT_PROVED(Read{"H G", "s0", "g: s1, r: s0 floordiv s1", "(%g * (s0 floordiv s1) + %r) mod s0",
                     divides});
}

TEST_F(Bounds, Blocks) {
  EXPECT_PROVED(Read{"M", "s0", "c: s0 floordiv 16, u: 16", "%c * 16 + %u"});
  EXPECT_REFUSED((Read{"M", "s0", "c: s0 floordiv 16 + 1, u: 16", "%c * 16 + %u"}),
                 "c * 16 + u < M");
  EXPECT_REFUSED((Read{"M", "s0", "c: s0 floordiv 16, u: 17", "%c * 16 + %u"}), "c * 16 + u < M");
  EXPECT_PROVED(Read{"M BS", "s0", "c: s0 floordiv s1, u: s1", "%c * s1 + %u"});
  EXPECT_REFUSED((Read{"M BS", "s0", "c: s0 floordiv s1, u: s1", "%c * s1 + %u + 1"}),
                 "c * BS + u + 1 < M");
  EXPECT_PROVED(
      Read{"N", "s0", "i: s0, t: 8", "(%i floordiv 8) * 8 + %t", fact("s0 mod 8", "eq", "0")});
  EXPECT_REFUSED((Read{"N", "s0", "i: s0, t: 8", "(%i floordiv 8) * 8 + %t"}), "i / 8 * 8 + t < N");
  EXPECT_PROVED(Read{"N w", "s0", "i: s0, t: s1", "(%i floordiv s1) * s1 + %t",
                     fact("s0 mod s1", "eq", "0")});
  EXPECT_PROVED(
      Read{"N w", "s0 floordiv s1", "i: s0", "%i floordiv s1", fact("s0 mod s1", "eq", "0")});
  EXPECT_REFUSED((Read{"N w", "s0 floordiv s1", "i: s0", "%i floordiv s1"}), "i / w < N / w");
  EXPECT_PROVED(Read{"N", "(s0 + 15) floordiv 16", "i: s0", "%i floordiv 16"});
  EXPECT_PROVED(
      Read{"N bl", "(s0 + s1 - 1) floordiv s1", "i: s0", "%i floordiv s1", fact("s1", "sge", "1")});
}

TEST_F(Bounds, ABlockThatExistsIsNotEmpty) {
  EXPECT_PROVED(Read{"N BS", "s0", "c: s0 floordiv s1", "%c * s1 + s1 - 1"});
  EXPECT_PROVED(Read{"N BS", "s0", "c: s0 floordiv s1, i: s0", "%i - %i mod s1"});
  EXPECT_REFUSED((Read{"N BS", "s0", "c: s0", "%c * s1 + s1 - 1"}), "c * BS + BS - 1 >= 0",
                 "c * BS + BS - 1 < N");
}

TEST_F(Bounds, HalvesAndPairs) {
  EXPECT_PROVED(Read{"N", "s0", "i: (s0 + 1) floordiv 2", "2 * %i"});
  EXPECT_PROVED(Read{"N", "s0", "j: s0 floordiv 2", "2 * %j + 1"});
  EXPECT_REFUSED((Read{"N", "s0", "j: (s0 + 1) floordiv 2", "2 * %j + 1"}), "j * 2 + 1 < N");
  EXPECT_PROVED(
      Read{"D", "s0", "i: s0", "(%i + s0 floordiv 2) mod s0", fact("s0 mod 2", "eq", "0")});
  EXPECT_PROVED(Read{"D", "s0", "i: s0 floordiv 2, j: 2", "%i + %j * (s0 floordiv 2)"});
}

TEST_F(Bounds, Wrapped) {
  EXPECT_PROVED(Read{"Y s", "s0", "y: s0, t: s1", "(%y + %t - 5) mod s0"});
  EXPECT_PROVED(Read{"Y s", "s0", "y: s0, t: s1", "(%y - s1 * 7) mod s0"});
  EXPECT_REFUSED((Read{"Y s", "s0", "t: s1", "%t mod s0"}), "t % Y < Y");
  EXPECT_PROVED(Read{"Y W", "s0", "y: s0 floordiv s1, a: s1 * s1",
                     "(%y * s1 + %a floordiv s1 + 3) mod s0", fact("s0 mod s1", "eq", "0")});
  EXPECT_REFUSED((Read{"Y W", "s0 - 1", "y: s0", "(%y + s1) mod s0"}), "(y + W) % Y < Y - 1");
}

TEST_F(Bounds, RelativePositions) {
  EXPECT_PROVED(Read{"N", "2 * s0 - 1", "i: s0, j: s0", "%i - %j + s0 - 1"});
  EXPECT_REFUSED((Read{"N", "2 * s0 - 1", "i: s0, j: s0", "%i - %j + s0"}),
                 "i - j + N < N * 2 - 1");
  EXPECT_REFUSED((Read{"N", "2 * s0 - 1", "i: s0, j: s0", "%i - %j + s0 - 2"}),
                 "i - j + N - 2 >= 0");
  std::string row = "(%a floordiv s0 - %c floordiv s0 + s0 - 1) * (2 * s0 - 1)";
  std::string column = "%a mod s0 - %c mod s0 + s0 - 1";
  std::string table = "(2 * s0 - 1) * (2 * s0 - 1)";
  EXPECT_PROVED(Read{"W", table, "a: s0 * s0, c: s0 * s0", row + " + " + column});
  EXPECT_REFUSED(
      (Read{"W", table, "a: s0 * s0, c: s0 * s0", row + " + " + column + " + 1"}),
      "(a / W - c / W + W - 1) * (W * 2 - 1) + a % W - c % W + W < (W * 2 - 1) * (W * 2 - 1)");
  EXPECT_PROVED(Read{"<\"W\"=7>", "169", "a: 49, c: 49",
                     "(%a floordiv 7 - %c floordiv 7 + 6) * 13 + %a mod 7 - %c mod 7 + 6"});
}

TEST_F(Bounds, FlattenedAxes) {
  EXPECT_PROVED(Read{"K E", "s1", "f: s0 * s0 * s1", "%f floordiv (s0 * s0)"});
  EXPECT_PROVED(Read{"K E", "s0", "f: s0 * s0 * s1", "%f floordiv s0 mod s0"});
  EXPECT_PROVED(Read{"P Q", "s0 * s1", "n: s0, m: s1", "%n * s1 + %m"});
  EXPECT_PROVED(Read{"N P Q", "s1", "n: s0", "%n floordiv s2 mod s1", fact("s0", "eq", "s1 * s2")});
  EXPECT_PROVED(Read{"T L", "s0", "j: s0 * s1", "%j floordiv s1"});
  EXPECT_REFUSED((Read{"T L", "s0", "j: s0 * s1 + 1", "%j floordiv s1"}), "j / L < T");
}

TEST_F(Bounds, Triangles) {
  std::string triangle = "s0 * (s0 + 1) floordiv 2";
  std::string row = "%k = mixer.apply %i + 1\n %p = arith.muli %i, %k : index\n";
  EXPECT_PROVED(Read{"N", triangle, "i: s0, j: s0", "%p floordiv 2 + %j", "",
                     row + "%c = arith.cmpi sle, %j, %i : index", "%c"});
  EXPECT_REFUSED((Read{"N", triangle, "i: s0, j: s0", "%p floordiv 2 + %j + 1", "", row}),
                 "i * (i + 1) / 2 + j + 1 < N * (N + 1) / 2");
}

//===----------------------------------------------------------------------===//
// Forms of the catalogue
//===----------------------------------------------------------------------===//

TEST_F(Bounds, PairsOfFeatures) {
  // (r - 1 - K) / K and % K for r beyond the linear part.
  std::string guard = "%k = mixer.apply s0 + 1\n %c = arith.cmpi slt, %r, %k : index";
  EXPECT_PROVED(
      Read{"K", "s0", "r: 1 + s0 + s0 * s0", "(%r - 1 - s0) floordiv s0", "", guard, "", "%c"});
  EXPECT_PROVED(
      Read{"K", "s0", "r: 1 + s0 + s0 * s0", "(%r - 1 - s0) mod s0", "", guard, "", "%c"});
  EXPECT_REFUSED(
      (Read{"K", "s0", "r: 2 + s0 + s0 * s0", "(%r - 1 - s0) floordiv s0", "", guard, "", "%c"}),
      "(r - K - 1) / K < K");
}

TEST_F(Bounds, RegionsAndTheirTokens) {
  std::string divides = fact("s0 mod s1", "eq", "0");
  EXPECT_PROVED(Read{"Y S", "s0", "r: s1 * s1, m: s0 floordiv s1",
                     "%r floordiv s1 * (s0 floordiv s1) + %m", divides});
  EXPECT_PROVED(Read{
      "Y S", "s1 * s1", "y: s0, j: s0",
      "%y floordiv (s0 floordiv s1) mod s1 * s1 + %j floordiv (s0 floordiv s1) mod s1", divides});
  EXPECT_REFUSED(
      (Read{"Y S", "s1 * s1 - 1", "y: s0, j: s0",
            "%y floordiv (s0 floordiv s1) mod s1 * s1 + %j floordiv (s0 floordiv s1) mod s1",
            divides}),
      "y / (Y / S) % S * S + j / (Y / S) % S < S * S - 1");
}

TEST_F(Bounds, GroupsOfChannels) {
  EXPECT_PROVED(Read{"C S G", "s1", "c: s0", "(%c floordiv s2 - 1) mod s1",
                     fact("s0", "eq", "(s1 + 1) * s2") + fact("s1", "sge", "1")});
  EXPECT_PROVED(Read{"C R", "s0", "t: s0 floordiv s1, r: s1", "%r * (s0 floordiv s1) + %t",
                     fact("s0 mod s1", "eq", "0")});
  EXPECT_PROVED(Read{"C R", "s1", "c: s0", "%c floordiv (s0 floordiv s1) mod s1",
                     fact("s0 mod s1", "eq", "0")});
  EXPECT_PROVED(Read{"C", "s0 + s0 floordiv 2 + s0 floordiv 4", "e: s0 floordiv 4",
                     "s0 + s0 floordiv 2 + %e", fact("s0 mod 4", "eq", "0")});
  EXPECT_PROVED(Read{"N C", "s0", "t: s0, w: 2 * s1", "(%t floordiv s1 * s1 - s1 + %w + s0) mod s0",
                     fact("s0 mod s1", "eq", "0")});
}

TEST_F(Bounds, MergedTokens) {
  std::string facts = fact("s0", "sge", "2") + fact("s1", "sle", "(s0 + 1) floordiv 2 - 1");
  EXPECT_PROVED(Read{"N R", "s0", "t: (s0 + 1) floordiv 2 - s1", "2 * %t", facts});
  EXPECT_PROVED(Read{"N R", "s0 floordiv 2", "t: s0 - s1",
                     "(%t + s1 - (s0 + 1) floordiv 2) mod (s0 floordiv 2)", facts});
  EXPECT_REFUSED((Read{"N R", "s0 floordiv 2", "t: 4 * s0",
                       "(%t + s1 - (s0 + 1) floordiv 2) mod (s0 floordiv 2)"}),
                 "(t + R - (N + 1) / 2) % (N / 2) >= 0", "(t + R - (N + 1) / 2) % (N / 2) < N / 2");
  EXPECT_PROVED(Read{"N", "s0", "u: s0 - s0 floordiv 2", "s0 floordiv 2 + %u"});
}

TEST_F(Bounds, Strides) {
  std::string guard = "%k = mixer.apply %i - %j\n %s = mixer.apply %t * s1 - 1\n"
                      "%0 = arith.constant 0 : index\n %ez = arith.cmpi eq, %t, %0 : index\n"
                      "%nz = arith.xori %ez, %true : i1\n %b = arith.cmpi slt, %s, %i : index\n"
                      "%g = mixer.apply s1\n %pos = arith.cmpi sgt, %g, %0 : index\n"
                      "%x1 = arith.andi %nz, %b : i1\n %c = arith.andi %x1, %pos : i1\n";
  EXPECT_PROVED(
      Read{"N w", "s0", "i: s0, j: s0, t: s0 floordiv s1 + 1", "%t * s1 - 1", "", guard, "%c"});
  EXPECT_PROVED(Read{"N R", "s0", "m: s0 * s1", "%m floordiv s1"});
  EXPECT_PROVED(Read{"N R", "s0 * s1", "n: s0", "%n * s1 + s1 - 1", fact("s1", "sge", "1")});
  EXPECT_REFUSED((Read{"N R", "s0 * s1", "n: s0", "%n * s1 + s1 - 1"}), "n * R + R - 1 >= 0");
  EXPECT_PROVED(
      Read{"Y P", "s0 floordiv s1", "y: s0", "%y floordiv s1", fact("s0 mod s1", "eq", "0")});
}

TEST_F(Bounds, TwoDivisors) {
  std::string facts = fact("s0 mod s1", "eq", "0") + fact("s0 mod 2", "eq", "0");
  EXPECT_PROVED(Read{"H G", "s1", "h: s0", "%h floordiv (s0 floordiv s1)", facts});
  EXPECT_PROVED(Read{"H G", "s0", "p: s0 floordiv 2", "2 * %p + 1", facts});
  std::string chain = fact("s0 mod s1", "eq", "0") + fact("s1 mod s2", "eq", "0");
  EXPECT_PROVED(Read{"H G K", "s2", "h: s0",
                     "%h floordiv (s0 floordiv s1) floordiv (s1 floordiv s2)", chain});
}

TEST_F(Bounds, SoundnessAtZero) {
  // With BS = 0 a quotient is 0, and the remainder the dividend.
  EXPECT_REFUSED((Read{"N BS", "s0", "i: s0", "%i - %i floordiv s1 * s1 - 1"}), "i % BS - 1 >= 0");
  EXPECT_REFUSED((Read{"N BS", "s1", "i: s0", "%i mod s1"}), "i % BS < BS");
  EXPECT_PROVED(Read{"N BS", "s0", "i: s0", "%i mod s1"});
  EXPECT_REFUSED((Read{"N BS", "s1 + 1", "i: s0", "%i mod s1"}), "i % BS < BS + 1"); // i mod 0 is i
  EXPECT_REFUSED((Read{"N BS", "s0 - 1", "i: s0", "(%i * s1) floordiv s1"}), "i * BS / BS < N - 1");
}

//===----------------------------------------------------------------------===//
// Guards
//===----------------------------------------------------------------------===//

TEST_F(Bounds, AGuardHoldsInItsBranch) {
  Read shifted{"N",
               "s0",
               "i: s0",
               "%i - 1",
               "",
               "%0 = arith.constant 0 : index\n"
               "%c = arith.cmpi sgt, %i, %0 : index",
               "%c"};
  EXPECT_PROVED(shifted);
  std::swap(shifted.condition, shifted.otherwise);
  EXPECT_REFUSED(shifted, "i - 1 >= 0");
}

TEST_F(Bounds, TwoSourcesOnOneAxis) {
  std::string split = "%m = mixer.apply s0\n %c = arith.cmpi slt, %t, %m : index";
  EXPECT_PROVED(Read{"M C", "s0", "t: s0 + s1", "%t", "", split, "%c"});
  EXPECT_PROVED(Read{"M C", "s1", "t: s0 + s1", "%t - s0", "", split, "", "%c"});
  EXPECT_REFUSED((Read{"M C", "s1", "t: s0 + s1 + 1", "%t - s0", "", split, "", "%c"}),
                 "t - M < C");
  EXPECT_REFUSED((Read{"M C", "s1", "t: s0 + s1", "%t - s0"}), "t - M >= 0");
}

TEST_F(Bounds, AndOrNot) {
  std::string window = R"(
    %0 = arith.constant 0 : index
    %p = mixer.apply %i - %j
    %n = mixer.apply s0
    %a = arith.cmpi sge, %p, %0 : index
    %b = arith.cmpi slt, %p, %n : index
    %and = arith.andi %a, %b : i1
    %na = arith.xori %a, %true : i1
    %nb = arith.xori %b, %true : i1
    %or = arith.ori %na, %nb : i1
    %false = arith.constant false
    %lazy = scf.if %a -> i1 { scf.yield %b : i1 } else { scf.yield %false : i1 }
    %lazyor = scf.if %na -> i1 { scf.yield %true : i1 } else { scf.yield %nb : i1 })";
  auto read = [&](std::string condition, std::string otherwise) {
    return Read{"N", "s0", "i: 2 * s0, j: s0", "%i - %j", "", window, condition, otherwise};
  };
  EXPECT_PROVED(read("%and", ""));
  EXPECT_PROVED(read("%lazy", ""));
  EXPECT_PROVED(read("", "%or")); // De Morgan
  EXPECT_PROVED(read("", "%lazyor"));
  EXPECT_REFUSED(read("%a", ""), "i - j < N");
  EXPECT_REFUSED(read("%b", ""), "i - j >= 0");
  EXPECT_REFUSED(read("%or", ""), "i - j >= 0", "i - j < N");
  EXPECT_REFUSED(read("", "%and"), "i - j >= 0", "i - j < N");
}

TEST_F(Bounds, NotEqualAtTheEndOfARange) {
  std::string guard = "%0 = arith.constant 0 : index\n %c = arith.cmpi ne, %i, %0 : index\n"
                      "%e = arith.cmpi eq, %i, %0 : index\n";
  EXPECT_PROVED(Read{"N", "s0", "i: s0", "%i - 1", "", guard, "%c"});
  EXPECT_PROVED(Read{"N", "s0", "i: s0", "%i - 1", "", guard, "", "%e"});
  EXPECT_REFUSED((Read{"N", "s0", "i: -3 to s0", "%i - 1", "", guard, "%c"}), "i - 1 >= 0");
  std::string last = "%n = mixer.apply s0 - 1\n %c = arith.cmpi ne, %i, %n : index\n";
  EXPECT_PROVED(Read{"N", "s0", "i: s0", "%i + 1", "", last, "%c"});
}

TEST_F(Bounds, CasesOfAnOr) {
  std::string guard = "%1 = arith.constant 1 : index\n %5 = arith.constant 5 : index\n"
                      "%a = arith.cmpi eq, %i, %1 : index\n %b = arith.cmpi sgt, %i, %5 : index\n"
                      "%c = arith.ori %a, %b : i1\n";
  EXPECT_PROVED(Read{"N", "s0", "i: s0", "%i - 1", "", guard, "%c"});
  EXPECT_REFUSED((Read{"N", "s0", "i: s0", "%i - 2", "", guard, "%c"}), "i - 2 >= 0");
}

TEST_F(Bounds, EqualBlocks) {
  std::string guard = "%p = mixer.apply %n floordiv s1\n %q = mixer.apply %m floordiv s1\n"
                      "%a = arith.cmpi eq, %p, %q : index\n %b = arith.cmpi sle, %m, %n : index\n"
                      "%c = arith.andi %a, %b : i1\n";
  EXPECT_PROVED(Read{"N C", "s1", "n: s0, m: s0", "%n - %m", fact("s1", "sge", "1"), guard, "%c"});
  EXPECT_REFUSED(
      (Read{"N C", "s1", "n: s0, m: s0", "%n - %m", fact("s1", "sge", "1"), guard, "%b"}),
      "n - m < C");
}

TEST_F(Bounds, WithinItsBlock) {
  std::string guard = "%p = mixer.apply %t - s1\n %q = mixer.apply %i mod 8\n"
                      "%0 = arith.constant 0 : index\n %a = arith.cmpi sge, %p, %0 : index\n"
                      "%b = arith.cmpi sle, %p, %q : index\n %c = arith.andi %a, %b : i1\n";
  EXPECT_PROVED(
      Read{"N P", "s0", "i: s0, t: s1 + 8", "%i floordiv 8 * 8 + %t - s1", "", guard, "%c"});
  EXPECT_REFUSED(
      (Read{"N P", "s0", "i: s0, t: s1 + 8", "%i floordiv 8 * 8 + %t - s1", "", guard, "%a"}),
      "i / 8 * 8 + t - P < N");
}

//===----------------------------------------------------------------------===//
// Minima, maxima, choices
//===----------------------------------------------------------------------===//

TEST_F(Bounds, Clamped) {
  std::string clamp = R"(
    %p = mixer.apply %i + %u - 3
    %0 = arith.constant 0 : index
    %n = mixer.apply s0 - 1
    %lo = arith.maxsi %p, %0 : index
    %c = arith.minsi %lo, %n : index)";
  EXPECT_PROVED(Read{"N W", "s0", "i: s0, u: s1", "%c", "", clamp});
  EXPECT_REFUSED((Read{"N W", "s0", "i: s0, u: s1", "%lo", "", clamp}), "max(i + u - 3, 0) < N");
  EXPECT_REFUSED((Read{"N W", "s0", "u: s1", "%c", "", R"(
    %n = mixer.apply s0 - 1
    %c = arith.minsi %u, %n : index)"}),
                 "min(u, N - 1) >= 0");
  EXPECT_PROVED(Read{"N g", "s0", "i: s0, r: s1", "%c + %r", fact("s0", "sge", "s1"), R"(
    %p = mixer.apply %i floordiv s1 * s1
    %n = mixer.apply s0 - s1
    %c = arith.minsi %p, %n : index)"});
}

TEST_F(Bounds, ClampedData) {
  std::string clamp = R"(
    %f = arith.constant 2.5 : f32
    %p = mixer.cast %f to i32 : f32 -> index
    %0 = arith.constant 0 : index
    %n = mixer.apply s0 - 1
    %c0 = arith.maxsi %p, %0 : index
    %c = arith.minsi %c0, %n : index)";
  EXPECT_PROVED(Read{"N", "s0", "i: s0", "%c", "", clamp});
  EXPECT_REFUSED((Read{"N", "s0", "i: s0", "%p", "", clamp}), "cast(i32, ..) >= 0",
                 "cast(i32, ..) < N");
}

TEST_F(Bounds, Chosen) {
  std::string choose = R"(
    %n = mixer.apply s0
    %less = arith.cmpi slt, %t, %n : index
    %past = mixer.apply %t - s0
    %a = arith.select %less, %t, %past : index
    %b = scf.if %less -> index { scf.yield %t : index } else { scf.yield %past : index })";
  EXPECT_PROVED(Read{"N", "s0", "t: 2 * s0", "%a", "", choose});
  EXPECT_PROVED(Read{"N", "s0", "t: 2 * s0", "%b", "", choose});
  EXPECT_REFUSED((Read{"N", "s0", "t: 2 * s0 + 1", "%b", "", choose}), "(if ..) < N");
}

TEST_F(Bounds, DerivedExtents) {
  EXPECT_PROVED(Read{"N M <\"T\"=min(s0,s1)>", "s0", "t: s2", "%t"});
  EXPECT_PROVED(Read{"N M <\"T\"=max(s0,s1)>", "s2", "t: s1", "%t"});
  EXPECT_REFUSED((Read{"N M <\"T\"=max(s0,s1)>", "s1", "t: s2", "%t"}), "t < M");
}

//===----------------------------------------------------------------------===//
// Data
//===----------------------------------------------------------------------===//

TEST_F(Bounds, IntegerTensorsAreTrusted) {
  std::string data = "%d = mixer.at %data[%t] : !mixer.tensor<[4], i32>";
  EXPECT_PROVED(Read{"N", "s0", "t: 4, u: 8", "%d", "", data});
  EXPECT_PROVED(Read{"N", "s0", "t: 4, u: 8", "%d * 8 + %u", "", data});
  EXPECT_PROVED(Read{"N", "s0", "t: 4", "%d floordiv 3", "", data});
  EXPECT_REFUSED((Read{"N", "s0", "t: 4, u: 8", "%u", "", data}), "u < N");
  EXPECT_REFUSED((Read{"N", "s0", "t: 5, u: 8", "%d", "", data}), "t < 4");
}

TEST_F(Bounds, BoundsFromDataAreTrustedOnTheirSide) {
  auto sum = [](std::string subscript) {
    return R"(mixer.func @f(%x "x": !mixer.tensor<[s0], f32>, %len "len": !mixer.tensor<[], i32>)
        -> ("y": !mixer.tensor<[], f32>) extents [<"N">] {
      %y = mixer.eq "y" [] : f32 () {
        %n = mixer.at %len[] : !mixer.tensor<[], i32>
        %s = mixer.reduce sum [j: %n] : f32 (%j) {
          %v = mixer.at %x[)" +
           subscript + R"(] : !mixer.tensor<[s0], f32>
          mixer.yield %v : f32
        }
        mixer.yield %s : f32
      }
      mixer.return %y : !mixer.tensor<[], f32>
    })";
  };
  EXPECT_PROVED(sum("%j"));
  EXPECT_PROVED(sum("%j floordiv 2"));
  EXPECT_REFUSED(sum("%j - 1"), "j - 1 >= 0");
}

/// An integer tensor r defined by `body`, read by the equation.
std::string routed(const std::string &range, const std::string &body,
                   const std::string &type = "i64") {
  return llvm::formatv("%r = mixer.eq \"r\" [q: {0}] : {2} (%q) {{ {1} }", range, body, type);
}

TEST_F(Bounds, RangesOfCandidates) {
  std::string top = R"(
      %c = mixer.order argtop [c: s0 floordiv 16] rank %q : index (%c) {
        %s = arith.constant 1.0 : f32
        mixer.yield %s : f32
      }
      mixer.yield %c : index)";
  std::string read = "%b = mixer.at %r[%t] : !mixer.tensor<[4], i64>";
  std::string ranks = fact("s0", "sge", "64");
  Read block{"M", "s0", "t: 4, u: 16", "%b * 16 + %u", ranks, read, "", "", routed("4", top)};
  EXPECT_PROVED(block);
  block.subscript = "%b * 16 + %u + 1";
  EXPECT_REFUSED(block, "r[t] * 16 + u + 1 < M");
  block.indices = "t: 4, u: 17";
  block.subscript = "%b * 16 + %u";
  EXPECT_REFUSED(block, "r[t] * 16 + u < M");

  std::string argmax = R"(
    %b = mixer.reduce argmax [c: s0, d: 2] : index (%c, %d) {
      %s = arith.constant 1.0 : f32
      mixer.yield %s : f32
    })";
  EXPECT_PROVED(Read{"M", "2 * s0", "t: 4", "%b", "", argmax});
  EXPECT_PROVED(Read{"M", "s0", "t: 4", "%b floordiv 2", "", argmax});
  EXPECT_REFUSED((Read{"M", "s0", "t: 4", "%b", "", argmax}), "argmax[c](..) < M");
}

TEST_F(Bounds, ElementsOfEquations) {
  std::string half = "%h = mixer.apply %q floordiv 2\n mixer.yield %h : index";
  std::string read = "%b = mixer.at %r[%t] : !mixer.tensor<[s0], i64>";
  Read r{"N", "(s0 + 1) floordiv 2", "t: s0", "%b", "", read, "", "", routed("s0", half)};
  EXPECT_PROVED(r);
  r.subscript = "%b + 1";
  EXPECT_REFUSED(r, "r[t] + 1 < (N + 1) / 2");
  std::string wrap = "%h = mixer.apply (%q - 7) mod s0\n mixer.yield %h : index";
  EXPECT_PROVED(Read{"N", "s0", "t: s0", "%b", "", read, "", "", routed("s0", wrap)});
  std::string cut = "%h = mixer.apply %q - 7\n %0 = arith.constant 0 : index\n"
                    "%m = arith.maxsi %h, %0 : index\n mixer.yield %m : index";
  EXPECT_PROVED(Read{"N", "s0", "t: s0", "%b", "", read, "", "", routed("s0", cut)});
  // A value of data stored and read again is data.
  std::string data = "%h = mixer.at %data[0] : !mixer.tensor<[4], i32>\n mixer.yield %h : index";
  EXPECT_PROVED(Read{"N", "s0", "t: s0", "%b + 1", "", read, "", "", routed("s0", data)});
}

TEST_F(Bounds, Tables) {
  std::string table =
      "%taps = mixer.table dense<[1, 1, 3]> : tensor<3xi64> -> !mixer.tensor<[3], i64>";
  std::string read = "%b = mixer.at %taps[%t] : !mixer.tensor<[3], i64>";
  EXPECT_PROVED(Read{"N", "s0", "t: 3, n: s0 - 3", "%n + %b", "", read, "", "", table});
  EXPECT_REFUSED((Read{"N", "s0", "t: 3, n: s0 - 2", "%n + %b", "", read, "", "", table}),
                 "n + a table[t] < N");
}

TEST_F(Bounds, CastsOfIntegersAndBools) {
  std::string cast =
      "%c = mixer.cast %t to i32 : index -> index\n %b = mixer.cast %true to i32 : i1 -> index";
  EXPECT_PROVED(Read{"N", "s0", "t: s0", "%c", "", cast});
  EXPECT_PROVED(Read{"N", "s0 + 1", "t: s0", "%c + %b", "", cast});
  EXPECT_REFUSED((Read{"N", "s0", "t: s0", "%c + %b", "", cast}),
                 "cast(i32, ..) + cast(i32, ..) < N");
}

TEST_F(Bounds, Scatters) {
  auto scatter = [](std::string subscript) {
    return R"(mixer.func @f(%to "to": !mixer.tensor<[s0], i32>) -> ("y": !mixer.tensor<[s1, s0], f32>)
        extents [<"N">, <"M">] {
      %y = mixer.scatter sum "y" [t: s0] : !mixer.tensor<[s1, s0], f32> (%t) {
        %d = mixer.at %to[%t] : !mixer.tensor<[s0], i32>
        %s = mixer.apply )" +
           subscript + R"(
        %v = arith.constant 1.0 : f32
        mixer.yield %d, %s, %v : index, index, f32
      }
      mixer.return %y : !mixer.tensor<[s1, s0], f32>
    })";
  };
  EXPECT_PROVED(scatter("%t"));
  EXPECT_REFUSED(scatter("%t + 1"), "t + 1 < N");
}

//===----------------------------------------------------------------------===//
// Recurrences
//===----------------------------------------------------------------------===//

/// A recurrence over n whose slice reads H at `subscript`; `before` and a condition around the
/// read.
std::string recurrence(const std::string &subscript, const std::string &lower = "-1",
                       const std::string &before = "", const std::string &condition = "%true",
                       const std::string &reverse = "") {
  std::string type = llvm::formatv("!mixer.tensor<[{0} to s0 + 1], f32>", lower);
  return llvm::formatv(R"(
    mixer.func @f(%z "z": !mixer.tensor<[], f32>) -> ("y": {0}) extents [<"N">, <"C">] {{
      %y = mixer.recur [n: s0{5}] init (%z : !mixer.tensor<[], f32> to 0 at () -> (-1)) (%n) carry (%H "S": {0}) {{
        %x = mixer.eq "S" [] : f32 () {{
          %true = arith.constant true
          %zero = arith.constant 0.0 : f32
          {2}
          %r = scf.if {3} -> f32 {{
            %v = mixer.at %H[{1}] : {0}
            scf.yield %v : f32
          } else {{
            scf.yield %zero : f32
          }
          mixer.yield %r : f32
        }
        %H1 = mixer.append %x to %H at affine_map<(d0) -> (d0)> times (%n) : !mixer.tensor<[], f32>, {0}
        mixer.yield %H1 : {0}
      }
      mixer.return %y : {0}
    })",
                       type, subscript, before, condition, "", reverse);
}

TEST_F(Bounds, EarlierSteps) {
  EXPECT_PROVED(recurrence("%n - 1"));
  EXPECT_REFUSED(recurrence("%n - 2"), "n - 2 >= -1");
  EXPECT_PROVED(recurrence("%n - 2", "-2"));
  EXPECT_REFUSED(recurrence("%n"), "n < n");
  EXPECT_REFUSED(recurrence("%n + 1"), "n + 1 < n");
  EXPECT_PROVED(recurrence("%n floordiv 4 * 4 - 1"));
  EXPECT_REFUSED(recurrence("%n floordiv 4 * 4"), "n / 4 * 4 < n");
  EXPECT_PROVED(recurrence("-1"));
  EXPECT_PROVED(recurrence("s0")); // a boundary behind the last step
  EXPECT_REFUSED(recurrence("%n - s1", "-2"), "n - C >= -2", "n - C < n");
}

TEST_F(Bounds, StepsUnderAGuard) {
  std::string far = "%p = mixer.apply %n - s1\n %0 = arith.constant 0 : index\n"
                    "%a = arith.cmpi sge, %p, %0 : index\n %c1 = mixer.apply s1\n"
                    "%b = arith.cmpi sgt, %c1, %0 : index\n %c = arith.andi %a, %b : i1";
  EXPECT_PROVED(recurrence("%n - s1", "-1", far, "%c"));
  EXPECT_REFUSED(recurrence("%n - s1", "-1", far, "%a"), "n - C < n");
}

TEST_F(Bounds, AllEarlierSteps) {
  auto sum = [](std::string upper) {
    return R"(mixer.func @f(%z "z": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
      %y = mixer.recur [n: s0] (%n) carry (%H "S": !mixer.tensor<[s0], f32>) {
        %x = mixer.eq "S" [] : f32 () {
          %s = mixer.reduce sum [j: )" +
           upper + R"(] : f32 (%j) {
            %v = mixer.at %H[%j] : !mixer.tensor<[s0], f32>
            mixer.yield %v : f32
          }
          mixer.yield %s : f32
        }
        %H1 = mixer.append %x to %H at affine_map<(d0) -> (d0)> times (%n) : !mixer.tensor<[], f32>, !mixer.tensor<[s0], f32>
        %w = mixer.eq "w" [] : f32 () {
          %v = mixer.at %H1[%n] : !mixer.tensor<[s0], f32>
          mixer.yield %v : f32
        }
        mixer.yield %H1 : !mixer.tensor<[s0], f32>
      }
      mixer.return %y : !mixer.tensor<[s0], f32>
    })";
  };
  EXPECT_PROVED(sum("%n"));
  EXPECT_REFUSED(sum("%n + 1"), "j < n");
}

TEST_F(Bounds, BackwardSteps) {
  EXPECT_PROVED(recurrence("%n + 1", "-1", "", "%true", " reverse"));
  EXPECT_REFUSED(recurrence("%n - 1", "-1", "", "%true", " reverse"), "n - 1 > n");
}

TEST_F(Bounds, TwoTimeIndices) {
  auto scan = [](std::string subscripts) {
    std::string type = "!mixer.tensor<[-1 to s0, -1 to s1 + 1], f32>";
    return R"(mixer.func @f(%z "z": !mixer.tensor<[], f32>) -> ("y": )" + type +
           R"() extents [<"R">, <"W">] {
      %y = mixer.recur [r: s0, x: s1] (%r, %x) carry (%H "S": )" +
           type + R"() {
        %s = mixer.eq "S" [] : f32 () {
          %v = mixer.at %H[)" +
           subscripts + "] : " + type + R"(
          mixer.yield %v : f32
        }
        %H1 = mixer.append %s to %H at affine_map<(d0, d1) -> (d0, d1)> times (%r, %x) : !mixer.tensor<[], f32>, )" +
           type + R"(
        mixer.yield %H1 : )" +
           type + R"(
      }
      mixer.return %y : )" +
           type + R"(
    })";
  };
  EXPECT_PROVED(scan("%r - 1, %x"));
  EXPECT_PROVED(scan("%r, %x - 1"));
  EXPECT_PROVED(scan("%r - 1, %x + 1")); // the row before is complete
  EXPECT_PROVED(scan("%r, s1"));         // a boundary
  EXPECT_REFUSED(scan("%r, %x"), "r < r");
  EXPECT_REFUSED(scan("%r, %x + 1"), "r < r");
}

TEST_F(Bounds, RegionsThatWerePicked) {
  // A remainder of something with bounds of its own: kx[r, n] = route[r] % S * rx + n.
  auto picked = [](const std::string &count, const std::string &column) {
    return "%r = mixer.eq \"r\" [t: 4] : i64 (%t) {\n"
           "%o = mixer.order argtop [c: " +
           count +
           "] rank %t : index (%c) {\n"
           "%s = arith.constant 0.0 : f32\n mixer.yield %s : f32\n}\n mixer.yield %o : index\n}\n"
           "%k = mixer.eq \"k\" [t: 4, n: s0 floordiv 3] : i64 (%t, %n) {\n"
           "%p = mixer.at %r[%t] : !mixer.tensor<[4], i64>\n"
           "%q = mixer.apply " +
           column + "\n mixer.yield %q : index\n}\n";
  };
  auto read = [](const std::string &definitions, const std::string &facts) {
    return Read{"X",  "s0",  "t: 4, n: s0 floordiv 3",
                "%q", facts, "%q = mixer.at %k[%t, %n] : !mixer.tensor<[4, s0 floordiv 3], i64>",
                "",   "",    definitions};
  };
  std::string divides = fact("s0 mod 3", "eq", "0"), ranks = fact("s0", "sge", "4");
  EXPECT_PROVED(read(picked("9", "%p mod 3 * (s0 floordiv 3) + %n"), divides));
  EXPECT_PROVED(read(picked("9", "%p floordiv 3 * (s0 floordiv 3) + %n"), divides));
  EXPECT_PROVED(read(picked("s0", "%p mod 3 * (s0 floordiv 3) + %n"), divides + ranks));
  EXPECT_REFUSED(read(picked("10", "%p floordiv 3 * (s0 floordiv 3) + %n"), divides),
                 "k[t, n] < X");
  EXPECT_REFUSED(read(picked("9", "%p mod 4 * (s0 floordiv 3) + %n"), divides), "k[t, n] < X");
  EXPECT_REFUSED(read(picked("9", "(%p + 1) floordiv 3 * (s0 floordiv 3) + %n"), divides),
                 "k[t, n] < X");
}

TEST_F(Bounds, SumsOfOneTerm) {
  // slot[i] = sum[t](if pick[t] == i then t else 0): the rank of a candidate.
  struct Sum {
    std::string rank = "%t", score = "%c", element = "i32", key = "%p", other = "%i",
                otherwise = "0", predicate = "eq", kind = "argtop";
    operator std::string() const {
      std::string pick = llvm::formatv(
          "%pick = mixer.eq \"pick\" [t: 4] : {2} (%t) {{\n"
          "%m = mixer.apply {0}\n"
          "%o = mixer.order {3} [c: s0] rank %m : index (%c) {{\n"
          "%s = mixer.apply {1}\n mixer.yield %s : index\n}\n mixer.yield %o : index\n}\n",
          rank, score, element, kind);
      std::string sum =
          llvm::formatv("%q = mixer.reduce sum [t: 4] : index (%t) {{\n"
                        "%p = mixer.at %pick[%t] : !mixer.tensor<[4], {0}>\n"
                        "%a = mixer.apply {1}\n %b = mixer.apply {2}\n"
                        "%eq = arith.cmpi {4}, %a, %b : index\n"
                        "%term = scf.if %eq -> index {{\n scf.yield %t : index\n} else {{\n"
                        "%z = arith.constant {3} : index\n scf.yield %z : index\n}\n"
                        "mixer.yield %term : index\n}",
                        element, key, other, otherwise, predicate);
      return Read{"N", "4", "i: s0", "%q", fact("s0", "sge", "7"), sum, "", "", pick};
    }
  };
  EXPECT_PROVED(Sum{});
  EXPECT_PROVED(Sum{.rank = "%t + 2"});
  EXPECT_PROVED(Sum{.key = "%i", .other = "%p"});
  EXPECT_PROVED(Sum{.key = "%p + %i", .other = "%i + 1"});
  // One candidate may have several ranks, or be the same at all of them, or be stored as another.
  EXPECT_REFUSED(Sum{.score = "(%c + %t) mod 5"}, "sum[t](..) < 4");
  EXPECT_REFUSED(Sum{.rank = "%t floordiv 2"}, "sum[t](..) < 4");
  EXPECT_REFUSED(Sum{.rank = "0"}, "sum[t](..) < 4");
  EXPECT_REFUSED(Sum{.element = "i8"}, "sum[t](..) < 4");
  EXPECT_REFUSED(Sum{.other = "%i + %t"}, "sum[t](..) < 4");
  EXPECT_REFUSED(Sum{.key = "%p floordiv 2"}, "sum[t](..) < 4");
  EXPECT_REFUSED(Sum{.predicate = "ne"}, "sum[t](..) < 4");
  EXPECT_REFUSED(Sum{.otherwise = "1"}, "sum[t](..) < 4");
  EXPECT_REFUSED(Sum{.kind = "kth"}, "sum[t](..) < 4");
}

TEST_F(Bounds, WhatAChoiceHangsOn) {
  // 2^(J - 1) >= N, where the power is one of integers for J >= 1 only: there is a level for a row.
  auto levels = [](const std::string &otherwise) {
    return "mixer.fact \"where\" {\n"
           "%l = mixer.apply s1 - 1\n %0 = arith.constant 0 : index\n"
           "%c = arith.cmpi sge, %l, %0 : index\n"
           "%p = scf.if %c -> index {\n %2 = arith.constant 2 : index\n"
           "%w = mixer.fn ipow(%2, %l) : (index, index) -> index\n scf.yield %w : index\n"
           "} else {\n %e = arith.constant " +
           otherwise +
           " : index\n scf.yield %e : index\n}\n"
           "%n = mixer.apply s0\n %h = arith.cmpi sge, %p, %n : index\n mixer.yield %h : i1\n}\n";
  };
  EXPECT_PROVED(Read{"N J", "s1", "n: s0", "0", levels("0")});
  EXPECT_REFUSED((Read{"N J", "s1", "n: s0", "0", levels("1")}), "0 < J");
  EXPECT_REFUSED((Read{"N J", "s1", "n: 4", "0", levels("0")}), "0 < J");
}

//===----------------------------------------------------------------------===//
// Normalisers and order statistics
//===----------------------------------------------------------------------===//

/// `softmax[d in range]` read at `at`, in an equation over i.
static std::string normaliser(const std::string &range, const std::string &at) {
  return llvm::formatv(R"(
    mixer.func @f() -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">, <"K">] {{
      %y = mixer.eq "y" [i: s0] : f32 (%i) {{
        %a = mixer.apply {1}
        %p = mixer.along softmax [d: {0}] at (%a) : f32 (%d) {{
          %s = arith.constant 0.0 : f32
          mixer.yield %s : f32
        }
        mixer.yield %p : f32
      }
      mixer.return %y : !mixer.tensor<[s0], f32>
    })",
                       range, at);
}

TEST_F(Bounds, ANormaliserIsReadInItsRange) {
  EXPECT_PROVED(normaliser("s0", "%i"));
  EXPECT_PROVED(normaliser("%i to s0", "%i"));
  EXPECT_PROVED(normaliser("s0 + s1", "%i + s1"));
  EXPECT_REFUSED(normaliser("s1", "%i"), "i < K");
  EXPECT_REFUSED(normaliser("%i", "%i"), "i < i");
  EXPECT_REFUSED(normaliser("1 to s0", "%i"), "i >= 1");
  EXPECT_REFUSED(normaliser("s1 to s0 + s1", "%i"), "i >= K");
}

/// `argtop[c in range]` at `rank`, in an equation over i and t in 0..4.
static std::string ranking(const std::string &range, const std::string &rank,
                           const std::string &facts = "") {
  return llvm::formatv(R"(
    mixer.func @f(%len "len": !mixer.tensor<[s0], i32>) -> ("y": !mixer.tensor<[s0, 4], i64>)
        extents [<"N">, <"M">] {{
      {2}
      %y = mixer.eq "y" [i: s0, t: 4] : i64 (%i, %t) {{
        %l = mixer.at %len[%i] : !mixer.tensor<[s0], i32>
        %r = mixer.apply {1}
        %p = mixer.order argtop [c: {0}] rank %r : index (%c) {{
          mixer.yield %c : index
        }
        mixer.yield %p : index
      }
      mixer.return %y : !mixer.tensor<[s0, 4], i64>
    })",
                       range, rank, facts);
}

TEST_F(Bounds, ARankIsBelowTheNumberOfCandidates) {
  EXPECT_PROVED(ranking("4", "%t"));
  EXPECT_PROVED(ranking("s1", "%t", fact("s1", "sge", "4")));
  EXPECT_PROVED(ranking("%i to %i + 4", "%t"));
  EXPECT_PROVED(ranking("s1 + 1", "%t mod (s1 + 1)"));
  EXPECT_REFUSED(ranking("s1", "%t"), "t < M");
  EXPECT_REFUSED(ranking("%i + 1", "%t"), "t < i + 1");
  EXPECT_REFUSED(ranking("%i to s1", "%t"), "t < M - i");
  EXPECT_REFUSED(ranking("4", "%t - 1"), "t - 1 >= 0");
  // How many there are is data, and so is the rank.
  EXPECT_PROVED(ranking("%l", "%t"));
  EXPECT_PROVED(ranking("4", "%l"));
  EXPECT_REFUSED(ranking("%l", "%t - 1"), "t - 1 >= 0");
}

//===----------------------------------------------------------------------===//
// Other questions
//===----------------------------------------------------------------------===//

TEST_F(Bounds, ContradictoryFacts) {
  FuncOp func =
      parse(Read{"N M", "s0", "i: s0", "%i", fact("s0", "sgt", "s1") + fact("s1", "sgt", "s0")});
  Facts facts(func);
  EXPECT_TRUE(facts.contradictory(facts.scopeOf(&func.getBody().front())));
  FuncOp fine = parse(Read{"N M", "s0", "i: s0", "%i", fact("s0", "sgt", "s1")});
  Facts others(fine);
  EXPECT_FALSE(others.contradictory(others.scopeOf(&fine.getBody().front())));
}

TEST_F(Bounds, ImpliedConditions) {
  FuncOp func = parse(Read{"N M", "s0", "i: s0", "%i", fact("s0", "sgt", "s1"), R"(
    %m = mixer.apply s1
    %n = mixer.apply s0
    %yes = arith.cmpi slt, %i, %n : index
    %no = arith.cmpi slt, %i, %m : index
    %either = arith.ori %no, %yes : i1)"});
  Facts facts(func);
  Operation *branch = nullptr;
  func.walk([&](scf::IfOp op) { branch = op; });
  auto conditions = llvm::to_vector(branch->getBlock()->getOps<arith::CmpIOp>());
  auto either = *branch->getBlock()->getOps<arith::OrIOp>().begin();
  const Scope &scope = facts.scopeOf(branch);
  EXPECT_TRUE(facts.implies(scope, conditions[0]));
  EXPECT_FALSE(facts.implies(scope, conditions[1]));
  EXPECT_FALSE(facts.implies(scope, conditions[1], false));
  EXPECT_TRUE(facts.implies(scope, either));
}

//===----------------------------------------------------------------------===//
// Effort
//===----------------------------------------------------------------------===//

double milliseconds(llvm::function_ref<void()> work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

TEST_F(Bounds, ManyGuardsDoNotBlowUp) {
  std::string guards, condition = "%true";
  for (int k = 0; k < 30; ++k) {
    guards += llvm::formatv("%k{0} = arith.constant {1} : index\n"
                            "%a{0} = arith.cmpi slt, %i, %k{0} : index\n"
                            "%b{0} = arith.cmpi sgt, %j, %k{0} : index\n"
                            "%o{0} = arith.ori %a{0}, %b{0} : i1\n"
                            "%c{0} = arith.andi {2}, %o{0} : i1\n",
                            k, 3 * k + 5, condition);
    condition = llvm::formatv("%c{0}", k);
  }
  Read read{"N M", "s0", "i: s0, j: s1", "%i + 1", "", guards, condition};
  double spent = milliseconds([&] { EXPECT_REFUSED(read, "i + 1 < N"); });
  EXPECT_LT(spent, 1000);
  // The same in one `||` of all.
  size_t at = 0;
  while ((at = guards.find("andi", at)) != std::string::npos)
    guards.replace(at, 4, "ori ");
  read.before = guards;
  spent = milliseconds([&] { EXPECT_REFUSED(read, "i + 1 < N"); });
  EXPECT_LT(spent, 1000);
}

TEST_F(Bounds, HugeCoefficientsGiveUp) {
  std::string huge = "4611686018427387904";
  std::string wraps = "%h = arith.constant " + huge +
                      " : index\n %4 = arith.constant 4 : index\n"
                      "%a = arith.muli %i, %h : index\n %b = arith.muli %a, %4 : index";
  EXPECT_EQ(open(Read{"N", "s0", "i: s0", "%b", "", wraps}).size(), 2u);
  EXPECT_EQ(open(Read{"N", "s0", "i: s0", "%b mod s0", "", wraps}).size(), 0u);
  EXPECT_EQ(open(Read{"N", "s0", "i: s0", "(%i * " + huge + ") floordiv " + huge}).size(), 0u);
  EXPECT_EQ(open(Read{"N", "s0", "i: s0", "%i + 9223372036854775807"}).size(), 1u);
}

TEST_F(Bounds, NestedDivisionsEnd) {
  std::string term = "%i", power = "%i";
  for (int k = 0; k < 12; ++k) {
    term = llvm::formatv("({0} floordiv s{1} + ({0} mod s{1}) * s1)", term, k % 2);
    if (term.size() > 4000)
      break;
  }
  double spent = milliseconds([&] { open(Read{"N M", "s0", "i: s0", term}); });
  EXPECT_LT(spent, 2000);
  for (int k = 0; k < 9; ++k)
    power = "(" + power + ") * s0";
  EXPECT_FALSE(open(Read{"N M", "s0", "i: s0", power}).empty());
}

TEST_F(Bounds, FortyEquations) {
  std::string q = "!mixer.tensor<[s0, s1, s2, s3], f32>",
              k = "!mixer.tensor<[s0, s4, s5, s3], f32>";
  std::string s = "!mixer.tensor<[s0, s1, s2, s5], f32>",
              text = "mixer.func @f(%q \"q\": " + q + ", %k \"k\": " + k + ") -> (\"y\": " + s +
                     ") extents [<\"B\">, <\"H\">, <\"N\">, <\"D\">, <\"G\">, <\"M\">] {\n" +
                     fact("s1 mod s4", "eq", "0");
  for (int n = 0; n < 40; ++n)
    text += llvm::formatv(R"(
      %s{0} = mixer.eq "s{0}" [b: s0, h: s1, i: s2, j: s5] : f32 (%b, %h, %i, %j) {{
        %x = mixer.reduce sum [d: s3] : f32 (%d) {{
          %0 = mixer.at %q[%b, %h, %i, %d] : {1}
          %1 = mixer.at %k[%b, %h floordiv (s1 floordiv s4), %j, %d] : {2}
          %2 = arith.mulf %0, %1 : f32
          mixer.yield %2 : f32
        }
        mixer.yield %x : f32
      })",
                          n, q, k);
  text += "mixer.return %s0 : " + s + "\n}";
  FuncOp func = parse(text);
  double spent = milliseconds(
      [&] { checkBounds(func, [](const BoundsError &e) { ADD_FAILURE() << e.openFact; }); });
  RecordProperty("milliseconds", std::to_string(spent));
  EXPECT_LT(spent, 500);
}

} // namespace
