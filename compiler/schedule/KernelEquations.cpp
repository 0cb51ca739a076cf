//===- KernelEquations.cpp - equations as loops of a kernel ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/KernelEmitter.h"
#include "compiler/schedule/LoopOrder.h"
#include "compiler/schedule/ScalarCode.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

void KernelEmitter::emitMember(Operation *member) {
  if (auto recur = dyn_cast<mixer::RecurOp>(member))
    return emitRecurrence(recur);
  if (auto scatter = dyn_cast<mixer::ScatterOp>(member))
    return emitScatter(scatter);
  if (auto eq = dyn_cast<mixer::EqOp>(member); eq && computed.contains(eq))
    emitEquation(eq);
}

SmallVector<BodyEmitter::Range> KernelEmitter::bindGrid(Operation *op, Env &env) {
  SmallVector<Range> loops;
  for (BlockArgument index : op->getRegion(0).getArguments()) {
    const GridAxis *axis = nullptr;
    for (const GridAxis &grid : group.grid) {
      auto found = grid.indexOf.find(op);
      if (found != grid.indexOf.end() && found->second == index.getArgNumber())
        axis = &grid;
    }
    if (axis && !axis->block) {
      env.indices[index] = gridIndices[axis - group.grid.data()];
      continue;
    }
    AffineExpr lower, upper;
    if (auto eq = dyn_cast<mixer::EqOp>(op)) {
      lower = eq.getType().getLower()[index.getArgNumber()];
      upper = eq.getType().getUpper()[index.getArgNumber()];
    } else {
      auto scatter = cast<mixer::ScatterOp>(op);
      lower = scatter.getLower().getResult(index.getArgNumber());
      upper = scatter.getUpper().getResult(index.getArgNumber());
    }
    loops.push_back(axisRange(axis, index, lower, upper));
  }
  if (auto eq = dyn_cast<mixer::EqOp>(op))
    for (Range &loop : loops)
      narrow(eq, loop, env);
  return loops;
}

void KernelEmitter::narrow(mixer::EqOp eq, Range &loop, Env &env) {
  // Bounds over indices that the point fixes.
  SmallVector<AffineExpr> fixed;
  for (BlockArgument index : eq.getBody().getArguments())
    fixed.push_back(env.indices.lookup(index));
  unsigned axis = cast<BlockArgument>(loop.index).getArgNumber();
  Location loc = eq.getLoc();
  for (AffineExpr inequality : demand.of(eq).holds) {
    std::optional<mixer::HalfRange> range = mixer::solveFor(inequality, axis);
    if (!range)
      continue;
    bool isLower = range->lower != nullptr;
    AffineExpr bound = isLower ? range->lower : range->upper;
    auto type = eq.getType();
    bool isKnown = bound == (isLower ? type.getLower()[axis] : type.getUpper()[axis]);
    for (unsigned k = 0; k < fixed.size(); ++k)
      isKnown |= bound.isFunctionOfDim(k) && !fixed[k];
    if (isKnown)
      continue;
    bound = bound.replaceDims(fixed);
    Value value = materialise(bound, loc),
          other = materialise(isLower ? loop.lower : loop.upper, loc);
    if (isLower)
      loop.lower = leaf(arith::MaxSIOp::create(builder, loc, other, value));
    else
      loop.upper = leaf(arith::MinSIOp::create(builder, loc, other, value));
  }
}

SmallVector<AffineExpr> KernelEmitter::ownSubscripts(mixer::EqOp eq, Env &env) {
  SmallVector<AffineExpr> subscripts;
  for (BlockArgument index : eq.getBody().getArguments())
    subscripts.push_back(env.indices[index]);
  return subscripts;
}

void KernelEmitter::storeResult(mixer::EqOp eq, Value value, Env &env) {
  bool inRegister = isRegister(eq);
  if (inRegister)
    remember(Key{eq.getOperation(), {}}, round(value, eq.getType().getElement(), eq.getLoc()));
  if (!inRegister || homes.contains(eq.getResult()))
    storeSlot(*slotOf(eq.getResult(), ownSubscripts(eq, env)), value, eq.getLoc());
}

