//===- KernelRecord.h - mixc_gpu_kernel in IR -------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the host must know of a kernel to launch it, as a constant of the module of the plan.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_GPU_KERNELRECORD_H
#define MIXC_LOWERING_GPU_KERNELRECORD_H

#include "mlir/IR/Builders.h"

namespace mixc::lowering::gpu {

/// The fields of mixc_gpu_kernel (runtime/kernel.h).
struct KernelRecord {
  llvm::StringRef name;
  /// The rank of each view.
  llvm::SmallVector<int32_t> ranks;
  /// The bytes of an element of each view.
  llvm::SmallVector<int32_t> elementBytes;
  int32_t scalars;
  int32_t block;
  int32_t perPoint;
  int64_t sharedBytes;

  /// Emits the constant `symbol`, and those that it points to.
  void emit(mlir::OpBuilder &builder, mlir::Location loc, llvm::StringRef symbol) const;
};

} // namespace mixc::lowering::gpu

#endif // MIXC_LOWERING_GPU_KERNELRECORD_H
