//===- bounds-soundness.cpp - proofs against all small extents ------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random subscripts under random facts and guards: whatever is proved must hold for all extents
// from 0 to 5 and all indices. The programs are the same in every run.
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Bounds.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <random>
#include <utility>

using namespace mlir;
using namespace mixc::mixer;

namespace {

struct Point {
  int64_t extents[2], indices[2];
  int64_t term, candidate; // %t and %c of the sum and the order around
};

/// A number or (0, 1) a truth value: its SSA name and its value at a point.
struct Node {
  std::string name;
  std::function<int64_t(const Point &)> at;
};

/// A rank without a candidate: the call is refused.
bool outOfRank = false;

int64_t floorDiv(int64_t a, int64_t b) {
  return b == 0 ? 0 : a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/// Writes random integer ops.
class Writer {
public:
  Writer(std::mt19937 &random, bool hasIndices) : random(random), hasIndices(hasIndices) {}

  std::string text;

  Node number(int depth) {
    if (inOrder && pick(3) == 0)
      return {"%c", [](const Point &p) { return p.candidate; }};
    if (inSum && pick(3) == 0)
      return {"%t", [](const Point &p) { return p.term; }};
    switch (depth == 0 ? pick(4) : pick(14)) {
    case 0:
    case 1: {
      int k = pick(2);
      if (hasIndices)
        return {k ? "%j" : "%i", [k](const Point &p) { return p.indices[k]; }};
      [[fallthrough]];
    }
    case 2: {
      int k = pick(2);
      return {op(llvm::formatv("mixer.apply s{0}", k)),
              [k](const Point &p) { return p.extents[k]; }};
    }
    case 3: {
      int64_t value = pick(6) - 1;
      return {op(llvm::formatv("arith.constant {0} : index", value)),
              [value](const Point &) { return value; }};
    }
    case 4:
    case 5:
      return binary("arith.addi", depth, [](int64_t a, int64_t b) { return a + b; });
    case 6:
      return binary("arith.subi", depth, [](int64_t a, int64_t b) { return a - b; });
    case 7:
      return binary("arith.muli", depth, [](int64_t a, int64_t b) { return a * b; });
    case 8:
      return binary("arith.maxsi", depth, [](int64_t a, int64_t b) { return std::max(a, b); });
    case 9:
      return binary("arith.minsi", depth, [](int64_t a, int64_t b) { return std::min(a, b); });
    case 10:
      return binary("mixer.fn floordiv", depth, floorDiv);
    case 11:
      return binary("mixer.fn floormod", depth, [](int64_t a, int64_t b) {
        int64_t quotient = floorDiv(a, b);
        return a - b * quotient; // a where b is 0
      });
    case 12:
      if (!inSum)
        return oneHot(depth);
      [[fallthrough]];
    default: {
      Node c = truth(depth - 1), a = number(depth - 1), b = number(depth - 1);
      return {op(llvm::formatv("arith.select {0}, {1}, {2} : index", c.name, a.name, b.name)),
              [=](const Point &p) { return c.at(p) ? a.at(p) : b.at(p); }};
    }
    }
  }

  Node truth(int depth) {
    switch (depth <= 1 ? 0 : pick(4)) {
    case 1:
    case 2: {
      bool isAnd = pick(2);
      Node a = truth(depth - 1), b = truth(depth - 1);
      return {op(llvm::formatv("arith.{0} {1}, {2} : i1", isAnd ? "andi" : "ori", a.name, b.name)),
              [=](const Point &p) { return isAnd ? a.at(p) && b.at(p) : a.at(p) || b.at(p); }};
    }
    case 3: {
      Node a = truth(depth - 1);
      std::string yes = op("arith.constant true");
      return {op(llvm::formatv("arith.xori {0}, {1} : i1", a.name, yes)),
              [=](const Point &p) { return !a.at(p); }};
    }
    default: {
      int k = pick(4);
      const char *predicates[] = {"eq", "ne", "slt", "sge"};
      Node a = number(std::max(depth - 1, 0)), b = number(std::max(depth - 1, 0));
      return {op(llvm::formatv("arith.cmpi {0}, {1}, {2} : index", predicates[k], a.name, b.name)),
              [=](const Point &p) -> int64_t {
                int64_t x = a.at(p), y = b.at(p);
                return k == 0 ? x == y : k == 1 ? x != y : k == 2 ? x < y : x >= y;
              }};
    }
    }
  }

  /// `sum[t](if key == other && .. then value else 0)`, where other may have t, too, and the key
  /// may be an argtop at a rank with or without t, among scores with or without it.
  Node oneHot(int depth) {
    int extent = pick(2);
    std::string before = std::exchange(text, "");
    inSum = true;
    Node key = pick(2) ? argtop() : number(1), other = number(pick(2));
    Node equal = {op(llvm::formatv("arith.cmpi eq, {0}, {1} : index", key.name, other.name)),
                  [=](const Point &p) { return key.at(p) == other.at(p); }};
    Node value = number(pick(2));
    int64_t rest = pick(6) == 0;
    std::string zero = op(llvm::formatv("arith.constant {0} : index", rest));
    std::string term =
        op(llvm::formatv("arith.select {0}, {1}, {2} : index", equal.name, value.name, zero));
    inSum = false;
    std::string body = std::exchange(text, before);
    std::string sum = op(llvm::formatv("mixer.reduce sum [t: s{0}] : index (%t) {{\n{1}"
                                       "mixer.yield {2} : index\n}",
                                       extent, body, term));
    return {sum, [=](Point p) {
              int64_t total = 0;
              for (p.term = 0; p.term < p.extents[extent]; ++p.term)
                total += equal.at(p) ? value.at(p) : rest;
              return total;
            }};
  }

  int pick(int count) { return random() % count; }

private:
  Node argtop() {
    int extent = pick(2);
    Node rank = number(pick(2));
    std::string before = std::exchange(text, "");
    inOrder = true;
    Node score = number(2);
    inOrder = false;
    std::string body = std::exchange(text, before);
    std::string best = op(llvm::formatv("mixer.order argtop [c: s{0}] rank {1} : index (%c) {{\n"
                                        "{2}mixer.yield {3} : index\n}",
                                        extent, rank.name, body, score.name));
    return {best, [=](Point p) -> int64_t {
              std::vector<std::pair<int64_t, int64_t>> order;
              for (p.candidate = 0; p.candidate < p.extents[extent]; ++p.candidate)
                order.push_back({-score.at(p), p.candidate});
              llvm::sort(order);
              int64_t at = rank.at(p);
              outOfRank |= at < 0 || at >= int64_t(order.size());
              return outOfRank ? 0 : order[at].second;
            }};
  }

  std::string op(const std::string &what) {
    std::string name = llvm::formatv("%v{0}", next++);
    text += name + " = " + what + "\n";
    return name;
  }
  Node binary(const std::string &what, int depth, std::function<int64_t(int64_t, int64_t)> f) {
    Node a = number(depth - 1), b = number(depth - 1);
    std::string operation =
        what.starts_with("mixer.fn")
            ? llvm::formatv("{0}({1}, {2}) : (index, index) -> index", what, a.name, b.name).str()
            : llvm::formatv("{0} {1}, {2} : index", what, a.name, b.name).str();
    return {op(operation), [=](const Point &p) { return f(a.at(p), b.at(p)); }};
  }

  std::mt19937 &random;
  bool hasIndices, inSum = false, inOrder = false;
  int next = 0;
};

/// Ranges of axes and indices.
struct Axis {
  const char *text;
  int64_t (*lower)(const Point &), (*upper)(const Point &);
};
int64_t zero(const Point &) { return 0; }
const Axis axes[] = {
    {"s0", zero, [](const Point &p) { return p.extents[0]; }},
    {"s1", zero, [](const Point &p) { return p.extents[1]; }},
    {"-1 to s0", [](const Point &) -> int64_t { return -1; },
     [](const Point &p) { return p.extents[0]; }},
    {"s0 floordiv s1", zero, [](const Point &p) { return floorDiv(p.extents[0], p.extents[1]); }},
    {"s0 * s1", zero, [](const Point &p) { return p.extents[0] * p.extents[1]; }},
    {"s0 + s1", zero, [](const Point &p) { return p.extents[0] + p.extents[1]; }},
    {"2 to s0 + 1", [](const Point &) -> int64_t { return 2; },
     [](const Point &p) { return p.extents[0] + 1; }},
};

/// Whether a rank is out of range somewhere: then nothing is promised.
bool leavesRanks(Point p, const Axis &i, const Axis &j, const Node &guard, const Node &subscript) {
  for (p.indices[0] = i.lower(p); p.indices[0] < i.upper(p); ++p.indices[0])
    for (p.indices[1] = j.lower(p); p.indices[1] < j.upper(p); ++p.indices[1]) {
      guard.at(p);
      subscript.at(p);
    }
  return outOfRank;
}

TEST(BoundsSoundness, ProofsHoldOnAllSmallExtents) {
  MLIRContext context;
  context.loadDialect<MixerDialect, arith::ArithDialect, scf::SCFDialect>();
  std::mt19937 random(20240607);
  int proved = 0, refused = 0;
  for (int round = 0; round < 6000; ++round) {
    Writer facts(random, false), body(random, true);
    Node fact = facts.truth(facts.pick(3) + 1);
    const Axis &i = axes[random() % std::size(axes)], &j = axes[random() % std::size(axes)],
               &x = axes[random() % std::size(axes)];
    Node guard = body.truth(body.pick(3) + 1);
    Node subscript = body.number(body.pick(3) + 1);
    std::string text = llvm::formatv(R"(
      mixer.func @f(%x "x": !mixer.tensor<[{0}], f32>) -> ("y": !mixer.tensor<[{1}, {2}], f32>)
          extents [<"N">, <"M">] {{
        mixer.fact "where" {{
          {3}
          mixer.yield {4} : i1
        }
        %y = mixer.eq "y" [i: {1}, j: {2}] : f32 (%i, %j) {{
          {5}
          %chosen = scf.if {6} -> f32 {{
            %v = mixer.at %x[{7}] : !mixer.tensor<[{0}], f32>
            scf.yield %v : f32
          } else {{
            %z = arith.constant 0.0 : f32
            scf.yield %z : f32
          }
          mixer.yield %chosen : f32
        }
        mixer.return %y : !mixer.tensor<[{1}, {2}], f32>
      })",
                                     x.text, i.text, j.text, facts.text, fact.name, body.text,
                                     guard.name, subscript.name);
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module) << text;
    bool lower = true, upper = true;
    checkBounds(*module->getOps<FuncOp>().begin(), [&](const BoundsError &e) {
      if (isa<AtOp>(e.op))
        (e.kind == BoundsError::Kind::Lower ? lower : upper) = false;
    });
    proved += lower + upper;
    refused += !lower + !upper;

    Point p{};
    for (p.extents[0] = 0; p.extents[0] <= 5; ++p.extents[0])
      for (p.extents[1] = 0; p.extents[1] <= 5; ++p.extents[1]) {
        outOfRank = false;
        if (!fact.at(p) || outOfRank || leavesRanks(p, i, j, guard, subscript))
          continue;
        for (p.indices[0] = i.lower(p); p.indices[0] < i.upper(p); ++p.indices[0])
          for (p.indices[1] = j.lower(p); p.indices[1] < j.upper(p); ++p.indices[1]) {
            if (!guard.at(p))
              continue;
            int64_t at = subscript.at(p);
            ASSERT_FALSE((lower && at < x.lower(p)) || (upper && at >= x.upper(p)))
                << "N = " << p.extents[0] << ", M = " << p.extents[1] << ", i = " << p.indices[0]
                << ", j = " << p.indices[1] << ": " << at << text;
          }
      }
  }
  // Both answers occur.
  EXPECT_GT(proved, 1000);
  EXPECT_GT(refused, 1000);
  RecordProperty("proved", proved);
  RecordProperty("refused", refused);
}

} // namespace
