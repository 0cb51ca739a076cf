//===- Symbols.h - the functions of a driver of GPUs ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// NVIDIA and AMD export the same functions under two names, so one table serves both; a vendor's
// .def file says which symbol fills which entry. Handles and addresses of a device are pointers
// here: they are passed as such, whatever the vendor's header calls them. Nothing of an SDK is
// needed to build or to run.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_GPU_SYMBOLS_H
#define MIXC_RUNTIME_GPU_SYMBOLS_H

#include <cstddef>

namespace mixc::runtime::gpu {

/// 0: done; else an error that `getErrorString` has a text for.
using Status = int;

/// Of streams: not ordered with the stream that all programs share.
constexpr unsigned streamNonBlocking = 1;

/// Options of `loadModule`: where the text of an error goes, and how much there may be of it.
/// `CU_JIT_ERROR_LOG_BUFFER…` of cuda.h, and `hipJitOptionErrorLogBuffer…`, which have its numbers.
constexpr int optionErrorLog = 5;
constexpr int optionErrorLogBytes = 6;

/// The entries that only one vendor has are null at the other.
struct Symbols {
  Status (*init)(unsigned flags);
  Status (*getErrorName)(Status status, const char **text);
  Status (*getErrorString)(Status status, const char **text);

  Status (*getDeviceCount)(int *count);
  Status (*getDevice)(int *device, int ordinal);
  Status (*getDeviceName)(char *name, int bytes, int device);
  Status (*getDeviceAttribute)(int *value, int attribute, int device);
  Status (*getDeviceMemory)(size_t *bytes, int device);

  // NVIDIA: a device is used through its context.
  Status (*retainContext)(void **context, int device);
  Status (*releaseContext)(int device);
  Status (*setContext)(void *context);
  // AMD: by its number.
  Status (*setDevice)(int ordinal);
  Status (*getProperties)(void *properties, int ordinal);

  Status (*allocate)(void **memory, size_t bytes);
  Status (*release)(void *memory);
  Status (*copyIn)(void *to, const void *from, size_t bytes, void *stream);
  Status (*copyOut)(void *to, void *from, size_t bytes, void *stream);
  Status (*copyWithin)(void *to, void *from, size_t bytes, void *stream);

  Status (*createStream)(void **stream, unsigned flags);
  Status (*destroyStream)(void *stream);
  Status (*synchroniseStream)(void *stream);
  Status (*waitForEvent)(void *stream, void *event, unsigned flags);

  Status (*createEvent)(void **event, unsigned flags);
  Status (*destroyEvent)(void *event);
  Status (*recordEvent)(void *event, void *stream);
  Status (*synchroniseEvent)(void *event);
  Status (*elapsedTime)(float *milliseconds, void *begin, void *end);

  Status (*loadModule)(void **module, const void *image, unsigned count, int *options,
                       void **values);
  Status (*unloadModule)(void *module);
  Status (*getFunction)(void **function, void *module, const char *name);
  Status (*launch)(void *function, unsigned blocksX, unsigned blocksY, unsigned blocksZ,
                   unsigned threadsX, unsigned threadsY, unsigned threadsZ, unsigned sharedBytes,
                   void *stream, void **parameters, void **extra);
};

} // namespace mixc::runtime::gpu

#endif // MIXC_RUNTIME_GPU_SYMBOLS_H
