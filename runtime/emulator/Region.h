//===- Region.h - memory that a pointer may be used for ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_EMULATOR_REGION_H
#define MIXC_RUNTIME_EMULATOR_REGION_H

#include "runtime/emulator/Shadow.h"

#include <string>

/// The bytes `begin` to `end` (exclusive). Memory that several threads see has a shadow; of memory
/// of one thread alone it is enough to know which bytes were written.
struct mixc_emu_region {
  uintptr_t begin = 0, end = 0;
  /// What a report calls it.
  std::string name;

  mixc::runtime::emulator::Shadow *shadow = nullptr;
  /// Whether it is shared memory, of which an era is a block.
  bool ofBlock = false;

  /// Of private memory: a byte for each.
  unsigned char *written = nullptr;
  /// Whether `written` is still to be cleared.
  mutable bool isFresh = false;
};

namespace mixc::runtime::emulator {
using Region = mixc_emu_region;
} // namespace mixc::runtime::emulator

#endif // MIXC_RUNTIME_EMULATOR_REGION_H
