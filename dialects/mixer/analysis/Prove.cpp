//===- Prove.cpp - proofs that a polynomial is not negative ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Facts.h"

#include "llvm/ADT/DenseSet.h"

using namespace mixc::mixer;

/// Proofs need proofs (that a divisor is positive); deeper ones are tried only at extremes.
static constexpr unsigned maxDepth = 3;
/// Bounds to put in for indices before giving up.
static constexpr unsigned maxSteps = 24;
/// The effort for a question, and for what it needs on the way.
static constexpr Limits question;
static constexpr Limits lemma = {.rows = 48, .columns = 32, .products = 24, .trials = 12};
/// Atoms that a system may be about.
static constexpr unsigned maxAtoms = 28;

int64_t Facts::atLeast(Atom atom, const Scope &scope, bool &known) const {
  if (auto least = scope.atLeast.find(atom); least != scope.atLeast.end()) {
    known = true;
    return least->second;
  }
  const std::optional<Polynomial> &lower = atoms[atom].range.lower;
  std::optional<int64_t> constant = lower ? lower->constant() : std::nullopt;
  known = constant.has_value();
  return constant.value_or(0);
}

/// Whether `p >= 0` because it has no negative coefficient once every atom a that is at least k is
/// written as k + a', a' >= 0.
bool Facts::obvious(const Polynomial &p, const Scope &scope) const {
  if (!p.isKnown())
    return false;
  auto allPositive = [](const Polynomial &q) {
    return llvm::all_of(q.getTerms(), [](const Polynomial::Term &t) { return t.coefficient >= 0; });
  };
  bool shifted = false;
  for (Atom atom : p.atoms()) {
    bool known;
    shifted |= atLeast(atom, scope, known) != 0;
    if (!known)
      return false;
  }
  if (allPositive(p) && !shifted)
    return true;
  if (!shifted)
    return false;
  Polynomial q = p.map([&](Atom atom) {
    bool known;
    return Polynomial(atLeast(atom, scope, known)) + Polynomial::ofAtom(atom);
  });
  return q.isKnown() && allPositive(q);
}

std::optional<int64_t> Facts::atMost(const Polynomial &p, const Scope &scope) const {
  if (!p.isKnown())
    return std::nullopt;
  bool bounded = true;
  Polynomial q = p.map([&](Atom atom) {
    bool known;
    int64_t least = atLeast(atom, scope, known);
    bounded &= known;
    return Polynomial(least) + Polynomial::ofAtom(atom);
  });
  bounded = bounded && q.isKnown() && llvm::all_of(q.getTerms(), [](const Polynomial::Term &term) {
              return term.monomial.degree() == 0 || term.coefficient <= 0;
            });
  return bounded ? std::optional(q.constantTerm()) : std::nullopt;
}

/// A lower (or upper) bound of `p`: every atom that has bounds is replaced by one, innermost first,
/// where the sign of its coefficient is known. Atoms with no more than a constant lower bound stay:
/// `obvious` knows that, and their coefficients may still add up with others.
Polynomial Facts::extreme(Polynomial p, bool upper, const Scope &scope) {
  llvm::SmallDenseSet<Atom, 8> stuck;
  auto replaceOne = [&] {
    llvm::SmallVector<Atom> inner = p.atoms();
    for (Atom atom : llvm::reverse(inner)) {
      if (atoms[atom].kind == Kind::Extent || stuck.contains(atom))
        continue;
      if (boundRemainder(p, atom, upper, scope))
        return true;
      Polynomial coefficient, rest;
      Interval range = rangeOf(atom, scope);
      bool bounded = range.upper || (range.lower && !range.lower->constant());
      if (bounded && p.splitBy(atom, coefficient, rest)) {
        bool positive = obvious(coefficient, scope);
        const std::optional<Polynomial> &bound = positive != upper ? range.lower : range.upper;
        if (bound && (positive || obvious(-coefficient, scope))) {
          p = coefficient * *bound + rest;
          return true;
        }
      }
      stuck.insert(atom);
    }
    return false;
  };
  for (unsigned step = 0; step < maxSteps && p.isKnown() && replaceOne(); ++step) {
  }
  return p;
}

bool Facts::holdsAtExtremes(const Polynomial &p, const Scope &scope) {
  if (std::optional<int64_t> constant = p.constant())
    return *constant >= 0;
  return obvious(p, scope) || obvious(extreme(p, /*upper=*/false, scope), scope);
}

Interval Facts::range(const Polynomial &p, const Scope &scope) {
  Interval result;
  for (bool upper : {false, true}) {
    Polynomial bound = extreme(p, upper, scope);
    bool settled = bound.isKnown() && llvm::none_of(bound.atoms(), [&](Atom atom) {
                     return atoms[atom].range.lower && atoms[atom].range.upper;
                   });
    if (settled)
      (upper ? result.upper : result.lower) = bound;
  }
  return result;
}

