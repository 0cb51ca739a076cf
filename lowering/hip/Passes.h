//===- Passes.h - the GPU module of AMD -------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pass of this folder and the order of those that take part; Passes.td says what it does.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HIP_PASSES_H
#define MIXC_LOWERING_HIP_PASSES_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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

/// Makes known to command lines, with the option `arch`: `gpu-to-rocdl`, the above; `hip-pipeline`,
/// from plan and tile to a finished module.
void registerHipPipelines();

} // namespace mixc::lowering::hip

#endif // MIXC_LOWERING_HIP_PASSES_H
