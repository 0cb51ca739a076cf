//===- Target.h - what a mixer is compiled for --------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_TARGET_H
#define MIXC_COMPILER_DRIVER_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace mixc::driver {

enum class TargetKind { Reference, Cpu, Cuda, Hip, Emulator };

struct Target {
  TargetKind kind = TargetKind::Cpu;
  /// What follows the colon: `x86-64-v3`, `sm_90a`; empty: what this machine has.
  std::string architecture;

  /// As on the command line.
  std::string text() const;
};

/// The target that `text` names; a usage error where it names none.
llvm::Expected<Target> parseTarget(llvm::StringRef text);

/// A refusal where this machine can't run what is compiled for `target`.
llvm::Error checkAvailable(const Target &target);

/// The processor's name, as the system tells it.
std::string processorName();

/// The cores that this process may run on.
unsigned availableCores();

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_TARGET_H
