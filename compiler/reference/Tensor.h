//===- Tensor.h - tensors in host memory ----------------------------------===//
//
// A view of typed host memory with a shape and strides. Copying a HostTensor
// copies the view: both share the storage, which lives as long as any view of
// it. What makes new storage says so and can fail, since sizes come from files
// and command lines.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_TENSOR_H
#define MIXC_COMPILER_REFERENCE_TENSOR_H

#include "compiler/reference/Element.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cassert>
#include <complex>
#include <cstddef>
#include <memory>
#include <string>

namespace mixc::reference {

/// The bytes every freshly made tensor starts aligned to: a cache line, and the
/// widest vector of the CPUs we compile for.
inline constexpr int64_t tensorAlignment = 64;

struct HostTensor {
  Element element = Element::F32;
  /// Extents, outermost first, each >= 0; empty for a scalar.
  llvm::SmallVector<int64_t> shape;
  /// Elements (not bytes) from one value to the next along each axis: 0 repeats
  /// one, a negative one walks backwards.
  llvm::SmallVector<int64_t> strides;
  /// Keeps `data` alive.
  std::shared_ptr<void> storage;
  /// The value at index 0, ..., 0; not the lowest address if a stride is
  /// negative.
  std::byte *data = nullptr;

  /// A new row-major tensor, all zero, aligned to 64 bytes. An error where an
  /// extent is negative, or the size overflows or cannot be allocated.
  static llvm::Expected<HostTensor> make(Element element, llvm::ArrayRef<int64_t> shape);

  /// As `make`, with unspecified contents: for what is written whole at once.
  static llvm::Expected<HostTensor> makeUninitialized(Element element,
                                                      llvm::ArrayRef<int64_t> shape);

  size_t rank() const { return shape.size(); }

  /// The product of the extents; `make` has checked that it fits.
  int64_t numElements() const;

  /// Bytes of the values, which is what a row-major copy takes.
  int64_t numBytes() const { return numElements() * byteSize(element); }

  /// Whether the values lie in row-major order without gaps.
  bool isContiguous() const;

  /// A new row-major copy, always with its own storage.
  llvm::Expected<HostTensor> contiguous() const;

  /// A new row-major copy with another element type, converted by the rules of
  /// `Element.h`.
  llvm::Expected<HostTensor> converted(Element to) const;

  /// Elements from `data` to the value at `index`, one subscript an axis.
  int64_t offsetOf(llvm::ArrayRef<int64_t> index) const {
    assert(index.size() == shape.size() && "one subscript an axis");
    int64_t offset = 0;
    for (size_t axis = 0; axis != index.size(); ++axis) {
      assert(index[axis] >= 0 && index[axis] < shape[axis] && "out of bounds");
      offset += index[axis] * strides[axis];
    }
    return offset;
  }

  /// Where the value at `index` is stored.
  std::byte *addressOf(llvm::ArrayRef<int64_t> index) const {
    return data + offsetOf(index) * byteSize(element);
  }

  double get(llvm::ArrayRef<int64_t> index) const { return decode(element, addressOf(index)); }
  int64_t getInt(llvm::ArrayRef<int64_t> index) const {
    return decodeInt(element, addressOf(index));
  }
  std::complex<double> getComplex(llvm::ArrayRef<int64_t> index) const {
    return decodeComplex(element, addressOf(index));
  }
  void set(llvm::ArrayRef<int64_t> index, double value) {
    encode(element, value, addressOf(index));
  }
  void setInt(llvm::ArrayRef<int64_t> index, int64_t value) {
    encodeInt(element, value, addressOf(index));
  }
  void setComplex(llvm::ArrayRef<int64_t> index, std::complex<double> value) {
    encodeComplex(element, value, addressOf(index));
  }
};

/// Elements from one value to the next along each axis of a row-major tensor.
/// An axis of extent 0 counts as 1, as in NumPy.
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// Bytes of a row-major tensor, or an error where an extent is negative or the
/// size does not fit 63 bits.
llvm::Expected<int64_t> checkedByteSize(Element element, llvm::ArrayRef<int64_t> shape);

/// `[2, 3]`, for messages.
std::string shapeString(llvm::ArrayRef<int64_t> shape);

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_TENSOR_H
