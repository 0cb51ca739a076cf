//===- Normalisers.cpp - normalisers as sums and maxima ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Expansion.h"
#include "compiler/derive/Passes.h"
#include "dialects/mixer/Remark.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

namespace mixc::derive {
#define GEN_PASS_DEF_DERIVENORMALISERS
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

namespace {

/// A vector along an axis that normalisers share: x (null where it is computed in place), its
/// maximum, exp(x - max) and their sum.
struct Exponentials {
  Value x, max, exp, sum;
};

class Normalisers {
public:
  Normalisers(mixer::FuncOp func, StringRef pass) : func(func), pass(pass) {}

  void run() {
    // Innermost first, so that an expression to be named is in normal form.
    SmallVector<Operation *> work;
    func.walk([&](Operation *op) {
      if (isa<mixer::AlongOp, mixer::TransformOp>(op))
        work.push_back(op);
      else if (auto reduce = dyn_cast<mixer::ReduceOp>(op);
               reduce && (reduce.getKind() == mixer::ReduceKind::mean ||
                          (reduce.getKind() == mixer::ReduceKind::logsumexp)))
        work.push_back(op);
    });
    for (Operation *op : work)
      expand(op);
  }

private:
  void expand(Operation *op) {
    OpBuilder builder(op);
    Scalars s{builder, op->getLoc()};
    Value result;
    how.clear();
    if (auto along = dyn_cast<mixer::AlongOp>(op)) {
      result = along.getKind() == mixer::AlongKind::softmax ? expandSoftmax(s, along)
                                                            : expandNorm(s, along);
    } else if (auto transform = dyn_cast<mixer::TransformOp>(op)) {
      result = expandTransform(s, transform, how);
    } else {
      auto reduce = cast<mixer::ReduceOp>(op);
      result = reduce.getKind() == mixer::ReduceKind::mean ? expandMean(s, reduce)
                                                           : expandLogSumExp(s, reduce);
    }
    if (auto remark = mixer::remark(op, mixer::Outcome::fired, pass, "expand"))
      remark << mlir::remark::reason("{0} becomes {1}", mixer::reductionText(op), how);
    op->getResult(0).replaceAllUsesWith(result);
    op->erase();
  }

  /// Notes that `op` is computed from the exponentials `e`.
  void noteExponentials(const Exponentials &e, bool shared) {
    how = mixer::definedNames(e.max.getDefiningOp()) + ", " +
          mixer::definedNames(e.exp.getDefiningOp()) + " and " +
          mixer::definedNames(e.sum.getDefiningOp());
    if (shared)
      how += ", which are there already";
  }

  //===--- Exponentials ---------------------------------------------------===//

  /// The tensor that the body of `op` reads and nothing else, where it reads it at `slice`'s
  /// indices followed by the bound ones.
  static Value plainRead(Operation *op, const Slice &slice) {
    mixer::Binding binding = *mixer::getBinding(op);
    auto at = binding.yielded().getDefiningOp<mixer::AtOp>();
    if (!at || at->getBlock() != binding.body || !at.getMap().isIdentity() ||
        at.getMap().getNumSymbols() != 0)
      return {};
    SmallVector<Value> expected(slice.indices().begin(), slice.indices().end());
    llvm::append_range(expected, binding.indices());
    auto type = at.getTensorType();
    if (!llvm::equal(at.getIndices(), expected) || !isa<FloatType>(type.getElement()))
      return {};
    // The whole axis, and nothing but it.
    auto axes = slice.axes();
    for (auto [k, lower, upper] : llvm::enumerate(type.getLower(), type.getUpper())) {
      bool outer = k < axes.size();
      unsigned bound = k - axes.size();
      if (lower != (outer ? axes[k].lower : binding.lower.getResult(bound)) ||
          upper != (outer ? axes[k].upper : binding.upper.getResult(bound)))
        return {};
    }
    return at.getTensor();
  }

