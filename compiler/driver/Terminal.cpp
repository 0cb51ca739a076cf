//===- Terminal.cpp - what a terminal is shown more than a pipe -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Terminal.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <unistd.h>

namespace mixc::driver {

static bool stderrIsTerminal() {
  const char *term = std::getenv("TERM");
  return isatty(STDERR_FILENO) && term && llvm::StringRef(term) != "dumb";
}

bool colourOnStderr() {
  const char *noColour = std::getenv("NO_COLOR");
  return stderrIsTerminal() && !(noColour && *noColour);
}

void StatusLine::show(llvm::StringRef text) {
  if ((text.empty() && !shown) || !stderrIsTerminal())
    return;
  llvm::errs() << "\r\033[K" << text;
  shown = !text.empty();
}

} // namespace mixc::driver
