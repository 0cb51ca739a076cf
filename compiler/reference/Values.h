//===- Values.h - tensors during an evaluation ------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every tensor of a mixer is held in the type that bodies compute with, row-major, so that a read
// is a load. Elements narrower than f32 and integers are rounded when they are put in; f32 itself
// is rounded (where Real is double) only when an output leaves.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_VALUES_H
#define MIXC_COMPILER_REFERENCE_VALUES_H

#include "compiler/reference/Binding.h"
#include "compiler/reference/Slot.h"
#include "compiler/reference/Tensor.h"

#include <vector>

namespace mixc::reference {

struct Axis {
  int64_t lower, size, stride;
};

struct Values {
  std::string name;
  /// What elements are rounded to; of complex<f64>, which no host tensor holds, that of its parts.
  Element element = Element::F32;
  Kind kind = Kind::Single;
  llvm::SmallVector<Axis> axes;
  /// The storage: f64, f32, i64 or bool; complex values have an axis of two at the end.
  HostTensor wide;
  /// Which points have a value; empty where all have one. Histories of recurrences fill up step by
  /// step.
  std::vector<uint8_t> defined;

  template <typename T> T *data() const { return reinterpret_cast<T *>(wide.data); }

  int64_t numPoints() const;

  bool isComplex() const { return kind == Kind::ComplexSingle || kind == Kind::ComplexDouble; }

  bool isDefined(int64_t offset) const { return defined.empty() || defined[offset]; }

  /// The offset of a point; -1, and the axis at fault in `badAxis`, where it is out of bounds.
  int64_t offsetOf(llvm::ArrayRef<int64_t> point, unsigned &badAxis) const;
};

/// A tensor of this type whose contents are to be written. `old` is reused where it has the same
/// shape.
template <typename Real>
llvm::Error allocateValues(Values &old, llvm::StringRef name, mixer::MixerTensorType type,
                           llvm::ArrayRef<int64_t> extents, mlir::Location location);

/// Widens an argument, whose shape and element have been checked.
template <typename Real>
llvm::Expected<Values> valuesFromHost(const HostTensor &tensor, llvm::StringRef name,
                                      mixer::MixerTensorType type, llvm::ArrayRef<int64_t> extents,
                                      mlir::Location location);

/// A tensor of the element type, rounded once. Not for complex<f64>.
template <typename Real> llvm::Expected<HostTensor> valuesToHost(const Values &values);

/// `value` as it is after it has been stored in `element`, but f32 stays wide.
template <typename T> T roundStored(Element element, T value) {
  std::byte stored[8];
  if constexpr (std::is_same_v<T, int64_t>) {
    if (element == Element::I64)
      return value;
    encodeInt(element, value, stored);
    return decodeInt(element, stored);
  } else if constexpr (isComplexType<T>) {
    return value;
  } else {
    if (element == Element::F32 || element == Element::F64)
      return value;
    encode(element, value, stored);
    return static_cast<T>(decode(element, stored));
  }
}

/// Puts a scalar of the tensor's kind at `offset`, rounded to the element.
template <typename Real> void store(Values &values, int64_t offset, const Slot &slot) {
  if (values.kind == Kind::Bool) {
    values.data<uint8_t>()[offset] = slot.integer != 0;
    return;
  }
  withScalar<Real>(values.kind, [&](auto type) {
    using T = decltype(type);
    values.data<T>()[offset] = roundStored(values.element, slot.as<T>());
  });
}

/// The scalar at `offset`.
template <typename Real> void load(const Values &values, int64_t offset, Slot &slot) {
  if (values.kind == Kind::Bool) {
    slot.integer = values.data<uint8_t>()[offset];
    return;
  }
  withScalar<Real>(values.kind, [&](auto type) {
    using T = decltype(type);
    slot.as<T>() = values.data<T>()[offset];
  });
}

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_VALUES_H
