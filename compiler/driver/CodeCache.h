//===- CodeCache.h - compiled mixers from call to call ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `mixc run` and `mixc bench` keep the code that they compile, under the digest of all that it
// follows from: the equations as they are compiled, with imports, params and types in place; the
// options of the compiler; the processor with its features, or the GPU; the compiler itself and the
// LLVM that it is linked with. A comment in a spec changes nothing.
//
// The folder is `$MIXC_CACHE_DIR`, or `mixc` in `$XDG_CACHE_HOME` or in `~/.cache`; it holds at
// most
// `$MIXC_CACHE_LIMIT` (256M unless set). runtime/KernelCache.h says how it is kept.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_CODECACHE_H
#define MIXC_COMPILER_DRIVER_CODECACHE_H

#include "compiler/driver/CommandLine.h"
#include "compiler/driver/Compile.h"
#include "runtime/KernelCache.h"

namespace mixc::driver {

/// What a compilation for a target leaves.
struct CompiledCode {
  lowering::host::PlanCode plan;
  /// What the driver of a GPU loads.
  std::vector<char> image;
};

class CodeCache {
public:
  /// Declares `--no-cache`.
  void declare(OptionTable &table) {
    table.flag("no-cache", unwanted, "compile anew, and keep nothing");
  }

  /// What `compile` makes of `func`, or made of it before. `machine`: what else of this machine it
  /// depends on. Fails only where `compile` does.
  llvm::Expected<CompiledCode> get(mixer::FuncOp func, const CompileOptions &options,
                                   llvm::ArrayRef<std::string> machine,
                                   llvm::function_ref<llvm::Expected<CompiledCode>()> compile);

  /// What became of the last `get`, as reports call it: `hit`, `miss`; `off` where nothing is kept.
  llvm::StringRef outcome() const { return lastOutcome; }

private:
  void open();

  bool unwanted = false, opened = false;
  std::unique_ptr<runtime::KernelCache> kept;
  llvm::StringRef lastOutcome = "off";
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_CODECACHE_H
