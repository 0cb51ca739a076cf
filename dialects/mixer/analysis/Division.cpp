//===- Division.cpp - quotients and remainders ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Division floors, and by zero it gives 0, the remainder x. Therefore `x mod d` is always
// x - d*(x floordiv d), but `d*y floordiv d` is y only where d is known not to be 0; elsewhere it
// is an atom about which little is known.
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Facts.h"

#include "llvm/Support/MathExtras.h"

using namespace mixc::mixer;

/// Divides polynomials: x = d * quotient + rest, where no term of the rest is a multiple of d's
/// leading one. A constant d leaves coefficients in [0, d).
static void divide(const Polynomial &x, const Polynomial &d, Polynomial &quotient,
                   Polynomial &rest) {
  quotient = 0;
  rest = x;
  const Polynomial::Term lead = d.getTerms().back();
  for (const Polynomial::Term &term : llvm::reverse(x.getTerms())) {
    std::optional<Monomial> monomial = term.monomial.over(lead.monomial);
    if (!monomial || lead.coefficient < 1)
      continue;
    int64_t times = llvm::divideFloorSigned(term.coefficient, lead.coefficient);
    // The term may have changed by an earlier step; d of several terms divides wholly or not at
    // all.
    if (d.getTerms().size() > 1 && term.coefficient % lead.coefficient != 0)
      continue;
    Polynomial part(*monomial, times);
    Polynomial left = rest - d * part;
    if (d.getTerms().size() > 1 && left.getTerms().size() > rest.getTerms().size())
      continue;
    quotient = quotient + part;
    rest = left;
  }
}

bool Facts::isPositive(const Polynomial &d, const Scope &scope) {
  return proves(d - Polynomial(1), scope);
}

Polynomial Facts::floorDiv(const Polynomial &x, const Polynomial &d, const Scope &scope) {
  if (!x.isKnown() || !d.isKnown())
    return Polynomial::unknown();
  if (d.isZero() || x.isZero())
    return 0;
  Polynomial quotient, rest;
  divide(x, d, quotient, rest);
  // With q = x floordiv d, q is (d*q) floordiv d: 0 both where d is 0.
  if (std::optional<Atom> atom = quotient.asAtom(); atom && rest.isZero())
    if (atoms[*atom].kind == Kind::Quotient && atoms[*atom].divisor == d)
      return quotient;
  if (!isPositive(d, scope))
    return division(x, d);
  if (rest.isZero() ||
      (holdsAtExtremes(rest, scope) && holdsAtExtremes(d - rest - Polynomial(1), scope)))
    return quotient;
  if (holdsAtExtremes(-rest - Polynomial(1), scope) && holdsAtExtremes(d + rest, scope))
    return quotient - Polynomial(1);
  return quotient + division(rest, d);
}

Polynomial Facts::floorMod(const Polynomial &x, const Polynomial &d, const Scope &scope) {
  return x - d * floorDiv(x, d, scope);
}

Polynomial Facts::division(const Polynomial &x, const Polynomial &d) {
  if (auto known = divisions.find({x, d}); known != divisions.end())
    return Polynomial::ofAtom(known->second);
  AtomInfo info;
  info.kind = Kind::Quotient;
  info.dividend = x;
  info.divisor = d;
  // The atom is the same everywhere: only what holds in every scope may be noted with it.
  const Scope &everywhere = *scopes[&func.getBody().front()];
  info.data = readsData(x) || isData(d);
  info.lowerData = isTrusted(x, /*upper=*/false, everywhere);
  info.upperData = isTrusted(x, /*upper=*/true, everywhere);
  // Whatever d >= 0 is, also 0.
  if (holdsAtExtremes(d, everywhere) && holdsAtExtremes(x, everywhere))
    info.range.lower = 0;
  Polynomial result = number({});
  if (!result.isKnown())
    return result;
  Atom atom = *result.asAtom();
  atoms[atom] = std::move(info);
  divisions[{x, d}] = atom;
  return result;
}

bool Facts::boundRemainder(Polynomial &p, Atom atom, bool upper, const Scope &scope) {
  Polynomial x = atoms[atom].dividend, d = atoms[atom].divisor;
  Polynomial coefficient, others, factor, left;
  if (atoms[atom].kind != Kind::Quotient || !p.splitBy(atom, coefficient, others) ||
      coefficient.isZero())
    return false;
  // p = factor * (x - d*q) + others, where others has lost its multiple of x.
  divide(-coefficient, d, factor, left);
  if (!left.isZero())
    return false;
  Polynomial rest = others - factor * x;
  bool positive = obvious(factor, scope);
  if (!rest.isKnown() || rest.getTerms().size() >= others.getTerms().size() ||
      (!positive && !obvious(-factor, scope)) || !isPositive(d, scope))
    return false;
  p = positive == upper ? rest + factor * (d - Polynomial(1)) : rest;
  return true;
}

Interval Facts::rangeOf(Atom atom, const Scope &scope) {
  if (atoms[atom].kind != Kind::Quotient)
    return atoms[atom].range;
  if (auto known = scope.quotients.find(atom); known != scope.quotients.end())
    return known->second;
  // The answer while it is being computed: a quotient may occur in its own dividend.
  scope.quotients[atom] = atoms[atom].range;
  Polynomial x = atoms[atom].dividend, d = atoms[atom].divisor;
  Interval range = atoms[atom].range;
  // With bounds of x over extents alone, q lies between their quotients.
  bool plain = llvm::all_of(d.atoms(), [&](Atom a) { return !atoms[a].range.upper; });
  if (plain && isPositive(d, scope)) {
    Interval of = this->range(x, scope);
    if (of.lower && !range.lower)
      range.lower = floorDiv(*of.lower, d, scope);
    if (of.upper)
      range.upper = floorDiv(*of.upper, d, scope);
    for (std::optional<Polynomial> *bound : {&range.lower, &range.upper})
      if (*bound && (!(*bound)->isKnown() || llvm::is_contained((*bound)->atoms(), atom)))
        bound->reset();
  }
  return scope.quotients[atom] = range;
}

/// Adds what defines `atom` to `system`.
void Facts::define(Atom atom, const Scope &scope, System &system) {
  Polynomial self = Polynomial::ofAtom(atom);
  Interval range = rangeOf(atom, scope);
  if (range.lower)
    system.rows.push_back(self - *range.lower);
  if (range.upper)
    system.rows.push_back(*range.upper - self);
  const AtomInfo info = atoms[atom];
  llvm::append_range(system.rows, info.facts);
  llvm::append_range(system.cases, info.cases);
  if (range.lower && holdsAtExtremes(*range.lower, scope))
    system.factors.push_back(self);
  if (info.kind != Kind::Quotient)
    return;

  Polynomial x = info.dividend, d = info.divisor;
  bool positive = isPositive(d, scope);
  if (positive && d.getTerms().size() > 0 && !d.asAtom() && !d.constant())
    system.factors.push_back(d);
  if (positive)
    llvm::append_values(system.rows, x - d * self, d * self + d - Polynomial(1) - x);
  else if (holdsAtExtremes(d, scope) && proves(x, scope)) // 0 where d is 0
    llvm::append_values(system.rows, self, x - d * self, x - self);
}
