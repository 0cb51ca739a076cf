//===- KernelsTest.cpp - kernels over strided views, on threads -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/lowering/cpu/JitFixture.h"

#include <cmath>

using namespace mixc::lowering::cpu;
using namespace mixc::lowering::cpu::test;

namespace {

/// y[i, j] = x[i, j] + 100 i + j
constexpr const char *addText = R"mlir(
tile.kernel @add grid (%i, %j) args (%x: !tile.view<2, f32>, %y: !tile.view<2, f32> out) {
  %c100 = arith.constant 100 : index
  %0 = tile.load %x[%i, %j] : !tile.view<2, f32> -> f32
  %1 = arith.muli %i, %c100 : index
  %2 = arith.addi %1, %j : index
  %3 = tile.round %2 to f32 : index -> f32
  %4 = arith.addf %0, %3 : f32
  tile.store %4, %y[%i, %j] : f32, !tile.view<2, f32>
  tile.return
}
plan.func @p extents (%M "M", %N "N") args (%x "x": !tile.view<2, f32>) outs (%y "y": !tile.view<2, f32>) {
  %c0 = arith.constant 0 : index
  plan.launch @add grid (%M, %N) args (%x, %y : !tile.view<2, f32>, !tile.view<2, f32>) scratch %c0
  plan.return
}
)mlir";

void checkAdd(Plan &plan, Array<float> x, Array<float> y, unsigned threads = 2) {
  int64_t rows = y.extents[0], columns = y.extents[1];
  ASSERT_EQ(plan.run({x.view(), y.view()}, {rows, columns}, threads), 0);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      ASSERT_EQ(y(i, j), x(i, j) + 100 * i + j) << i << ", " << j;
}

std::vector<float> counted(size_t count) {
  std::vector<float> result(count);
  std::iota(result.begin(), result.end(), 1);
  return result;
}

TEST(Kernels, TakeAnyStrides) {
  Plan plan(addText);
  Array<float> dense({5, 37});
  Array<float> x(counted(5 * 37), {5, 37}, {37, 1});
  checkAdd(plan, x, dense);
  // Rows that overlap, columns read backwards, one row for all, one column for all, one element for
  // all.
  checkAdd(plan, Array<float>(counted(100), {5, 37}, {2, 1}), dense);
  checkAdd(plan, Array<float>(counted(5 * 37), {5, 37}, {37, -1}, 36), dense);
  checkAdd(plan, Array<float>(counted(37), {5, 37}, {0, 1}), dense);
  checkAdd(plan, Array<float>(counted(5), {5, 37}, {1, 0}), dense);
  checkAdd(plan, Array<float>(counted(1), {5, 37}, {0, 0}), dense);
  // A transposed output, and one written backwards in both directions.
  checkAdd(plan, x, Array<float>(counted(5 * 37), {5, 37}, {1, 5}));
  checkAdd(plan, x, Array<float>(counted(2 * 5 * 37), {5, 37}, {-74, -2}, 369));
}

TEST(Kernels, TakeAnySizes) {
  Plan plan(addText);
  for (int64_t rows : {0, 1, 2, 3, 17})
    for (int64_t columns : {0, 1, 2, 15, 16, 17, 33, 257})
      checkAdd(plan, Array<float>(counted(rows * columns), {rows, columns}, {columns, 1}),
               Array<float>({rows, columns}), 3);
}

TEST(Kernels, WriteNothingBeside) {
  Plan plan(addText);
  Array<float> y(std::vector<float>(20 * 50, -1.f), {6, 19}, {100, 2}, 103);
  checkAdd(plan, Array<float>({6, 19}), y);
  // checkAdd worked on copies; here is one to look at.
  Array<float> x({6, 19});
  ASSERT_EQ(plan.run({x.view(), y.view()}, {6, 19}), 0);
  size_t changed = 0;
  for (float value : y.data)
    changed += value != -1.f;
  EXPECT_EQ(changed, 6u * 19u);
}

