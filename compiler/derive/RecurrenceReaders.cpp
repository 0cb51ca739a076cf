//===- RecurrenceReaders.cpp - readers of a history join its recurrence ---===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A history of a matrix state is larger than everything that the mixer reads and writes. It need
// not exist: who reads it at the step at which he is computed himself can be computed in that step.
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Equations.h"
#include "compiler/derive/Passes.h"
#include "dialects/mixer/Growth.h"
#include "dialects/mixer/Remark.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

namespace mixc::derive {
#define GEN_PASS_DEF_DERIVERECURRENCEREADERS
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

namespace {

/// Which axis of history `carry` time index `time` is.
unsigned timeAxis(mixer::RecurOp recur, unsigned carry, unsigned time) {
  auto append = recur.getYield().getValues()[carry].getDefiningOp<mixer::AppendOp>();
  auto rank = append.getSlice().getType().getRank();
  AffineExpr dim = getAffineDimExpr(rank + time, recur.getContext());
  for (auto [axis, expr] : llvm::enumerate(append.getMap().getResults()))
    if (expr == dim)
      return axis;
  return append.getMap().getNumResults();
}

class Reader {
public:
  Reader(mixer::EqOp eq, mixer::RecurOp recur) : eq(eq), recur(recur) {
    eq.walk([&](mixer::AtOp at) {
      if (at.getTensor().getDefiningOp() == recur)
        reads.push_back(at);
    });
  }

  /// Finds for each time index the axis of the equation that runs with it. False when there is
  /// none.
  bool findAxes() {
    for (unsigned time = 0; time < recur.getNumTimes(); ++time) {
      std::optional<unsigned> axis = findAxis(time);
      if (!axis)
        return false;
      axes.push_back(*axis);
    }
    llvm::SmallDenseSet<unsigned> distinct(axes.begin(), axes.end());
    return distinct.size() == axes.size();
  }

  bool readsHistoryLargerThan(const mixer::Growth &bounds) {
    return llvm::any_of(reads, [&](mixer::AtOp at) {
      return !mixer::Growth::of(at.getTensorType()).isBoundedBy(bounds);
    });
  }

  /// Brings what the equation reads in front of the recurrence. False when some of it needs the
  /// recurrence's result.
  bool hoistOperands() {
    llvm::SetVector<Operation *> before;
    if (!collect(eq, before))
      return false;
    for (Operation &op : llvm::make_early_inc_range(*recur->getBlock()))
      if (before.contains(&op))
        op.moveBefore(recur);
    return true;
  }

  /// Rebuilds the recurrence with the equation as a further history.
  void move();

private:
  std::optional<unsigned> findAxis(unsigned time);

  /// Adds the operations after the recurrence that `op` depends on.
  bool collect(Operation *op, llvm::SetVector<Operation *> &before) {
    bool free = true;
    op->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands()) {
        Operation *def = operand.getDefiningOp();
        if (!def || def->getBlock() != recur->getBlock() || def == op)
          continue;
        if (def == recur) {
          free &= op == eq;
          continue;
        }
        if (recur->isBeforeInBlock(def) && !before.contains(def)) {
          free &= collect(def, before);
          before.insert(def);
        }
      }
    });
    return free;
  }

  mixer::EqOp eq;
  mixer::RecurOp recur;
  SmallVector<mixer::AtOp> reads;
  SmallVector<unsigned> axes;
};

