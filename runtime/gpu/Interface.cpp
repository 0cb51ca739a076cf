//===- Interface.cpp - GPUs from C ----------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/gpu/Interface.h"
#include "runtime/DeviceHost.h"

#include <string_view>

using namespace mixc::runtime;
using namespace mixc::runtime::gpu;

static_assert(MIXC_NO_MEMORY == MIXC_OUT_OF_MEMORY && MIXC_FAILED == MIXC_DEVICE_FAILED,
              "codes pass from the runtime through to C");

struct mixc_event {
  GpuDevice &gpu;
  void *handle;
};
struct mixc_module {
  std::unique_ptr<GpuModule> code;
};
struct mixc_workspace {
  DeviceBuffer buffer;
};

static thread_local std::string lastError;

int32_t mixc::runtime::gpu::fail(int32_t code, std::string text) {
  lastError = std::move(text);
  return code;
}

/// The code of a call on `gpu`, whose text is that of the device.
static int32_t check(GpuDevice &gpu, int32_t code) {
  return code ? fail(code, gpu.fault().text) : MIXC_DONE;
}

static int32_t noMemory(size_t bytes) {
  return fail(MIXC_NO_MEMORY, "the device has no memory for " + std::to_string(bytes) + " bytes");
}

/// Refuses null where an object or a place for a result is wanted.
#define REQUIRE(...)                                                                               \
  if (isAnyNull(__VA_ARGS__))                                                                      \
  return fail(MIXC_BAD_ARGUMENT, std::string(__func__) + ": an argument is null")

static bool isAnyNull(const auto *...arguments) { return (!arguments || ...); }

const char *mixc_error_text(void) { return lastError.c_str(); }

int32_t mixc_device_open(const char *kind, int32_t ordinal, mixc_device **device) {
  REQUIRE(kind, device);
  std::string_view name = kind;
  if (name != "cuda" && name != "hip")
    return fail(MIXC_BAD_ARGUMENT,
                "there is no kind of device `" + std::string(name) + "`: `cuda` and `hip` are");
  std::string why;
  auto driver = Driver::open(name == "cuda" ? Vendor::Nvidia : Vendor::Amd, why);
  auto gpu = driver ? GpuDevice::open(std::move(driver), ordinal, why) : nullptr;
  if (!gpu)
    return fail(MIXC_NOT_AVAILABLE, why);
  *device = new mixc_device{std::move(gpu)};
  return MIXC_DONE;
}

void mixc_device_close(mixc_device *device) { delete device; }

int32_t mixc_device_describe(const mixc_device *device, mixc_device_info *info) {
  REQUIRE(device, info);
  const Description &about = device->gpu->description();
  *info = {about.name.c_str(), about.architecture.c_str(), about.units, about.memoryBytes};
  return MIXC_DONE;
}

int32_t mixc_memory_allocate(mixc_device *device, size_t bytes, void **memory) {
  REQUIRE(device, memory);
  *memory = device->gpu->allocate(bytes);
  return *memory ? MIXC_DONE : noMemory(bytes);
}

void mixc_memory_release(mixc_device *device, void *memory) {
  if (device)
    device->gpu->release(memory);
}

int32_t mixc_stream_create(mixc_device *device, mixc_stream **stream) {
  REQUIRE(device, stream);
  std::string why;
  auto gpu = device->gpu->openStream(why);
  if (!gpu)
    return fail(MIXC_FAILED, why);
  *stream = new mixc_stream{std::move(gpu)};
  return MIXC_DONE;
}

void mixc_stream_destroy(mixc_stream *stream) { delete stream; }

int32_t mixc_stream_enter(mixc_stream *stream, void **handle) {
  REQUIRE(stream, handle);
  return check(*stream->gpu, stream->gpu->makeCurrent(*handle));
}

int32_t mixc_stream_synchronise(mixc_stream *stream) {
  REQUIRE(stream);
  return check(*stream->gpu, stream->gpu->synchronise());
}

int32_t mixc_copy_in(mixc_stream *stream, void *to, const void *from, size_t bytes) {
  REQUIRE(stream);
  return check(*stream->gpu, stream->gpu->copyIn(to, from, bytes));
}

int32_t mixc_copy_out(mixc_stream *stream, void *to, const void *from, size_t bytes) {
  REQUIRE(stream);
  return check(*stream->gpu, stream->gpu->copyOut(to, from, bytes));
}

int32_t mixc_copy(mixc_stream *stream, void *to, const void *from, size_t bytes) {
  REQUIRE(stream);
  return check(*stream->gpu, stream->gpu->copyWithin(to, from, bytes));
}

int32_t mixc_event_create(mixc_device *device, mixc_event **event) {
  REQUIRE(device, event);
  void *handle = nullptr;
  if (int32_t failed = check(*device->gpu, device->gpu->createEvent(&handle)))
    return failed;
  *event = new mixc_event{*device->gpu, handle};
  return MIXC_DONE;
}

void mixc_event_destroy(mixc_event *event) {
  if (event)
    event->gpu.destroyEvent(event->handle);
  delete event;
}

int32_t mixc_event_record(mixc_event *event, mixc_stream *stream) {
  REQUIRE(event, stream);
  return check(*stream->gpu, stream->gpu->record(event->handle));
}

int32_t mixc_stream_wait(mixc_stream *stream, mixc_event *event) {
  REQUIRE(stream, event);
  return check(*stream->gpu, stream->gpu->waitFor(event->handle));
}

int32_t mixc_event_synchronise(mixc_event *event) {
  REQUIRE(event);
  return check(event->gpu, event->gpu.synchroniseEvent(event->handle));
}

int32_t mixc_event_elapsed(mixc_event *begin, mixc_event *end, double *seconds) {
  REQUIRE(begin, end, seconds);
  return check(end->gpu, end->gpu.elapsedSeconds(begin->handle, end->handle, *seconds));
}

int32_t mixc_module_load(mixc_device *device, const void *image, size_t bytes,
                         mixc_module **module) {
  REQUIRE(device, image, module);
  const char *begin = static_cast<const char *>(image);
  std::vector<char> copy(begin, begin + bytes);
  // Where it is PTX, drivers look for its end.
  copy.push_back('\0');
  auto code = GpuModule::load(*device->gpu, std::move(copy));
  if (!code)
    return check(*device->gpu, MIXC_FAILED);
  *module = new mixc_module{std::move(code)};
  return MIXC_DONE;
}

void mixc_module_unload(mixc_module *module) { delete module; }

int32_t mixc_launch(mixc_module *module, mixc_stream *stream, const char *kernel, uint32_t blocks,
                    uint32_t threads, const uint64_t *parameters, size_t count) {
  REQUIRE(module, stream, kernel);
  if (count > 0)
    REQUIRE(parameters);
  return check(*stream->gpu,
               module->code->launch(*stream->gpu, kernel, blocks, threads, parameters, count));
}

int32_t mixc_workspace_create(mixc_device *device, mixc_workspace **workspace) {
  REQUIRE(device, workspace);
  *workspace = new mixc_workspace{{*device->gpu, "the workspace"}};
  return MIXC_DONE;
}

void mixc_workspace_destroy(mixc_workspace *workspace) { delete workspace; }

int32_t mixc_workspace_reserve(mixc_workspace *workspace, size_t bytes, void **memory) {
  REQUIRE(workspace, memory);
  if (!workspace->buffer.reserve(bytes))
    return noMemory(bytes);
  *memory = workspace->buffer.data();
  return MIXC_DONE;
}
