//===- TileEmitter.cpp - a group of equations over larger tiles -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/TileEmitter.h"

#include "compiler/schedule/LoopOrder.h"
#include "compiler/schedule/ScalarCode.h"
#include "dialects/mixer/Remark.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

/// The most bytes of tiles that a point may hold: a share of a second-level cache, and of a stack.
static constexpr int64_t mostBytes = 1 << 20;

TileEmitter::TileEmitter(ModuleOp module, StringRef name, const Group &group, const Reads &reads,
                         const Homes &homes, TileSizes sizes)
    : KernelEmitter(module, name, group, reads, homes), sizes(sizes) {
  launch.kernel.setLanes(rowAxis);
}

LogicalResult TileEmitter::fail(const Twine &text) {
  if (reason.empty())
    reason = text.str();
  return failure();
}

unsigned TileEmitter::addAxis(int64_t size, Value valid) {
  Value place = places.addArgument(builder.getIndexType(), launch.kernel.getLoc());
  axes.push_back({size, valid, leaf(place)});
  return axes.size() - 1;
}

/// The bytes of tiles over two axes that a point of `kernel` may have to hold: what is read,
/// multiplied, carried by loops, chosen by conditions, or used twice.
static int64_t bytesOnChip(tile::KernelOp kernel) {
  int64_t bytes = 0;
  kernel.walk([&](Operation *op) {
    if (isa<tensor::SplatOp, tile::BroadcastOp, tile::IotaOp, arith::ConstantOp, arith::CmpFOp,
            arith::CmpIOp>(op))
      return;
    bool isHeld = isa<tile::ReadOp, tile::DotOp, scf::ForOp, scf::IfOp>(op);
    for (Value result : op->getResults())
      if (auto type = dyn_cast<RankedTensorType>(result.getType()))
        if (type.getRank() == 2 && (isHeld || !result.hasOneUse()))
          bytes += type.getNumElements() *
                   (type.getElementType().isIntOrFloat() ? type.getElementTypeBitWidth() / 8 : 8);
  });
  return bytes;
}

FailureOr<KernelLaunch> TileEmitter::emitTiles() {
  auto emit = [&]() -> LogicalResult {
    // Rows and columns past the end of their axis are not valid.
    for (auto [axis, index] : llvm::reverse(llvm::zip_equal(group.grid, gridIndices))) {
      if (!axis.block)
        continue;
      Location loc = launch.kernel.getLoc();
      ScalarCode code(builder, loc);
      Value left = materialise(axis.upper - index, loc);
      blocked[&axis] = addAxis(axis.block, code.min(left, code.index(axis.block)));
    }

    std::vector<Fold> folds;
    auto flush = [&]() -> LogicalResult {
      for (Fold &fold : folds)
        if (failed(emitFold(fold)))
          return failure();
      folds.clear();
      return success();
    };
    for (Operation *member : group.members) {
      auto eq = dyn_cast<mixer::EqOp>(member);
      if (!eq)
        return fail("a scatter or a recurrence has no form over tiles yet");
      if (!isRowLevel(eq)) {
        // Evaluated for each block of keys that is read.
        if (homes.contains(eq.getResult()))
          return fail("a tensor over the keys that is stored");
        continue;
      }
      if (!isComponent(eq)) {
        if (failed(flush()) || failed(emitRow(eq)))
          return failure();
        continue;
      }
      Component component{eq, wholeReduction(eq), {}, {}};
      if (!folds.empty() && joinFold(component, folds.back())) {
        folds.back().components.push_back(component);
        continue;
      }
      if (failed(flush()))
        return failure();
      folds.push_back({{component}});
    }
    if (failed(flush()))
      return failure();
    bool multiplies = false;
    launch.kernel.walk([&](tile::DotOp) { multiplies = true; });
    if (!multiplies)
      return fail("no two tiles are multiplied");
    int64_t bytes = bytesOnChip(launch.kernel);
    return bytes <= mostBytes
               ? success()
               : fail("its tiles take " + Twine(bytes >> 10) + " KiB of " + Twine(mostBytes >> 10));
  };
  if (failed(emit())) {
    launch.kernel.erase();
    return failure();
  }
  launch.kernel->setAttr("tile.facts", describe());
  return finish();
}

