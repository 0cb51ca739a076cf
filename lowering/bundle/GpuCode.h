//===- GpuCode.h - the device code of a bundle ------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_GPUCODE_H
#define MIXC_LOWERING_BUNDLE_GPUCODE_H

#include "lowering/gpu/Target.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace mixc::lowering::bundle {

/// All kernels in one form that a driver loads.
struct GpuImage {
  std::string arch;
  llvm::StringRef form; ///< `cubin`, `ptx`, which ends with a zero, or `hsaco`
  llvm::SmallVector<char, 0> code;
};

/// A kernel, as its record tells it (runtime/kernel.h).
struct GpuKernel {
  std::string symbol; ///< of the record, and of the kernel in the plan
  std::string name;   ///< in the images
  int32_t block = 0, perPoint = 0;
  int64_t sharedBytes = 0;
  /// Of the function, each of 8 bytes.
  int64_t parameters = 0;
};

struct GpuCode {
  gpu::Vendor vendor;
  std::vector<std::string> archs;
  /// In the order in which a device is offered them.
  std::vector<GpuImage> images;
  std::vector<GpuKernel> kernels;
};

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_GPUCODE_H
