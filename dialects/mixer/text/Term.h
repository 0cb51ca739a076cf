//===- Term.h - expressions of the language -------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The printer builds expressions as trees before it writes them: parentheses depend on what stands
// around, the ranges that may be left out on what stands inside.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_TEXT_TERM_H
#define MIXC_DIALECTS_MIXER_TEXT_TERM_H

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mixc::mixer {

/// A half-open range over extents.
struct AxisRange {
  mlir::AffineExpr lo, hi;

  bool startsAtZero() const {
    auto constant = llvm::dyn_cast_or_null<mlir::AffineConstantExpr>(lo);
    return constant && constant.getValue() == 0;
  }
  friend bool operator==(const AxisRange &a, const AxisRange &b) {
    return a.lo == b.lo && a.hi == b.hi;
  }
};

/// A tensor of the text. In a recurrence it has the time axes, too.
struct TextTensor {
  std::string name;
  /// The range that the language gives an index alone on each axis.
  std::vector<AxisRange> axes;
  /// Axes where boundaries make that range hard to tell: nothing is inferred from them.
  std::vector<bool> uncertain;
  /// An argument, an output or a declared tensor: its ranges are known before its equation.
  bool shaped = false;
  /// Its equation, or all but the last of several, is above.
  bool defined = false;
};

/// How tightly an operator binds, loosest first: the levels of the grammar.
enum class Level { If, Or, And, Compare, Sum, Product, Sign, Power, Whole };

struct Term;
using TermPtr = std::shared_ptr<const Term>;

/// An index of a reduction; without bounds where the language finds them.
struct TermBinder {
  std::string name;
  TermPtr lo, hi;
};

struct Term {
  /// Leaf: a literal or a name of the mixer. Local: an index or a function's argument.
  enum class Kind { Leaf, Local, Read, Prefix, Infix, Call, Choice, Reduction };

  Kind kind;
  Level level = Level::Whole;
  std::string text;                   ///< the leaf, name, operator or function
  std::vector<TermPtr> parts;         ///< operands, subscripts, arguments; a reduction's body
  const TextTensor *tensor = nullptr; ///< that is read
  std::vector<TermBinder> binders;
  std::vector<std::pair<std::string, TermPtr>> options;
  bool keepsAxis = false;           ///< the binders are indices from outside, too
  std::optional<AxisRange> atRange; ///< what the `at=` of a transform ranges over

  bool isLocal(llvm::StringRef name) const { return kind == Kind::Local && text == name; }
};

TermPtr leaf(std::string text, Level level = Level::Whole);
TermPtr local(std::string name);
TermPtr integer(int64_t value);
TermPtr prefix(llvm::StringRef op, TermPtr operand);
/// `a op b`; the operators of one level associate to the left.
TermPtr infix(TermPtr a, llvm::StringRef op, TermPtr b);
TermPtr call(llvm::StringRef function, std::vector<TermPtr> arguments);
TermPtr choice(TermPtr condition, TermPtr yes, TermPtr no);
TermPtr read(const TextTensor &tensor, llvm::ArrayRef<TermPtr> subscripts);
/// A reduction without parts, which the caller fills in.
std::shared_ptr<Term> newReduction(llvm::StringRef op);

/// Writes `term` where an operand of at least `level` is wanted. `tight` is the way of subscripts
/// and shapes: no blanks around arithmetic.
void write(llvm::raw_ostream &os, const Term &term, Level level = Level::If, bool tight = false);
/// Writes subscripts or sizes with their brackets.
void writeList(llvm::raw_ostream &os, llvm::ArrayRef<std::string> items);
std::string toText(const Term &term, bool tight = false);

/// The indices and arguments that `term` takes from outside.
llvm::StringSet<> freeLocals(const Term &term);

/// Whether the language gives the index `name` the range `range` by itself in `terms`: it stands
/// alone in subscripts of known tensors, and these all say so.
bool isInferred(llvm::StringRef name, const AxisRange &range, llvm::ArrayRef<TermPtr> terms);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_TEXT_TERM_H
