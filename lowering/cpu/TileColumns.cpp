//===- TileColumns.cpp - tiles evaluated column by column -----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileExponential.h"
#include "lowering/cpu/TileLifetimes.h"
#include "lowering/cpu/TileLowering.h"
#include "lowering/cpu/TileReduce.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

/// Columns that an elementwise loop does at a time.
static constexpr int64_t unrolledColumns = 4;

//===----------------------------------------------------------------------===//
// One column
//===----------------------------------------------------------------------===//

Value TileLowering::emitElementwise(OpBuilder &b, Operation *op, ValueRange operands) {
  auto tile = cast<RankedTensorType>(op->getResult(0).getType());
  auto type = VectorType::get({tile.getDimSize(0)}, tile.getElementType());
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto elements = cast<DenseElementsAttr>(constant.getValue());
    return arith::ConstantOp::create(
        b, op->getLoc(), type,
        elements.isSplat()
            ? DenseElementsAttr::get(type, elements.getSplatValue<Attribute>())
            : DenseElementsAttr::get(type, llvm::to_vector(elements.getValues<Attribute>())));
  }
  if (isa<tile::ExpDiffOp>(op))
    return emitExpDiff(b, op->getLoc(), operands[0], operands[1], unit);
  IRMapping vectors;
  vectors.map(op->getOperands(), operands);
  Operation *copy = b.clone(*op, vectors);
  copy->getResult(0).setType(type);
  return copy->getResult(0);
}

std::optional<LaneIndex> TileLowering::laneIndexOf(Value value, Column &column) {
  Operation *op = value.getDefiningOp();
  if (!op || buffers.contains(value))
    return std::nullopt;
  OpBuilder &b = column.b;
  Location loc = value.getLoc();
  if (auto scalar = dyn_cast<tensor::SplatOp>(op))
    return LaneIndex{scalarOf(b, scalar.getInput()), false};
  if (auto iota = dyn_cast<tile::IotaOp>(op)) {
    Value base = scalarOf(b, iota.getBase());
    if (iota.getAlong() == 0)
      return LaneIndex{base, true};
    return LaneIndex{arith::AddIOp::create(b, loc, base, column.number), false};
  }
  if (!isa<arith::AddIOp, arith::SubIOp>(op))
    return std::nullopt;
  std::optional<LaneIndex> x = laneIndexOf(op->getOperand(0), column),
                           y = laneIndexOf(op->getOperand(1), column);
  if (!x || !y || (y->counts && (x->counts || isa<arith::SubIOp>(op))))
    return std::nullopt;
  Value base = isa<arith::AddIOp>(op) ? arith::AddIOp::create(b, loc, x->base, y->base).getResult()
                                      : arith::SubIOp::create(b, loc, x->base, y->base).getResult();
  return LaneIndex{base, x->counts || y->counts};
}

Value TileLowering::columnOf(Value value, Column &column) {
  if (Value computed = column.computed.lookup(value))
    return computed;
  OpBuilder &b = column.b;
  Location loc = value.getLoc();
  RankedTensorType type = tileType(value);
  int64_t rows = type.getDimSize(0);
  auto evaluate = [&]() -> Value {
    if (auto found = buffers.find(value); found != buffers.end())
      return found->second.loadColumn(b, loc, column.number);
    Operation *op = value.getDefiningOp();
    if (auto scalar = dyn_cast<tensor::SplatOp>(op))
      return splat(b, loc, scalarOf(b, scalar.getInput()), rows);
    if (auto broadcast = dyn_cast<tile::BroadcastOp>(op)) {
      if (broadcast.getAlong() == 0)
        return scalarOf(b, broadcast.getValue());
      TileBuffer vector{numbers.at(value).base, type.getElementType(), type.getDimSize(1), 1};
      Value zero = arith::ConstantIndexOp::create(b, loc, 0);
      return splat(b, loc, vector.loadElement(b, loc, column.number, zero), rows);
    }
    if (auto iota = dyn_cast<tile::IotaOp>(op)) {
      LaneIndex index = *laneIndexOf(iota, column);
      Value base = splat(b, loc, index.base, rows);
      if (!index.counts)
        return base;
      return arith::AddIOp::create(b, loc, base, laneNumbers(b, loc, rows, b.getIndexType()));
    }
    if (auto compare = dyn_cast<arith::CmpIOp>(op);
        compare && getElementTypeOrSelf(compare.getLhs()).isIndex()) {
      std::optional<LaneIndex> x = laneIndexOf(compare.getLhs(), column),
                               y = laneIndexOf(compare.getRhs(), column);
      if (x && y)
        return compareLanes(b, loc, compare.getPredicate(), *x, *y, rows);
    }
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(isMatrix(operand) ? columnOf(operand, column) : scalarOf(b, operand));
    return emitElementwise(b, op, operands);
  };
  Value result = evaluate();
  column.computed[value] = result;
  return result;
}

