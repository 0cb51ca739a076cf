//===- KernelEmitter.cpp - a group of equations as a kernel ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/KernelEmitter.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

KernelEmitter::KernelEmitter(ModuleOp module, StringRef name, const Group &group,
                             const Reads &reads, const Homes &homes, FaultNotes *faults)
    : BodyEmitter(OpBuilder::atBlockEnd(module.getBody())), group(group), reads(reads),
      homes(homes), faults(faults) {
  SmallVector<Attribute> names;
  for (const GridAxis &axis : group.grid)
    names.push_back(builder.getStringAttr(axis.name));
  Location loc = group.members.empty() ? module.getLoc() : group.members.back()->getLoc();
  launch.kernel = tile::KernelOp::create(builder, loc, name, builder.getArrayAttr(names),
                                         builder.getDenseBoolArrayAttr({}), /*lanes=*/IntegerAttr());
  body = &launch.kernel.getBody().emplaceBlock();
  builder.setInsertionPointToStart(body);
  for (const GridAxis &axis : group.grid) {
    Value index = body->addArgument(builder.getIndexType(), loc);
    AffineExpr expr = leaf(index), size = axis.upper - axis.lower;
    launch.grid.push_back(axis.block ? size.ceilDiv(axis.block) : size);
    gridIndices.push_back(axis.block ? axis.lower + expr * axis.block : axis.lower + expr);
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
      value =
          arith::ConstantIndexOp::create(builder, loc, std::max<int64_t>(0, constant.getValue()));
    else
      value = arith::MaxSIOp::create(builder, loc, materialiseApart(size, loc),
                                     arith::ConstantIndexOp::create(builder, loc, 0));
    values.push_back(value);
    elements = elements * size;
  }
  auto type =
      tile::ViewType::get(builder.getContext(), sizes.size(), element, /*unit=*/!sizes.empty());
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
    end = arith::MinSIOp::create(builder, loc, materialise(first + axis->block, loc),
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
    if (!grid || grid->block)
      return false;
  }
  return true;
}

KernelEmitter::Local *KernelEmitter::localOf(Value tensor) {
  if (auto found = locals.find(tensor); found != locals.end())
    return &found->second;
  Operation *def = tensor.getDefiningOp();
  auto recur = dyn_cast_or_null<mixer::RecurOp>(def);
  if (!def || (recur ? !llvm::any_of(group.members,
                                     [&](Operation *member) { return member->isAncestor(recur); })
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
    if ((grid && !grid->block) || (time == axis))
      continue;
    local.axes.push_back(axis);
    local.bases.push_back(grid ? gridIndices[grid - group.grid.data()] : type.getLower()[axis]);
    sizes.push_back(grid ? constantExpr(grid->block)
                         : type.getUpper()[axis] - type.getLower()[axis]);
  }
  local.view = makeScratch(sizes, type.getElement(), tensor.getLoc());
  return &(locals[tensor] = std::move(local));
}

std::optional<KernelEmitter::Slot> KernelEmitter::slotOf(Value tensor,
                                                         ArrayRef<AffineExpr> subscripts) {
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
    slot.place.push_back((subscripts[*local->ringAxis] - type.getLower()[*local->ringAxis]) %
                         local->ringSize);
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
