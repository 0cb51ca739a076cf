//===- Histories.cpp - which steps of a history are kept ------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Histories.h"

#include "compiler/schedule/LoopOrder.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

std::optional<unsigned> schedule::timeAxisOf(mixer::RecurOp recur, unsigned carry, unsigned time) {
  mixer::AppendOp append = appendOf(recur, carry);
  AffineExpr dim =
      getAffineDimExpr(append.getSlice().getType().getRank() + time, recur.getContext());
  for (auto [axis, expr] : llvm::enumerate(append.getMap().getResults()))
    if (expr == dim)
      return axis;
  return std::nullopt;
}

/// The step, along the outermost time index, at which a boundary lies; null where the history has
/// no such axis.
static AffineExpr stepOf(mixer::RecurOp recur, unsigned init) {
  auto map = cast<AffineMapAttr>(recur.getInitMaps()[init]).getValue();
  std::optional<unsigned> axis = timeAxisOf(recur, recur.getInitCarry()[init], 0);
  return axis ? map.getResult(*axis) : AffineExpr();
}

std::optional<unsigned> schedule::stepIndexOf(mixer::RecurOp recur, unsigned init) {
  auto dim = dyn_cast_or_null<AffineDimExpr>(stepOf(recur, init));
  return dim ? std::optional(dim.getPosition()) : std::nullopt;
}

SmallVector<unsigned> schedule::boundariesInOrder(mixer::RecurOp recur) {
  auto order = llvm::to_vector(llvm::seq<unsigned>(recur.getInits().size()));
  auto running = std::stable_partition(order.begin(), order.end(),
                                       [&](unsigned init) { return !stepIndexOf(recur, init); });
  bool reverse = recur.getReverse().front();
  // Whether boundary `a` lies before `b`: both a constant number of steps from the range of the
  // time index.
  std::stable_sort(order.begin(), running, [&](unsigned a, unsigned b) {
    AffineExpr stepA = stepOf(recur, a), stepB = stepOf(recur, b);
    if (!stepA || !stepB)
      return false;
    auto distance = dyn_cast<AffineConstantExpr>(simplifyAffineExpr(stepB - stepA, 16, 64));
    return distance && (reverse ? distance.getValue() < 0 : distance.getValue() > 0);
  });
  return order;
}

namespace {
/// One read of a history, as the number of steps back from the step that is written or, outside,
/// from the last one.
struct StepsBack {
  int64_t distance;
  bool inside;
};
} // namespace

static std::optional<StepsBack> stepsBack(mixer::RecurOp recur, Operation *reader,
                                          const Accesses &accesses, AffineExpr subscript) {
  bool reverse = recur.getReverse().front();
  bool inside = recur->isProperAncestor(reader);
  AffineExpr distance;
  if (inside) {
    // The subscript's only leaf is the time index.
    AffineExpr time;
    subscript.walk([&](AffineExpr part) {
      if (isa<AffineDimExpr>(part) && accesses.terms.leafOf(part) == recur.getTimes().front())
        time = part;
    });
    if (!time)
      return std::nullopt;
    distance = reverse ? subscript - time : time - subscript;
  } else {
    AffineExpr first = recur.getLower().getResult(0), last = recur.getUpper().getResult(0) - 1;
    distance = reverse ? subscript - first : last - subscript;
  }
  auto constant = dyn_cast<AffineConstantExpr>(simplifyAffineExpr(distance, 16, 64));
  if (!constant || constant.getValue() < 0)
    return std::nullopt;
  return StepsBack{constant.getValue(), inside};
}

/// Whether `reader` reads the history one step back only at the point of the slice that it writes
/// itself.
static bool readsOwnPoint(Operation *reader, mixer::AppendOp append, const Accesses &accesses,
                          const Access &access) {
  auto eq = dyn_cast<mixer::EqOp>(reader);
  if (!eq || eq.getResult() != append.getSlice() || eq->hasAttr("loops"))
    return false;
  unsigned rank = eq.getType().getRank();
  for (auto [subscript, place] : llvm::zip_equal(access.subscripts, append.getMap().getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(place);
    if (!dim || dim.getPosition() >= rank)
      continue; // time, or a constant
    if (accesses.ownAxis(subscript) != dim.getPosition())
      return false;
  }
  return true;
}

Kept schedule::findKept(mixer::RecurOp recur, unsigned carry, const Reads &reads,
                        ArrayRef<Operation *> ops, bool inPlace) {
  Value history = recur.getHistories()[carry];
  std::optional<unsigned> axis = timeAxisOf(recur, carry, 0);
  bool nested = recur.getNumTimes() > 1;
  if (!axis || (nested && !inPlace) ||
      llvm::any_of(history.getUsers(),
                   llvm::IsaPred<mixer::ReturnOp, mixer::ScatterOp, mixer::RecurOp>))
    return {};
  // A boundary that runs with the steps is written step by step.
  for (auto [init, initCarry] : llvm::enumerate(recur.getInitCarry()))
    if (auto index = stepIndexOf(recur, init); index && initCarry == carry) {
      auto type = cast<mixer::MixerTensorType>(recur.getInits()[init].getType());
      if (type.getLower()[*index] != recur.getLower().getResult(0) ||
          type.getUpper()[*index] != recur.getUpper().getResult(0))
        return {};
    }
  mixer::AppendOp append = appendOf(recur, carry);
  Operation *slice = append.getSlice().getDefiningOp();
  int64_t furthest = 0;
  bool overwrites =
      inPlace && !nested; // a row of inner steps is read while the next one is written
  for (Operation *op : ops)
    for (const Access &access : reads.of(op).reads) {
      if (access.tensor != history)
        continue;
      auto back = stepsBack(recur, op, reads.of(op), access.subscripts[*axis]);
      if (!back)
        return {};
      furthest = std::max(furthest, back->distance);
      if (!back->inside || back->distance == 0) {
        overwrites &= back->distance == 0;
        continue;
      }
      Operation *inBody = recur.getBody().front().findAncestorOpInBlock(*op);
      bool before = inBody != slice && inBody->isBeforeInBlock(slice);
      overwrites &=
          back->distance == 1 && (before || readsOwnPoint(op, append, reads.of(op), access));
    }
  return {false, overwrites ? 1 : furthest + 1};
}
