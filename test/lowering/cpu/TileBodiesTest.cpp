//===- TileBodiesTest.cpp - expressions, reductions, loops of tiles -------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/lowering/cpu/TilesFixture.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mixc::lowering::cpu;
using namespace mixc::lowering::cpu::test;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// y, of 32 or fewer rows and 24 or fewer columns, from tiles of that size of x and w.
std::string tiles(const std::string &body) {
  return kernel(R"mlir(
  %a = tile.read %x[%i0, %c0] along [0, 1] valid (%rows, %M) : !V -> tensor<32x24xf32>
  %b = tile.read %w[%i0, %c0] along [0, 1] valid (%rows, %M) : !V -> tensor<32x24xf32>
)mlir" + replace(body, {{"!T", "tensor<32x24xf32>"}}) +
                R"mlir(
  tile.write %t, %y[%i0, %c0] along [0, 1] valid (%rows, %M) : tensor<32x24xf32>, !V
)mlir");
}

/// Runs `plan` on x and w with columns 0 to M - 1 of N rows.
Array<float> run(Plan &plan, Array<float> x, Array<float> w) {
  int64_t N = x.extents[0], M = x.extents[1];
  Array<float> y({N, M}, untouched);
  EXPECT_EQ(plan.run({x.view(), w.view(), y.view()}, {N, M, M}), 0);
  return y;
}

constexpr std::pair<int64_t, int64_t> sizes[] = {{1, 1}, {3, 24}, {31, 7}, {32, 24}, {45, 17}};

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

/// Every comparison of a row with a column, and of a column with a row, as one bit each.
TEST_P(TilesOn, MasksOfIndices) {
  constexpr std::pair<const char *, bool (*)(int64_t, int64_t)> comparisons[] = {
      {"sle", [](int64_t a, int64_t b) { return a <= b; }},
      {"slt", [](int64_t a, int64_t b) { return a < b; }},
      {"sgt", [](int64_t a, int64_t b) { return a > b; }},
      {"sge", [](int64_t a, int64_t b) { return a >= b; }},
      {"eq", [](int64_t a, int64_t b) { return a == b; }},
      {"ne", [](int64_t a, int64_t b) { return a != b; }}};
  // Rows from -3 on, so that there are columns in front of all rows and behind them.
  std::string body = R"mlir(
  %c-3 = arith.constant -3 : index
  %c2 = arith.constant 2 : index
  %first = arith.addi %i0, %c-3 : index
  %row = tile.iota %first along 0 : tensor<32x24xindex>
  %j = tile.iota %c2 along 1 : tensor<32x24xindex>
  %two = tensor.splat %c2 : tensor<32x24xindex>
  %column = arith.subi %j, %two : tensor<32x24xindex>
  %t0 = arith.constant dense<0.0> : !T
)mlir";
  int bits = 0;
  for (auto [predicate, holds] : comparisons)
    for (auto [x, y] : {std::pair("%row", "%column"), std::pair("%column", "%row")}) {
      body += replace(R"mlir(
  %isK = arith.cmpi PREDICATE, LEFT, RIGHT : tensor<32x24xindex>
  %bitK = arith.constant dense<BIT.0> : !T
  %withK = arith.addf %tK, %bitK : !T
  %tAFTER = arith.select %isK, %withK, %tK : tensor<32x24xi1>, !T
)mlir",
                      {{"PREDICATE", predicate},
                       {"LEFT", x},
                       {"RIGHT", y},
                       {"K", std::to_string(bits)},
                       {"BIT", std::to_string(1 << bits)},
                       {"AFTER", std::to_string(bits + 1)}});
      ++bits;
    }
  Plan plan =
      this->plan(tiles(body + "%zeros = arith.constant dense<0.0> : !T\n%t = arith.addf %t" +
                       std::to_string(bits) + ", %zeros : !T"));
  for (auto [N, M] : sizes) {
    Array<float> x({N, M}), y = run(plan, x, x);
    for (int64_t i = 0; i < N; ++i)
      for (int64_t j = 0; j < M; ++j) {
        int expected = 0, bit = 0;
        for (auto [predicate, holds] : comparisons) {
          expected |= holds(i - 3, j) << bit++;
          expected |= holds(j, i - 3) << bit++;
        }
        ASSERT_EQ(y(i, j), expected) << i << ", " << j << " of " << N << " x " << M;
      }
  }
}

