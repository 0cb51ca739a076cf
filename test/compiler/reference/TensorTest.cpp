//===- TensorTest.cpp - tensors in host memory ----------------------------===//

#include "compiler/reference/Tensor.h"

#include "gtest/gtest.h"

using namespace mixc::reference;

static HostTensor make(Element element, llvm::ArrayRef<int64_t> shape) {
  return llvm::cantFail(HostTensor::make(element, shape));
}

static std::string makeError(llvm::ArrayRef<int64_t> shape) {
  llvm::Expected<HostTensor> tensor = HostTensor::make(Element::F32, shape);
  if (tensor)
    return "";
  return llvm::toString(tensor.takeError());
}

/// 0, 1, 2, ... in row-major order.
static HostTensor counting(Element element, llvm::ArrayRef<int64_t> shape) {
  HostTensor tensor = make(element, shape);
  for (int64_t i = 0; i != tensor.numElements(); ++i)
    encodeInt(element, i, tensor.data + i * byteSize(element));
  return tensor;
}

TEST(Tensor, MakesZerosAlignedTo64Bytes) {
  for (unsigned kind = 0; kind != numElementKinds; ++kind) {
    HostTensor tensor = make(static_cast<Element>(kind), {3, 5});
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data) % 64, 0u);
    EXPECT_TRUE(tensor.isContiguous());
    for (int64_t i = 0; i != tensor.numBytes(); ++i)
      EXPECT_EQ(tensor.data[i], std::byte(0));
  }
}

TEST(Tensor, ScalarHasOneElement) {
  HostTensor scalar = make(Element::F64, {});
  EXPECT_EQ(scalar.numElements(), 1);
  scalar.set({}, 2.5);
  EXPECT_EQ(scalar.get({}), 2.5);
  EXPECT_EQ(llvm::cantFail(scalar.contiguous()).get({}), 2.5);
}

TEST(Tensor, EmptyTensorsCopyAndConvert) {
  for (llvm::SmallVector<int64_t> shape :
       {llvm::SmallVector<int64_t>{0}, {3, 0, 2}, {0, 0}, {0, INT64_MAX / 8}}) {
    HostTensor tensor = make(Element::F32, shape);
    EXPECT_EQ(tensor.numElements(), 0);
    EXPECT_TRUE(tensor.isContiguous());
    EXPECT_EQ(llvm::cantFail(tensor.contiguous()).shape, shape);
    EXPECT_EQ(llvm::cantFail(tensor.converted(Element::I8)).numBytes(), 0);
  }
}

TEST(Tensor, RefusesNegativeExtents) {
  EXPECT_EQ(makeError({2, -1}), "shape [2, -1] of f32 has a negative extent; "
                                "extents are 0 or more");
}

TEST(Tensor, RefusesSizesThatOverflow) {
  EXPECT_EQ(makeError({int64_t(1) << 31, int64_t(1) << 31}),
            "shape [2147483648, 2147483648] of f32 needs 2^63 bytes or more, "
            "beyond any memory; make an extent smaller");
  EXPECT_NE(makeError({INT64_MAX, INT64_MAX, INT64_MAX}), "");
  // The strides would overflow, although nothing is stored.
  EXPECT_NE(makeError({0, INT64_MAX, INT64_MAX}), "");
}

#if !__has_feature(address_sanitizer)
TEST(Tensor, RefusesSizesThatCannotBeAllocated) {
  EXPECT_EQ(makeError({int64_t(1) << 60}),
            "shape [1152921504606846976] of f32 needs 4611686018427387904 "
            "bytes, which cannot be allocated; make an extent smaller");
}
#endif

TEST(Tensor, CopiesShareStorageAndContiguousDoesNot) {
  HostTensor first = make(Element::F32, {2});
  HostTensor view = first;
  HostTensor copy = llvm::cantFail(first.contiguous());
  first.set({1}, 3);
  EXPECT_EQ(view.get({1}), 3);
  EXPECT_EQ(copy.get({1}), 0);
}

TEST(Tensor, ContiguousFollowsStrides) {
  for (Element element : {Element::I8, Element::I16, Element::I32, Element::I64, Element::C64}) {
    HostTensor base = counting(element, {4, 6});
    // Transposed, the second axis backwards, every other row, a repeated axis.
    HostTensor view = base;
    view.shape = {3, 2, 3, 2};
    view.strides = {0, 12, -2, 1};
    view.data += 4 * byteSize(element);
    EXPECT_FALSE(view.isContiguous());
    HostTensor copy = llvm::cantFail(view.contiguous());
    EXPECT_TRUE(copy.isContiguous());
    for (int64_t a = 0; a != 3; ++a)
      for (int64_t b = 0; b != 2; ++b)
        for (int64_t c = 0; c != 3; ++c)
          for (int64_t d = 0; d != 2; ++d) {
            EXPECT_EQ(copy.getInt({a, b, c, d}), 12 * b + 4 - 2 * c + d);
            EXPECT_EQ(view.getInt({a, b, c, d}), 12 * b + 4 - 2 * c + d);
          }
  }
}

TEST(Tensor, TransposedIsNotContiguousUnlessAnExtentIsOne) {
  HostTensor tensor = counting(Element::F32, {4, 6});
  std::swap(tensor.shape[0], tensor.shape[1]);
  std::swap(tensor.strides[0], tensor.strides[1]);
  EXPECT_FALSE(tensor.isContiguous());
  EXPECT_EQ(llvm::cantFail(tensor.contiguous()).get({5, 3}), 3 * 6 + 5);

  HostTensor row = counting(Element::F32, {1, 6});
  row.strides[0] = 999;
  EXPECT_TRUE(row.isContiguous());
}

TEST(Tensor, ConvertsStridedValues) {
  HostTensor tensor = counting(Element::I32, {2, 3});
  tensor.shape = {3, 2};
  tensor.strides = {1, 3};
  HostTensor half = llvm::cantFail(tensor.converted(Element::F16));
  EXPECT_EQ(half.element, Element::F16);
  EXPECT_EQ(half.get({2, 1}), 5);
  HostTensor same = llvm::cantFail(tensor.converted(Element::I32));
  EXPECT_TRUE(same.isContiguous());
  EXPECT_EQ(same.getInt({2, 1}), 5);
}

TEST(Tensor, AccessesEveryKindOfValue) {
  HostTensor tensor = make(Element::C64, {2});
  tensor.setComplex({1}, {1, -2});
  EXPECT_EQ(tensor.getComplex({1}), std::complex<double>(1, -2));
  EXPECT_EQ(tensor.get({1}), 1);
  HostTensor bytes = make(Element::U8, {2});
  bytes.setInt({0}, 300);
  EXPECT_EQ(bytes.getInt({0}), 255);
}
