//===- Support.h - where a value is not an identity -------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A mask is a condition under which a score is -inf: its exponential is then 0, the product with a
// value too, and a sum may leave the point out. Asked where a scalar may differ from such a
// constant, `Support` answers with inequalities over indices and extents that hold there. It looks
// through choices, products, exponentials and the equations that are read.
//
// The language lets a kernel skip what a mask excludes: 0 * x is 0 here, and -inf + x is -inf,
// whatever x is.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_ANALYSIS_SUPPORT_H
#define MIXC_DIALECTS_MIXER_ANALYSIS_SUPPORT_H

#include "dialects/mixer/IndexTerms.h"

#include "llvm/ADT/SetVector.h"

#include <map>

namespace mixc::mixer {

/// Inequalities `expr >= 0`, all of which hold. In normal form, so that equal ones are one
/// expression.
using Inequalities = llvm::SmallSetVector<mlir::AffineExpr, 4>;

/// `expr >= 0` in normal form.
mlir::AffineExpr normalInequality(mlir::AffineExpr expr);

/// What an inequality says of one index: that it is at least `lower`, or below `upper`; the other
/// is null.
struct HalfRange {
  mlir::AffineExpr lower, upper;
};

/// Solves `inequality >= 0` for dim `position`; none where it is not linear in it. Quotients by
/// constants are: `j floordiv 64 <= i` is `j < 64 * i + 64`.
std::optional<HalfRange> solveFor(mlir::AffineExpr inequality, unsigned position);

/// The lower bounds of index `k` of a binding op, of which the largest counts; a bound that is a
/// maximum is taken apart.
llvm::SmallVector<mlir::AffineExpr> lowerBounds(const Binding &binding, unsigned k,
                                                IndexTerms &terms);
/// The upper bounds, of which the least counts.
llvm::SmallVector<mlir::AffineExpr> upperBounds(const Binding &binding, unsigned k,
                                                IndexTerms &terms);

class Support {
public:
  /// Indices and other integers are dims of `terms`.
  explicit Support(IndexTerms &terms) : terms(terms) {}

  /// A constant that combiners have as identity.
  enum class Constant { zero, minusInfinity, infinity, one, no, yes };

  /// What holds wherever a value differs from a constant.
  struct Answer {
    /// It never does.
    bool nowhere = false;
    Inequalities holds;
  };

  /// Where `value` differs from `constant`.
  Answer of(mlir::Value value, Constant constant);
  /// Where `condition` has the value `truth`.
  Answer where(mlir::Value condition, bool truth) {
    return of(condition, truth ? Constant::no : Constant::yes);
  }

  /// Whether `condition` has the value `truth` by the inequalities that `holds` knows to hold.
  bool follows(mlir::Value condition, bool truth, llvm::function_ref<bool(mlir::AffineExpr)> holds);

  /// Whether some choice was decided by what is no inequality over indices and extents: by data,
  /// by an alternative.
  bool hasOtherConditions() const { return otherConditions; }

private:
  Answer compute(mlir::Value value, Constant constant);
  Answer compute(mlir::arith::CmpIOp compare, bool truth);
  Answer choice(mlir::Value condition, mlir::Value a, mlir::Value b, Constant constant);
  /// Evaluates `body` for the equation that `at` reads, its indices bound to the subscripts.
  template <typename Result> Result through(AtOp at, llvm::function_ref<Result(mlir::Value)> body);
  /// The inequalities that are equivalent to the comparison; none where there are no such.
  std::optional<Inequalities> inequalities(mlir::arith::CmpIOp compare, bool truth);

  IndexTerms &terms;
  bool otherConditions = false;
  std::map<std::pair<void *, Constant>, Answer> known;
  std::map<std::pair<std::pair<void *, Constant>, std::vector<void *>>, Answer> knownOfEquations;
};

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_ANALYSIS_SUPPORT_H
