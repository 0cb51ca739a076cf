/*===- GpuLauncher.c - launches on a GPU ----------------------------------===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Compiled to bitcode and linked into the bundles of GPUs, beside Launcher.c. Calls the driver,
 * which is opened when it is first needed, and of the C library malloc, free, mutexes and dlopen.
 *
 * A workspace holds the temporaries of the plan, a place for every argument that may be left out,
 * and the scratch of all threads.
 *
 *===----------------------------------------------------------------------===*/

#include "lowering/bundle/Launcher.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

typedef mixc_bundle_word word;

enum {
  /* Of a launch, at most: more than any device runs at once. */
  MOST_THREADS = 1 << 20,
  /* The same where they have scratch, which all together takes SCRATCH_BYTES, if a block's is not
   * more than that alone. */
  MOST_SCRATCH_THREADS = 1 << 18,
  SCRATCH_BYTES = 64 << 20,
  /* The workspace of an argument that is left out. */
  STAGED_BYTES = MIXC_BUNDLE_ALIGNMENT
};

/*===----------------------------------------------------------------------===*
 * The driver
 *===----------------------------------------------------------------------===*/

/* Both drivers have the same functions, but for the names. Each returns 0, or an error. */
typedef struct driver {
  int (*get_context)(void *context); /* CUDA: a pointer; HIP: the number of a device (int) */
  int (*load)(void **module, const void *image);
  int (*get_function)(void **function, void *module, const char *name);
  int (*launch)(void *function, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z,
                unsigned threads_x, unsigned threads_y, unsigned threads_z, unsigned shared_bytes,
                void *stream, void **parameters, void **extra);
  int (*fill_words)(void *to, unsigned value, size_t count, void *stream);
  int (*fill_bytes)(void *to, unsigned char value, size_t count, void *stream);
  int (*fetch)(void *to, const void *from, size_t bytes, void *stream);
  int (*wait)(void *stream);
  /* These may be missing. */
  int (*get_text)(int error, const char **text);
  int (*get_context_id)(void *context, uint64_t *id);
} driver;

enum { FUNCTIONS = sizeof(driver) / sizeof(void *), NEEDED = FUNCTIONS - 2 };

static const char *const function_names[2][FUNCTIONS] = {
    {"cuCtxGetCurrent", "cuModuleLoadData", "cuModuleGetFunction", "cuLaunchKernel",
     "cuMemsetD32Async", "cuMemsetD8Async", "cuMemcpyDtoHAsync_v2", "cuStreamSynchronize",
     "cuGetErrorString", "cuCtxGetId"},
    {"hipGetDevice", "hipModuleLoadData", "hipModuleGetFunction", "hipModuleLaunchKernel",
     "hipMemsetD32Async", "hipMemsetD8Async", "hipMemcpyDtoHAsync", "hipStreamSynchronize",
     "hipDrvGetErrorString", NULL}};

static const char *const cuda_libraries[] = {"libcuda.so.1", NULL};
static const char *const hip_libraries[] = {"libamdhip64.so", "libamdhip64.so.7",
                                            "libamdhip64.so.6", "libamdhip64.so.5", NULL};

/* What is shared by all threads, under the lock; `functions` is only written once, before anyone
 * reads it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static union {
  void *addresses[FUNCTIONS];
  driver functions;
} the_driver;
static int driver_is_there;

static void *open_library(const char *const *names) {
  /* One that the program has opened comes before others. */
  static const int modes[] = {RTLD_NOW | RTLD_NOLOAD, RTLD_NOW};
  for (int k = 0; k < 2; ++k)
    for (const char *const *name = names; *name; ++name) {
      void *library = dlopen(*name, modes[k]);
      if (library)
        return library;
    }
  return NULL;
}

/* Called under the lock. */
static int32_t open_driver(const mixc_bundle_gpu *gpu) {
  if (driver_is_there)
    return 0;
  void *library = open_library(gpu->hip ? hip_libraries : cuda_libraries);
  if (!library)
    return MIXC_BUNDLE_NO_DRIVER;
  for (int k = 0; k < FUNCTIONS; ++k) {
    const char *name = function_names[gpu->hip != 0][k];
    the_driver.addresses[k] = name ? dlsym(library, name) : NULL;
    if (!the_driver.addresses[k] && k < NEEDED) {
      dlclose(library);
      return MIXC_BUNDLE_OLD_DRIVER;
    }
  }
  driver_is_there = 1;
  return 0;
}

