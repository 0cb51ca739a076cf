//===- DeviceTest.cpp - launches on an emulated device --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host of a device, with kernels written by hand.
//
//===----------------------------------------------------------------------===//

#include "runtime/DeviceHost.h"
#include "runtime/emulator/EmulatorDevice.h"

#include "gtest/gtest.h"

#include <cstring>
#include <vector>

using namespace mixc::runtime;
using namespace mixc::runtime::emulator;

namespace {

/// Kernel `fill`: two views of i32 with their strides (rank 1 and 0), one scalar, then points,
/// scratch and its bytes. x[p] = scalar + *y, by way of scratch; threads take points in turn.
void fill(Thread *thread, const uint64_t *parameters) {
  auto *x = reinterpret_cast<int32_t *>(parameters[0]);
  auto stride = static_cast<int64_t>(parameters[1]);
  auto *y = reinterpret_cast<const int32_t *>(parameters[2]);
  auto scalar = static_cast<int32_t>(parameters[3]);
  auto points = static_cast<int64_t>(parameters[4]);
  const auto &ids = *reinterpret_cast<const mixc_emu_ids *>(thread);
  int64_t index = int64_t(ids.block[0]) * ids.blockSize[0] + ids.thread[0];
  auto *scratch = reinterpret_cast<int32_t *>(parameters[5] + index * parameters[6]);
  for (int64_t p = index; p < points; p += int64_t(ids.blocks[0]) * ids.blockSize[0]) {
    mixc_emu_read(thread, mixc_emu_parameter(thread, 2), y, 4, 0);
    mixc_emu_write(thread, mixc_emu_parameter(thread, 5), scratch, 4, 0);
    *scratch = scalar + *y;
    mixc_emu_read(thread, mixc_emu_parameter(thread, 5), scratch, 4, 0);
    mixc_emu_write(thread, mixc_emu_parameter(thread, 0), x + p * stride, 4, 1);
    x[p * stride] = *scratch;
  }
}

/// Kernel `rotate`: one view of i32. Each thread puts its number into shared memory; thread t of a
/// block writes that of thread t + 1, and the sum of its warp. Without a barrier where the scalar
/// is 0.
void sumOfLanes(Group *group) {
  uint64_t sum = 0;
  group->each([&](uint32_t lane) { sum += group->operand(lane, 0); });
  group->each([&](uint32_t lane) { group->set(lane, 0, sum); });
}
void rotate(Thread *thread, const uint64_t *parameters) {
  auto *x = reinterpret_cast<int32_t *>(parameters[0]);
  const auto &ids = *reinterpret_cast<const mixc_emu_ids *>(thread);
  uint32_t t = ids.thread[0], size = ids.blockSize[0], next = (t + 1) % size;
  const Region *region = mixc_emu_shared(thread, 0);
  auto *shared = reinterpret_cast<uint32_t *>(region->begin);
  mixc_emu_write(thread, region, shared + t, 4, 0);
  shared[t] = t;
  uint64_t operand = t, sum;
  mixc_emu_collective(thread, sumOfLanes, 0, &operand, &sum, 0);
  if (parameters[2])
    mixc_emu_barrier(thread, 0);
  mixc_emu_read(thread, region, shared + next, 4, 1);
  int32_t *to = x + 2 * (ids.block[0] * size + t);
  mixc_emu_write(thread, mixc_emu_parameter(thread, 0), to, 8, 0);
  to[0] = static_cast<int32_t>(shared[next]);
  to[1] = static_cast<int32_t>(sum);
}

class DeviceHostTest : public testing::Test {
protected:
  DeviceHostTest() : module(device, code()), host(device, module) {}

  static Code code() {
    Code code;
    code.kernels["fill"] = {fill, /*waits=*/false};
    code.kernels["rotate"] = {rotate, /*waits=*/true};
    code.shared = {{"s", 64 * 4}};
    code.sites = {{}, {"a.mix", 2, 3, 2, 7}};
    return code;
  }

  int32_t launch(const mixc_view &x, const mixc_view &y, int64_t scalar, int64_t points,
                 int64_t scratchBytes, const char *name = "fill") {
    static const int32_t ranks[] = {1, 0}, bytes[] = {4, 4};
    mixc_gpu_kernel kernel{name, 2, 1, ranks, bytes, /*block=*/8, /*per_point=*/1, 0};
    mixc_view views[] = {x, y};
    return host.getHost()->launch(host.getHost(), reinterpret_cast<mixc_kernel>(&kernel), views,
                                  &scalar, points, scratchBytes);
  }

