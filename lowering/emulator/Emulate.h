//===- Emulate.h - kernels of a GPU as functions of the host ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Takes the functions of a finished GPU module into the module of the host around it. A kernel
//
//     llvm.func @k(%x: !llvm.ptr<1>, %n: i64, ...) attributes {gpu.kernel}
//
// becomes `llvm.func @k.emulated(%thread: !llvm.ptr, %parameters: !llvm.ptr)`. What changes inside:
//
//   - Each access to memory is announced to the runtime before it happens, with its place in the
//     spec, and with the region that the pointer came from. Regions travel beside pointers: through
//     address arithmetic, selects, block arguments and calls; of a pointer out of memory none is
//     known, and the runtime looks it up.
//   - Variables on the stack and in shared memory come from the runtime.
//   - The vendor's ops become their bodies (LeafBodies.h).
//   - Fast-math flags go, so that the bits don't depend on how hard LLVM works on the result.
//
// All memory is in the host's one address space.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_EMULATOR_EMULATE_H
#define MIXC_LOWERING_EMULATOR_EMULATE_H

#include "mlir/IR/BuiltinOps.h"

#include <map>
#include <string>
#include <vector>

namespace mixc::lowering::emulator {

/// What the numbers in emulated code mean.
struct Emulation {
  struct Kernel {
    /// Of the function on the host.
    std::string symbol;
    bool waits;
  };
  struct Variable {
    std::string name;
    uint64_t bytes;
  };
  /// By their names on the GPU.
  std::map<std::string, Kernel> kernels;
  std::vector<Variable> shared;
  std::vector<mlir::Location> sites;
};

/// Replaces the GPU modules of `module`. Fails after an error on an op that has no meaning here.
mlir::FailureOr<Emulation> emulate(mlir::ModuleOp module);

} // namespace mixc::lowering::emulator

#endif // MIXC_LOWERING_EMULATOR_EMULATE_H
