//===- Failure.cpp - how a command ends -----------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Failure.h"
#include "compiler/driver/KernelFault.h"
#include "compiler/driver/Places.h"
#include "compiler/driver/Terminal.h"
#include "compiler/reference/EvaluationError.h"
#include "frontends/mix/Diagnostics.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <cstring>
#include <unistd.h>

using namespace llvm;

namespace mixc::driver {

char Failure::ID;
char DeviceFault::ID;

static Error failure(Exit exit, const Twine &text, std::vector<std::string> notes) {
  return make_error<Failure>(exit, text.str(), std::move(notes));
}

Error usageError(const Twine &text, std::vector<std::string> notes) {
  return failure(Exit::Usage, text, std::move(notes));
}
Error inputError(const Twine &text, std::vector<std::string> notes) {
  return failure(Exit::Fault, text, std::move(notes));
}
Error refusal(const Twine &text, std::vector<std::string> notes) {
  return failure(Exit::Refused, text, std::move(notes));
}
Error internalError(const Twine &text) {
  return failure(
      Exit::Internal, "internal error: " + text,
      {"this is a fault of mixc: please report the spec, the command line and this message"});
}
Error reported(Exit exit) { return failure(exit, "", {}); }

std::vector<std::string> suggestions(StringRef name, ArrayRef<StringRef> candidates,
                                     StringRef kind) {
  StringRef near = mix::closest(name, candidates);
  if (!near.empty())
    return {("did you mean `" + near + "`?").str()};
  if (candidates.empty())
    return {("there are no " + kind).str()};
  std::string list = ("the " + kind + " are ").str();
  for (auto [k, candidate] : enumerate(candidates))
    list += ((k ? ", `" : "`") + candidate + "`").str();
  return {list};
}

std::string reasonOf(std::error_code code) {
  std::string reason = code.message();
  if (!reason.empty())
    reason[0] = toLower(reason[0]);
  return reason;
}

Error writeError(StringRef path, std::error_code code) {
  return inputError("can't write `" + path + "`: " + reasonOf(code),
                    {"check the folder, its permissions and the disk"});
}

Error fileError(Error error) {
  if (!error)
    return error;
  std::string text = toString(std::move(error));
  auto [what, advice] = StringRef(text).rsplit("; ");
  return advice.empty() ? inputError(what) : inputError(what, {advice.str()});
}

Error unmetCondition(StringRef condition) {
  // Of a subscript that is out of range: `the subscripts of NAME in range, FILE:LINE:COLUMN`.
  StringRef rest = condition;
  if (!rest.consume_front("the subscripts of "))
    return inputError("the call does not satisfy `" + condition + "`");
  auto [name, at] = rest.split(" in range, ");
  auto [fileAndLine, column] = at.rsplit(':');
  auto [file, line] = fileAndLine.rsplit(':');
  runtime::Place place{file.str()};
  std::string text = ("a subscript of `" + name + "` from data is out of range").str();
  if (line.getAsInteger(10, place.line) || column.getAsInteger(10, place.column))
    return inputError(text);
  place.endLine = place.line;
  place.endColumn = place.column + static_cast<uint32_t>(name.size());
  return make_error<DeviceFault>(
      runtime::Fault{text, place, {{"`--target ref` tells its value", {}}}});
}

//===----------------------------------------------------------------------===//
// The end
//===----------------------------------------------------------------------===//

int report(Error error, const mix::SourceManager *sources) {
  Exit exit = Exit::Done;
  mix::SourceManager none;
  mix::Diagnostics diags(sources ? *sources : none);
  auto worst = [&](Exit other) { exit = std::max(exit, other); };
  handleAllErrors(
      std::move(error),
      [&](const Failure &failure) {
        worst(failure.exit);
        if (failure.text.empty())
          return;
        mix::DiagnosticBuilder builder = diags.error({}, failure.text);
        for (const std::string &note : failure.notes)
          builder.note(note);
      },
      [&](const DeviceFault &failure) {
        worst(Exit::Fault);
        auto place = [&](const runtime::Place &place) {
          return sources ? spanOf(place, *sources) : mix::Span();
        };
        const runtime::Fault &fault = failure.fault;
        mix::DiagnosticBuilder builder = diags.error(place(fault.place), fault.text);
        for (const runtime::Fault::Note &note : fault.notes)
          if (mix::Span span = place(note.place); span.valid())
            builder.note(span, note.text);
          else
            builder.note(note.text);
      },
      [&](const reference::EvaluationError &failure) {
        worst(Exit::Fault);
        mix::Span span = sources ? spanOf(failure.getLocation(), *sources) : mix::Span();
        std::string text = failure.getText().str();
        if (!span.valid()) // as much of the place as there is
          text = failure.message();
        diags.error(span, text);
      },
      [&](const ErrorInfoBase &failure) {
        worst(Exit::Fault);
        diags.error({}, failure.message());
      });
  outs().flush();
  diags.print(errs(), colourOnStderr());
  return static_cast<int>(exit);
}

//===----------------------------------------------------------------------===//
// Crashes
//===----------------------------------------------------------------------===//

// Only what a signal handler may do: write to a descriptor and leave.
static void leave(Exit exit, std::initializer_list<const char *> parts) {
  // Several threads of a kernel may fault at once: one of them speaks.
  static std::atomic_flag leaving;
  if (leaving.test_and_set())
    for (;;)
      pause();
  for (const char *part : parts)
    if (write(STDERR_FILENO, part, std::strlen(part)) < 0)
      break;
  _exit(static_cast<int>(exit));
}

static void crash(const char *what) {
  leave(Exit::Internal,
        {"error: internal error: ", what,
         "\nnote: this is a fault of mixc: please report the spec and the command line\n"});
}

static void onSignal(int number) {
  TrustingKernels trusting = trustingKernels;
  bool isMemory = number == SIGSEGV || number == SIGBUS || number == SIGABRT; // of a broken heap
  if (trusting != TrustingKernels::None && isMemory)
    leave(Exit::Fault,
          {trusting == TrustingKernels::Run ? "error: invalid memory access in a kernel"
                                            : "error: a kernel has damaged memory",
           ": a subscript or length from data may be out of range\n"
           "note: run with `--checked` to find it\n"});
  switch (number) {
  case SIGSEGV:
    crash("invalid memory access");
    break;
  case SIGABRT:
    crash("aborted");
    break;
  case SIGFPE:
    crash("invalid arithmetic");
    break;
  case SIGILL:
    crash("an instruction that this machine does not have");
    break;
  default:
    crash("bus error");
  }
}

void installCrashReport() {
  // A stack of its own, since the ordinary one may be what has run out.
  static char stack[64 << 10];
  stack_t alternate = {};
  alternate.ss_sp = stack;
  alternate.ss_size = sizeof stack;
  sigaltstack(&alternate, nullptr);
  struct sigaction action = {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_ONSTACK;
  for (int number : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS})
    sigaction(number, &action, nullptr);
  // Without a reason LLVM's own handlers would abort with a trace.
  install_fatal_error_handler([](void *, const char *reason, bool) { crash(reason); });
  install_bad_alloc_error_handler([](void *, const char *, bool) { crash("out of memory"); });
}

} // namespace mixc::driver