static int32_t error_of(int result) { return result ? MIXC_BUNDLE_DRIVER_ERROR - result : 0; }

/*===----------------------------------------------------------------------===*
 * Modules
 *===----------------------------------------------------------------------===*/

/* The bundle's code in one context. It stays there as long as the context does. */
typedef struct loaded {
  struct loaded *next;
  uint64_t context;
  void *functions[]; /* of the kernels */
} loaded;

static loaded *all_loaded; /* under the lock */

/* A number for the context that is current in this thread; no later one has it again where the
 * driver counts them. */
static int32_t current_context(const mixc_bundle_gpu *gpu, uint64_t *context) {
  const driver *d = &the_driver.functions;
  void *pointer = NULL;
  *context = 0;
  if (gpu->hip)
    return d->get_context(context) ? MIXC_BUNDLE_NO_DEVICE : 0;
  if (d->get_context(&pointer) || !pointer)
    return MIXC_BUNDLE_NO_DEVICE;
  if (!d->get_context_id || d->get_context_id(pointer, context))
    *context = (uint64_t)pointer;
  return 0;
}

/* Whether a module is refused because it is for other devices, or in a form that the driver does
 * not take: CUDA_ERROR_INVALID_IMAGE, _NO_BINARY_FOR_GPU, _INVALID_PTX, _JIT_COMPILER_NOT_FOUND,
 * _UNSUPPORTED_PTX_VERSION, _JIT_COMPILATION_DISABLED; those that HIP has, have the same numbers.
 */
static int is_unfit(int error) {
  return error == 200 || error == 209 || error == 218 || (error >= 221 && error <= 223);
}

static int32_t load_code(const mixc_bundle_gpu *gpu, loaded *entry) {
  const driver *d = &the_driver.functions;
  void *module = NULL;
  int result = 209;
  for (int32_t k = 0; k < gpu->num_images && result; ++k) {
    result = d->load(&module, gpu->images[k]);
    if (result && !is_unfit(result))
      return error_of(result);
  }
  if (result)
    return MIXC_BUNDLE_NO_CODE;
  for (int32_t k = 0; k < gpu->num_kernels && !result; ++k)
    result = d->get_function(&entry->functions[k], module, gpu->kernels[k]->name);
  return error_of(result);
}

/* Called under the lock. */
static int32_t find_code(const mixc_bundle_gpu *gpu, const loaded **found) {
  uint64_t context;
  int32_t code = current_context(gpu, &context);
  if (code)
    return code;
  for (*found = all_loaded; *found; *found = (*found)->next)
    if ((*found)->context == context)
      return 0;
  loaded *entry = malloc(sizeof(loaded) + (size_t)gpu->num_kernels * sizeof(void *));
  if (!entry)
    return MIXC_BUNDLE_NO_HOST_MEMORY;
  code = load_code(gpu, entry);
  if (code) {
    free(entry);
    return code;
  }
  entry->context = context;
  entry->next = all_loaded;
  *found = all_loaded = entry;
  return 0;
}

static int32_t prepare(const mixc_bundle_gpu *gpu, const loaded **code) {
  pthread_mutex_lock(&lock);
  int32_t failed = open_driver(gpu);
  if (!failed && code)
    failed = find_code(gpu, code);
  pthread_mutex_unlock(&lock);
  return failed;
}

/*===----------------------------------------------------------------------===*
 * Check
 *===----------------------------------------------------------------------===*/

/* The host of the conditions alone. They may read scalars: the caller's, or those of the plan. */
typedef struct checking {
  mixc_host host; /* first: the plan hands its address back */
  const mixc_bundle_gpu *gpu;
  uintptr_t first, last; /* between them are all values of the plan's own */
} checking;

static void copy(void *to, const void *from, int64_t bytes) {
  for (int64_t k = 0; k < bytes; ++k)
    ((char *)to)[k] = ((const char *)from)[k];
}

static const void *keep(const mixc_host *host, const void *from, int64_t bytes) {
  checking *run = (checking *)host;
  uintptr_t address = (uintptr_t)from;
  (void)bytes;
  if (address < run->first)
    run->first = address;
  if (address > run->last)
    run->last = address;
  return from;
}

static int32_t fetch(void *to, const void *from, int64_t bytes, void *stream) {
  const driver *d = &the_driver.functions;
  int result = d->fetch(to, from, (size_t)bytes, stream);
  return error_of(result ? result : d->wait(stream));
}

