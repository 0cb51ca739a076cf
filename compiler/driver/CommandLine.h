//===- CommandLine.h - subcommands and their options --------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A command is a value: its name, what its help says, and what it does. Its options are declared
// where they are used, into variables of the command:
//
//   OptionTable options(command);
//   options.flag("json", json, "print a report as JSON");
//   options.list("in", "NAME=FILE", in, "an argument from a .npy file");
//   options.operands("FILE", files, 1, 1);
//   if (Error error = options.parse(args)) ...
//   if (options.helped()) ...
//
// `--opt value` and `--opt=value` are the same; an option of one letter has one dash. LLVM's own
// `cl` is not used: every library linked in adds its options to it.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_COMMANDLINE_H
#define MIXC_COMPILER_DRIVER_COMMANDLINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mixc::driver {

using Arguments = llvm::ArrayRef<llvm::StringRef>;

struct Command {
  llvm::StringRef name;
  llvm::StringRef operands; ///< as in the usage line
  llvm::StringRef summary;  ///< one line, for `mixc --help`
  llvm::StringRef details;  ///< what else `--help` tells, before the options
  llvm::StringRef examples; ///< one a line, as typed in the root of the repository
  int (*run)(Arguments arguments);
};

class OptionTable {
public:
  explicit OptionTable(const Command &command) : command(command) {}

  /// Options declared from here on stand under `title` in the help.
  void group(llvm::StringRef title);
  void flag(llvm::StringRef name, bool &given, llvm::StringRef help);
  /// Given twice it is an error: which one was meant?
  void value(llvm::StringRef name, llvm::StringRef metavar, std::optional<std::string> &value,
             llvm::StringRef help);
  void list(llvm::StringRef name, llvm::StringRef metavar, std::vector<std::string> &values,
            llvm::StringRef help);
  /// `--name` or `--name=VALUE`; without a value it is empty.
  void optionalValue(llvm::StringRef name, llvm::StringRef metavar,
                     std::optional<std::string> &value, llvm::StringRef help);
  /// What is not an option: at least `least`, at most `most`.
  void operands(llvm::StringRef metavar, std::vector<std::string> &values, size_t least,
                size_t most);

  /// Reads the arguments; prints the help where they ask for it, and then looks at nothing else.
  llvm::Error parse(Arguments arguments);
  bool helped() const { return helpAsked; }

private:
  enum class Takes { Nothing, Value, PerhapsValue };
  struct Option {
    std::string name, metavar, help, group;
    Takes takes;
    std::function<void(llvm::StringRef)> take;
    bool repeats = false;
  };

  const Option *find(llvm::StringRef name) const;
  llvm::Error unknown(llvm::StringRef argument) const;
  llvm::Error addOperand(llvm::StringRef argument);
  void printHelp(llvm::raw_ostream &os) const;

  const Command &command;
  std::vector<Option> options;
  std::string currentGroup = "options";
  std::string operandName;
  std::vector<std::string> *operandValues = nullptr;
  size_t leastOperands = 0, mostOperands = 0;
  bool helpAsked = false;
};

/// `NAME=VALUE` of option `option`, or a usage error.
llvm::Expected<std::pair<std::string, std::string>> splitAssignment(llvm::StringRef option,
                                                                    llvm::StringRef text);

/// An integer of at least `least`, or a usage error about `option`.
llvm::Expected<int64_t> parseInteger(llvm::StringRef option, llvm::StringRef text, int64_t least);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_COMMANDLINE_H
