//===- Passes.h - the GPU module of AMD -------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The passes of this folder and their order; Passes.td says what each one does.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HIP_PASSES_H
#define MIXC_LOWERING_HIP_PASSES_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace mixc::lowering::hip {

#define GEN_PASS_DECL
#include "lowering/hip/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lowering/hip/Passes.h.inc"

/// In a GPU module of the LLVM and `gpu` dialects: `gpu` to LLVM and `rocdl`, for the architecture
/// `arch`.
void buildRocdlPipeline(mlir::OpPassManager &kernels, llvm::StringRef arch);

/// Makes known to command lines, with the option `arch`, as `hip-pipeline`: from plan and tile to a
/// finished module.
void registerHipPipeline();

} // namespace mixc::lowering::hip

#endif // MIXC_LOWERING_HIP_PASSES_H
