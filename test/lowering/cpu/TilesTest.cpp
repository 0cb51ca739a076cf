//===- TilesTest.cpp - products of tiles, from and to any memory ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/lowering/cpu/TilesFixture.h"

using namespace mixc::lowering::cpu;
using namespace mixc::lowering::cpu::test;

namespace {

INSTANTIATE_TEST_SUITE_P(Processors, TilesOn, testing::Values("native", "x86-64-v3", "x86-64"),
                         [](const auto &info) { return replace(info.param, {{"-", ""}}); });

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// y = x w^T, by blocks of 96 columns.
constexpr const char *productBody = R"mlir(
  %c96 = arith.constant 96 : index
  %xt = tile.read %x[%i0, %c0] along [0, 1] valid (%rows, %D) : !V -> tensor<32x40xf32>
  scf.for %j0 = %c0 to %M step %c96 {
    %jl = arith.subi %M, %j0 : index
    %n = arith.minsi %jl, %c96 : index
    %wt = tile.read %w[%j0, %c0] along [0, 1] valid (%n, %D) : !V -> tensor<96x40xf32>
    %init = tensor.splat %zero : tensor<32x96xf32>
    %s = tile.dot %xt, %wt init %init contract [1, 1] valid %D : tensor<32x40xf32>, tensor<96x40xf32> -> tensor<32x96xf32>
    tile.write %s, %y[%i0, %j0] along [0, 1] valid (%rows, %n) : tensor<32x96xf32>, !V
  }
)mlir";

template <typename T> void checkProduct(Plan &plan, Array<T> x, Array<T> w, Array<T> y) {
  int64_t N = y.extents[0], M = y.extents[1], D = x.extents[1];
  ASSERT_EQ(plan.run({x.view(), w.view(), y.view()}, {N, M, D}, 2), 0);
  for (int64_t i = 0; i < N; ++i)
    for (int64_t j = 0; j < M; ++j) {
      float sum = 0;
      for (int64_t d = 0; d < D; ++d)
        sum += float(x(i, d)) * float(w(j, d));
      ASSERT_EQ(float(y(i, j)), sum) << i << ", " << j << " of " << N << " x " << M << " x " << D;
    }
}

TEST_P(TilesOn, ProductsOfAnySizes) {
  for (bool isUnit : {false, true}) {
    Plan product = plan(kernel(productBody, isUnit ? "f32, unit" : "f32"));
    for (auto [N, M] : {std::pair(0, 5),
                        {1, 1},
                        {1, 97},
                        {31, 33},
                        {33, 95},
                        {64, 96},
                        {65, 0},
                        {32, 31},
                        {100, 193}})
      for (int64_t D : {0, 1, 7, 16, 39, 40})
        checkProduct(product, drawn(N, D), drawn(M, D, 2), Array<float>({N, M}));
  }
}

TEST_P(TilesOn, ProductsOfStridedMatrices) {
  Plan product = plan(kernel(productBody));
  auto spread = [](int64_t rows, int64_t columns, int64_t rowStride, int64_t columnStride,
                   int64_t offset) {
    return Array<float>(drawn(1, 40000).data, {rows, columns}, {rowStride, columnStride}, offset);
  };
  Array<float> y({33, 50});
  // Columns that are contiguous, every second column, backwards, one row or element for all.
  checkProduct(product, spread(33, 20, 1, 33, 0), spread(50, 20, 1, 51, 0), y);
  checkProduct(product, spread(33, 20, 100, 2, 0), spread(50, 20, 40, 2, 1), y);
  checkProduct(product, spread(33, 20, -60, -3, 4000), spread(50, 20, 20, -1, 19), y);
  checkProduct(product, spread(33, 20, 0, 1, 0), spread(50, 20, 0, 0, 5), y);
  checkProduct(product, drawn(33, 20), drawn(50, 20, 2), spread(33, 50, 1, 33, 0));
  checkProduct(product, drawn(33, 20), drawn(50, 20, 2), spread(33, 50, -101, -2, 5000));
}

