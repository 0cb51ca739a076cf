//===- KernelEmitter.cpp - a group of equations as a kernel ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/KernelEmitter.h"

#include "compiler/schedule/LoopOrder.h"
#include "compiler/schedule/ScalarCode.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

KernelEmitter::KernelEmitter(ModuleOp module, StringRef name, const Group &group, const Reads &reads,
                             const Homes &homes, FaultNotes *faults)
    : BodyEmitter(OpBuilder::atBlockEnd(module.getBody())), group(group), reads(reads), homes(homes),
      faults(faults) {
  SmallVector<Attribute> names;
  for (const GridAxis &axis : group.grid)
    names.push_back(builder.getStringAttr(axis.name));
  Location loc = group.members.empty() ? module.getLoc() : group.members.back()->getLoc();
  launch.kernel = tile::KernelOp::create(builder, loc, name, builder.getArrayAttr(names),
                                         builder.getDenseBoolArrayAttr({}));
  body = &launch.kernel.getBody().emplaceBlock();
  builder.setInsertionPointToStart(body);
  for (const GridAxis &axis : group.grid) {
    Value index = body->addArgument(builder.getIndexType(), loc);
    AffineExpr expr = leaf(index), size = axis.upper - axis.lower;
    launch.grid.push_back(axis.blocked ? size.ceilDiv(blockLength) : size);
    gridIndices.push_back(axis.blocked ? axis.lower + expr * blockLength : axis.lower + expr);
  }
  for (Operation *op : computingOps(group.members))
    computed.insert(op);
}

void KernelEmitter::addTime(Value time, Value value) {
  Value argument = body->addArgument(builder.getIndexType(), time.getLoc());
  launch.arguments.push_back({Value(), std::nullopt, value});
  globalIndices[time] = leaf(argument);
}

KernelLaunch KernelEmitter::emitGroup() {
  for (Operation *member : group.members)
    emitMember(member);
  launch.kernel->setAttr("tile.facts", describe());
  return finish();
}

KernelLaunch KernelEmitter::emitInit(mixer::RecurOp recur, unsigned init) {
  emitBoundary(recur, init);
  auto history = cast<StringAttr>(recur.getNames()[recur.getInitCarry()[init]]);
  launch.kernel->setAttr("tile.facts", describe(history.getValue(), recur.getInits()[init]));
  return finish();
}

KernelLaunch KernelEmitter::finish() {
  tile::ReturnOp::create(builder, launch.kernel.getLoc());
  SmallVector<bool> outputs;
  for (Value argument : launch.kernel.getArgs())
    outputs.push_back(written.contains(argument));
  launch.kernel.setOutputs(outputs);
  return std::move(launch);
}

Value KernelEmitter::extent(unsigned position) {
  if (extents.size() <= position)
    extents.resize(position + 1);
  if (!extents[position]) {
    extents[position] = body->addArgument(builder.getIndexType(), launch.kernel.getLoc());
    launch.arguments.push_back({Value(), position, Value()});
  }
  return extents[position];
}

Value KernelEmitter::viewArgument(Value planView) {
  Value &argument = viewArguments[planView];
  if (!argument) {
    argument = body->addArgument(planView.getType(), launch.kernel.getLoc());
    launch.arguments.push_back({planView, std::nullopt, Value()});
  }
  return argument;
}

Value KernelEmitter::makeScratch(ArrayRef<AffineExpr> sizes, Type element, Location loc) {
  // At the top of the kernel, over extents: the launch computes the same sizes.
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(body);
  SmallVector<Value> values;
  AffineExpr elements = constantExpr(1);
  for (AffineExpr size : sizes) {
    Value value;
    if (auto constant = dyn_cast<AffineConstantExpr>(size))
      value = arith::ConstantIndexOp::create(builder, loc, std::max<int64_t>(0, constant.getValue()));
    else
      value = arith::MaxSIOp::create(builder, loc, materialiseApart(size, loc),
                                     arith::ConstantIndexOp::create(builder, loc, 0));
    values.push_back(value);
    elements = elements * size;
  }
  auto type = tile::ViewType::get(builder.getContext(), sizes.size(), element, /*unit=*/!sizes.empty());
  AffineExpr bytes = elements * type.getElementBytes();
  launch.scratch.push_back((bytes + 63).floorDiv(64) * 64);
  return tile::ScratchOp::create(builder, loc, type, values);
}

