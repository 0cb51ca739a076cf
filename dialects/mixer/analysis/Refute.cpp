//===- Refute.cpp - systems of inequalities without a solution ------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Refute.h"

#include "mlir/Analysis/Presburger/Simplex.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Support/MathExtras.h"

#include <map>
#include <numeric>
#include <set>

using namespace mixc::mixer;
using llvm::DynamicAPInt;
using llvm::SmallVector;
using mlir::presburger::Simplex;

namespace {

using Row = SmallVector<DynamicAPInt>;

/// The monomials of a system as the columns of a tableau.
class Columns {
public:
  explicit Columns(unsigned limit) : limit(limit) {}

  bool hasAll(const Polynomial &p) const {
    return llvm::all_of(p.getTerms(), [&](const Polynomial::Term &term) {
      return term.monomial.degree() == 0 || numbers.count(term.monomial);
    });
  }
  /// Whether a product of atoms in `p` has a column.
  bool hasProduct(const Polynomial &p) const {
    return llvm::any_of(p.getTerms(), [&](const Polynomial::Term &term) {
      return term.monomial.degree() > 1 && numbers.count(term.monomial);
    });
  }
  /// Gives the monomials of `p` columns; false when there are too many.
  bool add(const Polynomial &p) {
    if (!p.isKnown() || numbers.size() + p.getTerms().size() > limit)
      return p.isKnown() && hasAll(p);
    for (const Polynomial::Term &term : p.getTerms())
      if (term.monomial.degree() > 0)
        numbers.try_emplace(term.monomial, numbers.size());
    return true;
  }
  unsigned size() const { return numbers.size(); }

  /// `p >= 0` for integers: divided by the gcd of the coefficients, the constant rounded down.
  Row row(const Polynomial &p) const {
    uint64_t gcd = 0;
    for (const Polynomial::Term &term : p.getTerms())
      if (term.monomial.degree() > 0)
        gcd = std::gcd(gcd, static_cast<uint64_t>(llvm::AbsoluteValue(term.coefficient)));
    Row row(size() + 1);
    DynamicAPInt divisor(1);
    // INT64_MIN's absolute value does not fit; such a row stays as it is.
    if (gcd > 1 && gcd <= static_cast<uint64_t>(INT64_MAX))
      divisor = DynamicAPInt(static_cast<int64_t>(gcd));
    for (const Polynomial::Term &term : p.getTerms())
      if (term.monomial.degree() > 0)
        row[numbers.at(term.monomial)] = DynamicAPInt(term.coefficient) / divisor;
    row.back() = floorDiv(DynamicAPInt(p.constantTerm()), divisor);
    return row;
  }

private:
  unsigned limit;
  std::map<Monomial, unsigned> numbers;
};

/// The products of `rows` and factors that may help, see Refute.h.
std::vector<Polynomial> products(llvm::ArrayRef<Polynomial> rows,
                                 llvm::ArrayRef<Polynomial> factors, Columns &columns,
                                 unsigned limit) {
  std::vector<Polynomial> closed, open;
  for (const Polynomial &row : rows)
    for (const Polynomial &factor : factors) {
      Polynomial product = row * factor;
      if (!product.isKnown() || product.constant())
        continue;
      if (columns.hasAll(product))
        closed.push_back(std::move(product));
      else if (columns.hasProduct(product) && open.size() < limit)
        open.push_back(std::move(product));
    }
  if (closed.size() > limit)
    closed.resize(limit);
  for (Polynomial &product : open)
    if (closed.size() < limit && columns.add(product))
      closed.push_back(std::move(product));
  return closed;
}

/// Searches the cases depth first on one tableau that grows and is rolled back.
class Search {
public:
  Search(unsigned columns, unsigned trials, Effort &effort)
      : simplex(columns), trials(trials), effort(effort) {}

