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

/** What `launch` and `read` return where they could not get the memory that they need, and a mixer
 * where `stage` could not. */
#define MIXC_OUT_OF_MEMORY (-1)

/** What they return where a device reported an error. Whoever made the host has the text. */
#define MIXC_DEVICE_FAILED (-2)

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

/** A kernel of a GPU module. Where kernels run on a GPU, `launch` gets the address of one of these
 * for its `kernel`. The function's parameters are 8 bytes each: of every view its `data`, then its
 * strides; the integers; the number of points (int64_t); the address of the scratch memory of all
 * threads, and the bytes (int64_t) that each thread has of it. The grid has one axis, of any number
 * of blocks: the points are dealt out to all of them. */
typedef struct mixc_gpu_kernel {
  /** Of the function in the module. */
  const char *name;
  /** How many views; how many integers: the kernel's own, then the sizes of its grid. */
  int32_t views, scalars;
  /** How many strides each view has. */
  const int32_t *ranks;
  /** The bytes of an element of each view; of a complex one, of both parts. */
  const int32_t *element_bytes;
  /** The threads of a block. */
  int32_t block;
  /** The threads that work on one point: 1, or those of a block. */
  int32_t per_point;
  /** The bytes of shared memory that a block has. */
  int64_t shared_bytes;
} mixc_gpu_kernel;

/** What runs the kernels of a mixer. A program may bring its own: any order of the points, on any
 * threads, gives the same bits. */
typedef struct mixc_host mixc_host;
struct mixc_host {
  /** Calls `kernel` on ranges that together are 0 to `points`, points > 0, each with
   * `scratch_bytes` of scratch, and returns when all is done: 0, or a negative code, which the
   * mixer hands on. */
  int32_t (*launch)(const mixc_host *host, mixc_kernel kernel, const mixc_view *views,
                    const int64_t *scalars, int64_t points, int64_t scratch_bytes);

  /** Memory of the kernels that holds a copy of the `bytes` bytes at `from` until the mixer
   * returns; null where there is none left. No function: the kernels see the memory of the mixer
   * itself. */
  const void *(*stage)(const mixc_host *host, const void *from, int64_t bytes);

  /** Copies `bytes` bytes from the kernels' memory, as all launches so far have left it: 0, or a
   * negative code, which the mixer hands on. No function: as for `stage`. */
  int32_t (*read)(const mixc_host *host, void *to, const void *from, int64_t bytes);
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