TEST_P(TilesOn, BroadcastsAlongBothAxes) {
  Plan plan = this->plan(tiles(R"mlir(
  %r = tile.read %x[%i0, %c0] along [0, -1] valid (%rows) : !V -> tensor<32xf32>
  %c = tile.read %w[%i0, %c0] along [-1, 0] valid (%M) : !V -> tensor<24xf32>
  %rm = tile.broadcast %r along 0 : tensor<32xf32> -> !T
  %cm = tile.broadcast %c along 1 : tensor<24xf32> -> !T
  %s = arith.addf %rm, %cm : !T
  %t = arith.addf %s, %a : !T
)mlir"));
  for (auto [N, M] : sizes) {
    Array<float> x = drawn(N, M), w = drawn(N, M, 2), y = run(plan, x, w);
    for (int64_t i = 0; i < N; ++i)
      for (int64_t j = 0; j < M; ++j)
        ASSERT_EQ(y(i, j), x(i, 0) + w(i / 32 * 32, j) + x(i, j)) << i << ", " << j;
  }
}

/// The diagonal of x, read along both axes at once.
TEST_P(TilesOn, DiagonalsAreRead) {
  Plan plan = this->plan(tiles(R"mlir(
  %d = tile.read %x[%c0, %c0] along [0, 0] valid (%rows) : !V -> tensor<32xf32>
  %dm = tile.broadcast %d along 0 : tensor<32xf32> -> !T
  %t = arith.addf %dm, %b : !T
)mlir"));
  Array<float> x = drawn(24, 24), w = drawn(24, 24, 2), y = run(plan, x, w);
  for (int64_t i = 0; i < 24; ++i)
    for (int64_t j = 0; j < 24; ++j)
      ASSERT_EQ(y(i, j), x(i, i) + w(i, j)) << i << ", " << j;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

float reduced(const std::string &kind, std::vector<float> values) {
  float result = kind == "sum" ? 0 : kind == "prod" ? 1 : kind == "max" ? -infinity : infinity;
  for (float value : values) {
    if (kind == "sum")
      result += value;
    else if (kind == "prod")
      result *= value;
    else if (std::isnan(value) || std::isnan(result))
      result = nan;
    else
      result = kind == "max" ? std::max(result, value) : std::min(result, value);
  }
  return result;
}

TEST(Tiles, ReductionsAlongBothAxes) {
  for (std::string kind : {"sum", "prod", "max", "min"})
    for (int64_t axis : {0, 1}) {
      Plan plan(replace(tiles(R"mlir(
  %r = tile.reduce KIND %a axis AXIS valid COUNT : !T -> tensor<LEFTxf32>
  %rm = tile.broadcast %r along ALONG : tensor<LEFTxf32> -> !T
  %t = arith.addf %rm, %b : !T
)mlir"),
                        {{"KIND", kind},
                         {"AXIS", std::to_string(axis)},
                         {"COUNT", axis == 0 ? "%rows" : "%M"},
                         {"LEFT", axis == 0 ? "24" : "32"},
                         {"ALONG", std::to_string(1 - axis)}}));
      for (auto [N, M] : sizes)
        for (bool hasNaN : {false, true}) {
          if (N > 32 && axis == 0)
            continue;
          Array<float> x = drawn(N, M), w = drawn(N, M, 2);
          // Products of threes stay exact.
          for (float &element : x.data)
            element = kind == "prod" ? (element < 0 ? -1 : 1) : element;
          if (hasNaN)
            x(N / 2, M / 2) = nan;
          Array<float> y = run(plan, x, w);
          for (int64_t i = 0; i < N; ++i)
            for (int64_t j = 0; j < M; ++j) {
              std::vector<float> values;
              for (int64_t k = 0; k < (axis == 0 ? N : M); ++k)
                values.push_back(axis == 0 ? x(k, j) : x(i, k));
              float expected = reduced(kind, values) + w(i, j);
              ASSERT_TRUE(y(i, j) == expected || (std::isnan(y(i, j)) && std::isnan(expected)))
                  << kind << axis << ": " << i << ", " << j << " of " << N << " x " << M << ": "
                  << y(i, j) << ", not " << expected;
            }
        }
    }
}

TEST(Tiles, ReductionsOfNothing) {
  for (std::string kind : {"sum", "prod", "max", "min"}) {
    Plan plan(replace(tiles(R"mlir(
  %r = tile.reduce KIND %a axis 1 valid %c0 : !T -> tensor<32xf32>
  %t = tile.broadcast %r along 0 : tensor<32xf32> -> !T
)mlir"),
                      {{"KIND", kind}}));
    Array<float> x = drawn(3, 5), y = run(plan, x, x);
    for (float element : y.data)
      ASSERT_EQ(element, reduced(kind, {})) << kind;
  }
}

//===----------------------------------------------------------------------===//
// Loops and conditionals
//===----------------------------------------------------------------------===//

/// Two tiles that change places each time, one of them growing.
TEST_P(TilesOn, LoopsExchangeTiles) {
  Plan plan = this->plan(tiles(R"mlir(
  %ones = tensor.splat %one : !T
  %n = arith.addi %D, %c0 : index
  %t, %u = scf.for %k = %c0 to %n step %c1 iter_args(%p = %a, %q = %b) -> (!T, !T) {
    %next = arith.addf %p, %ones : !T
    scf.yield %q, %next : !T, !T
  }
)mlir"));
  for (int64_t count : {0, 1, 2, 5}) {
    Array<float> x = drawn(32, 24), w = drawn(32, 24, 2), y({32, 24});
    ASSERT_EQ(plan.run({x.view(), w.view(), y.view()}, {32, 24, count}), 0);
    for (int64_t i = 0; i < 32; ++i)
      for (int64_t j = 0; j < 24; ++j)
        ASSERT_EQ(y(i, j), (count % 2 ? w(i, j) : x(i, j)) + count / 2) << count;
  }
}

/// What one tile becomes is computed from the other's old value, both ways.
TEST_P(TilesOn, LoopsKeepWhatIsStillRead) {
  Plan plan = this->plan(tiles(R"mlir(
  %t, %u = scf.for %k = %c0 to %D step %c1 iter_args(%p = %a, %q = %b) -> (!T, !T) {
    %sum = arith.addf %p, %q : !T
    %difference = arith.subf %p, %q : !T
    scf.yield %sum, %difference : !T, !T
  }
)mlir"));
  Array<float> x = drawn(32, 24), w = drawn(32, 24, 2), y({32, 24});
  ASSERT_EQ(plan.run({x.view(), w.view(), y.view()}, {32, 24, 3}), 0);
  for (int64_t i = 0; i < 32; ++i)
    for (int64_t j = 0; j < 24; ++j)
      ASSERT_EQ(y(i, j), 2 * (x(i, j) + w(i, j)));
}

/// A tile that is read again behind the conditional that changes it.
TEST_P(TilesOn, ConditionalsGiveTiles) {
  for (bool isKept : {false, true}) {
    Plan plan = this->plan(replace(tiles(R"mlir(
  %some = arith.cmpi sgt, %D, %c1 : index
  %u, %v = scf.if %some -> (!T, tensor<32xf32>) {
    %s = arith.addf %a, %b : !T
    %r = tile.reduce max %b axis 1 valid %M : !T -> tensor<32xf32>
    scf.yield %s, %r : !T, tensor<32xf32>
  } else {
    %r = tile.reduce min %a axis 1 valid %M : !T -> tensor<32xf32>
    scf.yield %a, %r : !T, tensor<32xf32>
  }
  %m = tile.reduce max %u axis 1 valid %M : !T -> tensor<32xf32>
  %mv = arith.addf %m, %v : tensor<32xf32>
  %mm = tile.broadcast %mv along 0 : tensor<32xf32> -> !T
  %w1 = arith.subf %u, %mm : !T
  %t = arith.addf %w1, LAST : !T
)mlir"),
                                   {{"LAST", isKept ? "%a" : "%b"}}));
    for (auto [N, M] : sizes)
      for (int64_t D : {1, 2}) {
        Array<float> x = drawn(N, M), w = drawn(N, M, 2), y({N, M});
        ASSERT_EQ(plan.run({x.view(), w.view(), y.view()}, {N, M, D}), 0);
        for (int64_t i = 0; i < N; ++i) {
          auto u = [&](int64_t j) { return D > 1 ? x(i, j) + w(i, j) : x(i, j); };
          float most = -infinity, other = D > 1 ? -infinity : infinity;
          for (int64_t j = 0; j < M; ++j) {
            most = std::max(most, u(j));
            other = D > 1 ? std::max(other, w(i, j)) : std::min(other, x(i, j));
          }
          for (int64_t j = 0; j < M; ++j)
            ASSERT_EQ(y(i, j), u(j) - (most + other) + (isKept ? x(i, j) : w(i, j)))
                << i << ", " << j << " of " << N << " x " << M;
        }
      }
  }
}

//===----------------------------------------------------------------------===//
// Exponentials
//===----------------------------------------------------------------------===//

TEST_P(TilesOn, ExponentialsOfDifferences) {
  Plan plan = this->plan(tiles("%t = tile.expdiff %a, %b : !T"));
  double worst = 0;
  for (int64_t step = 0; step < 400; ++step) {
    Array<float> x({32, 24}), w({32, 24});
    for (int64_t k = 0; k < 32 * 24; ++k) {
      w.data[k] = float(step % 7) - 3;
      x.data[k] = w.data[k] - float(step * 768 + k) * 2.8e-4f;
    }
    Array<float> y = run(plan, x, w);
    for (int64_t k = 0; k < 32 * 24; ++k) {
      double difference = double(x.data[k] - w.data[k]), expected = std::exp(difference);
      if (difference > -87.33)
        worst = std::max(worst, std::abs(y.data[k] - expected) / expected);
      else if (y.data[k] != 0)
        worst = std::max(worst, std::abs(y.data[k] - expected) / 0x1p-126);
    }
  }
  // 1.2e-7 is one unit of the last place.
  EXPECT_LT(worst, 3.5e-7);
}

TEST_P(TilesOn, ExponentialsAtTheEnds) {
  Plan plan = this->plan(tiles("%t = tile.expdiff %a, %b : !T"));
  struct {
    float x, m, expected;
  } cases[] = {{0, 0, 1},
               {5, 5, 1},
               {-infinity, 3, 0},
               {-infinity, -infinity, 0},
               {-500, 500, 0},
               {-1e30f, 1e30f, 0},
               {-3.4e38f, 3.4e38f, 0},
               {-88, 0, 0},
               {nan, 0, nan},
               {nan, nan, nan},
               {std::bit_cast<float>(0x7fffffffu), 0, nan},
               {std::bit_cast<float>(0xffffffffu), 0, nan}};
  for (auto [x, m, expected] : cases) {
    Array<float> xs({32, 24}, x), ms({32, 24}, m), y = run(plan, xs, ms);
    for (float element : y.data)
      ASSERT_TRUE(element == expected || (std::isnan(element) && std::isnan(expected)))
          << x << ", " << m << ": " << element;
  }
}

} // namespace
