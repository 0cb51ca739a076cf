//===- TileBuffers.cpp - vectors and the buffers that hold them -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileBuffers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"
#include "runtime/kernel.h"

using namespace mlir;
using namespace mixc::lowering;
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

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value cpu::toI64(OpBuilder &b, Location loc, Value index) {
  return arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
}

std::optional<int64_t> cpu::constantOf(Value value) {
  APInt constant;
  if (value && matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

Value cpu::advance(OpBuilder &b, Location loc, Value pointer, Type element, Value offset) {
  return LLVM::GEPOp::create(b, loc, pointer.getType(), element, pointer,
                             ArrayRef<LLVM::GEPArg>{offset}, LLVM::GEPNoWrapFlags::inbounds);
}

Value cpu::splat(OpBuilder &b, Location loc, Value scalar, int64_t count) {
  Type element = scalar.getType();
  if (element.isIndex())
    scalar = toI64(b, loc, scalar);
  auto type = VectorType::get({count}, scalar.getType());
  Value poison = LLVM::PoisonOp::create(b, loc, type);
  Value zero = LLVM::ConstantOp::create(b, loc, b.getI32Type(), b.getI32IntegerAttr(0));
  Value one = LLVM::InsertElementOp::create(b, loc, poison, scalar, zero);
  Value result = LLVM::ShuffleVectorOp::create(b, loc, one, poison, SmallVector<int32_t>(count, 0));
  if (element.isIndex())
    return arith::IndexCastOp::create(b, loc, type.clone(element), result);
  return result;
}

Value cpu::laneNumbers(OpBuilder &b, Location loc, int64_t count, Type element) {
  SmallVector<APInt> numbers;
  for (int64_t k = 0; k < count; ++k)
    numbers.emplace_back(element.isIndex() ? 64 : element.getIntOrFloatBitWidth(), k);
  auto type = VectorType::get({count}, element);
  return arith::ConstantOp::create(b, loc, type, DenseElementsAttr::get(type, numbers));
}

Value cpu::zeros(OpBuilder &b, Location loc, int64_t count, Type element) {
  auto type = VectorType::get({count}, element);
  return arith::ConstantOp::create(b, loc, type, cast<TypedAttr>(b.getZeroAttr(type)));
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

int64_t cpu::bytesOf(const TileBuffer &buffer) {
  int64_t bytes = heldType(buffer.element).getIntOrFloatBitWidth() / 8;
  return llvm::alignTo(buffer.rows * buffer.columns * bytes, MIXC_ALIGNMENT);
}

TileBuffer cpu::allocateTile(OpBuilder &allocations, Location loc, Type element, int64_t rows,
                             int64_t columns) {
  TileBuffer buffer{{}, element, rows, columns};
  Value one = arith::ConstantIntOp::create(allocations, loc, allocations.getI64Type(), 1);
  buffer.base = LLVM::AllocaOp::create(
      allocations, loc, LLVM::LLVMPointerType::get(allocations.getContext()),
      LLVM::LLVMArrayType::get(allocations.getI8Type(), bytesOf(buffer)), one, MIXC_ALIGNMENT);
  return buffer;
}

static Value columnAddress(OpBuilder &b, Location loc, const TileBuffer &buffer, Value column) {
  Value rows = arith::ConstantIntOp::create(b, loc, b.getI64Type(), buffer.rows);
  Value offset =
      arith::MulIOp::create(b, loc, toI64(b, loc, column), rows, arith::IntegerOverflowFlags::nsw);
  return advance(b, loc, buffer.base, heldType(buffer.element), offset);
}

static Value elementAddress(OpBuilder &b, Location loc, const TileBuffer &buffer, Value row,
                            Value column) {
  return advance(b, loc, columnAddress(b, loc, buffer, column), heldType(buffer.element),
                 toI64(b, loc, row));
}

/// The alignment of what lies a multiple of `count` elements behind the start of `buffer`.
static unsigned alignmentAt(const TileBuffer &buffer, int64_t count) {
  uint64_t bytes = count * heldType(buffer.element).getIntOrFloatBitWidth() / 8;
  return std::min<uint64_t>(MIXC_ALIGNMENT, bytes & -bytes);
}

Value TileBuffer::loadColumn(OpBuilder &b, Location loc, Value column) const {
  auto type = VectorType::get({rows}, heldType(element));
  Value held = LLVM::LoadOp::create(b, loc, type, columnAddress(b, loc, *this, column),
                                    alignmentAt(*this, rows));
  return release(b, loc, held, element);
}

void TileBuffer::storeColumn(OpBuilder &b, Location loc, Value vector, Value column) const {
  LLVM::StoreOp::create(b, loc, hold(b, loc, vector), columnAddress(b, loc, *this, column),
                        alignmentAt(*this, rows));
}

Value TileBuffer::loadRows(OpBuilder &b, Location loc, Value row, Value column,
                           int64_t count) const {
  auto type = VectorType::get({count}, heldType(element));
  Value held = LLVM::LoadOp::create(b, loc, type, elementAddress(b, loc, *this, row, column),
                                    alignmentAt(*this, 1));
  return release(b, loc, held, element);
}

void TileBuffer::storeRows(OpBuilder &b, Location loc, Value vector, Value row,
                           Value column) const {
  LLVM::StoreOp::create(b, loc, hold(b, loc, vector), elementAddress(b, loc, *this, row, column),
                        alignmentAt(*this, 1));
}

Value TileBuffer::loadElement(OpBuilder &b, Location loc, Value row, Value column) const {
  Value held =
      LLVM::LoadOp::create(b, loc, heldType(element), elementAddress(b, loc, *this, row, column));
  return release(b, loc, held, element);
}

void TileBuffer::storeElement(OpBuilder &b, Location loc, Value scalar, Value row,
                              Value column) const {
  LLVM::StoreOp::create(b, loc, hold(b, loc, scalar), elementAddress(b, loc, *this, row, column));
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

scf::ForOp cpu::emitLoop(OpBuilder &builder, Location loc, Value lower, Value upper, Value step,
                         ValueRange start,
                         function_ref<void(OpBuilder &, Location, Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, loc, lower, upper, step, start);
  loop.getBody()->clear();
  OpBuilder inner = OpBuilder::atBlockEnd(loop.getBody());
  body(inner, loc, loop.getInductionVar(), loop.getRegionIterArgs());
  return loop;
}

void cpu::forEach(OpBuilder &b, Location loc, Value count, int64_t step,
                  function_ref<void(OpBuilder &, Value)> body) {
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value distance = arith::ConstantIndexOp::create(b, loc, step);
  emitLoop(b, loc, zero, count, distance, ValueRange(),
           [&](OpBuilder &inner, Location, Value index, ValueRange) {
             body(inner, index);
             scf::YieldOp::create(inner, loc);
           });
}
