//===- LoopOrder.cpp - which loop is innermost ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/LoopOrder.h"

#include "compiler/schedule/ScalarCode.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

mixer::ReduceOp schedule::wholeReduction(mixer::EqOp eq) {
  auto reduce = eq.getYield().getValues().front().getDefiningOp<mixer::ReduceOp>();
  return reduce && reduce->getParentOp() == eq ? reduce : mixer::ReduceOp();
}

mixer::OrderOp schedule::wholeOrder(mixer::EqOp eq) {
  auto order = eq.getYield().getValues().front().getDefiningOp<mixer::OrderOp>();
  return order && order->getParentOp() == eq ? order : mixer::OrderOp();
}

SetVector<Operation *> schedule::boundsOf(mixer::ReduceOp reduce) {
  // What stands before the reduction in its block and computes the bounds, in order.
  SetVector<Operation *> ops;
  SmallVector<Value> work(reduce.getLowerOperands());
  llvm::append_range(work, reduce.getUpperOperands());
  while (!work.empty()) {
    Operation *op = work.pop_back_val().getDefiningOp();
    if (!op || op->getBlock() != reduce->getBlock() || !ops.insert(op))
      continue;
    op->walk([&](Operation *inner) { llvm::append_range(work, inner->getOperands()); });
  }
  return ops;
}

/// Whether the range of a reduction changes with an index.
static bool boundsDependOn(mixer::ReduceOp reduce, Value index) {
  if (llvm::is_contained(reduce.getOperands(), index))
    return true;
  bool depends = false;
  for (Operation *op : boundsOf(reduce))
    op->walk([&](Operation *inner) { depends |= llvm::is_contained(inner->getOperands(), index); });
  return depends;
}

namespace {
enum class Stride { none, unit, other };
}

/// How the address of subscripts (row-major) moves with `index`.
static Stride strideOf(ArrayRef<AffineExpr> subscripts, const mixer::IndexTerms &terms,
                       Value index) {
  Stride stride = Stride::none;
  for (auto [axis, subscript] : llvm::enumerate(subscripts)) {
    subscript.walk([&](AffineExpr part) {
      auto dim = dyn_cast<AffineDimExpr>(part);
      if (!dim)
        return;
      Value leaf = terms.leaf(dim.getPosition());
      if (leaf == index) {
        bool last = axis + 1 == subscripts.size();
        AffineExpr rest = subscript - dim;
        bool unit = last && !rest.isFunctionOfDim(dim.getPosition());
        if (!unit || stride == Stride::other)
          stride = Stride::other;
        else
          stride = Stride::unit;
      } else if (!isa<BlockArgument>(leaf)) {
        stride = Stride::other; // data: a gather
      }
    });
  }
  return stride;
}

int schedule::scoreInnermost(Operation *op, const Accesses &accesses, BlockArgument index) {
  int score = 0;
  auto add = [&](Stride stride, int weight) {
    score += stride == Stride::unit ? 2 * weight : stride == Stride::none ? weight : -3 * weight;
  };
  for (const Access &access : accesses.reads)
    add(strideOf(access.subscripts, accesses.terms, index), 1);
  if (index.getOwner()->getParentOp() != op)
    return score - 1; // a sum along the vector: lanes meet at its end
  unsigned last = index.getOwner()->getNumArguments() - 1;
  return score + (index.getArgNumber() == last ? 2 : -1);
}

BlockArgument schedule::chooseInnermost(Operation *op, const Accesses &accesses,
                                        ArrayRef<BlockArgument> candidates) {
  BlockArgument best;
  int bestScore = 0;
  for (BlockArgument index : candidates) {
    int score = scoreInnermost(op, accesses, index);
    if (!best || score >= bestScore) {
      best = index;
      bestScore = score;
    }
  }
  return best;
}

BlockArgument schedule::chooseInnermost(mixer::EqOp eq, mixer::ReduceOp reduce,
                                        const Accesses &accesses, ArrayRef<BlockArgument> own) {
  mixer::Binding binding = *mixer::getBinding(reduce);
  // Along an own index there is one partial result an element, in memory, and the same range of
  // sums for all of them.
  bool isPlain = Combiner(reduce.getKind(), binding.yielded().getType()).isPlain();
  SmallVector<BlockArgument> candidates;
  if (isPlain)
    llvm::copy_if(own, std::back_inserter(candidates),
                  [&](BlockArgument index) { return !boundsDependOn(reduce, index); });
  llvm::append_range(candidates, binding.indices());
  return chooseInnermost(eq, accesses, candidates);
}
