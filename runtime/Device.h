//===- Device.h - memory and kernels beside the host ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a driver of GPUs offers, and the emulator in its stead. A device has memory and one queue:
// copies and launches happen in the order in which they are asked for. Kernels come in modules.
// Whatever a compiled mixer asks of its host goes through here by way of a DeviceHost.
//
// Functions return 0, MIXC_OUT_OF_MEMORY, or MIXC_DEVICE_FAILED after which `fault` has the text.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_DEVICE_H
#define MIXC_RUNTIME_DEVICE_H

#include "runtime/kernel.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mixc::runtime {

/// A range of a spec's text; lines and columns count from 1, line 0 is nowhere.
struct Place {
  std::string file;
  uint32_t line = 0, column = 0, endLine = 0, endColumn = 0;
};

/// What went wrong on a device, in words.
struct Fault {
  struct Note {
    std::string text;
    Place place;
  };
  std::string text;
  Place place;
  std::vector<Note> notes;
};

/// One launch, as a driver takes it.
struct Launch {
  const mixc_gpu_kernel *kernel;
  /// Of which `parameters` were made; for devices that check the bounds of each.
  const mixc_view *views;
  /// The parameters, each of 8 bytes; the last two are the scratch memory of all threads and the
  /// bytes that a thread has of it.
  const uint64_t *parameters;
  size_t numParameters;
  uint32_t blocks;
};

/// Kernels that lie on a device.
class DeviceModule {
public:
  virtual ~DeviceModule();
  virtual int32_t launch(const Launch &launch) = 0;
};

class Device {
public:
  virtual ~Device();

  /// Memory with unspecified contents, aligned to at least MIXC_ALIGNMENT; null where there is
  /// none.
  virtual void *allocate(size_t bytes) = 0;
  /// Ends the life of what `allocate` returned, after all that was asked for before.
  virtual void release(void *memory) = 0;
  virtual int32_t copyIn(void *to, const void *from, size_t bytes) = 0;
  /// Waits for all that was asked for before.
  virtual int32_t copyOut(void *to, const void *from, size_t bytes) = 0;
  virtual int32_t synchronise() = 0;

  /// How many blocks of this kernel keep the device busy.
  virtual uint32_t blocksToFill(const mixc_gpu_kernel &kernel) const = 0;

  /// What reports call this memory, which `allocate` returned.
  virtual void setName(void *memory, std::string name);
  /// Says that nobody will read what is there now.
  virtual void discard(void *memory, size_t bytes);
  /// The first of these bytes that was never written, where the device knows, else -1.
  virtual int64_t findUnwritten(const void *memory, size_t bytes) const;

  const Fault &fault() const { return lastFault; }

protected:
  int32_t fail(Fault fault) {
    lastFault = std::move(fault);
    return MIXC_DEVICE_FAILED;
  }

private:
  Fault lastFault;
};

} // namespace mixc::runtime

#endif // MIXC_RUNTIME_DEVICE_H