void KernelEmitter::emitEquation(mixer::EqOp eq) {
  Env env;
  SmallVector<Range> loops = bindGrid(eq, env);
  if (auto reduce = wholeReduction(eq))
    return emitReduction(eq, reduce, loops, env);
  if (auto order = wholeOrder(eq))
    return emitSorted(eq, order, loops, env);
  emitMap(eq, loops, env);
}

void KernelEmitter::emitMap(mixer::EqOp eq, ArrayRef<Range> ranges, Env &env) {
  // The best loop goes inside.
  SmallVector<Range> loops(ranges);
  SmallVector<BlockArgument> candidates;
  for (const Range &range : loops)
    candidates.push_back(cast<BlockArgument>(range.index));
  if (BlockArgument inner = chooseInnermost(eq, reads.of(eq), candidates))
    std::stable_partition(loops.begin(), loops.end(),
                          [&](const Range &r) { return r.index != inner; });
  emitLoops(loops, {}, env, eq.getLoc(), [&](ValueRange) -> SmallVector<Value> {
    emitBlock(eq.getBody().front(), env);
    storeResult(eq, scalarOf(eq.getYield().getValues().front(), env), env);
    return {};
  });
}

/// Emits what stands before a reduction in its equation: it computes the bounds, and values that
/// the body uses.
static void emitBefore(Operation *reduction, function_ref<void(Operation *)> emit) {
  for (Operation &op : reduction->getBlock()->without_terminator())
    if (&op != reduction)
      emit(&op);
}

void KernelEmitter::emitReduction(mixer::EqOp eq, mixer::ReduceOp reduce, ArrayRef<Range> own,
                                  Env &env) {
  Location loc = eq.getLoc();
  mixer::Binding binding = *mixer::getBinding(reduce);
  Combiner combiner(reduce.getKind(), binding.yielded().getType());
  auto emit = [&](Operation *op) { emitOp(op, env); };

  SmallVector<BlockArgument> candidates;
  for (const Range &range : own)
    candidates.push_back(cast<BlockArgument>(range.index));
  BlockArgument inner = chooseInnermost(eq, reduce, reads.of(eq), candidates);

  if (inner.getOwner() == binding.body) {
    // Along the summed index: one register a result.
    emitLoops(own, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      emitBefore(reduce, emit);
      storeResult(eq, emitReduce(reduce, env), env);
      return {};
    });
    return;
  }
  // Along an own index, inside of the sums: one partial result an element, in scratch. A value that
  // does not depend on that index is computed once outside of it.
  SmallVector<Range> outer;
  Range lane;
  for (const Range &range : own)
    (range.index == inner ? lane : outer.emplace_back()) = range;
  const GridAxis *axis = gridAxisOf(eq.getResult(), inner.getArgNumber());
  auto type = eq.getType();
  AffineExpr scratchSize =
      axis ? constantExpr(axis->block)
           : type.getUpper()[inner.getArgNumber()] - type.getLower()[inner.getArgNumber()];
  Type value = binding.yielded().getType();
  Value partial = makeScratch(scratchSize, value.isIndex() ? builder.getI64Type() : value, loc);
  SetVector<Operation *> bounds = boundsOf(reduce);
  emitLoops(outer, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
    auto partialSlot = [&] { return Slot{partial, {env.indices[inner] - lane.lower}}; };
    emitLoops(lane, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      storeSlot(partialSlot(), combiner.identity(builder, loc).front(), loc);
      return {};
    });
    emitBefore(reduce, [&](Operation *op) {
      if (bounds.contains(op))
        emitOp(op, env);
    });
    emitLoops(rangesOf(binding, env), {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      return emitLoops(lane, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
        emitBefore(reduce, [&](Operation *op) {
          if (!bounds.contains(op))
            emitOp(op, env);
        });
        Value before = loadSlot(partialSlot(), loc);
        Value after = accumulate(reduce, before, env, {}, /*reassociate=*/false).front();
        storeSlot(partialSlot(), after, loc);
        return {};
      });
    });
    return emitLoops(lane, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      storeResult(eq, loadSlot(partialSlot(), loc), env);
      return {};
    });
  });
}