//===----------------------------------------------------------------------===//
// Where tensors are
//===----------------------------------------------------------------------===//

const GridAxis *KernelEmitter::gridAxisOf(Value tensor, unsigned axis) const {
  for (const GridAxis &grid : group.grid) {
    auto found = grid.axisOf.find(tensor);
    if (found != grid.axisOf.end() && found->second == axis)
      return &grid;
  }
  return nullptr;
}

BodyEmitter::Range KernelEmitter::axisRange(const GridAxis *axis, Value index, AffineExpr lower,
                                            AffineExpr upper) {
  if (!axis)
    return {index, lower, upper};
  AffineExpr first = gridIndices[axis - group.grid.data()];
  Key key{axis, {first}};
  Location loc = launch.kernel.getLoc();
  Value end = known(key);
  if (!end) {
    end = arith::MinSIOp::create(builder, loc, materialise(first + blockLength, loc),
                                 materialise(upper, loc));
    remember(key, end);
  }
  return {index, first, leaf(end)};
}

bool KernelEmitter::isRegister(mixer::EqOp eq) {
  if (llvm::any_of(eq->getUsers(), llvm::IsaPred<mixer::AppendOp>))
    return false;
  for (unsigned axis = 0; axis < eq.getType().getRank(); ++axis) {
    const GridAxis *grid = gridAxisOf(eq.getResult(), axis);
    if (!grid || grid->blocked)
      return false;
  }
  return true;
}

KernelEmitter::Local *KernelEmitter::localOf(Value tensor) {
  if (auto found = locals.find(tensor); found != locals.end())
    return &found->second;
  Operation *def = tensor.getDefiningOp();
  auto recur = dyn_cast_or_null<mixer::RecurOp>(def);
  if (!def || (recur ? !llvm::any_of(group.members, [&](Operation *member) { return member->isAncestor(recur); })
                     : !computed.contains(def)))
    return nullptr;
  auto type = cast<mixer::MixerTensorType>(tensor.getType());
  Local local;
  SmallVector<AffineExpr> sizes;
  std::optional<unsigned> time;
  if (recur) {
    unsigned carry = cast<OpResult>(tensor).getResultNumber();
    time = timeAxisOf(recur, carry, 0);
    SmallVector<Operation *> readers;
    recur->getParentOfType<mixer::FuncOp>().walk([&](Operation *op) {
      if (reads.contains(op))
        readers.push_back(op);
    });
    Kept kept = findKept(recur, carry, reads, readers, /*inPlace=*/true);
    local.ringAxis = time;
    local.ringSize = kept.steps;
    if (kept.steps > 1)
      sizes.push_back(constantExpr(kept.steps));
  }
  for (unsigned axis = 0; axis < type.getRank(); ++axis) {
    const GridAxis *grid = gridAxisOf(tensor, axis);
    if ((grid && !grid->blocked) || (time == axis))
      continue;
    local.axes.push_back(axis);
    local.bases.push_back(grid ? gridIndices[grid - group.grid.data()] : type.getLower()[axis]);
    sizes.push_back(grid ? constantExpr(blockLength) : type.getUpper()[axis] - type.getLower()[axis]);
  }
  local.view = makeScratch(sizes, type.getElement(), tensor.getLoc());
  return &(locals[tensor] = std::move(local));
}

std::optional<KernelEmitter::Slot> KernelEmitter::slotOf(Value tensor, ArrayRef<AffineExpr> subscripts) {
  // A slice of a recurrence is the history at this step.
  for (Operation *user : tensor.getUsers())
    if (auto append = dyn_cast<mixer::AppendOp>(user); append && append.getSlice() == tensor) {
      SmallVector<AffineExpr> dims(subscripts);
      for (Value time : append.getTimes())
        dims.push_back(globalIndices.lookup(time));
      SmallVector<AffineExpr> place;
      for (AffineExpr expr : append.getMap().getResults())
        place.push_back(expr.replaceDims(dims));
      return slotOf(canonicalTensor(append.getResult()), place);
    }
  tensor = canonicalTensor(tensor);
  auto type = cast<mixer::MixerTensorType>(tensor.getType());
  if (auto home = homes.find(tensor); home != homes.end())
    return Slot{viewArgument(home->second.view), placeInHome(home->second, type, subscripts)};
  Local *local = localOf(tensor);
  if (!local)
    return std::nullopt;
  Slot slot{local->view, {}};
  if (local->ringAxis && local->ringSize > 1)
    slot.place.push_back((subscripts[*local->ringAxis] - type.getLower()[*local->ringAxis]) % local->ringSize);
  for (auto [axis, base] : llvm::zip_equal(local->axes, local->bases))
    slot.place.push_back(subscripts[axis] - base);
  return slot;
}

