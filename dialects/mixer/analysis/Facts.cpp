//===- Facts.cpp - scopes: what holds in which body -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Facts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mixc::mixer;

//===----------------------------------------------------------------------===//
// Atoms
//===----------------------------------------------------------------------===//

Atom Facts::newAtom(AtomInfo info) {
  atoms.push_back(std::move(info));
  return atoms.size() - 1;
}

Polynomial Facts::number(Interval range, bool data) {
  // Atoms are 16-bit numbers; a function that needs more is not analysed further.
  if (atoms.size() >= std::numeric_limits<Atom>::max())
    return Polynomial::unknown();
  AtomInfo info;
  info.lowerData = range.lower && isData(*range.lower);
  info.upperData = range.upper && isData(*range.upper);
  info.range = std::move(range);
  info.data = data;
  return Polynomial::ofAtom(newAtom(std::move(info)));
}

bool Facts::readsData(const Polynomial &p) const {
  return llvm::any_of(p.atoms(), [&](Atom atom) { return atoms[atom].data; });
}

bool Facts::isOver(const Polynomial &p, llvm::function_ref<bool(Atom)> admits) const {
  return llvm::all_of(p.atoms(), [&](Atom atom) {
    const AtomInfo &info = atoms[atom];
    if (info.kind == Kind::Extent || atom < functionAtoms || admits(atom))
      return true;
    return info.kind == Kind::Quotient && isOver(info.dividend, admits) &&
           isOver(info.divisor, admits);
  });
}

bool Facts::isData(const Polynomial &p) const {
  return llvm::any_of(p.atoms(), [&](Atom atom) {
    const AtomInfo &info = atoms[atom];
    return info.data || info.lowerData || info.upperData;
  });
}

//===----------------------------------------------------------------------===//
// The function's facts
//===----------------------------------------------------------------------===//

Facts::Facts(FuncOp func) : func(func) {
  auto &root = scopes[&func.getBody().front()];
  root = std::make_unique<Scope>();
  for (unsigned k = 0; k < func.getNumExtents(); ++k) {
    ExtentAttr extent = func.getExtent(k);
    auto argument = [&](AffineExpr expr) { return expression(expr, {}, *root); };
    switch (extent.getKind()) {
    case ExtentKind::fixed:
      extents.push_back(argument(extent.getArgs()[0]));
      break;
    case ExtentKind::dynamic: {
      AtomInfo info;
      info.kind = Kind::Extent;
      info.range.lower = 0;
      extents.push_back(Polynomial::ofAtom(newAtom(std::move(info))));
      break;
    }
    case ExtentKind::min:
    case ExtentKind::max: {
      // max(a, b, ..), or min(a, b, ..) = -max(-a, -b, ..).
      bool isMin = extent.getKind() == ExtentKind::min;
      auto sign = [&](const Polynomial &p) { return isMin ? -p : p; };
      Polynomial result = sign(argument(extent.getArgs()[0]));
      for (AffineExpr next : extent.getArgs().drop_front())
        result = maximum(result, sign(argument(next)), *root);
      extents.push_back(sign(result));
      break;
    }
    }
  }
  assumeFunctionFacts();
}

/// Splits `condition` at its `&&`s.
static void conjuncts(Value condition, SmallVectorImpl<Value> &out) {
  if (auto both = condition.getDefiningOp<arith::AndIOp>()) {
    conjuncts(both.getLhs(), out);
    conjuncts(both.getRhs(), out);
  } else {
    out.push_back(condition);
  }
}

