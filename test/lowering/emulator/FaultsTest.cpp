//===- FaultsTest.cpp - planted bugs are found ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorFixture.h"

using namespace mixc::lowering::emulator::test;
using mixc::runtime::Fault;

namespace {

const char *const sharedVariable =
    "llvm.mlir.global internal @s() {addr_space = 3 : i32} : !llvm.array<64 x i32>";

/// Writes the thread's number to shared memory, then the neighbour's to the vector; `between` is
/// what stands between the two.
Body exchange(const std::string &between) {
  return {"nvvm", R"mlir(
    %one = llvm.mlir.constant(1 : i32) : i32
    %base = llvm.mlir.addressof @s : !llvm.ptr<3>
    %mine = llvm.getelementptr %base[%t] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    llvm.store %t, %mine : i32, !llvm.ptr<3> loc("a.mix":3:7)
    )mlir" + between + R"mlir(
    %next = llvm.xor %t, %one : i32
    %other = llvm.getelementptr %base[%next] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    %v = llvm.load %other : !llvm.ptr<3> -> i32 loc("a.mix":5:9)
    %to = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i32
    llvm.store %v, %to : i32, !llvm.ptr<1>
    llvm.return)mlir",
          sharedVariable};
}

TEST(Faults, BarrierOrders) {
  Emulated kernel(exchange("nvvm.barrier0"));
  std::vector<int32_t> x(128);
  ASSERT_TRUE(kernel.run(x, 64)) << kernel.fault().text;
  for (int k = 0; k < 128; ++k)
    EXPECT_EQ(x[k], (k % 64) ^ 1) << k;
}

TEST(Faults, MissingBarrier) {
  Emulated kernel(exchange(""));
  std::vector<int32_t> x(64);
  ASSERT_FALSE(kernel.run(x, 64));
  const Fault &fault = kernel.fault();
  // Thread 0 comes first and finds nothing.
  EXPECT_EQ(fault.text, "kernel `k`, block 0, thread 0: reads 4 bytes at offset 4 of shared "
                        "variable `s`, where nobody has written");
  EXPECT_EQ(fault.place.file, "a.mix");
  EXPECT_EQ(fault.place.line, 5u);
}

TEST(Faults, MissingBarrierIsARace) {
  // The other barrier makes that all is written before it is read, and written again after it.
  Emulated kernel(exchange("nvvm.barrier0\n llvm.store %one, %mine : i32, !llvm.ptr<3> "
                           "loc(\"a.mix\":4:1)"));
  std::vector<int32_t> x(64);
  ASSERT_FALSE(kernel.run(x, 64));
  const Fault &fault = kernel.fault();
  EXPECT_EQ(fault.text, "kernel `k`, block 0, thread 1: writes 4 bytes at offset 4 of shared "
                        "variable `s` in a race with another thread");
  EXPECT_EQ(fault.place.line, 4u);
  ASSERT_EQ(fault.notes.size(), 1u);
  EXPECT_EQ(fault.notes[0].text, "block 0, thread 0 reads it; no barrier lies between the two");
  EXPECT_EQ(fault.notes[0].place.line, 5u);
}