/// Whether nothing but the rank of `order` uses `op`.
static bool isOnlyForRank(Operation *op, mixer::OrderOp order) {
  return llvm::all_of(op->getUsers(), [&](Operation *user) {
    if (user == order)
      return !llvm::is_contained(order.getLowerOperands(), op->getResult(0)) &&
             !llvm::is_contained(order.getUpperOperands(), op->getResult(0));
    return !order->isProperAncestor(user) && user->getBlock() == op->getBlock() &&
           isOnlyForRank(user, order);
  });
}

void KernelEmitter::emitSorted(mixer::EqOp eq, mixer::OrderOp order, ArrayRef<Range> own,
                               Env &env) {
  Location loc = eq.getLoc();
  mixer::Binding binding = *mixer::getBinding(order);
  if (!binding.lowerOperands.empty() || !binding.upperOperands.empty())
    return emitMap(
        eq, own, env); // how many candidates there are, only the data knows: no scratch to sort in
  // One sort serves all positions that differ in the rank only.
  SmallVector<Range> outer, ranks;
  for (const Range &range : own) {
    bool scores = false;
    SmallVector<Operation *> work = {order};
    llvm::SmallPtrSet<Operation *, 8> seen;
    while (!work.empty() && !scores) {
      Operation *op = work.pop_back_val();
      op->walk([&](Operation *part) {
        for (Value operand : part->getOperands()) {
          if (part == order && operand == order.getRank())
            continue;
          scores |= operand == range.index;
          Operation *def = operand.getDefiningOp();
          if (def && eq->isProperAncestor(def) && seen.insert(def).second)
            work.push_back(def);
        }
      });
    }
    (scores ? outer : ranks).push_back(range);
  }
  AffineExpr lower = binding.lower.getResult(0), count = binding.upper.getResult(0) - lower;
  Type score = binding.yielded().getType(), i64 = builder.getI64Type();
  Type key = score.isIndex() ? i64 : score;
  Value keys = makeScratch(count, key, loc), places = makeScratch(count, i64, loc),
        spare = makeScratch(count, i64, loc);
  auto emit = [&](Operation *op) { emitOp(op, env); };
  emitLoops(outer, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
    emitLoops(rangesOf(binding, env), {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      // The rank is no part of the score.
      for (Operation &op : eq.getBody().front().without_terminator())
        if (&op != order && !isOnlyForRank(&op, order))
          emit(&op);
      emitBlock(*binding.body, env);
      storeSlot(Slot{keys, {env.indices[binding.indices()[0]] - lower}},
                scalarOf(binding.yielded(), env), loc);
      return {};
    });
    ScalarCode code(builder, loc);
    Value candidates = materialise(count, loc);
    tile::OrderOp::create(builder, loc, keys, places, spare, candidates, candidates);
    return emitLoops(ranks, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      emitBefore(order, emit);
      ScalarCode here(builder, loc);
      Value rank = scalarOf(order.getRank(), env);
      Value inside = arith::AndIOp::create(
          builder, loc, here.compare(arith::CmpIPredicate::sge, rank, here.index(0)),
          here.compare(arith::CmpIPredicate::slt, rank, candidates));
      // A rank past the candidates is refused at launch where that is known; memory is safe in any
      // case.
      bool wantsIndex = order.getKind() == mixer::OrderKind::argtop;
      auto choice =
          scf::IfOp::create(builder, loc, order.getType(), inside, /*withElseRegion=*/true);
      {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToStart(&choice.getThenRegion().front());
        Value place = loadSlot(Slot{places, {leaf(rank)}}, loc);
        Value value = wantsIndex ? materialise(leaf(place) + lower, loc)
                                 : loadSlot(Slot{keys, {leaf(place)}}, loc);
        scf::YieldOp::create(builder, loc, value);
        builder.setInsertionPointToStart(&choice.getElseRegion().front());
        ScalarCode other(builder, loc);
        Value none = wantsIndex        ? materialise(lower, loc)
                     : score.isIndex() ? other.index(0)
                                       : other.constant(score, NAN);
        scf::YieldOp::create(builder, loc, none);
      }
      storeResult(eq, choice.getResult(0), env);
      return {};
    });
  });
}
