//===- GpuPeaks.h - what a GPU can do at most ---------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Measured by mixers, compiled like all others: one with so many multiply-adds an element that
// memory does not count, and one that copies. They reach what mixc's own code can reach with plain
// instructions; units for matrices are not used.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_GPUPEAKS_H
#define MIXC_COMPILER_DRIVER_GPUPEAKS_H

#include "compiler/driver/Peaks.h"
#include "compiler/driver/Target.h"

#include "llvm/Support/Error.h"

#include <optional>

namespace mixc::driver {

/// The peaks of the GPU that runs `target`, or of device `number` of its driver; `read` is the rate
/// of copying, reads and writes together.
llvm::Expected<Peaks> measureGpuPeaks(const Target &target,
                                      std::optional<int> number = std::nullopt);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_GPUPEAKS_H
