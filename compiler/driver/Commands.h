//===- Commands.h - the subcommands of mixc -----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_COMMANDS_H
#define MIXC_COMPILER_DRIVER_COMMANDS_H

#include "compiler/driver/CommandLine.h"

namespace mixc::driver {

extern const Command checkCommand, formatCommand, runCommand, benchCommand, explainCommand,
    compileCommand, devicesCommand;

/// Subcommands of the command line's contract that this version refuses.
extern const Command tuneCommand, gradCommand, serverCommand;

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_COMMANDS_H
