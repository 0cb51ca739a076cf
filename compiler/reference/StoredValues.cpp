//===- StoredValues.cpp - tensor values as files hold them ----------------===//

#include "compiler/reference/StoredValues.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mixc::reference;
using llvm::ArrayRef;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

/// Reverses every `size` bytes.
static void swapBytes(std::byte *data, int64_t count, int64_t size) {
  for (int64_t i = 0; i != count; ++i)
    std::reverse(data + i * size, data + (i + 1) * size);
}

template <typename T> static T loadOrdered(const char *from, bool bigEndian) {
  return llvm::support::endian::read<T>(from, bigEndian ? llvm::endianness::big
                                                        : llvm::endianness::little);
}

static double loadDouble(const char *from, bool bigEndian) {
  return std::bit_cast<double>(loadOrdered<uint64_t>(from, bigEndian));
}

/// Widens unsigned values; `file` is for the one error.
template <typename Stored, typename Held>
static llvm::Error loadUnsigned(const FileBytes &file, HostTensor &tensor, const char *from,
                                bool bigEndian) {
  int64_t count = tensor.numElements();
  for (int64_t i = 0; i != count; ++i) {
    Stored value = loadOrdered<Stored>(from + i * sizeof(Stored), bigEndian);
    if constexpr (sizeof(Stored) == sizeof(Held))
      if (value >> (8 * sizeof(Stored) - 1))
        return file.error("unsigned value " + Twine(value) + " at position " + Twine(i) +
                          " does not fit i64, which such values are read as; "
                          "save the tensor as int64");
    Held held = static_cast<Held>(value);
    std::memcpy(tensor.data + i * sizeof(Held), &held, sizeof held);
  }
  return llvm::Error::success();
}

Expected<HostTensor> mixc::reference::loadStored(const FileBytes &file, StoredType type,
                                                 ArrayRef<int64_t> shape, StringRef stored,
                                                 bool bigEndian) {
  // A value of one byte: the size is the number of values.
  Expected<int64_t> count = checkedByteSize(Element::U8, shape);
  if (!count)
    return file.error(llvm::toString(count.takeError()));
  int64_t needed;
  if (llvm::MulOverflow(*count, type.size, needed) ||
      static_cast<uint64_t>(needed) != stored.size())
    return file.error("shape " + shapeString(shape) + " has " + Twine(*count) + " values of " +
                      Twine(type.size) + " bytes, and there are " + Twine(stored.size()) +
                      " bytes of data; save or copy the file again");

  Expected<HostTensor> result = HostTensor::makeUninitialized(type.element, shape);
  if (!result)
    return file.error(llvm::toString(result.takeError()));
  if (*count == 0)
    return result;

  switch (type.form) {
  case StoredType::Form::AsElement:
    if (type.element == Element::Bool) {
      for (int64_t i = 0; i != *count; ++i)
        result->data[i] = std::byte(stored[i] != 0);
      return result;
    }
    std::memcpy(result->data, stored.data(), stored.size());
    if (bigEndian && isComplex(type.element))
      swapBytes(result->data, 2 * *count, type.size / 2);
    else if (bigEndian)
      swapBytes(result->data, *count, type.size);
    return result;
  case StoredType::Form::WiderUnsigned: {
    llvm::Error error =
        type.size == 2   ? loadUnsigned<uint16_t, int32_t>(file, *result, stored.data(), bigEndian)
        : type.size == 4 ? loadUnsigned<uint32_t, int64_t>(file, *result, stored.data(), bigEndian)
                         : loadUnsigned<uint64_t, int64_t>(file, *result, stored.data(), bigEndian);
    if (error)
      return std::move(error);
    return result;
  }
  case StoredType::Form::DoubleComplex:
    for (int64_t i = 0; i != *count; ++i) {
      const char *from = stored.data() + i * type.size;
      encodeComplex(Element::C64, {loadDouble(from, bigEndian), loadDouble(from + 8, bigEndian)},
                    result->data + i * byteSize(Element::C64));
    }
    return result;
  }
  llvm_unreachable("every form returns");
}

Expected<HostTensor> mixc::reference::prepareToStore(const HostTensor &tensor) {
  if (tensor.element == Element::I4)
    return tensor.converted(Element::I8);
  if (tensor.element == Element::Bool)
    return tensor.converted(Element::Bool);
  if (tensor.isContiguous())
    return tensor;
  return tensor.contiguous();
}
