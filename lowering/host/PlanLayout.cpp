//===- PlanLayout.cpp - sharing the workspace among buffers ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Slots by life, like registers by linear scan: buffers in the order of their first use, each into
// a slot that is free by then.
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Passes.h"

namespace mixc::lowering::host {
#define GEN_PASS_DEF_PLANLAYOUT
#include "lowering/host/Passes.h.inc"
} // namespace mixc::lowering::host

using namespace mlir;
using namespace mixc;

namespace {
/// From the first to the last op of the function's top level, by place, that sees a buffer.
struct Life {
  plan::BufferOp buffer;
  unsigned first = ~0u, last = 0;
};

struct Slot {
  plan::BufferOp buffer;
  unsigned last;
};
} // namespace

/// Adds to `life` the uses of `view`, and of every view that an op makes from it.
static void addUses(Value view, Block *top, const DenseMap<Operation *, unsigned> &places,
                    DenseSet<Value> &seen, Life &life) {
  if (!seen.insert(view).second)
    return;
  for (Operation *user : view.getUsers()) {
    unsigned place = places.at(top->findAncestorOpInBlock(*user));
    life.first = std::min(life.first, place);
    life.last = std::max(life.last, place);
    // A view that leaves an op (a selection, a loop's carry) may be this one; so may what a
    // terminator hands to the op around it.
    auto addViews = [&](Operation *op) {
      for (Value result : op->getResults())
        if (isa<tile::ViewType>(result.getType()))
          addUses(result, top, places, seen, life);
      for (Region &region : op->getRegions())
        for (Value argument : region.getArguments())
          if (isa<tile::ViewType>(argument.getType()))
            addUses(argument, top, places, seen, life);
    };
    addViews(user);
    if (user->hasTrait<OpTrait::IsTerminator>() && user->getBlock() != top)
      addViews(user->getParentOp());
  }
}

static bool haveSameSize(plan::BufferOp a, plan::BufferOp b) {
  return a.getSizes() == b.getSizes() &&
         a.getType().getElementBytes() == b.getType().getElementBytes();
}

namespace {
struct PlanLayout : lowering::host::impl::PlanLayoutBase<PlanLayout> {
  void runOnOperation() override {
    Block *top = &getOperation().getBody().front();
    DenseMap<Operation *, unsigned> places;
    for (Operation &op : *top)
      places.try_emplace(&op, places.size());

    SmallVector<Life> lives;
    for (auto buffer : llvm::make_early_inc_range(top->getOps<plan::BufferOp>())) {
      if (buffer.use_empty()) {
        buffer.erase();
        continue;
      }
      DenseSet<Value> seen;
      addUses(buffer, top, places, seen, lives.emplace_back(Life{buffer}));
    }
    llvm::stable_sort(lives, [](const Life &a, const Life &b) { return a.first < b.first; });

    Builder builder(&getContext());
    SmallVector<Slot> slots;
    for (Life &life : lives) {
      Slot *chosen = nullptr;
      for (Slot &slot : slots)
        if (slot.last < life.first && (!chosen || haveSameSize(slot.buffer, life.buffer)))
          chosen = &slot;
      if (!chosen)
        chosen = &slots.emplace_back();
      *chosen = {life.buffer, life.last};
      life.buffer.setSlotAttr(builder.getI64IntegerAttr(chosen - slots.begin()));
    }
  }
};
} // namespace
