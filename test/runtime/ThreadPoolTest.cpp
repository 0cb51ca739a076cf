//===- ThreadPoolTest.cpp - launches on threads ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ThreadPool.h"

#include "gtest/gtest.h"

#include <cstdint>
#include <cstring>
#include <vector>

using namespace mixc::runtime;

extern "C" const mixc_host hostInC;

namespace {

/// Adds scalars[0] to every point's counter.
void count(const mixc_view *views, const int64_t *scalars, int64_t begin, int64_t end, void *) {
  for (int64_t point = begin; point < end; ++point)
    static_cast<int64_t *>(views[0].data)[point] += scalars[0];
}

/// Fills its scratch with the point's number, and writes the point when all of it held.
void fillScratch(const mixc_view *views, const int64_t *scalars, int64_t begin, int64_t end,
                 void *scratch) {
  ASSERT_EQ(reinterpret_cast<uintptr_t>(scratch) % MIXC_ALIGNMENT, 0u);
  auto *bytes = static_cast<unsigned char *>(scratch);
  for (int64_t point = begin; point < end; ++point) {
    std::memset(bytes, static_cast<int>(point), static_cast<size_t>(scalars[0]));
    bool held = true;
    for (int64_t k = 0; k < scalars[0]; ++k)
      held &= bytes[k] == static_cast<unsigned char>(point);
    static_cast<int64_t *>(views[0].data)[point] += held;
  }
}

std::vector<int64_t> run(const mixc_host *host, mixc_kernel kernel, int64_t points, int64_t scalar,
                         int64_t scratchBytes = 0) {
  std::vector<int64_t> counts(static_cast<size_t>(points));
  mixc_view view{counts.data(), &points, nullptr};
  EXPECT_EQ(host->launch(host, kernel, &view, &scalar, points, scratchBytes), 0);
  return counts;
}

class ThreadPoolTest : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolTest, testing::Values(1, 2, 3, 8));

TEST_P(ThreadPoolTest, EveryPointIsDoneOnce) {
  ThreadPool pool(GetParam());
  EXPECT_EQ(pool.getNumThreads(), GetParam());
  for (int64_t points : {1, 2, 7, 31, 32, 33, 1000, 100003})
    EXPECT_EQ(run(pool.getHost(), count, points, 3), std::vector<int64_t>(points, 3)) << points;
}

TEST_P(ThreadPoolTest, ScratchIsAThreadsOwn) {
  ThreadPool pool(GetParam());
  for (int64_t bytes : {1, 64, 4096, 100, 1 << 20})
    EXPECT_EQ(run(pool.getHost(), fillScratch, 300, bytes, bytes), std::vector<int64_t>(300, 1));
}

TEST_P(ThreadPoolTest, LaunchesFollowEachOther) {
  ThreadPool pool(GetParam());
  std::vector<int64_t> counts(97);
  int64_t points = 97, one = 1;
  mixc_view view{counts.data(), &points, nullptr};
  for (int k = 0; k < 20000; ++k)
    ASSERT_EQ(pool.getHost()->launch(pool.getHost(), count, &view, &one, points, 0), 0);
  EXPECT_EQ(counts, std::vector<int64_t>(97, 20000));
}

TEST_P(ThreadPoolTest, CallersTakeTurns) {
  ThreadPool pool(GetParam());
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int k = 0; k < 200; ++k)
        EXPECT_EQ(run(pool.getHost(), fillScratch, 50, 256, 256), std::vector<int64_t>(50, 1));
    });
  for (std::thread &caller : callers)
    caller.join();
}

TEST(ThreadPool, RefusesScratchThatDoesNotExist) {
  ThreadPool pool(2);
  int64_t points = 100, scalar = 0;
  mixc_view view{};
  EXPECT_EQ(pool.getHost()->launch(pool.getHost(), count, &view, &scalar, points, INT64_MAX - 7),
            MIXC_OUT_OF_MEMORY);
  // It still works afterwards.
  EXPECT_EQ(run(pool.getHost(), fillScratch, 100, 64, 64), std::vector<int64_t>(100, 1));
}

TEST(ThreadPool, AHostMayBeWrittenInC) {
  EXPECT_EQ(run(&hostInC, count, 10, 5), std::vector<int64_t>(10, 5));
}

} // namespace
