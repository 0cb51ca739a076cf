//===- Facts.h - what is known about integers in a mixer --------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Proofs about index expressions: bounds, order of steps, empty ranges.
//
// Every integer of a mixer becomes a polynomial over atoms. What is not a sum of products gets an
// atom of its own, together with what defines it:
//
//   h floordiv c     q with  c*q <= h <= c*q + c - 1  where c >= 1 is known; h mod c is h - c*q,
//                    and is recognised as a remainder when bounds are put in
//   min(a, b)        m with  m <= a, m <= b, and the cases m >= a or m >= b
//   c ? a : b        s with  the cases (c, s = a) or (not c, s = b)
//   argtop, argmax   the range of the candidates
//   a read           the range of the tensor's elements, where an equation or a table gives it
//
// The `where` facts are used first: an equation that gives an extent (`N == W*W`, `M == N`)
// replaces that extent everywhere. `H % G == 0` is the equation H = G*c with c = H floordiv G, so
// that `h floordiv (H floordiv G)` is `h floordiv c` and `< G` a question about the monomials
// G*c and c*q.
//
// Everything else holds in a scope: the body of an equation or a reduction knows that its indices
// lie in their ranges (hence that these are not empty), a branch of `scf.if` knows its condition. A
// proof first replaces indices by their bounds, innermost first, until only extents are left;
// where that does not settle it, the facts around the question are gathered and its negation
// is refuted (Refute.h).
//
// Numbers are mathematical: an expression that leaves 64 bits is not considered. Extents, and
// parameters that stand for extents, are not negative.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_ANALYSIS_FACTS_H
#define MIXC_DIALECTS_MIXER_ANALYSIS_FACTS_H

#include "dialects/mixer/Mixer.h"
#include "dialects/mixer/analysis/Refute.h"

#include "llvm/ADT/DenseMap.h"

#include <map>
#include <memory>
#include <vector>

namespace mixc::mixer {

/// The term of `sum` that alone may differ from 0, where its condition holds for one value of the
/// index at most; null where that is not known (OneHot.cpp).
mlir::Value onlyTerm(ReduceOp sum);

/// Bounds of an integer, both inclusive.
struct Interval {
  std::optional<Polynomial> lower, upper;
};

/// What is known inside one block.
struct Scope {
  const Scope *parent = nullptr;
  Conjunction facts;
  std::vector<Cases> cases;
  /// Constants that atoms are at least, the parent's included.
  llvm::DenseMap<Atom, int64_t> atLeast;
  /// Answers given.
  mutable std::map<Polynomial, bool> answers;
  mutable llvm::DenseMap<Atom, Interval> quotients;
};

class Facts {
public:
  explicit Facts(FuncOp func);

  /// The scope that `op` is in.
  const Scope &scopeOf(mlir::Operation *op) { return scopeOf(op->getBlock()); }
  const Scope &scopeOf(mlir::Block *block);

  /// The integer `value`.
  Polynomial value(mlir::Value value);
  /// An index expression over `dims` and the function's extents.
  Polynomial expression(mlir::AffineExpr expr, mlir::ValueRange dims, const Scope &scope);

  /// Whether `p >= 0` wherever `scope` runs.
  bool proves(const Polynomial &p, const Scope &scope);
  /// Whether `condition` has the value `truth` wherever `scope` runs.
  bool implies(const Scope &scope, mlir::Value condition, bool truth = true);
  /// Whether `scope` never runs: its facts contradict each other (at function level: the `where`
  /// clauses do).
  bool contradictory(const Scope &scope) { return proves(Polynomial(-1), scope); }

  /// Bounds of `p` over extents (and what else has no bounds), as far as known.
  Interval range(const Polynomial &p, const Scope &scope);

  /// Whether a lower bound (or an upper one) of `p` depends on the values of integer tensors, which
  /// the language trusts when they are used as subscripts or as bounds.
  bool isTrusted(const Polynomial &p, bool upper, const Scope &scope);

private:
  enum class Kind { Extent, Number, Quotient };
  struct AtomInfo {
    Kind kind = Kind::Number;
    Polynomial dividend, divisor; // of a quotient
    Interval range;
    llvm::SmallVector<Atom> operands; // what a minimum, maximum or choice is computed from
    std::vector<Cases> cases;
    Conjunction facts;
    /// Depends on data, as a whole or in a bound.
    bool data = false, lowerData = false, upperData = false;
  };

