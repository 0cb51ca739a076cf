//===- TileProducts.cpp - products, and what is stored in their place -----===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileDot.h"
#include "lowering/cpu/TileLifetimes.h"
#include "lowering/cpu/TileLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

bool TileLowering::isAvailable(Value value, Value product) {
  if (value == product || buffers.contains(value) || mapping.contains(value))
    return true;
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (!isMatrix(value))
    return isa<arith::ConstantOp>(op);
  if (auto broadcast = dyn_cast<tile::BroadcastOp>(op); broadcast && broadcast.getAlong() == 1)
    return numbers.contains(value);
  return isColumnwise(op) && !isMaterialised(value) &&
         llvm::all_of(op->getOperands(), [&](Value v) { return isAvailable(v, product); });
}

Value TileLowering::findFused(tile::DotOp dot) {
  Value value = dot.getResult();
  while (value.hasOneUse()) {
    Operation *user = *value.user_begin();
    if (user->getBlock() != dot->getBlock() || !isColumnwise(user) || isCostly(user->getResult(0)))
      break;
    auto isThere = [&](Value operand) { return operand == value || isAvailable(operand, dot); };
    if (user->getResult(0).getType() != dot.getType() ||
        !llvm::all_of(user->getOperands(), isThere))
      break;
    value = user->getResult(0);
  }
  return value;
}

void TileLowering::emitProduct(OpBuilder &b, tile::DotOp dot) {
  Location loc = dot.getLoc();
  Value left = dot.getA(), right = dot.getB(), init = dot.getInit();
  int64_t contractLeft = dot.getContract()[0], contractRight = dot.getContract()[1];
  if (!isMatrix(left)) {
    // What a product of numbers by vectors gives has its lanes along the matrix's free axis.
    std::swap(left, right);
    std::swap(contractLeft, contractRight);
  }
  TileDot product;
  product.count = mapping.lookup(dot.getValid());
  product.a = contractLeft == 0 ? turnedOf(b, dot, left, product.count) : inBuffer(b, dot, left);
  Numbers factors = numbersOf(b, dot, right);
  product.b = factors.base;
  product.stride = factors.strides[contractRight];
  product.next = factors.areInTensor ? tileType(right).getDimSize(contractRight) : 0;
  if (!isMatrix(dot)) {
    // One column, which is the result.
    product.columns = arith::ConstantIndexOp::create(b, loc, 1);
    product.columnStride = arith::ConstantIntOp::create(b, loc, b.getI64Type(), 0);
    product.init = [&](OpBuilder &, Value) { return mapping.lookup(init); };
    product.carried = {mapping.lookup(init)};
    product.finish = [](OpBuilder &, ValueRange, ValueRange sums, ValueRange) {
      return SmallVector<Value>(sums);
    };
    mapping.map(dot.getResult(), emitDot(b, loc, product, unit).front());
    return;
  }

  product.columnStride = factors.strides[1 - contractRight];
  product.columns = contractRight == 0 ? columnCount(b, loc, right) : rowCount(b, loc, right);
  product.init = [&](OpBuilder &inner, Value number) {
    Column column(inner, number);
    return columnOf(init, column);
  };
  Value stored = findFused(dot);
  TileBuffer buffer = allocateFor(dot, tileType(dot), init, {left, right});
  SmallVector<tile::ReduceOp> reductions = reductionsOf(stored, product.columns);
  product.carried = identitiesOf(b, reductions);
  product.finish = [&](OpBuilder &inner, ValueRange numbers, ValueRange sums, ValueRange carried) {
    SmallVector<Value> vectors;
    for (auto [number, sum] : llvm::zip_equal(numbers, sums)) {
      Column column(inner, number);
      column.computed[dot] = sum;
      vectors.push_back(columnOf(stored, column));
      buffer.storeColumn(inner, loc, vectors.back(), number);
    }
    return reduceOn(inner, reductions, carried, vectors);
  };
  mapResults(reductions, emitDot(b, loc, product, unit));
  buffers[stored] = buffer;
  bounds[dot] = bounds[stored] = product.columns;
}
