//===- AbsentCommands.cpp - what this version refuses ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Failure.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mixc::driver {

static int refuse(const Command &command, Arguments arguments, StringRef what) {
  // Only the help: whatever else the line says, it is refused.
  OptionTable table(command);
  if (is_contained(arguments, "--help") || is_contained(arguments, "-h"))
    return report(table.parse({"--help"}));
  return report(refusal("`mixc " + command.name + "`: " + what + " is not in this version"));
}

const Command tuneCommand{"tune",
                          "FILE [options]",
                          "searches schedules (not in this version)",
                          "",
                          "",
                          [](Arguments arguments) {
                            return refuse(tuneCommand, arguments, "the search over schedules");
                          }};

const Command gradCommand{
    "grad",
    "FILE [options]",
    "prints the backward mixers (not in this version)",
    "",
    "",
    [](Arguments arguments) { return refuse(gradCommand, arguments, "the gradient of mixers"); }};

const Command serverCommand{
    "lsp", "", "language server on stdio (not in this version)", "", "", [](Arguments arguments) {
      return refuse(serverCommand, arguments, "the language server");
    }};

} // namespace mixc::driver
