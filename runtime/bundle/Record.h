/*===- Record.h - a bundle as the runtime finds it ----------------*- C -*-===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The constant `NAME_bundle` of a bundle: what its header says, for a program that has not seen the
 * header. In the shared object NAME.so it is also called MIXC_BUNDLE_SYMBOL.
 *
 * The arguments of a call are those of `struct NAME_args`, words of 8 bytes:
 *
 *     extents       one word each, without those that are derived from others
 *     tensors       arguments, then outputs; each: data, shape[rank], strides[rank]
 *
 *===----------------------------------------------------------------------===*/

#ifndef MIXC_RUNTIME_BUNDLE_RECORD_H
#define MIXC_RUNTIME_BUNDLE_RECORD_H

#include "runtime/include/mixc/bundle_host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIXC_BUNDLE_SYMBOL "mixc_bundle"

/** The first bytes of a record: "mixcbndl", read as a number of little-endian order. */
#define MIXC_BUNDLE_MAGIC INT64_C(0x6c646e626378696d)

/** Where the kernels of a bundle run. */
enum mixc_bundle_kind { MIXC_BUNDLE_CPU, MIXC_BUNDLE_CUDA, MIXC_BUNDLE_HIP };

/** An extent that is among the arguments of a call. */
typedef struct mixc_bundle_extent_record {
  const char *name;
  int64_t fixed; /**< the only size that it may have, or -1 */
} mixc_bundle_extent_record;

/** An argument or an output. */
typedef struct mixc_bundle_tensor_record {
  const char *name, *element, *shape; /**< as in the spec: "q", "bf16", "[B, H, N, D]" */
  int32_t rank;
  int32_t optional; /**< may be left out */
} mixc_bundle_tensor_record;

typedef struct mixc_bundle_record {
  int64_t magic;
  int32_t version; /**< MIXC_BUNDLE_VERSION; what follows is that version's */
  int32_t kind;    /**< a mixc_bundle_kind */
  const char *name, *target, *dtype;
  const mixc_bundle_extent_record *extents;
  const mixc_bundle_tensor_record *tensors;
  int32_t num_extents, num_arguments, num_outputs;
  /* The functions of the header. */
  int32_t (*dense)(void *args);
  int32_t (*bind)(void *args);
  int32_t (*check)(const void *args);
  union {
    int64_t (*cpu)(const void *args, const mixc_bundle_host *host);
    int64_t (*gpu)(const void *args);
  } workspace_size;
  union {
    int32_t (*cpu)(const void *args, void *workspace, const mixc_bundle_host *host);
    int32_t (*gpu)(const void *args, void *workspace, void *stream);
  } launch;
  const char *(*error)(int32_t error);
} mixc_bundle_record;

#ifdef __cplusplus
}
#endif

#endif /* MIXC_RUNTIME_BUNDLE_RECORD_H */
