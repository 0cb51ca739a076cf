//===- RecurrenceJoin.cpp - two recurrences in one loop over time ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where a recurrence reads the history of another, that history is whole between the two loops. In
// one loop only the steps that are still read need be kept (Inv 17).
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Equations.h"
#include "compiler/derive/Recurrences.h"
#include "dialects/mixer/Remark.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

/// Whether the steps of `second` could follow those of `first` in one loop: over the same range,
/// and reading histories of `first` only where these are known by then.
static bool canFollow(mixer::RecurOp first, mixer::RecurOp second) {
  if (first.getLower() != second.getLower() || first.getUpper() != second.getUpper() ||
      first.getReverse() != second.getReverse())
    return false;
  bool follows = true;
  second->walk([&](Operation *op) {
    for (Value operand : op->getOperands()) {
      if (operand.getDefiningOp() != first)
        continue;
      auto at = dyn_cast<mixer::AtOp>(op);
      follows &= at && llvm::all_of(llvm::seq(first.getNumTimes()), [&](unsigned time) {
                   return stepIndex(at, first, time) == second.getTimes()[time];
                 });
    }
  });
  return follows;
}

/// Whether an equation, over the time range itself, reads histories of both that may not be stored.
static bool haveCommonReader(mixer::RecurOp first, mixer::RecurOp second,
                             const mixer::Growth &bounds) {
  return llvm::any_of(second->getUsers(), [&](Operation *user) {
    auto eq = dyn_cast_or_null<mixer::EqOp>(enclosingEquation(user));
    if (!eq || eq->getBlock() != second->getBlock())
      return false;
    SmallVector<mixer::AtOp> ofFirst = readsOf(eq, first), ofSecond = readsOf(eq, second);
    auto axes = timeAxesOf(eq, first, ofFirst);
    return axes && axes == timeAxesOf(eq, second, ofSecond) && readLargeHistory(ofFirst, bounds) &&
           readLargeHistory(ofSecond, bounds);
  });
}

/// Puts the steps of `second` behind those of `first`.
static void join(mixer::RecurOp first, mixer::RecurOp second) {
  OpBuilder builder(first);
  auto both = [](auto &&x, auto &&y) {
    SmallVector<std::decay_t<decltype(*x.begin())>> all(x.begin(), x.end());
    all.append(y.begin(), y.end());
    return all;
  };
  unsigned carries = first.getNumResults();
  SmallVector<int64_t> initCarry(first.getInitCarry());
  for (int64_t carry : second.getInitCarry())
    initCarry.push_back(carries + carry);
  auto joined = mixer::RecurOp::create(
      builder, builder.getFusedLoc({first.getLoc(), second.getLoc()}),
      both(first.getResultTypes(), second.getResultTypes()),
      builder.getArrayAttr(both(first.getNames(), second.getNames())), first.getIndexNames(),
      first.getLower(), first.getUpper(), first.getReverse(),
      both(first.getInits(), second.getInits()), initCarry,
      builder.getArrayAttr(both(first.getInitMaps(), second.getInitMaps())));
  joined.getBody().takeBody(first.getBody());
  Block &body = joined.getBody().front();
  mixer::YieldOp yield = joined.getYield(), others = second.getYield();
  // Histories of the first are read with this step.
  for (auto [history, value] : llvm::zip_equal(first.getHistories(), yield.getValues()))
    history.replaceUsesWithIf(
        value, [&](OpOperand &use) { return second->isProperAncestor(use.getOwner()); });
  for (auto [time, index] : llvm::zip_equal(joined.getTimes(), second.getTimes()))
    index.replaceAllUsesWith(time);
  for (BlockArgument history : second.getCarries())
    history.replaceAllUsesWith(body.addArgument(history.getType(), history.getLoc()));
  for (Operation &op : llvm::make_early_inc_range(second.getBody().front().without_terminator())) {
    op.moveBefore(yield);
    readSlices(&op);
  }
  yield.getValuesMutable().append(others.getValues());
  first.replaceAllUsesWith(joined.getHistories().take_front(carries));
  second.replaceAllUsesWith(joined.getHistories().drop_front(carries));
  second.erase();
  first.erase();
}

bool derive::joinRecurrences(mixer::FuncOp func, const mixer::Growth &bounds, StringRef pass) {
  SmallVector<mixer::RecurOp> recurs;
  func.walk([&](mixer::RecurOp recur) { recurs.push_back(recur); });
  for (mixer::RecurOp first : recurs)
    for (mixer::RecurOp second : recurs) {
      if (first->getBlock() != second->getBlock() || !first->isBeforeInBlock(second) ||
          !canFollow(first, second))
        continue;
      bool reads = readLargeHistory(readsOf(second, first), bounds);
      if ((!reads && !haveCommonReader(first, second, bounds)) || !hoistOperands(second, first))
        continue;
      if (auto remark = mixer::remark(second, mixer::Outcome::fired, pass, "join"))
        remark << mlir::remark::reason(
            reads
                ? "becomes a part of the loop of {0}, whose history it reads and may not be stored"
                : "becomes a part of the loop of {0}: a reader of both histories, which may not be "
                  "stored, needs them at its own step",
            mixer::definedNames(first));
      join(first, second);
      return true;
    }
  return false;
}
