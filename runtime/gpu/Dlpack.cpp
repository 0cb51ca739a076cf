//===- Dlpack.cpp - tensors of other libraries ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/include/mixc/dlpack.h"
#include "runtime/gpu/Interface.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>

using namespace mixc::runtime::gpu;

static_assert(sizeof(mixc_dl_tensor) == 48 && offsetof(mixc_dl_tensor, shape) == 24 &&
                  offsetof(mixc_dl_tensor, type_code) == 20,
              "the layout of DLPack on machines with 64 bits");

namespace {

/// DLPack's numbers of memories and of types.
enum Memory { Host = 1, Cuda = 2, CudaPinned = 3, Rocm = 10, RocmPinned = 11, CudaManaged = 13 };
enum Code : uint8_t { Signed, Unsigned, Float, Bfloat = 4, Complex, Bool, E4m3 = 10, E5m2 = 12 };

struct Element {
  const char *name;
  Code code;
  uint8_t bits;
  /// What drivers and processors want: that of a complex number's parts.
  uint8_t alignment;
};
constexpr Element elements[] = {
    {"bool", Bool, 8, 1},   {"i8", Signed, 8, 1},    {"i16", Signed, 16, 2},
    {"i32", Signed, 32, 4}, {"i64", Signed, 64, 8},  {"u8", Unsigned, 8, 1},
    {"f16", Float, 16, 2},  {"bf16", Bfloat, 16, 2}, {"f32", Float, 32, 4},
    {"f64", Float, 64, 8},  {"c64", Complex, 64, 4}, {"f8e4m3", E4m3, 8, 1},
    {"f8e5m2", E5m2, 8, 1}, {"i4", Signed, 8, 1}};

const Element *elementOf(int32_t number) {
  return number >= 0 && static_cast<size_t>(number) < std::size(elements) ? &elements[number]
                                                                          : nullptr;
}

std::string typeText(const mixc_dl_tensor &tensor) {
  for (const Element &element : elements)
    if (element.code == tensor.type_code && element.bits == tensor.type_bits)
      return element.name;
  return "code " + std::to_string(tensor.type_code) + " of " + std::to_string(tensor.type_bits) +
         " bits";
}

bool isOf(const mixc_dl_tensor &tensor, const mixc_device *device) {
  if (!device)
    return tensor.device_type == Host || tensor.device_type == CudaPinned ||
           tensor.device_type == RocmPinned;
  bool isNvidia = device->gpu->vendor() == Vendor::Nvidia;
  // Managed memory is that of all devices.
  if (isNvidia && tensor.device_type == CudaManaged)
    return true;
  return tensor.device_type == (isNvidia ? Cuda : Rocm) &&
         tensor.device_id == device->gpu->number();
}

uint64_t magnitude(int64_t stride) {
  return stride < 0 ? 0 - static_cast<uint64_t>(stride) : static_cast<uint64_t>(stride);
}

/// Whether the elements of a tensor that has some lie less than 2^63 bytes apart and, with `apart`,
/// each in a place of its own: then an axis, the smallest strides first, steps over all that the
/// axes before it reach.
bool stridesFit(const mixc_tensor &tensor, uint64_t bytes, bool apart) {
  int order[MIXC_MAX_RANK];
  std::iota(order, order + tensor.rank, 0);
  std::sort(order, order + tensor.rank, [&](int a, int b) {
    return magnitude(tensor.strides[a]) < magnitude(tensor.strides[b]);
  });
  uint64_t reach = 0;
  for (int axis : std::span(order, static_cast<size_t>(tensor.rank))) {
    uint64_t stride = magnitude(tensor.strides[axis]), far = 0;
    if (tensor.extents[axis] == 1)
      continue;
    if (apart && stride <= reach)
      return false;
    if (__builtin_mul_overflow(stride, static_cast<uint64_t>(tensor.extents[axis]) - 1, &far) ||
        __builtin_add_overflow(reach, far, &reach))
      return false;
  }
  return !__builtin_mul_overflow(reach, bytes, &reach) && reach <= INT64_MAX - bytes;
}

/// Fills strides of dense memory; false where they don't fit.
bool setDense(mixc_tensor &tensor) {
  int64_t stride = 1;
  for (int32_t axis = tensor.rank; axis-- > 0;) {
    tensor.strides[axis] = stride;
    if (__builtin_mul_overflow(stride, std::max<int64_t>(1, tensor.extents[axis]), &stride))
      return false;
  }
  return true;
}

/// A text of what is wrong with `from`, or `tensor`.
std::optional<std::string> read(const mixc_dl_tensor &from, const mixc_device *device,
                                int32_t number, bool writes, mixc_tensor &tensor) {
  const Element *element = elementOf(number);
  if (!element)
    return "there is no element type " + std::to_string(number);
  if (!isOf(from, device))
    return "the tensor is in memory of type " + std::to_string(from.device_type) + ", device " +
           std::to_string(from.device_id) + ", not in that of the " + (device ? "device" : "host");
  if (from.type_code != element->code || from.type_bits != element->bits)
    return "the tensor has elements of type " + typeText(from) + ", not " + element->name;
  if (from.type_lanes != 1)
    return "the tensor has vectors of " + std::to_string(from.type_lanes) + " as elements";
  if (from.ndim < 0 || from.ndim > MIXC_MAX_RANK || (from.ndim > 0 && !from.shape))
    return "the tensor has " + std::to_string(from.ndim) + " axes" +
           (from.shape ? "" : " and no shape");
  tensor.element = number;
  tensor.rank = from.ndim;
  bool isEmpty = false;
  for (int32_t axis = 0; axis < from.ndim; ++axis) {
    if (from.shape[axis] < 0)
      return "axis " + std::to_string(axis) + " has the negative size " +
             std::to_string(from.shape[axis]);
    tensor.extents[axis] = from.shape[axis];
    isEmpty |= from.shape[axis] == 0;
  }
  if (from.strides)
    std::copy_n(from.strides, from.ndim, tensor.strides);
  else if (!setDense(tensor))
    return "the shape of the tensor does not fit 64 bits";
  tensor.data = static_cast<char *>(from.data) + (from.data ? from.byte_offset : 0);
  if (isEmpty)
    return std::nullopt;
  if (!from.data)
    return "the tensor has elements and no data";
  if (reinterpret_cast<uintptr_t>(tensor.data) % element->alignment)
    return "the data of the tensor is not aligned to " + std::to_string(element->alignment) +
           " bytes";
  if (!stridesFit(tensor, element->bits / 8, writes))
    return std::string("the strides of the tensor ") +
           (writes ? "put two elements into one place, or do not fit 64 bits"
                   : "do not fit 64 bits");
  return std::nullopt;
}

int32_t borrow(const mixc_dl_tensor &from, const mixc_device *device, int32_t element,
               int32_t access, mixc_tensor *tensor) {
  if (access != MIXC_READ && access != MIXC_WRITE)
    return fail(MIXC_BAD_ARGUMENT, "there is no access " + std::to_string(access));
  mixc_tensor result = {};
  if (auto wrong = read(from, device, element, access == MIXC_WRITE, result))
    return fail(MIXC_BAD_ARGUMENT, *wrong);
  *tensor = result;
  return MIXC_DONE;
}

/// What was lent, with the arrays that it points to.
template <typename Managed> struct Lent {
  Managed managed;
  int64_t shape[MIXC_MAX_RANK], strides[MIXC_MAX_RANK];
  void (*release)(void *context);
  void *context;
};

template <typename Managed>
int32_t lend(const mixc_tensor *tensor, const mixc_device *device, void (*release)(void *),
             void *context, Managed **lent) {
  if (!tensor || !lent)
    return fail(MIXC_BAD_ARGUMENT, "the tensor, or the place for what is lent, is null");
  const Element *element = elementOf(tensor->element);
  if (!element || tensor->rank < 0 || tensor->rank > MIXC_MAX_RANK)
    return fail(MIXC_BAD_ARGUMENT, "the tensor has no element type, or too many axes");
  auto *owner = new Lent<Managed>{};
  owner->release = release;
  owner->context = context;
  std::copy_n(tensor->extents, tensor->rank, owner->shape);
  std::copy_n(tensor->strides, tensor->rank, owner->strides);
  int32_t type = !device ? Host : device->gpu->vendor() == Vendor::Nvidia ? Cuda : Rocm;
  owner->managed.tensor = {tensor->data,     type,          device ? device->gpu->number() : 0,
                           tensor->rank,     element->code, element->bits,
                           /*lanes=*/1,      owner->shape,  owner->strides,
                           /*byte_offset=*/0};
  owner->managed.context = owner;
  owner->managed.deleter = [](Managed *self) {
    auto *owner = static_cast<Lent<Managed> *>(self->context);
    if (owner->release)
      owner->release(owner->context);
    delete owner;
  };
  *lent = &owner->managed;
  return MIXC_DONE;
}

} // namespace