TEST(Kernels, MayHaveNoGrid) {
  Plan plan(R"mlir(
    tile.kernel @k grid () args (%y: !tile.view<0, f64> out, %n: index) {
      %0 = tile.round %n to f64 : index -> f64
      tile.store %0, %y[] : f64, !tile.view<0, f64>
      tile.return
    }
    plan.func @p extents (%N "N") args () outs (%y "y": !tile.view<0, f64>) {
      %c0 = arith.constant 0 : index
      plan.launch @k grid () args (%y, %N : !tile.view<0, f64>, index) scratch %c0
      plan.return
    })mlir");
  Array<double> y(std::vector<int64_t>{});
  ASSERT_EQ(plan.run({y.view()}, {42}), 0);
  EXPECT_EQ(y(), 42);
}

TEST(Kernels, VisitEveryPointOfDeepGrids) {
  Plan plan(R"mlir(
    tile.kernel @k grid (%a, %b, %c, %d) args (%y: !tile.view<4, i32> out) {
      %c10 = arith.constant 10 : index
      %0 = arith.muli %a, %c10 : index
      %1 = arith.addi %0, %b : index
      %2 = arith.muli %1, %c10 : index
      %3 = arith.addi %2, %c : index
      %4 = arith.muli %3, %c10 : index
      %5 = arith.addi %4, %d : index
      tile.store %5, %y[%a, %b, %c, %d] : index, !tile.view<4, i32>
      tile.return
    }
    plan.func @p extents (%A "A", %B "B", %C "C", %D "D") args () outs (%y "y": !tile.view<4, i32>) {
      %c0 = arith.constant 0 : index
      plan.launch @k grid (%A, %B, %C, %D) args (%y : !tile.view<4, i32>) scratch %c0
      plan.return
    })mlir");
  for (unsigned threads : {1, 2, 8}) {
    Array<int32_t> y({3, 2, 5, 7}, -1);
    ASSERT_EQ(plan.run({y.view()}, y.extents, threads), 0);
    for (int64_t a = 0; a < 3; ++a)
      for (int64_t b = 0; b < 2; ++b)
        for (int64_t c = 0; c < 5; ++c)
          for (int64_t d = 0; d < 7; ++d)
            ASSERT_EQ(y(a, b, c, d), 1000 * a + 100 * b + 10 * c + d);
  }
}

/// y[i, e] = sum over j of exp(-(x[i, j] - j)^2) v[j, e], through scratch of run-time and of
/// constant size.
constexpr const char *scratchText = R"mlir(
tile.kernel @k grid (%i) args (%x: !tile.view<2, f32>, %v: !tile.view<2, f32>, %y: !tile.view<2, f32> out, %M: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %E = arith.constant 24 : index
  %zero = arith.constant 0.0 : f32
  %p = tile.scratch (%M) : !tile.view<1, f32, unit>
  %a = tile.scratch (%E) : !tile.view<1, f32, unit>
  %positions = tile.scratch (%M) : !tile.view<1, i64, unit>
  scf.for %e = %c0 to %E step %c1 {
    tile.store %zero, %a[%e] : f32, !tile.view<1, f32, unit>
  }
  scf.for %j = %c0 to %M step %c1 {
    tile.store %j, %positions[%j] : index, !tile.view<1, i64, unit>
    %0 = tile.load %x[%i, %j] : !tile.view<2, f32> -> f32
    %1 = tile.round %j to f32 : index -> f32
    %2 = arith.subf %0, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.negf %3 : f32
    %5 = math.exp %4 : f32
    tile.store %5, %p[%j] : f32, !tile.view<1, f32, unit>
  }
  scf.for %j = %c0 to %M step %c1 {
    %at = tile.load %positions[%j] : !tile.view<1, i64, unit> -> index
    %0 = tile.load %p[%at] : !tile.view<1, f32, unit> -> f32
    scf.for %e = %c0 to %E step %c1 {
      %1 = tile.load %v[%j, %e] : !tile.view<2, f32> -> f32
      %2 = tile.load %a[%e] : !tile.view<1, f32, unit> -> f32
      %3 = arith.mulf %0, %1 fastmath<contract> : f32
      %4 = arith.addf %2, %3 fastmath<contract> : f32
      tile.store %4, %a[%e] : f32, !tile.view<1, f32, unit>
    }
  }
  scf.for %e = %c0 to %E step %c1 {
    %0 = tile.load %a[%e] : !tile.view<1, f32, unit> -> f32
    tile.store %0, %y[%i, %e] : f32, !tile.view<2, f32>
  }
  tile.return
}
plan.func @p extents (%N "N", %M "M") args (%x "x": !tile.view<2, f32>, %v "v": !tile.view<2, f32>) outs (%y "y": !tile.view<2, f32>) {
  %c12 = arith.constant 12 : index
  %c256 = arith.constant 256 : index
  %0 = arith.muli %M, %c12 : index
  %1 = arith.addi %0, %c256 : index
  plan.launch @k grid (%N) args (%x, %v, %y, %M : !tile.view<2, f32>, !tile.view<2, f32>, !tile.view<2, f32>, index) scratch %1
  plan.return
}
)mlir";

