//===- DeviceExecutable.h - a mixer that runs on a device ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_DEVICEEXECUTABLE_H
#define MIXC_COMPILER_DRIVER_DEVICEEXECUTABLE_H

#include "compiler/driver/Executable.h"
#include "runtime/Device.h"

namespace mixc::driver {

/// A device with the kernels of one mixer, and the plan that launches them.
struct LoadedMixer {
  CpuPlan plan;
  std::unique_ptr<runtime::Device> device;
  std::unique_ptr<runtime::DeviceModule> module;
};

/// Copies arguments to the device, in the strides that they have, and outputs back. What the device
/// reports becomes a DeviceFault.
std::unique_ptr<Executable> makeDeviceExecutable(mixer::FuncOp func, LoadedMixer mixer);

/// Compiles `func` for the GPU that the target names, and loads it into the emulator.
llvm::Expected<LoadedMixer> loadIntoEmulator(mixer::FuncOp func, const CompileOptions &options);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_DEVICEEXECUTABLE_H
