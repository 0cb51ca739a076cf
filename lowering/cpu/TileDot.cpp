//===- TileDot.cpp - products of tiles, blocked into registers ------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileDot.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

static Value multiply(OpBuilder &b, Location loc, Value x, Value y) {
  return arith::MulIOp::create(b, loc, x, y, arith::IntegerOverflowFlags::nsw);
}

/// Fetches a line of what is needed next, at place `k`; the block's numbers start at `start`, those
/// of this place at `place`.
static void emitPrefetch(OpBuilder &b, Location loc, const TileDot &dot, Value start, Value place,
                         Value k, int64_t block) {
  Type element = dot.a.element;
  auto constant = [&](int64_t number) -> Value {
    return arith::ConstantIntOp::create(b, loc, b.getI64Type(), number);
  };
  Value offset;
  if (constantOf(dot.stride) == 1) {
    // While the places of a line pass, the lines of as many columns behind the block.
    int64_t linePlaces = 64 * 8 / element.getIntOrFloatBitWidth();
    Value at = toI64(b, loc, k),
          column = arith::AndIOp::create(b, loc, at, constant(linePlaces - 1));
    Value line = arith::SubIOp::create(b, loc, at, column);
    Value ahead = arith::AddIOp::create(b, loc, column, constant(block));
    offset = arith::AddIOp::create(b, loc, multiply(b, loc, ahead, dot.columnStride), line);
    place = start;
  } else {
    offset = multiply(b, loc, dot.stride, constant(dot.next));
  }
  // Behind the tensor's end, too: not `inbounds`.
  Value address =
      LLVM::GEPOp::create(b, loc, place.getType(), element, place, ArrayRef<LLVM::GEPArg>{offset});
  LLVM::Prefetch::create(b, loc, address, /*rw=*/b.getI32IntegerAttr(0),
                         /*locality=*/b.getI32IntegerAttr(3), /*data=*/b.getI32IntegerAttr(1));
}

/// The columns `first` to `first + block` of the result.
static SmallVector<Value> emitBlock(OpBuilder &b, Location loc, const TileDot &dot, Value first,
                                    int64_t block, ValueRange carried) {
  Type element = dot.a.element;
  SmallVector<Value> columns, offsets, accumulators;
  for (int64_t c = 0; c < block; ++c) {
    Value number = arith::ConstantIndexOp::create(b, loc, c);
    columns.push_back(arith::AddIOp::create(b, loc, first, number));
    offsets.push_back(multiply(b, loc, toI64(b, loc, number), dot.columnStride));
    accumulators.push_back(dot.init(b, columns.back()));
  }
  Value start =
      advance(b, loc, dot.b, element, multiply(b, loc, toI64(b, loc, first), dot.columnStride));
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  auto step = [&](OpBuilder &inner, Location, Value k, ValueRange sums) {
    Value lanes = dot.a.loadColumn(inner, loc, k);
    Value place =
        advance(inner, loc, start, element, multiply(inner, loc, toI64(inner, loc, k), dot.stride));
    if (dot.next > 0)
      emitPrefetch(inner, loc, dot, start, place, k, block);
    SmallVector<Value> next;
    for (auto [offset, sum] : llvm::zip_equal(offsets, sums)) {
      Value number =
          LLVM::LoadOp::create(inner, loc, element, advance(inner, loc, place, element, offset));
      next.push_back(
          math::FmaOp::create(inner, loc, lanes, splat(inner, loc, number, dot.a.rows), sum));
    }
    scf::YieldOp::create(inner, loc, next);
  };
  auto loop = emitLoop(b, loc, zero, dot.count, one, accumulators, step);
  return dot.finish(b, columns, loop.getResults(), carried);
}

/// Blocks of `block` columns from `first` up to `end`, which is a whole number of them behind.
static SmallVector<Value> emitBlocks(OpBuilder &b, Location loc, const TileDot &dot, Value first,
                                     Value end, int64_t block, ValueRange carried) {
  Value step = arith::ConstantIndexOp::create(b, loc, block);
  auto loop =
      emitLoop(b, loc, first, end, step, carried,
               [&](OpBuilder &inner, Location, Value column, ValueRange state) {
                 scf::YieldOp::create(inner, loc, emitBlock(inner, loc, dot, column, block, state));
               });
  return SmallVector<Value>(loop.getResults());
}

SmallVector<Value> cpu::emitDot(OpBuilder &b, Location loc, const TileDot &dot,
                                const VectorUnit &unit) {
  // Three quarters of the registers hold sums, up to 13 of 16 where that cuts more evenly; a column
  // of lanes and a number need room, too.
  int64_t laneBytes = dot.a.rows * dot.a.element.getIntOrFloatBitWidth() / 8;
  int64_t perColumn = llvm::divideCeil(laneBytes, unit.bytes);
  int64_t left = unit.count - perColumn - 1;
  auto columnsIn = [&](int64_t registers) {
    return std::max<int64_t>(1, std::min(registers, left) / perColumn);
  };
  int64_t usual = columnsIn(unit.count * 3 / 4), most = columnsIn(unit.count * 13 / 16);
  Value position = arith::ConstantIndexOp::create(b, loc, 0);
  if (std::optional<int64_t> columns = constantOf(dot.columns)) {
    if (*columns <= 0)
      return dot.carried;
    int64_t blocks = llvm::divideCeil(*columns, most), size = *columns / blocks;
    int64_t larger = *columns % blocks * (size + 1);
    Value middle = arith::ConstantIndexOp::create(b, loc, larger);
    SmallVector<Value> state = dot.carried;
    if (larger > 0)
      state = emitBlocks(b, loc, dot, position, middle, size + 1, state);
    return emitBlocks(b, loc, dot, middle, dot.columns, size, state);
  }
  SmallVector<int64_t> sizes{usual};
  for (int64_t size : {4, 1})
    if (size < usual)
      sizes.push_back(size);
  SmallVector<Value> state = dot.carried;
  for (int64_t size : sizes) {
    Value block = arith::ConstantIndexOp::create(b, loc, size);
    Value left = arith::SubIOp::create(b, loc, dot.columns, position);
    Value whole = arith::MulIOp::create(b, loc, arith::DivUIOp::create(b, loc, left, block), block);
    Value end = arith::AddIOp::create(b, loc, position, whole);
    state = emitBlocks(b, loc, dot, position, end, size, state);
    position = end;
  }
  return state;
}
