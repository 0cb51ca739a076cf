//===- InstructionsTest.cpp - instructions of warps -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorFixture.h"

#include <bit>
#include <functional>

using namespace mixc::lowering::emulator::test;

namespace {

/// Runs a kernel that stores the i32 `%v` for each thread of blocks of `block`, and compares.
void expect(const std::string &vendor, const std::string &text, unsigned width, int32_t block,
            const std::function<int32_t(int32_t)> &value) {
  Emulated kernel({vendor, text + R"mlir(
    %to = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i32
    llvm.store %v, %to : i32, !llvm.ptr<1>
    llvm.return)mlir"},
                  width);
  std::vector<int32_t> x(size_t(block) * 2, -1);
  ASSERT_TRUE(kernel.run(x, block)) << kernel.fault().text;
  for (int32_t k = 0; k < block * 2; ++k)
    EXPECT_EQ(x[k], value(k % block)) << text << " at " << k;
}

std::string shuffle(const std::string &kind, int offset, int clamp) {
  return "%all = llvm.mlir.constant(-1 : i32) : i32\n%by = llvm.mlir.constant(" +
         std::to_string(offset) + " : i32) : i32\n%clamp = llvm.mlir.constant(" +
         std::to_string(clamp) + " : i32) : i32\n%v = nvvm.shfl.sync " + kind +
         " %all, %t, %by, %clamp : i32 -> i32";
}

TEST(Instructions, Shuffles) {
  expect("nvvm", shuffle("bfly", 5, 31), 32, 64, [](int t) { return t ^ 5; });
  expect("nvvm", shuffle("down", 4, 31), 32, 64, [](int t) { return t % 32 + 4 < 32 ? t + 4 : t; });
  expect("nvvm", shuffle("up", 4, 0), 32, 64, [](int t) { return t % 32 >= 4 ? t - 4 : t; });
  expect("nvvm", shuffle("idx", 7, 31), 32, 64, [](int t) { return t / 32 * 32 + 7; });
  // Segments of 8 lanes.
  expect("nvvm", shuffle("idx", 3, 0x181f), 32, 64, [](int t) { return t / 8 * 8 + 3; });
  expect("nvvm", shuffle("down", 1, 0x181f), 32, 64, [](int t) { return t % 8 < 7 ? t + 1 : t; });
  expect("nvvm", shuffle("up", 1, 0x1800), 32, 64, [](int t) { return t % 8 ? t - 1 : t; });
}

TEST(Instructions, ShuffleSaysWhetherItWasInRange) {
  expect("nvvm", R"mlir(
    %all = llvm.mlir.constant(-1 : i32) : i32
    %by = llvm.mlir.constant(20 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %f = llvm.bitcast %t : i32 to f32
    %pair = nvvm.shfl.sync down %all, %f, %by, %clamp {return_value_and_is_valid} : f32 -> !llvm.struct<(f32, i1)>
    %is = llvm.extractvalue %pair[1] : !llvm.struct<(f32, i1)>
    %g = llvm.extractvalue %pair[0] : !llvm.struct<(f32, i1)>
    %w = llvm.bitcast %g : f32 to i32
    %no = llvm.mlir.constant(-7 : i32) : i32
    %v = llvm.select %is, %w, %no : i1, i32)mlir",
         32, 32, [](int t) { return t < 12 ? t + 20 : -7; });
}

TEST(Instructions, Votes) {
  auto vote = [](const std::string &kind, const std::string &type) {
    return R"mlir(
    %all = llvm.mlir.constant(-1 : i32) : i32
    %five = llvm.mlir.constant(5 : i32) : i32
    %is = llvm.icmp "ult" %t, %five : i32
    %r = nvvm.vote.sync )mlir" +
           kind + " %all, %is -> " + type +
           (type == "i1" ? "\n%v = llvm.zext %r : i1 to i32" : "\n%v = llvm.add %r, %b : i32\n");
  };
  expect("nvvm", vote("any", "i1"), 32, 64, [](int t) { return t < 32; });
  expect("nvvm", vote("all", "i1"), 32, 64, [](int) { return 0; });
  expect("nvvm", vote("uni", "i1"), 32, 64, [](int t) { return t >= 32; });
}

