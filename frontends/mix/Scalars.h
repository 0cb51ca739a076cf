//===- Scalars.h - scalars while they are being emitted ----------*- C++ -*-===//
//
// A `Scalar` is what an expression has become: a constant, an index expression or an
// SSA value. Integers are always index expressions (AffineExpr): their symbols are the
// function's extents, their dims are numbered once for the whole function by
// `ScalarBuilder`, which knows the SSA value behind each. So `h / (H / G)` is one
// attribute in the end and `i * j` one operand.
//
// `ScalarBuilder` is the level between the tree and the IR: it emits scalar ops, each
// one once in a scope, and converts between the types that bodies compute in.
//
//   bool   i1     index expressions and integers   index
//   f32    f32    f64   f64    complex   complex<f32>, complex<f64>
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_SCALARS_H
#define MIXC_FRONTENDS_MIX_SCALARS_H

#include "dialects/mixer/Mixer.h"
#include "frontends/mix/AST.h"
#include "frontends/mix/Diagnostics.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/ScopedHashTable.h"

namespace mixc::mix {

struct Scalar {
  mlir::Type type;       ///< null for an enum value, and after an error
  mlir::AffineExpr expr; ///< of an integer
  mlir::Value value;     ///< of what is neither an integer nor a constant
  double number = 0;     ///< of a constant float or bool
  /// A number as written.
  bool literal = false;
  /// The value, as f64 computes it, of a float that is made of literals and integers only: it has
  /// no type of its own, but takes the one that it meets.
  std::optional<double> wide = std::nullopt;
  /// An enum value: its word.
  llvm::StringRef word;
  /// The integer division of which this is the result; invalid where constants divide
  /// without a rest.
  Span quotient;

  bool isError() const { return !type && word.empty(); }
  bool isInteger() const { return expr != nullptr; }
  bool isBool() const { return type && type.isInteger(1); }
  bool isConstant() const {
    return expr ? llvm::isa<mlir::AffineConstantExpr>(expr) : type && !value;
  }
  std::optional<int64_t> integer() const {
    auto constant = llvm::dyn_cast_or_null<mlir::AffineConstantExpr>(expr);
    return constant ? std::optional(constant.getValue()) : std::nullopt;
  }
  /// The value in f64 of a constant that takes the type it meets.
  std::optional<double> untyped() const {
    if (auto constant = integer())
      return static_cast<double>(*constant);
    return wide;
  }
  friend bool operator==(const Scalar &a, const Scalar &b) {
    auto same = [](double x, double y) { return x == y || (x != x && y != y); };
    return a.type == b.type && a.expr == b.expr && a.value == b.value && a.word == b.word &&
           same(a.number, b.number) && a.wide.has_value() == b.wide.has_value() &&
           (!a.wide || same(*a.wide, *b.wide));
  }
};

/// How messages name the type of a scalar.
llvm::StringRef typeName(mlir::Type type);
bool isReal(mlir::Type type);
bool isComplex(mlir::Type type);
/// The type in which values of types `a` and `b` meet.
mlir::Type promote(mlir::Type a, mlir::Type b);

/// Ops by what they compute: the same operands, attributes, types and bodies.
struct SameOp : llvm::DenseMapInfo<mlir::Operation *> {
  static unsigned getHashValue(const mlir::Operation *op);
  static bool isEqual(const mlir::Operation *a, const mlir::Operation *b);
};
using OpTable = llvm::ScopedHashTable<mlir::Operation *, mlir::Operation *, SameOp>;

/// Index expressions as an op stores them.
struct IndexMap {
  mlir::AffineMap map;
  llvm::SmallVector<mlir::Value> operands;
};

class ScalarBuilder {
public:
  ScalarBuilder(mixer::FuncOp func, Diagnostics &diags);

  mlir::MLIRContext *context() { return builder.getContext(); }

  //===--------------------------------------------------------------------===//
  // Places
  //===--------------------------------------------------------------------===//

  mlir::Location loc(Span span);
  /// An access: the whole, then its subscripts.
  mlir::Location loc(Span whole, llvm::ArrayRef<Span> subscripts);
  /// The spans that `location` was made of; empty for a foreign one.
  llvm::ArrayRef<Span> spans(mlir::Location location) const;

  /// While it lives, ops go to the end of `block`; those that it emits are not seen
  /// from outside.
  class Inside {
  public:
    Inside(ScalarBuilder &builder, mlir::Block *block)
        : guard(builder.builder), scope(builder.known) {
      builder.builder.setInsertionPointToEnd(block);
    }

  private:
    mlir::OpBuilder::InsertionGuard guard;
    OpTable::ScopeTy scope;
  };

  //===--------------------------------------------------------------------===//
  // Leaves
  //===--------------------------------------------------------------------===//

  Scalar integer(int64_t value, bool literal = false);
  Scalar boolean(bool value);
  Scalar real(double value, mlir::Type type);
  /// A float as written, of the type that floats have where they meet no other.
  Scalar literal(double value);
  Scalar index(mlir::AffineExpr expr);
  /// A value of any scalar type; an integer becomes a dim.
  Scalar of(mlir::Value value);

