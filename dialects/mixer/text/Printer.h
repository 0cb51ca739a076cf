//===- Printer.h - from the mixer dialect to .mix text -------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two classes: BodyText makes a Term of the scalar that a body computes, FuncText the statements
// around them.
//
//   FuncText.cpp     header: extents, arguments, conditions; the order of statements
//   Equations.cpp    tensors and the definitions of equations, scatters, recurrences
//   Bodies.cpp       reads, index expressions, choices; what is shared in a body
//   Reductions.cpp   reductions, normalisers, order statistics, transforms
//   Scalars.cpp      literals, conversions, operators and functions
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_TEXT_PRINTER_H
#define MIXC_DIALECTS_MIXER_TEXT_PRINTER_H

#include "dialects/mixer/Mixer.h"
#include "dialects/mixer/text/Names.h"
#include "dialects/mixer/text/Term.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"

#include <deque>

namespace mixc::mixer {

/// How a tensor of the IR stands in the text: subscript `a` is `slots[a]` over the value's own
/// indices, then `times`, the indices of the recurrences around it.
struct TensorView {
  TextTensor *tensor = nullptr;
  llvm::SmallVector<mlir::AffineExpr> slots;
  llvm::SmallVector<mlir::Value> times;

  explicit operator bool() const { return tensor != nullptr; }
};

/// What bodies ask about the function around them.
struct FuncScope {
  TextNames names;
  std::vector<TermPtr> extents; ///< by symbol
  llvm::DenseMap<mlir::Value, TensorView> tensors;
  /// Functions that hold what follows a shared value, in the order in which they are to be written.
  std::vector<std::string> functions;
  bool mayDefineFunctions = false;
  bool failed = false;

  /// Reports what can't be said. Gives a term to go on with.
  TermPtr refuse(mlir::Operation *op, const llvm::Twine &why);
  /// `expr` with its dims as `dims`.
  TermPtr index(mlir::AffineExpr expr, llvm::ArrayRef<TermPtr> dims = {});
};

/// A constant, null where the language has none like it. A literal takes the type that it meets;
/// one of f64 that meets none is made one.
TermPtr constant(mlir::Attribute value, bool meetsItsType);

class BodyText {
public:
  /// `name` begins the names of functions that bodies need.
  BodyText(FuncScope &scope, std::string name) : scope(scope), name(std::move(name)) {}

  /// While it lives, an index has a name.
  class Index {
  public:
    Index(BodyText &body, mlir::Value value, llvm::StringRef wanted, AxisRange range);
    Index(const Index &) = delete;
    ~Index();

    std::string name;

  private:
    BodyText &body;
    mlir::Value value;
  };

  /// Looks for what is shared in `block` and inside; before any `result` of it.
  void prepare(mlir::Block &block);
  /// `value`, which `block` yields.
  TermPtr result(mlir::Block &block, mlir::Value value);
  /// The value that `block` yields, when it is one.
  TermPtr result(mlir::Block &block) { return result(block, block.getTerminator()->getOperand(0)); }

private:
  // Bodies.cpp
  TermPtr rest(llvm::ArrayRef<mlir::Value> shared, mlir::Value value);
  TermPtr term(mlir::Value value);
  TermPtr compute(mlir::Value value);
  TermPtr index(mlir::AffineExpr expr, mlir::ValueRange dims);
  TermPtr access(AtOp at);
  TermPtr conditional(mlir::scf::IfOp op, unsigned result);

  // Reductions.cpp
  std::shared_ptr<Term> bind(mlir::Operation *op, llvm::StringRef function,
                             llvm::ArrayRef<std::string> names = {});
  TermPtr along(AlongOp op);
  TermPtr transform(TransformOp op);
  TermPtr selected(mlir::Operation *op, llvm::ArrayRef<TermPtr> at,
                   llvm::ArrayRef<TermBinder> binders, TermPtr value);
  llvm::SmallVector<AxisRange> rangesOf(const Binding &binding);