//===----------------------------------------------------------------------===//
// Equations
//===----------------------------------------------------------------------===//

/// Whether all axes of an equation but the points' are of known size.
bool TileEmitter::isRowLevel(mixer::EqOp eq) {
  for (unsigned axis = 0; axis < eq.getType().getRank(); ++axis)
    if (!gridAxisOf(eq.getResult(), axis) &&
        !isa<AffineConstantExpr>(eq.getType().getUpper()[axis] - eq.getType().getLower()[axis]))
      return false;
  return true;
}

/// Whether an equation at the rows is a reduction, over the keys.
bool TileEmitter::isComponent(mixer::EqOp eq) {
  auto reduce = wholeReduction(eq);
  if (!reduce)
    return false;
  switch (reduce.getKind()) {
  case mixer::ReduceKind::sum:
  case mixer::ReduceKind::max:
  case mixer::ReduceKind::min:
  case mixer::ReduceKind::prod:
    return isa<FloatType>(reduce.getType());
  default:
    return false;
  }
}

/// How many keys a reduction is over where one block takes them all.
std::optional<int64_t> TileEmitter::wholeBlock(mixer::ReduceOp reduce) {
  constexpr int64_t most = 512;
  mixer::Binding range = *mixer::getBinding(reduce);
  if (!range.lowerOperands.empty() || !range.upperOperands.empty())
    return std::nullopt;
  auto size = dyn_cast<AffineConstantExpr>(range.upper.getResults().back() -
                                           range.lower.getResults().back());
  return size && size.getValue() >= 1 && size.getValue() <= most ? std::optional(size.getValue())
                                                                 : std::nullopt;
}

/// Whether `component` can share the loop of `fold`: it reads nothing of what the loop computes, or
/// in a way that has a repair (Inv 6).
bool TileEmitter::joinFold(Component &component, Fold &fold) {
  auto note = [&](bool joined, const Twine &text) {
    noted.push_back({component.eq, joined, text.str()});
    return joined;
  };
  auto nameOf = [](mixer::EqOp eq) { return mixer::definedNames(eq); };
  mixer::EqOp first = fold.components.front().eq;
  if (mixer::getBinding(component.reduce)->size() == 1 && wholeBlock(component.reduce))
    return false; // no loop
  if (!sameRange(fold.components.front().reduce, component.reduce))
    return note(false, "a loop of its own: its range is not that of " + nameOf(first));
  Dependence on = dependenceOf(component.eq.getYield().getValues().front(), fold, false);
  if (on.kind == Dependence::none)
    return note(true, "in the loop of " + nameOf(first) + ", of which it reads nothing");
  if (on.kind == Dependence::other || component.reduce.getKind() != mixer::ReduceKind::sum)
    return note(false, "a loop of its own: what it reads of " + nameOf(first) +
                           "'s loop is final behind it only, and has no repair");
  component.repairedFor = on.maximum;
  return note(true, "in the loop of " + nameOf(first) + ": where " + nameOf(on.maximum) +
                        " moves, the sum so far is multiplied by the exponential of the move");
}

/// Whether two reductions at the same rows are over the same range: equal maps of equal values.
bool TileEmitter::sameRange(mixer::ReduceOp a, mixer::ReduceOp b) {
  if (a.getLower() != b.getLower() || a.getUpper() != b.getUpper())
    return false;
  std::function<bool(Value, Value)> same = [&](Value x, Value y) {
    if (x == y)
      return true;
    auto xArg = dyn_cast<BlockArgument>(x), yArg = dyn_cast<BlockArgument>(y);
    if (xArg || yArg) {
      if (!xArg || !yArg)
        return false;
      auto indexAxis = [&](BlockArgument argument) -> const GridAxis * {
        auto eq = dyn_cast<mixer::EqOp>(argument.getOwner()->getParentOp());
        return eq ? gridAxisOf(eq.getResult(), argument.getArgNumber()) : nullptr;
      };
      return indexAxis(xArg) && indexAxis(xArg) == indexAxis(yArg);
    }
    Operation *p = x.getDefiningOp(), *q = y.getDefiningOp();
    return p->getName() == q->getName() && p->getAttrDictionary() == q->getAttrDictionary() &&
           p->getNumRegions() == 0 && llvm::all_of_zip(p->getOperands(), q->getOperands(), same);
  };
  return llvm::all_of_zip(a.getLowerOperands(), b.getLowerOperands(), same) &&
         llvm::all_of_zip(a.getUpperOperands(), b.getUpperOperands(), same);
}

