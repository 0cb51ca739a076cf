//===- Inputs.h - the arguments of a call from the command line ---*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_INPUTS_H
#define MIXC_COMPILER_DRIVER_INPUTS_H

#include "compiler/driver/CommandLine.h"
#include "compiler/reference/Evaluate.h"

namespace mixc::driver {

struct InputOptions {
  void declare(OptionTable &table);
  llvm::Error resolve();

  /// Argument and file. One given here stands before one of the same name in `files`.
  std::vector<std::pair<std::string, std::string>> tensors;
  std::vector<std::string> files;
  std::vector<std::pair<std::string, std::string>> scalars;
  /// Draws the arguments that are missing.
  std::optional<uint64_t> seed;

private:
  std::vector<std::string> tensorTexts, scalarTexts;
  std::optional<std::string> randomText;
};

/// A call that fits its mixer.
struct Inputs {
  /// The arguments have the mixer's element types and are row-major.
  reference::Call call;
  /// In the order of the mixer's list.
  llvm::SmallVector<int64_t> extents;
};

/// Reads, converts and draws the arguments of `func`. What fits neither a shape nor an element
/// type, is missing or is too much is an error that names it, as is a `where` that does not hold.
llvm::Expected<Inputs> gatherInputs(mixer::FuncOp func, const InputOptions &options,
                                    const llvm::StringMap<int64_t> &dims);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_INPUTS_H