TEST_P(TilesOn, ProductsOfNarrowElements) {
  for (std::string unit : {"", ", unit"}) {
    Plan bf16 = plan(kernel(productBody, "bf16" + unit)),
         f16 = plan(kernel(productBody, "f16" + unit));
    for (auto [N, M] : {std::pair(1, 1), {33, 31}, {32, 97}})
      for (int64_t D : {3, 16, 37}) {
        checkProduct(bf16, drawn<BFloat>(N, D), drawn<BFloat>(M, D, 2), Array<BFloat>({N, M}));
        checkProduct(f16, drawn<_Float16>(N, D), drawn<_Float16>(M, D, 2), Array<_Float16>({N, M}));
      }
  }
}

TEST_P(TilesOn, ProductsInDouble) {
  Plan product = plan(
      replace(kernel(productBody, "f64, unit"), {{"xf32>", "xf64>"}, {"0.0 : f32", "0.0 : f64"}}));
  for (int64_t D : {5, 40})
    checkProduct(product, drawn<double>(33, D), drawn<double>(29, D, 2), Array<double>({33, 29}));
}

TEST_P(TilesOn, ProductsWriteNothingBeside) {
  for (std::string unit : {"", ", unit"}) {
    Plan product = plan(kernel(productBody, "f32" + unit));
    Array<float> x = drawn(33, 9), w = drawn(21, 9, 2);
    Array<float> y(std::vector<float>(3000, untouched), {33, 21}, {70, 1}, 75);
    ASSERT_EQ(product.run({x.view(), w.view(), y.view()}, {33, 21, 9}, 2), 0);
    for (int64_t k = 0; k < 3000; ++k) {
      int64_t at = k - 75;
      bool isInside = at >= 0 && at / 70 < 33 && at % 70 < 21;
      ASSERT_EQ(y.data[k] == untouched, !isInside) << k;
    }
  }
}

/// Known widths of one vector and one element more, of which some are narrow.
TEST_P(TilesOn, OneElementIsWrittenAlone) {
  for (std::string columns : {"1", "17"}) {
    Plan copy = plan(replace(kernel(R"mlir(
  %n = arith.constant COLUMNS : index
  %t = tile.read %x[%i0, %c0] along [0, 1] valid (%rows, %n) : !V -> tensor<32xCOLUMNSxf32>
  %one1 = arith.constant dense<1.0> : tensor<32xCOLUMNSxf32>
  %u = arith.addf %t, %one1 : tensor<32xCOLUMNSxf32>
  tile.write %u, %y[%i0, %c0] along [0, 1] valid (%rows, %n) : tensor<32xCOLUMNSxf32>, !V
)mlir",
                                    "bf16, unit"),
                             {{"COLUMNS", columns}}));
    int64_t count = std::stoi(columns);
    Array<BFloat> x = drawn<BFloat>(33, count);
    Array<BFloat> y(std::vector<BFloat>(3000, BFloat(untouched)), {33, count}, {70, 1}, 75);
    ASSERT_EQ(copy.run({x.view(), x.view(), y.view()}, {33, count, 0}), 0);
    for (int64_t k = 0; k < 3000; ++k) {
      int64_t row = (k - 75) / 70, column = (k - 75) % 70;
      bool isInside = k >= 75 && row < 33 && column < count;
      ASSERT_EQ(float(y.data[k]), isInside ? x(row, column) + 1 : untouched) << k;
    }
  }
}

