//===- OneHot.cpp - sums of which one term counts -------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `sum[t](if pick[t] == i then f(t) else 0)` is f of the one t that was picked, and 0 where none
// was: `pick[t] = argtop[c](.., rank=t)` names no candidate twice. Without that, all terms might
// count, and the sum could be as large as their number times their bound.
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Facts.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace mixc::mixer;

/// Whether `value` may change with `index`. Tensors do not: they are defined outside of bodies.
static bool dependsOn(Value value, Value index) {
  SmallVector<Value> open = {value};
  llvm::SmallPtrSet<Operation *, 16> seen;
  while (!open.empty()) {
    Value next = open.pop_back_val();
    if (next == index)
      return true;
    if (Operation *op = next.getDefiningOp(); op && seen.insert(op).second)
      op->walk([&](Operation *inner) {
        for (Value operand : inner->getOperands())
          if (!isa<MixerTensorType>(operand.getType()))
            open.push_back(operand);
      });
  }
  return false;
}

static bool isInjective(Value value, Value index);

/// Whether different values of `index` give different values of the expression.
static bool isInjective(AffineExpr expr, ValueRange dims, Value index) {
  auto varies = [&](AffineExpr part) {
    bool result = false;
    part.walk([&](AffineExpr e) {
      if (auto dim = dyn_cast<AffineDimExpr>(e))
        result |= dependsOn(dims[dim.getPosition()], index);
    });
    return result;
  };
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return isInjective(dims[dim.getPosition()], index);
  auto sum = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!sum || sum.getKind() != AffineExprKind::Add)
    return false;
  AffineExpr a = sum.getLHS(), b = sum.getRHS();
  return (isInjective(a, dims, index) && !varies(b)) || (isInjective(b, dims, index) && !varies(a));
}

/// Whether different values of `index` give different values of `value`, all else being equal.
static bool isInjective(Value value, Value index) {
  if (value == index)
    return true;
  Operation *op = value.getDefiningOp();
  if (auto apply = dyn_cast_if_present<ApplyOp>(op))
    return isInjective(apply.getMap().getResult(0), apply.getIndices(), index);
  if (auto order = dyn_cast_if_present<OrderOp>(op)) {
    // The candidates have one order, ties and NaN included: no two ranks meet in it.
    auto isSame = [&](Value operand) { return !dependsOn(operand, index); };
    bool sameOrder = llvm::all_of(order.getLowerOperands(), isSame) &&
                     llvm::all_of(order.getUpperOperands(), isSame) &&
                     isSame(order.getBody().front().getTerminator()->getOperand(0));
    return order.getKind() == OrderKind::argtop && sameOrder && isInjective(order.getRank(), index);
  }
  auto at = dyn_cast_if_present<AtOp>(op);
  auto eq = at ? at.getTensor().getDefiningOp<EqOp>() : nullptr;
  // Narrow integers saturate: different numbers may be stored as one.
  if (!eq || !eq.getYield().getValues()[0].getType().isIndex() ||
      eq.getType().getElement().getIntOrFloatBitWidth() < 32)
    return false;
  // One subscript makes the difference, and the element shows it.
  std::optional<unsigned> moving;
  for (auto [axis, subscript] : llvm::enumerate(at.getMap().getResults())) {
    bool varies = llvm::any_of(llvm::enumerate(at.getIndices()), [&](auto dim) {
      return subscript.isFunctionOfDim(dim.index()) && dependsOn(dim.value(), index);
    });
    if (varies && moving)
      return false;
    if (varies)
      moving = axis;
  }
  return moving && isInjective(at.getMap().getResult(*moving), at.getIndices(), index) &&
         isInjective(eq.getYield().getValues()[0], eq.getBody().getArgument(*moving));
}

/// Whether `condition` holds for one value of `index` at most.
static bool holdsOnce(Value condition, Value index) {
  if (auto both = condition.getDefiningOp<arith::AndIOp>())
    return holdsOnce(both.getLhs(), index) || holdsOnce(both.getRhs(), index);
  auto equal = condition.getDefiningOp<arith::CmpIOp>();
  if (!equal || equal.getPredicate() != arith::CmpIPredicate::eq)
    return false;
  Value a = equal.getLhs(), b = equal.getRhs();
  return (isInjective(a, index) && !dependsOn(b, index)) ||
         (isInjective(b, index) && !dependsOn(a, index));
}

Value mixc::mixer::onlyTerm(ReduceOp sum) {
  Block &body = sum.getBody().front();
  Value term = body.getTerminator()->getOperand(0);
  if (body.getNumArguments() != 1)
    return nullptr;
  Value condition, chosen, otherwise;
  if (auto select = term.getDefiningOp<arith::SelectOp>()) {
    condition = select.getCondition();
    chosen = select.getTrueValue();
    otherwise = select.getFalseValue();
  } else if (auto branch = term.getDefiningOp<scf::IfOp>()) {
    unsigned k = cast<OpResult>(term).getResultNumber();
    condition = branch.getCondition();
    chosen = branch.thenYield().getOperand(k);
    otherwise = branch.elseYield().getOperand(k);
  }
  bool isOneHot =
      condition && matchPattern(otherwise, m_Zero()) && holdsOnce(condition, body.getArgument(0));
  return isOneHot ? chosen : nullptr;
}
