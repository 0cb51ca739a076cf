//===- EmulatorDevice.cpp - a GPU in the host's memory --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/EmulatorDevice.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace mixc::runtime;
using namespace mixc::runtime::emulator;

/// As drivers align memory.
static constexpr size_t allocationAlignment = 256;

/// Few, so that small problems also make kernels loop over more points than there are threads.
static constexpr uint32_t residentBlocks = 16;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

EmulatorDevice::~EmulatorDevice() {
  for (auto &[begin, allocation] : allocations)
    std::free(reinterpret_cast<void *>(begin));
}

void *EmulatorDevice::allocate(size_t bytes) {
  if (bytes > SIZE_MAX - 2 * allocationAlignment)
    return nullptr;
  size_t rounded = (bytes / allocationAlignment + 1) * allocationAlignment;
  void *memory = std::aligned_alloc(allocationAlignment, rounded);
  if (!memory)
    return nullptr;
  std::memset(memory, 0xff, rounded);
  Allocation allocation;
  allocation.region.begin = reinterpret_cast<uintptr_t>(memory);
  allocation.region.end = allocation.region.begin + bytes;
  allocation.shadow = std::make_unique<Shadow>(allocation.region.begin, bytes);
  allocation.region.shadow = allocation.shadow.get();
  allocations.emplace(allocation.region.begin, std::move(allocation));
  return memory;
}

void EmulatorDevice::release(void *memory) {
  if (allocations.erase(reinterpret_cast<uintptr_t>(memory)))
    std::free(memory);
}

const Region *EmulatorDevice::find(uintptr_t address) const {
  auto after = allocations.upper_bound(address);
  if (after == allocations.begin())
    return nullptr;
  const Region &region = std::prev(after)->second.region;
  return address < region.end ? &region : nullptr;
}

int32_t EmulatorDevice::copyIn(void *to, const void *from, size_t bytes) {
  if (bytes == 0)
    return 0;
  std::memcpy(to, from, bytes);
  auto address = reinterpret_cast<uintptr_t>(to);
  find(address)->shadow->setWritten(address, bytes, true);
  return 0;
}

int32_t EmulatorDevice::copyOut(void *to, const void *from, size_t bytes) {
  if (bytes > 0)
    std::memcpy(to, from, bytes);
  return 0;
}

void EmulatorDevice::setName(void *memory, std::string name) {
  allocations.at(reinterpret_cast<uintptr_t>(memory)).region.name = std::move(name);
}

void EmulatorDevice::discard(void *memory, size_t bytes) {
  if (bytes == 0)
    return;
  auto address = reinterpret_cast<uintptr_t>(memory);
  find(address)->shadow->setWritten(address, bytes, false);
}

int64_t EmulatorDevice::findUnwritten(const void *memory, size_t bytes) const {
  auto address = reinterpret_cast<uintptr_t>(memory);
  return bytes == 0 ? -1 : find(address)->shadow->findUnwritten(address, bytes);
}

uint32_t EmulatorDevice::blocksToFill(const mixc_gpu_kernel &) const { return residentBlocks; }

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

EmulatorModule::EmulatorModule(EmulatorDevice &device, Code code)
    : device(device), code(std::move(code)),
      block(
          [](void *device, uintptr_t address) {
            return static_cast<const EmulatorDevice *>(device)->find(address);
          },
          &device) {}

/// `[2, 3]`
static std::string listOf(const int64_t *values, int32_t count) {
  std::string text = "[";
  for (int32_t k = 0; k < count; ++k)
    text += (k ? ", " : "") + std::to_string(values[k]);
  return text + "]";
}

/// From the first to the last element of a view, as far as there is memory.
Region EmulatorModule::regionOf(const Launch &launch, int32_t position) const {
  const mixc_view &view = launch.views[position];
  Region region;
  region.name = "view " + std::to_string(position + 1);
  auto data = reinterpret_cast<uintptr_t>(view.data);
  region.begin = region.end = data;
  const Region *memory = device.find(data);
  if (!memory)
    return region;
  region.shadow = memory->shadow;
  region.name += " (" + memory->name;
  int64_t first = 0, last = 0;
  bool isEmpty = false;
  // Without extents it is one element, for all indices: a value in the place of an argument.
  if (int32_t rank = launch.kernel->ranks[position]; view.extents) {
    region.name += (memory->name.empty() ? "extents " : ", extents ") + listOf(view.extents, rank) +
                   ", strides " + listOf(view.strides, rank);
    for (int32_t axis = 0; axis < rank; ++axis) {
      isEmpty |= view.extents[axis] <= 0;
      int64_t reach = (view.extents[axis] - 1) * view.strides[axis];
      (reach < 0 ? first : last) += reach;
    }
  }
  region.name += ")";
  if (isEmpty)
    return region;
  int64_t bytes = launch.kernel->element_bytes[position];
  region.begin = std::max(data + static_cast<uint64_t>(first * bytes), memory->begin);
  region.end = std::min(data + static_cast<uint64_t>((last + 1) * bytes), memory->end);
  return region;
}

int32_t EmulatorModule::launch(const Launch &launch) {
  auto found = code.kernels.find(launch.kernel->name);
  if (found == code.kernels.end())
    return device.fail(
        {"the module has no kernel `" + std::string(launch.kernel->name) + "`", {}, {}});
  size_t count = launch.numParameters;
  Grid grid;
  grid.code = &code;
  grid.kernel = &found->second;
  grid.name = launch.kernel->name;
  grid.parameters = launch.parameters;
  grid.scratchParameter = count - 2;
  grid.scratch = launch.parameters[count - 2];
  grid.scratchBytes = launch.parameters[count - 1];
  grid.blocks = launch.blocks;
  grid.blockSize = static_cast<uint32_t>(launch.kernel->block);
  grid.era = {++device.launches, code.warpWidth};
  grid.regions.resize(count);
  for (int32_t view = 0, parameter = 0; view < launch.kernel->views; ++view) {
    grid.regions[parameter] = regionOf(launch, view);
    parameter += 1 + launch.kernel->ranks[view];
  }

  for (uint32_t number = 0; number < launch.blocks; ++number)
    if (!block.run(grid, number)) {
      Fault fault = *block.fault();
      block.clearFault();
      return device.fail(std::move(fault));
    }
  return 0;
}