  // Scalars.cpp
  TermPtr scalar(mlir::Operation *op);
  TermPtr compare(mlir::arith::CmpFOp op);
  TermPtr function(FnOp op);
  TermPtr cast(CastOp op);
  /// Operands that meet: a conversion that the language makes there itself is left out.
  std::pair<TermPtr, TermPtr> meeting(mlir::Value a, mlir::Value b, bool mayConvert = true);
  TermPtr binary(mlir::Operation *op, llvm::StringRef symbol);

  FuncScope &scope;
  std::string name;
  llvm::DenseMap<mlir::Value, std::string> locals;
  /// The locals that are indices here, and not arguments of a function, with their ranges; null
  /// bounds where these depend on data.
  llvm::StringMap<AxisRange> indices;
  /// Values that are used more than once and too large to be repeated.
  llvm::DenseSet<mlir::Value> shared;
};

/// An axis on the left of an equation.
struct LeftAxis {
  TermPtr term;                   ///< an index, or anything else
  std::optional<AxisRange> range; ///< of an index
};

class FuncText {
public:
  explicit FuncText(FuncOp func) : func(func) {}
  mlir::FailureOr<std::string> print();

private:
  // FuncText.cpp
  void nameExtents();
  void addInterface();
  std::string header();
  std::string argument(unsigned position, DefaultOp given);
  std::string shape(const TextTensor &tensor, mlir::Type element, mlir::Operation *op);
  void printOps(mlir::Block &block);
  void line(std::string text) { lines.push_back("  " + std::move(text)); }
  void print(TableOp op);
  void findOverwritten(mlir::Block &block);
  bool isSlice(EqOp eq);

  // Equations.cpp
  TensorView &define(mlir::Value value, llvm::StringRef wanted);
  TextTensor &addTensor(llvm::StringRef wanted, std::vector<AxisRange> axes);
  TensorView &bindTensor(mlir::Value value, TextTensor &tensor);
  TensorView sliceOf(const TensorView &history, mlir::AffineMap map, unsigned rank,
                     mlir::ValueRange times);
  void declare(TextTensor &tensor, mlir::Type element, mlir::Operation *op);
  void print(EqOp eq) { print(eq, define(eq.getResult(), eq.getName()), /*isBoundary=*/false); }
  void print(EqOp eq, const TensorView &text, bool isBoundary);
  void print(ScatterOp op);
  void print(RecurOp op);
  void defineHistories(RecurOp op);
  void copy(mlir::Value from, const TensorView &to, bool isBoundary);
  /// Writes `tensor[left] op value` behind the functions that it needs.
  void statement(TextTensor &tensor, llvm::ArrayRef<LeftAxis> left, llvm::StringRef op,
                 TermPtr value, bool isBoundary = false);
  /// The left side of `text` with these indices.
  std::vector<LeftAxis> leftOf(const TensorView &text, llvm::ArrayRef<LeftAxis> own,
                               mlir::Operation *op);
  LeftAxis timeAxis(mlir::Value time);
  /// `value` as `tensor`, which has elements of type `element`, would store it.
  TermPtr stored(const TextTensor &tensor, mlir::Type element, TermPtr value, mlir::Operation *op);

  FuncScope scope;
  FuncOp func;
  std::vector<std::string> params, where, lines;
  std::deque<TextTensor> tensors;
  /// The tensors that outputs are, by the value returned.
  llvm::DenseMap<mlir::Value, TextTensor *> outputs;
  /// The full definition that an overwrite replaces points of, and what comes out: one name.
  llvm::DenseMap<mlir::Value, mlir::Value> overwritten;
  /// The recurrences that are being printed: their indices, outermost first, and the names.
  llvm::SmallVector<mlir::Value> times;
  llvm::DenseMap<mlir::Value, std::pair<std::string, AxisRange>> timeNames;
};

/// The range of index `k` of an equation of this type.
inline AxisRange rangeOf(MixerTensorType type, unsigned k) {
  return {type.getLower()[k], type.getUpper()[k]};
}

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_TEXT_PRINTER_H
