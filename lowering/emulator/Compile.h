//===- Compile.h - from a finished GPU module to the emulator ---*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_EMULATOR_COMPILE_H
#define MIXC_LOWERING_EMULATOR_COMPILE_H

#include "lowering/host/Jit.h"
#include "runtime/emulator/Module.h"

namespace mixc::lowering::emulator {

/// A plan for the host, and its kernels for an EmulatorDevice. The kernels live as long as `plan`.
struct EmulatedPlan {
  std::unique_ptr<host::CompiledPlan> plan;
  runtime::emulator::Code code;
};

/// Compiles for this machine. `module` holds one `plan.func`; `finished` is what became of it: the
/// plan in the LLVM dialect, and the GPU module that is printed for the vendor's tools.
/// `warpWidth`: the GPU's. Fails with the place and the name of an op that the emulator has no body
/// for.
llvm::Expected<EmulatedPlan> compile(mlir::ModuleOp module, mlir::ModuleOp finished,
                                     unsigned warpWidth);

} // namespace mixc::lowering::emulator

#endif // MIXC_LOWERING_EMULATOR_COMPILE_H