static int32_t read_argument(const mixc_host *host, void *to, const void *from, int64_t bytes) {
  const checking *run = (const checking *)host;
  if ((uintptr_t)from >= run->first && (uintptr_t)from <= run->last) {
    copy(to, from, bytes);
    return 0;
  }
  int32_t code = prepare(run->gpu, NULL);
  return code ? code : fetch(to, from, bytes, NULL);
}

/* The error of what a plan returned: of a condition, or of its host. */
static int32_t code_of(const mixc_bundle_mixer *mixer, int32_t returned) {
  return returned > 0 ? mixer->conditions_code + returned - 1 : returned;
}

int32_t mixc_bundle_gpu_check(const mixc_bundle_mixer *mixer, const word *args) {
  int64_t extents[mixer->num_extents + 1], sizes[mixer->num_axes + 1];
  mixc_view views[mixer->num_tensors];
  int32_t code = mixc_bundle_read_call(mixer, args, extents, sizes, views);
  if (code)
    return code;
  checking run = {{.stage = keep, .read = read_argument}, mixer->gpu, UINTPTR_MAX, 0};
  return code_of(mixer, mixer->conditions(views, extents, NULL, &run.host));
}

const char *mixc_bundle_gpu_error(const mixc_bundle_mixer *mixer, int32_t code) {
  const mixc_bundle_gpu *gpu = mixer->gpu;
  if (code >= 0)
    return mixc_bundle_error(mixer, code);
  if (code > MIXC_BUNDLE_DRIVER_ERROR)
    return code >= -gpu->num_texts ? gpu->texts[-code - 1] : "no error of this bundle";
  const char *text = NULL;
  if (prepare(gpu, NULL) || !the_driver.functions.get_text ||
      the_driver.functions.get_text(MIXC_BUNDLE_DRIVER_ERROR - code, &text) || !text)
    return "a call of the driver has failed";
  return text;
}

/*===----------------------------------------------------------------------===*
 * Launch
 *===----------------------------------------------------------------------===*/

/* The parts of a workspace, in bytes. */
typedef struct parts {
  int64_t temporaries, staged, scratch, all;
} parts;

static int64_t round_up(int64_t bytes) {
  return (bytes + MIXC_BUNDLE_ALIGNMENT - 1) / MIXC_BUNDLE_ALIGNMENT * MIXC_BUNDLE_ALIGNMENT;
}

static int32_t measure(const mixc_bundle_mixer *mixer, const int64_t *extents, parts *bytes) {
  int64_t each = mixer->scratch(extents), threads = 0;
  *bytes = (parts){.temporaries = mixer->temporaries(extents)};
  if (bytes->temporaries < 0 || bytes->temporaries > INT64_MAX - MIXC_BUNDLE_ALIGNMENT ||
      each < 0 || each > INT64_MAX - MIXC_BUNDLE_ALIGNMENT)
    return MIXC_BUNDLE_TOO_LARGE;
  bytes->temporaries = round_up(bytes->temporaries);
  for (int32_t t = 0; t < mixer->num_tensors; ++t)
    bytes->staged += mixer->tensors[t].optional ? STAGED_BYTES : 0;
  each = round_up(each);
  if (each > 0) {
    threads = SCRATCH_BYTES / each;
    if (threads > MOST_SCRATCH_THREADS)
      threads = MOST_SCRATCH_THREADS;
    if (threads < mixer->gpu->block)
      threads = mixer->gpu->block;
  }
  return __builtin_mul_overflow(each, threads, &bytes->scratch) ||
                 __builtin_add_overflow(bytes->temporaries, bytes->staged, &bytes->all) ||
                 __builtin_add_overflow(bytes->all, bytes->scratch, &bytes->all)
             ? MIXC_BUNDLE_TOO_LARGE
             : MIXC_BUNDLE_DONE;
}

int64_t mixc_bundle_gpu_workspace_size(const mixc_bundle_mixer *mixer, const word *args) {
  int64_t extents[mixer->num_extents + 1], sizes[mixer->num_axes + 1];
  parts bytes = {0, 0, 0, 0};
  int32_t code =
      args ? mixc_bundle_read_sizes(mixer, args, extents, sizes) : MIXC_BUNDLE_NO_ARGUMENTS;
  if (!code)
    code = measure(mixer, extents, &bytes);
  return code ? -(int64_t)code : bytes.all;
}

