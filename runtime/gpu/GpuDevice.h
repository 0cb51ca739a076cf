//===- GpuDevice.h - a GPU behind its driver --------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A device of the runtime (runtime/Device.h) that is a real one: one stream of one GPU. Any thread
// may use it, one at a time; several devices on one GPU are several streams, ordered by events.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_GPU_GPUDEVICE_H
#define MIXC_RUNTIME_GPU_GPUDEVICE_H

#include "runtime/Device.h"
#include "runtime/gpu/Driver.h"

#include <memory>
#include <unordered_map>

namespace mixc::runtime::gpu {

class GpuDevice final : public Device {
public:
  /// GPU `ordinal` of `driver` with a stream of its own; null, and `why` says it, where that fails.
  static std::unique_ptr<GpuDevice> open(std::shared_ptr<const Driver> driver, int ordinal,
                                         std::string &why);
  ~GpuDevice() override;

  /// Another stream of the same GPU.
  std::unique_ptr<GpuDevice> openStream(std::string &why) const {
    return open(driver, ordinal, why);
  }

  void *allocate(size_t bytes) override;
  void release(void *memory) override;
  /// Returns when `from` may be changed.
  int32_t copyIn(void *to, const void *from, size_t bytes) override;
  int32_t copyOut(void *to, const void *from, size_t bytes) override;
  /// From memory of the device to memory of the device, in the stream's order.
  int32_t copyWithin(void *to, const void *from, size_t bytes);
  int32_t synchronise() override;
  uint32_t blocksToFill(const mixc_gpu_kernel &kernel) const override;

  const Description &description() const { return about; }
  Vendor vendor() const { return driver->vendor(); }
  /// Which of its driver's devices it is, from 0.
  int number() const { return ordinal; }

  /// Makes this GPU that of the thread, for others that call its driver; in `handle` the driver's
  /// own stream.
  int32_t makeCurrent(void *&handle);

  /// Marks of time in a stream. All fail as the functions of Device do.
  int32_t createEvent(void **event);
  int32_t record(void *event);
  /// What is asked of this stream from now on happens after `event`.
  int32_t waitFor(void *event);
  int32_t synchroniseEvent(void *event);
  /// Between two events that have happened.
  int32_t elapsedSeconds(void *begin, void *end, double &seconds);
  void destroyEvent(void *event);

private:
  friend class GpuModule;
  GpuDevice(std::shared_ptr<const Driver> driver, int ordinal)
      : driver(std::move(driver)), ordinal(ordinal) {}

  /// Makes this GPU that of the thread.
  Status enter() const;
  /// 0, or MIXC_DEVICE_FAILED with a fault that says what failed.
  int32_t check(const char *doing, Status status);
  const Symbols &call() const { return driver->symbols(); }

  std::shared_ptr<const Driver> driver;
  int ordinal;
  /// The driver's number, where there is a context to give back.
  int device = -1;
  void *context = nullptr, *stream = nullptr;
  Description about;
};

/// Code that lies on the GPU. Lives no longer than its device.
class GpuModule final : public DeviceModule {
public:
  /// `image`: a cubin, PTX that ends with a zero, or AMD's code object. Null where the driver does
  /// not take it: the fault of `device` then says why.
  static std::unique_ptr<GpuModule> load(GpuDevice &device, std::vector<char> image);
  ~GpuModule() override;

  int32_t launch(const Launch &launch) override;
  /// `stream`: of the module's GPU. Parameters are 8 bytes each.
  int32_t launch(GpuDevice &stream, const char *name, uint32_t blocks, uint32_t threads,
                 const uint64_t *parameters, size_t numParameters);

private:
  GpuModule(GpuDevice &device, std::vector<char> image) : device(device), image(std::move(image)) {}
  int32_t findFunction(GpuDevice &stream, const char *name, void **function);

  GpuDevice &device;
  /// Nothing promises that a driver makes a copy.
  std::vector<char> image;
  void *module = nullptr;
  std::unordered_map<std::string, void *> functions;
};

} // namespace mixc::runtime::gpu

#endif // MIXC_RUNTIME_GPU_GPUDEVICE_H