TEST(Faults, LaneOutOfBounds) {
  // One thread more than elements.
  Emulated kernel({"nvvm", R"mlir(
    %to = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
    %v = llvm.sitofp %t : i32 to f32
    llvm.store %v, %to : f32, !llvm.ptr<1> loc("a.mix":2:3)
    llvm.return)mlir"});
  std::vector<float> x(33);
  ASSERT_FALSE(kernel.run(x, 34));
  EXPECT_EQ(kernel.fault().text,
            "kernel `k`, block 0, thread 33: writes 4 bytes at offset 132 of view 1 "
            "(extents [33], strides [1]), which has 132");
  EXPECT_EQ(kernel.fault().place.line, 2u);
  EXPECT_EQ(kernel.fault().place.column, 3u);
}

TEST(Faults, TwoBlocksWriteOneElement) {
  Emulated kernel({"nvvm", R"mlir(
    %to = llvm.getelementptr %x[%t] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
    llvm.store %b, %to : i32, !llvm.ptr<1> loc("a.mix":2:3)
    llvm.return)mlir"});
  std::vector<int32_t> x(8);
  ASSERT_FALSE(kernel.run(x, 4));
  EXPECT_NE(kernel.fault().text.find("block 1, thread 0: writes 4 bytes at offset 0"),
            std::string::npos)
      << kernel.fault().text;
  ASSERT_EQ(kernel.fault().notes.size(), 1u);
  EXPECT_EQ(kernel.fault().notes[0].text,
            "block 0, thread 0 writes it; nothing orders the threads of two blocks");
}

TEST(Faults, WriteAfterReadOfAnotherBlock) {
  // Every block reads element 0, the last one writes it.
  Emulated kernel({"nvvm", R"mlir(
    %v = llvm.load %x : !llvm.ptr<1> -> i32
    %last = llvm.mlir.constant(7 : i64) : i64
    %is = llvm.icmp "eq" %i, %last : i64
    llvm.cond_br %is, ^write, ^end
  ^write:
    llvm.store %v, %x : i32, !llvm.ptr<1>
    llvm.br ^end
  ^end:
    llvm.return)mlir"});
  std::vector<int32_t> x(8);
  ASSERT_FALSE(kernel.run(x, 1));
  EXPECT_NE(kernel.fault().text.find("block 7, thread 0: writes"), std::string::npos);
  EXPECT_NE(kernel.fault().notes[0].text.find("block 6, thread 0 reads it"), std::string::npos);
}

TEST(Faults, BarrierNotReachedByAll) {
  Emulated kernel({"nvvm", R"mlir(
    %half = llvm.mlir.constant(32 : i32) : i32
    %is = llvm.icmp "ult" %t, %half : i32
    llvm.cond_br %is, ^wait, ^end
  ^wait:
    nvvm.barrier0 loc("a.mix":9:2)
    llvm.br ^end
  ^end:
    llvm.return)mlir"});
  std::vector<int32_t> x(64);
  ASSERT_FALSE(kernel.run(x, 64));
  EXPECT_EQ(kernel.fault().text, "kernel `k`, block 0, thread 0: waits at a barrier that not all "
                                 "threads of its block reach");
  EXPECT_EQ(kernel.fault().place.line, 9u);
  EXPECT_EQ(kernel.fault().notes[0].text, "block 0, thread 32 has ended");
}

TEST(Faults, TwoBarriers) {
  Emulated kernel({"rocdl", R"mlir(
    %half = llvm.mlir.constant(32 : i32) : i32
    %is = llvm.icmp "ult" %t, %half : i32
    llvm.cond_br %is, ^a, ^b
  ^a:
    rocdl.s.barrier loc("a.mix":1:1)
    llvm.br ^end
  ^b:
    rocdl.s.barrier loc("a.mix":2:1)
    llvm.br ^end
  ^end:
    llvm.return)mlir"});
  std::vector<int32_t> x(64);
  ASSERT_FALSE(kernel.run(x, 64));
  EXPECT_EQ(kernel.fault().place.line, 1u);
  EXPECT_EQ(kernel.fault().notes[0].text, "block 0, thread 32 waits at another barrier");
  EXPECT_EQ(kernel.fault().notes[0].place.line, 2u);
}

TEST(Faults, ShuffleFromAnInactiveLane) {
  // The lower half of the warp reads from the upper one, which is not there.
  Emulated kernel({"nvvm", R"mlir(
    %mask = llvm.mlir.constant(65535 : i32) : i32
    %sixteen = llvm.mlir.constant(16 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %is = llvm.icmp "ult" %t, %sixteen : i32
    llvm.cond_br %is, ^low, ^end
  ^low:
    %v = nvvm.shfl.sync bfly %mask, %t, %sixteen, %clamp : i32 -> i32 loc("a.mix":4:5)
    llvm.br ^end
  ^end:
    llvm.return)mlir"});
  std::vector<int32_t> x(32);
  ASSERT_FALSE(kernel.run(x, 32));
  EXPECT_EQ(kernel.fault().text,
            "kernel `k`, block 0, thread 0: reads lane 16 of its warp, which is not active");
  EXPECT_EQ(kernel.fault().place.line, 4u);
}

TEST(Faults, PermuteFromAnInactiveLane) {
  Emulated kernel({"rocdl", R"mlir(
    %four = llvm.mlir.constant(4 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %odd = llvm.and %t, %one : i32
    %is = llvm.icmp "eq" %odd, %one : i32
    %next = llvm.add %t, %one : i32
    %address = llvm.mul %next, %four : i32
    llvm.cond_br %is, ^odd, ^end
  ^odd:
    %v = rocdl.ds_bpermute %address, %t : (i32, i32) -> i32
    llvm.br ^end
  ^end:
    llvm.return)mlir"},
                  64);
  std::vector<int32_t> x(64);
  ASSERT_FALSE(kernel.run(x, 64));
  EXPECT_EQ(kernel.fault().text,
            "kernel `k`, block 0, thread 1: reads lane 2 of its warp, which is not active");
}

TEST(Faults, LaneOfTheMaskThatDoesNotCome) {
  Emulated kernel({"nvvm", R"mlir(
    %mask = llvm.mlir.constant(-1 : i32) : i32
    %sixteen = llvm.mlir.constant(16 : i32) : i32
    %clamp = llvm.mlir.constant(31 : i32) : i32
    %is = llvm.icmp "ult" %t, %sixteen : i32
    llvm.cond_br %is, ^low, ^high
  ^low:
    %v = nvvm.shfl.sync bfly %mask, %t, %sixteen, %clamp : i32 -> i32 loc("a.mix":4:5)
    llvm.br ^end
  ^high:
    nvvm.barrier0 loc("a.mix":6:5)
    llvm.br ^end
  ^end:
    llvm.return)mlir"});
  std::vector<int32_t> x(32);
  ASSERT_FALSE(kernel.run(x, 32));
  EXPECT_EQ(kernel.fault().text,
            "kernel `k`, block 0, thread 0: waits for lane 16 of its warp, which is in the mask of "
            "the instruction but does not reach it");
  EXPECT_EQ(kernel.fault().notes[0].place.line, 6u);
}

TEST(Faults, OpWithoutABody) {
  Emulated kernel({"nvvm", R"mlir(
    nvvm.griddepcontrol wait loc("a.mix":7:8)
    llvm.return)mlir"});
  EXPECT_EQ(kernel.error, "a.mix:7:8: 'nvvm.griddepcontrol' op has no body in the emulator");
}

TEST(Faults, MemoryThatNoBodyAnnounces) {
  for (const char *op :
       {"llvm.inline_asm has_side_effects \"membar.gl;\", \"\" : () -> ()",
        "llvm.call_intrinsic \"llvm.nvvm.membar.gl\"() : () -> ()",
        "\"llvm.intr.prefetch\"(%x) <{cache = 1 : i32, hint = 3 : i32, rw = 0 : i32}> : "
        "(!llvm.ptr<1>) -> ()"}) {
    Emulated kernel({"nvvm", std::string(op) + "\nllvm.return"});
    EXPECT_NE(kernel.error.find("has no body in the emulator"), std::string::npos)
        << op << ": " << kernel.error;
  }
}

TEST(Faults, AreTheSameEachTime) {
  Emulated kernel(exchange("nvvm.barrier0\n llvm.store %one, %mine : i32, !llvm.ptr<3>"));
  std::vector<int32_t> x(64);
  ASSERT_FALSE(kernel.run(x, 64));
  std::string first = kernel.fault().text + kernel.fault().notes[0].text;
  ASSERT_FALSE(kernel.run(x, 64));
  EXPECT_EQ(kernel.fault().text + kernel.fault().notes[0].text, first);
}

} // namespace