/* The host of a plan: its kernels go to a stream. */
typedef struct running {
  mixc_host host; /* first: the plan hands its address back */
  const mixc_bundle_gpu *gpu;
  const loaded *code;
  void *stream;
  char *staged; /* where the next value goes */
  char *scratch;
  int64_t scratch_bytes;
  int32_t failed; /* the error of a value that could not be staged */
} running;

/* The value goes along with the call, so that the stream needs no memory of the plan's. */
static const void *stage(const mixc_host *host, const void *from, int64_t bytes) {
  running *run = (running *)host;
  const driver *d = &the_driver.functions;
  char *to = run->staged;
  int64_t done = 0;
  for (; done + 4 <= bytes && !run->failed; done += 4) {
    unsigned value;
    copy(&value, (const char *)from + done, 4);
    run->failed = error_of(d->fill_words(to + done, value, 1, run->stream));
  }
  for (; done < bytes && !run->failed; ++done)
    run->failed =
        error_of(d->fill_bytes(to + done, ((const unsigned char *)from)[done], 1, run->stream));
  run->staged += STAGED_BYTES;
  return run->failed ? NULL : to;
}

static int32_t read_back(const mixc_host *host, void *to, const void *from, int64_t bytes) {
  return fetch(to, from, bytes, ((const running *)host)->stream);
}

static int32_t run_kernel(const mixc_host *host, mixc_kernel record, const mixc_view *views,
                          const int64_t *scalars, int64_t points, int64_t scratch_bytes) {
  const running *run = (const running *)host;
  const mixc_gpu_kernel *kernel = (const mixc_gpu_kernel *)record;
  int32_t count = kernel->scalars + 3, next = 0, index = 0;
  for (int32_t v = 0; v < kernel->views; ++v)
    count += 1 + kernel->ranks[v];
  uint64_t values[count];
  void *parameters[count];
  for (int32_t v = 0; v < kernel->views; ++v) {
    values[next++] = (uint64_t)views[v].data;
    for (int32_t axis = 0; axis < kernel->ranks[v]; ++axis)
      values[next++] = (uint64_t)views[v].strides[axis];
  }
  for (int32_t k = 0; k < kernel->scalars; ++k)
    values[next++] = (uint64_t)scalars[k];
  values[next++] = (uint64_t)points;

  /* One thread works on a point, or a block; kernels loop when there are more points than that. */
  int64_t blocks = (points - 1) / (kernel->block / kernel->per_point) + 1;
  int64_t each = scratch_bytes > 0 ? round_up(scratch_bytes) : 0;
  if (blocks > MOST_THREADS / kernel->block)
    blocks = MOST_THREADS / kernel->block;
  if (each > 0 && blocks > run->scratch_bytes / each / kernel->block)
    blocks = run->scratch_bytes / each / kernel->block;
  values[next++] = (uint64_t)run->scratch;
  values[next++] = (uint64_t)each;

  for (int32_t k = 0; k < count; ++k)
    parameters[k] = &values[k];
  while (run->gpu->kernels[index] != kernel)
    ++index;
  return error_of(the_driver.functions.launch(run->code->functions[index], (unsigned)blocks, 1, 1,
                                              (unsigned)kernel->block, 1, 1, 0, run->stream,
                                              parameters, NULL));
}

int32_t mixc_bundle_gpu_launch(const mixc_bundle_mixer *mixer, const word *args, void *workspace,
                               void *stream) {
  int64_t extents[mixer->num_extents + 1], sizes[mixer->num_axes + 1];
  mixc_view views[mixer->num_tensors];
  parts bytes;
  running run = {.host = {run_kernel, stage, read_back}, .gpu = mixer->gpu, .stream = stream};
  int32_t code = mixc_bundle_read_call(mixer, args, extents, sizes, views);
  if (!code)
    code = measure(mixer, extents, &bytes);
  if (code)
    return code;
  if (!workspace && bytes.all > 0)
    return MIXC_BUNDLE_NO_WORKSPACE;
  if ((uintptr_t)workspace % MIXC_BUNDLE_ALIGNMENT)
    return MIXC_BUNDLE_WORKSPACE_ALIGNMENT;
  code = prepare(mixer->gpu, &run.code);
  if (code)
    return code;
  run.staged = (char *)workspace + bytes.temporaries;
  run.scratch = run.staged + bytes.staged;
  run.scratch_bytes = bytes.scratch;
  code = mixer->plan(views, extents, workspace, &run.host);
  return run.failed ? run.failed : code_of(mixer, code);
}