Value KernelEmitter::loadSlot(const Slot &slot, Location loc) {
  SmallVector<Value> indices;
  for (AffineExpr expr : slot.place)
    indices.push_back(materialise(expr, loc));
  auto type = cast<tile::ViewType>(slot.view.getType());
  return tile::LoadOp::create(builder, loc, type.getComputeType(), slot.view, indices);
}

void KernelEmitter::storeSlot(const Slot &slot, Value value, Location loc) {
  SmallVector<Value> indices;
  for (AffineExpr expr : slot.place)
    indices.push_back(materialise(expr, loc));
  if (isa<BlockArgument>(slot.view))
    written.insert(slot.view);
  tile::StoreOp::create(builder, loc, value, slot.view, indices);
}

Value KernelEmitter::read(Value tensor, ArrayRef<AffineExpr> subscripts, Location loc) {
  auto eq = tensor.getDefiningOp<mixer::EqOp>();
  if (eq && computed.contains(eq) && isRegister(eq))
    return known(Key{eq.getOperation(), {}});
  if (std::optional<Slot> slot = slotOf(tensor, subscripts))
    return emitInside(isInside(tensor, subscripts, loc), tensor,
                      cast<mixer::MixerTensorType>(tensor.getType()).getComputeType(), loc,
                      [&] { return loadSlot(*slot, loc); });
  // Neither stored nor computed here: computed again.
  return evaluate(eq, subscripts);
}

//===----------------------------------------------------------------------===//
// Checked subscripts
//===----------------------------------------------------------------------===//

Value KernelEmitter::isInside(Value tensor, ArrayRef<AffineExpr> subscripts, Location loc) {
  if (!faults)
    return {};
  auto type = cast<mixer::MixerTensorType>(tensor.getType());
  ScalarCode code(builder, loc);
  Value inside;
  for (auto [subscript, lower, upper] : llvm::zip_equal(subscripts, type.getLower(), type.getUpper())) {
    if (!dependsOnData(subscript))
      continue;
    Value index = materialise(subscript, loc);
    for (Value holds : {code.compare(arith::CmpIPredicate::sge, index, materialise(lower, loc)),
                        code.compare(arith::CmpIPredicate::slt, index, materialise(upper, loc))})
      inside = inside ? arith::AndIOp::create(builder, loc, inside, holds).getResult() : holds;
  }
  return inside;
}

/// The place of an access, as a condition that the caller reads.
static std::string describePlace(Value tensor, Location loc) {
  if (auto fused = dyn_cast<FusedLoc>(loc))
    loc = fused.getLocations().front();
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "the subscripts of ";
  Operation *def = tensor.getDefiningOp();
  if (auto given = dyn_cast_or_null<mixer::DefaultOp>(def))
    return describePlace(given.getArgument(), loc);
  if (auto argument = dyn_cast<BlockArgument>(tensor)) {
    auto func = dyn_cast<mixer::FuncOp>(argument.getOwner()->getParentOp());
    os << (func ? cast<StringAttr>(func.getArgNames()[argument.getArgNumber()]).getValue() : "a history");
  } else {
    auto name = def->getAttrOfType<StringAttr>("name");
    os << (name ? name.getValue() : "a history");
  }
  os << " in range";
  if (auto place = dyn_cast<FileLineColLoc>(loc))
    os << ", " << place.getFilename().getValue() << ":" << place.getLine() << ":" << place.getColumn();
  return text;
}