int32_t mixc::runtime::gpu::elementNumber(std::string_view name) {
  for (const Element &element : elements)
    if (element.name == name)
      return static_cast<int32_t>(&element - elements);
  return -1;
}

std::string mixc::runtime::gpu::elementName(int32_t number) {
  const Element *element = elementOf(number);
  return element ? element->name : "number " + std::to_string(number) + ", which is none";
}

int32_t mixc_tensor_borrow(const mixc_dl_managed *from, const mixc_device *device, int32_t element,
                           int32_t access, mixc_tensor *tensor) {
  if (!from || !tensor)
    return fail(MIXC_BAD_ARGUMENT, "mixc_tensor_borrow: an argument is null");
  return borrow(from->tensor, device, element, access, tensor);
}

int32_t mixc_tensor_borrow_versioned(const mixc_dl_versioned *from, const mixc_device *device,
                                     int32_t element, int32_t access, mixc_tensor *tensor) {
  if (!from || !tensor)
    return fail(MIXC_BAD_ARGUMENT, "mixc_tensor_borrow_versioned: an argument is null");
  // What lies behind the version may lie elsewhere in another one.
  if (from->major != 1)
    return fail(MIXC_BAD_ARGUMENT, "the tensor is of DLPack " + std::to_string(from->major) + "." +
                                       std::to_string(from->minor) + ", 1 is known");
  constexpr uint64_t readOnly = 1;
  if (access == MIXC_WRITE && (from->flags & readOnly))
    return fail(MIXC_BAD_ARGUMENT, "the tensor is for reading only");
  return borrow(from->tensor, device, element, access, tensor);
}

int32_t mixc_tensor_lend(const mixc_tensor *tensor, const mixc_device *device,
                         void (*release)(void *context), void *context, mixc_dl_managed **lent) {
  return lend(tensor, device, release, context, lent);
}

int32_t mixc_tensor_lend_versioned(const mixc_tensor *tensor, const mixc_device *device,
                                   void (*release)(void *context), void *context,
                                   mixc_dl_versioned **lent) {
  int32_t failed = lend(tensor, device, release, context, lent);
  if (!failed)
    (*lent)->major = 1;
  return failed;
}