  /// Names the expression of `op`, its maximum and its exponentials, as equations. Null members
  /// where an index of `op` can be no axis.
  Exponentials nameExponentials(Operation *op, Slice &slice) {
    mixer::Binding binding = *mixer::getBinding(op);
    SmallVector<Axis> own;
    for (BlockArgument index : binding.indices())
      if (std::optional<Axis> axis = axisOf(index))
        own.push_back(*axis);
    if (!slice.isValid() || own.size() != binding.size()) {
      how = "a maximum and a sum in place: an index has a range that is known at run time only";
      return {};
    }
    Type type = binding.yielded().getType();
    Value x = plainRead(op, slice);
    if (x)
      if (auto known = named.find({x, binding.size()}); known != named.end()) {
        noteExponentials(known->second, /*shared=*/true);
        return known->second;
      }
    Location loc = op->getLoc();
    if (!x)
      x = slice.makeEquation(nameOf(op, "x"), own, type,
                             [&](OpBuilder &b, IRMapping &mapping, ValueRange indices) {
                               mapping.map(binding.indices(), indices);
                               for (Operation &inner : binding.body->without_terminator())
                                 b.clone(inner, mapping);
                               return mapping.lookupOrDefault(binding.yielded());
                             });
    OpBuilder builder(enclosingEquation(op));
    if (Operation *def = x.getDefiningOp())
      builder.setInsertionPointAfter(def);
    else
      builder.setInsertionPointToStart(x.getParentBlock());
    SmallVector<Axis> all(slice.axes());
    llvm::append_range(all, own);
    auto reduceOver = [&](mixer::ReduceKind kind, StringRef suffix, Value tensor) -> Value {
      return makeEquation(builder, loc, nameOf(op, suffix), slice.axes(), type,
                          [&](OpBuilder &b, ValueRange outer) {
                            Scalars s{b, loc};
                            return makeReduce(s, op, kind, type,
                                              [&](OpBuilder &in, ValueRange inner) {
                                                SmallVector<Value> point(outer);
                                                llvm::append_range(point, inner);
                                                return readAt(in, loc, tensor, point);
                                              });
                          });
    };
    Exponentials e;
    e.x = x;
    e.max = reduceOver(mixer::ReduceKind::max, "max", x);
    e.exp = makeEquation(
        builder, loc, nameOf(op, "exp"), all, type, [&](OpBuilder &b, ValueRange indices) {
          Value value = readAt(b, loc, x, indices);
          Value max = readAt(b, loc, e.max, indices.take_front(slice.axes().size()));
          return Scalars{b, loc}.expDiff(value, max);
        });
    e.sum = reduceOver(mixer::ReduceKind::sum, "sum", e.exp);
    named[{x, binding.size()}] = e;
    noteExponentials(e, /*shared=*/false);
    return e;
  }

  Value expandSoftmax(const Scalars &s, mixer::AlongOp op) {
    // The indices of the row only: the position `at` is no part of it.
    Slice slice(withoutPosition(op), mixer::getBinding(op)->indices());
    Exponentials e = nameExponentials(op, slice);
    SmallVector<Value> row(slice.indices().begin(), slice.indices().end());
    SmallVector<Value> point(row);
    llvm::append_range(point, positions);
    Value exp, sum;
    if (e.x) {
      exp = readAt(s.b, s.loc, e.exp, point);
      sum = readAt(s.b, s.loc, e.sum, row);
    } else {
      Type type = op.getType();
      auto element = [&](OpBuilder &b, ValueRange indices) { return cloneBody(b, op, indices); };
      Value max = makeReduce(s, op, mixer::ReduceKind::max, type, element);
      auto exponential = [&](OpBuilder &b, ValueRange indices) {
        return Scalars{b, s.loc}.expDiff(element(b, indices), max);
      };
      sum = makeReduce(s, op, mixer::ReduceKind::sum, type, exponential);
      exp = exponential(s.b, positions);
    }
    // A row without a visible position has the sum 0.
    Value zero = s.constant(sum.getType(), 0);
    Value empty = arith::CmpFOp::create(s.b, s.loc, arith::CmpFPredicate::OEQ, sum, zero);
    return s.select(empty, zero, s.div(exp, sum));
  }

  Value expandLogSumExp(const Scalars &s, mixer::ReduceOp op) {
    Slice slice(op, mixer::getBinding(op)->indices());
    Exponentials e = nameExponentials(op, slice);
    Value max, sum;
    if (e.x) {
      SmallVector<Value> row(slice.indices().begin(), slice.indices().end());
      max = readAt(s.b, s.loc, e.max, row);
      sum = readAt(s.b, s.loc, e.sum, row);
    } else {
      auto element = [&](OpBuilder &b, ValueRange indices) { return cloneBody(b, op, indices); };
      max = makeReduce(s, op, mixer::ReduceKind::max, op.getType(), element);
      sum = makeReduce(s, op, mixer::ReduceKind::sum, op.getType(),
                       [&](OpBuilder &b, ValueRange indices) {
                         return Scalars{b, s.loc}.expDiff(element(b, indices), max);
                       });
    }
    // An empty row: -inf + log 0. A row with inf: its differences to the maximum are NaN, its
    // logsumexp is inf.
    Value infinite = s.constant(op.getType(), INFINITY);
    Value isInfinite = arith::CmpFOp::create(s.b, s.loc, arith::CmpFPredicate::OEQ, max, infinite);
    return s.select(isInfinite, max, s.add(max, math::LogOp::create(s.b, s.loc, sum)));
  }

