/*===- mixc/bundle.h - bundles that are opened at run time --------*- C -*-===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * A program that is compiled with a bundle's header NAME.h needs nothing of this. One that finds
 * its mixers when it runs opens the bundle's NAME.so, and calls the mixer by the names of the spec:
 *
 *     mixc_bundle *bundle;
 *     mixc_call *call;
 *     int32_t code = mixc_bundle_open("attention/attention.so", &bundle);
 *     if (!code) code = mixc_call_create(bundle, &call);
 *     if (!code) code = mixc_call_set(call, "q", &q); // a mixc_tensor; likewise the others
 *     if (!code) code = mixc_call_bind(call);         // now the shapes of the outputs are known
 *     if (!code) code = mixc_call_set_data(call, "o", o);
 *     if (!code) code = mixc_call_launch(call, NULL, NULL);
 *     if (code) fprintf(stderr, "%s\n", mixc_error_text());
 *
 * The functions return MIXC_DONE, a code of mixc/runtime.h (negative), or an error of the bundle
 * itself by its number there (positive): a shape that does not fit, a `where` clause that does not
 * hold. Each has a text. After an error of a launch nothing was written.
 *
 * Bundles may be used by any number of threads at once; a call by one at a time.
 *
 *===----------------------------------------------------------------------===*/

#ifndef MIXC_BUNDLE_H
#define MIXC_BUNDLE_H

#include "bundle_host.h"
#include "dlpack.h"
#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mixc_bundle mixc_bundle;
typedef struct mixc_call mixc_call;
typedef struct mixc_threads mixc_threads;

/*===----------------------------------------------------------------------===*
 * Bundles
 *===----------------------------------------------------------------------===*/

/** Opens the shared object of a bundle. Refused are: a file that is not there or can't be read
 * (MIXC_NO_FILE), one that is no bundle, or only a part of one (MIXC_NOT_A_BUNDLE), a bundle of
 * another version of mixc (MIXC_OTHER_VERSION), and one for a processor with instructions that this
 * one has not (MIXC_OTHER_PROCESSOR). To open runs what the file says: open what you trust. */
int32_t mixc_bundle_open(const char *path, mixc_bundle **bundle);
/** No call of the bundle may be left. Null: nothing happens. */
void mixc_bundle_close(mixc_bundle *bundle);

/** What a bundle is. All texts live as long as the bundle. */
typedef struct mixc_bundle_info {
  const char *name;   /**< of the mixer */
  const char *target; /**< as on the command line: "cpu:x86-64-v3" */
  const char *dtype;  /**< of the generic tensors: "f32" */
  const char *device; /**< the kind of device that it runs on: "cpu", "cuda" or "hip" */
  int32_t extents, arguments, outputs; /**< how many there are */
} mixc_bundle_info;

int32_t mixc_bundle_describe(const mixc_bundle *bundle, mixc_bundle_info *info);

/** A size that shapes are made of. */
typedef struct mixc_extent_info {
  const char *name;
  int64_t fixed; /**< the only size that this bundle takes, or -1 */
} mixc_extent_info;

/** Extent `number`, from 0, in the order of the spec. */
int32_t mixc_bundle_extent(const mixc_bundle *bundle, int32_t number, mixc_extent_info *info);

/** An argument or an output. */
typedef struct mixc_tensor_info {
  const char *name;
  const char *shape; /**< as in the spec: "[B, H, N, D]" */
  int32_t element;   /**< a mixc_element */
  int32_t rank;
  int32_t is_output;
  int32_t is_optional; /**< has a default, and may be left out */
} mixc_tensor_info;

/** Tensor `number`, from 0: the arguments in the order of the spec, then the outputs. */
int32_t mixc_bundle_tensor(const mixc_bundle *bundle, int32_t number, mixc_tensor_info *info);
/** The number of the tensor of that name. */
int32_t mixc_bundle_find(const mixc_bundle *bundle, const char *name, int32_t *number);

/*===----------------------------------------------------------------------===*
 * Calls
 *===----------------------------------------------------------------------===*/

/** A call without tensors, whose extents are 0. It may be launched any number of times, and changed
 * between two launches. */
int32_t mixc_call_create(const mixc_bundle *bundle, mixc_call **call);
void mixc_call_destroy(mixc_call *call);

/** Sets a tensor: its data, shape and strides, which may be those of an array of another library
 * (mixc_tensor_borrow of mixc/dlpack.h). Null leaves an argument out that has a default. The
 * element type and the number of axes must be those of the spec. */
int32_t mixc_call_set(mixc_call *call, const char *name, const mixc_tensor *tensor);
/** Sets the data of a tensor alone, whose shape and strides are those that mixc_call_bind or
 * mixc_call_dense have found. */
int32_t mixc_call_set_data(mixc_call *call, const char *name, void *data);
/** Reads a tensor as the call has it by now. */
int32_t mixc_call_get(const mixc_call *call, const char *name, mixc_tensor *tensor);
/** Sets an extent: for mixc_call_dense, or where no shape tells it. */
int32_t mixc_call_set_extent(mixc_call *call, const char *name, int64_t size);
int32_t mixc_call_get_extent(const mixc_call *call, const char *name, int64_t *size);

/** Finds the extents from the shapes of the arguments, all of which must have been set, but for
 * those with a default; gives the outputs their shapes, and strides of dense memory. */
int32_t mixc_call_bind(mixc_call *call);
/** Gives all tensors their shapes, and strides of dense memory, from the extents. */
int32_t mixc_call_dense(mixc_call *call);

/** Whether a launch would refuse the call. Of the tensors it reads at most those without axes. */
int32_t mixc_call_check(const mixc_call *call);
/** The bytes of workspace of a launch, with the host that the call has. */
int32_t mixc_call_workspace_size(const mixc_call *call, size_t *bytes);

/** Checks the call and computes the outputs.
 *
 * Of a bundle for GPUs the kernels go into `stream`, of a device of its kind, and the launch
 * returns before they are done. `workspace`, where the size is not 0, and the data of all tensors
 * are memory of that device.
 *
 * Of a bundle for the CPU `stream` is null, and the outputs are there when the launch returns.
 * `workspace` is aligned to MIXC_BUNDLE_ALIGNMENT; where it is null, the host that the call has
 * allocates one, or malloc does. */
int32_t mixc_call_launch(const mixc_call *call, void *workspace, mixc_stream *stream);

/*===----------------------------------------------------------------------===*
 * Threads
 *===----------------------------------------------------------------------===*/

/** Threads for the launches of the CPU: `count` with the one that launches, 0: one for each core.
 */
int32_t mixc_threads_create(int32_t count, mixc_threads **threads);
void mixc_threads_destroy(mixc_threads *threads);
/** Fills `host` with these threads and the memory of malloc: for mixc_call_lend, and for
 * NAME_launch of a header. Lives as long as the threads. Launches of several threads come one after
 * the other. */
int32_t mixc_threads_host(mixc_threads *threads, mixc_bundle_host *host);

/** What launches of the call may use from now on, as bundle_host.h has it: the threads of the
 * program, or of mixc_threads_host. Null: the thread that launches. Not for bundles of GPUs. */
int32_t mixc_call_lend(mixc_call *call, const mixc_bundle_host *host);

#ifdef __cplusplus
}
#endif

#endif /* MIXC_BUNDLE_H */
