//===- Shadow.cpp - what is known about memory ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/Shadow.h"

#include <algorithm>
#include <bit>

using namespace mixc::runtime::emulator;

static constexpr size_t lineBytes = 64;

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

static bool sameThread(const Stamp &a, const Stamp &b) {
  return a.block == b.block && a.thread == b.thread;
}

/// Whether nothing orders `earlier` before `later`.
static bool areUnordered(const Stamp &earlier, const Stamp &later, uint32_t warpWidth) {
  if (earlier.block != later.block)
    return true;
  if (earlier.thread == later.thread || earlier.epoch != later.epoch)
    return false;
  bool sameWarp = earlier.thread / warpWidth == later.thread / warpWidth;
  return !sameWarp || earlier.warpEpoch == later.warpEpoch;
}

/// The larger, the fewer threads an access of the past is ordered before, for one as `now`.
static int distance(const Stamp &past, const Stamp &now, uint32_t warpWidth) {
  if (!past.exists())
    return -1;
  if (past.block != now.block)
    return 3;
  if (past.epoch != now.epoch)
    return 0;
  return past.thread / warpWidth != now.thread / warpWidth ? 2 : 1;
}

void History::note(const Stamp &stamp, uint32_t warpWidth) {
  if (last.exists() && !sameThread(last, stamp) &&
      distance(other, stamp, warpWidth) <= distance(last, stamp, warpWidth))
    other = last;
  last = stamp;
}

const Stamp *History::findUnordered(const Stamp &stamp, uint32_t warpWidth, bool plain) const {
  for (const Stamp *earlier : {&last, &other})
    if (earlier->exists() && areUnordered(*earlier, stamp, warpWidth) &&
        !(plain && earlier->kind == Access::Atomic))
      return earlier;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Lines and cells
//===----------------------------------------------------------------------===//

struct Shadow::Cell {
  uint32_t era = 0;
  History reads, writes;
};

struct Shadow::Line {
  std::unique_ptr<Cell[]> cells;
  /// A bit for each byte.
  uint64_t written = 0;
  /// Of transient memory: the last one in which it was accessed.
  uint32_t era = 0;
  uint8_t log = 0;
};

Shadow::Shadow(uintptr_t base, size_t bytes, bool transient)
    : base(base), transient(transient), lines((bytes + lineBytes - 1) / lineBytes) {}
Shadow::~Shadow() = default;

static uint64_t maskOf(unsigned from, unsigned bytes) {
  return (bytes == lineBytes ? ~uint64_t(0) : (uint64_t(1) << bytes) - 1) << from;
}

void Shadow::divide(Line &line, unsigned log) {
  if (line.cells && line.log <= log)
    return;
  auto cells = std::make_unique<Cell[]>(lineBytes >> log);
  if (line.cells)
    for (unsigned k = 0; k < lineBytes >> log; ++k)
      cells[k] = line.cells[(k << log) >> line.log];
  line.cells = std::move(cells);
  line.log = static_cast<uint8_t>(log);
}

Conflict Shadow::accessCell(Cell &cell, const Stamp &stamp, const Era &era) {
  if (cell.era != era.number)
    cell = {era.number, {}, {}};
  const Stamp *other =
      cell.writes.findUnordered(stamp, era.warpWidth, /*plain=*/stamp.kind == Access::Atomic);
  if (!other && stamp.kind != Access::Read)
    other = cell.reads.findUnordered(stamp, era.warpWidth, /*plain=*/false);
  if (other)
    return {Conflict::Race, *other};
  (stamp.kind == Access::Read ? cell.reads : cell.writes).note(stamp, era.warpWidth);
  return {};
}

Conflict Shadow::accessLine(Line &line, unsigned from, unsigned bytes, const Stamp &stamp,
                            const Era &era) {
  if (transient && line.era != era.number) {
    line.era = era.number;
    line.written = 0;
  }
  uint64_t mask = maskOf(from, bytes);
  if (stamp.kind != Access::Write && (mask & ~line.written))
    return {Conflict::NeverWritten, {}};
  if (stamp.kind != Access::Read)
    line.written |= mask;

  divide(line, static_cast<unsigned>(std::countr_zero(from | bytes)));
  unsigned last = (from + bytes - 1) >> line.log;
  for (unsigned k = from >> line.log; k <= last; ++k)
    if (Conflict conflict = accessCell(line.cells[k], stamp, era); conflict.kind != Conflict::None)
      return conflict;
  return {};
}

Conflict Shadow::access(uintptr_t address, size_t bytes, const Stamp &stamp, const Era &era) {
  size_t offset = address - base;
  while (bytes > 0) {
    auto from = static_cast<unsigned>(offset % lineBytes);
    auto here = static_cast<unsigned>(std::min(bytes, lineBytes - from));
    Conflict conflict = accessLine(lines[offset / lineBytes], from, here, stamp, era);
    if (conflict.kind != Conflict::None)
      return conflict;
    offset += here;
    bytes -= here;
  }
  return {};
}

//===----------------------------------------------------------------------===//
// The host
//===----------------------------------------------------------------------===//

void Shadow::setWritten(uintptr_t address, size_t bytes, bool written) {
  size_t offset = address - base;
  while (bytes > 0) {
    auto from = static_cast<unsigned>(offset % lineBytes);
    auto here = static_cast<unsigned>(std::min(bytes, lineBytes - from));
    uint64_t &mask = lines[offset / lineBytes].written;
    mask = written ? mask | maskOf(from, here) : mask & ~maskOf(from, here);
    offset += here;
    bytes -= here;
  }
}

int64_t Shadow::findUnwritten(uintptr_t address, size_t bytes) const {
  for (size_t k = 0, offset = address - base; k < bytes; ++k, ++offset)
    if (!(lines[offset / lineBytes].written >> offset % lineBytes & 1))
      return static_cast<int64_t>(k);
  return -1;
}
