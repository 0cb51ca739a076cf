//===- GpuCode.h - the code of GPUs -------------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where a target is a GPU, its name says which vendor's folder of lowering/ takes over.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_GPUCODE_H
#define MIXC_COMPILER_DRIVER_GPUCODE_H

#include "compiler/driver/Compile.h"
#include "lowering/gpu/Target.h"

namespace mixc::driver {

/// The GPU that `target` names; of several that a vendor has, the one that code is made for when
/// none is named.
llvm::Expected<lowering::gpu::Target> gpuTarget(const Target &target);

/// A copy of a module of a plan and its kernels, finished for `target` (lowering/gpu/Pipeline.h).
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> lowerToGpu(mlir::ModuleOp module,
                                                             const lowering::gpu::Target &target);

/// The assembly of a finished module: PTX or AMDGCN.
llvm::Expected<std::string> gpuAssembly(mlir::ModuleOp finished,
                                        const lowering::gpu::Target &target);

/// What the driver loads: at NVIDIA a cubin where `ptxas` is found, else PTX, which ends with a
/// zero; at AMD a code object.
llvm::Expected<llvm::SmallVector<char, 0>> gpuBinary(mlir::ModuleOp finished,
                                                     const lowering::gpu::Target &target);

/// Whether `stage` is the code of a GPU where `target` is compiled for.
bool isGpuStage(Stage stage, const Target &target);

/// Its text.
llvm::Expected<std::string> printGpuStage(mixer::FuncOp func, Stage stage,
                                          const CompileOptions &options);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_GPUCODE_H
