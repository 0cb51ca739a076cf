//===- DeviceHost.h - a device that serves a mixer --------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host (runtime/kernel.h) of a mixer whose kernels run on a device: it flattens the arguments
// of launches, chooses how many blocks there are, and owns what a call needs beside its arguments:
//
//   workspace   the temporaries of the plan, kept from call to call
//   scratch     of all threads of a launch; launches follow each other, so one piece serves all
//   staged      values of the host for kernels, until the call ends
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_DEVICEHOST_H
#define MIXC_RUNTIME_DEVICEHOST_H

#include "runtime/Device.h"

namespace mixc::runtime {

/// Memory of a device that grows when more is asked for, and loses its contents then.
class DeviceBuffer {
public:
  /// `name`: for reports.
  DeviceBuffer(Device &device, std::string name) : device(device), name(std::move(name)) {}
  ~DeviceBuffer() { device.release(memory); }
  DeviceBuffer(const DeviceBuffer &) = delete;
  DeviceBuffer &operator=(const DeviceBuffer &) = delete;

  /// Makes room for `bytes`, whose contents are then unspecified; false when there is no memory.
  bool reserve(size_t bytes);
  void *data() const { return memory; }

private:
  Device &device;
  std::string name;
  void *memory = nullptr;
  size_t capacity = 0;
};

/// One call at a time.
class DeviceHost {
public:
  DeviceHost(Device &device, DeviceModule &module);
  ~DeviceHost();

  /// What compiled mixers take.
  const mixc_host *getHost() const { return &host; }

  /// Memory for the temporaries of the next call; false when there is none.
  bool reserveWorkspace(size_t bytes) { return workspaceMemory.reserve(bytes); }
  void *workspace() const { return workspaceMemory.data(); }

  /// Ends a call: waits for its launches and frees what it staged.
  int32_t finish();

private:
  int32_t launch(const mixc_gpu_kernel &kernel, const mixc_view *views, const int64_t *scalars,
                 int64_t points, int64_t scratchBytes);
  const void *stage(const void *from, int64_t bytes);

  /// The host with the way back.
  struct Host : mixc_host {
    DeviceHost *self;
  };

  Device &device;
  DeviceModule &module;
  Host host;
  DeviceBuffer workspaceMemory, scratchMemory;
  std::vector<void *> staged;
  std::vector<uint64_t> parameters;
};

} // namespace mixc::runtime

#endif // MIXC_RUNTIME_DEVICEHOST_H
