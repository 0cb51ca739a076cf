//===- Nvidia.cpp - instructions of NVIDIA's warps ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By the chapters of the PTX ISA that are named after the instructions.
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/Block.h"

using namespace mixc::runtime::emulator;

void mixc_emu_shfl(Group *group) {
  enum Kind { Butterfly, Up, Down, Index };
  group->each([&](uint32_t lane) {
    auto kind = group->operand(lane, 0);
    auto distance = static_cast<uint32_t>(group->operand(lane, 2) & 31);
    auto clamp = static_cast<uint32_t>(group->operand(lane, 3) & 31);
    auto segment = static_cast<uint32_t>(group->operand(lane, 3) >> 8 & 31);
    uint32_t first = lane & segment, last = first | (clamp & ~segment);

    // Unsigned: a lane before the first one is behind all others.
    uint32_t from = lane;
    bool inRange = false;
    switch (kind) {
    case Butterfly:
      from = lane ^ distance;
      inRange = from <= last;
      break;
    case Up:
      from = lane - distance;
      inRange = static_cast<int32_t>(from) >= static_cast<int32_t>(last);
      break;
    case Down:
      from = lane + distance;
      inRange = from <= last;
      break;
    case Index:
      from = first | (distance & ~segment);
      inRange = from <= last;
      break;
    }
    group->set(lane, 0, group->operandOf(inRange ? from : lane, 1, lane));
    group->set(lane, 1, inRange);
  });
}

void mixc_emu_vote(Group *group) {
  enum Kind { Any, All, Ballot, Uniform };
  uint64_t votes = 0;
  group->each([&](uint32_t lane) { votes |= (group->operand(lane, 1) & 1) << lane; });
  group->each([&](uint32_t lane) {
    switch (group->operand(lane, 0)) {
    case Any:
      return group->set(lane, 0, votes != 0);
    case All:
      return group->set(lane, 0, votes == group->active);
    case Ballot:
      return group->set(lane, 0, votes);
    case Uniform:
      return group->set(lane, 0, votes == 0 || votes == group->active);
    }
  });
}

void mixc_emu_syncwarp(Group *group) {
  group->each([&](uint32_t lane) { ++group->lanes[lane]->warpEpoch; });
}
