//===- TileOperands.cpp - tiles of views, and of products -----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileLifetimes.h"
#include "lowering/cpu/TileLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

static Value constant(OpBuilder &b, Location loc, int64_t number) {
  return arith::ConstantIntOp::create(b, loc, b.getI64Type(), number);
}

/// The counts of a tile's op; a vector has one column.
static TilePair validOf(OpBuilder &b, Location loc, ArrayRef<Value> valid) {
  if (valid.size() == 2)
    return {valid[0], valid[1]};
  return {valid[0], arith::ConstantIndexOp::create(b, loc, 1)};
}

//===----------------------------------------------------------------------===//
// Reads and writes
//===----------------------------------------------------------------------===//

/// Whether the numbers of `read` may be taken from memory as they are needed: it holds what is
/// computed with, and the kernel doesn't write it.
static bool mayStayInMemory(tile::ReadOp read) {
  auto argument = dyn_cast<BlockArgument>(read.getView());
  auto kernel = read->getParentOfType<tile::KernelOp>();
  return argument && !kernel.getOutputs()[argument.getArgNumber() - kernel.getNumGrid()] &&
         read.getView().getType().getElement() == tileType(read).getElementType();
}

Numbers TileLowering::readNumbers(OpBuilder &b, tile::ReadOp read, const TileMemory &source,
                                  TilePair valid) {
  Location loc = read.getLoc();
  if (mayStayInMemory(read)) {
    Numbers numbers{source.base, source.strides, /*areInTensor=*/true};
    for (Value &stride : numbers.strides)
      if (!stride)
        stride = constant(b, loc, 1);
    return numbers;
  }
  RankedTensorType type = tileType(read);
  unsigned inner = source.strides[0] ? 1 : 0;
  std::array<int64_t, 2> strides =
      packedStrides(unit, type.getElementType(), type.getShape(), inner);
  TileBuffer packed =
      allocate(loc, type.getElementType(), strides[1 - inner] * type.getDimSize(1 - inner));
  packTile(b, loc, unit, source, valid, packed.base, strides, inner);
  return {packed.base, {constant(b, loc, strides[0]), constant(b, loc, strides[1])}};
}

LogicalResult TileLowering::emitRead(OpBuilder &b, tile::ReadOp read) {
  Location loc = read.getLoc();
  if (!memories.contains(read.getView()))
    return read.emitOpError("reads a tile of scratch, which the CPU can't: let tiles be values");
  TilePair valid = validOf(b, loc, mapAll(read.getValid()));
  TileMemory source =
      locateTile(b, loc, memories.at(read.getView()), mapAll(read.getIndices()), read.getAlong());
  RankedTensorType type = tileType(read);
  if (!isMatrix(read)) {
    TileBuffer buffer = allocate(loc, type.getElementType(), type.getDimSize(0));
    readTile(b, loc, unit, source, valid, buffer);
    mapping.map(read.getResult(),
                buffer.loadColumn(b, loc, arith::ConstantIndexOp::create(b, loc, 0)));
    return success();
  }
  bounds[read] = valid[1];
  for (OpOperand &use : read->getUses()) {
    switch (formOf(use)) {
    case TileForm::Columns:
      if (buffers.contains(read))
        break;
      buffers[read] = allocateMatrix(loc, type);
      readTile(b, loc, unit, source, valid, buffers[read]);
      break;
    case TileForm::Turned:
      if (turned.contains(read))
        break;
      turned[read] =
          allocateMatrix(loc, type.getElementType(), type.getDimSize(1), type.getDimSize(0));
      readTile(b, loc, unit, source.turned(), {valid[1], valid[0]}, turned[read]);
      break;
    case TileForm::Numbers:
      if (!numbers.contains(read))
        numbers[read] = readNumbers(b, read, source, valid);
      break;
    }
  }
  return success();
}

LogicalResult TileLowering::emitWrite(OpBuilder &b, tile::WriteOp write) {
  Location loc = write.getLoc();
  if (!memories.contains(write.getView()))
    return write.emitOpError("writes a tile to scratch, which the CPU can't: let tiles be values");
  TileMemory target = locateTile(b, loc, memories.at(write.getView()), mapAll(write.getIndices()),
                                 write.getAlong());
  writeTile(b, loc, unit, inBuffer(b, write, write.getValue()), target,
            validOf(b, loc, mapAll(write.getValid())));
  return success();
}

//===----------------------------------------------------------------------===//
// Operands of products
//===----------------------------------------------------------------------===//

TileBuffer TileLowering::turnedOf(OpBuilder &b, tile::DotOp user, Value value, Value rows) {
  if (auto found = turned.find(value); found != turned.end())
    return found->second;
  Location loc = user.getLoc();
  TileBuffer columns = inBuffer(b, user, value);
  TileMemory memory{columns.element, columns.base, {Value(), constant(b, loc, columns.rows)}};
  TileBuffer result = allocateMatrix(loc, columns.element, columns.columns, columns.rows);
  readTile(b, loc, unit, memory.turned(), {columnCount(b, loc, value), rows}, result);
  return result;
}

Numbers TileLowering::numbersOf(OpBuilder &b, tile::DotOp user, Value value) {
  if (auto found = numbers.find(value); found != numbers.end())
    return found->second;
  Location loc = user.getLoc();
  TileBuffer columns = inBuffer(b, user, value);
  return {columns.base, {constant(b, loc, 1), constant(b, loc, columns.rows)}};
}
