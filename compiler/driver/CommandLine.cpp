//===- CommandLine.cpp - subcommands and their options --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/CommandLine.h"
#include "compiler/driver/Failure.h"
#include "frontends/mix/Diagnostics.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

/// An option as it is written: of one letter with one dash.
static std::string spelling(StringRef name) { return (name.size() == 1 ? "-" : "--") + name.str(); }

void OptionTable::group(StringRef title) { currentGroup = title.str(); }

void OptionTable::flag(StringRef name, bool &given, StringRef help) {
  options.push_back({name.str(), "", help.str(), currentGroup, Takes::Nothing,
                     [&given](StringRef) { given = true; }});
}

void OptionTable::value(StringRef name, StringRef metavar, std::optional<std::string> &value,
                        StringRef help) {
  options.push_back({name.str(), metavar.str(), help.str(), currentGroup, Takes::Value,
                     [&value](StringRef text) { value = text.str(); }});
}

void OptionTable::list(StringRef name, StringRef metavar, std::vector<std::string> &values,
                       StringRef help) {
  options.push_back({name.str(), metavar.str(), help.str(), currentGroup, Takes::Value,
                     [&values](StringRef text) { values.push_back(text.str()); },
                     /*repeats=*/true});
}

void OptionTable::optionalValue(StringRef name, StringRef metavar,
                                std::optional<std::string> &value, StringRef help) {
  options.push_back({name.str(), metavar.str(), help.str(), currentGroup, Takes::PerhapsValue,
                     [&value](StringRef text) { value = text.str(); }});
}

void OptionTable::operands(StringRef metavar, std::vector<std::string> &values, size_t least,
                           size_t most) {
  operandName = metavar.str();
  operandValues = &values;
  leastOperands = least;
  mostOperands = most;
}

const OptionTable::Option *OptionTable::find(StringRef name) const {
  for (const Option &option : options)
    if (option.name == name)
      return &option;
  return nullptr;
}

Error OptionTable::unknown(StringRef argument) const {
  std::vector<StringRef> names{"help"};
  for (const Option &option : options)
    names.push_back(option.name);
  StringRef near = mix::closest(argument.ltrim('-').split('=').first, names);
  std::string note = near.empty() ? ("`mixc " + command.name + " --help` lists the options").str()
                                  : "did you mean `" + spelling(near) + "`?";
  return usageError("`mixc " + command.name + "` has no option `" + argument.split('=').first + "`",
                    {note});
}

Error OptionTable::addOperand(StringRef argument) {
  if (!operandValues)
    return usageError("`mixc " + command.name + "` takes no operand, but got `" + argument + "`");
  if (operandValues->size() == mostOperands)
    return usageError("`mixc " + command.name + "` takes one " + operandName + ", but got `" +
                      operandValues->back() + "` and `" + argument + "`");
  operandValues->push_back(argument.str());
  return Error::success();
}

Error OptionTable::parse(Arguments arguments) {
  // Help is given whatever else is wrong with the line.
  for (StringRef argument : arguments) {
    if (argument == "--")
      break;
    if (argument == "--help" || argument == "-h") {
      helpAsked = true;
      printHelp(outs());
      return Error::success();
    }
  }
  bool optionsEnded = false;
  SmallPtrSet<const Option *, 16> given;
  for (size_t k = 0; k != arguments.size(); ++k) {
    StringRef argument = arguments[k];
    if (!optionsEnded && argument == "--") {
      optionsEnded = true;
      continue;
    }
    if (optionsEnded || !argument.starts_with("-") || argument == "-") {
      if (Error error = addOperand(argument))
        return error;
      continue;
    }
    auto [name, value] = argument.split('=');
    bool hasValue = argument.contains('=');
    const Option *option = find(name.ltrim('-'));
    if (!option || spelling(option->name) != name)
      return unknown(argument);
    if (option->takes == Takes::Nothing && hasValue)
      return usageError("`" + name + "` takes no value, but got `" + value + "`");
    if (option->takes == Takes::Value && !hasValue) {
      if (k + 1 == arguments.size() || arguments[k + 1].starts_with("--"))
        return usageError("`" + name + "` needs a value",
                          {"write `" + name.str() + " " + option->metavar + "`"});
      value = arguments[++k];
    }
    if (!given.insert(option).second && !option->repeats && option->takes != Takes::Nothing)
      return usageError("`" + name + "` is given twice",
                        {"it takes one value: leave one of them out"});
    option->take(value);
  }
  if (operandValues && operandValues->size() < leastOperands)
    return usageError("`mixc " + command.name + "` needs a " + operandName,
                      {("usage: mixc " + command.name + " " + command.operands).str()});
  return Error::success();
}

/// Prints `text` between `indent` and column 100, broken at blanks; the cursor stands at `column`.
static void printWrapped(raw_ostream &os, StringRef text, unsigned indent, unsigned column) {
  constexpr unsigned width = 100;
  bool atStart = true;
  while (!text.empty()) {
    auto [word, rest] = text.split(' ');
    if (!atStart && column + 1 + word.size() > width) {
      os << '\n';
      os.indent(indent);
      column = indent;
      atStart = true;
    }
    if (!atStart) {
      os << ' ';
      ++column;
    }
    os << word;
    column += word.size();
    atStart = false;
    text = rest;
  }
  os << '\n';
}

void OptionTable::printHelp(raw_ostream &os) const {
  constexpr unsigned indent = 28;
  os << "usage: mixc " << command.name << ' ' << command.operands << "\n\n";
  printWrapped(os, command.summary, 0, 0);
  SmallVector<StringRef> paragraphs;
  command.details.split(paragraphs, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef paragraph : paragraphs) {
    os << '\n';
    printWrapped(os, paragraph, 0, 0);
  }
  StringRef group;
  auto print = [&](const Option &option) {
    std::string left = "  " + spelling(option.name);
    if (option.takes == Takes::Value)
      left += " " + option.metavar;
    if (option.takes == Takes::PerhapsValue)
      left += "[=" + option.metavar + "]";
    os << left;
    if (left.size() + 2 > indent) {
      os << '\n';
      left.clear();
    }
    os.indent(indent - left.size());
    printWrapped(os, option.help, indent, indent);
  };
  for (const Option &option : options) {
    if (group != option.group) {
      group = option.group;
      os << '\n' << group << ":\n";
    }
    print(option);
  }
  if (!command.examples.empty()) {
    os << "\nexamples:\n";
    SmallVector<StringRef> lines;
    command.examples.split(lines, '\n', -1, /*KeepEmpty=*/false);
    for (StringRef line : lines)
      os << "  " << line << '\n';
  }
}

Expected<std::pair<std::string, std::string>> splitAssignment(StringRef option, StringRef text) {
  auto [name, value] = text.split('=');
  name = name.trim();
  if (name.empty() || !text.contains('='))
    return usageError("`--" + option + "` wants `NAME=VALUE`, but got `" + text + "`");
  return std::pair(name.str(), value.trim().str());
}

Expected<int64_t> parseInteger(StringRef option, StringRef text, int64_t least) {
  int64_t value;
  if (text.getAsInteger(10, value))
    return usageError("`--" + option + "` wants an integer, but got `" + text + "`");
  if (value < least)
    return usageError("`--" + option + "` wants at least " + Twine(least) + ", but got " +
                      Twine(value));
  return value;
}

} // namespace mixc::driver