  /// A float that constants `from` give: `value` as `type` computes it, `wide` as f64 does.
  Scalar folded(double value, double wide, mlir::Type type, llvm::ArrayRef<Scalar> from);

  mlir::AffineExpr symbol(unsigned position);
  /// The dim of an index: a block argument of the op that ranges over it.
  mlir::AffineExpr addIndex(mlir::Value index);

  /// What stands behind a dim.
  mlir::Value valueOf(mlir::AffineDimExpr dim) { return dims[dim.getPosition()].value; }
  /// The dims so far, and: the ones since then are gone, with the ops behind them.
  unsigned mark() const { return dims.size(); }
  void forget(unsigned mark);

  /// `exprs` with their dims renumbered: indices, outermost first, then other integers.
  IndexMap mapOf(llvm::ArrayRef<mlir::AffineExpr> exprs);

  //===--------------------------------------------------------------------===//
  // Values and conversions
  //===--------------------------------------------------------------------===//

  /// The SSA value of `scalar`, in its own type.
  mlir::Value value(const Scalar &scalar, Span span);
  /// `scalar` as a value of `type`, which is at or above its own in the order of
  /// `promote`, or of the type that an untyped constant meets. Warns of a truncated quotient
  /// that becomes a float.
  Scalar convert(const Scalar &scalar, mlir::Type type, Span span);
  mlir::Value valueAs(const Scalar &scalar, mlir::Type type, Span span) {
    return value(convert(scalar, type, span), span);
  }
  /// The type in which values meet: untyped constants take that of the others.
  mlir::Type common(llvm::ArrayRef<Scalar> scalars);
  /// The type in which numbers meet; bools count as integers.
  mlir::Type meet(llvm::ArrayRef<Scalar> scalars);
  /// The real or complex type in which `scalar` becomes a float.
  mlir::Type floatOf(const Scalar &scalar);

  //===--------------------------------------------------------------------===//
  // Arithmetic
  //===--------------------------------------------------------------------===//

  /// `+ - * / %` and comparisons; the operands are neither errors nor enum values.
  Scalar binary(BinaryOp op, const Scalar &a, const Scalar &b, Span span);
  Scalar negate(const Scalar &a, Span span);
  Scalar logicalNot(const Scalar &a, Span span);
  /// `a && b`, both evaluated.
  Scalar both(const Scalar &a, const Scalar &b, Span span);
  Scalar either(const Scalar &a, const Scalar &b, Span span);
  /// `a ^ b`; `natural` says whether a not constant integer is shown to be >= 0.
  Scalar power(const Scalar &a, const Scalar &b, Span span,
               llvm::function_ref<bool(mlir::AffineExpr)> natural);
  Scalar integerOp(mixer::FnKind kind, const Scalar &a, const Scalar &b, Span span);
  /// The lesser or the greater of two numbers.
  Scalar extreme(bool max, const Scalar &a, const Scalar &b, Span span);

  /// An op without regions and with one result, or the equal one that is there.
  template <typename Op, typename... Args> mlir::Value emit(Span span, Args &&...args) {
    return emit<Op>(loc(span), std::forward<Args>(args)...);
  }
  template <typename Op, typename... Args> mlir::Value emit(mlir::Location at, Args &&...args) {
    return unique(Op::create(builder, at, std::forward<Args>(args)...))->getResult(0);
  }
  /// `op`, or the equal one that is there; then `op` is erased.
  mlir::Operation *unique(mlir::Operation *op);

  /// Reports an error, and what to do about it.
  Scalar error(Span span, const llvm::Twine &message, const llvm::Twine &note) {
    diags->error(span, message).note(note);
    return {};
  }

  mlir::OpBuilder builder;
  mixer::FuncOp func;
  Diagnostics *diags;
  mlir::Type boolType, indexType, f32, f64;
  /// The type of what is made of literals and integers only: f32, or f64 where that is the
  /// element type chosen for the mixer.
  mlir::Type plain;
  /// Whether an expression over extents is known not to be negative, by the `where` facts.
  std::function<bool(mlir::AffineExpr)> holds;

private:
  /// Whether `scalar` is a quotient that may have left a rest.
  bool truncates(const Scalar &scalar) const;
  Scalar integers(BinaryOp op, const Scalar &a, const Scalar &b, Span span);
  Scalar compare(BinaryOp op, const Scalar &a, const Scalar &b, Span span);
  Scalar multiplied(const Scalar &a, int64_t exponent, Span span);

  struct Dim {
    mlir::Value value;
    bool isIndex;
  };
  llvm::SmallVector<Dim> dims;
  llvm::DenseMap<mlir::Value, unsigned> dimOf;
  llvm::DenseMap<mlir::AffineExpr, unsigned> sizes;
  llvm::DenseMap<mlir::Location, llvm::SmallVector<Span, 1>> places;
  OpTable known;
  OpTable::ScopeTy root{known};

public:
  /// In a branch that a constant condition excludes, what has no value is no error.
  bool isExcluded = false;
};

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_SCALARS_H
