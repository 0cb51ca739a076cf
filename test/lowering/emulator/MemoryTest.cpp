//===- MemoryTest.cpp - accesses to all kinds of memory -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorFixture.h"

using namespace mixc::lowering::emulator::test;

namespace {

/// x[p] = p for all points, by a loop over the grid.
const Body iota = {"nvvm", R"mlir(
    %blocks = nvvm.read.ptx.sreg.nctaid.x : i32
    %threads = llvm.mul %blocks, %size : i32
    %step = llvm.sext %threads : i32 to i64
    llvm.br ^head(%i : i64)
  ^head(%p: i64):
    %more = llvm.icmp "slt" %p, %points : i64
    llvm.cond_br %more, ^body, ^end
  ^body:
    %to = llvm.getelementptr %x[%p] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i32
    %v = llvm.trunc %p : i64 to i32
    llvm.store %v, %to : i32, !llvm.ptr<1>
    %next = llvm.add %p, %step : i64
    llvm.br ^head(%next : i64)
  ^end:
    llvm.return)mlir"};

TEST(Memory, MorePointsThanThreads) {
  Emulated kernel(iota);
  kernel.discards = true;
  std::vector<int32_t> x(10007);
  ASSERT_TRUE(kernel.run(x, 32)) << kernel.fault().text;
  for (int k = 0; k < 10007; ++k)
    ASSERT_EQ(x[k], k);
  EXPECT_EQ(kernel.unwritten, -1);
}

TEST(Memory, AnElementThatNobodyWrites) {
  Emulated kernel(iota);
  kernel.discards = true;
  std::vector<int32_t> x(100);
  ASSERT_TRUE(kernel.run(x, 32, 0, /*points=*/99)) << kernel.fault().text;
  EXPECT_EQ(kernel.unwritten, 99 * 4);
}

TEST(Memory, ReadOfWhatNobodyWrote) {
  Emulated kernel({"nvvm", R"mlir(
    %from = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i32
    %v = llvm.load %from : !llvm.ptr<1> -> i32 loc("a.mix":6:1)
    llvm.store %v, %from : i32, !llvm.ptr<1>
    llvm.return)mlir"});
  std::vector<int32_t> x(4);
  EXPECT_TRUE(kernel.run(x, 4)) << kernel.fault().text;
  kernel.discards = true;
  ASSERT_FALSE(kernel.run(x, 4));
  EXPECT_NE(kernel.fault().text.find("where nobody has written"), std::string::npos);
  EXPECT_EQ(kernel.fault().place.line, 6u);
}

TEST(Memory, VariableOfTheThread) {
  std::string variable = R"mlir(
    %one = llvm.mlir.constant(1 : i32) : i32
    %two = llvm.mlir.constant(2 : i32) : i32
    %a = llvm.alloca %one x !llvm.array<2 x i32> : (i32) -> !llvm.ptr
    %k = llvm.and %t, %one : i32
    %at = llvm.getelementptr %a[%k] : (!llvm.ptr, i32) -> !llvm.ptr, i32)mlir";
  std::string end = R"mlir(
    %to = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i32
    llvm.store %v, %to : i32, !llvm.ptr<1>
    llvm.return)mlir";
  std::vector<int32_t> x(4);

  Emulated good({"nvvm", variable + R"mlir(
    llvm.store %t, %at : i32, !llvm.ptr
    %v = llvm.load %at : !llvm.ptr -> i32)mlir" +
                             end});
  EXPECT_TRUE(good.run(x, 4)) << good.fault().text;
  EXPECT_EQ(x, (std::vector<int32_t>{0, 1, 2, 3}));

  // What an earlier thread left is not this one's.
  Emulated unwritten({"nvvm", variable + R"mlir(
    llvm.store %t, %at : i32, !llvm.ptr
    %v = llvm.load %a : !llvm.ptr -> i32)mlir" +
                                  end});
  ASSERT_FALSE(unwritten.run(x, 4));
  EXPECT_EQ(unwritten.fault().text, "kernel `k`, block 0, thread 1: reads 4 bytes at offset 0 of a "
                                    "variable of the thread, where nobody has written");

  Emulated beyond({"nvvm", variable + R"mlir(
    %last = llvm.getelementptr %a[%two] : (!llvm.ptr, i32) -> !llvm.ptr, i32
    llvm.store %t, %last : i32, !llvm.ptr
    %v = llvm.add %t, %t : i32)mlir" +
                               end});
  ASSERT_FALSE(beyond.run(x, 4));
  EXPECT_EQ(beyond.fault().text, "kernel `k`, block 0, thread 0: writes 4 bytes at offset 8 of a "
                                 "variable of the thread, which has 8");
}

