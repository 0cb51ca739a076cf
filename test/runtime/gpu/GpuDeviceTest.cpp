//===- GpuDeviceTest.cpp - what a driver is asked -------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/gpu/GpuDevice.h"
#include "runtime/DeviceHost.h"
#include "test/runtime/gpu/FakeDriver.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <dlfcn.h>

using namespace mixc::runtime;
using namespace mixc::runtime::gpu;
using mixc::fake::Record;

namespace {

const char text[] =
    ".visible .entry scale(\n .param .u64 p0,\n .param .u64 p1,\n .param .u64 p2,\n"
    " .param .u64 p3,\n .param .u64 p4,\n .param .u64 p5,\n .param .u64 p6\n)\n{}\n";

const std::vector<char> image(std::begin(text), std::end(text));

class GpuDeviceTest : public testing::TestWithParam<Vendor> {
protected:
  GpuDeviceTest() {
    void *handle = dlopen(library(), RTLD_NOW | RTLD_LOCAL);
    auto get = reinterpret_cast<Record *(*)()>(dlsym(handle, "fake_record"));
    record = get();
    *record = {};
    driver = Driver::open(GetParam(), why, {library()});
  }
  const char *library() const {
    return GetParam() == Vendor::Nvidia ? MIXC_FAKE_CUDA_LIBRARY : MIXC_FAKE_HIP_LIBRARY;
  }
  std::unique_ptr<GpuDevice> open() { return GpuDevice::open(driver, 0, why); }
  bool wasCalled(const char *entry) const {
    return std::count(record->calls.begin(), record->calls.end(), entry) > 0;
  }
  void fail(const char *entry, int status) {
    record->failing = entry;
    record->failure = status;
  }

