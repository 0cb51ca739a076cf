//===- DeviceHost.cpp - a device that serves a mixer ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/DeviceHost.h"

#include <algorithm>

using namespace mixc::runtime;

DeviceModule::~DeviceModule() = default;
Device::~Device() = default;
void Device::setName(void *, std::string) {}
void Device::discard(void *, size_t) {}
int64_t Device::findUnwritten(const void *, size_t) const { return -1; }

bool DeviceBuffer::reserve(size_t bytes) {
  if (bytes > capacity) {
    device.release(memory);
    memory = device.allocate(bytes);
    capacity = memory ? bytes : 0;
    if (memory)
      device.setName(memory, name);
  }
  if (bytes > capacity)
    return false;
  if (memory)
    device.discard(memory, capacity);
  return true;
}

DeviceHost::DeviceHost(Device &device, DeviceModule &module)
    : device(device), module(module), host{}, workspaceMemory(device, "the temporaries"),
      scratchMemory(device, "scratch memory") {
  host.launch = [](const mixc_host *host, mixc_kernel kernel, const mixc_view *views,
                   const int64_t *scalars, int64_t points, int64_t scratchBytes) {
    return static_cast<const Host *>(host)->self->launch(
        *reinterpret_cast<const mixc_gpu_kernel *>(kernel), views, scalars, points, scratchBytes);
  };
  host.stage = [](const mixc_host *host, const void *from, int64_t bytes) {
    return static_cast<const Host *>(host)->self->stage(from, bytes);
  };
  host.read = [](const mixc_host *host, void *to, const void *from, int64_t bytes) {
    return static_cast<const Host *>(host)->self->device.copyOut(to, from,
                                                                 static_cast<size_t>(bytes));
  };
  host.self = this;
}

DeviceHost::~DeviceHost() {
  for (void *memory : staged)
    device.release(memory);
}

const void *DeviceHost::stage(const void *from, int64_t bytes) {
  void *memory = device.allocate(static_cast<size_t>(bytes));
  if (!memory)
    return nullptr;
  device.setName(memory, "a value of the host");
  staged.push_back(memory);
  return device.copyIn(memory, from, static_cast<size_t>(bytes)) ? nullptr : memory;
}

int32_t DeviceHost::finish() {
  int32_t failed = device.synchronise();
  for (void *memory : staged)
    device.release(memory);
  staged.clear();
  return failed;
}

int32_t DeviceHost::launch(const mixc_gpu_kernel &kernel, const mixc_view *views,
                           const int64_t *scalars, int64_t points, int64_t scratchBytes) {
  parameters.clear();
  for (int32_t k = 0; k < kernel.views; ++k) {
    parameters.push_back(reinterpret_cast<uint64_t>(views[k].data));
    for (int32_t axis = 0; axis < kernel.ranks[k]; ++axis)
      // A view that was left out has none.
      parameters.push_back(views[k].strides ? static_cast<uint64_t>(views[k].strides[axis]) : 0);
  }
  parameters.insert(parameters.end(), scalars, scalars + kernel.scalars);
  parameters.push_back(static_cast<uint64_t>(points));

  // One thread works on a point, or a block; kernels loop when there are more points than that.
  int64_t pointsOfBlock = kernel.block / kernel.per_point;
  int64_t wanted = (points - 1) / pointsOfBlock + 1;
  auto blocks = static_cast<uint32_t>(std::min<int64_t>(wanted, device.blocksToFill(kernel)));

  // Fewer blocks also need less scratch.
  constexpr int64_t alignment = MIXC_ALIGNMENT;
  int64_t bytesOfThread = (std::max<int64_t>(0, scratchBytes) + alignment - 1) & -alignment;
  while (!scratchMemory.reserve(static_cast<size_t>(blocks) * kernel.block * bytesOfThread)) {
    if (blocks == 1)
      return MIXC_OUT_OF_MEMORY;
    blocks /= 2;
  }
  parameters.push_back(reinterpret_cast<uint64_t>(scratchMemory.data()));
  parameters.push_back(static_cast<uint64_t>(bytesOfThread));
  return module.launch({&kernel, views, parameters.data(), parameters.size(), blocks});
}