/// Binds the indices of an equation: the grid's to the point and its rows, others to axes of their
/// own.
LogicalResult TileEmitter::bindIndices(mixer::EqOp eq, Scope &scope,
                                       SmallVectorImpl<unsigned> *own) {
  for (BlockArgument index : eq.getBody().getArguments()) {
    AffineExpr lower = eq.getType().getLower()[index.getArgNumber()];
    if (const GridAxis *grid = gridAxisOf(eq.getResult(), index.getArgNumber())) {
      AffineExpr &expr = scope.env.indices[index] = gridIndices[grid - group.grid.data()];
      if (auto found = blocked.find(grid); found != blocked.end()) {
        expr = expr + axes[found->second].place;
        if (own)
          own->push_back(found->second);
      }
      continue;
    }
    auto size = cast<AffineConstantExpr>(eq.getType().getUpper()[index.getArgNumber()] - lower);
    if (size.getValue() < 1 || size.getValue() > 1024)
      return fail("an axis of " + Twine(size.getValue()) + " does not fit a tile");
    unsigned axis =
        addAxis(size.getValue(), ScalarCode(builder, eq.getLoc()).index(size.getValue()));
    scope.env.indices[index] = lower + axes[axis].place;
    if (own)
      own->push_back(axis);
  }
  if (own && own->size() > 2)
    return fail("a tile of three axes");
  if (own)
    llvm::sort(*own);
  return success();
}

LogicalResult TileEmitter::emitRow(mixer::EqOp eq) {
  Scope scope;
  SmallVector<unsigned> own;
  if (failed(bindIndices(eq, scope, &own)))
    return failure();
  MaybeTile tile = evaluate(eq.getYield().getValues().front(), scope);
  if (failed(tile))
    return failure();
  Tile whole{broadcast(*tile, own), own};
  return storeTile(eq, whole, scope);
}

/// Keeps a total for its readers, and writes it where it has memory.
LogicalResult TileEmitter::storeTile(mixer::EqOp eq, const Tile &tile, Scope &scope) {
  SmallVector<AffineExpr> subscripts = ownSubscripts(eq, scope.env);
  totals[eq.getResult()] = tile;
  totalIndices[eq.getResult()] = subscripts;
  Type element = eq.getType().getElement();
  if (!element.isF32() && !element.isF64()) {
    bool isRead = llvm::any_of(eq->getUsers(), llvm::IsaPred<mixer::AtOp>);
    if (isRead || !isa<FloatType>(element))
      return fail("elements of a tile that are rounded or not floats");
  }
  bool isStep = llvm::any_of(eq->getUsers(), llvm::IsaPred<mixer::AppendOp>);
  if (!isStep && !homes.contains(eq.getResult()))
    return success();
  if (auto home = homes.find(eq.getResult()); home != homes.end() && isIndirect(home->second))
    return fail("an output that is packed or paged");
  if (tile.axes.empty())
    return fail("a result without rows");
  Slot slot = *slotOf(eq.getResult(), subscripts);
  if (!isa<BlockArgument>(slot.view))
    return fail("a history that is kept on chip");
  SmallVector<Value> indices;
  SmallVector<int64_t> along;
  for (AffineExpr subscript : slot.place) {
    auto range = rangeOf(subscript);
    if (failed(range))
      return failure();
    indices.push_back(materialise(range->first, eq.getLoc()));
    auto *place = llvm::find(tile.axes, static_cast<unsigned>(range->second));
    along.push_back(range->second < 0 ? -1 : place - tile.axes.begin());
  }
  SmallVector<Value> valid;
  for (unsigned axis : tile.axes)
    valid.push_back(axes[axis].valid);
  tile::WriteOp::create(builder, eq.getLoc(), tile.value, slot.view, indices,
                        builder.getDenseI64ArrayAttr(along), valid);
  written.insert(slot.view);
  return success();
}
