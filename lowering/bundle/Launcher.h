/*===- Launcher.h - a mixer as its launcher sees it ---------------*- C -*-===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The functions behind the exported ones of a bundle. They are the same for every mixer; what they
 * know of one stands in constants that Entry.cpp writes beside its code.
 *
 * There are two launchers: Launcher.c for kernels that run on the CPU, and GpuLauncher.c, which
 * builds on the first one's reading of a call.
 *
 * The arguments of a call are words, as runtime/bundle/Record.h has them.
 *
 *===----------------------------------------------------------------------===*/

#ifndef MIXC_LOWERING_BUNDLE_LAUNCHER_H
#define MIXC_LOWERING_BUNDLE_LAUNCHER_H

#include "runtime/include/mixc/bundle_host.h"
#include "runtime/kernel.h"

/** An extent. */
typedef struct mixc_bundle_extent {
  int32_t derived; /**< not among the arguments: `sizes` computes it */
  int32_t code;    /**< the error of a negative one */
} mixc_bundle_extent;

/** An axis of a tensor. */
typedef struct mixc_bundle_axis {
  int32_t extent; /**< whose size is the axis's own, or -1 */
  int32_t code;   /**< the error of a shape that does not fit */
  int32_t order;  /**< the axis that is this far outside in dense memory */
} mixc_bundle_axis;

/** A tensor. */
typedef struct mixc_bundle_tensor {
  int32_t rank;
  int32_t element;   /**< the bytes of one */
  int32_t alignment; /**< of the data, in bytes */
  int32_t optional;  /**< may have no data */
  int32_t output;
  /* Errors. */
  int32_t no_data;
  int32_t misaligned;
  int32_t strides; /**< out of range, or, of an output, two elements in one place */
  int32_t shared;  /**< an output that begins where another tensor does */
} mixc_bundle_tensor;

/** What a launch on a GPU needs beside the rest. */
typedef struct mixc_bundle_gpu {
  /** The code of all kernels, in each form that the bundle has: the first one that a device takes
   * is loaded. */
  const void *const *images;
  const mixc_gpu_kernel *const *kernels;
  const char *const *texts; /**< of the errors -1, -2, ... */
  int32_t num_images, num_kernels, num_texts;
  int32_t hip;   /**< whose driver: 0 is CUDA's */
  int32_t block; /**< the most threads that a block of any kernel has */
} mixc_bundle_gpu;

/** What code needs of an x86-64, as the words in which `cpuid` tells it, by leaf and register. */
typedef struct mixc_bundle_processor {
  uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx, leaf7_edx, leaf7_1_eax, leaf7_1_edx;
  uint32_t extended_ecx; /**< leaf 0x80000001 */
  uint32_t xcr0;         /**< what the system lets programs use */
} mixc_bundle_processor;

/** A mixer. */
typedef struct mixc_bundle_mixer {
  const mixc_bundle_extent *extents;
  const mixc_bundle_tensor *tensors;
  const mixc_bundle_axis *axes; /**< of all tensors, one behind the other */
  const char *const *texts;     /**< of the errors, by code */
  /** Computes the derived extents, in place, and the size of every axis: 0, or 1 where a number
   * does not fit 64 bits. */
  int32_t (*sizes)(int64_t *extents, int64_t *sizes);
  /** Temporaries of a launch, and scratch of a piece, in bytes. */
  int64_t (*temporaries)(const int64_t *extents);
  int64_t (*scratch)(const int64_t *extents);
  /** The conditions alone, and the whole. */
  mixc_plan conditions, plan;
  const mixc_bundle_gpu *gpu; /**< null on a CPU */
  int32_t num_extents, num_tensors, num_axes, num_texts;
  int32_t conditions_code; /**< the error of the first condition */
  mixc_bundle_processor processor;
} mixc_bundle_mixer;

/** A word of a call's arguments. */
typedef union mixc_bundle_word {
  int64_t integer;
  char *data;
} mixc_bundle_word;

/** Whether this processor has the instructions of the other functions: 0, or an error. It and
 * `error` use those that all processors have. */
int32_t mixc_bundle_processor_check(const mixc_bundle_mixer *mixer);

/** Reads the extents of a call; fills them, and the size of every axis. Returns 0, or an error. */
int32_t mixc_bundle_read_sizes(const mixc_bundle_mixer *mixer, const mixc_bundle_word *args,
                               int64_t *extents, int64_t *sizes);

/** The same, and checks the tensors and makes the views of the plan: all but its conditions. */
int32_t mixc_bundle_read_call(const mixc_bundle_mixer *mixer, const mixc_bundle_word *args,
                              int64_t *extents, int64_t *sizes, mixc_view *views);

/** Sets shapes and strides of all tensors from the extents: dense, in their order. */
int32_t mixc_bundle_dense(const mixc_bundle_mixer *mixer, mixc_bundle_word *args);

/** Sets the extents from the shapes of the arguments, and the outputs as `dense` does. */
int32_t mixc_bundle_bind(const mixc_bundle_mixer *mixer, mixc_bundle_word *args);

/** What is wrong with a call: 0, or the code of the first error. */
int32_t mixc_bundle_check(const mixc_bundle_mixer *mixer, const mixc_bundle_word *args);

/** The bytes of a launch's workspace; negative: the code of an error, negated. */
int64_t mixc_bundle_workspace_size(const mixc_bundle_mixer *mixer, const mixc_bundle_word *args,
                                   const mixc_bundle_host *host);

/** Checks the call and runs it: 0, the code of an error, or a negative number of the host. */
int32_t mixc_bundle_launch(const mixc_bundle_mixer *mixer, const mixc_bundle_word *args,
                           void *workspace, const mixc_bundle_host *host);

/** The text of a code. */
const char *mixc_bundle_error(const mixc_bundle_mixer *mixer, int32_t code);

/* The same where kernels run on a GPU: the tensors and the workspace lie in its memory. */

int32_t mixc_bundle_gpu_check(const mixc_bundle_mixer *mixer, const mixc_bundle_word *args);

int64_t mixc_bundle_gpu_workspace_size(const mixc_bundle_mixer *mixer,
                                       const mixc_bundle_word *args);

/** `stream` is the driver's own, whose work comes first. */
int32_t mixc_bundle_gpu_launch(const mixc_bundle_mixer *mixer, const mixc_bundle_word *args,
                               void *workspace, void *stream);

const char *mixc_bundle_gpu_error(const mixc_bundle_mixer *mixer, int32_t code);

#endif /* MIXC_LOWERING_BUNDLE_LAUNCHER_H */
