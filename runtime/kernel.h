/*===- kernel.h - the interface of compiled mixers ----------------*- C -*-===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * How a compiled mixer is called, and what it calls in turn. The compiler's JIT, exported objects
 * and the runtime all agree on this file and on nothing else.
 *
 * A mixer NAME is two functions. The caller asks `NAME_workspace` how many bytes the temporaries
 * take at the given extents, gives that much memory to `NAME`, and a host that runs its kernels:
 *
 *     int64_t bytes = NAME_workspace(extents);
 *     void *workspace = aligned_alloc(MIXC_ALIGNMENT, round_up(bytes, MIXC_ALIGNMENT));
 *     int32_t failed = NAME(views, extents, workspace, host);
 *
 *===----------------------------------------------------------------------===*/

#ifndef MIXC_RUNTIME_KERNEL_H
#define MIXC_RUNTIME_KERNEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The alignment in bytes of workspaces and scratch. */
#define MIXC_ALIGNMENT 64

/** What `launch` returns where it could not get the memory for scratch. */
#define MIXC_OUT_OF_MEMORY (-1)

/** A tensor in memory. Strides are in elements, of any sign; `data` is the element with all indices
 * 0, aligned to the element's size, or null for an optional argument that is left out. */
typedef struct mixc_view {
  void *data;
  const int64_t *extents;
  const int64_t *strides;
} mixc_view;

/** A kernel: does the points `begin` to `end` (exclusive) of its grid, counted row-major, the last
 * index fastest. `views` are its view arguments in order; `scalars` its integer arguments in order,
 * then the sizes of the grid; `scratch` is memory for this thread alone, aligned to MIXC_ALIGNMENT.
 */
typedef void (*mixc_kernel)(const mixc_view *views, const int64_t *scalars, int64_t begin,
                            int64_t end, void *scratch);

/** What runs the kernels of a mixer. A program may bring its own: any order of the points, on any
 * threads, gives the same bits. */
typedef struct mixc_host mixc_host;
struct mixc_host {
  /** Calls `kernel` on ranges that together are 0 to `points`, points > 0, each with
   * `scratch_bytes` of scratch, and returns when all is done: 0, or a negative code, which the
   * mixer hands on. */
  int32_t (*launch)(const mixc_host *host, mixc_kernel kernel, const mixc_view *views,
                    const int64_t *scalars, int64_t points, int64_t scratch_bytes);
};

/** A mixer. `views` are its arguments, then its outputs; `extents` its sizes, in the order of its
 * declaration. Returns 0, or the number (from 1) of the first of its conditions that does not hold,
 * in which case nothing was written, or what a launch returned. */
typedef int32_t (*mixc_plan)(const mixc_view *views, const int64_t *extents, void *workspace,
                             const mixc_host *host);

/** The bytes of a mixer's temporaries. */
typedef int64_t (*mixc_plan_workspace)(const int64_t *extents);

#ifdef __cplusplus
}
#endif

#endif /* MIXC_RUNTIME_KERNEL_H */
