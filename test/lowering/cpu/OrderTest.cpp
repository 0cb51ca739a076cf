//===- OrderTest.cpp - tile.order against std::stable_sort ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/lowering/cpu/JitFixture.h"

#include <algorithm>
#include <cmath>
#include <random>

using namespace mixc::lowering::cpu::test;

namespace {

constexpr const char *orderText = R"mlir(
tile.kernel @order grid (%i) args (%x: !tile.view<2, KEY>, %r: !tile.view<2, i32> out, %n: index, %k: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %keys = tile.scratch (%n) : !tile.view<1, KEY, unit>
  %order = tile.scratch (%n) : !tile.view<1, i64, unit>
  %spare = tile.scratch (%n) : !tile.view<1, i64, unit>
  scf.for %j = %c0 to %n step %c1 {
    %0 = tile.load %x[%i, %j] : !tile.view<2, KEY> -> SCALAR
    tile.store %0, %keys[%j] : SCALAR, !tile.view<1, KEY, unit>
  }
  tile.order %keys to %order spare %spare count %n ranks %k : !tile.view<1, KEY, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
  scf.for %t = %c0 to %k step %c1 {
    %0 = tile.load %order[%t] : !tile.view<1, i64, unit> -> index
    tile.store %0, %r[%i, %t] : index, !tile.view<2, i32>
  }
  tile.return
}
plan.func @p extents (%B "B", %N "N", %K "K") args (%x "x": !tile.view<2, KEY>) outs (%r "r": !tile.view<2, i32>) {
  %c24 = arith.constant 24 : index
  %c192 = arith.constant 192 : index
  %0 = arith.muli %N, %c24 : index
  %1 = arith.addi %0, %c192 : index
  plan.launch @order grid (%B) args (%x, %r, %N, %K : !tile.view<2, KEY>, !tile.view<2, i32>, index, index) scratch %1
  plan.return
}
)mlir";

template <typename Key> bool isNaN(Key key) {
  if constexpr (std::is_floating_point_v<Key>)
    return std::isnan(key);
  return false;
}

template <typename Key> void check(const char *type, const char *scalar, auto draw) {
  Plan plan(replace(orderText, {{"KEY", type}, {"SCALAR", scalar}}));
  constexpr int64_t rows = 3;
  for (int64_t count : {1, 2, 3, 8, 31, 100, 257, 1000})
    for (int64_t ranks : {int64_t(1), int64_t(2), int64_t(31), int64_t(33), count}) {
      if (ranks > count)
        continue;
      Array<Key> keys({rows, count});
      for (Key &key : keys.data)
        key = draw();
      Array<int32_t> order({rows, ranks}, -1);
      ASSERT_EQ(plan.run({keys.view(), order.view()}, {rows, count, ranks}, 2), 0);
      for (int64_t row = 0; row < rows; ++row) {
        std::vector<int32_t> expected(count);
        std::iota(expected.begin(), expected.end(), 0);
        std::stable_sort(expected.begin(), expected.end(), [&](int32_t a, int32_t b) {
          Key left = keys(row, a), right = keys(row, b);
          return left > right || (!isNaN(left) && isNaN(right));
        });
        for (int64_t rank = 0; rank < ranks; ++rank)
          ASSERT_EQ(order(row, rank), expected[rank]) << count << " " << ranks << " " << rank;
      }
    }
}

TEST(Order, OfFloatsWithTiesAndNaN) {
  std::mt19937 random(3);
  check<float>("f32", "f32", [&]() -> float {
    switch (random() % 8) {
    case 0:
      return NAN;
    case 1:
      return -INFINITY;
    case 2:
      return random() % 2 ? 0.f : -0.f;
    default:
      return static_cast<float>(random() % 50) - 25;
    }
  });
}

TEST(Order, OfDoubles) {
  std::mt19937 random(4);
  check<double>("f64", "f64", [&] { return std::uniform_real_distribution<>(-1, 1)(random); });
}

TEST(Order, OfIntegers) {
  std::mt19937_64 random(5);
  check<int64_t>("i64", "index",
                 [&] { return static_cast<int64_t>(random()) >> (random() % 2 ? 0 : 58); });
}

TEST(Order, OfAscendingKeys) {
  float next = 0;
  check<float>("f32", "f32", [&] { return next++; });
}

} // namespace
