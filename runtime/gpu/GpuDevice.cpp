//===- GpuDevice.cpp - a GPU behind its driver ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/gpu/GpuDevice.h"

#include <algorithm>
#include <vector>

using namespace mixc::runtime::gpu;

//===----------------------------------------------------------------------===//
// The device
//===----------------------------------------------------------------------===//

std::unique_ptr<GpuDevice> GpuDevice::open(std::shared_ptr<const Driver> driver, int ordinal,
                                           std::string &why) {
  if (ordinal < 0 || ordinal >= driver->deviceCount()) {
    why = "there is no device " + std::to_string(ordinal) + ": the driver has " +
          std::to_string(driver->deviceCount());
    return nullptr;
  }
  std::unique_ptr<GpuDevice> result(new GpuDevice(std::move(driver), ordinal));
  const Symbols &call = result->call();
  auto refuse = [&](const char *doing, Status status) {
    why = result->driver->explain(doing, status);
    return nullptr;
  };
  Status status = 0;
  result->about = result->driver->describe(ordinal, status);
  if (status)
    return refuse("a question about the device", status);
  if (call.retainContext) {
    int device = 0;
    if ((status = call.getDevice(&device, ordinal)) ||
        (status = call.retainContext(&result->context, device)))
      return refuse("making a context", status);
    result->device = device;
  }
  if ((status = result->enter()) ||
      (status = call.createStream(&result->stream, streamNonBlocking)))
    return refuse("making a stream", status);
  return result;
}

GpuDevice::~GpuDevice() {
  if (stream && !enter())
    call().destroyStream(stream);
  if (device >= 0)
    call().releaseContext(device);
}

Status GpuDevice::enter() const {
  return call().setDevice ? call().setDevice(ordinal) : call().setContext(context);
}

int32_t GpuDevice::check(const char *doing, Status status) {
  return status ? fail({driver->explain(doing, status), {}, {}}) : 0;
}

/// Runs a call of the driver with the device entered; the first status that is not 0.
#define MIXC_TRY(doing, ...)                                                                       \
  do {                                                                                             \
    Status status = enter();                                                                       \
    if (!status)                                                                                   \
      status = __VA_ARGS__;                                                                        \
    if (status)                                                                                    \
      return check(doing, status);                                                                 \
  } while (false)

int32_t GpuDevice::makeCurrent(void *&handle) {
  handle = stream;
  return check("entering the device", enter());
}

void *GpuDevice::allocate(size_t bytes) {
  void *memory = nullptr;
  // Drivers give no memory of no bytes.
  if (enter() || call().allocate(&memory, std::max<size_t>(1, bytes)))
    return nullptr;
  return memory;
}

void GpuDevice::release(void *memory) {
  // Nothing promises that a driver waits for a stream before it takes memory back.
  if (!memory || enter())
    return;
  call().synchroniseStream(stream);
  call().release(memory);
}

int32_t GpuDevice::copyIn(void *to, const void *from, size_t bytes) {
  if (bytes == 0)
    return 0;
  MIXC_TRY("the copy to the device", call().copyIn(to, from, bytes, stream));
  return synchronise();
}

int32_t GpuDevice::copyOut(void *to, const void *from, size_t bytes) {
  if (bytes > 0)
    MIXC_TRY("the copy from the device",
             call().copyOut(to, const_cast<void *>(from), bytes, stream));
  return synchronise();
}

int32_t GpuDevice::copyWithin(void *to, const void *from, size_t bytes) {
  if (bytes > 0)
    MIXC_TRY("the copy on the device",
             call().copyWithin(to, const_cast<void *>(from), bytes, stream));
  return 0;
}

int32_t GpuDevice::synchronise() {
  MIXC_TRY("the work on the device", call().synchroniseStream(stream));
  return 0;
}

uint32_t GpuDevice::blocksToFill(const mixc_gpu_kernel &kernel) const {
  return std::max(1u, about.units) *
         std::max(1u, about.threadsOfUnit / static_cast<uint32_t>(kernel.block));
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

int32_t GpuDevice::createEvent(void **event) {
  MIXC_TRY("making an event", call().createEvent(event, 0));
  return 0;
}

int32_t GpuDevice::record(void *event) {
  MIXC_TRY("recording an event", call().recordEvent(event, stream));
  return 0;
}

int32_t GpuDevice::waitFor(void *event) {
  MIXC_TRY("waiting for an event", call().waitForEvent(stream, event, 0));
  return 0;
}

int32_t GpuDevice::synchroniseEvent(void *event) {
  MIXC_TRY("the work before an event", call().synchroniseEvent(event));
  return 0;
}

int32_t GpuDevice::elapsedSeconds(void *begin, void *end, double &seconds) {
  float milliseconds = 0;
  MIXC_TRY("the time between events", call().elapsedTime(&milliseconds, begin, end));
  seconds = milliseconds * 1e-3;
  return 0;
}

void GpuDevice::destroyEvent(void *event) {
  if (event && !enter())
    call().destroyEvent(event);
}

#undef MIXC_TRY

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

std::unique_ptr<GpuModule> GpuModule::load(GpuDevice &device, std::vector<char> image) {
  std::unique_ptr<GpuModule> result(new GpuModule(device, std::move(image)));
  // What the driver's own assembler has to say of PTX.
  char log[4096] = {};
  int options[] = {optionErrorLog, optionErrorLogBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log - 1)};
  Status status = device.enter();
  if (!status)
    status = device.call().loadModule(&result->module, result->image.data(), 2, options, values);
  if (!status)
    return result;
  std::string text = device.driver->explain("loading the kernels", status);
  device.fail({log[0] ? text + ": " + log : text, {}, {}});
  return nullptr;
}

GpuModule::~GpuModule() {
  if (module && !device.enter())
    device.call().unloadModule(module);
}

int32_t GpuModule::findFunction(GpuDevice &stream, const char *name, void **function) {
  void *&known = functions[name];
  Status status = known ? 0 : stream.call().getFunction(&known, module, name);
  *function = known;
  return status ? stream.check(("finding the kernel `" + std::string(name) + "`").c_str(), status)
                : 0;
}

int32_t GpuModule::launch(GpuDevice &stream, const char *name, uint32_t blocks, uint32_t threads,
                          const uint64_t *parameters, size_t numParameters) {
  if (Status status = stream.enter())
    return stream.check("entering the device", status);
  void *function = nullptr;
  if (int32_t failed = findFunction(stream, name, &function))
    return failed;
  std::vector<void *> addresses;
  for (size_t k = 0; k < numParameters; ++k)
    addresses.push_back(const_cast<uint64_t *>(parameters + k));
  return stream.check(("the launch of `" + std::string(name) + "`").c_str(),
                      stream.call().launch(function, blocks, 1, 1, threads, 1, 1, 0, stream.stream,
                                           addresses.data(), nullptr));
}

int32_t GpuModule::launch(const Launch &launch) {
  return this->launch(device, launch.kernel->name, launch.blocks,
                      static_cast<uint32_t>(launch.kernel->block), launch.parameters,
                      launch.numParameters);
}
