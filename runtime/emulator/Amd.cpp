//===- Amd.cpp - instructions of AMD's wavefronts -------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By the ISA documents of CDNA 3 and RDNA 3. What these leave to the hardware where a lane is not
// active is a fault here.
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/Block.h"

#include <bit>

using namespace mixc::runtime::emulator;

void mixc_emu_bpermute(Group *group) {
  group->each([&](uint32_t lane) {
    auto from = static_cast<uint32_t>(group->operand(lane, 0) >> 2) & (group->width - 1);
    group->set(lane, 0, group->operandOf(from, 1, lane));
  });
}

void mixc_emu_readlane(Group *group) {
  group->each([&](uint32_t lane) {
    auto from = static_cast<uint32_t>(group->operand(lane, 1)) & (group->width - 1);
    group->set(lane, 0, group->operandOf(from, 0, lane));
  });
}

void mixc_emu_readfirstlane(Group *group) {
  auto first = static_cast<uint32_t>(std::countr_zero(group->active));
  group->each([&](uint32_t lane) { group->set(lane, 0, group->operand(first, 0)); });
}

void mixc_emu_ballot(Group *group) {
  uint64_t votes = 0;
  group->each([&](uint32_t lane) { votes |= (group->operand(lane, 0) & 1) << lane; });
  group->each([&](uint32_t lane) { group->set(lane, 0, votes); });
}

/// The lane that data parallel control `control` reads for `lane`, or -1 where it has none: beyond
/// a row of 16, or the wavefront.
static int32_t dppSource(uint32_t control, int32_t lane, int32_t width) {
  int32_t row = lane & ~15, inRow = lane & 15;
  auto insideRow = [&](int32_t k) { return k >= 0 && k < 16 ? row + k : -1; };
  auto amount = static_cast<int32_t>(control & 15);
  if (control < 0x100) // quad_perm
    return (lane & ~3) + static_cast<int32_t>(control >> 2 * (lane & 3) & 3);
  switch (control & ~15u) {
  case 0x100: // row_shl
    return insideRow(inRow + amount);
  case 0x110: // row_shr
    return insideRow(inRow - amount);
  case 0x120: // row_ror
    return row + ((inRow - amount) & 15);
  case 0x130: // wave_shl, wave_rol, wave_shr, wave_ror by one
    switch (amount) {
    case 0x0:
      return lane + 1 < width ? lane + 1 : -1;
    case 0x4:
      return (lane + 1) % width;
    case 0x8:
      return lane - 1;
    default:
      return (lane + width - 1) % width;
    }
  case 0x140:
    switch (amount) {
    case 0: // row_mirror
      return row + 15 - inRow;
    case 1: // row_half_mirror
      return (lane & ~7) + 7 - (lane & 7);
    case 2: // row_bcast15: the last lane of the row before
      return row - 1;
    default: // row_bcast31: the last lane of the first half
      return lane >= 32 ? 31 : -1;
    }
  case 0x150: // row_share, row_newbcast
    return row + amount;
  case 0x160: // row_xmask
    return row + (inRow ^ amount);
  }
  return -1;
}

void mixc_emu_dpp(Group *group) {
  group->each([&](uint32_t lane) {
    auto control = static_cast<uint32_t>(group->operand(lane, 2));
    uint64_t rows = group->operand(lane, 3), banks = group->operand(lane, 4);
    uint64_t old = group->operand(lane, 0);
    bool isEnabled = (rows >> lane / 16 & 1) && (banks >> (lane & 15) / 4 & 1);
    if (!isEnabled)
      return group->set(lane, 0, old);
    int32_t from =
        dppSource(control, static_cast<int32_t>(lane), static_cast<int32_t>(group->width));
    if (from < 0) // Bound control gives zero where there is no source.
      return group->set(lane, 0, group->operand(lane, 5) ? 0 : old);
    group->set(lane, 0, group->operandOf(static_cast<uint32_t>(from), 1, lane));
  });
}

void mixc_emu_swizzle(Group *group) {
  group->each([&](uint32_t lane) {
    auto pattern = static_cast<uint32_t>(group->operand(lane, 1));
    uint32_t from;
    if (pattern & 0x8000) { // within four lanes
      from = (lane & ~3u) | (pattern >> 2 * (lane & 3) & 3);
    } else { // within 32: and, or, exclusive or
      uint32_t inside =
          (((lane & 31) & (pattern & 31)) | (pattern >> 5 & 31)) ^ (pattern >> 10 & 31);
      from = (lane & ~31u) | inside;
    }
    group->set(lane, 0, group->operandOf(from, 0, lane));
  });
}

void mixc_emu_permlanex16(Group *group) {
  group->each([&](uint32_t lane) {
    uint64_t selects = (group->operand(lane, 3) << 32) | (group->operand(lane, 2) & 0xffffffff);
    auto inRow = static_cast<uint32_t>(selects >> 4 * (lane & 15) & 15);
    uint32_t from = ((lane & ~15u) ^ 16) | inRow;
    group->set(lane, 0, group->operandOf(from, 1, lane));
  });
}
