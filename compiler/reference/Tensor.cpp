//===- Tensor.cpp - tensors in host memory --------------------------------===//

#include "compiler/reference/Tensor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MathExtras.h"

#include <cstdlib>

using namespace mixc::reference;
using llvm::ArrayRef;
using llvm::Expected;
using llvm::SmallVector;

static llvm::Error sizeError(Element element, ArrayRef<int64_t> shape, const llvm::Twine &what) {
  return llvm::createStringError("shape " + shapeString(shape) + " of " + elementName(element) +
                                 " " + what);
}

static Expected<HostTensor> allocate(Element element, ArrayRef<int64_t> shape, bool zero) {
  Expected<int64_t> bytes = checkedByteSize(element, shape);
  if (!bytes)
    return bytes.takeError();
  // Room to move up to an aligned address: calloc gives fresh pages from the
  // system unwritten, which an aligned allocation and a fill would not.
  void *raw = nullptr;
  if (*bytes <= INT64_MAX - tensorAlignment) {
    size_t size = static_cast<size_t>(*bytes + tensorAlignment);
    raw = zero ? std::calloc(size, 1) : std::malloc(size);
  }
  if (!raw)
    return sizeError(element, shape,
                     "needs " + llvm::Twine(*bytes) +
                         " bytes, which cannot be allocated; make an extent "
                         "smaller");
  HostTensor result;
  result.element = element;
  result.shape.assign(shape.begin(), shape.end());
  result.strides = rowMajorStrides(shape);
  result.storage = std::shared_ptr<void>(raw, std::free);
  auto address = reinterpret_cast<uintptr_t>(raw);
  result.data = static_cast<std::byte *>(raw) + (llvm::alignTo(address, tensorAlignment) - address);
  return result;
}

Expected<HostTensor> HostTensor::make(Element element, ArrayRef<int64_t> shape) {
  return allocate(element, shape, /*zero=*/true);
}

Expected<HostTensor> HostTensor::makeUninitialized(Element element, ArrayRef<int64_t> shape) {
  return allocate(element, shape, /*zero=*/false);
}

int64_t HostTensor::numElements() const {
  int64_t count = 1;
  for (int64_t extent : shape) {
    if (extent == 0)
      return 0;
    count *= extent;
  }
  return count;
}

bool HostTensor::isContiguous() const {
  int64_t expected = 1;
  for (size_t axis = rank(); axis-- != 0;) {
    if (shape[axis] == 0)
      return true;
    if (shape[axis] != 1 && strides[axis] != expected)
      return numElements() == 0;
    expected *= shape[axis];
  }
  return true;
}

namespace {

/// Axes in the order given, with those of extent 1 left out and neighbours that
/// one stride walks joined, so that the innermost run is as long as it can be.
struct Walk {
  SmallVector<int64_t> shape;
  SmallVector<int64_t> strides;

  explicit Walk(const HostTensor &tensor) {
    for (auto [extent, stride] : llvm::zip(tensor.shape, tensor.strides)) {
      if (extent == 1)
        continue;
      if (!shape.empty() && strides.back() == stride * extent) {
        shape.back() *= extent;
        strides.back() = stride;
        continue;
      }
      shape.push_back(extent);
      strides.push_back(stride);
    }
    if (shape.empty()) {
      shape.push_back(1);
      strides.push_back(1);
    }
  }
};

template <size_t size>
void gatherRun(std::byte *out, const std::byte *in, int64_t count, int64_t strideBytes) {
  for (int64_t i = 0; i != count; ++i)
    std::memcpy(out + i * size, in + i * strideBytes, size);
}

} // namespace

/// Writes the values of `tensor` in row-major order to `out`.
static void gather(const HostTensor &tensor, std::byte *out) {
  if (tensor.numElements() == 0)
    return;
  Walk walk(tensor);
  int64_t size = byteSize(tensor.element);
  int64_t run = walk.shape.pop_back_val();
  int64_t runStride = walk.strides.pop_back_val() * size;
  SmallVector<int64_t> index(walk.shape.size(), 0);
  const std::byte *in = tensor.data;
  while (true) {
    if (runStride == size)
      std::memcpy(out, in, run * size);
    else if (size == 1)
      gatherRun<1>(out, in, run, runStride);
    else if (size == 2)
      gatherRun<2>(out, in, run, runStride);
    else if (size == 4)
      gatherRun<4>(out, in, run, runStride);
    else
      gatherRun<8>(out, in, run, runStride);
    out += run * size;

    size_t axis = index.size();
    for (; axis != 0; --axis) {
      int64_t stride = walk.strides[axis - 1] * size;
      if (++index[axis - 1] != walk.shape[axis - 1]) {
        in += stride;
        break;
      }
      in -= stride * (walk.shape[axis - 1] - 1);
      index[axis - 1] = 0;
    }
    if (axis == 0)
      return;
  }
}

Expected<HostTensor> HostTensor::contiguous() const {
  Expected<HostTensor> result = makeUninitialized(element, shape);
  if (result)
    gather(*this, result->data);
  return result;
}

Expected<HostTensor> HostTensor::converted(Element to) const {
  if (!isContiguous()) {
    Expected<HostTensor> dense = contiguous();
    if (!dense || to == element)
      return dense;
    return dense->converted(to);
  }
  Expected<HostTensor> result = makeUninitialized(to, shape);
  if (result)
    convertSpan(element, data, to, result->data, numElements());
  return result;
}

SmallVector<int64_t> mixc::reference::rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- != 0;) {
    strides[axis] = stride;
    stride *= std::max<int64_t>(shape[axis], 1);
  }
  return strides;
}

Expected<int64_t> mixc::reference::checkedByteSize(Element element, ArrayRef<int64_t> shape) {
  // Extents of 0 count as 1 in the check, so that the strides fit as well.
  int64_t bytes = byteSize(element);
  bool empty = false;
  for (int64_t extent : shape) {
    if (extent < 0)
      return sizeError(element, shape, "has a negative extent; extents are 0 or more");
    empty |= extent == 0;
    if (llvm::MulOverflow(bytes, std::max<int64_t>(extent, 1), bytes))
      return sizeError(element, shape,
                       "needs 2^63 bytes or more, beyond any memory; make an "
                       "extent smaller");
  }
  return empty ? 0 : bytes;
}

std::string mixc::reference::shapeString(ArrayRef<int64_t> shape) {
  return "[" +
         llvm::join(llvm::map_range(shape, [](int64_t e) { return std::to_string(e); }), ", ") +
         "]";
}
