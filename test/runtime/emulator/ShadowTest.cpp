//===- ShadowTest.cpp - what is known about memory ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/Shadow.h"

#include "gtest/gtest.h"

#include <random>
#include <vector>

using namespace mixc::runtime::emulator;

namespace {

constexpr uintptr_t memory = 4096;
constexpr Era firstEra{1, 32};

Stamp by(uint32_t block, uint16_t thread, Access kind, uint32_t epoch = 0) {
  return {block, epoch, 0, 0, thread, kind};
}

/// A shadow of 256 bytes that the host has written.
struct Written : Shadow {
  Written() : Shadow(memory, 256) { setWritten(memory, 256, true); }
};

TEST(Shadow, NeverWritten) {
  Shadow shadow(memory, 256);
  EXPECT_EQ(shadow.access(memory, 4, by(0, 0, Access::Read), firstEra).kind,
            Conflict::NeverWritten);
  EXPECT_EQ(shadow.access(memory, 4, by(0, 0, Access::Write), firstEra).kind, Conflict::None);
  EXPECT_EQ(shadow.access(memory, 4, by(0, 0, Access::Read), firstEra).kind, Conflict::None);
  // A byte more than was written, also over the end of a line.
  EXPECT_EQ(shadow.access(memory + 1, 4, by(0, 0, Access::Read), firstEra).kind,
            Conflict::NeverWritten);
  shadow.setWritten(memory + 60, 8, true);
  EXPECT_EQ(shadow.access(memory + 60, 8, by(0, 0, Access::Read), firstEra).kind, Conflict::None);
  EXPECT_EQ(shadow.findUnwritten(memory, 4), -1);
  EXPECT_EQ(shadow.findUnwritten(memory, 8), 4);
  EXPECT_EQ(shadow.findUnwritten(memory + 60, 8), -1);
  shadow.setWritten(memory, 256, false);
  EXPECT_EQ(shadow.findUnwritten(memory, 4), 0);
}

TEST(Shadow, TransientMemoryForgets) {
  Shadow shadow(memory, 64, /*transient=*/true);
  EXPECT_EQ(shadow.access(memory, 4, by(0, 0, Access::Write), {1, 32}).kind, Conflict::None);
  EXPECT_EQ(shadow.access(memory, 4, by(1, 0, Access::Read), {2, 32}).kind, Conflict::NeverWritten);
}

TEST(Shadow, ErasOrder) {
  Written shadow;
  EXPECT_EQ(shadow.access(memory, 4, by(0, 0, Access::Write), {1, 32}).kind, Conflict::None);
  EXPECT_EQ(shadow.access(memory, 4, by(1, 0, Access::Write), {1, 32}).kind, Conflict::Race);
  EXPECT_EQ(shadow.access(memory, 4, by(1, 0, Access::Write), {2, 32}).kind, Conflict::None);
}

TEST(Shadow, CellsDivide) {
  Written shadow;
  EXPECT_EQ(shadow.access(memory, 8, by(0, 0, Access::Write), firstEra).kind, Conflict::None);
  // Each byte still has its writer.
  for (int k = 0; k < 8; ++k) {
    Conflict conflict = shadow.access(memory + k, 1, by(0, 1, Access::Read), firstEra);
    EXPECT_EQ(conflict.kind, Conflict::Race);
    EXPECT_EQ(conflict.other.thread, 0);
  }
  EXPECT_EQ(shadow.access(memory + 8, 2, by(0, 1, Access::Read), firstEra).kind, Conflict::None);
}

/// The definition itself: all accesses are kept.
class Log {
public:
  bool races(const Stamp &stamp) const {
    for (const Stamp &earlier : accesses) {
      if (earlier.kind == Access::Read && stamp.kind == Access::Read)
        continue;
      bool sameWarp = earlier.thread / 2 == stamp.thread / 2;
      bool ordered = earlier.block == stamp.block &&
                     (earlier.thread == stamp.thread || earlier.epoch != stamp.epoch ||
                      (sameWarp && earlier.warpEpoch != stamp.warpEpoch));
      if (!ordered)
        return true;
    }
    return false;
  }
  std::vector<Stamp> accesses;
};

TEST(Shadow, FindsEachRace) {
  // Random runs of two blocks of four threads, in warps of two, until the first race.
  std::mt19937 random(1);
  auto draw = [&](uint32_t count) { return static_cast<uint32_t>(random() % count); };
  int races = 0;
  for (uint32_t run = 1; run <= 20000; ++run) {
    Written shadow;
    Log log;
    uint32_t epoch[2] = {}, warpEpoch[2][2] = {};
    for (int step = 0; step < 12; ++step) {
      uint32_t block = draw(40) == 0, thread = draw(4);
      if (draw(2) == 0)
        ++epoch[block];
      if (draw(2) == 0)
        ++warpEpoch[block][thread / 2];
      Stamp stamp{block,
                  epoch[block],
                  warpEpoch[block][thread / 2],
                  0,
                  static_cast<uint16_t>(thread),
                  draw(9) == 0 ? Access::Write : Access::Read};
      Conflict conflict = shadow.access(memory, 4, stamp, {run, 2});
      ASSERT_EQ(conflict.kind == Conflict::Race, log.races(stamp)) << "run " << run;
      if (conflict.kind == Conflict::Race) {
        ++races;
        break;
      }
      log.accesses.push_back(stamp);
    }
  }
  // Both kinds of runs there were.
  EXPECT_GT(races, 1000);
  EXPECT_LT(races, 19000);
}

} // namespace
