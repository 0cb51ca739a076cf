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
#include "compiler/derive/Recurrences.h"
#include "dialects/mixer/Remark.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

namespace mixc::derive {
#define GEN_PASS_DEF_DERIVERECURRENCEREADERS
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

namespace {

class Reader {
public:
  Reader(mixer::EqOp eq, mixer::RecurOp recur)
      : eq(eq), recur(recur), reads(readsOf(eq, recur)), axes(timeAxesOf(eq, recur, reads)) {}

  /// Whether the equation runs along time.
  bool hasAxes() const { return axes.has_value(); }

  bool readsLargeHistory(const mixer::Growth &bounds) const {
    return readLargeHistory(reads, bounds);
  }

  /// Brings what the equation reads in front of the recurrence. False when some of it needs the
  /// recurrence's result.
  bool hoistOperands() { return derive::hoistOperands(eq, recur); }

  /// Rebuilds the recurrence with the equation as a further history.
  void move();

private:
  mixer::EqOp eq;
  mixer::RecurOp recur;
  SmallVector<mixer::AtOp> reads;
  std::optional<SmallVector<unsigned>> axes;
};

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
  ArrayRef<unsigned> axes = *this->axes;

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
  readSlices(slice);

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
    // One at a time: each rebuilds its recurrence, and may make another equation a reader or two
    // recurrences one. An equation that reads two is moved once they are one.
    while (joinRecurrences(getOperation(), bounds, getArgument()) || moveOne(bounds))
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
        if (!reader.hasAxes()) {
          left.push_back({eq, "it does not run along time, or reads later steps than its own"});
        } else if (!reader.readsLargeHistory(bounds)) {
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