  void add(llvm::ArrayRef<Row> rows) {
    for (const Row &row : rows) {
      if (simplex.isEmpty() || effort <= 0)
        return;
      simplex.addInequality(row);
      effort -= int64_t(simplex.getNumConstraints()) * row.size();
    }
  }

  bool isEmpty() const { return simplex.isEmpty(); }

  using Alternatives = SmallVector<SmallVector<Row>>;

  /// Whether the tableau is contradictory whichever alternative of each of `open` holds.
  bool refutes(SmallVector<const Alternatives *> open) {
    if (simplex.isEmpty())
      return true;
    // The choice with the fewest alternatives left goes first; one alternative is no choice.
    SmallVector<const SmallVector<Row> *> chosen;
    unsigned position = open.size();
    for (unsigned k = 0; k < open.size() && (position == open.size() || chosen.size() > 1); ++k) {
      SmallVector<const SmallVector<Row> *> alive;
      for (const SmallVector<Row> &alternative : *open[k]) {
        if (trials == 0 || effort <= 0)
          return false;
        --trials;
        mlir::presburger::SimplexRollbackScopeExit rollback(simplex);
        add(alternative);
        if (!simplex.isEmpty())
          alive.push_back(&alternative);
      }
      if (alive.empty())
        return true;
      if (position == open.size() || alive.size() < chosen.size()) {
        chosen = std::move(alive);
        position = k;
      }
    }
    if (position == open.size())
      return false;
    open.erase(open.begin() + position);
    return llvm::all_of(chosen, [&](const SmallVector<Row> *alternative) {
      mlir::presburger::SimplexRollbackScopeExit rollback(simplex);
      add(*alternative);
      return refutes(open);
    });
  }

private:
  Simplex simplex;
  unsigned trials;
  Effort &effort;
};

} // namespace

bool mixc::mixer::refutes(const System &system, const Limits &limits, Effort &effort) {
  Columns columns(limits.columns);
  std::vector<Polynomial> rows;
  std::set<Polynomial> seen;
  auto insert = [&](const Polynomial &p) {
    if (rows.size() < limits.rows && columns.add(p) && seen.insert(p).second)
      rows.push_back(p);
  };
  for (const Polynomial &p : system.rows) {
    std::optional<int64_t> constant = p.constant();
    if (constant && *constant < 0)
      return true;
    if (!constant)
      insert(p);
  }

  // Without products first: most questions are linear.
  {
    Search linear(columns.size(), 0, effort);
    linear.add(llvm::map_to_vector(rows, [&](const Polynomial &p) { return columns.row(p); }));
    if (linear.isEmpty())
      return true;
  }

  for (const Cases &cases : system.cases)
    for (const Conjunction &conjunction : cases)
      for (const Polynomial &p : conjunction)
        columns.add(p);
  for (const Polynomial &p : products(rows, system.factors, columns, limits.products))
    if (seen.insert(p).second)
      rows.push_back(p);

  SmallVector<Search::Alternatives> alternatives;
  for (const Cases &cases : system.cases) {
    Search::Alternatives &choice = alternatives.emplace_back();
    for (const Conjunction &conjunction : cases) {
      SmallVector<Row> &together = choice.emplace_back();
      SmallVector<Polynomial, 2> fitting = llvm::filter_to_vector<2>(
          conjunction, [&](const Polynomial &p) { return p.isKnown() && columns.hasAll(p); });
      for (const Polynomial &p : fitting)
        for (const Polynomial &factor : system.factors)
          if (Polynomial product = p * factor; product.isKnown() && columns.hasAll(product))
            together.push_back(columns.row(product));
      for (const Polynomial &p : fitting)
        together.push_back(columns.row(p));
    }
  }

  Search search(columns.size(), limits.trials, effort);
  search.add(llvm::map_to_vector(rows, [&](const Polynomial &p) { return columns.row(p); }));
  return search.refutes(
      llvm::map_to_vector(alternatives, [](const Search::Alternatives &a) { return &a; }));
}
