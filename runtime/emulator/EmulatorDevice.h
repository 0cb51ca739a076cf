//===- EmulatorDevice.h - a GPU in the host's memory ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A device of the runtime on which kernels run as functions of the host, with the semantics of a
// GPU and under watch: accesses beyond the view, the variable or the scratch that a pointer came
// from; reads of what nobody wrote; two unordered accesses of which one writes; barriers that not
// all threads reach; instructions of a warp that read a lane which is not there. The first such
// fault ends the launch. The same launch always gives the same fault.
//
// Blocks run one after the other in the thread that launches.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_EMULATOR_EMULATORDEVICE_H
#define MIXC_RUNTIME_EMULATOR_EMULATORDEVICE_H

#include "runtime/emulator/Block.h"

namespace mixc::runtime::emulator {

class EmulatorDevice final : public Device {
public:
  ~EmulatorDevice() override;

  void *allocate(size_t bytes) override;
  void release(void *memory) override;
  int32_t copyIn(void *to, const void *from, size_t bytes) override;
  int32_t copyOut(void *to, const void *from, size_t bytes) override;
  int32_t synchronise() override { return 0; }
  uint32_t blocksToFill(const mixc_gpu_kernel &kernel) const override;
  void setName(void *memory, std::string name) override;
  void discard(void *memory, size_t bytes) override;
  int64_t findUnwritten(const void *memory, size_t bytes) const override;

private:
  friend class EmulatorModule;

  struct Allocation {
    Region region;
    std::unique_ptr<Shadow> shadow;
  };
  /// The memory around `address`, or null.
  const Region *find(uintptr_t address) const;

  std::map<uintptr_t, Allocation> allocations;
  uint32_t launches = 0;
};

class EmulatorModule final : public DeviceModule {
public:
  EmulatorModule(EmulatorDevice &device, Code code);
  int32_t launch(const Launch &launch) override;

private:
  Region regionOf(const Launch &launch, int32_t view) const;

  EmulatorDevice &device;
  Code code;
  Block block;
};

} // namespace mixc::runtime::emulator

#endif // MIXC_RUNTIME_EMULATOR_EMULATORDEVICE_H
