//===- Access.cpp - reading and writing elements --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/scalar/Access.h"

#include "lowering/scalar/Elements.h"
#include "runtime/kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc::lowering;

/// How many regions lie around the definition of `value`.
static unsigned nesting(Value value) {
  unsigned depth = 0;
  for (Region *region = value.getParentRegion(); region; region = region->getParentRegion())
    ++depth;
  return depth;
}

/// The address of the part `part` of a complex element at `address`.
static Value partAddress(OpBuilder &builder, Location loc, Value address, Type part, int32_t k) {
  return LLVM::GEPOp::create(builder, loc, address.getType(), part, address,
                             ArrayRef<LLVM::GEPArg>{k}, LLVM::GEPNoWrapFlags::inbounds);
}

/// The alignment of a scalar in memory.
static unsigned alignment(Type storage) { return storage.getIntOrFloatBitWidth() / 8; }

Value Memory::address(OpBuilder &builder, Location loc, ValueRange indices) const {
  Type element = storageType(type.getElement());
  if (isa<ComplexType>(type.getElement()))
    element = LLVM::LLVMArrayType::get(element, 2);

  SmallVector<unsigned> axes;
  for (unsigned axis = 0; axis < indices.size(); ++axis)
    if (!matchPattern(indices[axis], m_Zero()))
      axes.push_back(axis);
  llvm::stable_sort(
      axes, [&](unsigned a, unsigned b) { return nesting(indices[a]) < nesting(indices[b]); });

  Value pointer = base;
  for (unsigned axis : axes) {
    Value offset = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), indices[axis]);
    if (Value stride = strides[axis])
      offset =
          arith::MulIOp::create(builder, loc, offset, stride, arith::IntegerOverflowFlags::nsw);
    pointer = LLVM::GEPOp::create(builder, loc, pointer.getType(), element, pointer,
                                  ArrayRef<LLVM::GEPArg>{offset}, LLVM::GEPNoWrapFlags::inbounds);
  }
  return pointer;
}

Value Memory::load(OpBuilder &builder, Location loc, ValueRange indices) const {
  Value pointer = address(builder, loc, indices);
  Type storage = storageType(type.getElement());
  auto loadPart = [&](Value from) {
    return LLVM::LoadOp::create(builder, loc, storage, from, alignment(storage));
  };
  if (!isa<ComplexType>(type.getElement()))
    return widen(builder, loc, loadPart(pointer), type.getElement());
  return complex::CreateOp::create(builder, loc, type.getElement(), loadPart(pointer),
                                   loadPart(partAddress(builder, loc, pointer, storage, 1)));
}

void Memory::store(OpBuilder &builder, Location loc, Value scalar, ValueRange indices) const {
  Value pointer = address(builder, loc, indices);
  Type storage = storageType(type.getElement());
  auto storePart = [&](Value part, Value to) {
    LLVM::StoreOp::create(builder, loc, part, to, alignment(storage));
  };
  if (!isa<ComplexType>(type.getElement()))
    return storePart(narrow(builder, loc, scalar, type.getElement()), pointer);
  storePart(complex::ReOp::create(builder, loc, scalar), pointer);
  storePart(complex::ImOp::create(builder, loc, scalar),
            partAddress(builder, loc, pointer, storage, 1));
}

SmallVector<Value> mixc::lowering::denseStrides(OpBuilder &builder, Location loc,
                                                ValueRange sizes) {
  SmallVector<Value> strides(sizes.size());
  for (size_t axis = sizes.size(); axis-- > 1;) {
    Value size = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), sizes[axis]);
    strides[axis - 1] = strides[axis] ? arith::MulIOp::create(builder, loc, strides[axis], size,
                                                              arith::IntegerOverflowFlags::nsw)
                                            .getResult()
                                      : size;
  }
  return strides;
}

Value mixc::lowering::denseBytes(OpBuilder &builder, Location loc, tile::ViewType type,
                                 ValueRange sizes) {
  auto constant = [&](int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, builder.getI64Type(), value);
  };
  Value bytes = constant(type.getElementBytes()), zero = constant(0);
  for (Value size : sizes) {
    size = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), size);
    size = arith::MaxSIOp::create(builder, loc, size, zero);
    bytes = arith::MulIOp::create(builder, loc, bytes, size);
  }
  bytes = arith::AddIOp::create(builder, loc, bytes, constant(MIXC_ALIGNMENT - 1));
  return arith::AndIOp::create(builder, loc, bytes, constant(-MIXC_ALIGNMENT));
}
