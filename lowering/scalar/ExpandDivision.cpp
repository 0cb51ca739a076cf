//===- ExpandDivision.cpp - integer divisions that never trap -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/scalar/Passes.h"

#include "mlir/IR/Matchers.h"

namespace mixc::lowering {
#define GEN_PASS_DEF_EXPANDDIVISION
#include "lowering/scalar/Passes.h.inc"
} // namespace mixc::lowering

using namespace mlir;

namespace {
/// One division, rounded or for its remainder, in terms of the machine's.
struct Division {
  explicit Division(Operation *op)
      : op(op), builder(op), loc(op->getLoc()), x(op->getOperand(0)), y(op->getOperand(1)) {}

  void expand();

private:
  Value constant(int64_t value) {
    return arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(x.getType(), value));
  }
  Value compare(arith::CmpIPredicate predicate, Value a, int64_t b) {
    return arith::CmpIOp::create(builder, loc, predicate, a, constant(b));
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  Value quotient(Value divisor);

  Operation *op;
  OpBuilder builder;
  Location loc;
  Value x, y;
};
} // namespace

/// x / divisor, which is neither 0 nor -1, rounded as the op says.
Value Division::quotient(Value divisor) {
  Value truncated = arith::DivSIOp::create(builder, loc, x, divisor);
  bool isFloor = isa<arith::FloorDivSIOp>(op);
  if (!isFloor && !isa<arith::CeilDivSIOp>(op))
    return truncated;
  Value rest = arith::RemSIOp::create(builder, loc, x, divisor);
  Value isInexact = compare(arith::CmpIPredicate::ne, rest, 0);
  // The rest has the sign of x.
  Value signs = arith::XOrIOp::create(builder, loc, rest, divisor);
  Value isWrong =
      compare(isFloor ? arith::CmpIPredicate::slt : arith::CmpIPredicate::sge, signs, 0);
  Value moves = arith::AndIOp::create(builder, loc, isInexact, isWrong);
  Value moved = arith::AddIOp::create(builder, loc, truncated, constant(isFloor ? -1 : 1));
  return select(moves, moved, truncated);
}

void Division::expand() {
  APInt known;
  bool isRemainder = isa<arith::RemSIOp>(op);
  if (matchPattern(y, m_ConstantInt(&known)) && !known.isZero() && !known.isAllOnes()) {
    if (!isa<arith::DivSIOp, arith::RemSIOp>(op)) {
      op->replaceAllUsesWith(ValueRange(quotient(y)));
      op->erase();
    }
    return;
  }
  Value isZero = compare(arith::CmpIPredicate::eq, y, 0);
  Value isMinusOne = compare(arith::CmpIPredicate::eq, y, -1);
  Value safe = select(arith::OrIOp::create(builder, loc, isZero, isMinusOne), constant(1), y);
  Value result;
  if (isRemainder) {
    result = arith::RemSIOp::create(builder, loc, x, safe); // by 1: 0
  } else {
    Value negated = arith::SubIOp::create(builder, loc, constant(0), x);
    result = select(isZero, constant(0), select(isMinusOne, negated, quotient(safe)));
  }
  op->replaceAllUsesWith(ValueRange(result));
  op->erase();
}

namespace {
struct ExpandDivision : mixc::lowering::impl::ExpandDivisionBase<ExpandDivision> {
  void runOnOperation() override {
    SmallVector<Operation *> divisions;
    getOperation()->walk([&](Operation *op) {
      if (isa<arith::DivSIOp, arith::RemSIOp, arith::FloorDivSIOp, arith::CeilDivSIOp>(op))
        divisions.push_back(op);
    });
    for (Operation *op : divisions)
      Division(op).expand();
  }
};
} // namespace
