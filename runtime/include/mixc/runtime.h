/*===- mixc/runtime.h - GPUs from C -------------------------------*- C -*-===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Devices, their memory, streams, events and kernels, for programs in C11 or anything that calls
 * it. Drivers are looked for when a device is opened: the program itself needs no SDK, and starts
 * on machines without a GPU.
 *
 *     mixc_device *device;
 *     if (mixc_device_open("cuda", 0, &device) != MIXC_DONE)
 *       fprintf(stderr, "%s\n", mixc_error_text());
 *
 * Functions that return int32_t return MIXC_DONE or one of the codes below. Objects may be used by
 * any thread, each by one at a time; a device outlives what was made of it.
 *
 * mixc/bundle.h opens compiled mixers, mixc/dlpack.h takes and gives tensors of other libraries.
 *
 *===----------------------------------------------------------------------===*/

#ifndef MIXC_RUNTIME_H
#define MIXC_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum mixc_code {
  MIXC_DONE = 0,
  /** The device has not that much memory left. */
  MIXC_NO_MEMORY = -1,
  /** The driver reported an error. */
  MIXC_FAILED = -2,
  /** There is no such driver or device on this machine. */
  MIXC_NOT_AVAILABLE = -3,
  /** An argument is null, or names nothing. */
  MIXC_BAD_ARGUMENT = -4,
  /** There is no such file, or it can't be read. */
  MIXC_NO_FILE = -5,
  /** The file is no bundle. */
  MIXC_NOT_A_BUNDLE = -6,
  /** The bundle comes from a version of mixc that does not fit this runtime. */
  MIXC_OTHER_VERSION = -7,
  /** The bundle is for another processor. */
  MIXC_OTHER_PROCESSOR = -8
};

/** One line on the last call of this thread that failed; lives until the next one. */
const char *mixc_error_text(void);

typedef struct mixc_device mixc_device;
typedef struct mixc_stream mixc_stream;
typedef struct mixc_event mixc_event;
typedef struct mixc_module mixc_module;
typedef struct mixc_workspace mixc_workspace;

/** What a device is. The texts live as long as the device. */
typedef struct mixc_device_info {
  const char *name;
  /** As compilers call it: "sm_90", "gfx942". */
  const char *architecture;
  /** Multiprocessors, or compute units. */
  uint32_t units;
  uint64_t memory_bytes;
} mixc_device_info;

/** Opens device `ordinal` (from 0) of `kind`: "cuda" or "hip". */
int32_t mixc_device_open(const char *kind, int32_t ordinal, mixc_device **device);
void mixc_device_close(mixc_device *device);
int32_t mixc_device_describe(const mixc_device *device, mixc_device_info *info);

/** Memory of the device with unspecified contents, aligned to at least 64 bytes. */
int32_t mixc_memory_allocate(mixc_device *device, size_t bytes, void **memory);
/** Gives memory back, of which no stream may be in use. Null: nothing happens. */
void mixc_memory_release(mixc_device *device, void *memory);

/** A stream: what is asked of it happens in that order. */
int32_t mixc_stream_create(mixc_device *device, mixc_stream **stream);
/** Null: nothing happens; likewise for the other functions that end something. */
void mixc_stream_destroy(mixc_stream *stream);
/** The driver's own stream (a CUstream or hipStream_t), for the launches of bundles and other
 * libraries; makes its device the current one of this thread, which those want. */
int32_t mixc_stream_enter(mixc_stream *stream, void **handle);
/** Waits for all that was asked of the stream. */
int32_t mixc_stream_synchronise(mixc_stream *stream);
/** From the host: returns when `from` may be changed. */
int32_t mixc_copy_in(mixc_stream *stream, void *to, const void *from, size_t bytes);
/** To the host: returns when the bytes are there. */
int32_t mixc_copy_out(mixc_stream *stream, void *to, const void *from, size_t bytes);
/** From the device to itself. */
int32_t mixc_copy(mixc_stream *stream, void *to, const void *from, size_t bytes);

int32_t mixc_event_create(mixc_device *device, mixc_event **event);
void mixc_event_destroy(mixc_event *event);
/** The event happens when all that was asked of the stream so far is done. */
int32_t mixc_event_record(mixc_event *event, mixc_stream *stream);
/** What is asked of the stream from now on waits for the event. */
int32_t mixc_stream_wait(mixc_stream *stream, mixc_event *event);
int32_t mixc_event_synchronise(mixc_event *event);
/** The seconds between two events that have happened. */
int32_t mixc_event_elapsed(mixc_event *begin, mixc_event *end, double *seconds);

/** Loads code: a cubin, PTX or a code object, of `bytes` bytes, which are copied. */
int32_t mixc_module_load(mixc_device *device, const void *image, size_t bytes,
                         mixc_module **module);
void mixc_module_unload(mixc_module *module);
/** Launches a kernel whose parameters are `count` values of 8 bytes each: addresses and integers.
 * `module` and `stream` are of one device. */
int32_t mixc_launch(mixc_module *module, mixc_stream *stream, const char *kernel, uint32_t blocks,
                    uint32_t threads, const uint64_t *parameters, size_t count);

/** Memory for temporaries, kept from call to call. */
int32_t mixc_workspace_create(mixc_device *device, mixc_workspace **workspace);
void mixc_workspace_destroy(mixc_workspace *workspace);
/** At least `bytes` bytes. Where there were fewer, the old memory is given back, which no stream
 * may be using. */
int32_t mixc_workspace_reserve(mixc_workspace *workspace, size_t bytes, void **memory);

#ifdef __cplusplus
}
#endif

#endif /* MIXC_RUNTIME_H */
