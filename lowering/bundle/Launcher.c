/*===- Launcher.c - the functions behind those of a bundle ----------------===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Compiled to bitcode when mixc is built, and linked into every bundle: where the tables of one
 * mixer are known, little is left of it. Calls nothing of the C library.
 *
 *===----------------------------------------------------------------------===*/

#include "lowering/bundle/Launcher.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

typedef mixc_bundle_word word;

static int64_t round_up(int64_t bytes) {
  return (bytes + MIXC_BUNDLE_ALIGNMENT - 1) / MIXC_BUNDLE_ALIGNMENT * MIXC_BUNDLE_ALIGNMENT;
}

/*===----------------------------------------------------------------------===*
 * The processor
 *===----------------------------------------------------------------------===*/

#ifdef __x86_64__
static mixc_bundle_processor read_processor(void) {
  mixc_bundle_processor words = {0};
  uint32_t eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
    words.leaf1_ecx = ecx;
    if (ecx & bit_OSXSAVE)
      __asm__("xgetbv" : "=a"(words.xcr0), "=d"(edx) : "c"(0));
  }
  if (__get_cpuid_count(7, 0, &eax, &words.leaf7_ebx, &words.leaf7_ecx, &words.leaf7_edx) &&
      eax >= 1)
    __get_cpuid_count(7, 1, &words.leaf7_1_eax, &ebx, &ecx, &words.leaf7_1_edx);
  __get_cpuid(0x80000001, &eax, &ebx, &words.extended_ecx, &edx);
  return words;
}
#endif

int32_t mixc_bundle_processor_check(const mixc_bundle_mixer *mixer) {
#ifdef __x86_64__
  /* Asked once: the answer never changes, and on a virtual machine it takes microseconds. */
  static _Atomic int32_t known = -1;
  int32_t code = known;
  if (code < 0) {
    const mixc_bundle_processor have = read_processor();
    const uint32_t *want = &mixer->processor.leaf1_ecx, *has = &have.leaf1_ecx;
    code = MIXC_BUNDLE_DONE;
    for (size_t k = 0; k < sizeof have / sizeof *has; ++k)
      if (want[k] & ~has[k])
        code = MIXC_BUNDLE_OTHER_PROCESSOR;
    known = code;
  }
  return code;
#else
  (void)mixer;
  return MIXC_BUNDLE_DONE;
#endif
}

/*===----------------------------------------------------------------------===*
 * Sizes
 *===----------------------------------------------------------------------===*/

static int64_t count_given(const mixc_bundle_mixer *mixer) {
  int64_t given = 0;
  for (int32_t k = 0; k < mixer->num_extents; ++k)
    given += !mixer->extents[k].derived;
  return given;
}

int32_t mixc_bundle_read_sizes(const mixc_bundle_mixer *mixer, const word *args, int64_t *extents,
                               int64_t *sizes) {
  for (int32_t k = 0; k < mixer->num_extents; ++k) {
    if (mixer->extents[k].derived)
      continue;
    extents[k] = args++->integer;
    if (extents[k] < 0)
      return mixer->extents[k].code;
  }
  return mixer->sizes(extents, sizes) ? MIXC_BUNDLE_TOO_LARGE : MIXC_BUNDLE_DONE;
}

/* Makes a tensor dense in the order of its axes. */
static int32_t set_dense(const mixc_bundle_tensor *tensor, const mixc_bundle_axis *axes, word *at,
                         const int64_t *sizes) {
  word *shape = at + 1, *strides = shape + tensor->rank;
  int64_t stride = 1;
  for (int32_t k = tensor->rank; k-- > 0;) {
    int32_t axis = axes[k].order;
    shape[axis].integer = sizes[axis];
    strides[axis].integer = stride;
    /* A stride counts no axis without elements, so that it is never 0. */
    if (__builtin_mul_overflow(stride, sizes[axis] > 1 ? sizes[axis] : 1, &stride))
      return MIXC_BUNDLE_TOO_LARGE;
  }
  return MIXC_BUNDLE_DONE;
}

