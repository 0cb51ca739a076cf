//===- GuardedMemory.h - memory that notices stray writes ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels trust the subscripts that come from data, so that they may write before or behind a
// tensor. What this memory holds lies between pages that nobody may touch:
//
//   guard | front, the rest of a page | the bytes | back, under 64 bytes | guard
//
// A stray access of up to 16 MiB faults at once, or, if it hits front or back, is found afterwards:
// they hold a pattern. The heap is never hit.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_GUARDEDMEMORY_H
#define MIXC_COMPILER_DRIVER_GUARDEDMEMORY_H

#include <cstddef>

namespace mixc::driver {

class GuardedMemory {
public:
  GuardedMemory() = default;
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory &) = delete;
  GuardedMemory &operator=(const GuardedMemory &) = delete;

  /// Makes room for `bytes`, aligned to 64; false when there is no memory for it. What was there is
  /// kept where it suffices, else lost.
  bool reserve(size_t bytes);
  std::byte *data() const { return begin; }

  /// Whether nobody wrote to front and back.
  bool isIntact() const;

private:
  void release();
  /// The ends of what may be touched.
  std::byte *first() const;
  std::byte *last() const;

  void *mapping = nullptr;
  size_t mapped = 0;
  std::byte *begin = nullptr;
  size_t size = 0;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_GUARDEDMEMORY_H
