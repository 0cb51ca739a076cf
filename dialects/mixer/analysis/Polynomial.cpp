//===- Polynomial.cpp - integer polynomials over atoms --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Polynomial.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mixc::mixer;

std::optional<Monomial> Monomial::times(const Monomial &other) const {
  if (size + other.size > maxDegree)
    return std::nullopt;
  Monomial product;
  product.size = size + other.size;
  std::merge(atoms().begin(), atoms().end(), other.atoms().begin(), other.atoms().end(),
             product.factors.begin());
  return product;
}

std::optional<Monomial> Monomial::over(const Monomial &other) const {
  if (!llvm::includes(atoms(), other.atoms()))
    return std::nullopt;
  Monomial quotient;
  quotient.size = size - other.size;
  std::set_difference(atoms().begin(), atoms().end(), other.atoms().begin(), other.atoms().end(),
                      quotient.factors.begin());
  return quotient;
}

Polynomial::Polynomial(const Monomial &monomial, int64_t coefficient) {
  if (coefficient != 0)
    terms.push_back({monomial, coefficient});
}

Polynomial Polynomial::unknown() {
  Polynomial result;
  result.known = false;
  return result;
}

std::optional<int64_t> Polynomial::constant() const {
  if (!known || terms.size() > 1 || (terms.size() == 1 && terms[0].monomial.degree() > 0))
    return std::nullopt;
  return constantTerm();
}

int64_t Polynomial::constantTerm() const {
  return !terms.empty() && terms[0].monomial.degree() == 0 ? terms[0].coefficient : 0;
}

llvm::SmallVector<Atom> Polynomial::atoms() const {
  llvm::SmallVector<Atom> result;
  for (const Term &term : terms)
    llvm::append_range(result, term.monomial.atoms());
  llvm::sort(result);
  result.erase(llvm::unique(result), result.end());
  return result;
}

std::optional<Atom> Polynomial::asAtom() const {
  if (!known || terms.size() != 1 || terms[0].coefficient != 1 || terms[0].monomial.degree() != 1)
    return std::nullopt;
  return terms[0].monomial.atoms()[0];
}

void Polynomial::add(const Monomial &monomial, int64_t coefficient) {
  auto *at = llvm::lower_bound(
      terms, monomial, [](const Term &term, const Monomial &m) { return term.monomial < m; });
  if (at == terms.end() || at->monomial != monomial) {
    if (terms.size() == maxTerms)
      *this = unknown();
    else
      terms.insert(at, {monomial, coefficient});
    return;
  }
  if (llvm::AddOverflow(at->coefficient, coefficient, at->coefficient))
    *this = unknown();
  else if (at->coefficient == 0)
    terms.erase(at);
}

Polynomial Polynomial::sum(const Polynomial &other, int64_t factor) const {
  if (!known || !other.known)
    return unknown();
  Polynomial result = *this;
  for (const Term &term : other.terms) {
    int64_t coefficient;
    if (llvm::MulOverflow(term.coefficient, factor, coefficient))
      return unknown();
    result.add(term.monomial, coefficient);
    if (!result.known)
      return result;
  }
  return result;
}

Polynomial Polynomial::operator*(const Polynomial &other) const {
  if (!known || !other.known)
    return unknown();
  Polynomial result;
  for (const Term &a : terms)
    for (const Term &b : other.terms) {
      int64_t coefficient;
      std::optional<Monomial> monomial = a.monomial.times(b.monomial);
      if (!monomial || llvm::MulOverflow(a.coefficient, b.coefficient, coefficient))
        return unknown();
      result.add(*monomial, coefficient);
      if (!result.known)
        return result;
    }
  return result;
}

bool Polynomial::splitBy(Atom atom, Polynomial &coefficient, Polynomial &rest) const {
  coefficient = rest = Polynomial();
  for (const Term &term : terms)
    switch (term.monomial.count(atom)) {
    case 0:
      rest.terms.push_back(term);
      break;
    case 1:
      coefficient.add(*term.monomial.over(Monomial(atom)), term.coefficient);
      break;
    default:
      return false;
    }
  return known;
}

Polynomial Polynomial::substitute(Atom atom, const Polynomial &value) const {
  bool occurs = llvm::any_of(terms, [&](const Term &t) { return t.monomial.count(atom) > 0; });
  if (!known || !occurs)
    return *this;
  return map([&](Atom a) { return a == atom ? value : ofAtom(a); });
}

Polynomial Polynomial::map(llvm::function_ref<Polynomial(Atom)> value) const {
  Polynomial result = known ? Polynomial() : unknown();
  for (const Term &term : terms) {
    Polynomial product = term.coefficient;
    for (Atom atom : term.monomial.atoms())
      product = product * value(atom);
    result = result + product;
  }
  return result;
}
