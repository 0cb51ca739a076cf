//===- FuseMultiplyAdd.cpp - multiply-adds where they are allowed ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/scalar/Passes.h"

#include "mlir/Dialect/Math/IR/Math.h"

namespace mixc::lowering {
#define GEN_PASS_DEF_FUSEMULTIPLYADD
#include "lowering/scalar/Passes.h.inc"
} // namespace mixc::lowering

using namespace mlir;

static bool mayContract(Operation *op) {
  auto flags = cast<arith::ArithFastMathInterface>(op).getFastMathFlagsAttr();
  return arith::bitEnumContainsAny(flags.getValue(), arith::FastMathFlags::contract);
}

/// The product that `value` is, where a sum may absorb it.
static arith::MulFOp absorbed(Value value) {
  auto product = value.getDefiningOp<arith::MulFOp>();
  return product && product->hasOneUse() && mayContract(product) ? product : nullptr;
}

/// `op` is a sum, or with `isDifference` a difference.
static void fuse(Operation *op, bool isDifference) {
  if (!mayContract(op))
    return;
  Value left = op->getOperand(0), right = op->getOperand(1);
  arith::MulFOp product = absorbed(left);
  bool isLeft = product != nullptr;
  if (!product)
    product = absorbed(right);
  if (!product)
    return;
  OpBuilder b(op);
  Location loc = op->getLoc();
  Value x = product.getLhs(), other = isLeft ? right : left;
  if (isDifference) {
    Value &negated = isLeft ? other : x;
    negated = arith::NegFOp::create(b, loc, negated);
  }
  auto flags = cast<arith::ArithFastMathInterface>(op).getFastMathFlagsAttr();
  Value result = math::FmaOp::create(b, loc, x, product.getRhs(), other, flags);
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  product->erase();
}

namespace {
struct FuseMultiplyAdd : mixc::lowering::impl::FuseMultiplyAddBase<FuseMultiplyAdd> {
  void runOnOperation() override {
    SmallVector<Operation *> sums;
    getOperation()->walk([&](Operation *op) {
      if (isa<arith::AddFOp, arith::SubFOp>(op))
        sums.push_back(op);
    });
    for (Operation *op : sums)
      fuse(op, isa<arith::SubFOp>(op));
  }
};
} // namespace