  EmulatorDevice device;
  EmulatorModule module;
  DeviceHost host;
};

TEST_F(DeviceHostTest, FlattensAndStages) {
  // More points than the device has threads, written backwards.
  int64_t extent = 1000, stride = -1;
  auto *memory = static_cast<int32_t *>(device.allocate(4000));
  int32_t value = 5;
  const void *staged = host.getHost()->stage(host.getHost(), &value, 4);
  ASSERT_NE(staged, nullptr);
  mixc_view x{memory + 999, &extent, &stride}, y{const_cast<void *>(staged), nullptr, nullptr};
  ASSERT_EQ(launch(x, y, 37, 1000, 4), 0) << device.fault().text;
  EXPECT_EQ(device.findUnwritten(memory, 4000), -1);
  int32_t read[1000];
  ASSERT_EQ(host.getHost()->read(host.getHost(), read, memory, 4000), 0);
  for (int32_t element : read)
    EXPECT_EQ(element, 42);
  EXPECT_EQ(host.finish(), 0);
  device.release(memory);
}

TEST_F(DeviceHostTest, FaultsNameTheTensor) {
  int64_t extent = 10, stride = 1;
  auto *memory = static_cast<int32_t *>(device.allocate(40));
  device.setName(memory, "`x`");
  int32_t value = 5;
  mixc_view x{memory, &extent, &stride};
  mixc_view y{const_cast<void *>(host.getHost()->stage(host.getHost(), &value, 4)), nullptr,
              nullptr};
  ASSERT_EQ(launch(x, y, 0, 11, 4), MIXC_DEVICE_FAILED);
  EXPECT_EQ(device.fault().text, "kernel `fill`, block 1, thread 2: writes 4 bytes at offset 40 of "
                                 "view 1 (`x`, extents [10], strides [1]), which has 40");
  EXPECT_EQ(device.fault().place.file, "a.mix");
  EXPECT_EQ(device.fault().place.line, 2u);

  // An argument that was left out is no memory.
  ASSERT_EQ(launch({nullptr, nullptr, nullptr}, y, 0, 1, 4), MIXC_DEVICE_FAILED);
  EXPECT_NE(device.fault().text.find("of view 1, which has 0"), std::string::npos)
      << device.fault().text;

  ASSERT_EQ(launch(x, y, 0, 1, 4, "other"), MIXC_DEVICE_FAILED);
  EXPECT_EQ(device.fault().text, "the module has no kernel `other`");
}

TEST_F(DeviceHostTest, ThreadsWaitForEachOther) {
  constexpr int32_t block = 48;
  int64_t extent = 2 * 2 * block, stride = 1;
  auto *memory = static_cast<int32_t *>(device.allocate(extent * 4));
  static const int32_t rank = 1, bytes = 4;
  mixc_gpu_kernel kernel{"rotate", 1, 1, &rank, &bytes, block, 1, 0};
  mixc_view x{memory, &extent, &stride};
  auto run = [&](int64_t barrier) {
    return host.getHost()->launch(host.getHost(), reinterpret_cast<mixc_kernel>(&kernel), &x,
                                  &barrier, 2 * block, 0);
  };
  // A fault leaves all threads where they are; the next launch begins anew.
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(run(0), MIXC_DEVICE_FAILED);
    EXPECT_NE(device.fault().text.find("shared variable `s`"), std::string::npos);
    ASSERT_EQ(run(1), 0) << device.fault().text;
    for (int32_t t = 0; t < block; ++t) {
      EXPECT_EQ(memory[2 * t], (t + 1) % block);
      // The second warp has 16 threads.
      EXPECT_EQ(memory[2 * t + 1], t < 32 ? 31 * 16 : 32 * 16 + 15 * 8);
    }
  }
  device.release(memory);
}

TEST_F(DeviceHostTest, WorkspaceIsUnwrittenAgain) {
  ASSERT_TRUE(host.reserveWorkspace(100));
  void *memory = host.workspace();
  std::vector<char> zeros(100);
  device.copyIn(memory, zeros.data(), 100);
  EXPECT_EQ(device.findUnwritten(memory, 100), -1);
  ASSERT_TRUE(host.reserveWorkspace(50));
  EXPECT_EQ(host.workspace(), memory);
  EXPECT_EQ(device.findUnwritten(memory, 100), 0);
}

TEST_F(DeviceHostTest, NoMemory) {
  EXPECT_FALSE(host.reserveWorkspace(SIZE_MAX));
  EXPECT_EQ(host.workspace(), nullptr);
  EXPECT_TRUE(host.reserveWorkspace(10));
}

} // namespace
