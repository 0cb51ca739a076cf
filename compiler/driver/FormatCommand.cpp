//===- FormatCommand.cpp - mixc fmt ---------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Terminal.h"
#include "frontends/mix/Format.h"
#include "frontends/mix/Parser.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

/// Replaces the text of the file that `path` leads to, keeping its permissions. Another file is
/// written beside it and renamed, so that no half-written one is left.
static Error replace(StringRef path, StringRef text) {
  auto failed = [&](std::error_code code) { return writeError(path, code); };
  // Through symbolic links, which stay.
  SmallString<128> real;
  if (std::error_code code = sys::fs::real_path(path, real))
    return failed(code);
  auto permissions = sys::fs::getPermissions(real);
  if (!permissions)
    return failed(permissions.getError());
  auto temporary = sys::fs::TempFile::create(real + ".%%%%%%");
  if (!temporary)
    return failed(errorToErrorCode(temporary.takeError()));
  raw_fd_ostream os(temporary->FD, /*shouldClose=*/false);
  os << text;
  os.flush();
  std::error_code code = os.error();
  os.clear_error();
  if (!code)
    code = sys::fs::setPermissions(temporary->FD, *permissions);
  if (code)
    return joinErrors(failed(code), temporary->discard());
  return temporary->keep(real);
}

static int format(Arguments arguments) {
  OptionTable table(formatCommand);
  std::vector<std::string> files;
  bool checkOnly = false;
  table.flag("check", checkOnly, "write nothing; exit status 1 where a file is not formatted");
  table.operands("FILE", files, 1, SIZE_MAX);
  if (Error error = table.parse(arguments))
    return report(std::move(error));
  if (table.helped())
    return 0;

  int exit = 0;
  for (StringRef path : files) {
    mix::SourceManager sources;
    mix::Diagnostics diags(sources);
    auto id = sources.open(path);
    if (!id) {
      exit = std::max(exit, report(id.takeError()));
      continue;
    }
    mix::File file = mix::parse(sources, *id, diags);
    diags.print(errs(), colourOnStderr());
    if (diags.hasErrors()) {
      exit = std::max(exit, static_cast<int>(Exit::Fault));
      continue;
    }
    std::string text = mix::format(file, sources);
    if (text == sources.file(*id).text())
      continue;
    if (checkOnly) {
      outs() << path << ": not formatted\n";
      exit = std::max(exit, static_cast<int>(Exit::Fault));
    } else if (Error error = replace(path, text)) {
      exit = std::max(exit, report(std::move(error)));
    }
  }
  return exit;
}

const Command formatCommand{
    "fmt",
    "FILE... [--check]",
    "formats files in place, keeping comments",
    "A file that does not parse stays as it is.",
    "mixc fmt --check examples/softmax/attention.mix examples/recurrent/gla.mix\n",
    format};

} // namespace mixc::driver