static int32_t set_all_dense(const mixc_bundle_mixer *mixer, word *args, int outputs_only) {
  int64_t extents[mixer->num_extents + 1], sizes[mixer->num_axes + 1];
  int32_t code = mixc_bundle_read_sizes(mixer, args, extents, sizes);
  word *at = args + count_given(mixer);
  const mixc_bundle_axis *axes = mixer->axes;
  const int64_t *size = sizes;
  for (int32_t t = 0; t < mixer->num_tensors && !code; ++t) {
    const mixc_bundle_tensor *tensor = &mixer->tensors[t];
    if (tensor->output || !outputs_only)
      code = set_dense(tensor, axes, at, size);
    at += 1 + 2 * tensor->rank;
    axes += tensor->rank;
    size += tensor->rank;
  }
  return code;
}

int32_t mixc_bundle_dense(const mixc_bundle_mixer *mixer, word *args) {
  return args ? set_all_dense(mixer, args, 0) : MIXC_BUNDLE_NO_ARGUMENTS;
}

int32_t mixc_bundle_bind(const mixc_bundle_mixer *mixer, word *args) {
  if (!args)
    return MIXC_BUNDLE_NO_ARGUMENTS;
  word *given[mixer->num_extents + 1], *next = args;
  for (int32_t k = 0; k < mixer->num_extents; ++k)
    given[k] = mixer->extents[k].derived ? NULL : next++;
  /* The first axis that has an extent's size gives it; `check` compares the others. */
  const mixc_bundle_axis *axes = mixer->axes;
  for (int32_t t = 0; t < mixer->num_tensors; ++t) {
    const mixc_bundle_tensor *tensor = &mixer->tensors[t];
    int is_there = !tensor->output && !(tensor->optional && !next->data);
    for (int32_t axis = 0; axis < tensor->rank && is_there; ++axis) {
      int32_t extent = axes[axis].extent;
      if (extent < 0 || !given[extent])
        continue;
      given[extent]->integer = next[1 + axis].integer;
      given[extent] = NULL;
    }
    next += 1 + 2 * tensor->rank;
    axes += tensor->rank;
  }
  return set_all_dense(mixer, args, 1);
}

/*===----------------------------------------------------------------------===*
 * Checks
 *===----------------------------------------------------------------------===*/

static uint64_t magnitude(int64_t stride) {
  return stride < 0 ? 0 - (uint64_t)stride : (uint64_t)stride;
}

/* Whether the elements of a tensor lie less than 2^63 bytes apart and, with `apart`, each in a
 * place of its own: then an axis, the smallest strides first, steps over all that the axes before
 * it reach. */
static int strides_fit(int32_t rank, const word *shape, const word *strides, uint64_t element,
                       int apart) {
  int32_t order[rank + 1];
  for (int32_t k = 0; k < rank; ++k) {
    int32_t place = k;
    for (;
         place > 0 && magnitude(strides[order[place - 1]].integer) > magnitude(strides[k].integer);
         --place)
      order[place] = order[place - 1];
    order[place] = k;
  }
  uint64_t reach = 0;
  for (int32_t k = 0; k < rank; ++k) {
    uint64_t stride = magnitude(strides[order[k]].integer), steps, far;
    if (shape[order[k]].integer == 1)
      continue;
    if (apart && stride <= reach)
      return 0;
    steps = (uint64_t)shape[order[k]].integer - 1;
    if (__builtin_mul_overflow(stride, steps, &far) || __builtin_add_overflow(reach, far, &reach))
      return 0;
  }
  return !__builtin_mul_overflow(reach, element, &reach) && reach <= INT64_MAX - element;
}

static int is_empty(const mixc_bundle_tensor *tensor, const word *at) {
  for (int32_t axis = 0; axis < tensor->rank; ++axis)
    if (at[1 + axis].integer == 0)
      return 1;
  return 0;
}