void Facts::assumeFunctionFacts() {
  Scope &root = *scopes[&func.getBody().front()];
  SmallVector<Value> equations, others;
  for (auto fact : func.getBody().getOps<FactOp>()) {
    SmallVector<Value> parts;
    conjuncts(fact.getBody().front().getTerminator()->getOperand(0), parts);
    for (Value part : parts) {
      auto compare = part.getDefiningOp<arith::CmpIOp>();
      bool isEquation = compare && compare.getPredicate() == arith::CmpIPredicate::eq &&
                        compare.getLhs().getType().isIndex();
      (isEquation ? equations : others).push_back(part);
    }
  }
  for (Value part : equations) {
    auto compare = part.getDefiningOp<arith::CmpIOp>();
    Polynomial zero = value(compare.getLhs()) - value(compare.getRhs());
    if (!solveForExtent(zero))
      assume(root, {zero, -zero});
  }
  for (Value part : others)
    assume(root, part, true);
  functionAtoms = atoms.size();
  forgetBodies();
}

/// Drops what was computed about bodies: it was done with fewer facts.
void Facts::forgetBodies() {
  Block *entry = &func.getBody().front();
  std::unique_ptr<Scope> root = std::move(scopes[entry]);
  root->quotients.clear();
  root->answers.clear();
  scopes.clear();
  scopes[entry] = std::move(root);
  values.clear();
  conditions.clear();
}

