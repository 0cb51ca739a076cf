//===- FakeDriver.cpp - a driver of GPUs without a GPU --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Built three times: MIXC_FAKE_CUDA, MIXC_FAKE_HIP, or neither for a driver that is too old.
//
//===----------------------------------------------------------------------===//

#include "test/runtime/gpu/FakeDriver.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>

using mixc::fake::Record;

static Record record;
extern "C" Record *fake_record() { return &record; }

/// Writes the call down; its status.
static int enter(const char *name) {
  record.calls.push_back(name);
  return record.failing == name ? record.failure : 0;
}
#define ENTER(name)                                                                                \
  if (int status = enter(#name))                                                                   \
  return status

/// A handle to something that `destroy` ends.
static int make(void **handle) {
  *handle = std::malloc(1);
  ++record.live;
  return 0;
}
static int destroy(void *handle) {
  std::free(handle);
  --record.live;
  return 0;
}

static bool isMachineCode(const void *image) {
  return std::strncmp(static_cast<const char *>(image), "\177ELF", 4) == 0;
}

/// That of the thread.
static thread_local void *currentContext;

/// A kernel: its name and how many parameters it has.
struct Function {
  std::string name;
  size_t parameters;
};
static std::deque<Function> functions;

extern "C" {
int fake_init(unsigned) {
  ENTER(init);
  return 0;
}
int fake_getErrorName(int status, const char **text) {
  *text = status == 2 ? "FAKE_ERROR_OUT_OF_MEMORY" : status == 1 ? "FAKE_ERROR_INVALID" : nullptr;
  return *text ? 0 : 1;
}
int fake_getErrorString(int status, const char **text) {
  *text = status == 2 ? "out of memory" : status == 1 ? "invalid argument" : nullptr;
  return *text ? 0 : 1;
}

int fake_getDeviceCount(int *count) {
  ENTER(getDeviceCount);
  *count = record.devices;
  return 0;
}
// The driver's number of a device is not the ordinal.
int fake_getDevice(int *device, int ordinal) {
  ENTER(getDevice);
  *device = 40 + ordinal;
  return 0;
}
int fake_getDeviceName(char *name, int bytes, int) {
  ENTER(getDeviceName);
  std::strncpy(name, "Fake gfx GPU", static_cast<size_t>(bytes));
  return 0;
}
int fake_getDeviceAttribute(int *value, int attribute, int device) {
  ENTER(getDeviceAttribute);
  if (device < 40)
    return 1;
  switch (attribute) {
#ifdef MIXC_FAKE_HIP
  case 63:
    *value = 5;
    return 0;
  case 57:
    *value = 1024;
    return 0;
#else
  case 16:
    *value = 3;
    return 0;
  case 39:
    *value = 2048;
    return 0;
  case 75:
    *value = 9;
    return 0;
  case 76:
    *value = 0;
    return 0;
#endif
  }
  return 1;
}
int fake_getDeviceMemory(size_t *bytes, int) {
  ENTER(getDeviceMemory);
  *bytes = 1 << 20;
  return 0;
}
int fake_getProperties(void *properties, int) {
  ENTER(getProperties);
  std::strcpy(static_cast<char *>(properties), "Fake gfx GPU");
  std::strcpy(static_cast<char *>(properties) + 1160, "gfx942:sramecc+:xnack-");
  return 0;
}

int fake_retainContext(void **context, int) {
  ENTER(retainContext);
  // One for all, as drivers have it.
  static int primary;
  *context = &primary;
  ++record.live;
  return 0;
}
int fake_releaseContext(int device) {
  ENTER(releaseContext);
  --record.live;
  return device < 40;
}
int fake_setContext(void *context) {
  ENTER(setContext);
  currentContext = context;
  return context ? 0 : 1;
}
int fake_setDevice(int ordinal) {
  ENTER(setDevice);
  return ordinal >= 40;
}

int fake_allocate(void **memory, size_t bytes) {
  ENTER(allocate);
  // No zeroed memory: nobody promises it.
  constexpr size_t alignment = 256; // as that of drivers
  *memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  std::memset(*memory, 0x55, bytes);
  ++record.live;
  return 0;
}
int fake_release(void *memory) {
  ENTER(release);
  return destroy(memory);
}
int fake_copyIn(void *to, const void *from, size_t bytes, void *) {
  ENTER(copyIn);
  std::memcpy(to, from, bytes);
  return 0;
}
int fake_copyOut(void *to, void *from, size_t bytes, void *) {
  ENTER(copyOut);
  std::memcpy(to, from, bytes);
  return 0;
}
int fake_copyWithin(void *to, void *from, size_t bytes, void *) {
  ENTER(copyWithin);
  std::memcpy(to, from, bytes);
  return 0;
}

int fake_createStream(void **stream, unsigned) {
  ENTER(createStream);
  return make(stream);
}
int fake_destroyStream(void *stream) {
  ENTER(destroyStream);
  return destroy(stream);
}
int fake_synchroniseStream(void *) {
  ENTER(synchroniseStream);
  return 0;
}
int fake_waitForEvent(void *, void *, unsigned) {
  ENTER(waitForEvent);
  return 0;
}
int fake_createEvent(void **event, unsigned) {
  ENTER(createEvent);
  return make(event);
}
int fake_destroyEvent(void *event) {
  ENTER(destroyEvent);
  return destroy(event);
}
int fake_recordEvent(void *, void *) {
  ENTER(recordEvent);
  return 0;
}
int fake_synchroniseEvent(void *) {
  ENTER(synchroniseEvent);
  return 0;
}
int fake_elapsedTime(float *time, void *, void *) {
  ENTER(elapsedTime);
  *time = 250;
  return 0;
}

int fake_loadModule(void **module, const void *image, unsigned count, int *options, void **values) {
  if (int status = enter("loadModule")) {
    if (count == 2 && options[0] == 5 && options[1] == 6)
      std::strncpy(static_cast<char *>(values[0]), "line 1: no such instruction",
                   reinterpret_cast<size_t>(values[1]));
    return status;
  }
  // Machine code says nowhere how long it is.
  if (isMachineCode(image))
    record.image.assign(static_cast<const char *>(image), 4);
  else
    record.image = static_cast<const char *>(image);
  return make(module);
}
int fake_unloadModule(void *module) {
  ENTER(unloadModule);
  return destroy(module);
}

/// PTX lists the parameters of a kernel between its name and a parenthesis; of machine code nothing
/// is known.
int fake_getFunction(void **function, void *, const char *name) {
  ENTER(getFunction);
  size_t parameters = 0;
#ifdef MIXC_FAKE_CUDA
  if (!isMachineCode(record.image.c_str())) {
    std::string entry = ".entry " + std::string(name) + "(";
    size_t begin = record.image.find(entry);
    if (begin == std::string::npos)
      return 500;
    size_t end = record.image.find(')', begin);
    for (size_t at = begin; (at = record.image.find(".param", at + 1)) < end;)
      ++parameters;
  }
#endif
  functions.push_back({name, parameters});
  *function = &functions.back();
  return 0;
}

int fake_launch(void *function, unsigned blocks, unsigned, unsigned, unsigned threads, unsigned,
                unsigned, unsigned, void *stream, void **parameters, void **) {
  ENTER(launch);
  const Function &kernel = *static_cast<Function *>(function);
  record.kernel = kernel.name;
  record.blocks = blocks;
  record.threads = threads;
  record.stream = stream;
  record.parameters.clear();
  for (size_t k = 0; k < kernel.parameters; ++k)
    record.parameters.push_back(*static_cast<uint64_t *>(parameters[k]));
  if (const char *log = std::getenv("MIXC_FAKE_DRIVER_LOG"))
    std::ofstream(log, std::ios::app)
        << "launch " << kernel.name << " blocks " << blocks << " threads " << threads
        << " parameters " << kernel.parameters << "\n";
  return 0;
}

// What only bundles call.
#ifdef MIXC_FAKE_HIP
#define MIXC_NAME(cuda, hip) hip
int hipGetDevice(int *device) {
  *device = 0;
  return 0;
}
#else
#define MIXC_NAME(cuda, hip) cuda
#endif
#ifdef MIXC_FAKE_CUDA
int cuCtxGetCurrent(void **context) {
  *context = currentContext;
  return 0;
}
#endif
#if defined(MIXC_FAKE_CUDA) || defined(MIXC_FAKE_HIP)
int MIXC_NAME(cuModuleLoadData, hipModuleLoadData)(void **module, const void *image) {
#ifdef MIXC_FAKE_CUDA
  // Of machine code it can't tell how many parameters a kernel has.
  if (isMachineCode(image))
    return 209;
#endif
  return fake_loadModule(module, image, 0, nullptr, nullptr);
}
int MIXC_NAME(cuMemsetD32Async, hipMemsetD32Async)(void *to, unsigned value, size_t count, void *) {
  std::fill_n(static_cast<unsigned *>(to), count, value);
  return 0;
}
int MIXC_NAME(cuMemsetD8Async, hipMemsetD8Async)(void *to, unsigned char value, size_t count,
                                                 void *) {
  std::memset(to, value, count);
  return 0;
}
#endif

// The driver's names for all these.
#define MIXC_SYMBOL(entry, name) decltype(fake_##entry) name __attribute__((alias("fake_" #entry)));
#if defined(MIXC_FAKE_CUDA)
#include "runtime/gpu/CudaSymbols.def"
#elif defined(MIXC_FAKE_HIP)
#include "runtime/gpu/HipSymbols.def"
#else
MIXC_SYMBOL(init, cuInit)
#endif
}
