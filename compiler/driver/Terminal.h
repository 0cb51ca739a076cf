//===- Terminal.h - what a terminal is shown more than a pipe -----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_TERMINAL_H
#define MIXC_COMPILER_DRIVER_TERMINAL_H

#include "llvm/ADT/StringRef.h"

namespace mixc::driver {

/// Whether diagnostics on stderr are coloured: on a terminal that can, unless `NO_COLOR` is set.
bool colourOnStderr();

/// A line on stderr that the next one replaces; nothing but on a terminal. The destructor wipes it.
class StatusLine {
public:
  ~StatusLine() { show(""); }
  void show(llvm::StringRef text);

private:
  bool shown = false;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_TERMINAL_H