static int32_t check_tensor(const mixc_bundle_tensor *tensor, const mixc_bundle_axis *axes,
                            const word *at, const int64_t *sizes) {
  if (tensor->optional && !at->data)
    return MIXC_BUNDLE_DONE;
  for (int32_t axis = 0; axis < tensor->rank; ++axis)
    if (at[1 + axis].integer != sizes[axis])
      return axes[axis].code;
  if (is_empty(tensor, at))
    return MIXC_BUNDLE_DONE;
  if (!at->data)
    return tensor->no_data;
  if ((uintptr_t)at->data % (uintptr_t)tensor->alignment)
    return tensor->misaligned;
  if (!strides_fit(tensor->rank, at + 1, at + 1 + tensor->rank, (uint64_t)tensor->element,
                   tensor->output))
    return tensor->strides;
  return MIXC_BUNDLE_DONE;
}

/* Checks the tensors of a call and makes the views of its plan. */
static int32_t read_tensors(const mixc_bundle_mixer *mixer, const word *args, const int64_t *sizes,
                            mixc_view *views) {
  const word *at = args + count_given(mixer);
  const mixc_bundle_axis *axes = mixer->axes;
  int32_t code = MIXC_BUNDLE_DONE;
  for (int32_t t = 0; t < mixer->num_tensors && !code; ++t) {
    const mixc_bundle_tensor *tensor = &mixer->tensors[t];
    code = check_tensor(tensor, axes, at, sizes);
    /* The words of shape and strides are the integers themselves. */
    views[t].data = at->data;
    views[t].extents = &at[1].integer;
    views[t].strides = &at[1 + tensor->rank].integer;
    for (int32_t other = 0; other < t && !code; ++other)
      if ((tensor->output || mixer->tensors[other].output) && at->data == views[other].data &&
          at->data && !is_empty(tensor, at) &&
          !is_empty(&mixer->tensors[other], (const word *)views[other].extents - 1))
        code = (tensor->output ? tensor : &mixer->tensors[other])->shared;
    at += 1 + 2 * tensor->rank;
    axes += tensor->rank;
    sizes += tensor->rank;
  }
  return code;
}

int32_t mixc_bundle_read_call(const mixc_bundle_mixer *mixer, const word *args, int64_t *extents,
                              int64_t *sizes, mixc_view *views) {
  if (!args)
    return MIXC_BUNDLE_NO_ARGUMENTS;
  int32_t code = mixc_bundle_read_sizes(mixer, args, extents, sizes);
  return code ? code : read_tensors(mixer, args, sizes, views);
}

/* All that is known before a launch. */
static int32_t read_and_check(const mixc_bundle_mixer *mixer, const word *args, int64_t *extents,
                              int64_t *sizes, mixc_view *views) {
  int32_t code = mixc_bundle_read_call(mixer, args, extents, sizes, views);
  if (code)
    return code;
  /* Conditions read scalars: those of the caller's own memory. */
  const mixc_host host = {.launch = NULL};
  int32_t condition = mixer->conditions(views, extents, NULL, &host);
  return condition ? mixer->conditions_code + condition - 1 : MIXC_BUNDLE_DONE;
}

int32_t mixc_bundle_check(const mixc_bundle_mixer *mixer, const word *args) {
  int64_t extents[mixer->num_extents + 1], sizes[mixer->num_axes + 1];
  mixc_view views[mixer->num_tensors];
  return read_and_check(mixer, args, extents, sizes, views);
}

const char *mixc_bundle_error(const mixc_bundle_mixer *mixer, int32_t code) {
  if (code < 0)
    return "the host's parallel_for has failed";
  return code < mixer->num_texts ? mixer->texts[code] : "no error of this bundle";
}

/*===----------------------------------------------------------------------===*
 * Launch
 *===----------------------------------------------------------------------===*/

static int32_t count_pieces(const mixc_bundle_host *host) {
  return host && host->parallel_for && host->pieces > 1 ? host->pieces : 1;
}

/* The bytes of a workspace: temporaries, then the scratch of each piece. */
static int32_t workspace_bytes(const mixc_bundle_mixer *mixer, const int64_t *extents,
                               int32_t pieces, int64_t *temporaries, int64_t *scratch,
                               int64_t *bytes) {
  *temporaries = mixer->temporaries(extents);
  *scratch = mixer->scratch(extents);
  if (*temporaries < 0 || *temporaries > INT64_MAX - MIXC_BUNDLE_ALIGNMENT || *scratch < 0 ||
      *scratch > INT64_MAX - MIXC_BUNDLE_ALIGNMENT)
    return MIXC_BUNDLE_TOO_LARGE;
  *temporaries = round_up(*temporaries);
  *scratch = round_up(*scratch);
  return __builtin_mul_overflow(*scratch, pieces, bytes) ||
                 __builtin_add_overflow(*bytes, *temporaries, bytes)
             ? MIXC_BUNDLE_TOO_LARGE
             : MIXC_BUNDLE_DONE;
}