//===----------------------------------------------------------------------===//
// Loops over columns
//===----------------------------------------------------------------------===//

Value TileLowering::columnCount(OpBuilder &b, Location loc, Value value) {
  if (Value bound = bounds.lookup(value))
    return bound;
  return arith::ConstantIndexOp::create(b, loc, tileType(value).getDimSize(1));
}

Value TileLowering::rowCount(OpBuilder &b, Location loc, Value value) {
  if (auto read = value.getDefiningOp<tile::ReadOp>())
    return mapping.lookup(read.getValid()[0]);
  return arith::ConstantIndexOp::create(b, loc, tileType(value).getDimSize(0));
}

void TileLowering::noteBound(OpBuilder &b, Operation *op) {
  Value bound;
  for (Value operand : op->getOperands()) {
    Value other = isMatrix(operand) ? bounds.lookup(operand) : Value();
    if (!other || other == bound)
      continue;
    bound = bound ? arith::MinSIOp::create(b, op->getLoc(), bound, other).getResult() : other;
  }
  if (bound)
    bounds[op->getResult(0)] = bound;
}

SmallVector<Value> TileLowering::reduceColumns(OpBuilder &b, Location loc, Value value, Value count,
                                               ArrayRef<tile::ReduceOp> reductions,
                                               const TileBuffer *buffer) {
  auto doColumns = [&](int64_t columns) {
    return [&, columns](OpBuilder &inner, Location, Value first, ValueRange carried) {
      SmallVector<Value> vectors;
      for (int64_t k = 0; k < columns; ++k) {
        Value place = arith::ConstantIndexOp::create(inner, loc, k);
        Column column(inner, arith::AddIOp::create(inner, loc, first, place));
        vectors.push_back(columnOf(value, column));
        if (buffer)
          buffer->storeColumn(inner, loc, vectors.back(), column.number);
      }
      scf::YieldOp::create(inner, loc, reduceOn(inner, reductions, carried, vectors));
    };
  };
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  Value step = arith::ConstantIndexOp::create(b, loc, unrolledColumns);
  Value whole = arith::SubIOp::create(b, loc, count, arith::RemUIOp::create(b, loc, count, step));
  auto main =
      emitLoop(b, loc, zero, whole, step, identitiesOf(b, reductions), doColumns(unrolledColumns));
  auto rest = emitLoop(b, loc, whole, count, one, main.getResults(), doColumns(1));
  return SmallVector<Value>(rest.getResults());
}

void TileLowering::fill(OpBuilder &b, Location loc, Value value, const TileBuffer &buffer,
                        ArrayRef<tile::ReduceOp> reductions) {
  mapResults(reductions,
             reduceColumns(b, loc, value, columnCount(b, loc, value), reductions, &buffer));
}

