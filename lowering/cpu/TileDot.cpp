//===- TileDot.cpp - products of tiles, blocked into registers -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileDot.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc::lowering::cpu;

/// The columns `first` to `first + block` of the result.
static void emitBlock(OpBuilder &b, Location loc, const TileDot &dot, Value first, int64_t block) {
  Type element = dot.a.element;
  auto multiply = [&](OpBuilder &b, Value x, Value y) -> Value {
    return arith::MulIOp::create(b, loc, x, y, arith::IntegerOverflowFlags::nsw);
  };
  SmallVector<Value> columns, offsets, accumulators;
  for (int64_t c = 0; c < block; ++c) {
    Value number = arith::ConstantIndexOp::create(b, loc, c);
    columns.push_back(arith::AddIOp::create(b, loc, first, number));
    offsets.push_back(multiply(b, toI64(b, loc, number), dot.columnStride));
    accumulators.push_back(dot.init(b, columns.back()));
  }
  Value start = advance(b, loc, dot.b, element,
                        multiply(b, toI64(b, loc, first), dot.columnStride));
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  auto step = [&](OpBuilder &b, Location loc, Value k, ValueRange sums) {
    Value lanes = dot.a.loadColumn(b, loc, k);
    Value place = advance(b, loc, start, element, multiply(b, toI64(b, loc, k), dot.stride));
    SmallVector<Value> next;
    for (auto [offset, sum] : llvm::zip_equal(offsets, sums)) {
      Value number =
          LLVM::LoadOp::create(b, loc, element, advance(b, loc, place, element, offset));
      next.push_back(
          math::FmaOp::create(b, loc, lanes, splat(b, loc, number, dot.a.rows), sum));
    }
    scf::YieldOp::create(b, loc, next);
  };
  auto loop = emitLoop(b, loc, zero, dot.count, one, accumulators, step);
  for (auto [column, sum] : llvm::zip_equal(columns, loop.getResults()))
    dot.store(b, column, sum);
}

/// Blocks of `block` columns from `first` up to `end`, which is a whole number of them behind.
static void emitBlocks(OpBuilder &b, Location loc, const TileDot &dot, Value first, Value end,
                       int64_t block) {
  Value step = arith::ConstantIndexOp::create(b, loc, block);
  emitLoop(b, loc, first, end, step, ValueRange(),
                     [&](OpBuilder &inner, Location loc, Value column, ValueRange) {
                       emitBlock(inner, loc, dot, column, block);
                       scf::YieldOp::create(inner, loc);
                     });
}

void mixc::lowering::cpu::emitDot(OpBuilder &b, Location loc, const TileDot &dot,
                                  VectorRegisters registers) {
  // Three quarters of the registers hold sums; up to 13 of 16 where that cuts more evenly.
  int64_t laneBytes = dot.a.rows * dot.a.element.getIntOrFloatBitWidth() / 8;
  int64_t perColumn = llvm::divideCeil(laneBytes, registers.bytes);
  int64_t usual = std::max<int64_t>(1, registers.count * 3 / 4 / perColumn);
  int64_t most = std::max<int64_t>(1, registers.count * 13 / 16 / perColumn);
  Value position = arith::ConstantIndexOp::create(b, loc, 0);
  APInt constant;
  if (matchPattern(dot.columns, m_ConstantInt(&constant))) {
    int64_t columns = constant.getSExtValue();
    if (columns <= 0)
      return;
    int64_t blocks = llvm::divideCeil(columns, most), size = columns / blocks;
    int64_t larger = columns % blocks * (size + 1);
    Value middle = arith::ConstantIndexOp::create(b, loc, larger);
    if (larger > 0)
      emitBlocks(b, loc, dot, position, middle, size + 1);
    return emitBlocks(b, loc, dot, middle, dot.columns, size);
  }
  SmallVector<int64_t> sizes{usual};
  for (int64_t size : {8, 4, 2, 1})
    if (size < usual)
      sizes.push_back(size);
  for (int64_t size : sizes) {
    Value block = arith::ConstantIndexOp::create(b, loc, size);
    Value left = arith::SubIOp::create(b, loc, dot.columns, position);
    Value whole = arith::MulIOp::create(b, loc, arith::DivUIOp::create(b, loc, left, block), block);
    Value end = arith::AddIOp::create(b, loc, position, whole);
    emitBlocks(b, loc, dot, position, end, size);
    position = end;
  }
}
