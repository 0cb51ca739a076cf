//===- Emit.h - the stages of a compilation as text ---------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_EMIT_H
#define MIXC_COMPILER_DRIVER_EMIT_H

#include "compiler/driver/Compile.h"
#include "compiler/driver/Spec.h"

namespace mixc::driver {

/// Prints on stdout what `--emit` asks for: the equations of `func`, which `spec` has emitted, or a
/// stage behind them.
llvm::Error emitStage(Spec &spec, mixer::FuncOp func, Stage stage, const CompileOptions &options);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_EMIT_H
