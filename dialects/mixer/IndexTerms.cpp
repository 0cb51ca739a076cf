//===- IndexTerms.cpp - integers of bodies as expressions -----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/IndexTerms.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc::mixer;

AffineExpr IndexTerms::of(Value value) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  AffineExpr expr = compute(value);
  if (!expr) {
    expr = getAffineDimExpr(leaves.size(), context);
    leaves.push_back(value);
  }
  known[value] = expr;
  return expr;
}

SmallVector<AffineExpr> IndexTerms::of(AffineMap map, ValueRange operands) {
  SmallVector<AffineExpr> dims, results;
  for (Value operand : operands)
    dims.push_back(of(operand));
  for (AffineExpr expr : map.getResults())
    results.push_back(expr.replaceDims(dims));
  return results;
}

AffineExpr IndexTerms::compute(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || !value.getType().isIndex())
    return {};
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return getAffineConstantExpr(constant.getSExtValue(), context);
  if (auto apply = dyn_cast<ApplyOp>(op))
    return of(apply.getMap(), apply.getIndices()).front();
  if (auto add = dyn_cast<arith::AddIOp>(op))
    return of(add.getLhs()) + of(add.getRhs());
  if (auto sub = dyn_cast<arith::SubIOp>(op))
    return of(sub.getLhs()) - of(sub.getRhs());
  if (auto mul = dyn_cast<arith::MulIOp>(op)) {
    AffineExpr lhs = of(mul.getLhs()), rhs = of(mul.getRhs());
    if (lhs.isSymbolicOrConstant() || rhs.isSymbolicOrConstant())
      return lhs * rhs;
  }
  return {};
}

Value IndexTerms::leafOf(AffineExpr expr) const {
  auto dim = dyn_cast<AffineDimExpr>(expr);
  return dim ? leaves[dim.getPosition()] : Value();
}
