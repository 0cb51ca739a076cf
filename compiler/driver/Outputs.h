//===- Outputs.h - where a call's results go ----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_OUTPUTS_H
#define MIXC_COMPILER_DRIVER_OUTPUTS_H

#include "compiler/driver/CommandLine.h"
#include "compiler/driver/Executable.h"
#include "compiler/driver/GuardedMemory.h"
#include "compiler/reference/Tensor.h"
#include "dialects/mixer/Mixer.h"

namespace mixc::driver {

struct OutputOptions {
  void declare(OptionTable &table);
  llvm::Error resolve();

  /// Output and file.
  std::vector<std::pair<std::string, std::string>> tensors;
  /// A file with all outputs.
  std::optional<std::string> file;

private:
  std::vector<std::string> tensorTexts;
};

/// The names of the outputs of `func`, in order.
std::vector<llvm::StringRef> outputNames(mixer::FuncOp func);

/// What can be wrong about the files before anything is computed: an unknown output, a folder that
/// is not there or takes no files, one file for two outputs, an output over the file `spec`.
llvm::Error checkOutputs(mixer::FuncOp func, const OutputOptions &options, llvm::StringRef spec);

/// Outputs between guards.
struct GuardedOutputs {
  llvm::SmallVector<reference::HostTensor> tensors;
  /// What `tensors` were made in, which also keep it.
  llvm::SmallVector<std::shared_ptr<GuardedMemory>> memory;
};

/// An output as it lies in memory, without gaps.
struct StoredShape {
  llvm::StringRef name;
  reference::Element element;
  llvm::SmallVector<int64_t> shape, strides;
};

/// Memory for these outputs, each byte 0xff: a NaN, or -1, where a kernel forgets to write.
llvm::Expected<GuardedOutputs> makeOutputs(llvm::ArrayRef<StoredShape> shapes);

/// An error where a kernel of `executable` wrote around the outputs or the temporaries.
llvm::Error checkGuards(mixer::FuncOp func, const Executable &executable,
                        llvm::ArrayRef<std::shared_ptr<GuardedMemory>> memory);

/// Writes the files: floats as f32 (f64 as itself), integers and bools as themselves. None is there
/// under its name before all are written.
llvm::Error writeOutputs(mixer::FuncOp func, const OutputOptions &options,
                         llvm::ArrayRef<reference::HostTensor> outputs);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_OUTPUTS_H
