//===- Executable.h - a mixer that is ready to run ----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_EXECUTABLE_H
#define MIXC_COMPILER_DRIVER_EXECUTABLE_H

#include "compiler/driver/Compile.h"
#include "compiler/driver/Inputs.h"

namespace mixc::driver {

/// One mixer on one target: the commands that run something see no more of a target than this.
class Executable {
public:
  virtual ~Executable();

  /// Bytes of temporaries that a run at these extents takes; 0 where they are not planned.
  virtual int64_t workspaceBytes(llvm::ArrayRef<int64_t> extents) const = 0;

  /// Fills `outputs`, which `makeOutputs` has made. Memory that a run needs is kept for the next
  /// one.
  virtual llvm::Error run(const Inputs &inputs,
                          llvm::MutableArrayRef<reference::HostTensor> outputs) = 0;

  /// Whether no run so far wrote around the temporaries, as far as can be seen.
  virtual bool keepsBounds() const { return true; }
};

/// Compiles `func` for the target that `options` name. `threads` as in SpecOptions.
llvm::Expected<std::unique_ptr<Executable>>
makeExecutable(mixer::FuncOp func, const CompileOptions &options, unsigned threads);

/// The names of the arguments of compiled code: those of `func`, then the tables of its packed and
/// paged tensors (Storage.h).
std::vector<std::string> argumentsOfCode(mixer::FuncOp func);

/// Whether output `name` of `func` is packed or paged: memory then has places for no element of it.
bool isIndirect(mixer::FuncOp func, llvm::StringRef name);

/// What the options of a command say to the compiler, at these extents.
CompileOptions compileOptions(mixer::FuncOp func, const SpecOptions &options,
                              llvm::ArrayRef<int64_t> extents);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_EXECUTABLE_H
