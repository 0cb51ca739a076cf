//===- Pipeline.h - from plan and tile to a finished GPU module -*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What comes out is what the code generators of the vendors print and what the emulator runs: the
// plan as `llvm.func`, a constant of type mixc_gpu_kernel a kernel, and the module `@kernels`,
// whose kernels are `llvm.func` in the LLVM dialect with the leaf ops of one vendor between.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_GPU_PIPELINE_H
#define MIXC_LOWERING_GPU_PIPELINE_H

#include "mlir/Pass/PassManager.h"

namespace mixc::lowering::gpu {

/// Adds passes on a GPU module that take its `gpu` dialect to the ops of a vendor.
using VendorPipeline = llvm::function_ref<void(mlir::OpPassManager &)>;

/// From a module of `plan.func` and `tile.kernel` to a finished one.
void buildGpuPipeline(mlir::OpPassManager &passes, VendorPipeline vendor);

} // namespace mixc::lowering::gpu

#endif // MIXC_LOWERING_GPU_PIPELINE_H
