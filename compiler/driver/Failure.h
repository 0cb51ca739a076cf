//===- Failure.h - how a command ends -----------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything that stops a command is an `llvm::Error` on its way to `report`, which prints it once
// and turns it into the exit status. Errors of the libraries below (a damaged file, a call that
// does not fit its mixer) count as faults of the input; a `Failure` says itself what it is.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_FAILURE_H
#define MIXC_COMPILER_DRIVER_FAILURE_H

#include "frontends/mix/Source.h"
#include "runtime/Device.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace mixc::driver {

/// The exit status, as the command line promises it.
enum class Exit : int {
  Done = 0,
  Fault = 1,    ///< the spec, the input or a check is at fault
  Usage = 2,    ///< the command line is
  Refused = 3,  ///< the target can't do it
  Internal = 70 ///< mixc is at fault
};

class Failure : public llvm::ErrorInfo<Failure> {
public:
  static char ID;

  Failure(Exit exit, std::string text, std::vector<std::string> notes = {})
      : exit(exit), text(std::move(text)), notes(std::move(notes)) {}

  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

  Exit exit;
  std::string text; ///< empty: what was wrong has been printed
  std::vector<std::string> notes;
};

/// What is reported of a kernel that ran, with its places in the spec.
class DeviceFault : public llvm::ErrorInfo<DeviceFault> {
public:
  static char ID;

  explicit DeviceFault(runtime::Fault fault) : fault(std::move(fault)) {}

  void log(llvm::raw_ostream &os) const override { os << fault.text; }
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

  runtime::Fault fault;
};

llvm::Error usageError(const llvm::Twine &text, std::vector<std::string> notes = {});
llvm::Error inputError(const llvm::Twine &text, std::vector<std::string> notes = {});
llvm::Error refusal(const llvm::Twine &text, std::vector<std::string> notes = {});
llvm::Error internalError(const llvm::Twine &text);
/// What the system says, in lower case.
std::string reasonOf(std::error_code code);
/// `path` can't be written.
llvm::Error writeError(llvm::StringRef path, std::error_code code);
/// An error of the tensor files, `WHAT; ADVICE`, with the advice as a note; success as it is.
llvm::Error fileError(llvm::Error error);
/// A call that does not satisfy a condition of its plan: where it is about subscripts that come
/// from data, with their place in the spec.
llvm::Error unmetCondition(llvm::StringRef condition);
/// An end whose reason has been printed already.
llvm::Error reported(Exit exit);

/// The note that a wrong name deserves: "did you mean `x`?" when one of `candidates` is near, else
/// "the KIND are ...".
std::vector<std::string>
suggestions(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates, llvm::StringRef kind);

/// Prints `error` on stderr, with the source line where its place is in one of `sources`, and
/// gives the exit status.
int report(llvm::Error error, const mix::SourceManager *sources = nullptr);

/// From here on a crash, a failed allocation and an LLVM fatal error end with exit status 70 and
/// say what to report.
void installCrashReport();

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_FAILURE_H
