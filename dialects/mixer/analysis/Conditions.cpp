//===- Conditions.cpp - conditions as cases of inequalities ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A condition that holds means that one of several conjunctions of inequalities does: its
// disjunctive form. One that says nothing about integers is `one conjunction of nothing`. Forms are
// cut off at maxCases: what is left says less, which is safe.
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Facts.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc::mixer;

static constexpr unsigned maxCases = 8, maxInequalities = 16;

/// One case that says nothing.
static Cases always() { return {Conjunction()}; }

/// a or b.
static Cases either(Cases a, const Cases &b) {
  bool saysNothing = llvm::any_of(a, [](const Conjunction &c) { return c.empty(); }) ||
                     llvm::any_of(b, [](const Conjunction &c) { return c.empty(); });
  if (saysNothing || a.size() + b.size() > maxCases)
    return always();
  llvm::append_range(a, b);
  return a;
}

/// a and b.
static Cases both(const Cases &a, const Cases &b) {
  if (a.size() * b.size() > maxCases)
    return a.size() < b.size() ? a : b;
  Cases result;
  for (const Conjunction &one : a)
    for (const Conjunction &other : b) {
      Conjunction together = one;
      if (one.size() + other.size() <= maxInequalities)
        llvm::append_range(together, other);
      result.push_back(std::move(together));
    }
  return result;
}

const Cases &Facts::alternatives(Value condition, bool truth) {
  std::pair<void *, bool> key(condition.getAsOpaquePointer(), truth);
  if (auto known = conditions.find(key); known != conditions.end())
    return known->second;
  Cases computed = computeAlternatives(condition, truth);
  return conditions[key] = std::move(computed);
}

/// The cases of `a predicate b`.
static Cases compare(arith::CmpIPredicate predicate, const Polynomial &a, const Polynomial &b) {
  using Predicate = arith::CmpIPredicate;
  Polynomial one(1);
  switch (predicate) {
  case Predicate::eq:
    return {{a - b, b - a}};
  case Predicate::ne:
    return {{a - b - one}, {b - a - one}};
  case Predicate::slt:
    return {{b - a - one}};
  case Predicate::sle:
    return {{b - a}};
  case Predicate::sgt:
    return {{a - b - one}};
  case Predicate::sge:
    return {{a - b}};
  default:
    return always();
  }
}

Cases Facts::computeAlternatives(Value condition, bool truth) {
  APInt constant;
  if (matchPattern(condition, m_ConstantInt(&constant)))
    return constant.isZero() == truth ? Cases() : always();
  Operation *op = condition.getDefiningOp();
  if (!op)
    return always();
  if (auto cmp = dyn_cast<arith::CmpIOp>(op)) {
    if (!cmp.getLhs().getType().isIndex())
      return always();
    arith::CmpIPredicate predicate =
        truth ? cmp.getPredicate() : arith::invertPredicate(cmp.getPredicate());
    Polynomial a = value(cmp.getLhs()), b = value(cmp.getRhs());
    return a.isKnown() && b.isKnown() ? compare(predicate, a, b) : always();
  }
  auto of = [&](Value part, bool truth) { return alternatives(part, truth); };
  if (isa<arith::AndIOp, arith::OrIOp>(op)) {
    Value a = op->getOperand(0), b = op->getOperand(1);
    bool isBoth = isa<arith::AndIOp>(op) == truth;
    return isBoth ? both(of(a, truth), of(b, truth)) : either(of(a, truth), of(b, truth));
  }
  if (isa<arith::XOrIOp>(op)) {
    Value a = op->getOperand(0), b = op->getOperand(1);
    return either(both(of(a, true), of(b, !truth)), both(of(a, false), of(b, truth)));
  }
  auto chosen = [&](Value choice, Value a, Value b) {
    return either(both(of(choice, true), of(a, truth)), both(of(choice, false), of(b, truth)));
  };
  if (auto select = dyn_cast<arith::SelectOp>(op))
    return chosen(select.getCondition(), select.getTrueValue(), select.getFalseValue());
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    unsigned k = cast<OpResult>(condition).getResultNumber();
    return chosen(branch.getCondition(), branch.thenYield().getOperand(k),
                  branch.elseYield().getOperand(k));
  }
  return always();
}