TEST(Instructions, SumOfAWarp) {
  std::string text = "%all = llvm.mlir.constant(-1 : i32) : i32\n"
                     "%clamp = llvm.mlir.constant(31 : i32) : i32\n%s0 = llvm.add %t, %all : i32\n";
  for (int k = 0; k < 5; ++k) {
    std::string n = std::to_string(k), m = std::to_string(k + 1);
    text += "%by" + n + " = llvm.mlir.constant(" + std::to_string(16 >> k) + " : i32) : i32\n%o" +
            n + " = nvvm.shfl.sync bfly %all, %s" + n + ", %by" + n + ", %clamp : i32 -> i32\n%s" +
            m + " = llvm.add %s" + n + ", %o" + n + " : i32\n";
  }
  text += "%v = llvm.add %s5, %clamp : i32\n";
  expect("nvvm", text, 32, 32, [](int) { return 31 * 16 - 32 + 31; });
}

TEST(Instructions, DivergentShuffles) {
  // Each half of the warp goes its own way, with its own mask.
  expect("nvvm", R"mlir(
    %low = llvm.mlir.constant(65535 : i32) : i32
    %high = llvm.mlir.constant(-65536 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %sixteen = llvm.mlir.constant(16 : i32) : i32
    %is = llvm.icmp "ult" %t, %sixteen : i32
    llvm.cond_br %is, ^low, ^high
  ^low:
    %a = nvvm.shfl.sync bfly %low, %t, %one, %clamp : i32 -> i32
    llvm.br ^join(%a : i32)
  ^high:
    %c = nvvm.shfl.sync idx %high, %t, %sixteen, %clamp : i32 -> i32
    llvm.br ^join(%c : i32)
  ^join(%v: i32):)mlir",
         32, 32, [](int t) { return t < 16 ? t ^ 1 : 16; });
}

TEST(Instructions, SyncWarpOrders) {
  Emulated kernel(
      {"nvvm", R"mlir(
    %all = llvm.mlir.constant(-1 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %base = llvm.mlir.addressof @s : !llvm.ptr<3>
    %mine = llvm.getelementptr %base[%t] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    llvm.store %t, %mine : i32, !llvm.ptr<3>
    nvvm.bar.warp.sync %all : i32
    %next = llvm.xor %t, %one : i32
    %other = llvm.getelementptr %base[%next] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    %v = llvm.load %other : !llvm.ptr<3> -> i32
    nvvm.bar.warp.sync %all : i32
    llvm.store %v, %mine : i32, !llvm.ptr<3>
    llvm.return)mlir",
       "llvm.mlir.global internal @s() {addr_space = 3 : i32} : !llvm.array<64 x i32>"});
  std::vector<int32_t> x(64);
  EXPECT_TRUE(kernel.run(x, 64)) << kernel.fault().text;
}

TEST(Instructions, Permutes) {
  expect("rocdl", R"mlir(
    %c = llvm.mlir.constant(252 : i32) : i32
    %four = llvm.mlir.constant(4 : i32) : i32
    %bytes = llvm.mul %t, %four : i32
    %address = llvm.sub %c, %bytes : i32
    %v = rocdl.ds_bpermute %address, %t : (i32, i32) -> i32)mlir",
         64, 128, [](int t) { return t / 64 * 64 + 63 - t % 64; });
  expect("rocdl", R"mlir(
    %lane = llvm.mlir.constant(40 : i32) : i32
    %v = rocdl.readlane %t, %lane : (i32, i32) -> i32)mlir",
         64, 64, [](int) { return 40; });
  expect("rocdl", "%v = rocdl.readfirstlane %t : i32", 32, 64, [](int t) { return t / 32 * 32; });
  expect("rocdl", R"mlir(
    %pattern = llvm.mlir.constant(1055 : i32) : i32
    %v = rocdl.ds_swizzle %t, %pattern : (i32, i32) -> i32)mlir",
         64, 64, [](int t) { return t ^ 1; });
}

