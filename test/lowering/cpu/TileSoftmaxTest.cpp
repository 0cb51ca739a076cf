//===- TileSoftmaxTest.cpp - one pass of softmax over blocks of keys ------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All of a tile kernel at once: state that a loop carries and corrects, in place; a mask in
// some blocks; two products, the second one added to what the loop carries.
//
//===----------------------------------------------------------------------===//

#include "test/lowering/cpu/TilesFixture.h"

#include <algorithm>
#include <cmath>

using namespace mixc::lowering::cpu;
using namespace mixc::lowering::cpu::test;

namespace {

/// Row i sees the keys up to i + M - N; `lse` is the logarithm of a row's sum.
constexpr const char *attentionText = R"mlir(
tile.kernel @attention grid (%i) args (%N: index, %M: index, %q: !V, %k: !V, %v: !V, %o: !V out, %lse: !tile.view<1, f32> out) {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  %c95 = arith.constant 95 : index
  %c96 = arith.constant 96 : index
  %D = arith.constant 40 : index
  %E = arith.constant 20 : index
  %i0 = arith.muli %i, %c32 : index
  %left = arith.subi %N, %i0 : index
  %rows = arith.minsi %left, %c32 : index
  %offset = arith.subi %M, %N : index
  %limit = arith.addi %i0, %offset : index
  %end = arith.addi %limit, %rows : index
  %inf = arith.constant 0xFF800000 : f32
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.5 : f32
  %m0 = tensor.splat %inf : tensor<32xf32>
  %z0 = tensor.splat %zero : tensor<32xf32>
  %a0 = tensor.splat %zero : tensor<32x20xf32>
  %s0 = tensor.splat %zero : !S
  %qt = tile.read %q[%i0, %c0] along [0, 1] valid (%rows, %D) : !V -> tensor<32x40xf32>
  %all:3 = scf.for %j0 = %c0 to %end step %c96 iter_args(%m = %m0, %z = %z0, %a = %a0) -> (tensor<32xf32>, tensor<32xf32>, tensor<32x20xf32>) {
    %jl = arith.subi %end, %j0 : index
    %n = arith.minsi %jl, %c96 : index
    %kt = tile.read %k[%j0, %c0] along [0, 1] valid (%n, %D) : !V -> tensor<96x40xf32>
    %d = tile.dot %qt, %kt init %s0 contract [1, 1] valid %D : tensor<32x40xf32>, tensor<96x40xf32> -> !S
    %scales = tensor.splat %scale : !S
    %s = arith.mulf %scales, %d : !S
    %last = arith.addi %j0, %c95 : index
    %isPart = arith.cmpi sgt, %last, %limit : index
    %t = scf.if %isPart -> (!S) {
      %row = tile.iota %limit along 0 : tensor<32x96xindex>
      %column = tile.iota %j0 along 1 : tensor<32x96xindex>
      %isSeen = arith.cmpi sle, %column, %row : tensor<32x96xindex>
      %infs = tensor.splat %inf : !S
      %masked = arith.select %isSeen, %s, %infs : tensor<32x96xi1>, !S
      scf.yield %masked : !S
    } else {
      scf.yield %s : !S
    }
    %here = tile.reduce max %t axis 1 valid %n : !S -> tensor<32xf32>
    %m1 = arith.maximumf %m, %here : tensor<32xf32>
    %r = tile.expdiff %m, %m1 : tensor<32xf32>
    %zr = arith.mulf %z, %r : tensor<32xf32>
    %mb = tile.broadcast %m1 along 0 : tensor<32xf32> -> !S
    %p = tile.expdiff %t, %mb : !S
    %sum = tile.reduce sum %p axis 1 valid %n : !S -> tensor<32xf32>
    %z1 = arith.addf %zr, %sum : tensor<32xf32>
    %vt = tile.read %v[%j0, %c0] along [1, 0] valid (%E, %n) : !V -> tensor<20x96xf32>
    %rb = tile.broadcast %r along 0 : tensor<32xf32> -> tensor<32x20xf32>
    %ar = arith.mulf %a, %rb : tensor<32x20xf32>
    %a1 = tile.dot %p, %vt init %ar contract [1, 1] valid %n : !S, tensor<20x96xf32> -> tensor<32x20xf32>
    scf.yield %m1, %z1, %a1 : tensor<32xf32>, tensor<32xf32>, tensor<32x20xf32>
  }
  %zb = tile.broadcast %all#1 along 0 : tensor<32xf32> -> tensor<32x20xf32>
  %isNone = arith.cmpf oeq, %all#1, %z0 : tensor<32xf32>
  %nones = tile.broadcast %isNone along 0 : tensor<32xi1> -> tensor<32x20xi1>
  %quotient = arith.divf %all#2, %zb : tensor<32x20xf32>
  %result = arith.select %nones, %a0, %quotient : tensor<32x20xi1>, tensor<32x20xf32>
  tile.write %result, %o[%i0, %c0] along [0, 1] valid (%rows, %E) : tensor<32x20xf32>, !V
  %log = math.log %all#1 : tensor<32xf32>
  %l = arith.addf %all#0, %log : tensor<32xf32>
  tile.write %l, %lse[%i0] along [0] valid (%rows) : tensor<32xf32>, !tile.view<1, f32>
  tile.return
}
plan.func @p extents (%N "N", %M "M") args (%q "q": !V, %k "k": !V, %v "v": !V) outs (%o "o": !V, %lse "lse": !tile.view<1, f32>) {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  %blocks = arith.ceildivsi %N, %c32 : index
  plan.launch @attention grid (%blocks) args (%N, %M, %q, %k, %v, %o, %lse : index, index, !V, !V, !V, !V, !tile.view<1, f32>) scratch %c0
  plan.return
}
)mlir";