Value KernelEmitter::emitInside(Value inside, Value tensor, Type result, Location loc,
                                function_ref<Value()> body) {
  if (!inside)
    return body();
  std::string place = describePlace(tensor, loc);
  auto known = llvm::find(faults->places, place);
  int64_t number = known - faults->places.begin() + 1;
  if (known == faults->places.end())
    faults->places.push_back(place);
  Slot note{viewArgument(faults->view), {constantExpr(0)}};
  auto choice = scf::IfOp::create(builder, loc, result ? TypeRange(result) : TypeRange(), inside,
                                  /*withElseRegion=*/true);
  auto emitBranch = [&](Region &region, function_ref<Value()> branch) {
    OpBuilder::InsertionGuard guard(builder);
    if (region.front().mightHaveTerminator())
      region.front().getTerminator()->erase();
    builder.setInsertionPointToEnd(&region.front());
    Value value = branch();
    scf::YieldOp::create(builder, loc, value ? ValueRange(value) : ValueRange());
  };
  emitBranch(choice.getThenRegion(), body);
  emitBranch(choice.getElseRegion(), [&]() -> Value {
    ScalarCode code(builder, loc);
    storeSlot(note, code.index(number), loc);
    return result ? code.zero(result) : Value();
  });
  return result ? choice.getResult(0) : Value();
}

KernelLaunch KernelEmitter::emitClear() {
  Location loc = launch.kernel.getLoc();
  storeSlot(Slot{viewArgument(faults->view), {constantExpr(0)}}, ScalarCode(builder, loc).index(0), loc);
  return finish();
}

//===----------------------------------------------------------------------===//
// Members
//===----------------------------------------------------------------------===//

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
    if (axis && !axis->blocked) {
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
  return loops;
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
    std::stable_partition(loops.begin(), loops.end(), [&](const Range &r) { return r.index != inner; });
  emitLoops(loops, {}, env, eq.getLoc(), [&](ValueRange) -> SmallVector<Value> {
    emitBlock(eq.getBody().front(), env);
    storeResult(eq, scalarOf(eq.getYield().getValues().front(), env), env);
    return {};
  });
}

/// Emits what stands before a reduction in its equation: it computes the bounds, and values that the body uses.
static void emitBefore(Operation *reduction, function_ref<void(Operation *)> emit) {
  for (Operation &op : reduction->getBlock()->without_terminator())
    if (&op != reduction)
      emit(&op);
}

void KernelEmitter::emitReduction(mixer::EqOp eq, mixer::ReduceOp reduce, ArrayRef<Range> own, Env &env) {
  Location loc = eq.getLoc();
  mixer::Binding binding = *mixer::getBinding(reduce);
  Combiner combiner(reduce.getKind(), binding.yielded().getType());
  auto emit = [&](Operation *op) { emitOp(op, env); };
  bool boundsAreFixed = binding.lowerOperands.empty() && binding.upperOperands.empty();

  SmallVector<BlockArgument> candidates;
  if (combiner.isPlain() && boundsAreFixed)
    for (const Range &range : own)
      candidates.push_back(cast<BlockArgument>(range.index));
  llvm::append_range(candidates, binding.indices());
  BlockArgument inner = chooseInnermost(eq, reads.of(eq), candidates);

  if (inner.getOwner() == binding.body) {
    // Along the summed index: one register a result.
    emitLoops(own, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      emitBefore(reduce, emit);
      SmallVector<Range> summed = rangesOf(binding, env);
      if (combiner.isPlain()) // the first of the best wins: in the order as written
        std::stable_partition(summed.begin(), summed.end(), [&](const Range &r) { return r.index != inner; });
      Value total = emitReduce(reduce, summed, env, [] {});
      storeResult(eq, total, env);
      return {};
    });
    return;
  }
  // Along an own index, inside of the sums: one partial result an element, in scratch. A value that does not depend on that index is computed once outside of it.
  SmallVector<Range> outer;
  Range lane;
  for (const Range &range : own)
    (range.index == inner ? lane : outer.emplace_back()) = range;
  const GridAxis *axis = gridAxisOf(eq.getResult(), inner.getArgNumber());
  auto type = eq.getType();
  AffineExpr scratchSize = axis ? constantExpr(blockLength)
                                : type.getUpper()[inner.getArgNumber()] - type.getLower()[inner.getArgNumber()];
  Type value = binding.yielded().getType();
  Value partial = makeScratch(scratchSize, value.isIndex() ? builder.getI64Type() : value, loc);
  emitLoops(outer, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
    auto partialSlot = [&] { return Slot{partial, {env.indices[inner] - lane.lower}}; };
    emitLoops(lane, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      storeSlot(partialSlot(), combiner.identity(builder, loc).front(), loc);
      return {};
    });
    emitLoops(rangesOf(binding, env), {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      return emitLoops(lane, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
        emitBefore(reduce, emit);
        emitBlock(*binding.body, env);
        Value before = loadSlot(partialSlot(), loc);
        Value after = combiner.combine(builder, loc, before, scalarOf(binding.yielded(), env), {},
                                       /*reassociate=*/false).front();
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
    return !order->isProperAncestor(user) && user->getBlock() == op->getBlock() && isOnlyForRank(user, order);
  });
}