std::string dpp(int control, int rows, int banks, bool bound) {
  return "%old = llvm.mlir.constant(-5 : i32) : i32\n%v = rocdl.update.dpp %old, %t with " +
         std::to_string(control) + ", " + std::to_string(rows) + ", " + std::to_string(banks) +
         ", " + (bound ? "true" : "false") + " : i32";
}

TEST(Instructions, DataParallelPrimitives) {
  auto full = [](int control, bool bound = false) { return dpp(control, 15, 15, bound); };
  // quad_perm [1, 0, 3, 2]
  expect("rocdl", full(0xb1), 64, 64, [](int t) { return t ^ 1; });
  expect("rocdl", full(0x104), 64, 64, [](int t) { return t % 16 < 12 ? t + 4 : -5; });
  expect("rocdl", full(0x111), 64, 64, [](int t) { return t % 16 ? t - 1 : -5; });
  expect("rocdl", full(0x111, true), 64, 64, [](int t) { return t % 16 ? t - 1 : 0; });
  expect("rocdl", full(0x123), 64, 64, [](int t) { return t / 16 * 16 + (t % 16 + 13) % 16; });
  expect("rocdl", full(0x138), 64, 64, [](int t) { return t ? t - 1 : -5; });
  expect("rocdl", full(0x140), 64, 64, [](int t) { return t / 16 * 16 + 15 - t % 16; });
  expect("rocdl", full(0x141), 64, 64, [](int t) { return t / 8 * 8 + 7 - t % 8; });
  expect("rocdl", full(0x152), 32, 64, [](int t) { return t / 16 * 16 + 2; });
  expect("rocdl", full(0x168), 32, 64, [](int t) { return t ^ 8; });
  // The last lane of a row to the row behind it, in rows 1 and 3.
  expect("rocdl", dpp(0x142, 0xa, 15, false), 64, 64,
         [](int t) { return t / 16 % 2 ? t / 16 * 16 - 1 : -5; });
  expect("rocdl", dpp(0x143, 0xc, 15, false), 64, 64, [](int t) { return t >= 32 ? 31 : -5; });
  expect("rocdl", dpp(0xb1, 15, 0x1, false), 64, 64, [](int t) { return t % 16 < 4 ? t ^ 1 : -5; });
}

TEST(Instructions, LaneNumbers) {
  std::string text = R"mlir(
    %all = llvm.mlir.constant(-1 : i32) : i32
    %zero = llvm.mlir.constant(0 : i32) : i32
    %low = rocdl.mbcnt.lo %all, %zero : (i32, i32) -> i32
    %v = rocdl.mbcnt.hi %all, %low : (i32, i32) -> i32)mlir";
  expect("rocdl", text, 64, 128, [](int t) { return t % 64; });
  expect("rocdl", text, 32, 64, [](int t) { return t % 32; });
  expect("nvvm", "%v = nvvm.read.ptx.sreg.laneid : i32", 32, 64, [](int t) { return t % 32; });
}

TEST(Instructions, Ballot) {
  expect("rocdl", R"mlir(
    %forty = llvm.mlir.constant(40 : i32) : i32
    %c32 = llvm.mlir.constant(32 : i64) : i64
    %is = llvm.icmp "ult" %t, %forty : i32
    %votes = rocdl.ballot %is : i64
    %high = llvm.lshr %votes, %c32 : i64
    %v = llvm.trunc %high : i64 to i32)mlir",
         64, 64, [](int) { return 0xff; });
}

TEST(Instructions, ValuesOfTheOtherRow) {
  // Each lane takes the mirrored lane of the other row of 16.
  expect("rocdl", R"mlir(
    %low = llvm.mlir.constant(0x89abcdef : i32) : i32
    %high = llvm.mlir.constant(0x01234567 : i32) : i32
    %v = rocdl.permlanex16 %t, %t, %low, %high, true, false : i32, i32)mlir",
         32, 32, [](int t) { return (t & 16 ? 0 : 16) + 15 - t % 16; });
}

} // namespace
