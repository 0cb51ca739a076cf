//===- Place.cpp - where each equation's values live ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Access.h"
#include "compiler/schedule/Cost.h"
#include "compiler/schedule/Passes.h"
#include "dialects/mixer/Growth.h"
#include "dialects/mixer/Remark.h"
#include "dialects/tile/Tile.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

namespace mixc::schedule {
#define GEN_PASS_DEF_SCHEDULEPLACE
#include "compiler/schedule/Passes.h.inc"
} // namespace mixc::schedule

/// Up to this many operations a value is computed again at each read rather than stored: about what
/// a load from the second-level cache takes.
static constexpr int64_t cheap = 12;

/// A value with a single reader over the same points costs nothing to inline; this bounds the size
/// of one body.
static constexpr int64_t longestBody = 400;

namespace {
class Placement {
public:
  Placement(mixer::FuncOp func, StringRef pass)
      : func(func), pass(pass), bounds(mixer::growthOfInterface(func)) {}

  void run() {
    func.walk([&](mixer::EqOp eq) { place(eq); });
  }

private:
  void place(mixer::EqOp eq) {
    PointCost cost = costOfBody(eq);
    // What inlined operands add, each read of the same point once.
    llvm::SmallDenseSet<std::pair<Value, Attribute>> counted;
    eq.walk([&](mixer::AtOp at) {
      Operation *def = at.getTensor().getDefiningOp();
      if (isInlined(at.getTensor()) && counted.insert({at.getTensor(), at.getMapAttr()}).second)
        cost.flops += inlinedCost.lookup(def);
    });
    inlinedCost[eq] = cost.flops;
    int64_t bytes =
        tile::ViewType::get(eq.getContext(), 0, eq.getType().getElement(), false).getElementBytes();
    Builder builder(eq.getContext());
    eq->setAttr("flops", builder.getI64IntegerAttr(cost.flops));
    eq->setAttr("bytes", builder.getI64IntegerAttr(bytes));
    if (cost.loops)
      eq->setAttr("loops", builder.getUnitAttr());
    auto [place, why] = decide(eq, cost);
    eq.setPlace(place);
    if (auto remark = mixer::remark(eq, mixer::Outcome::noted, pass, "place"))
      remark << mlir::remark::detail::Remark::Arg("Bytes", bytes)
             << mlir::remark::detail::Remark::Arg("Flops", cost.flops)
             << mlir::remark::reason("{0}: {1}", mixer::stringifyEnum(place), why);
  }

  std::pair<mixer::Place, StringRef> decide(mixer::EqOp eq, PointCost cost) {
    bool needsMemory = llvm::any_of(eq->getUsers(), [&](Operation *user) {
      return isa<mixer::ReturnOp, mixer::AppendOp, mixer::ScatterOp>(user) ||
             (isa<mixer::RecurOp>(user) && readsComputed(eq));
    });
    if (needsMemory)
      return {mixer::Place::memory,
              "an output, a step of a recurrence, or what a scatter or a recurrence starts from"};
    if (!cost.loops && cost.flops <= cheap && !joinsTotals(eq))
      return {mixer::Place::inlined, "computing it takes no longer than reading it"};
    if (!cost.loops && cost.flops <= longestBody && isReadOncePerPoint(eq))
      return {mixer::Place::inlined, "a single equation reads it, over the same points"};
    if (mixer::Growth::of(eq.getType()).isBoundedBy(bounds))
      return {mixer::Place::memory, "it grows no faster than arguments and outputs: it is stored "
                                    "if another kernel reads it"};
    return {mixer::Place::tile,
            "it grows faster than arguments and outputs, so that it may not be stored"};
  }

  /// Whether a sum reads an equation that joins totals, one of them as large as itself: the sum
  /// would read all of them, and as often as its terms, in the place of one tensor.
  static bool joinsTotals(mixer::EqOp eq) {
    bool isSummed = llvm::any_of(eq->getUsers(), [](Operation *user) {
      return isa<mixer::AtOp>(user) && user->getParentOfType<mixer::ReduceOp>();
    });
    if (!isSummed)
      return false;
    llvm::SmallSetVector<Operation *, 4> totals;
    bool isLarge = false;
    eq.walk([&](mixer::AtOp at) {
      auto total = at.getTensor().getDefiningOp<mixer::EqOp>();
      if (!total || !total->hasAttr("loops"))
        return;
      totals.insert(total);
      isLarge |= total.getType().getRank() == eq.getType().getRank();
    });
    return isLarge && totals.size() > 1;
  }

  /// Whether an equation reads what other equations compute. A boundary that does is no part of the
  /// step's reads, so nothing would keep the tensors that it reads.
  static bool readsComputed(mixer::EqOp eq) {
    WalkResult result = eq.walk([](mixer::AtOp at) {
      Value tensor = at.getTensor();
      bool isGiven = isa<BlockArgument>(tensor)
                         ? isa<mixer::FuncOp>(tensor.getParentBlock()->getParentOp())
                         : isa<mixer::DefaultOp, mixer::TableOp>(tensor.getDefiningOp());
      return isGiven ? WalkResult::advance() : WalkResult::interrupt();
    });
    return result.wasInterrupted();
  }

  /// Whether one read is all there is, at plain distinct indices of an equation that reads it once
  /// a point.
  static bool isReadOncePerPoint(mixer::EqOp eq) {
    if (!eq->hasOneUse())
      return false;
    auto at = dyn_cast<mixer::AtOp>(*eq->getUsers().begin());
    auto reader = at ? dyn_cast<mixer::EqOp>(at->getParentOp()) : mixer::EqOp();
    if (!reader || at.getTensor() != eq.getResult() ||
        reader.getType().getRank() != eq.getType().getRank())
      return false;
    return at.getMap().isPermutation() &&
           llvm::all_of(at.getIndices(), llvm::IsaPred<BlockArgument>);
  }

  mixer::FuncOp func;
  StringRef pass;
  mixer::Growth bounds;
  llvm::DenseMap<Operation *, int64_t> inlinedCost;
};

struct SchedulePlace : schedule::impl::SchedulePlaceBase<SchedulePlace> {
  void runOnOperation() override { Placement(getOperation(), getArgument()).run(); }
};
} // namespace
