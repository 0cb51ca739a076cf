//===- Polynomial.h - integer polynomials over atoms ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The terms of the integer reasoning. An atom is a number about which only inequalities are known:
// an extent, an index, a quotient. A monomial is a product of atoms, a polynomial a sum of
// monomials with 64-bit coefficients, kept in one canonical order, so that equal polynomials
// compare equal. Extents multiply (`c * BS + u`, `W * W`), therefore polynomials; the solver below
// sees each monomial as one variable of its own.
//
// Whatever does not fit (a coefficient over 64 bits, a degree over Monomial::maxDegree, more than
// Polynomial::maxTerms terms) makes the polynomial unknown: nothing is proved about it.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_ANALYSIS_POLYNOMIAL_H
#define MIXC_DIALECTS_MIXER_ANALYSIS_POLYNOMIAL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>

namespace mixc::mixer {

using Atom = uint16_t;

/// A product of atoms, sorted; the empty product is 1.
class Monomial {
public:
  static constexpr unsigned maxDegree = 7;

  Monomial() = default;
  explicit Monomial(Atom atom) : size(1) { factors[0] = atom; }

  unsigned degree() const { return size; }
  llvm::ArrayRef<Atom> atoms() const { return {factors.data(), size}; }
  unsigned count(Atom atom) const { return llvm::count(atoms(), atom); }

  /// The product, none above maxDegree.
  std::optional<Monomial> times(const Monomial &other) const;
  /// The quotient, none when `other` is no factor.
  std::optional<Monomial> over(const Monomial &other) const;

  /// By degree first: the constant is the least monomial.
  friend auto operator<=>(const Monomial &, const Monomial &) = default;

private:
  uint16_t size = 0;
  std::array<Atom, maxDegree> factors = {};
};

class Polynomial {
public:
  static constexpr unsigned maxTerms = 64;
  struct Term {
    Monomial monomial;
    int64_t coefficient;
    friend auto operator<=>(const Term &, const Term &) = default;
  };

  Polynomial() = default;
  Polynomial(int64_t constant) : Polynomial(Monomial(), constant) {}
  Polynomial(const Monomial &monomial, int64_t coefficient);
  static Polynomial ofAtom(Atom atom) { return {Monomial(atom), 1}; }
  static Polynomial unknown();

  bool isKnown() const { return known; }
  bool isZero() const { return known && terms.empty(); }
  /// The value of a polynomial without atoms.
  std::optional<int64_t> constant() const;
  /// The coefficient of 1.
  int64_t constantTerm() const;
  llvm::ArrayRef<Term> getTerms() const { return terms; }
  /// The atoms that occur, ascending, each once.
  llvm::SmallVector<Atom> atoms() const;
  /// The atom that this polynomial is.
  std::optional<Atom> asAtom() const;

  Polynomial operator+(const Polynomial &other) const { return sum(other, 1); }
  Polynomial operator-(const Polynomial &other) const { return sum(other, -1); }
  Polynomial operator-() const { return Polynomial().sum(*this, -1); }
  Polynomial operator*(const Polynomial &other) const;

  /// This = atom * coefficient + rest, where neither has the atom; false where it has a higher
  /// power.
  bool splitBy(Atom atom, Polynomial &coefficient, Polynomial &rest) const;

  /// This with `value` for `atom`, in all powers.
  Polynomial substitute(Atom atom, const Polynomial &value) const;
  /// This with `value(atom)` for every atom.
  Polynomial map(llvm::function_ref<Polynomial(Atom)> value) const;

  friend auto operator<=>(const Polynomial &a, const Polynomial &b) {
    if (a.known != b.known)
      return a.known <=> b.known;
    return std::lexicographical_compare_three_way(a.terms.begin(), a.terms.end(), b.terms.begin(),
                                                  b.terms.end());
  }
  friend bool operator==(const Polynomial &a, const Polynomial &b) { return (a <=> b) == 0; }

private:
  Polynomial sum(const Polynomial &other, int64_t factor) const;
  void add(const Monomial &monomial, int64_t coefficient);

  bool known = true;
  llvm::SmallVector<Term, 3> terms; // ascending, coefficients not 0
};

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_ANALYSIS_POLYNOMIAL_H
