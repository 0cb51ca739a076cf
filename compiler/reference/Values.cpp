//===- Values.cpp - tensors during an evaluation --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Values.h"

#include "compiler/reference/EvaluationError.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;
using llvm::Error;
using llvm::Expected;

int64_t Values::numPoints() const {
  int64_t count = 1;
  for (const Axis &axis : axes)
    count *= axis.size;
  return count;
}

int64_t Values::offsetOf(ArrayRef<int64_t> point, unsigned &badAxis) const {
  int64_t offset = 0;
  for (auto [k, axis] : llvm::enumerate(axes)) {
    // In unsigned arithmetic one comparison covers both bounds.
    uint64_t distance = static_cast<uint64_t>(point[k]) - static_cast<uint64_t>(axis.lower);
    if (distance >= static_cast<uint64_t>(axis.size)) {
      badAxis = k;
      return -1;
    }
    offset += static_cast<int64_t>(distance) * axis.stride;
  }
  return offset;
}

/// The element that holds `kind` in memory, complex numbers as two of it.
template <typename Real> static Element storageElement(Kind kind) {
  switch (kind) {
  case Kind::Single:
  case Kind::ComplexSingle:
    return std::is_same_v<Real, float> ? Element::F32 : Element::F64;
  case Kind::Integer:
    return Element::I64;
  case Kind::Bool:
    return Element::Bool;
  default:
    return Element::F64;
  }
}

/// Sets everything but the storage; the shape of the storage is returned.
static Expected<SmallVector<int64_t>> describe(Values &values, StringRef name,
                                               mixer::MixerTensorType type,
                                               ArrayRef<int64_t> extents, Location location) {
  Kind kind = *scalarKind(type.getComputeType());
  std::optional<Element> element = kind == Kind::ComplexDouble
                                       ? Element::F64
                                       : parseElement(mixer::elementName(type.getElement()));
  if (!element)
    return evaluationError(location, "`" + name + "` has an element type without a host form");
  Expected<SmallVector<AxisRange>> ranges = axisRanges(type, extents, location);
  if (!ranges)
    return ranges.takeError();
  values.name = name.str();
  values.element = *element;
  values.kind = kind;
  SmallVector<int64_t> shape;
  for (const AxisRange &range : *ranges)
    shape.push_back(range.size);
  SmallVector<int64_t> stored = shape;
  if (values.isComplex())
    stored.push_back(2);
  // Before strides are computed, the size must be known to fit.
  if (Expected<int64_t> bytes = checkedByteSize(Element::F64, stored); !bytes)
    return bytes.takeError();
  values.axes.clear();
  for (auto [range, stride] : llvm::zip_equal(*ranges, rowMajorStrides(shape)))
    values.axes.push_back({range.lower, range.size, stride});
  return stored;
}

template <typename Real>
Error mixc::reference::allocateValues(Values &old, StringRef name, mixer::MixerTensorType type,
                                      ArrayRef<int64_t> extents, Location location) {
  Expected<SmallVector<int64_t>> shape = describe(old, name, type, extents, location);
  if (!shape)
    return shape.takeError();
  old.defined.clear();
  Element storage = storageElement<Real>(old.kind);
  if (old.wide.data && old.wide.shape == *shape && old.wide.element == storage)
    return Error::success();
  Expected<HostTensor> wide = HostTensor::makeUninitialized(storage, *shape);
  if (!wide)
    return wide.takeError();
  old.wide = std::move(*wide);
  return Error::success();
}

template <typename Real>
Expected<Values> mixc::reference::valuesFromHost(const HostTensor &tensor, StringRef name,
                                                 mixer::MixerTensorType type,
                                                 ArrayRef<int64_t> extents, Location location) {
  Values values;
  Expected<SmallVector<int64_t>> shape = describe(values, name, type, extents, location);
  if (!shape)
    return shape.takeError();
  Element storage = storageElement<Real>(values.kind);
  // An argument that has the form already is shared: it is only read.
  Expected<HostTensor> dense =
      tensor.isContiguous() ? Expected<HostTensor>(tensor) : tensor.contiguous();
  if (!dense)
    return dense.takeError();
  if (values.isComplex()) {
    // The same bytes, seen as pairs of f32.
    dense->element = Element::F32;
    dense->shape = *shape;
    dense->strides = rowMajorStrides(*shape);
  }
  // A bool may be any byte before it is converted.
  if (dense->element != storage || storage == Element::Bool)
    dense = dense->converted(storage);
  if (!dense)
    return dense.takeError();
  values.wide = std::move(*dense);
  return values;
}

template <typename Real> Expected<HostTensor> mixc::reference::valuesToHost(const Values &values) {
  if (!values.isComplex())
    return values.wide.converted(values.element);
  Expected<HostTensor> pairs = values.wide.converted(Element::F32);
  if (!pairs)
    return pairs;
  pairs->element = Element::C64;
  pairs->shape.pop_back();
  pairs->strides = rowMajorStrides(pairs->shape);
  return pairs;
}

#define MIXC_INSTANTIATE(REAL)                                                                     \
  template Error mixc::reference::allocateValues<REAL>(                                            \
      Values &, StringRef, mixer::MixerTensorType, ArrayRef<int64_t>, Location);                   \
  template Expected<Values> mixc::reference::valuesFromHost<REAL>(                                 \
      const HostTensor &, StringRef, mixer::MixerTensorType, ArrayRef<int64_t>, Location);         \
  template Expected<HostTensor> mixc::reference::valuesToHost<REAL>(const Values &);
MIXC_INSTANTIATE(float)
MIXC_INSTANTIATE(double)
#undef MIXC_INSTANTIATE
