/*===- mixc/bundle_host.h - what all bundles share ----------------*- C -*-===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The text between the two lines of dashes stands in the header of every bundle: whichever a
 * program includes first defines it.
 *
 *===----------------------------------------------------------------------===*/

#ifndef MIXC_BUNDLE_HOST_H
#define MIXC_BUNDLE_HOST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --------------------------------------------------------------------------- */
#ifndef MIXC_BUNDLE_VERSION
#define MIXC_BUNDLE_VERSION 1

/* The alignment of a workspace, in bytes. */
#define MIXC_BUNDLE_ALIGNMENT 64

/* What a program may lend to a launch: its threads and its memory. A field that is 0 lends nothing.
 */
typedef struct mixc_bundle_host {
  void *context; /* handed to the functions below */

  /* Into how many pieces each kernel is cut, and a function that runs them: it calls piece(data, k)
   * once for each k from 0 to pieces - 1, in any order, on any threads, and returns 0 when all have
   * returned, or a negative number of its own, with which the launch then ends. The result has
   * the same bits however many pieces there are. Without the function there is one piece, and it
   * runs in the calling thread. */
  int32_t pieces;
  int32_t (*parallel_for)(void *context, int32_t pieces, void (*piece)(void *data, int32_t k),
                          void *data);

  /* Memory for a launch that is given no workspace: at least `bytes` bytes, a multiple of
   * `alignment`, or NULL; and its return, before the launch does. Both or neither. */
  void *(*allocate)(void *context, size_t bytes, size_t alignment);
  void (*release)(void *context, void *memory);
} mixc_bundle_host;

/* The errors that every bundle has; behind them are its own. Its error function has their texts. */
enum {
  MIXC_BUNDLE_DONE = 0,
  MIXC_BUNDLE_NO_ARGUMENTS = 1,
  MIXC_BUNDLE_TOO_LARGE = 2,
  MIXC_BUNDLE_NO_WORKSPACE = 3,
  MIXC_BUNDLE_WORKSPACE_ALIGNMENT = 4,
  MIXC_BUNDLE_OUT_OF_MEMORY = 5,
  MIXC_BUNDLE_OTHER_PROCESSOR = 6
};

/* The errors of bundles for GPUs, beside those. From MIXC_BUNDLE_DRIVER_ERROR on downwards they are
 * those of the driver: its error k is MIXC_BUNDLE_DRIVER_ERROR - k. */
enum {
  MIXC_BUNDLE_NO_DRIVER = -1,
  MIXC_BUNDLE_OLD_DRIVER = -2,
  MIXC_BUNDLE_NO_DEVICE = -3,
  MIXC_BUNDLE_NO_CODE = -4,
  MIXC_BUNDLE_NO_HOST_MEMORY = -5,
  MIXC_BUNDLE_DRIVER_ERROR = -1000
};

#elif MIXC_BUNDLE_VERSION != 1
#error "the bundles of this program come from versions of mixc that do not fit together"
#endif
/* --------------------------------------------------------------------------- */

#ifdef __cplusplus
}
#endif

#endif /* MIXC_BUNDLE_HOST_H */