bool Facts::solveForExtent(const Polynomial &zero) {
  if (!zero.isKnown())
    return false;
  for (const Polynomial::Term &term : llvm::reverse(zero.getTerms())) {
    if (term.monomial.degree() != 1 || std::abs(term.coefficient) != 1)
      continue;
    Atom atom = term.monomial.atoms()[0];
    bool once = llvm::count_if(zero.getTerms(), [&](const Polynomial::Term &t) {
                  return t.monomial.count(atom) > 0;
                }) == 1;
    if (atoms[atom].kind != Kind::Extent || !once)
      continue;
    Polynomial self = Polynomial::ofAtom(atom);
    Polynomial solution = term.coefficient == 1 ? self - zero : self + zero;

    auto replace = [&](Polynomial &p) { p = p.substitute(atom, solution); };
    for (Polynomial &extent : extents)
      replace(extent);
    divisions.clear();
    for (auto [number, info] : llvm::enumerate(atoms)) {
      replace(info.dividend);
      replace(info.divisor);
      for (std::optional<Polynomial> *bound : {&info.range.lower, &info.range.upper})
        if (*bound && number != atom)
          replace(**bound);
      llvm::for_each(info.facts, replace);
      for (Cases &cases : info.cases)
        for (Conjunction &conjunction : cases)
          llvm::for_each(conjunction, replace);
      if (info.kind == Kind::Quotient)
        divisions.try_emplace({info.dividend, info.divisor}, number);
    }
    forgetBodies();
    Scope &root = *scopes[&func.getBody().front()];
    llvm::for_each(root.facts, replace);
    for (Cases &cases : root.cases)
      for (Conjunction &conjunction : cases)
        llvm::for_each(conjunction, replace);
    assume(root, {solution});
    return true;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Scopes
//===----------------------------------------------------------------------===//

void Facts::assume(Scope &scope, const Conjunction &conjunction) {
  for (const Polynomial &p : conjunction) {
    if (!p.isKnown())
      continue;
    scope.facts.push_back(p);
    noteLeast(scope, p);
  }
  scope.answers.clear();
}

/// Notes that atoms are at least a constant where `p >= 0` says it of them alone: `k*a - c >= 0`,
/// or of a product of atoms that are not negative: `a*b - 1 >= 0` makes both at least 1.
void Facts::noteLeast(Scope &scope, const Polynomial &p) {
  ArrayRef<Polynomial::Term> terms = p.getTerms();
  if (terms.size() != 2 || terms[0].monomial.degree() != 0 || terms[1].coefficient < 0 ||
      terms[0].coefficient == std::numeric_limits<int64_t>::min())
    return;
  int64_t least = llvm::divideCeilSigned(-terms[0].coefficient, terms[1].coefficient);
  ArrayRef<Atom> factors = terms[1].monomial.atoms();
  if (factors.size() > 1) {
    bool signsKnown = llvm::all_of(factors, [&](Atom atom) {
      bool known;
      return atLeast(atom, scope, known) >= 0 && known;
    });
    if (!signsKnown || least < 1)
      return;
    least = 1;
  }
  for (Atom atom : factors) {
    bool known;
    int64_t before = atLeast(atom, scope, known);
    if (known && least <= before)
      continue;
    scope.atLeast[atom] = least;
    // Where x floordiv d is at least 1, d is not 0, and x is at least d.
    Polynomial x = atoms[atom].dividend, d = atoms[atom].divisor;
    if (atoms[atom].kind == Kind::Quotient && least >= 1 && holdsAtExtremes(d, scope))
      assume(scope, {d - Polynomial(1), x - d});
  }
}

void Facts::assume(Scope &scope, Value condition, bool truth) {
  // Conjunctions are assumed part by part, so that their cases do not multiply.
  if (auto both = condition.getDefiningOp<arith::AndIOp>(); both && truth) {
    assume(scope, both.getLhs(), true);
    assume(scope, both.getRhs(), true);
    return;
  }
  if (auto either = condition.getDefiningOp<arith::OrIOp>(); either && !truth) {
    assume(scope, either.getLhs(), false);
    assume(scope, either.getRhs(), false);
    return;
  }
  // What a case contradicts is dropped where that is cheap to see: `n != 0` with n >= 0 is n >= 1.
  Cases cases = alternatives(condition, truth);
  llvm::erase_if(cases, [&](const Conjunction &conjunction) {
    return llvm::any_of(conjunction, [&](const Polynomial &p) {
      return holdsAtExtremes(-p - Polynomial(1), scope);
    });
  });
  if (cases.size() == 1)
    assume(scope, cases.front());
  else
    scope.cases.push_back(std::move(cases));
  scope.answers.clear();
}

void Facts::bindIndices(Scope &scope, ArrayRef<BlockArgument> indices, ArrayRef<AffineExpr> lower,
                        ValueRange lowerOperands, ArrayRef<AffineExpr> upper,
                        ValueRange upperOperands) {
  for (auto [index, lo, hi] : llvm::zip(indices, lower, upper)) {
    Polynomial first = expression(lo, lowerOperands, *scope.parent);
    Polynomial last = expression(hi, upperOperands, *scope.parent) - Polynomial(1);
    Interval range;
    if (first.isKnown())
      range.lower = first;
    if (last.isKnown())
      range.upper = last;
    values[index] = number(range);
    assume(scope, {last - first});
  }
}

const Scope &Facts::scopeOf(Block *block) {
  if (auto known = scopes.find(block); known != scopes.end())
    return *known->second;
  Operation *op = block->getParentOp();
  // The regions of facts and defaults see what was assumed so far.
  const Scope &parent = scopeOf(op->getBlock());
  auto scope = std::make_unique<Scope>();
  scope->parent = &parent;
  scope->atLeast = parent.atLeast;

  auto arguments = llvm::to_vector(block->getArguments());
  if (auto eq = dyn_cast<EqOp>(op)) {
    bindIndices(*scope, arguments, eq.getType().getLower(), {}, eq.getType().getUpper(), {});
  } else if (auto scatter = dyn_cast<ScatterOp>(op)) {
    bindIndices(*scope, arguments, scatter.getLower().getResults(), {},
                scatter.getUpper().getResults(), {});
  } else if (auto recur = dyn_cast<RecurOp>(op)) {
    bindIndices(*scope, ArrayRef(arguments).take_front(recur.getNumTimes()),
                recur.getLower().getResults(), {}, recur.getUpper().getResults(), {});
  } else if (std::optional<Binding> binding = getBinding(op)) {
    bindIndices(*scope, arguments, binding->lower.getResults(), binding->lowerOperands,
                binding->upper.getResults(), binding->upperOperands);
  } else if (auto branch = dyn_cast<scf::IfOp>(op)) {
    assume(*scope, branch.getCondition(), block->getParent() == &branch.getThenRegion());
  }
  // Found while not all was assumed.
  scope->quotients.clear();
  scope->answers.clear();
  return *(scopes[block] = std::move(scope));
}