void TileLowering::emitColumnwise(OpBuilder &b, Operation *op) {
  Location loc = op->getLoc();
  Value value = op->getResult(0);
  noteBound(b, op);
  if (buffers.contains(value))
    return; // stored in the place of a product
  if (auto broadcast = dyn_cast<tile::BroadcastOp>(op); broadcast && broadcast.getAlong() == 1) {
    Value zero = arith::ConstantIntOp::create(b, loc, b.getI64Type(), 0);
    Value one = arith::ConstantIntOp::create(b, loc, b.getI64Type(), 1);
    Value vector = mapping.lookup(broadcast.getValue());
    numbers[value] = {storeVector(b, loc, vector).base, {zero, one}};
  }
  if (!isMaterialised(value))
    return;
  auto destination = destinations.find(value);
  TileBuffer buffer = destination != destinations.end()
                          ? destination->second
                          : allocateFor(op, tileType(value), op->getOperands());
  fill(b, loc, value, buffer, reductionsOf(value, bounds.lookup(value)));
  buffers[value] = buffer;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

SmallVector<tile::ReduceOp> TileLowering::reductionsOf(Value value, Value count) {
  SmallVector<tile::ReduceOp> reductions;
  for (Operation *user : value.getUsers())
    if (auto reduce = dyn_cast<tile::ReduceOp>(user);
        reduce && reduce.getAxis() == 1 && count &&
        mapping.lookupOrNull(reduce.getValid()) == count)
      reductions.push_back(reduce);
  return reductions;
}

SmallVector<Value> TileLowering::identitiesOf(OpBuilder &b, ArrayRef<tile::ReduceOp> reductions) {
  return llvm::map_to_vector(reductions, [&](tile::ReduceOp reduce) -> Value {
    RankedTensorType tile = tileType(reduce.getResult());
    auto type = VectorType::get(tile.getShape(), tile.getElementType());
    return arith::ConstantOp::create(
        b, reduce.getLoc(), type,
        DenseElementsAttr::get(type, identityOf(b, reduce.getKind(), type.getElementType())));
  });
}

SmallVector<Value> TileLowering::reduceOn(OpBuilder &b, ArrayRef<tile::ReduceOp> reductions,
                                          ValueRange carried, ArrayRef<Value> vectors) {
  SmallVector<Value> next;
  for (auto [reduction, before] : llvm::zip_equal(reductions, carried)) {
    tile::ReduceOp reduce = reduction;
    // First among themselves: the next columns wait for one step only.
    Value here = combine(b, reduce.getLoc(), reduce.getKind(), vectors);
    next.push_back(combine(b, reduce.getLoc(), reduce.getKind(), {before, here}));
  }
  return next;
}

void TileLowering::mapResults(ArrayRef<tile::ReduceOp> reductions, ValueRange results) {
  for (auto [reduction, result] : llvm::zip_equal(reductions, results)) {
    tile::ReduceOp reduce = reduction;
    mapping.map(reduce.getResult(), result);
  }
}

/// A reduction of each column.
void TileLowering::emitRowReduce(OpBuilder &b, tile::ReduceOp reduce) {
  Location loc = reduce.getLoc();
  Value value = reduce.getValue(), valid = mapping.lookup(reduce.getValid());
  RankedTensorType type = tileType(value);
  Type element = type.getElementType();
  TileBuffer result = allocate(loc, element, type.getDimSize(1));
  TileBuffer lanes = allocate(loc, element, type.getDimSize(0));
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  Value identity = arith::ConstantOp::create(b, loc, identityOf(b, reduce.getKind(), element));
  forEach(b, loc, columnCount(b, loc, value), 1, [&](OpBuilder &inner, Value number) {
    Column column(inner, number);
    lanes.storeColumn(inner, loc, columnOf(value, column), zero);
    auto loop =
        emitLoop(inner, loc, zero, valid, one, identity,
                 [&](OpBuilder &innermost, Location, Value row, ValueRange sum) {
                   Value next = lanes.loadElement(innermost, loc, row, zero);
                   scf::YieldOp::create(innermost, loc,
                                        combine(innermost, loc, reduce.getKind(), {sum[0], next}));
                 });
    result.storeElement(inner, loc, loop.getResult(0), number, zero);
  });
  mapping.map(reduce.getResult(), result.loadColumn(b, loc, zero));
}

void TileLowering::emitReduce(OpBuilder &b, tile::ReduceOp reduce) {
  if (mapping.contains(reduce.getResult()))
    return; // had on the way, as the tile was computed
  if (reduce.getAxis() == 0)
    return emitRowReduce(b, reduce);
  mapResults(reduce, reduceColumns(b, reduce.getLoc(), reduce.getValue(),
                                   mapping.lookup(reduce.getValid()), reduce, nullptr));
}