  // Facts.cpp: atoms and scopes.
  Atom newAtom(AtomInfo info);
  Polynomial number(Interval range, bool data = false);
  void assume(Scope &scope, mlir::Value condition, bool truth);
  void assume(Scope &scope, const Conjunction &conjunction);
  void noteLeast(Scope &scope, const Polynomial &p);
  bool solveForExtent(const Polynomial &zero);
  void assumeFunctionFacts();
  void forgetBodies();
  void bindIndices(Scope &scope, llvm::ArrayRef<mlir::BlockArgument> indices,
                   llvm::ArrayRef<mlir::AffineExpr> lower, mlir::ValueRange lowerOperands,
                   llvm::ArrayRef<mlir::AffineExpr> upper, mlir::ValueRange upperOperands);

  // Division.cpp: quotients and remainders.
  Polynomial floorDiv(const Polynomial &x, const Polynomial &d, const Scope &scope);
  Polynomial floorMod(const Polynomial &x, const Polynomial &d, const Scope &scope);
  Polynomial division(const Polynomial &x, const Polynomial &d);
  bool isPositive(const Polynomial &d, const Scope &scope);
  /// Replaces a multiple of `x - d*q`, q being the quotient `atom` = x floordiv d, by its bound 0
  /// or d - 1; false where `p` has none.
  bool boundRemainder(Polynomial &p, Atom atom, bool upper, const Scope &scope);
  Interval rangeOf(Atom atom, const Scope &scope);
  void define(Atom atom, const Scope &scope, System &system);

  // Prove.cpp: proofs.
  int64_t atLeast(Atom atom, const Scope &scope, bool &known) const;
  bool obvious(const Polynomial &p, const Scope &scope) const;
  /// A constant that `p` is at most, as far as the constants tell that its atoms are at least.
  std::optional<int64_t> atMost(const Polynomial &p, const Scope &scope) const;
  Polynomial extreme(Polynomial p, bool upper, const Scope &scope);
  bool holdsAtExtremes(const Polynomial &p, const Scope &scope);
  bool isAbout(const Polynomial &p, llvm::function_ref<bool(Atom)> seen, unsigned nesting) const;
  System gather(const Polynomial &negated, const Scope &scope);

  // Values.cpp: what the IR computes.
  Polynomial compute(mlir::Value value);
  Polynomial computeFn(FnOp fn, const Scope &scope);
  Polynomial computeReduction(ReduceOp reduce, const Scope &scope);
  Polynomial maximum(const Polynomial &a, const Polynomial &b, const Scope &scope);
  Polynomial minimum(const Polynomial &a, const Polynomial &b, const Scope &scope) {
    return -maximum(-a, -b, scope);
  }
  /// `condition ? a : b`; a and b are bounded in the scopes where they are computed.
  Polynomial choice(mlir::Value condition, const Polynomial &a, const Scope &scopeOfA,
                    const Polynomial &b, const Scope &scopeOfB);
  Interval join(const Interval &a, const Interval &b, const Scope &scope);

  // Elements.cpp: what integer tensors contain.
  Polynomial read(AtOp at, const Scope &scope);
  std::optional<Polynomial> inlined(EqOp eq, llvm::ArrayRef<Polynomial> subscripts,
                                    const Scope &scope);
  Interval elements(mlir::Value tensor);

  // Conditions.cpp
  /// The alternatives under which `condition` has the value `truth`.
  const Cases &alternatives(mlir::Value condition, bool truth);
  Cases computeAlternatives(mlir::Value condition, bool truth);
  /// Whether an atom of `p` is data; or is data or has a bound that is.
  bool readsData(const Polynomial &p) const;
  bool isData(const Polynomial &p) const;
  /// Whether `p` is over the function's atoms and those that `admits`, also inside quotients.
  bool isOver(const Polynomial &p, llvm::function_ref<bool(Atom)> admits) const;

  FuncOp func;
  std::vector<AtomInfo> atoms;
  llvm::SmallVector<Polynomial> extents;                       // by symbol; solved ones replaced
  std::map<std::pair<Polynomial, Polynomial>, Atom> divisions; // by dividend and divisor
  std::map<std::pair<void *, std::vector<Polynomial>>, Polynomial> reads;
  llvm::DenseMap<mlir::Value, Polynomial> values;
  std::map<std::pair<void *, bool>, Cases> conditions;
  llvm::DenseMap<mlir::Value, Interval> elementRanges;
  llvm::DenseMap<mlir::Block *, std::unique_ptr<Scope>> scopes;
  size_t functionAtoms = 0;    // atoms below are the function's own, not of a body
  unsigned depth = 0;          // of proofs within proofs
  Effort effort = 400'000'000; // about a second
};

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_ANALYSIS_FACTS_H