/// Every pair of contracted axes, of operands that are read and of ones that are computed.
TEST_P(TilesOn, ProductsContractAnyAxes) {
  for (int64_t a : {0, 1})
    for (int64_t b : {0, 1})
      for (bool isComputed : {false, true}) {
        std::string body = R"mlir(
  %xt = tile.read %x[%i0, %c0] along XALONG valid (XVALID) : !V -> tensor<XTYPExf32>
  %wt = tile.read %w[%c0, %c0] along WALONG valid (WVALID) : !V -> tensor<WTYPExf32>
  %xs = tensor.splat XSCALE : tensor<XTYPExf32>
  %xc = arith.mulf %xt, %xs : tensor<XTYPExf32>
  %ws = tensor.splat %one : tensor<WTYPExf32>
  %wc = arith.mulf %wt, %ws : tensor<WTYPExf32>
  %init = tensor.splat %one : tensor<32x20xf32>
  %s = tile.dot XUSED, WUSED init %init contract [A, B] valid %D : tensor<XTYPExf32>, tensor<WTYPExf32> -> tensor<32x20xf32>
  tile.write %s, %y[%i0, %c0] along [0, 1] valid (%rows, %M) : tensor<32x20xf32>, !V
)mlir";
        std::string text =
            replace(kernel(body, "f32, unit"),
                    {{"XALONG", a == 1 ? "[0, 1]" : "[1, 0]"},
                     {"XVALID", a == 1 ? "%rows, %D" : "%D, %rows"},
                     {"XTYPE", a == 1 ? "32x24" : "24x32"},
                     {"WALONG", b == 1 ? "[0, 1]" : "[1, 0]"},
                     {"WVALID", b == 1 ? "%M, %D" : "%D, %M"},
                     {"WTYPE", b == 1 ? "20x24" : "24x20"},
                     {"XSCALE", "%one"},
                     {"XUSED", isComputed ? "%xc" : "%xt"},
                     {"WUSED", isComputed ? "%wc" : "%wt"},
                     {"[A, B]", "[" + std::to_string(a) + ", " + std::to_string(b) + "]"}});
        Plan product = plan(text);
        for (int64_t D : {1, 17, 24}) {
          Array<float> x = drawn(37, D), w = drawn(19, D, 2), y({37, 19});
          ASSERT_EQ(product.run({x.view(), w.view(), y.view()}, {37, 19, D}), 0);
          for (int64_t i = 0; i < 37; ++i)
            for (int64_t j = 0; j < 19; ++j) {
              float sum = 1;
              for (int64_t d = 0; d < D; ++d)
                sum += x(i, d) * w(j, d);
              ASSERT_EQ(y(i, j), sum) << a << b << isComputed << ": " << i << ", " << j;
            }
        }
      }
}

void checkVectors(Plan &plan, int64_t M, int64_t D, bool isTurned) {
  Array<float> x = drawn(3, D), w = isTurned ? drawn(D, M, 2) : drawn(M, D, 2), y({3, M});
  ASSERT_EQ(plan.run({x.view(), w.view(), y.view()}, {3, M, D}), 0);
  for (int64_t i = 0; i < 3; ++i)
    for (int64_t j = 0; j < M; ++j) {
      float sum = 1;
      for (int64_t d = 0; d < D; ++d)
        sum += x(i, d) * (isTurned ? w(d, j) : w(j, d));
      ASSERT_EQ(y(i, j), sum) << i << ", " << j << " of " << M << " x " << D;
    }
}

/// A vector by a matrix, and the other way around, a row of y a point.
TEST_P(TilesOn, ProductsOfVectors) {
  for (int64_t axis : {0, 1})
    for (bool isLeft : {false, true}) {
      std::string body = R"mlir(
  %xt = tile.read %x[%i, %c0] along [-1, 0] valid (%D) : !V -> tensor<24xf32>
  %wt = tile.read %w[%c0, %c0] along WALONG valid (WVALID) : !V -> tensor<WTYPExf32>
  %init = tensor.splat %one : tensor<40xf32>
  %s = tile.dot OPERANDS -> tensor<40xf32>
  tile.write %s, %y[%i, %c0] along [-1, 0] valid (%M) : tensor<40xf32>, !V
)mlir";
      std::string number = std::to_string(axis), type = axis == 1 ? "40x24" : "24x40";
      std::string operands = isLeft
                                 ? "%xt, %wt init %init contract [0, " + number +
                                       "] valid %D : tensor<24xf32>, tensor<" + type + "xf32>"
                                 : "%wt, %xt init %init contract [" + number +
                                       ", 0] valid %D : tensor<" + type + "xf32>, tensor<24xf32>";
      // One row a point.
      std::string text =
          replace(kernel(body, "f32, unit"), {{"WALONG", "[0, 1]"},
                                              {"WVALID", axis == 1 ? "%M, %D" : "%D, %M"},
                                              {"WTYPE", type},
                                              {"OPERANDS", operands},
                                              {"ceildivsi %N, %c32", "addi %N, %c0"}});
      Plan product = plan(text);
      for (auto [M, D] : {std::pair(1, 1), {40, 24}, {33, 17}})
        checkVectors(product, M, D, axis == 0);
    }
}

} // namespace
