//===- TileBuffers.cpp - vectors and the buffers that hold them ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileBuffers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "runtime/kernel.h"

using namespace mlir;
using namespace mixc::lowering::cpu;

/// How elements are held.
static Type heldType(Type element) {
  if (element.isIndex())
    return IntegerType::get(element.getContext(), 64);
  if (element.isInteger(1))
    return IntegerType::get(element.getContext(), 8);
  return element;
}

/// `type` with the elements `element`.
static Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.clone(element) : element;
}

/// A scalar or a vector as it is held.
static Value hold(OpBuilder &b, Location loc, Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  Type held = withElement(value.getType(), heldType(element));
  if (element.isIndex())
    return arith::IndexCastOp::create(b, loc, held, value);
  if (element.isInteger(1))
    return arith::ExtUIOp::create(b, loc, held, value);
  return value;
}

/// The reverse of `hold`.
static Value release(OpBuilder &b, Location loc, Value value, Type element) {
  Type type = withElement(value.getType(), element);
  if (element.isIndex())
    return arith::IndexCastOp::create(b, loc, type, value);
  if (element.isInteger(1))
    return arith::TruncIOp::create(b, loc, type, value);
  return value;
}

Value mixc::lowering::cpu::toI64(OpBuilder &b, Location loc, Value index) {
  return arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
}

Value mixc::lowering::cpu::advance(OpBuilder &b, Location loc, Value pointer, Type element,
                                   Value offset) {
  return LLVM::GEPOp::create(b, loc, pointer.getType(), element, pointer,
                             ArrayRef<LLVM::GEPArg>{offset}, LLVM::GEPNoWrapFlags::inbounds);
}

Value mixc::lowering::cpu::splat(OpBuilder &b, Location loc, Value scalar, int64_t count) {
  Type element = scalar.getType();
  if (element.isIndex())
    scalar = toI64(b, loc, scalar);
  auto type = VectorType::get({count}, scalar.getType());
  Value poison = LLVM::PoisonOp::create(b, loc, type);
  Value zero = LLVM::ConstantOp::create(b, loc, b.getI32Type(), b.getI32IntegerAttr(0));
  Value one = LLVM::InsertElementOp::create(b, loc, poison, scalar, zero);
  Value result =
      LLVM::ShuffleVectorOp::create(b, loc, one, poison, SmallVector<int32_t>(count, 0));
  if (element.isIndex())
    return arith::IndexCastOp::create(b, loc, type.clone(element), result);
  return result;
}

Value mixc::lowering::cpu::laneNumbers(OpBuilder &b, Location loc, int64_t count) {
  SmallVector<APInt> numbers;
  for (int64_t k = 0; k < count; ++k)
    numbers.emplace_back(64, k);
  auto type = VectorType::get({count}, b.getIndexType());
  return arith::ConstantOp::create(b, loc, type, DenseElementsAttr::get(type, numbers));
}

static Value columnAddress(OpBuilder &b, Location loc, const TileBuffer &buffer, Value column) {
  Value rows = arith::ConstantIntOp::create(b, loc, b.getI64Type(), buffer.rows);
  Value offset = arith::MulIOp::create(b, loc, toI64(b, loc, column), rows,
                                       arith::IntegerOverflowFlags::nsw);
  return advance(b, loc, buffer.base, heldType(buffer.element), offset);
}

/// The alignment of each column.
static unsigned columnAlignment(const TileBuffer &buffer) {
  uint64_t bytes = buffer.bytes() / buffer.columns;
  return std::min<uint64_t>(MIXC_ALIGNMENT, bytes & -bytes);
}

int64_t TileBuffer::bytes() const {
  return rows * columns * heldType(element).getIntOrFloatBitWidth() / 8;
}

Value TileBuffer::loadColumn(OpBuilder &b, Location loc, Value column) const {
  auto type = VectorType::get({rows}, heldType(element));
  Value held = LLVM::LoadOp::create(b, loc, type, columnAddress(b, loc, *this, column),
                                    columnAlignment(*this));
  return release(b, loc, held, element);
}

void TileBuffer::storeColumn(OpBuilder &b, Location loc, Value vector, Value column) const {
  LLVM::StoreOp::create(b, loc, hold(b, loc, vector), columnAddress(b, loc, *this, column),
                        columnAlignment(*this));
}

Value TileBuffer::loadElement(OpBuilder &b, Location loc, Value row, Value column) const {
  Type held = heldType(element);
  Value address =
      advance(b, loc, columnAddress(b, loc, *this, column), held, toI64(b, loc, row));
  return release(b, loc, LLVM::LoadOp::create(b, loc, held, address), element);
}

void TileBuffer::storeElement(OpBuilder &b, Location loc, Value scalar, Value row,
                              Value column) const {
  Value address = advance(b, loc, columnAddress(b, loc, *this, column), heldType(element),
                          toI64(b, loc, row));
  LLVM::StoreOp::create(b, loc, hold(b, loc, scalar), address);
}

scf::ForOp mixc::lowering::cpu::emitLoop(OpBuilder &builder, Location loc, Value lower, Value upper, Value step,
                         ValueRange start,
                         function_ref<void(OpBuilder &, Location, Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, loc, lower, upper, step, start);
  loop.getBody()->clear();
  OpBuilder inner = OpBuilder::atBlockEnd(loop.getBody());
  body(inner, loc, loop.getInductionVar(), loop.getRegionIterArgs());
  return loop;
}
