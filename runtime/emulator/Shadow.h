//===- Shadow.h - what is known about memory --------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shadow memory says of every byte whether it was written, and by which threads of the present
// launch it was read and written last, so that two unordered accesses are found when the second one
// happens. Two accesses by different threads are unordered
//
//   in different blocks                always
//   in one block                       when no barrier lies between them, nor, in one warp, a
//                                      synchronisation of the warp
//
// A launch, and for shared memory a block, is an era: what happened in an earlier one came before.
//
// Few accesses need to be kept for this to miss nothing: the last one, and of those by other
// threads the one that is hardest to order before what follows: in another block, else in another
// warp, else a recent one. Whoever conflicts with an access in the past then conflicts with one of
// the two.
//
// Memory is divided in lines of 64 bytes, a line in cells as large as the smallest access that the
// line has seen: tensors of f32 need a sixteenth of the cells that bytes would. A cell is made when
// its line is accessed by a kernel for the first time.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_EMULATOR_SHADOW_H
#define MIXC_RUNTIME_EMULATOR_SHADOW_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mixc::runtime::emulator {

enum class Access : uint8_t { Read, Write, Atomic };

/// Who accessed something, when, and where in the program.
struct Stamp {
  static constexpr uint32_t nobody = ~uint32_t(0);

  uint32_t block = nobody;
  /// Barriers that the thread had passed, of its block and of its warp.
  uint32_t epoch = 0, warpEpoch = 0;
  uint32_t site = 0;
  uint16_t thread = 0;
  Access kind = Access::Read;

  bool exists() const { return block != nobody; }
};

/// A stretch of time within which accesses may conflict, and the width of its warps.
struct Era {
  uint32_t number;
  uint32_t warpWidth;
};

/// What an access met.
struct Conflict {
  enum Kind { None, NeverWritten, Race } kind = None;
  /// Of a race: the other access.
  Stamp other;
};

/// The accesses of one kind that are remembered.
class History {
public:
  void note(const Stamp &stamp, uint32_t warpWidth);
  /// An access that is not ordered before `stamp`; with `plain`, one that is not atomic.
  const Stamp *findUnordered(const Stamp &stamp, uint32_t warpWidth, bool plain) const;

private:
  Stamp last, other;
};

class Shadow {
public:
  /// Of the `bytes` bytes from `base`, aligned to 64. Where memory is `transient`, nothing of it
  /// survives the end of an era.
  Shadow(uintptr_t base, size_t bytes, bool transient = false);
  ~Shadow();

  /// The access of `bytes` bytes at `address`, both inside, by `stamp`.
  Conflict access(uintptr_t address, size_t bytes, const Stamp &stamp, const Era &era);

  /// The host wrote these bytes, or gave up what was there.
  void setWritten(uintptr_t address, size_t bytes, bool written);
  /// The offset from `address` of the first byte that was never written, or -1.
  int64_t findUnwritten(uintptr_t address, size_t bytes) const;

private:
  struct Cell;
  struct Line;

  Conflict accessLine(Line &line, unsigned from, unsigned bytes, const Stamp &stamp,
                      const Era &era);
  /// Makes the cells of `line` 1 << `log` bytes large, or smaller.
  static void divide(Line &line, unsigned log);
  static Conflict accessCell(Cell &cell, const Stamp &stamp, const Era &era);

  uintptr_t base;
  bool transient;
  std::vector<Line> lines;
};

} // namespace mixc::runtime::emulator

#endif // MIXC_RUNTIME_EMULATOR_SHADOW_H