TEST(Kernels, HaveScratchAndGiveTheSameBitsOnAnyNumberOfThreads) {
  constexpr int64_t N = 103, M = 67, E = 24;
  Plan plan(scratchText);
  Array<float> x({N, M}), v({M, E});
  for (size_t k = 0; k < x.data.size(); ++k)
    x.data[k] = std::sin(static_cast<float>(k)) * 30 + 30;
  for (size_t k = 0; k < v.data.size(); ++k)
    v.data[k] = std::cos(static_cast<float>(k));
  Array<float> first({N, E});
  ASSERT_EQ(plan.run({x.view(), v.view(), first.view()}, {N, M}, 1), 0);
  for (int64_t i = 0; i < N; ++i)
    for (int64_t e = 0; e < E; ++e) {
      double sum = 0;
      for (int64_t j = 0; j < M; ++j)
        sum += std::exp(-std::pow(x(i, j) - double(j), 2)) * v(j, e);
      ASSERT_NEAR(first(i, e), sum, 1e-5);
    }
  for (unsigned threads : {2, 3, 8}) {
    Array<float> again({N, E}, NAN);
    ASSERT_EQ(plan.run({x.view(), v.view(), again.view()}, {N, M}, threads), 0);
    EXPECT_EQ(again.data, first.data) << threads;
  }
}

TEST(Kernels, RefuseScratchThatDependsOnThePoint) {
  mlir::MLIRContext context;
  context.loadDialect<mixc::tile::TileDialect, mlir::arith::ArithDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"mlir(
    tile.kernel @k grid (%i) args (%n: index) {
      %0 = arith.addi %i, %n : index
      %1 = tile.scratch (%0) : !tile.view<1, f32, unit>
      tile.return
    })mlir",
                                                        &context);
  auto result = mixc::lowering::cpu::emitCode(*module, CpuTarget::native(), CodeForm::LLVM);
  ASSERT_FALSE(static_cast<bool>(result));
  EXPECT_EQ(toString(result.takeError()),
            "the lowering failed: 'tile.scratch' op has a size that depends on the point\n");
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

