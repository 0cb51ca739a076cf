//===- PlanTest.cpp - host functions --------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/lowering/cpu/JitFixture.h"

using namespace mixc::lowering::cpu::test;

namespace {

/// y = (x + t) in one kernel, where t is an integer argument.
const std::string addKernel = R"mlir(
tile.kernel @add grid (%i) args (%x: !tile.view<1, f32>, %y: !tile.view<1, f32> out, %t: index) {
  %0 = tile.load %x[%i] : !tile.view<1, f32> -> f32
  %1 = tile.round %t to f32 : index -> f32
  %2 = arith.addf %0, %1 : f32
  tile.store %2, %y[%i] : f32, !tile.view<1, f32>
  tile.return
}
)mlir";

TEST(Plan, ReturnsTheNumberOfTheCheckThatFails) {
  Plan plan(addKernel + R"mlir(
    plan.func @p extents (%H "H", %G "G") args (%x "x": !tile.view<1, f32>) outs (%y "y": !tile.view<1, f32>) {
      %c0 = arith.constant 0 : index
      %positive = arith.cmpi sgt, %G, %c0 : index
      plan.check %positive, "G > 0"
      %rest = arith.remsi %H, %G : index
      %divides = arith.cmpi eq, %rest, %c0 : index
      plan.check %divides, "H % G == 0"
      plan.launch @add grid (%H) args (%x, %y, %G : !tile.view<1, f32>, !tile.view<1, f32>, index) scratch %c0
      plan.return
    })mlir");
  Array<float> x({6}, 1), y({6}, -1);
  EXPECT_EQ(plan.run({x.view(), y.view()}, {6, 0}), 1);
  EXPECT_EQ(plan.run({x.view(), y.view()}, {6, 4}), 2);
  EXPECT_EQ(y.data, std::vector<float>(6, -1)); // nothing was launched
  EXPECT_EQ(plan.compiled().getCheckMessage(1), "G > 0");
  EXPECT_EQ(plan.compiled().getCheckMessage(2), "H % G == 0");
  EXPECT_EQ(plan.compiled().getCheckMessage(MIXC_OUT_OF_MEMORY), "not enough memory");
  EXPECT_EQ(plan.run({x.view(), y.view()}, {6, 3}), 0);
  EXPECT_EQ(y.data, std::vector<float>(6, 4));
}

TEST(Plan, SharesBuffersThatAreNeverAliveAtOnce) {
  Plan plan(addKernel + R"mlir(
    plan.func @p extents (%N "N") args (%x "x": !tile.view<1, f32>) outs (%y "y": !tile.view<1, f32>) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      %a = plan.buffer "a" (%N) : !tile.view<1, f32, unit>
      %b = plan.buffer "b" (%N) : !tile.view<1, f32, unit>
      %more = arith.muli %N, %c2 : index
      %c = plan.buffer "c" (%more) : !tile.view<1, f32, unit>
      plan.launch @add grid (%N) args (%x, %a, %c1 : !tile.view<1, f32>, !tile.view<1, f32, unit>, index) scratch %c0
      plan.launch @add grid (%N) args (%a, %b, %c2 : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>, index) scratch %c0
      plan.launch @add grid (%N) args (%b, %c, %c3 : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>, index) scratch %c0
      plan.launch @add grid (%N) args (%c, %y, %N : !tile.view<1, f32, unit>, !tile.view<1, f32>, index) scratch %c0
      plan.return
    })mlir");
  int64_t extents[] = {100};
  // a and c share a slot of c's size, b has its own: 832 + 448.
  EXPECT_EQ(plan.compiled().workspaceBytes(extents), 832 + 448);
  Array<float> x({100}, 1), y({100});
  ASSERT_EQ(plan.run({x.view(), y.view()}, {100}), 0);
  EXPECT_EQ(y.data, std::vector<float>(100, 107));
}

TEST(Plan, LoopsOverLaunches) {
  // y = x + 0 + 1 + ... + (T - 1), back and forth between two buffers.
  Plan plan(addKernel + R"mlir(
    plan.func @p extents (%N "N", %T "T") args (%x "x": !tile.view<1, f32>) outs (%y "y": !tile.view<1, f32>) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %a = plan.buffer "a" (%N) : !tile.view<1, f32, unit>
      %b = plan.buffer "b" (%N) : !tile.view<1, f32, unit>
      plan.launch @add grid (%N) args (%x, %a, %c0 : !tile.view<1, f32>, !tile.view<1, f32, unit>, index) scratch %c0
      %last:2 = scf.for %t = %c0 to %T step %c1 iter_args(%from = %a, %to = %b) -> (!tile.view<1, f32, unit>, !tile.view<1, f32, unit>) {
        plan.launch @add grid (%N) args (%from, %to, %t : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>, index) scratch %c0
        scf.yield %to, %from : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>
      }
      plan.launch @add grid (%N) args (%last#0, %y, %c0 : !tile.view<1, f32, unit>, !tile.view<1, f32>, index) scratch %c0
      plan.return
    })mlir");
  int64_t extents[] = {50, 0};
  EXPECT_EQ(plan.compiled().workspaceBytes(extents), 2 * 256);
  for (int64_t steps : {0, 1, 2, 7}) {
    Array<float> x({50}, 1), y({50});
    ASSERT_EQ(plan.run({x.view(), y.view()}, {50, steps}, 2), 0);
    EXPECT_EQ(y.data, std::vector<float>(50, 1 + steps * (steps - 1) / 2));
  }
}