  Record *record;
  std::string why;
  std::shared_ptr<const Driver> driver;
};

TEST_P(GpuDeviceTest, DescribesItself) {
  ASSERT_TRUE(driver) << why;
  auto device = open();
  ASSERT_TRUE(device) << why;
  const Description &about = device->description();
  EXPECT_EQ(about.name, "Fake gfx GPU");
  EXPECT_EQ(about.memoryBytes, size_t(1) << 20);
  bool isNvidia = GetParam() == Vendor::Nvidia;
  EXPECT_EQ(about.architecture, isNvidia ? "sm_90" : "gfx942");
  EXPECT_EQ(about.units, isNvidia ? 3u : 5u);
  // 256 threads a block.
  mixc_gpu_kernel kernel{"k", 0, 0, nullptr, nullptr, 256, 1, 0};
  EXPECT_EQ(device->blocksToFill(kernel), isNvidia ? 3u * 8 : 5u * 4);
}

TEST_P(GpuDeviceTest, CopiesThereAndBack) {
  auto device = open();
  int32_t values[4] = {1, 2, 3, 4}, back[4] = {};
  void *memory = device->allocate(sizeof values), *other = device->allocate(sizeof values);
  ASSERT_TRUE(memory && other);
  EXPECT_EQ(device->copyIn(memory, values, sizeof values), 0);
  EXPECT_EQ(record->calls.back(), "synchroniseStream") << "the source may change after the call";
  EXPECT_EQ(device->copyWithin(other, memory, sizeof values), 0);
  EXPECT_EQ(device->copyOut(back, other, sizeof back), 0);
  EXPECT_EQ(record->calls.back(), "synchroniseStream");
  EXPECT_TRUE(std::equal(values, values + 4, back));
  device->release(memory);
  device->release(other);
  device->release(nullptr);
}

TEST_P(GpuDeviceTest, CopiesOfNothingAskNothing) {
  auto device = open();
  void *memory = device->allocate(0);
  EXPECT_TRUE(memory);
  EXPECT_EQ(device->copyIn(memory, nullptr, 0), 0);
  EXPECT_EQ(device->copyOut(nullptr, memory, 0), 0);
  EXPECT_FALSE(wasCalled("copyIn"));
  EXPECT_FALSE(wasCalled("copyOut"));
  device->release(memory);
}

TEST_P(GpuDeviceTest, GivesEverythingBack) {
  {
    auto device = open();
    auto module = GpuModule::load(*device, image);
    ASSERT_TRUE(module);
    auto second = device->openStream(why);
    ASSERT_TRUE(second) << why;
    DeviceBuffer buffer(*device, "x");
    EXPECT_TRUE(buffer.reserve(16));
    EXPECT_TRUE(buffer.reserve(64));
    EXPECT_GT(record->live, 0);
  }
  EXPECT_EQ(record->live, 0);
}

TEST_P(GpuDeviceTest, EventsOrderStreams) {
  auto first = open();
  auto second = first->openStream(why);
  void *begin = nullptr, *end = nullptr;
  ASSERT_EQ(first->createEvent(&begin), 0);
  ASSERT_EQ(first->createEvent(&end), 0);
  EXPECT_EQ(first->record(begin), 0);
  EXPECT_EQ(second->waitFor(begin), 0);
  EXPECT_EQ(second->record(end), 0);
  EXPECT_EQ(second->synchroniseEvent(end), 0);
  double seconds = 0;
  EXPECT_EQ(second->elapsedSeconds(begin, end, seconds), 0);
  EXPECT_DOUBLE_EQ(seconds, 0.25);
  first->destroyEvent(begin);
  first->destroyEvent(end);
}

TEST_P(GpuDeviceTest, LaunchesWithFlatParameters) {
  auto device = open();
  auto module = GpuModule::load(*device, image);
  ASSERT_TRUE(module);
  DeviceHost host(*device, *module);
  int32_t ranks[] = {2}, elements[] = {4};
  mixc_gpu_kernel kernel{"scale", 1, 1, ranks, elements, 128, 1, 0};
  int64_t extents[] = {10, 100}, strides[] = {100, -1}, scalar = 7;
  void *memory = device->allocate(4000);
  mixc_view view{memory, extents, strides};
  ASSERT_EQ(host.getHost()->launch(host.getHost(), reinterpret_cast<mixc_kernel>(&kernel), &view,
                                   &scalar, 1000, 24),
            0);
  EXPECT_EQ(record->kernel, "scale");
  EXPECT_EQ(record->blocks, 8u);
  EXPECT_EQ(record->threads, 128u);
  EXPECT_TRUE(record->stream);
  if (GetParam() == Vendor::Nvidia) {
    const std::vector<uint64_t> &parameters = record->parameters;
    ASSERT_EQ(parameters.size(), 7u);
    EXPECT_EQ(parameters[0], reinterpret_cast<uint64_t>(memory));
    EXPECT_EQ(parameters[1], 100u);
    EXPECT_EQ(static_cast<int64_t>(parameters[2]), -1);
    EXPECT_EQ(parameters[3], 7u);
    EXPECT_EQ(parameters[4], 1000u);
    EXPECT_NE(parameters[5], 0u);
    EXPECT_EQ(parameters[6], 64u) << "scratch of a thread is aligned";
  }
  EXPECT_EQ(host.finish(), 0);
  device->release(memory);
}

TEST_P(GpuDeviceTest, ErrorsHaveTheirText) {
  auto device = open();
  fail("copyIn", 1);
  int32_t value = 0;
  void *memory = device->allocate(4);
  EXPECT_EQ(device->copyIn(memory, &value, 4), MIXC_DEVICE_FAILED);
  EXPECT_EQ(device->fault().text,
            "the copy to the device failed: FAKE_ERROR_INVALID (invalid argument)");
  fail("synchroniseStream", 700);
  EXPECT_EQ(device->synchronise(), MIXC_DEVICE_FAILED);
  EXPECT_EQ(device->fault().text, "the work on the device failed: an unknown error, number 700");
  fail("", 0);
  device->release(memory);
}

TEST_P(GpuDeviceTest, NoMemoryIsNull) {
  auto device = open();
  fail("allocate", 2);
  EXPECT_EQ(device->allocate(16), nullptr);
}

TEST_P(GpuDeviceTest, CodeThatIsNotTaken) {
  auto device = open();
  fail("loadModule", 1);
  EXPECT_FALSE(GpuModule::load(*device, image));
  EXPECT_EQ(device->fault().text, "loading the kernels failed: FAKE_ERROR_INVALID (invalid "
                                  "argument): line 1: no such instruction");
}

TEST_P(GpuDeviceTest, KernelThatIsNotThere) {
  auto device = open();
  auto module = GpuModule::load(*device, image);
  fail("getFunction", 1);
  EXPECT_EQ(module->launch(*device, "none", 1, 32, nullptr, 0), MIXC_DEVICE_FAILED);
  EXPECT_EQ(device->fault().text,
            "finding the kernel `none` failed: FAKE_ERROR_INVALID (invalid argument)");
  EXPECT_FALSE(wasCalled("launch"));
}

TEST_P(GpuDeviceTest, DeviceThatIsNotThere) {
  EXPECT_FALSE(GpuDevice::open(driver, 1, why));
  EXPECT_EQ(why, "there is no device 1: the driver has 1");
  fail("createStream", 1);
  EXPECT_FALSE(open());
  EXPECT_EQ(why, "making a stream failed: FAKE_ERROR_INVALID (invalid argument)");
  EXPECT_EQ(record->live, 0);
}

TEST_P(GpuDeviceTest, DriverWithoutDevices) {
  record->devices = 0;
  EXPECT_FALSE(Driver::open(GetParam(), why, {library()}));
  EXPECT_NE(why.find("looked for a device: it has none"), std::string::npos) << why;
  fail("init", 1);
  EXPECT_FALSE(Driver::open(GetParam(), why, {library()}));
  EXPECT_NE(why.find("its start failed: FAKE_ERROR_INVALID"), std::string::npos) << why;
}

INSTANTIATE_TEST_SUITE_P(Vendors, GpuDeviceTest, testing::Values(Vendor::Nvidia, Vendor::Amd),
                         [](const auto &info) {
                           return info.param == Vendor::Nvidia ? "Nvidia" : "Amd";
                         });

TEST(DriverTest, SaysWhatItLookedFor) {
  std::string why;
  EXPECT_FALSE(Driver::open(Vendor::Amd, why, {"/nowhere/liba.so.2", "/nowhere/liba.so.1"}));
  EXPECT_EQ(why,
            "looked for AMD's driver `/nowhere/liba.so.2`, `/nowhere/liba.so.1` in the folders "
            "of the system's libraries");
}

TEST(DriverTest, TriesNamesInTurn) {
  std::string why;
  EXPECT_TRUE(Driver::open(Vendor::Nvidia, why, {"/nowhere/a.so", MIXC_FAKE_CUDA_LIBRARY})) << why;
}

TEST(DriverTest, OldDriversAreRefused) {
  std::string why;
  EXPECT_FALSE(Driver::open(Vendor::Nvidia, why, {MIXC_FAKE_OLD_LIBRARY}));
  EXPECT_NE(why.find("has no `cuGetErrorName`: it is too old"), std::string::npos) << why;
}

} // namespace