  /// Takes the position off a normaliser (into `positions`), so that what is left depends on its
  /// row only.
  Operation *withoutPosition(mixer::AlongOp op) {
    positions.assign(op.getAt().begin(), op.getAt().end());
    op.getAtMutable().clear();
    return op;
  }

  //===--- Means and norms ------------------------------------------------===//

  Value expandMean(const Scalars &s, mixer::ReduceOp op) {
    auto element = [&](OpBuilder &b, ValueRange indices) { return cloneBody(b, op, indices); };
    Value sum = makeReduce(s, op, mixer::ReduceKind::sum, op.getType(), element);
    how = "a sum divided by the number of points";
    Value count = makeCount(s, *mixer::getBinding(op));
    Type real = op.getType();
    if (auto complex = dyn_cast<ComplexType>(real))
      real = complex.getElementType();
    // Over nothing the sum is 0, and so is the mean.
    Value divisor = s.cast(arith::MaxSIOp::create(s.b, s.loc, count, s.index(1)), real);
    if (real == op.getType())
      return s.div(sum, divisor);
    divisor = s.cast(divisor, op.getType());
    return complex::DivOp::create(s.b, s.loc, sum, divisor);
  }

  Value expandNorm(const Scalars &s, mixer::AlongOp op) {
    Operation *row = withoutPosition(op);
    mixer::Binding binding = *mixer::getBinding(row);
    Slice slice(row, binding.indices());
    Type type = op.getType();
    // The vector is read two or three times: name it where it is more than a read.
    Value x = slice.isValid() ? plainRead(row, slice) : Value();
    SmallVector<Axis> own;
    for (BlockArgument index : binding.indices())
      if (std::optional<Axis> axis = axisOf(index))
        own.push_back(*axis);
    if (!x && slice.isValid() && own.size() == binding.size() &&
        !binding.yielded().getDefiningOp<mixer::AtOp>())
      x = slice.makeEquation(nameOf(row, "x"), own, type,
                             [&](OpBuilder &b, IRMapping &mapping, ValueRange indices) {
                               mapping.map(binding.indices(), indices);
                               for (Operation &inner : binding.body->without_terminator())
                                 b.clone(inner, mapping);
                               return mapping.lookupOrDefault(binding.yielded());
                             });
    how = op.getKind() == mixer::AlongKind::layernorm ? "a mean and a sum of squares"
                                                      : "a sum of squares";
    if (Operation *vector = x ? x.getDefiningOp() : nullptr)
      how += " over " + mixer::definedNames(vector);
    auto element = [&](OpBuilder &b, ValueRange indices) -> Value {
      if (!x)
        return cloneBody(b, row, indices);
      SmallVector<Value> point(slice.indices().begin(), slice.indices().end());
      llvm::append_range(point, indices);
      return readAt(b, s.loc, x, point);
    };
    auto sumOfSquares = [&](Value mean) {
      return makeReduce(s, row, mixer::ReduceKind::sum, type,
                        [&](OpBuilder &b, ValueRange indices) {
                          Scalars in{b, s.loc};
                          Value value = element(b, indices);
                          value = mean ? in.sub(value, mean) : value;
                          return in.mul(value, value);
                        });
    };
    Value here = element(s.b, positions);
    Value eps = s.constant(type, op.getEps().convertToDouble());
    if (op.getKind() == mixer::AlongKind::normalize) {
      Value norm = math::SqrtOp::create(s.b, s.loc, sumOfSquares({}));
      return s.div(here, arith::MaximumFOp::create(s.b, s.loc, norm, eps));
    }
    Value count = makeCount(s, binding);
    Value size = s.cast(arith::MaxSIOp::create(s.b, s.loc, count, s.index(1)), type);
    Value mean;
    if (op.getKind() == mixer::AlongKind::layernorm) {
      mean = s.div(makeReduce(s, row, mixer::ReduceKind::sum, type, element), size);
      here = s.sub(here, mean);
    }
    Value variance = s.div(sumOfSquares(mean), size);
    return s.div(here, math::SqrtOp::create(s.b, s.loc, s.add(variance, eps)));
  }

  mixer::FuncOp func;
  StringRef pass;
  /// What the operation at hand has become, for the reader of remarks.
  std::string how;
  /// What is known of vectors that are tensors of their own, by the tensor and how many of its axes
  /// they are.
  llvm::DenseMap<std::pair<Value, unsigned>, Exponentials> named;
  SmallVector<Value> positions;
};

struct DeriveNormalisers : derive::impl::DeriveNormalisersBase<DeriveNormalisers> {
  void runOnOperation() override { Normalisers(getOperation(), getArgument()).run(); }
};

} // namespace
