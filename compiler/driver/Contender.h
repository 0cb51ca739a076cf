//===- Contender.h - a mixer whose runs are timed ---------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_CONTENDER_H
#define MIXC_COMPILER_DRIVER_CONTENDER_H

#include "compiler/driver/CodeCache.h"
#include "compiler/driver/Executable.h"
#include "compiler/driver/GuardedMemory.h"
#include "compiler/driver/Spec.h"

namespace mixc::driver {

/// A compiled mixer with its arguments and the times of its runs: what everything that measures
/// runs, so that all of them measure the same.
class Contender {
public:
  /// Compiles a mixer of the file at `path` and makes its arguments and outputs.
  llvm::Error prepare(llvm::StringRef path, const SpecOptions &options,
                      const InputOptions &inputOptions, CodeCache &cache);

  /// One run; with `record`, its time counts.
  llvm::Error run(bool record);

  /// Of the times that count, in seconds; there is one at least.
  double median() const;
  double fastest() const;

  std::unique_ptr<Spec> spec;
  mixer::FuncOp func;
  /// The arguments as the spec sees them, and as the code takes them.
  Inputs inputs, stored;
  llvm::SmallVector<reference::HostTensor> outputs;
  llvm::SmallVector<std::shared_ptr<GuardedMemory>> guards;
  std::unique_ptr<Executable> executable;
  std::vector<double> times;
  double compileSeconds = 0, last = 0;
  llvm::StringRef cacheOutcome;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_CONTENDER_H