TEST(Memory, ScratchOfAnotherThread) {
  std::string piece = R"mlir(
    %offset = llvm.mul %i, %scratch_bytes : i64
    %mine = llvm.getelementptr %scratch[%offset] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8)mlir";
  std::vector<int32_t> x(8);
  Emulated own({"nvvm", piece + R"mlir(
    llvm.store %t, %mine : i32, !llvm.ptr<1>
    %v = llvm.load %mine : !llvm.ptr<1> -> i32
    llvm.return)mlir"});
  EXPECT_TRUE(own.run(x, 4, 100)) << own.fault().text;

  Emulated first({"nvvm", piece + R"mlir(
    llvm.store %t, %scratch : i32, !llvm.ptr<1>
    llvm.return)mlir"});
  ASSERT_FALSE(first.run(x, 4, 100));
  EXPECT_EQ(first.fault().text, "kernel `k`, block 0, thread 1: writes 4 bytes at offset -128 of "
                                "scratch memory, which has 128");
}

TEST(Memory, PointersKeepTheirRegion) {
  // Around a loop, through a select and a call the pointer stays the vector's; the last step leaves
  // it.
  Emulated kernel({"nvvm", R"mlir(
    %zero = llvm.mlir.constant(0 : i64) : i64
    %one = llvm.mlir.constant(1 : i64) : i64
    %is = llvm.icmp "eq" %i, %zero : i64
    llvm.cond_br %is, ^head(%x, %zero : !llvm.ptr<1>, i64), ^end
  ^head(%at: !llvm.ptr<1>, %k: i64):
    %v = llvm.trunc %k : i64 to i32
    %same = llvm.select %is, %at, %x : i1, !llvm.ptr<1>
    llvm.call @set(%same, %v) : (!llvm.ptr<1>, i32) -> ()
    %next = llvm.getelementptr %at[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
    %more = llvm.add %k, %one : i64
    %go = llvm.icmp "sle" %more, %points : i64
    llvm.cond_br %go, ^head(%next, %more : !llvm.ptr<1>, i64), ^end
  ^end:
    llvm.return)mlir",
                   R"mlir(
        llvm.func internal @set(%p: !llvm.ptr<1>, %v: i32) {
          llvm.store %v, %p : i32, !llvm.ptr<1> loc("a.mix":3:1)
          llvm.return
        })mlir"});
  std::vector<int32_t> x(5, -1);
  EXPECT_TRUE(kernel.run(x, 1, 0, /*points=*/4)) << kernel.fault().text;
  EXPECT_EQ(x, (std::vector<int32_t>{0, 1, 2, 3, 4}));
  ASSERT_FALSE(kernel.run(x, 1));
  EXPECT_NE(kernel.fault().text.find("offset 20 of view 1"), std::string::npos)
      << kernel.fault().text;
  EXPECT_EQ(kernel.fault().place.line, 3u);
}

TEST(Memory, Atomics) {
  Emulated sum({"nvvm", R"mlir(
    %one = llvm.mlir.constant(1 : i32) : i32
    %old = llvm.atomicrmw add %x, %one monotonic : !llvm.ptr<1>, i32
    llvm.return)mlir"});
  std::vector<int32_t> x(64);
  ASSERT_TRUE(sum.run(x, 16)) << sum.fault().text;
  EXPECT_EQ(x[0], 64);

  // What is changed atomically by one thread is read plainly by another.
  Emulated mixed({"nvvm", R"mlir(
    %one = llvm.mlir.constant(1 : i32) : i32
    %old = llvm.atomicrmw add %x, %one monotonic : !llvm.ptr<1>, i32
    %v = llvm.load %x : !llvm.ptr<1> -> i32
    llvm.return)mlir"});
  ASSERT_FALSE(mixed.run(x, 16));
  EXPECT_NE(mixed.fault().text.find("thread 1: changes atomically 4 bytes"), std::string::npos)
      << mixed.fault().text;
}

TEST(Memory, NarrowElementsBesideEachOther) {
  // Each thread writes one byte of a word: no race.
  Emulated bytes({"rocdl", R"mlir(
    %v = llvm.trunc %t : i32 to i8
    %to = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
    llvm.store %v, %to : i8, !llvm.ptr<1>
    llvm.return)mlir"});
  std::vector<int8_t> x(64);
  EXPECT_TRUE(bytes.run(x, 32)) << bytes.fault().text;
  EXPECT_EQ(x[33], 1);

  // A wider access meets one of them.
  Emulated words({"rocdl", R"mlir(
    %v = llvm.trunc %t : i32 to i8
    %to = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
    llvm.store %v, %to : i8, !llvm.ptr<1>
    %w = llvm.load %x {alignment = 1 : i64} : !llvm.ptr<1> -> i32
    llvm.return)mlir"});
  ASSERT_FALSE(words.run(x, 32));
  EXPECT_NE(words.fault().text.find("thread 1: writes 1 bytes at offset 1"), std::string::npos)
      << words.fault().text;
}

} // namespace
