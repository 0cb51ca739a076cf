//===- PointLoops.cpp - loops over the points of a grid -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/PointLoops.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

void mixc::lowering::cpu::emitPointLoops(OpBuilder &builder, Location loc, ValueRange sizes,
                                         Value begin, Value end,
                                         function_ref<void(OpBuilder &, ValueRange)> body) {
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  if (sizes.size() <= 1) {
    scf::ForOp::create(builder, loc, begin, end, one, ValueRange(),
                       [&](OpBuilder &inner, Location, Value point, ValueRange) {
                         body(inner, sizes.empty() ? ValueRange() : ValueRange(point));
                         scf::YieldOp::create(inner, loc);
                       });
    return;
  }

  // The point, then its indices.
  size_t rank = sizes.size();
  SmallVector<Value> state(rank + 1, begin);
  for (size_t axis = rank; axis-- > 1;) {
    state[axis + 1] = arith::RemUIOp::create(builder, loc, state[1], sizes[axis]);
    state[1] = arith::DivUIOp::create(builder, loc, state[1], sizes[axis]);
  }

  auto isLeft = [&](OpBuilder &b, Location, ValueRange state) {
    Value left = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, state.front(), end);
    scf::ConditionOp::create(b, loc, left, state);
  };
  auto doRow = [&](OpBuilder &b, Location, ValueRange state) {
    Value point = state.front(), first = state.back();
    Value count = arith::MinSIOp::create(b, loc, arith::SubIOp::create(b, loc, sizes.back(), first),
                                         arith::SubIOp::create(b, loc, end, point));
    scf::ForOp::create(b, loc, first, arith::AddIOp::create(b, loc, first, count), one,
                       ValueRange(), [&](OpBuilder &inner, Location, Value last, ValueRange) {
                         SmallVector<Value> indices(state.drop_front());
                         indices.back() = last;
                         body(inner, indices);
                         scf::YieldOp::create(inner, loc);
                       });

    SmallVector<Value> next(state);
    next.front() = arith::AddIOp::create(b, loc, point, count);
    next.back() = zero;
    Value carry = one;
    for (size_t axis = rank - 1; axis-- > 0;) {
      Value index = arith::AddIOp::create(b, loc, state[axis + 1], carry);
      Value wraps = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, index, sizes[axis]);
      next[axis + 1] = arith::SelectOp::create(b, loc, wraps, zero, index);
      carry = arith::SelectOp::create(b, loc, wraps, one, zero);
    }
    scf::YieldOp::create(b, loc, next);
  };
  scf::WhileOp::create(builder, loc, ValueRange(state).getTypes(), state, isLeft, doRow);
}
