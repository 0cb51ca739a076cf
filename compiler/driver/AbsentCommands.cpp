//===- AbsentCommands.cpp - what this version refuses ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Failure.h"

using namespace llvm;

namespace mixc::driver {

static int refuse(StringRef command, StringRef what) {
  return report(refusal("`mixc " + command + "`: " + what + " is not in this version"));
}

const Command compileCommand{"compile",
                             "FILE -o DIR [options]",
                             "exports a bundle (not in this version)",
                             "",
                             "",
                             [](Arguments) { return refuse("compile", "the export of bundles"); }};

const Command tuneCommand{
    "tune", "FILE [options]", "searches schedules (not in this version)", "", "", [](Arguments) {
      return refuse("tune", "the search over schedules");
    }};

const Command gradCommand{"grad",
                          "FILE [options]",
                          "prints the backward mixers (not in this version)",
                          "",
                          "",
                          [](Arguments) { return refuse("grad", "the gradient of mixers"); }};

const Command serverCommand{
    "lsp", "", "language server on stdio (not in this version)",
    "",    "", [](Arguments) { return refuse("lsp", "the language server"); }};

} // namespace mixc::driver
