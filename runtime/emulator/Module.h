//===- Module.h - kernels for the emulator ----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a compiler hands to the emulator: its kernels as functions of the host (interface.h), and
// what the numbers in them stand for.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_EMULATOR_MODULE_H
#define MIXC_RUNTIME_EMULATOR_MODULE_H

#include "runtime/Device.h"
#include "runtime/emulator/interface.h"

#include <map>

namespace mixc::runtime::emulator {

struct Kernel {
  mixc_emu_kernel function = nullptr;
  /// Whether threads wait for each other: they then run as fibres, else one after the other.
  bool waits = false;
};

/// A variable in the shared memory of each block.
struct SharedVariable {
  std::string name;
  size_t bytes;
};

struct Code {
  std::map<std::string, Kernel, std::less<>> kernels;
  std::vector<Place> sites;
  std::vector<SharedVariable> shared;
  uint32_t warpWidth = 32;
};

} // namespace mixc::runtime::emulator

#endif // MIXC_RUNTIME_EMULATOR_MODULE_H
