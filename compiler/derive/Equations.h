//===- Equations.h - building equations from equations ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A derivation takes a value computed somewhere inside an equation and gives it an equation of its
// own, over just the indices that it depends on. `Slice` finds these indices and the operations
// behind the value; `Slice::makeEquation` builds the equation.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DERIVE_EQUATIONS_H
#define MIXC_COMPILER_DERIVE_EQUATIONS_H

#include "dialects/mixer/Mixer.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace mixc::derive {

/// The range of an index as an axis: bounds over the function's extents.
struct Axis {
  llvm::StringRef name;
  mlir::AffineExpr lower, upper;
};

/// The range of `index`, an index of an equation, a scatter or a binding op; none where the bounds
/// depend on data or on other indices, and for time indices.
std::optional<Axis> axisOf(mlir::BlockArgument index);

/// The operation, an equation or scatter, whose body `op` is in.
mlir::Operation *enclosingEquation(mlir::Operation *op);

/// The reduction that is all an equation computes, null when it computes something else.
mixer::ReduceOp wholeReduction(mixer::EqOp eq);

/// Erases the scalars in `op`, equations aside, that nothing reads.
void eraseUnusedScalars(mlir::Operation *op);

/// Builds the equation `name[axes] = body(indices)` with elements of type `element`.
mixer::EqOp makeEquation(mlir::OpBuilder &builder, mlir::Location loc, llvm::StringRef name,
                         llvm::ArrayRef<Axis> axes, mlir::Type element,
                         llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::ValueRange)> body);

/// Reads `tensor` at plain indices.
mlir::Value readAt(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value tensor,
                   mlir::ValueRange indices);

/// The number `expr` over `operands` and the extents.
mlir::Value makeApply(mlir::OpBuilder &builder, mlir::Location loc, mlir::ValueRange operands,
                      mlir::AffineExpr expr);

/// An element type that stores values of a body's scalar type exactly.
mlir::Type storageType(mlir::Type scalar);

/// The zero of a scalar type.
mlir::Value makeZero(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type);

/// What a value inside an equation's body depends on.
class Slice {
public:
  /// Analyses `op`, with its regions, inside an equation's body. `bound` are indices that the new
  /// equation's body will bind by itself; they do not count. Fails (`isValid` is false) when `op`
  /// depends on an index that can be no axis.
  Slice(mlir::Operation *op, mlir::ValueRange bound = {});

  bool isValid() const { return valid; }

  /// The indices it depends on, outermost first: of the equation and of the binding ops around
  /// `op`.
  llvm::ArrayRef<mlir::BlockArgument> indices() const { return dependences; }
  /// Their ranges.
  llvm::ArrayRef<Axis> axes() const { return ranges; }

  /// Builds the equation `name[axes(), extra] = value`, before the equation that `op` is in. `body`
  /// computes the value from a mapping that takes everything `op` uses to the new equation's, and
  /// from the new indices of `extra`. Where `op` stands under guards that its reads may need, so
  /// does the value; elsewhere it is 0. A guard is a condition, or a range around `op` that the new
  /// equation does not have: `x[b, 0]` may be in bounds because an index in range says that there
  /// is an element.
  mixer::EqOp makeEquation(
      llvm::StringRef name, llvm::ArrayRef<Axis> extra, mlir::Type element,
      llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::IRMapping &, mlir::ValueRange)> body)
      const;

private:
  /// What lets `root` run where it stands: a conditional, in one of its branches, or an op that
  /// binds indices `root` does not depend on, whose ranges are then not empty.
  struct Guard {
    mlir::Operation *op;
    bool taken;
  };

  void addOperation(mlir::Operation *op);
  void addValue(mlir::Value value);
  void findAxes();
  void findGuards();
  void addGuards(bool ranges);
  bool readsInBounds(bool trustsData) const;
  mlir::Value emitCondition(mlir::OpBuilder &builder, mlir::IRMapping &mapping,
                            mlir::Operation *guard) const;
  mlir::Value
  emitGuarded(mlir::OpBuilder &builder, mlir::IRMapping &mapping, unsigned guard, mlir::Type type,
              llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::IRMapping &)> body) const;
  void cloneBehind(mlir::OpBuilder &builder, mlir::IRMapping &mapping, mlir::Operation *user) const;
  void cloneValue(mlir::OpBuilder &builder, mlir::IRMapping &mapping, mlir::Value value) const;

  mlir::Operation *root;
  mlir::Operation *equation;
  bool valid = true;
  llvm::SmallSetVector<mlir::BlockArgument, 8> found;
  llvm::SmallVector<mlir::BlockArgument> dependences;
  llvm::SmallVector<Axis> ranges;
  llvm::SmallPtrSet<mlir::Operation *, 16> visited;
  /// Outermost first; none where the reads of `root` are in bounds without them.
  llvm::SmallVector<Guard> guards;
  llvm::SmallPtrSet<void *, 4> boundHere;
};

} // namespace mixc::derive

#endif // MIXC_COMPILER_DERIVE_EQUATIONS_H
