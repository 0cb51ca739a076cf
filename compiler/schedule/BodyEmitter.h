//===- BodyEmitter.h - scalar bodies of equations as code -------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Emits what an equation's body computes at one point as arith, math, complex, scf and tile ops.
// Index values stay AffineExprs as long as possible, over the integer SSA values of the code
// ("leaves") as dims and the function's extents as symbols, so that equal subscripts are equal
// expressions: an inlined equation is evaluated once for each of them in a scope (Inv 3), and so is
// every index computation.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_BODYEMITTER_H
#define MIXC_COMPILER_SCHEDULE_BODYEMITTER_H

#include "dialects/mixer/Mixer.h"
#include "dialects/tile/Tile.h"

#include "mlir/IR/Builders.h"

#include <map>

namespace mixc::schedule {

/// Values of a body at the point at hand.
struct Env {
  llvm::DenseMap<mlir::Value, mlir::Value> scalars;
  llvm::DenseMap<mlir::Value, mlir::AffineExpr> indices;
};

class BodyEmitter {
public:
  explicit BodyEmitter(mlir::OpBuilder builder) : builder(builder) {}
  virtual ~BodyEmitter() = default;

protected:
  //===--- What the place of the code provides ------------------------------===//

  /// The outermost block of the code: extents hold in all of it.
  virtual mlir::Block *topBlock() = 0;
  /// The value of extent `position`.
  virtual mlir::Value extent(unsigned position) = 0;
  /// The element of a tensor that is not inlined; in the compute type of its elements.
  virtual mlir::Value read(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> subscripts,
                           mlir::Location loc) = 0;

  //===--- Index values -----------------------------------------------------===//

  /// An SSA integer as an expression.
  mlir::AffineExpr leaf(mlir::Value value);
  /// The expression as an SSA integer.
  mlir::Value materialise(mlir::AffineExpr expr, mlir::Location loc);
  /// The same without a look at what is known: for code in another place than where emission
  /// stands.
  mlir::Value materialiseApart(mlir::AffineExpr expr, mlir::Location loc);
  mlir::AffineExpr constantExpr(int64_t value) {
    return mlir::getAffineConstantExpr(value, builder.getContext());
  }

  /// Whether the value of `expr` depends on data: on what was loaded, not on extents, points and
  /// loops over known ranges only.
  bool dependsOnData(mlir::AffineExpr expr);

  //===--- Bodies -----------------------------------------------------------===//

  /// Emits the operations of `block` but its terminator, whose operands `env` then knows.
  void emitBlock(mlir::Block &block, Env &env);
  /// Emits one operation.
  void emitOp(mlir::Operation *op, Env &env);
  /// The integer `value` at the point.
  mlir::AffineExpr indexOf(mlir::Value value, Env &env);
  /// The scalar `value` at the point, integers included.
  mlir::Value scalarOf(mlir::Value value, Env &env);
  /// Results of a map over integer values at the point.
  llvm::SmallVector<mlir::AffineExpr> applyMap(mlir::AffineMap map, mlir::ValueRange operands,
                                               Env &env);
  /// Gives the integer or scalar `value` a value.
  void bind(mlir::Value value, mlir::Value result, Env &env);
  /// The element of any tensor; inlined equations are evaluated, others read.
  mlir::Value readTensor(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> subscripts,
                         mlir::Location loc);
  /// Evaluates an equation in place.
  mlir::Value evaluate(mixer::EqOp eq, llvm::ArrayRef<mlir::AffineExpr> subscripts);
  /// `value` rounded as the element type stores it.
  mlir::Value round(mlir::Value value, mlir::Type element, mlir::Location loc);

  //===--- Loops ------------------------------------------------------------===//

  /// The range of a bound index at the point.
  struct Range {
    mlir::Value index; ///< what the loop binds: an index of a body
    mlir::AffineExpr lower, upper;
  };
  /// The ranges of a binding op at the point.
  llvm::SmallVector<Range> rangesOf(const mixer::Binding &binding, Env &env);
  /// Nested loops over `ranges`, outermost first, around `body`; the accumulators go around them.
  llvm::SmallVector<mlir::Value>
  emitLoops(llvm::ArrayRef<Range> ranges, mlir::ValueRange accumulators, Env &env,
            mlir::Location loc,
            llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)> body);
  /// Emits the body of a reduction, and takes its value into the accumulators.
  llvm::SmallVector<mlir::Value> accumulate(mixer::ReduceOp reduce, mlir::ValueRange accumulators,
                                            Env &env, llvm::function_ref<mlir::Value()> position,
                                            bool reassociate);
  /// A reduction as loops with its accumulators in registers.
  mlir::Value emitReduce(mixer::ReduceOp reduce, Env &env);

  //===--- Memory of what is there ------------------------------------------===//

  /// Names a computed value: an operation's meaning at some subscripts.
  using Key = std::pair<const void *, llvm::SmallVector<mlir::AffineExpr, 4>>;
  /// What was computed for `key` and is visible here, else null.
  mlir::Value known(const Key &key);
  void remember(Key key, mlir::Value value);

  mlir::OpBuilder builder;
  /// Integers that hold for the whole code: time indices.
  llvm::DenseMap<mlir::Value, mlir::AffineExpr> globalIndices;

private:
  mlir::Value emitOrder(mixer::OrderOp order, Env &env);
  mlir::Value emitSum(mlir::arith::AddFOp sum, Env &env);
  mlir::Value emitFunction(mixer::FnOp fn, Env &env);
  mlir::Value emitPhilox(mixer::PhiloxOp philox, Env &env);
  void emitIf(mlir::scf::IfOp op, Env &env);
  mlir::Value readTable(mixer::TableOp table, mlir::AffineExpr subscript, mlir::Location loc);
  mlir::Value compute(mlir::AffineExpr expr, mlir::Location loc);
  /// The outermost block in which all leaves of `expr` are known.
  mlir::Block *outermostBlock(mlir::AffineExpr expr);

  struct KeyLess {
    bool operator()(const Key &a, const Key &b) const;
  };
  std::map<Key, llvm::SmallVector<mlir::Value>, KeyLess> memory;
  llvm::SmallVector<mlir::Value> leaves;
  llvm::DenseMap<mlir::Value, unsigned> leafNumbers;
};

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_BODYEMITTER_H
