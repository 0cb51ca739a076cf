/*===- mixc/dlpack.h - tensors of other libraries, from C ---------*- C -*-===*
 *
 * Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * DLPack is how libraries of arrays hand each other their memory (https://dmlc.github.io/dlpack,
 * versions 0.8 and 1). Its structures are declared here under names of our own, so that a program
 * may include DLPack's header as well; they have the same layout, and pointers to them are cast.
 *
 *     mixc_tensor x;
 *     if (mixc_tensor_borrow(managed, device, MIXC_F32, MIXC_READ, &x) != MIXC_DONE)
 *       fprintf(stderr, "%s\n", mixc_error_text());
 *     ... uses x.data, x.strides ...
 *     managed->deleter(managed);
 *
 *===----------------------------------------------------------------------===*/

#ifndef MIXC_DLPACK_H
#define MIXC_DLPACK_H

#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/*===----------------------------------------------------------------------===*
 * The layout of DLPack
 *===----------------------------------------------------------------------===*/

/** DLTensor. */
typedef struct mixc_dl_tensor {
  void *data;
  int32_t device_type; /**< 1: the host; 2: CUDA; 10: ROCm; 3, 11: their pinned memory of the host;
                            13: managed by CUDA */
  int32_t device_id;
  int32_t ndim;
  uint8_t type_code; /**< 0: signed, 1: unsigned, 2: float, 4: bfloat, 5: complex, 6: bool,
                          10, 12: f8e4m3 and f8e5m2 */
  uint8_t type_bits;
  uint16_t type_lanes;
  int64_t *shape;
  int64_t *strides; /**< in elements; before version 1.2 null where dense in the order of axes */
  uint64_t byte_offset;
} mixc_dl_tensor;

/** DLManagedTensor: what libraries before version 1 hand out. */
typedef struct mixc_dl_managed {
  mixc_dl_tensor tensor;
  void *context;
  /** Gives the tensor back; may be null. */
  void (*deleter)(struct mixc_dl_managed *self);
} mixc_dl_managed;

/** DLManagedTensorVersioned. */
typedef struct mixc_dl_versioned {
  uint32_t major, minor;
  void *context;
  void (*deleter)(struct mixc_dl_versioned *self);
  uint64_t flags; /**< bit 0: nobody may write; bit 1: a copy made for the receiver */
  mixc_dl_tensor tensor;
} mixc_dl_versioned;

/*===----------------------------------------------------------------------===*
 * In and out
 *===----------------------------------------------------------------------===*/

enum mixc_element {
  MIXC_BOOL,
  MIXC_I8,
  MIXC_I16,
  MIXC_I32,
  MIXC_I64,
  MIXC_U8,
  MIXC_F16,
  MIXC_BF16,
  MIXC_F32,
  MIXC_F64,
  MIXC_C64,
  MIXC_F8E4M3,
  MIXC_F8E5M2,
  MIXC_I4 /**< in a byte, -8 to 7 */
};

/** What is done with a tensor. */
enum mixc_access { MIXC_READ, MIXC_WRITE };

/** The most axes that a tensor has. */
#define MIXC_MAX_RANK 16

/** A tensor as kernels take it. */
typedef struct mixc_tensor {
  /** The element with all indices 0. */
  void *data;
  int32_t element;
  int32_t rank;
  int64_t extents[MIXC_MAX_RANK];
  /** In elements, of any sign. */
  int64_t strides[MIXC_MAX_RANK];
} mixc_tensor;

/** Makes `tensor` of what another library handed over, which stays its owner. Refused are: memory
 * that is not that of `device` (null: of the host), another element type, vectors as elements, data
 * that is missing or not aligned to an element, shapes and strides that do not fit 64 bits, or,
 * with MIXC_WRITE, that put two elements into one place. */
int32_t mixc_tensor_borrow(const mixc_dl_managed *from, const mixc_device *device, int32_t element,
                           int32_t access, mixc_tensor *tensor);

/** The same; refused are also major versions other than 1 and, with MIXC_WRITE, what nobody may
 * write. */
int32_t mixc_tensor_borrow_versioned(const mixc_dl_versioned *from, const mixc_device *device,
                                     int32_t element, int32_t access, mixc_tensor *tensor);

/** Hands `tensor`, in the memory of `device` (null: of the host), to another library, which calls
 * the deleter of what it gets when it is done: that calls `release`, unless it is null, with
 * `context`. */
int32_t mixc_tensor_lend(const mixc_tensor *tensor, const mixc_device *device,
                         void (*release)(void *context), void *context, mixc_dl_managed **lent);

/** The same, as version 1.0. */
int32_t mixc_tensor_lend_versioned(const mixc_tensor *tensor, const mixc_device *device,
                                   void (*release)(void *context), void *context,
                                   mixc_dl_versioned **lent);

#ifdef __cplusplus
}
#endif

#endif /* MIXC_DLPACK_H */