/// Whether `p` has an atom that `seen`, itself or, up to a depth of `nesting`, as an operand of a
/// quotient, a minimum or a choice. Divisors do not count: they are extents, and extents connect
/// everything.
bool Facts::isAbout(const Polynomial &p, llvm::function_ref<bool(Atom)> seen,
                    unsigned nesting) const {
  return llvm::any_of(p.atoms(), [&](Atom atom) {
    const AtomInfo &info = atoms[atom];
    return seen(atom) || llvm::any_of(info.operands, seen) ||
           (nesting > 0 && isAbout(info.dividend, seen, nesting - 1));
  });
}

/// The negated question with everything known about its atoms, about their bounds' atoms and so on.
System Facts::gather(const Polynomial &negated, const Scope &scope) {
  System system;
  system.rows.push_back(negated);
  // A question about no atom is whether the scope runs at all: everything known counts.
  bool everything = negated.atoms().empty();
  llvm::SmallDenseSet<Atom, 16> seen;
  llvm::SmallDenseSet<const Polynomial *, 16> usedFacts;
  llvm::SmallDenseSet<const Cases *, 16> usedCases;
  size_t row = 0, choice = 0;
  llvm::SmallVector<Atom> fresh;
  auto visit = [&](const Polynomial &p) {
    for (Atom atom : p.atoms())
      if (seen.size() < maxAtoms && seen.insert(atom).second)
        fresh.push_back(atom);
  };
  auto touches = [&](const Polynomial &p) {
    return everything || p.constant() ||
           isAbout(p, [&](Atom atom) { return seen.contains(atom); }, maxDepth);
  };
  for (bool grew = true; grew;) {
    grew = false;
    while (row < system.rows.size() || choice < system.cases.size() || !fresh.empty()) {
      for (; row < system.rows.size(); ++row)
        visit(system.rows[row]);
      for (; choice < system.cases.size(); ++choice)
        for (const Conjunction &conjunction : system.cases[choice])
          llvm::for_each(conjunction, visit);
      for (Atom atom : std::exchange(fresh, {}))
        define(atom, scope, system);
    }
    for (const Scope *s = &scope; s; s = s->parent) {
      for (const Polynomial &fact : s->facts)
        if (touches(fact) && usedFacts.insert(&fact).second) {
          system.rows.push_back(fact);
          grew = true;
        }
      for (const Cases &cases : s->cases) {
        bool near = cases.empty() || llvm::any_of(cases, [&](const Conjunction &conjunction) {
                      return llvm::any_of(conjunction, touches);
                    });
        if (near && usedCases.insert(&cases).second) {
          system.cases.push_back(cases);
          grew = true;
        }
      }
    }
  }
  return system;
}

bool Facts::proves(const Polynomial &p, const Scope &scope) {
  if (!p.isKnown())
    return false;
  std::optional<int64_t> constant = p.constant();
  if (constant ? *constant >= 0 : holdsAtExtremes(p, scope))
    return true;
  if (auto answer = scope.answers.find(p); answer != scope.answers.end())
    return answer->second;
  if (depth >= maxDepth)
    return false;
  ++depth;
  bool proved = refutes(gather(-p - Polynomial(1), scope), depth == 1 ? question : lemma, effort);
  --depth;
  // What was not shown inside another proof may be shown with a full effort later.
  if (proved || depth == 0)
    scope.answers[p] = proved;
  return proved;
}

bool Facts::implies(const Scope &scope, mlir::Value condition, bool truth) {
  // Its negation must be impossible in every one of its cases.
  return llvm::all_of(alternatives(condition, !truth), [&](const Conjunction &conjunction) {
    if (llvm::any_of(conjunction,
                     [&](const Polynomial &p) { return proves(-p - Polynomial(1), scope); }))
      return true;
    Scope inside;
    inside.parent = &scope;
    inside.atLeast = scope.atLeast;
    assume(inside, conjunction);
    return contradictory(inside);
  });
}

bool Facts::isTrusted(const Polynomial &p, bool upper, const Scope &scope) {
  for (Atom atom : p.atoms()) {
    const AtomInfo &info = atoms[atom];
    Polynomial coefficient, rest;
    if (info.data)
      return true;
    if (!info.lowerData && !info.upperData)
      continue;
    if (!p.splitBy(atom, coefficient, rest))
      return true;
    if ((info.lowerData && !obvious(upper ? coefficient : -coefficient, scope)) ||
        (info.upperData && !obvious(upper ? -coefficient : coefficient, scope)))
      return true;
  }
  return false;
}
