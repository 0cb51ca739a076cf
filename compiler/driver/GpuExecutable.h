//===- GpuExecutable.h - mixers on the GPUs of this machine -------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_GPUEXECUTABLE_H
#define MIXC_COMPILER_DRIVER_GPUEXECUTABLE_H

#include "compiler/driver/DeviceExecutable.h"
#include "runtime/gpu/GpuDevice.h"

namespace mixc::driver {

/// The driver for target `cuda` or `hip`; a refusal that says what was looked for.
llvm::Expected<std::shared_ptr<const runtime::gpu::Driver>> openDriver(const Target &target);

/// Compiles `func` for the architecture that the target names, or else for that of the device, and
/// loads it there: device `number` of the driver, or the one that `$MIXC_DEVICE` names.
llvm::Expected<LoadedMixer> loadIntoGpu(mixer::FuncOp func, const CompileOptions &options,
                                        std::optional<int> number = std::nullopt);

struct FoundGpu {
  /// With the device's architecture.
  Target target;
  /// Among the devices of its driver.
  int number;
  runtime::gpu::Description description;
};

/// All GPUs that have a driver here.
std::vector<FoundGpu> findGpus();

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_GPUEXECUTABLE_H
