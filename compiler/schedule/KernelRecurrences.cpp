//===- KernelRecurrences.cpp - scatters and recurrences in a kernel -------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/KernelEmitter.h"
#include "compiler/schedule/ScalarCode.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

void KernelEmitter::emitScatter(mixer::ScatterOp scatter) {
  Location loc = scatter.getLoc();
  Env env;
  SmallVector<Range> points = bindGrid(scatter, env);
  auto type = scatter.getResult().getType();
  unsigned rank = type.getRank();
  // This point's part of the target: all of an axis that is not the grid's.
  Block targets;
  SmallVector<AffineExpr> fixed(rank);
  SmallVector<Range> all;
  for (unsigned axis = 0; axis < rank; ++axis) {
    const GridAxis *grid = gridAxisOf(scatter.getResult(), axis);
    Value index = targets.addArgument(builder.getIndexType(), loc);
    if (grid && !grid->block)
      env.indices[index] = gridIndices[grid - group.grid.data()];
    else
      all.push_back(axisRange(grid, index, type.getLower()[axis], type.getUpper()[axis]));
  }
  auto subscripts = [&] {
    SmallVector<AffineExpr> result;
    for (Value index : targets.getArguments())
      result.push_back(env.indices[index]);
    return result;
  };
  // Narrow elements are summed in scratch and rounded once.
  Type compute = type.getComputeType(), element = type.getElement();
  bool overwrite = scatter.getKind() == mixer::ScatterKind::overwrite;
  bool narrow = !overwrite && compute != element && !element.isInteger(64);
  SmallVector<AffineExpr> sizes, bases;
  for (const Range &range : all) {
    unsigned axis = cast<BlockArgument>(range.index).getArgNumber();
    const GridAxis *grid = gridAxisOf(scatter.getResult(), axis);
    sizes.push_back(grid ? constantExpr(grid->block)
                        : type.getUpper()[axis] - type.getLower()[axis]);
    bases.push_back(range.lower);
  }
  Value scratch = narrow
                      ? makeScratch(sizes, compute.isIndex() ? builder.getI64Type() : compute, loc)
                      : Value();
  auto slotAt = [&](ArrayRef<AffineExpr> point) -> Slot {
    if (!narrow)
      return *slotOf(scatter.getResult(), point);
    Slot slot{scratch, {}};
    for (auto [range, base] : llvm::zip_equal(all, bases))
      slot.place.push_back(point[cast<BlockArgument>(range.index).getArgNumber()] - base);
    return slot;
  };
  mixer::ReduceKind kind = scatter.getKind() == mixer::ScatterKind::max   ? mixer::ReduceKind::max
                           : scatter.getKind() == mixer::ScatterKind::min ? mixer::ReduceKind::min
                                                                          : mixer::ReduceKind::sum;
  Combiner combiner(kind, compute);
  emitLoops(all, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
    Value start = overwrite ? readTensor(scatter.getInit().front(), subscripts(), loc)
                            : combiner.identity(builder, loc).front();
    storeSlot(slotAt(subscripts()), start, loc);
    return {};
  });
  emitLoops(points, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
    Block &block = scatter.getBody().front();
    emitBlock(block, env);
    SmallVector<AffineExpr> point;
    for (Value subscript : block.getTerminator()->getOperands().drop_back())
      point.push_back(indexOf(subscript, env));
    Value value = scalarOf(block.getTerminator()->getOperands().back(), env);
    emitInside(isInside(scatter.getResult(), point, loc), scatter.getResult(), Type(), loc, [&] {
      Slot slot = slotAt(point);
      if (!overwrite)
        value =
            combiner.combine(builder, loc, loadSlot(slot, loc), value, {}, /*reassociate=*/false)
                .front();
      storeSlot(slot, value, loc);
      return Value();
    });
    return {};
  });
  if (narrow)
    emitLoops(all, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      Value total = loadSlot(slotAt(subscripts()), loc);
      storeSlot(*slotOf(scatter.getResult(), subscripts()), total, loc);
      return {};
    });
}

void KernelEmitter::emitBoundary(mixer::RecurOp recur, unsigned init,
                                 std::optional<AffineExpr> step) {
  Value slice = recur.getInits()[init];
  Value history = recur.getHistories()[recur.getInitCarry()[init]];
  auto map = cast<AffineMapAttr>(recur.getInitMaps()[init]).getValue();
  auto type = cast<mixer::MixerTensorType>(slice.getType());
  Location loc = recur.getLoc();
  Env env;
  Block indices;
  SmallVector<Range> loops;
  for (unsigned axis = 0; axis < type.getRank(); ++axis) {
    Value index = indices.addArgument(builder.getIndexType(), loc);
    if (step && stepIndexOf(recur, init) == axis) {
      env.indices[index] = *step;
      continue;
    }
    const GridAxis *grid = nullptr;
    for (auto [historyAxis, expr] : llvm::enumerate(map.getResults()))
      if (expr == builder.getAffineDimExpr(axis))
        grid = gridAxisOf(history, historyAxis);
    if (grid && !grid->block)
      env.indices[index] = gridIndices[grid - group.grid.data()];
    else
      loops.push_back(axisRange(grid, index, type.getLower()[axis], type.getUpper()[axis]));
  }
  emitLoops(loops, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
    SmallVector<AffineExpr> point, place;
    for (Value index : indices.getArguments())
      point.push_back(env.indices[index]);
    for (AffineExpr expr : map.getResults())
      place.push_back(expr.replaceDims(point));
    storeSlot(*slotOf(history, place), readTensor(slice, point, loc), loc);
    return {};
  });
}

void KernelEmitter::emitRecurrence(mixer::RecurOp recur) {
  // In a ring the next row of inner steps takes the place of an earlier one, boundary included.
  SmallVector<unsigned> perStep;
  for (unsigned init : boundariesInOrder(recur)) {
    auto home = homes.find(recur.getHistories()[recur.getInitCarry()[init]]);
    bool isRing = home == homes.end() || home->second.ringAxis;
    if (isRing && stepIndexOf(recur, init))
      perStep.push_back(init);
    else
      emitBoundary(recur, init);
  }
  Env env;
  Block steps;
  SmallVector<Range> loops;
  for (unsigned time = 0; time < recur.getNumTimes(); ++time)
    loops.push_back({steps.addArgument(builder.getIndexType(), recur.getLoc()),
                     recur.getLower().getResult(time), recur.getUpper().getResult(time)});
  auto bindTime = [&](unsigned time) {
    const Range &range = loops[time];
    AffineExpr step = env.indices[range.index];
    bool reverse = recur.getReverse()[time];
    globalIndices[recur.getTimes()[time]] = reverse ? range.lower + range.upper - 1 - step : step;
  };
  ArrayRef<Range> outer = ArrayRef(loops).take_front(), inner = ArrayRef(loops).drop_front();
  emitLoops(outer, {}, env, recur.getLoc(), [&](ValueRange) -> SmallVector<Value> {
    bindTime(0);
    for (unsigned init : perStep)
      emitBoundary(recur, init, globalIndices[recur.getTimes().front()]);
    return emitLoops(inner, {}, env, recur.getLoc(), [&](ValueRange) -> SmallVector<Value> {
      for (unsigned time = 1; time < recur.getNumTimes(); ++time)
        bindTime(time);
      for (Operation &op : recur.getBody().front().without_terminator())
        emitMember(&op);
      return {};
    });
  });
}
