//===- GuardedMemoryTest.cpp - memory that notices stray writes -----------===//

#include "compiler/driver/GuardedMemory.h"

#include "gtest/gtest.h"

#include <cstdint>
#include <cstring>

using mixc::driver::GuardedMemory;

TEST(GuardedMemory, IsAlignedAndWritable) {
  for (size_t bytes : {0, 1, 64, 4096, 4097, 100000}) {
    GuardedMemory memory;
    ASSERT_TRUE(memory.reserve(bytes));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.data()) % 64, 0u);
    std::memset(memory.data(), 1, bytes);
    EXPECT_TRUE(memory.isIntact());
  }
}

TEST(GuardedMemory, NoticesWritesNextToIt) {
  GuardedMemory before, behind;
  ASSERT_TRUE(before.reserve(100) && behind.reserve(100));
  before.data()[-1] = std::byte(0);
  behind.data()[100] = std::byte(0);
  EXPECT_FALSE(before.isIntact());
  EXPECT_FALSE(behind.isIntact());
}

TEST(GuardedMemoryDeathTest, FaultsFurtherAway) {
  GuardedMemory memory;
  ASSERT_TRUE(memory.reserve(100));
  volatile std::byte *data = memory.data();
  EXPECT_DEATH(data[10000000] = std::byte(0), "");
  EXPECT_DEATH(data[-10000000] = std::byte(0), "");
}

TEST(GuardedMemory, KeepsWhatSuffices) {
  GuardedMemory memory;
  EXPECT_TRUE(memory.isIntact());
  ASSERT_TRUE(memory.reserve(100));
  std::byte *data = memory.data();
  ASSERT_TRUE(memory.reserve(50));
  EXPECT_EQ(memory.data(), data);
  ASSERT_TRUE(memory.reserve(5000));
  EXPECT_TRUE(memory.isIntact());
  std::memset(memory.data(), 1, 5000);
  EXPECT_TRUE(memory.isIntact());
}

TEST(GuardedMemory, RefusesWhatNoMemoryHolds) {
  GuardedMemory memory;
  EXPECT_FALSE(memory.reserve(size_t(1) << 60));
  EXPECT_FALSE(memory.reserve(SIZE_MAX));
  EXPECT_TRUE(memory.reserve(1));
}
