//===- StoredValues.h - tensor values as files hold them ------------------===//
//
// Files know types and byte orders that host tensors do not. Each is read into
// the narrowest element that holds its values:
//
//   in the file             in the host tensor
//   unsigned 16, 32 bits    i32, i64
//   unsigned 64 bits        i64; a value of 2^63 or more is an error
//   complex of two f64      c64 (two f32), rounded to nearest even
//   bool bytes beyond 1     1
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_STOREDVALUES_H
#define MIXC_COMPILER_REFERENCE_STOREDVALUES_H

#include "compiler/reference/FileBytes.h"
#include "compiler/reference/Tensor.h"

namespace mixc::reference {

struct StoredType {
  enum class Form { AsElement, WiderUnsigned, DoubleComplex };

  /// What host tensors hold it as.
  Element element;
  Form form;
  /// Bytes a value takes in the file.
  int64_t size;

  static constexpr StoredType same(Element element) {
    return {element, Form::AsElement, byteSize(element)};
  }
  static constexpr StoredType unsignedBits16() { return {Element::I32, Form::WiderUnsigned, 2}; }
  static constexpr StoredType unsignedBits32() { return {Element::I64, Form::WiderUnsigned, 4}; }
  static constexpr StoredType unsignedBits64() { return {Element::I64, Form::WiderUnsigned, 8}; }
  static constexpr StoredType complexOfDoubles() { return {Element::C64, Form::DoubleComplex, 16}; }
};

/// A new row-major tensor with the values in `stored`, which lie in row-major
/// order. An error where `stored` is not exactly as long as the shape asks.
llvm::Expected<HostTensor> loadStored(const FileBytes &file, StoredType type,
                                      llvm::ArrayRef<int64_t> shape, llvm::StringRef stored,
                                      bool bigEndian);

/// `tensor` as a file can hold it: row-major, of an element that `same` covers
/// (`i4` becomes `i8`), bools 0 or 1. Shares the storage where nothing changes.
llvm::Expected<HostTensor> prepareToStore(const HostTensor &tensor);

/// The bytes of a row-major tensor.
inline llvm::StringRef bytesOf(const HostTensor &tensor) {
  assert(tensor.isContiguous());
  return {reinterpret_cast<const char *>(tensor.data), static_cast<size_t>(tensor.numBytes())};
}

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_STOREDVALUES_H
