//===- Tiles.cpp - larger tiles as vectors and buffers --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/Tiles.h"

#include "lowering/cpu/TileExponential.h"
#include "lowering/cpu/TileLifetimes.h"
#include "lowering/cpu/TileLowering.h"
#include "lowering/cpu/TileReduce.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

/// The most bytes of buffers that a kernel may have on the stack.
static constexpr int64_t mostBufferBytes = 1 << 20;

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

TileBuffer TileLowering::allocate(Location loc, Type element, int64_t count) {
  TileBuffer buffer = allocateTile(allocations, loc, element, count, 1);
  allocated += bytesOf(buffer);
  return buffer;
}

TileBuffer TileLowering::allocateMatrix(Location loc, Type element, int64_t rows, int64_t columns) {
  // Squares are transposed whole: there is room for all columns of the last one.
  int64_t padded = llvm::alignTo(columns, unit.lanesOf(element));
  TileBuffer buffer = allocateTile(allocations, loc, element, rows, padded);
  allocated += bytesOf(buffer);
  buffer.columns = columns;
  return buffer;
}

TileBuffer TileLowering::allocateMatrix(Location loc, RankedTensorType type) {
  return allocateMatrix(loc, type.getElementType(), type.getDimSize(0), type.getDimSize(1));
}

void TileLowering::findLeaves(Value value, SetVector<Value> &leaves) {
  if (buffers.contains(value)) {
    leaves.insert(value);
    return;
  }
  if (Operation *op = value.getDefiningOp(); op && isColumnwise(op))
    for (Value operand : op->getOperands())
      if (isMatrix(operand))
        findLeaves(operand, leaves);
}

TileBuffer TileLowering::allocateFor(Operation *op, RankedTensorType type, ValueRange roots,
                                     ValueRange kept) {
  SetVector<Value> leaves, keptLeaves;
  for (Value root : roots)
    if (isMatrix(root))
      findLeaves(root, leaves);
  for (Value value : kept)
    if (isMatrix(value))
      findLeaves(value, keptLeaves);
  for (Value leaf : leaves)
    if (leaf.getType() == type && !keptLeaves.contains(leaf) && diesAt(leaf, op))
      return buffers.at(leaf);
  return allocateMatrix(op->getLoc(), type);
}

TileBuffer TileLowering::storeVector(OpBuilder &b, Location loc, Value vector) {
  auto type = cast<VectorType>(vector.getType());
  TileBuffer buffer = allocate(loc, type.getElementType(), type.getDimSize(0));
  buffer.storeColumn(b, loc, vector, arith::ConstantIndexOp::create(b, loc, 0));
  return buffer;
}

TileBuffer TileLowering::inBuffer(OpBuilder &b, Operation *user, Value value) {
  if (auto found = buffers.find(value); found != buffers.end())
    return found->second;
  Location loc = user->getLoc();
  if (!isMatrix(value))
    return storeVector(b, loc, scalarOf(b, value));
  // A use as an operand of a product materialises a value where it is defined; what is left is
  // read by `user` alone.
  TileBuffer buffer = allocateFor(user, tileType(value), value);
  fill(b, loc, value, buffer);
  return buffer;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

Value TileLowering::scalarOf(OpBuilder &b, Value value) {
  if (Value mapped = mapping.lookupOrNull(value))
    return mapped;
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  return tileType(value) ? emitElementwise(b, constant, {}) : b.clone(*constant)->getResult(0);
}

SmallVector<Value> TileLowering::mapAll(ValueRange values) {
  return llvm::map_to_vector(values, [&](Value value) { return mapping.lookup(value); });
}

/// A vector in the place of a tile of rank 1.
LogicalResult TileLowering::emitVector(OpBuilder &b, Operation *op) {
  Location loc = op->getLoc();
  if (op->getNumResults() != 1 || !tileType(op->getResult(0)) || isMatrix(op->getResult(0)))
    return op->emitOpError("takes a tile, which the CPU can't lower here");
  Value result = op->getResult(0);
  int64_t count = tileType(result).getDimSize(0);
  if (auto scalar = dyn_cast<tensor::SplatOp>(op)) {
    mapping.map(result, splat(b, loc, mapping.lookup(scalar.getInput()), count));
  } else if (auto iota = dyn_cast<tile::IotaOp>(op)) {
    Value base = splat(b, loc, mapping.lookup(iota.getBase()), count);
    Value numbers = laneNumbers(b, loc, count, b.getIndexType());
    mapping.map(result, arith::AddIOp::create(b, loc, base, numbers).getResult());
  } else if (op->hasTrait<OpTrait::Elementwise>() || isa<tile::ExpDiffOp, arith::ConstantOp>(op)) {
    mapping.map(result, emitElementwise(b, op, mapAll(op->getOperands())));
  } else {
    return op->emitOpError("takes a tile, which the CPU can't lower here");
  }
  return success();
}

LogicalResult TileLowering::emit(OpBuilder &b, Operation *op) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](tile::ReadOp read) { return emitRead(b, read); })
      .Case([&](tile::WriteOp write) { return emitWrite(b, write); })
      .Case([&](tile::DotOp dot) {
        emitProduct(b, dot);
        return success();
      })
      .Case([&](tile::ReduceOp reduce) {
        emitReduce(b, reduce);
        return success();
      })
      .Case([&](scf::ForOp loop) { return emitFor(b, loop); })
      .Case([&](scf::IfOp conditional) { return emitIf(b, conditional); })
      .Default([&](Operation *op) {
        if (!isColumnwise(op))
          return emitVector(b, op);
        emitColumnwise(b, op);
        return success();
      });
}

LogicalResult TileLowering::emitBlock(OpBuilder &b, Block &block,
                                      SmallVectorImpl<Operation *> *copied) {
  for (Operation &op : block.without_terminator()) {
    if (!hasTile(&op)) {
      Operation *copy = b.clone(op, mapping);
      if (copied)
        copied->push_back(copy);
      continue;
    }
    if (failed(emit(b, &op)))
      return failure();
    if (allocated > mostBufferBytes)
      return op.emitOpError("brings the kernel's tiles over 1 MiB: make them smaller");
    if (copied && op.getNumRegions() > 0)
      copied->push_back(&*std::prev(b.getInsertionPoint()));
  }
  return success();
}

void cpu::prepareTiles(tile::KernelOp kernel) { sinkReductions(kernel); }

LogicalResult cpu::emitTiles(OpBuilder &builder, OpBuilder &allocations, tile::KernelOp kernel,
                             IRMapping &mapping, const DenseMap<Value, Memory> &memories,
                             const VectorUnit &unit, SmallVectorImpl<Operation *> &copied) {
  return TileLowering(allocations, mapping, memories, unit)
      .emitBlock(builder, kernel.getBody().front(), &copied);
}