TEST(Scalars, DivisionsNeverTrap) {
  const char *text = R"mlir(
    tile.kernel @k grid (%i) args (%x: !tile.view<1, i64>, %y: !tile.view<1, i64>, %z: !tile.view<1, i64> out) {
      %0 = tile.load %x[%i] : !tile.view<1, i64> -> index
      %1 = tile.load %y[%i] : !tile.view<1, i64> -> index
      %2 = arith.OP %0, %1 : index
      tile.store %2, %z[%i] : index, !tile.view<1, i64>
      tile.return
    }
    plan.func @p extents (%N "N") args (%x "x": !tile.view<1, i64>, %y "y": !tile.view<1, i64>) outs (%z "z": !tile.view<1, i64>) {
      %c0 = arith.constant 0 : index
      plan.launch @k grid (%N) args (%x, %y, %z : !tile.view<1, i64>, !tile.view<1, i64>, !tile.view<1, i64>) scratch %c0
      plan.return
    })mlir";
  std::vector<int64_t> values = {INT64_MIN, INT64_MIN + 1, -7, -6, -2, -1, 0, 1, 2, 3,
                                 7,         INT64_MAX};
  std::vector<int64_t> x, y;
  for (int64_t a : values)
    for (int64_t b : values) {
      x.push_back(a);
      y.push_back(b);
    }
  int64_t count = x.size();
  auto check = [&](const char *op, auto expected) {
    Plan plan(replace(text, {{"OP", op}}));
    Array<int64_t> left(x, {count}, {1}), right(y, {count}, {1}), result({count});
    ASSERT_EQ(plan.run({left.view(), right.view(), result.view()}, {count}), 0);
    for (int64_t k = 0; k < count; ++k) {
      // In 128 bits nothing overflows; what is stored wraps.
      __int128 a = x[k], b = y[k];
      int64_t wanted = b == 0 ? 0 : static_cast<int64_t>(expected(a, b));
      ASSERT_EQ(result(k), wanted) << op << " " << x[k] << ", " << y[k];
    }
  };
  using Wide = __int128;
  check("divsi", [](Wide a, Wide b) { return a / b; });
  check("remsi", [](Wide a, Wide b) { return a % b; });
  check("floordivsi", [](Wide a, Wide b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); });
  check("ceildivsi", [](Wide a, Wide b) { return a / b + (a % b != 0 && (a < 0) == (b < 0)); });
}

/// One function of one argument, f64, at some points.
void checkFunction(const char *op, double (*expected)(double)) {
  Plan plan(replace(R"mlir(
    tile.kernel @k grid (%i) args (%x: !tile.view<1, f64>, %y: !tile.view<1, f64> out) {
      %0 = tile.load %x[%i] : !tile.view<1, f64> -> f64
      %1 = math.OP %0 : f64
      tile.store %1, %y[%i] : f64, !tile.view<1, f64>
      tile.return
    }
    plan.func @p extents (%N "N") args (%x "x": !tile.view<1, f64>) outs (%y "y": !tile.view<1, f64>) {
      %c0 = arith.constant 0 : index
      plan.launch @k grid (%N) args (%x, %y : !tile.view<1, f64>, !tile.view<1, f64>) scratch %c0
      plan.return
    })mlir",
                    {{"OP", op}}));
  Array<double> x({-0.9, -1e-20, 0, 1e-20, 0.25, 0.9}, {6}, {1}), y({6});
  ASSERT_EQ(plan.run({x.view(), y.view()}, {6}), 0);
  for (int k = 0; k < 6; ++k) {
    double wanted = expected(x(k));
    if (std::isfinite(wanted))
      EXPECT_LE(std::abs(y(k) - wanted), 0x1p-52 * std::abs(wanted)) << op << " " << x(k);
    else
      EXPECT_TRUE(std::isnan(wanted) ? std::isnan(y(k)) : y(k) == wanted) << op << " " << x(k);
  }
}

TEST(Scalars, FunctionsKeepTheirDigits) {
  checkFunction("exp", std::exp);
  checkFunction("exp2", std::exp2);
  checkFunction("expm1", std::expm1);
  checkFunction("log", std::log);
  checkFunction("log1p", std::log1p);
  checkFunction("sin", std::sin);
  checkFunction("cos", std::cos);
  checkFunction("tanh", std::tanh);
  checkFunction("erf", std::erf);
  checkFunction("sqrt", std::sqrt);
  checkFunction("absf", std::fabs);
  checkFunction("floor", std::floor);
  checkFunction("ceil", std::ceil);
  checkFunction("roundeven", [](double x) { return std::nearbyint(x); });
}

} // namespace