template <typename T> void checkAttention(Plan &plan, int64_t N, int64_t M, double tolerance) {
  constexpr int64_t D = 40, E = 20;
  Array<T> q = drawn<T>(N, D), k = drawn<T>(M, D, 2), v = drawn<T>(M, E, 3), o({N, E});
  Array<float> lse({N});
  ASSERT_EQ(plan.run({q.view(), k.view(), v.view(), o.view(), lse.view()}, {N, M}, 2), 0);
  for (int64_t i = 0; i < N; ++i) {
    std::vector<double> p;
    for (int64_t j = 0; j <= i + M - N; ++j) {
      double score = 0;
      for (int64_t d = 0; d < D; ++d)
        score += double(float(q(i, d))) * float(k(j, d));
      p.push_back(score / 2);
    }
    double most = p.empty() ? 0 : *std::max_element(p.begin(), p.end()), sum = 0;
    for (double &weight : p)
      sum += weight = std::exp(weight - most);
    for (int64_t e = 0; e < E; ++e) {
      double expected = 0;
      for (size_t j = 0; j < p.size(); ++j)
        expected += p[j] / sum * float(v(int64_t(j), e));
      ASSERT_NEAR(float(o(i, e)), expected, tolerance)
          << i << ", " << e << " of " << N << ", " << M;
    }
    if (p.empty())
      ASSERT_EQ(lse(i), -INFINITY);
    else
      ASSERT_NEAR(lse(i), most + std::log(sum), 1e-5 * (1 + std::abs(most)));
  }
}

TEST_P(TilesOn, SoftmaxOfRaggedBlocks) {
  for (std::string unit : {", unit", ""}) {
    if (unit.empty() && std::string(GetParam()) != "native")
      continue; // without contiguous axes, no way of reading depends on the vector unit
    Plan attention = plan(replace(
        attentionText, {{"!V", "!tile.view<2, f32" + unit + ">"}, {"!S", "tensor<32x96xf32>"}}));
    for (auto [N, M] : {std::pair(1, 1),
                        {31, 31},
                        {33, 33},
                        {1, 97},
                        {95, 95},
                        {97, 97},
                        {40, 200},
                        {64, 192},
                        {3, 0},
                        {70, 5},
                        {0, 9}})
      checkAttention<float>(attention, N, M, 4e-6);
  }
}

TEST_P(TilesOn, SoftmaxOfNarrowElements) {
  auto text = [](const char *type) {
    return replace(attentionText, {{"!V", std::string("!tile.view<2, ") + type + ", unit>"},
                                   {"!S", "tensor<32x96xf32>"}});
  };
  Plan bf16 = plan(text("bf16")), f16 = plan(text("f16"));
  for (auto [N, M] : {std::pair(1, 1), {33, 97}, {64, 192}, {70, 5}}) {
    checkAttention<BFloat>(bf16, N, M, 3 * 0x1p-8);
    checkAttention<_Float16>(f16, N, M, 3 * 0x1p-11);
  }
}

} // namespace
