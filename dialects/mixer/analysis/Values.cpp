//===- Values.cpp - the integers that bodies compute ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Facts.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::mixer;

Polynomial Facts::expression(AffineExpr expr, ValueRange dims, const Scope &scope) {
  switch (expr.getKind()) {
  case AffineExprKind::Constant:
    return cast<AffineConstantExpr>(expr).getValue();
  case AffineExprKind::DimId:
    return value(dims[cast<AffineDimExpr>(expr).getPosition()]);
  case AffineExprKind::SymbolId:
    return extents[cast<AffineSymbolExpr>(expr).getPosition()];
  default:
    break;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Polynomial a = expression(binary.getLHS(), dims, scope);
  Polynomial b = expression(binary.getRHS(), dims, scope);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return a + b;
  case AffineExprKind::Mul:
    return a * b;
  case AffineExprKind::FloorDiv:
    return floorDiv(a, b, scope);
  case AffineExprKind::CeilDiv:
    return -floorDiv(-a, b, scope);
  case AffineExprKind::Mod:
    return floorMod(a, b, scope);
  default:
    llvm_unreachable("not a binary expression");
  }
}

Polynomial Facts::value(Value value) {
  if (auto known = values.find(value); known != values.end())
    return known->second;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    scopeOf(argument.getOwner()); // binds the indices
    auto known = values.find(value);
    return known != values.end() ? known->second : values[value] = number({});
  }
  Polynomial result = compute(value);
  if (!result.isKnown())
    result = number({});
  values[value] = result;
  return result;
}

Polynomial Facts::compute(Value value) {
  Operation *op = value.getDefiningOp();
  const Scope &scope = scopeOf(op);
  auto of = [&](unsigned k) { return this->value(op->getOperand(k)); };
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return llvm::TypeSwitch<Operation *, Polynomial>(op)
      .Case<ApplyOp>([&](ApplyOp apply) {
        return expression(apply.getMap().getResult(0), apply.getIndices(), scope);
      })
      .Case<arith::AddIOp>([&](auto) { return of(0) + of(1); })
      .Case<arith::SubIOp>([&](auto) { return of(0) - of(1); })
      .Case<arith::MulIOp>([&](auto) { return of(0) * of(1); })
      .Case<arith::FloorDivSIOp>([&](auto) { return floorDiv(of(0), of(1), scope); })
      .Case<arith::MaxSIOp>([&](auto) { return maximum(of(0), of(1), scope); })
      .Case<arith::MinSIOp>([&](auto) { return minimum(of(0), of(1), scope); })
      .Case<math::AbsIOp>([&](auto) { return maximum(of(0), -of(0), scope); })
      .Case<arith::SelectOp>([&](arith::SelectOp select) {
        return choice(select.getCondition(), of(1), scope, of(2), scope);
      })
      .Case<scf::IfOp>([&](scf::IfOp branch) {
        unsigned k = cast<OpResult>(value).getResultNumber();
        return choice(branch.getCondition(), this->value(branch.thenYield().getOperand(k)),
                      scopeOf(branch.thenBlock()), this->value(branch.elseYield().getOperand(k)),
                      scopeOf(branch.elseBlock()));
      })
      .Case<FnOp>([&](FnOp fn) { return computeFn(fn, scope); })
      .Case<CastOp>([&](CastOp cast) {
        if (cast.getValue().getType().isInteger(1))
          return number({Polynomial(0), Polynomial(1)});
        // Wide integers are taken as they are (Facts.h); narrow ones saturate.
        bool isWide = cast.getElement().isInteger(64) || cast.getElement().isInteger(32);
        return cast.getValue().getType().isIndex() && isWide ? of(0) : number({});
      })
      .Case<OrderOp>([&](OrderOp order) {
        if (order.getKind() != OrderKind::argtop)
          return number({});
        return number({expression(order.getLower().getResult(0), order.getLowerOperands(), scope),
                       expression(order.getUpper().getResult(0), order.getUpperOperands(), scope) -
                           Polynomial(1)});
      })
      .Case<ReduceOp>([&](ReduceOp reduce) { return computeReduction(reduce, scope); })
      .Case<AtOp>([&](AtOp at) { return read(at, scope); })
      .Default([&](Operation *) { return number({}); });
}

Polynomial Facts::computeFn(FnOp fn, const Scope &scope) {
  auto of = [&](unsigned k) { return value(fn.getArgs()[k]); };
  switch (fn.getKind()) {
  case FnKind::floordiv:
    return floorDiv(of(0), of(1), scope);
  case FnKind::floormod:
    return floorMod(of(0), of(1), scope);
  case FnKind::relu:
    return maximum(of(0), Polynomial(0), scope);
  case FnKind::detach:
    return of(0);
  case FnKind::sign:
    return number({Polynomial(-1), Polynomial(1)});
  case FnKind::ipow: {
    Polynomial base = of(0), exponent = of(1);
    if (std::optional<int64_t> n = exponent.constant(); n && *n >= 0 && *n < 64) {
      Polynomial power = 1;
      for (int64_t k = 0; k < *n && power.isKnown(); ++k)
        power = power * base;
      return power;
    }
    for (int64_t least : {1, 0})
      if (holdsAtExtremes(base - Polynomial(least), scope))
        return number({Polynomial(least), std::nullopt});
    return number({});
  }
  default:
    return number({});
  }
}

