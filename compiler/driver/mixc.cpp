//===- mixc.cpp - the compiler's command line -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Failure.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace mixc::driver;

static constexpr const Command *commands[] = {
    &checkCommand,   &formatCommand, &runCommand,  &benchCommand,   &explainCommand,
    &compileCommand, &tuneCommand,   &gradCommand, &devicesCommand, &serverCommand};

static void printHelp(raw_ostream &os) {
  os << "usage: mixc COMMAND ...\n\n"
        "Compiles token mixers, written as equations in .mix files.\n\n"
        "commands:\n";
  for (const Command *command : commands) {
    os << "  " << command->name;
    os.indent(10 - command->name.size()) << command->summary << '\n';
  }
  os << "\n`mixc COMMAND --help` tells the options of a command.\n\n"
        "exit status: 0 done; 1 the spec, the input or a check is at fault; 2 the command line is; "
        "3 the target\n"
        "can't do it; 70 an internal error\n\n"
        "examples:\n"
        "  mixc check examples/softmax/attention.mix\n"
        "  mixc run examples/softmax/attention.mix --target ref --random --dim "
        "B=1,H=2,G=1,N=7,M=7,D=8,E=8\n";
}

static int run(int argc, char **argv) {
  std::vector<StringRef> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    printHelp(errs());
    return static_cast<int>(Exit::Usage);
  }
  StringRef name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    printHelp(outs());
    return 0;
  }
  if (name == "--version") {
    outs() << "mixc " MIXC_VERSION "\n";
    return 0;
  }
  std::vector<StringRef> names;
  for (const Command *command : commands) {
    if (command->name == name)
      return command->run(ArrayRef(arguments).drop_front());
    names.push_back(command->name);
  }
  return report(usageError("mixc has no " + Twine(name.starts_with("-") ? "option" : "command") +
                               " `" + name + "`",
                           suggestions(name, names, "commands")));
}

int main(int argc, char **argv) {
  installCrashReport();
  int exit = run(argc, argv);
  // A full disk or a closed pipe must not look like success.
  outs().flush();
  if (outs().has_error()) {
    std::error_code code = outs().error();
    outs().clear_error();
    if (code != std::errc::broken_pipe)
      errs() << "error: can't write to stdout: " << reasonOf(code) << '\n';
    return std::max(exit, static_cast<int>(Exit::Fault));
  }
  return exit;
}