void KernelEmitter::emitSorted(mixer::EqOp eq, mixer::OrderOp order, ArrayRef<Range> own, Env &env) {
  Location loc = eq.getLoc();
  mixer::Binding binding = *mixer::getBinding(order);
  if (!binding.lowerOperands.empty() || !binding.upperOperands.empty())
    return emitMap(eq, own, env); // how many candidates there are, only the data knows: no scratch to sort in
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
  Value keys = makeScratch(count, key, loc), places = makeScratch(count, i64, loc), spare = makeScratch(count, i64, loc);
  auto emit = [&](Operation *op) { emitOp(op, env); };
  emitLoops(outer, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
    emitLoops(rangesOf(binding, env), {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
      // The rank is no part of the score.
      for (Operation &op : eq.getBody().front().without_terminator())
        if (&op != order && !isOnlyForRank(&op, order))
          emit(&op);
      emitBlock(*binding.body, env);
      storeSlot(Slot{keys, {env.indices[binding.indices()[0]] - lower}}, scalarOf(binding.yielded(), env), loc);
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
      // A rank past the candidates is refused at launch where that is known; memory is safe in any case.
      bool wantsIndex = order.getKind() == mixer::OrderKind::argtop;
      auto choice = scf::IfOp::create(builder, loc, order.getType(), inside, /*withElseRegion=*/true);
      {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToStart(&choice.getThenRegion().front());
        Value place = loadSlot(Slot{places, {leaf(rank)}}, loc);
        Value value = wantsIndex ? materialise(leaf(place) + lower, loc) : loadSlot(Slot{keys, {leaf(place)}}, loc);
        scf::YieldOp::create(builder, loc, value);
        builder.setInsertionPointToStart(&choice.getElseRegion().front());
        ScalarCode other(builder, loc);
        Value none = wantsIndex ? materialise(lower, loc)
                     : score.isIndex() ? other.index(0)
                                       : other.constant(score, NAN);
        scf::YieldOp::create(builder, loc, none);
      }
      storeResult(eq, choice.getResult(0), env);
      return {};
    });
  });
}

//===----------------------------------------------------------------------===//
// Scatters and recurrences
//===----------------------------------------------------------------------===//

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
    if (grid && !grid->blocked)
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
    sizes.push_back(gridAxisOf(scatter.getResult(), axis) ? constantExpr(blockLength)
                                                         : type.getUpper()[axis] - type.getLower()[axis]);
    bases.push_back(range.lower);
  }
  Value scratch =
      narrow ? makeScratch(sizes, compute.isIndex() ? builder.getI64Type() : compute, loc) : Value();
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
        value = combiner.combine(builder, loc, loadSlot(slot, loc), value, {}, /*reassociate=*/false).front();
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

void KernelEmitter::emitBoundary(mixer::RecurOp recur, unsigned init) {
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
    const GridAxis *grid = nullptr;
    for (auto [historyAxis, expr] : llvm::enumerate(map.getResults()))
      if (expr == builder.getAffineDimExpr(axis))
        grid = gridAxisOf(history, historyAxis);
    if (grid && !grid->blocked)
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
  for (unsigned init : boundariesInOrder(recur))
    emitBoundary(recur, init);
  Env env;
  Block steps;
  SmallVector<Range> loops;
  for (unsigned time = 0; time < recur.getNumTimes(); ++time)
    loops.push_back({steps.addArgument(builder.getIndexType(), recur.getLoc()),
                     recur.getLower().getResult(time), recur.getUpper().getResult(time)});
  emitLoops(loops, {}, env, recur.getLoc(), [&](ValueRange) -> SmallVector<Value> {
    for (auto [time, range] : llvm::zip_equal(recur.getTimes(), loops)) {
      AffineExpr step = env.indices[range.index];
      bool reverse = recur.getReverse()[time.getArgNumber()];
      globalIndices[time] = reverse ? range.lower + range.upper - 1 - step : step;
    }
    for (Operation &op : recur.getBody().front().without_terminator())
      emitMember(&op);
    return {};
  });
}