TEST(Plan, TakesDefaultsForArgumentsThatAreLeftOut) {
  Plan plan(R"mlir(
    tile.kernel @k grid (%i, %j) args (%x: !tile.view<2, bf16>, %s: !tile.view<0, f64>, %z: !tile.view<0, complex<f32>>, %y: !tile.view<2, f64> out) {
      %0 = tile.load %x[%i, %j] : !tile.view<2, bf16> -> f32
      %1 = tile.load %s[] : !tile.view<0, f64> -> f64
      %2 = tile.load %z[] : !tile.view<0, complex<f32>> -> complex<f32>
      %3 = complex.im %2 : complex<f32>
      %4 = arith.addf %0, %3 : f32
      %5 = tile.round %4 to f64 : f32 -> f64
      %6 = arith.addf %5, %1 : f64
      tile.store %6, %y[%i, %j] : f64, !tile.view<2, f64>
      tile.return
    }
    plan.func @p extents (%M "M", %N "N") args (%x "x": !tile.view<2, bf16>, %s "s": !tile.view<0, f64>, %z "z": !tile.view<0, complex<f32>>) outs (%y "y": !tile.view<2, f64>) {
      %c0 = arith.constant 0 : index
      %half = arith.constant 0.5 : f32
      %x1 = plan.default %x = %half : f32, !tile.view<2, bf16>
      %n = tile.round %N to f64 : index -> f64
      %s1 = plan.default %s = %n : f64, !tile.view<0, f64>
      %i = complex.create %half, %half : complex<f32>
      %z1 = plan.default %z = %i : complex<f32>, !tile.view<0, complex<f32>>
      plan.launch @k grid (%M, %N) args (%x1, %s1, %z1, %y : !tile.view<2, bf16>, !tile.view<0, f64>, !tile.view<0, complex<f32>>, !tile.view<2, f64>) scratch %c0
      plan.return
    })mlir");
  mixc_view none{};
  Array<double> y({3, 20});
  ASSERT_EQ(plan.run({none, none, none, y.view()}, {3, 20}), 0);
  EXPECT_EQ(y.data, std::vector<double>(60, 0.5 + 0.5 + 20));
  Array<uint16_t> x({3, 20}, 0x4000); // 2
  Array<double> s({}, 7);
  ASSERT_EQ(plan.run({x.view(), s.view(), none, y.view()}, {3, 20}), 0);
  EXPECT_EQ(y.data, std::vector<double>(60, 2 + 0.5 + 7));
}

TEST(Plan, ReadsScalars) {
  // A check on an argument, a loop whose length is one.
  Plan plan(addKernel + R"mlir(
    plan.func @p extents (%N "N") args (%x "x": !tile.view<1, f32>, %t "t": !tile.view<0, i32>) outs (%y "y": !tile.view<1, f32>) {
      %c0 = arith.constant 0 : index
      %count = tile.load %t[] : !tile.view<0, i32> -> index
      %ok = arith.cmpi sge, %count, %c0 : index
      plan.check %ok, "t >= 0"
      plan.launch @add grid (%N) args (%x, %y, %count : !tile.view<1, f32>, !tile.view<1, f32>, index) scratch %c0
      plan.return
    })mlir");
  Array<float> x({4}, 1), y({4});
  Array<int32_t> t({}, 41);
  ASSERT_EQ(plan.run({x.view(), t.view(), y.view()}, {4}), 0);
  EXPECT_EQ(y.data, std::vector<float>(4, 42));
  t() = -1;
  EXPECT_EQ(plan.run({x.view(), t.view(), y.view()}, {4}), 1);
}

TEST(Plan, HandsOnWhatALaunchReturns) {
  Plan plan(addKernel + R"mlir(
    plan.func @p extents (%N "N") args (%x "x": !tile.view<1, f32>) outs (%y "y": !tile.view<1, f32>) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      scf.for %i = %c0 to %N step %c1 {
        plan.launch @add grid (%N) args (%x, %y, %i : !tile.view<1, f32>, !tile.view<1, f32>, index) scratch %c0
      }
      plan.return
    })mlir");
  struct Counting : mixc_host {
    mutable int launches = 0;
  } host{};
  host.launch = [](const mixc_host *host, mixc_kernel, const mixc_view *, const int64_t *scalars,
                   int64_t, int64_t) -> int32_t {
    ++static_cast<const Counting *>(host)->launches;
    return scalars[0] == 3 ? MIXC_OUT_OF_MEMORY : 0;
  };
  Array<float> x({9}), y({9});
  EXPECT_EQ(plan.run({x.view(), y.view()}, {9}, &host), MIXC_OUT_OF_MEMORY);
  EXPECT_EQ(host.launches, 4);
}

TEST(Plan, ChoosesByExtents) {
  Plan plan(addKernel + R"mlir(
    plan.func @p extents (%N "N") args (%x "x": !tile.view<1, f32>) outs (%y "y": !tile.view<1, f32>) {
      %c0 = arith.constant 0 : index
      %c16 = arith.constant 16 : index
      %few = arith.cmpi sle, %N, %c16 : index
      scf.if %few {
        plan.launch @add grid (%N) args (%x, %y, %c0 : !tile.view<1, f32>, !tile.view<1, f32>, index) scratch %c0
      } else {
        plan.launch @add grid (%N) args (%x, %y, %c16 : !tile.view<1, f32>, !tile.view<1, f32>, index) scratch %c0
      }
      plan.return
    })mlir");
  for (int64_t n : {0, 16, 17}) {
    Array<float> x({n}, 1), y({n});
    ASSERT_EQ(plan.run({x.view(), y.view()}, {n}), 0);
    EXPECT_EQ(y.data, std::vector<float>(n, n <= 16 ? 1 : 17));
  }
}

} // namespace