std::optional<unsigned> Reader::findAxis(unsigned time) {
  Block &body = eq.getBody().front();
  std::optional<unsigned> found;
  for (mixer::AtOp at : reads) {
    unsigned carry = cast<OpResult>(at.getTensor()).getResultNumber();
    AffineExpr subscript = at.getMap().getResult(timeAxis(recur, carry, time));
    // The own index, or steps before it.
    int64_t offset = 0;
    if (auto sum = dyn_cast<AffineBinaryOpExpr>(subscript);
        sum && sum.getKind() == AffineExprKind::Add) {
      auto constant = dyn_cast<AffineConstantExpr>(sum.getRHS());
      if (!constant)
        return std::nullopt;
      offset = constant.getValue();
      subscript = sum.getLHS();
    }
    if (recur.getReverse()[time] ? offset < 0 : offset > 0)
      return std::nullopt;
    auto dim = dyn_cast<AffineDimExpr>(subscript);
    auto index =
        dim ? dyn_cast<BlockArgument>(at.getIndices()[dim.getPosition()]) : BlockArgument();
    if (!index || index.getOwner() != &body || (found && *found != index.getArgNumber()))
      return std::nullopt;
    found = index.getArgNumber();
  }
  if (!found || eq.getType().getLower()[*found] != recur.getLower().getResult(time) ||
      eq.getType().getUpper()[*found] != recur.getUpper().getResult(time))
    return std::nullopt;
  return found;
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

void Reader::move() {
  OpBuilder builder(recur);
  mixer::MixerTensorType type = eq.getType();
  SmallVector<Attribute> names(recur.getNames().begin(), recur.getNames().end());
  names.push_back(eq.getNameAttr());
  SmallVector<Type> types(recur.getResultTypes());
  types.push_back(type);
  auto wider = mixer::RecurOp::create(builder, recur.getLoc(), types, builder.getArrayAttr(names),
                                      recur.getIndexNames(), recur.getLower(), recur.getUpper(),
                                      recur.getReverse(), recur.getInits(), recur.getInitCarry(),
                                      recur.getInitMaps());
  wider.getBody().takeBody(recur.getBody());
  Block &body = wider.getBody().front();
  Value history = body.addArgument(type, eq.getLoc());
  mixer::YieldOp yield = wider.getYield();

  // The slice: the equation without its time axes.
  SmallVector<AffineExpr> lower, upper, placement;
  SmallVector<Attribute> indexNames;
  unsigned rank = type.getRank() - axes.size();
  for (unsigned axis = 0; axis < type.getRank(); ++axis) {
    auto time = llvm::find(axes, axis);
    if (time != axes.end()) {
      placement.push_back(builder.getAffineDimExpr(rank + (time - axes.begin())));
      continue;
    }
    placement.push_back(builder.getAffineDimExpr(lower.size()));
    lower.push_back(type.getLower()[axis]);
    upper.push_back(type.getUpper()[axis]);
    indexNames.push_back(eq.getIndexNames()[axis]);
  }
  builder.setInsertionPoint(yield);
  auto sliceType = mixer::MixerTensorType::get(eq.getContext(), lower, upper, type.getElement());
  auto slice = mixer::EqOp::create(builder, eq.getLoc(), sliceType, eq.getNameAttr(),
                                   builder.getArrayAttr(indexNames), mixer::PlaceAttr());
  IRMapping mapping;
  Block *block = mixer::addIndexBlock(slice.getBody(), rank, eq.getLoc());
  for (unsigned axis = 0, next = 0; axis < type.getRank(); ++axis) {
    auto time = llvm::find(axes, axis);
    BlockArgument index = eq.getBody().getArgument(axis);
    if (time != axes.end())
      mapping.map(index, wider.getTimes()[time - axes.begin()]);
    else
      mapping.map(index, block->getArgument(next++));
  }
  for (mixer::AtOp at : reads)
    mapping.map(at.getTensor(),
                yield.getValues()[cast<OpResult>(at.getTensor()).getResultNumber()]);
  builder.setInsertionPointToStart(block);
  for (Operation &op : eq.getBody().front())
    builder.clone(op, mapping);
  slice.walk([&](mixer::AtOp at) { readSlice(at); });

  builder.setInsertionPoint(yield);
  auto append = mixer::AppendOp::create(
      builder, eq.getLoc(), type, slice.getResult(), history, wider.getTimes(),
      AffineMap::get(rank + axes.size(), 0, placement, eq.getContext()));
  yield.getValuesMutable().append(append.getResult());

  recur.replaceAllUsesWith(wider.getHistories().drop_back());
  eq.getResult().replaceAllUsesWith(wider.getHistories().back());
  eq.erase();
  recur.erase();
}

struct DeriveRecurrenceReaders
    : derive::impl::DeriveRecurrenceReadersBase<DeriveRecurrenceReaders> {
  void runOnOperation() override {
    mixer::Growth bounds = mixer::growthOfInterface(getOperation());
    // One at a time: each rebuilds its recurrence, and may make another equation a reader.
    while (moveOne(bounds))
      ;
    for (auto [eq, why] : left)
      if (auto remark = mixer::remark(eq, mixer::Outcome::left, getArgument(), "join"))
        remark << mlir::remark::reason("stays outside of the recurrence: {0}", why);
  }

  /// Moves an equation into the recurrence whose history it reads. False, with the reasons in
  /// `left`, when there is none to move.
  bool moveOne(const mixer::Growth &bounds) {
    left.clear();
    WalkResult result = getOperation().walk([&](mixer::RecurOp recur) {
      llvm::SmallSetVector<Operation *, 8> users;
      for (Operation *user : recur->getUsers()) {
        Operation *eq = enclosingEquation(user);
        if (eq && eq->getBlock() == recur->getBlock())
          users.insert(eq);
      }
      for (Operation *user : users) {
        auto eq = dyn_cast<mixer::EqOp>(user);
        if (!eq)
          continue;
        Reader reader(eq, recur);
        if (!reader.findAxes()) {
          left.push_back({eq, "it does not run along time, or reads later steps than its own"});
        } else if (!reader.readsHistoryLargerThan(bounds)) {
          // It is read where it is: its readers run in parallel.
          left.push_back({eq, "the history that it reads may be stored"});
        } else if (!reader.hoistOperands()) {
          left.push_back({eq, "what else it reads needs the recurrence's result"});
        } else {
          if (auto remark = mixer::remark(eq, mixer::Outcome::fired, getArgument(), "join"))
            remark << mlir::remark::reason(
                "becomes a part of the step of {0}, which it reads at its own step",
                mixer::definedNames(recur));
          reader.move();
          return WalkResult::interrupt();
        }
      }
      return WalkResult::advance();
    });
    return result.wasInterrupted();
  }

  SmallVector<std::pair<mixer::EqOp, StringRef>> left;
};

} // namespace
