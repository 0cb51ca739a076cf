//===- Compile.h - the pipeline from equations to machine code ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_COMPILE_H
#define MIXC_COMPILER_DRIVER_COMPILE_H

#include "compiler/driver/SpecOptions.h"
#include "compiler/explain/Derivation.h"
#include "compiler/explain/Kernels.h"
#include "dialects/mixer/Mixer.h"
#include "lowering/host/Jit.h"

#include "mlir/IR/OwningOpRef.h"

#include <map>

namespace mixc::driver {

class CodeCache;

struct CompileOptions {
  Target target;
  /// Names of extents that are fixed at compile time, beyond those that the schedule fixes.
  std::vector<std::string> staticExtents;
  /// The extents' values where they are known; what is fixed has these.
  llvm::StringMap<int64_t> sizes;
  std::map<std::string, std::string> schedule;
  /// Gathers check their subscripts.
  bool checked = false;
  /// Where compiled code is kept; null: nowhere.
  CodeCache *cache = nullptr;
};

/// `func`, which is left as it is, as a plan and its kernels, ready for the lowering to a target.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> compileToPlan(mixer::FuncOp func,
                                                                const CompileOptions &options);

/// A mixer as machine code in this process.
using CpuPlan = std::unique_ptr<lowering::host::CompiledPlan>;

/// Compiles `func` for this machine's processor, or the one that the target names. `func` is left
/// as it is.
llvm::Expected<CpuPlan> compileForCpu(mixer::FuncOp func, const CompileOptions &options);

/// What a compilation did, for a reader.
struct Explanation {
  std::shared_ptr<explain::Derivation> derivation;
  explain::Plan plan;
};

/// Compiles `func` as far as to kernels and listens. Without `extents` nothing is counted. Once a
/// context.
llvm::Expected<Explanation> explainCompilation(mixer::FuncOp func, const CompileOptions &options,
                                               llvm::ArrayRef<int64_t> extents);

/// The text of a stage behind the equations as written.
llvm::Expected<std::string> printStage(mixer::FuncOp func, Stage stage,
                                       const CompileOptions &options);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_COMPILE_H