int64_t mixc_bundle_workspace_size(const mixc_bundle_mixer *mixer, const word *args,
                                   const mixc_bundle_host *host) {
  int64_t extents[mixer->num_extents + 1], sizes[mixer->num_axes + 1];
  int64_t temporaries, scratch, bytes = 0;
  int32_t code =
      args ? mixc_bundle_read_sizes(mixer, args, extents, sizes) : MIXC_BUNDLE_NO_ARGUMENTS;
  if (!code)
    code = workspace_bytes(mixer, extents, count_pieces(host), &temporaries, &scratch, &bytes);
  return code ? -(int64_t)code : bytes;
}

/* The host of a plan: cuts its kernels into pieces for the threads that were lent. */
typedef struct running {
  mixc_host host; /* first: the plan hands its address back */
  const mixc_bundle_host *lent;
  int32_t pieces;
  char *scratch;
  int64_t scratch_bytes; /* of a piece */
} running;

typedef struct cut_kernel {
  const running *run;
  mixc_kernel kernel;
  const mixc_view *views;
  const int64_t *scalars;
  int64_t points;
  int32_t pieces;
} cut_kernel;

static void run_piece(void *data, int32_t k) {
  const cut_kernel *cut = (const cut_kernel *)data;
  int64_t each = cut->points / cut->pieces, more = cut->points % cut->pieces;
  int64_t begin = each * k + (k < more ? k : more);
  cut->kernel(cut->views, cut->scalars, begin, begin + each + (k < more),
              cut->run->scratch + k * cut->run->scratch_bytes);
}

static int32_t run_kernel(const mixc_host *host, mixc_kernel kernel, const mixc_view *views,
                          const int64_t *scalars, int64_t points, int64_t scratch_bytes) {
  const running *run = (const running *)host;
  (void)scratch_bytes; /* at most `run->scratch_bytes` */
  cut_kernel cut = {run, kernel, views, scalars, points, run->pieces};
  if (points < cut.pieces)
    cut.pieces = (int32_t)points;
  if (cut.pieces > 1)
    return run->lent->parallel_for(run->lent->context, cut.pieces, run_piece, &cut);
  run_piece(&cut, 0);
  return 0;
}

int32_t mixc_bundle_launch(const mixc_bundle_mixer *mixer, const word *args, void *workspace,
                           const mixc_bundle_host *host) {
  int64_t extents[mixer->num_extents + 1], sizes[mixer->num_axes + 1];
  mixc_view views[mixer->num_tensors];
  int64_t temporaries, bytes;
  running run = {.host = {.launch = run_kernel}, .lent = host, .pieces = count_pieces(host)};
  int32_t code = read_and_check(mixer, args, extents, sizes, views);
  if (!code)
    code = workspace_bytes(mixer, extents, run.pieces, &temporaries, &run.scratch_bytes, &bytes);
  if (code)
    return code;

  void *allocated = NULL;
  if (!workspace && bytes > 0) {
    if (!host || !host->allocate || !host->release)
      return MIXC_BUNDLE_NO_WORKSPACE;
    workspace = allocated = host->allocate(host->context, (size_t)bytes, MIXC_BUNDLE_ALIGNMENT);
    if (!workspace)
      return MIXC_BUNDLE_OUT_OF_MEMORY;
  }
  if ((uintptr_t)workspace % MIXC_BUNDLE_ALIGNMENT) {
    code = MIXC_BUNDLE_WORKSPACE_ALIGNMENT;
  } else {
    run.scratch = (char *)workspace + temporaries;
    code = mixer->plan(views, extents, workspace, &run.host);
    /* The conditions held: what is left are the host's own numbers. */
  }
  if (allocated)
    host->release(host->context, allocated);
  return code;
}
