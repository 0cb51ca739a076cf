//===- Recurrences.cpp - who reads a history, and at which steps ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Recurrences.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

SmallVector<mixer::AtOp> derive::readsOf(Operation *op, mixer::RecurOp recur) {
  SmallVector<mixer::AtOp> reads;
  op->walk([&](mixer::AtOp at) {
    if (at.getTensor().getDefiningOp() == recur)
      reads.push_back(at);
  });
  return reads;
}

bool derive::readLargeHistory(ArrayRef<mixer::AtOp> reads, const mixer::Growth &bounds) {
  return llvm::any_of(reads, [&](mixer::AtOp at) {
    return !mixer::Growth::of(at.getTensorType()).isBoundedBy(bounds);
  });
}

/// Which axis of history `carry` time index `time` is.
static unsigned timeAxis(mixer::RecurOp recur, unsigned carry, unsigned time) {
  auto append = recur.getYield().getValues()[carry].getDefiningOp<mixer::AppendOp>();
  auto rank = append.getSlice().getType().getRank();
  AffineExpr dim = getAffineDimExpr(rank + time, recur.getContext());
  for (auto [axis, expr] : llvm::enumerate(append.getMap().getResults()))
    if (expr == dim)
      return axis;
  return append.getMap().getNumResults();
}

BlockArgument derive::stepIndex(mixer::AtOp at, mixer::RecurOp recur, unsigned time) {
  unsigned carry = cast<OpResult>(at.getTensor()).getResultNumber();
  AffineExpr subscript = at.getMap().getResult(timeAxis(recur, carry, time));
  int64_t offset = 0;
  if (auto sum = dyn_cast<AffineBinaryOpExpr>(subscript);
      sum && sum.getKind() == AffineExprKind::Add) {
    auto constant = dyn_cast<AffineConstantExpr>(sum.getRHS());
    if (!constant)
      return {};
    offset = constant.getValue();
    subscript = sum.getLHS();
  }
  if (recur.getReverse()[time] ? offset < 0 : offset > 0)
    return {};
  auto dim = dyn_cast<AffineDimExpr>(subscript);
  return dim ? dyn_cast<BlockArgument>(at.getIndices()[dim.getPosition()]) : BlockArgument();
}

std::optional<SmallVector<unsigned>> derive::timeAxesOf(mixer::EqOp eq, mixer::RecurOp recur,
                                                        ArrayRef<mixer::AtOp> reads) {
  SmallVector<unsigned> axes;
  for (unsigned time = 0; time < recur.getNumTimes(); ++time) {
    BlockArgument found;
    for (mixer::AtOp at : reads) {
      BlockArgument index = stepIndex(at, recur, time);
      if (!index || index.getOwner() != &eq.getBody().front() || (found && found != index))
        return std::nullopt;
      found = index;
    }
    if (!found)
      return std::nullopt;
    unsigned axis = found.getArgNumber();
    if (llvm::is_contained(axes, axis) ||
        eq.getType().getLower()[axis] != recur.getLower().getResult(time) ||
        eq.getType().getUpper()[axis] != recur.getUpper().getResult(time))
      return std::nullopt;
    axes.push_back(axis);
  }
  return axes;
}

/// Adds the operations after the recurrence that `op`, `top` or one that it depends on, depends on.
/// False when one of them, `top` apart, reads the recurrence's result.
static bool collectOperands(Operation *op, Operation *top, mixer::RecurOp recur,
                            llvm::SetVector<Operation *> &before) {
  bool free = true;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands()) {
      Operation *def = operand.getDefiningOp();
      if (!def || def->getBlock() != recur->getBlock() || def == op)
        continue;
      if (def == recur) {
        free &= op == top;
        continue;
      }
      if (recur->isBeforeInBlock(def) && !before.contains(def)) {
        free &= collectOperands(def, top, recur, before);
        before.insert(def);
      }
    }
  });
  return free;
}

bool derive::hoistOperands(Operation *op, mixer::RecurOp recur) {
  llvm::SetVector<Operation *> before;
  if (!collectOperands(op, op, recur, before))
    return false;
  for (Operation &other : llvm::make_early_inc_range(*recur->getBlock()))
    if (before.contains(&other))
      other.moveBefore(recur);
  return true;
}

/// Makes a read of a history at this very step a read of the step's slice.
static void readSlice(mixer::AtOp at) {
  auto append = at.getTensor().getDefiningOp<mixer::AppendOp>();
  if (!append)
    return;
  unsigned rank = append.getSlice().getType().getRank();
  SmallVector<AffineExpr> subscripts(rank);
  for (auto [place, subscript] :
       llvm::zip_equal(append.getMap().getResults(), at.getMap().getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(place);
    if (dim && dim.getPosition() < rank) {
      subscripts[dim.getPosition()] = subscript;
      continue;
    }
    auto time = dyn_cast<AffineDimExpr>(subscript);
    if (!dim || !time ||
        at.getIndices()[time.getPosition()] != append.getTimes()[dim.getPosition() - rank])
      return;
  }
  at.getTensorMutable().assign(append.getSlice());
  at.setMap(AffineMap::get(at.getMap().getNumDims(), at.getMap().getNumSymbols(), subscripts,
                           at.getContext()));
}

void derive::readSlices(Operation *op) {
  op->walk([](mixer::AtOp at) { readSlice(at); });
}
