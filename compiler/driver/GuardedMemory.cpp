//===- GuardedMemory.cpp - memory that notices stray writes ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/GuardedMemory.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstdint>
#include <sys/mman.h>

namespace mixc::driver {

static constexpr size_t page = 4096, alignment = 64, guard = size_t(16) << 20;
/// No float or integer that a kernel would often write.
static constexpr auto pattern = std::byte(0xb7);

GuardedMemory::~GuardedMemory() { release(); }

void GuardedMemory::release() {
  if (mapping)
    munmap(mapping, mapped);
  mapping = nullptr;
  begin = nullptr;
}

std::byte *GuardedMemory::first() const { return static_cast<std::byte *>(mapping) + guard; }
std::byte *GuardedMemory::last() const {
  return static_cast<std::byte *>(mapping) + mapped - guard;
}

bool GuardedMemory::reserve(size_t bytes) {
  if (mapping && bytes <= size)
    return true;
  release();
  if (bytes > SIZE_MAX / 2)
    return false;
  size_t inner = llvm::alignTo(bytes, page);
  mapped = inner + 2 * guard;
  void *made = mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED)
    return false;
  mapping = made;
  size = bytes;
  // Against the end: subscripts that are too large are the likeliest.
  begin = last() - llvm::alignTo(bytes, alignment);
  if (inner > 0 && mprotect(first(), inner, PROT_READ | PROT_WRITE)) {
    release();
    return false;
  }
  std::fill(first(), begin, pattern);
  std::fill(begin + bytes, last(), pattern);
  return true;
}

bool GuardedMemory::isIntact() const {
  if (!mapping)
    return true;
  auto isPattern = [](std::byte value) { return value == pattern; };
  return std::all_of(first(), begin, isPattern) && std::all_of(begin + size, last(), isPattern);
}

} // namespace mixc::driver