Polynomial Facts::computeReduction(ReduceOp reduce, const Scope &scope) {
  Polynomial points = 1;
  for (auto [lo, hi] : llvm::zip(reduce.getLower().getResults(), reduce.getUpper().getResults()))
    points = points * (expression(hi, reduce.getUpperOperands(), scope) -
                       expression(lo, reduce.getLowerOperands(), scope));
  Block &body = reduce.getBody().front();
  Value term = body.getTerminator()->getOperand(0);
  switch (reduce.getKind()) {
  case ReduceKind::argmax:
  case ReduceKind::argmin: // a position; the language counts on a candidate being there
    return points.isKnown() ? number({Polynomial(0), points - Polynomial(1)}) : number({});
  case ReduceKind::sum: {
    if (!term.getType().isIndex())
      return number({});
    if (Value only = onlyTerm(reduce)) {
      // The term that counts, if one does.
      Interval sum = range(value(only), scopeOf(only.getParentBlock()));
      if (sum.lower && !holdsAtExtremes(-*sum.lower, scope))
        sum.lower =
            holdsAtExtremes(*sum.lower, scope) ? std::optional<Polynomial>(0) : std::nullopt;
      if (sum.upper && !holdsAtExtremes(*sum.upper, scope))
        sum.upper =
            holdsAtExtremes(-*sum.upper, scope) ? std::optional<Polynomial>(0) : std::nullopt;
      return number(sum);
    }
    Interval each = range(value(term), scopeOf(&body)), sum;
    if (each.lower && holdsAtExtremes(*each.lower, scope))
      sum.lower = 0;
    if (each.upper && holdsAtExtremes(*each.upper, scope) && holdsAtExtremes(points, scope))
      sum.upper = *each.upper * points;
    if (sum.upper && !sum.upper->isKnown())
      sum.upper.reset();
    return number(sum);
  }
  default:
    return number({});
  }
}

Interval Facts::join(const Interval &a, const Interval &b, const Scope &scope) {
  Interval result;
  if (a.lower && b.lower) {
    if (holdsAtExtremes(*b.lower - *a.lower, scope))
      result.lower = a.lower;
    else if (holdsAtExtremes(*a.lower - *b.lower, scope))
      result.lower = b.lower;
  }
  if (a.upper && b.upper) {
    if (holdsAtExtremes(*a.upper - *b.upper, scope))
      result.upper = a.upper;
    else if (holdsAtExtremes(*b.upper - *a.upper, scope))
      result.upper = b.upper;
  }
  return result;
}

Polynomial Facts::maximum(const Polynomial &a, const Polynomial &b, const Scope &scope) {
  if (!a.isKnown() || !b.isKnown())
    return Polynomial::unknown();
  if (holdsAtExtremes(a - b, scope))
    return a;
  if (holdsAtExtremes(b - a, scope))
    return b;
  Interval ofA = range(a, scope), ofB = range(b, scope);
  Interval both = join(ofA, ofB, scope);
  // One lower bound is enough; a constant one is the most useful.
  both.lower = ofB.lower && (ofB.lower->constant() || !ofA.lower) ? ofB.lower : ofA.lower;
  Polynomial result = number(both, readsData(a) || readsData(b));
  if (std::optional<Atom> self = result.asAtom()) {
    AtomInfo &info = atoms[*self];
    info.operands = a.atoms();
    llvm::append_range(info.operands, b.atoms());
    info.facts = {result - a, result - b};
    // Follows from the cases, but a product with the maximum needs it for all of them at once.
    if (auto mostA = atMost(a, scope), mostB = atMost(b, scope); mostA && mostB)
      info.facts.push_back(Polynomial(std::max(*mostA, *mostB)) - result);
    info.cases.push_back({{a - result}, {b - result}});
    info.lowerData |= isData(a) || isData(b);
    info.upperData |= isData(a) || isData(b);
  }
  return result;
}

Polynomial Facts::choice(Value condition, const Polynomial &a, const Scope &scopeOfA,
                         const Polynomial &b, const Scope &scopeOfB) {
  if (!a.isKnown() || !b.isKnown())
    return Polynomial::unknown();
  if (a == b)
    return a;
  Interval both = join(range(a, scopeOfA), range(b, scopeOfB), scopeOf(condition.getParentBlock()));
  Polynomial result = number(both, readsData(a) || readsData(b));
  if (std::optional<Atom> self = result.asAtom()) {
    Cases cases;
    llvm::SmallVector<Atom> operands = a.atoms();
    llvm::append_range(operands, b.atoms());
    for (auto [truth, chosen] : {std::pair(true, a), std::pair(false, b)})
      for (Conjunction conjunction : alternatives(condition, truth)) {
        for (const Polynomial &fact : conjunction)
          llvm::append_range(operands, fact.atoms());
        llvm::append_values(conjunction, result - chosen, chosen - result);
        cases.push_back(std::move(conjunction));
      }
    AtomInfo &info = atoms[*self];
    info.operands = std::move(operands);
    info.cases.push_back(std::move(cases));
    info.lowerData |= isData(a) || isData(b);
    info.upperData |= isData(a) || isData(b);
  }
  return result;
}
