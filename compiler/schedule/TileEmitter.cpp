//===- TileEmitter.cpp - a group of equations over larger tiles -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/TileEmitter.h"

#include "compiler/schedule/LoopOrder.h"
#include "compiler/schedule/ScalarCode.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

/// The same combiner in the tile dialect.
static tile::ReduceKind kindOf(mixer::ReduceOp reduce) {
  switch (reduce.getKind()) {
  case mixer::ReduceKind::max:
    return tile::ReduceKind::Max;
  case mixer::ReduceKind::min:
    return tile::ReduceKind::Min;
  case mixer::ReduceKind::prod:
    return tile::ReduceKind::Prod;
  default:
    return tile::ReduceKind::Sum;
  }
}

/// The rows are the first axis of every tile.
static constexpr unsigned rowAxis = 0;

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

FailureOr<KernelLaunch> TileEmitter::emitTiles() {
  auto emit = [&]() -> LogicalResult {
    // Rows past the end of the axis are not valid.
    const GridAxis *rows = llvm::find_if(group.grid, [](const GridAxis &a) { return a.block != 0; });
    AffineExpr first = gridIndices[rows - group.grid.data()];
    Location loc = launch.kernel.getLoc();
    Value left = materialise(rows->upper - first, loc);
    ScalarCode code(builder, loc);
    addAxis(sizes.rows, code.min(left, code.index(sizes.rows)));

    std::vector<Fold> folds;
    auto flush = [&]() -> LogicalResult {
      for (Fold &fold : folds)
        if (failed(emitFold(fold)))
          return failure();
      folds.clear();
      return success();
    };
    bool tiled = false;
    for (Operation *member : group.members) {
      auto eq = dyn_cast<mixer::EqOp>(member);
      if (!eq)
        return fail("a scatter or a recurrence has no form over tiles yet");
      if (!isRowLevel(eq))
        continue; // evaluated for each block of keys
      if (!isComponent(eq)) {
        if (failed(flush()) || failed(emitRow(eq)))
          return failure();
        continue;
      }
      tiled = true;
      Component component{eq, wholeReduction(eq), {}, {}};
      bool joined = false;
      if (!folds.empty() &&
          sameRange(folds.back().components.front().reduce, component.reduce)) {
        Dependence on = dependenceOf(eq.getYield().getValues().front(), folds.back(), false);
        if (on.kind == Dependence::none ||
            (on.kind == Dependence::factor &&
             component.reduce.getKind() == mixer::ReduceKind::sum)) {
          component.repairedFor = on.maximum;
          folds.back().components.push_back(component);
          joined = true;
        }
      }
      if (!joined) {
        if (failed(flush()))
          return failure();
        folds.push_back({{component}});
      }
    }
    if (!tiled)
      return fail("there is no reduction over keys");
    return flush();
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

/// Whether an equation at the rows is a reduction over one range, the keys.
bool TileEmitter::isComponent(mixer::EqOp eq) {
  auto reduce = wholeReduction(eq);
  if (!reduce || mixer::getBinding(reduce)->size() != 1)
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
  bool hasRows = false;
  for (BlockArgument index : eq.getBody().getArguments()) {
    AffineExpr lower = eq.getType().getLower()[index.getArgNumber()];
    if (const GridAxis *grid = gridAxisOf(eq.getResult(), index.getArgNumber())) {
      AffineExpr expr = gridIndices[grid - group.grid.data()];
      scope.env.indices[index] = grid->block ? expr + axes[rowAxis].place : expr;
      hasRows |= grid->block;
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
  if (own && hasRows)
    own->insert(own->begin(), rowAxis);
  if (own && own->size() > 2)
    return fail("a tile of three axes");
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
  auto home = homes.find(eq.getResult());
  if (home == homes.end())
    return success();
  if (home->second.ringAxis)
    return fail("a tile of a history");
  if (tile.axes.empty())
    return fail("a result without rows");
  SmallVector<Value> indices;
  SmallVector<int64_t> along;
  for (AffineExpr subscript : placeInHome(home->second, eq.getType(), subscripts)) {
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
  Value view = viewArgument(home->second.view);
  tile::WriteOp::create(builder, eq.getLoc(), tile.value, view, indices,
                        builder.getDenseI64ArrayAttr(along), valid);
  written.insert(view);
  return success();
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

/// How `value`, in a contribution, depends on totals of `fold`: not at all, by one factor exp(x -
/// maximum), or in a way that has no repair.
TileEmitter::Dependence TileEmitter::dependenceOf(Value value, const Fold &fold, bool inside) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return {};
  auto componentOf = [&](Value value) -> mixer::EqOp {
    auto at = value.getDefiningOp<mixer::AtOp>();
    auto eq = at ? at.getTensor().getDefiningOp<mixer::EqOp>() : mixer::EqOp();
    for (const Component &component : fold.components)
      if (component.eq == eq)
        return eq;
    return {};
  };
  if (componentOf(value))
    return {Dependence::other, {}};
  if (auto at = dyn_cast<mixer::AtOp>(op)) {
    auto eq = at.getTensor().getDefiningOp<mixer::EqOp>();
    if (!eq || (isRowLevel(eq) && computed.contains(eq)))
      return {};
    if (!computed.contains(eq) && !isInlined(eq))
      return {};
    return dependenceOf(eq.getYield().getValues().front(), fold, inside);
  }
  auto both = [&](Value x, Value y) -> Dependence {
    Dependence a = dependenceOf(x, fold, inside), b = dependenceOf(y, fold, inside);
    if (a.kind == Dependence::none)
      return b;
    return b.kind == Dependence::none ? a : Dependence{Dependence::other, {}};
  };
  if (auto product = dyn_cast<arith::MulFOp>(op))
    return both(product.getLhs(), product.getRhs());
  if (auto difference = dyn_cast<mixer::ExpDiffOp>(op)) {
    mixer::EqOp maximum = componentOf(difference.getM());
    if (maximum && wholeReduction(maximum).getKind() == mixer::ReduceKind::max &&
        dependenceOf(difference.getX(), fold, inside).kind == Dependence::none)
      return {Dependence::factor, maximum};
  }
  Dependence found;
  auto need = [&](Value operand) {
    if (dependenceOf(operand, fold, true).kind != Dependence::none)
      found.kind = Dependence::other;
  };
  if (auto reduce = dyn_cast<mixer::ReduceOp>(op)) {
    Dependence on = dependenceOf(mixer::getBinding(reduce)->yielded(), fold, inside);
    // The contribution itself: what it yields is what is summed.
    return inside ? (on.kind == Dependence::none ? on : Dependence{Dependence::other, {}}) : on;
  }
  llvm::for_each(op->getOperands(), need);
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::for_each(block.getTerminator()->getOperands(), need);
  return found;
}

FailureOr<Value> TileEmitter::extreme(AffineExpr bound, bool greatest, Location loc) {
  auto place = cast<AffineDimExpr>(axes[rowAxis].place);
  if (!bound.isFunctionOfDim(place.getPosition()))
    return materialise(bound, loc);
  // Linear in the rows: the extreme is at one end.
  MLIRContext *context = builder.getContext();
  auto at = [&](AffineExpr row) {
    return mlir::simplifyAffineExpr(bound.replace(place, row), places.getNumArguments() + 4096, 64);
  };
  AffineExpr base = at(getAffineConstantExpr(0, context));
  AffineExpr slope = at(getAffineConstantExpr(1, context)) - base;
  auto constant = dyn_cast<AffineConstantExpr>(slope);
  if (!constant)
    return fail("a bound that is not linear in the rows"), failure();
  Value first = materialise(base, loc);
  bool atEnd = (constant.getValue() > 0) == greatest;
  if (!atEnd || constant.getValue() == 0)
    return first;
  ScalarCode code(builder, loc);
  Value last = arith::SubIOp::create(builder, loc, axes[rowAxis].valid, code.index(1));
  Value rise = arith::MulIOp::create(builder, loc, last, code.index(constant.getValue()));
  return arith::AddIOp::create(builder, loc, first, rise).getResult();
}

FailureOr<Value> TileEmitter::extreme(Value bound, bool greatest, Scope &scope) {
  Operation *op = bound.getDefiningOp();
  if (op && isa<arith::MaxSIOp, arith::MinSIOp>(op)) {
    FailureOr<Value> a = extreme(op->getOperand(0), greatest, scope),
                     b = extreme(op->getOperand(1), greatest, scope);
    if (failed(a) || failed(b))
      return failure();
    if (isa<arith::MaxSIOp>(op))
      return arith::MaxSIOp::create(builder, bound.getLoc(), *a, *b).getResult();
    return arith::MinSIOp::create(builder, bound.getLoc(), *a, *b).getResult();
  }
  FailureOr<AffineExpr> expr = indexAt(bound, scope);
  if (failed(expr))
    return fail("a bound of a reduction that is no affine expression"), failure();
  return extreme(*expr, greatest, bound.getLoc());
}

LogicalResult TileEmitter::emitFold(Fold &fold) {
  Component &leader = fold.components.front();
  Location loc = leader.eq.getLoc();
  ScalarCode code(builder, loc);
  mixer::Binding range = *mixer::getBinding(leader.reduce);

  // The keys that any row takes, and those that all rows take.
  Scope bounds;
  if (failed(bindIndices(leader.eq, bounds, nullptr)))
    return failure();
  auto boundOf = [&](AffineMap map, ValueRange operands, bool greatest) -> FailureOr<Value> {
    AffineExpr result = map.getResult(0);
    if (auto dim = dyn_cast<AffineDimExpr>(result))
      return extreme(operands[dim.getPosition()], greatest, bounds);
    SmallVector<AffineExpr> dims;
    for (Value operand : operands) {
      FailureOr<AffineExpr> expr = indexAt(operand, bounds);
      if (failed(expr))
        return fail("a bound of a reduction that is no affine expression"), failure();
      dims.push_back(*expr);
    }
    return extreme(result.replaceDims(dims), greatest, loc);
  };
  FailureOr<Value> low = boundOf(range.lower, range.lowerOperands, false),
                   lowAll = boundOf(range.lower, range.lowerOperands, true),
                   highAll = boundOf(range.upper, range.upperOperands, false),
                   high = boundOf(range.upper, range.upperOperands, true);
  if (failed(low) || failed(lowAll) || failed(highAll) || failed(high))
    return failure();

  SmallVector<Value> start;
  for (Component &component : fold.components) {
    Scope scope;
    if (failed(bindIndices(component.eq, scope, &component.axes)))
      return failure();
    if (component.axes.empty() || component.axes.front() != rowAxis)
      return fail("a total without rows");
    Type element = component.reduce.getType();
    Combiner combiner(component.reduce.getKind(), element);
    Value identity = combiner.identity(builder, loc).front();
    start.push_back(tensor::SplatOp::create(
        builder, loc, identity, cast<RankedTensorType>(typeOf(component.axes, element))));
    // Its indices again, for the contributions.
    totalIndices[component.eq.getResult()] = ownSubscripts(component.eq, scope.env);
  }

  Value step = code.index(sizes.keys);
  auto loop = scf::ForOp::create(builder, loc, *low, *high, step, start);
  builder.setInsertionPointToStart(loop.getBody());
  Value first = loop.getInductionVar();
  unsigned keys = addAxis(
      sizes.keys, code.min(arith::SubIOp::create(builder, loc, *high, first), step));
  AffineExpr key = leaf(first) + axes[keys].place;

  // A block is partial where some row does not take some key of it.
  Value partial;
  bool ragged = *low != *lowAll || *high != *highAll;
  if (ragged) {
    Value end = arith::AddIOp::create(builder, loc, first, axes[keys].valid);
    partial = arith::OrIOp::create(builder, loc,
                                   code.compare(arith::CmpIPredicate::slt, first, *lowAll),
                                   code.compare(arith::CmpIPredicate::sgt, end, *highAll));
  }
  std::optional<Tile> taken;
  auto mask = [&]() -> MaybeTile {
    FailureOr<Tile> place = evaluateIndex(key, loc);
    std::optional<Tile> both;
    for (bool upper : {false, true}) {
      AffineMap map = upper ? range.upper : range.lower;
      ValueRange operands = upper ? range.upperOperands : range.lowerOperands;
      Scope scope;
      if (failed(bindIndices(leader.eq, scope, nullptr)))
        return failure();
      MaybeTile bound = failure();
      if (auto dim = dyn_cast<AffineDimExpr>(map.getResult(0))) {
        bound = evaluate(operands[dim.getPosition()], scope);
      } else {
        SmallVector<AffineExpr> dims;
        for (Value operand : operands) {
          FailureOr<AffineExpr> expr = indexAt(operand, scope);
          if (failed(expr))
            return failure();
          dims.push_back(*expr);
        }
        bound = evaluateIndex(map.getResult(0).replaceDims(dims), loc);
      }
      if (failed(place) || failed(bound))
        return failure();
      SmallVector<unsigned> pair = {rowAxis, keys};
      Value inside = arith::CmpIOp::create(
          builder, loc, upper ? arith::CmpIPredicate::slt : arith::CmpIPredicate::sge,
          broadcast(*place, pair), broadcast(*bound, pair));
      both = Tile{both ? arith::AndIOp::create(builder, loc, both->value, inside).getResult()
                       : inside,
                  pair};
    }
    return *both;
  };

  remembered.clear();
  SmallVector<Value> next;
  llvm::DenseMap<Operation *, std::pair<Tile, Tile>> moved;
  for (auto [k, component] : llvm::enumerate(fold.components)) {
    Tile total{loop.getRegionIterArgs()[k], component.axes};
    if (component.repairedFor) {
      auto [before, after] = moved[component.repairedFor];
      Value factor = tile::ExpDiffOp::create(builder, loc, before.value, after.value);
      total.value = arith::MulFOp::create(
          builder, loc, total.value, broadcast({factor, before.axes}, component.axes));
    }
    Scope scope;
    // The same places as the total's.
    for (auto [index, expr] : llvm::zip_equal(component.eq.getBody().getArguments(),
                                              totalIndices[component.eq.getResult()]))
      scope.env.indices[index] = expr;
    scope.env.indices[mixer::getBinding(component.reduce)->indices()[0]] = key;
    MaybeTile after = contribute(component, scope, total, keys, partial, mask);
    if (failed(after))
      return failure();
    next.push_back(after->value);
    moved[component.eq] = {Tile{loop.getRegionIterArgs()[k], component.axes}, *after};
    totals[component.eq.getResult()] = *after; // later contributions read the moved total
  }
  scf::YieldOp::create(builder, loc, next);
  remembered.clear();
  builder.setInsertionPointAfter(loop);
  for (auto [k, component] : llvm::enumerate(fold.components)) {
    Scope scope;
    for (auto [index, expr] : llvm::zip_equal(component.eq.getBody().getArguments(),
                                              totalIndices[component.eq.getResult()]))
      scope.env.indices[index] = expr;
    if (failed(storeTile(component.eq, Tile{loop.getResult(k), component.axes}, scope)))
      return failure();
  }
  return success();
}

/// The total after one more block of keys.
TileEmitter::MaybeTile TileEmitter::contribute(const Component &component, Scope &scope,
                                               const Tile &total, unsigned keys, Value partial,
                                               function_ref<MaybeTile()> mask) {
  mixer::ReduceOp reduce = component.reduce;
  Location loc = reduce.getLoc();
  Type element = reduce.getType();
  Value yielded = mixer::getBinding(reduce)->yielded();
  // `none` where a row does not take a key.
  auto masked = [&](Tile tile, double none) -> MaybeTile {
    if (!partial)
      return tile;
    SmallVector<unsigned> pair = {rowAxis, keys};
    Tile whole{broadcast(tile, pair), pair};
    auto choice = scf::IfOp::create(builder, loc, whole.value.getType(), partial, true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&choice.getThenRegion().front());
    MaybeTile taken = mask();
    if (failed(taken))
      return failure();
    Value kept = arith::SelectOp::create(builder, loc, taken->value, whole.value,
                                         splat(element, none, pair, loc).value);
    scf::YieldOp::create(builder, loc, kept);
    builder.setInsertionPointToStart(&choice.getElseRegion().front());
    scf::YieldOp::create(builder, loc, whole.value);
    return Tile{choice.getResult(0), pair};
  };
  ScalarCode code(builder, loc);
  auto reduced = [&](Tile tile) -> MaybeTile {
    SmallVector<unsigned> pair = {rowAxis, keys};
    if (component.axes.size() != 1)
      return fail("a total over two axes that is no sum of products"), failure();
    Value whole = broadcast(tile, pair);
    return Tile{tile::ReduceOp::create(builder, loc, typeOf(component.axes, element),
                                       kindOf(reduce), whole, 1,
                                       axes[keys].valid),
                component.axes};
  };
  if (reduce.getKind() == mixer::ReduceKind::sum) {
    auto factors = factorsOf(yielded, scope);
    if (failed(factors))
      return failure();
    if (component.axes.size() == 2) {
      SmallVector<Tile> left, right;
      for (const Tile &factor : *factors) {
        bool own = llvm::is_contained(factor.axes, component.axes[1]);
        if (own && llvm::is_contained(factor.axes, rowAxis))
          return fail("a factor over rows and another axis of the total"), failure();
        (own ? right : left).push_back(factor);
      }
      MaybeTile a = product(left, loc), b = product(right, loc);
      if (failed(a) || failed(b))
        return failure();
      MaybeTile rows = masked({broadcast(*a, {rowAxis, keys}), {rowAxis, keys}}, 0);
      if (failed(rows))
        return failure();
      SmallVector<unsigned> other = {keys, component.axes[1]};
      llvm::sort(other);
      int64_t contracted = other[0] == keys ? 0 : 1;
      return Tile{tile::DotOp::create(builder, loc, total.value.getType(), rows->value,
                                      broadcast(*b, other), total.value,
                                      builder.getDenseI64ArrayAttr({1, contracted}),
                                      axes[keys].valid),
                  component.axes};
    }
    MaybeTile terms = product(*factors, loc);
    if (failed(terms) || failed(terms = masked(*terms, 0)))
      return failure();
    MaybeTile sum = reduced(*terms);
    if (failed(sum))
      return failure();
    return Tile{code.add(total.value, sum->value), component.axes};
  }
  MaybeTile value = evaluate(yielded, scope);
  using Kind = mixer::ReduceKind;
  double none = reduce.getKind() == Kind::max   ? -INFINITY
                : reduce.getKind() == Kind::min ? INFINITY
                                                : 1;
  if (failed(value) || failed(value = masked(*value, none)) || failed(value = reduced(*value)))
    return failure();
  Value after = reduce.getKind() == Kind::max   ? code.max(total.value, value->value)
                : reduce.getKind() == Kind::min ? code.min(total.value, value->value)
                                                : code.mul(total.value, value->value);
  return Tile{after, component.axes};
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Type TileEmitter::typeOf(ArrayRef<unsigned> over, Type element) {
  if (over.empty())
    return element;
  SmallVector<int64_t> shape;
  for (unsigned axis : over)
    shape.push_back(axes[axis].size);
  return RankedTensorType::get(shape, element);
}

Value TileEmitter::broadcast(const Tile &tile, ArrayRef<unsigned> over) {
  if (ArrayRef(tile.axes) == over)
    return tile.value;
  Location loc = tile.value.getLoc();
  Type type = typeOf(over, getElementTypeOrSelf(tile.value.getType()));
  if (tile.axes.empty())
    return tensor::SplatOp::create(builder, loc, tile.value, cast<RankedTensorType>(type));
  auto place = llvm::find(over, tile.axes.front()) - over.begin();
  return tile::BroadcastOp::create(builder, loc, type, tile.value, place);
}

TileEmitter::Tile TileEmitter::splat(Type element, double value, ArrayRef<unsigned> over,
                                     Location loc) {
  Value scalar = ScalarCode(builder, loc).constant(element, value);
  return {broadcast({scalar, {}}, over), SmallVector<unsigned>(over)};
}

FailureOr<std::pair<AffineExpr, int64_t>> TileEmitter::rangeOf(AffineExpr subscript) {
  std::pair<AffineExpr, int64_t> range{subscript, -1};
  for (auto [number, axis] : llvm::enumerate(axes)) {
    auto place = cast<AffineDimExpr>(axis.place);
    if (!subscript.isFunctionOfDim(place.getPosition()))
      continue;
    AffineExpr base = subscript.replace(place, constantExpr(0));
    unsigned dims = 0;
    subscript.walk([&](AffineExpr part) {
      if (auto dim = dyn_cast<AffineDimExpr>(part))
        dims = std::max(dims, dim.getPosition() + 1);
    });
    if (range.second >= 0 || simplifyAffineExpr(subscript - base, dims, 256) != place)
      return fail("a subscript that is no range along one axis"), failure();
    range = {base, number};
  }
  return range;
}

TileEmitter::MaybeTile TileEmitter::evaluateIndex(AffineExpr expr, Location loc) {
  auto range = rangeOf(expr);
  if (failed(range))
    return failure();
  Value base = materialise(range->first, loc);
  if (range->second < 0)
    return Tile{base, {}};
  SmallVector<unsigned> over = {static_cast<unsigned>(range->second)};
  return Tile{tile::IotaOp::create(builder, loc, typeOf(over, builder.getIndexType()), base, 0),
              over};
}

/// An integer as an expression over points and places.
FailureOr<AffineExpr> TileEmitter::indexAt(Value value, Scope &scope) {
  if (auto found = scope.env.indices.find(value); found != scope.env.indices.end())
    return found->second;
  if (auto found = globalIndices.find(value); found != globalIndices.end())
    return found->second;
  Operation *op = value.getDefiningOp();
  if (!op)
    return failure();
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constantExpr(constant.getSExtValue());
  SmallVector<AffineExpr> operands;
  for (Value operand : op->getOperands()) {
    if (!operand.getType().isIndex())
      break;
    FailureOr<AffineExpr> expr = indexAt(operand, scope);
    if (failed(expr))
      break;
    operands.push_back(*expr);
  }
  if (operands.size() == op->getNumOperands()) {
    if (auto apply = dyn_cast<mixer::ApplyOp>(op))
      return apply.getMap().getResult(0).replaceDims(operands);
    if (isa<arith::AddIOp>(op))
      return operands[0] + operands[1];
    if (isa<arith::SubIOp>(op))
      return operands[0] - operands[1];
    if (isa<arith::MulIOp>(op) && (operands[0].isSymbolicOrConstant() ||
                                   operands[1].isSymbolicOrConstant()))
      return operands[0] * operands[1];
  }
  // A number that is the same at all places.
  MaybeTile tile = evaluateOp(op, scope);
  if (failed(tile) || !tile->axes.empty())
    return failure();
  return leaf(tile->value);
}

TileEmitter::MaybeTile TileEmitter::evaluate(Value value, Scope &scope) {
  if (auto found = scope.tiles.find(value); found != scope.tiles.end())
    return found->second;
  MaybeTile tile = failure();
  Operation *op = value.getDefiningOp();
  bool isIndex = value.getType().isIndex();
  if (isIndex && (!op || isa<mixer::ApplyOp, arith::ConstantOp>(op))) {
    FailureOr<AffineExpr> expr = indexAt(value, scope);
    if (failed(expr))
      return fail("an index that is not known here"), failure();
    tile = evaluateIndex(*expr, value.getLoc());
  } else if (op) {
    tile = evaluateOp(op, scope);
  }
  if (failed(tile))
    return fail("a value that has no form over tiles"), failure();
  scope.tiles[value] = *tile;
  return tile;
}

TileEmitter::MaybeTile TileEmitter::evaluateOp(Operation *op, Scope &scope) {
  Location loc = op->getLoc();
  if (auto at = dyn_cast<mixer::AtOp>(op))
    return evaluateAt(at, scope);
  if (auto reduce = dyn_cast<mixer::ReduceOp>(op))
    return evaluateReduce(reduce, scope);
  if (isa<arith::ConstantOp>(op))
    return Tile{builder.clone(*op)->getResult(0), {}};
  if (op->getNumResults() != 1)
    return fail("an operation of several results"), failure();

  SmallVector<Value> operands(op->getOperands());
  if (auto choice = dyn_cast<scf::IfOp>(op)) {
    // Both sides are evaluated: nothing in them can be out of bounds or fail.
    ++guards;
    auto leave = llvm::make_scope_exit([&] { --guards; });
    operands.push_back(choice.thenYield()->getOperand(0));
    operands.push_back(choice.elseYield()->getOperand(0));
    return [&]() -> MaybeTile {
      SmallVector<Tile> tiles;
      llvm::SmallSetVector<unsigned, 2> over;
      for (Value operand : operands) {
        MaybeTile tile = evaluate(operand, scope);
        if (failed(tile))
          return failure();
        tiles.push_back(*tile);
        over.insert(tile->axes.begin(), tile->axes.end());
      }
      SmallVector<unsigned> sorted = over.takeVector();
      llvm::sort(sorted);
      if (sorted.size() > 2)
        return fail("a tile of three axes"), failure();
      Value value = arith::SelectOp::create(builder, loc, broadcast(tiles[0], sorted),
                                            broadcast(tiles[1], sorted),
                                            broadcast(tiles[2], sorted));
      return Tile{value, sorted};
    }();
  }
  SmallVector<Tile> tiles;
  llvm::SmallSetVector<unsigned, 2> over;
  for (Value operand : operands) {
    MaybeTile tile = evaluate(operand, scope);
    if (failed(tile))
      return failure();
    tiles.push_back(*tile);
    over.insert(tile->axes.begin(), tile->axes.end());
  }
  SmallVector<unsigned> sorted = over.takeVector();
  llvm::sort(sorted);
  if (sorted.size() > 2)
    return fail("a tile of three axes"), failure();
  SmallVector<Value> values;
  for (const Tile &tile : tiles)
    values.push_back(broadcast(tile, sorted));
  ScalarCode code(builder, loc);
  if (isa<mixer::ExpDiffOp>(op)) {
    if (sorted.empty())
      return Tile{code.expDiff(values[0], values[1]), {}};
    return Tile{tile::ExpDiffOp::create(builder, loc, values[0], values[1]), sorted};
  }
  if (auto cast = dyn_cast<mixer::CastOp>(op)) {
    Type to = cast.getElement();
    if (sorted.empty())
      return Tile{
          tile::RoundOp::create(builder, loc, cast.getResult().getType(), values[0], to), {}};
    Type from = getElementTypeOrSelf(values[0].getType());
    if (from == to)
      return Tile{values[0], sorted};
    if (from.isIndex() && (to.isF32() || to.isF64())) {
      Value wide = arith::IndexCastOp::create(builder, loc, typeOf(sorted, builder.getI64Type()),
                                              values[0]);
      return Tile{arith::SIToFPOp::create(builder, loc, typeOf(sorted, to), wide), sorted};
    }
    return fail("a conversion that tiles do not have yet"), failure();
  }
  if (auto fn = dyn_cast<mixer::FnOp>(op)) {
    using Kind = mixer::FnKind;
    if (!isa<FloatType>(getElementTypeOrSelf(values[0].getType())) ||
        fn.getKind() == Kind::erfinv || fn.getKind() == Kind::cis || values.size() != 1)
      return fail("a function that tiles do not have yet"), failure();
    return Tile{code.function(fn.getKind(), values[0]), sorted};
  }
  if (!isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) || op->getNumRegions() != 0)
    return fail(Twine("`") + op->getName().getStringRef() + "` has no form over tiles"),
           failure();
  OperationState state(loc, op->getName(), values, {}, op->getAttrs());
  state.addTypes(typeOf(sorted, op->getResult(0).getType()));
  state.propertiesAttr = op->getPropertiesAsAttribute();
  return Tile{builder.create(state)->getResult(0), sorted};
}

TileEmitter::MaybeTile TileEmitter::evaluateAt(mixer::AtOp at, Scope &scope) {
  Location loc = at.getLoc();
  SmallVector<AffineExpr> dims, subscripts;
  for (Value index : at.getIndices()) {
    FailureOr<AffineExpr> expr = indexAt(index, scope);
    if (failed(expr))
      return fail("a subscript that comes from data differs from place to place"), failure();
    dims.push_back(*expr);
  }
  for (AffineExpr expr : at.getMap().getResults())
    subscripts.push_back(expr.replaceDims(dims));
  Value tensor = canonicalTensor(at.getTensor());
  auto eq = tensor.getDefiningOp<mixer::EqOp>();
  if (auto total = totals.find(tensor); total != totals.end()) {
    // At the same point; axes of its own may have other names here.
    Tile tile = total->second;
    for (auto [mine, here] : llvm::zip_equal(totalIndices[tensor], subscripts)) {
      if (mine == here)
        continue;
      auto own = rangeOf(mine), read = rangeOf(here);
      if (failed(own) || failed(read) || own->second <= 0 || read->second <= 0 ||
          own->first != read->first || axes[own->second].size != axes[read->second].size)
        return fail("a total that is read at another place than its own"), failure();
      llvm::replace(tile.axes, static_cast<unsigned>(own->second),
                    static_cast<unsigned>(read->second));
    }
    if (!llvm::is_sorted(tile.axes))
      return fail("a total that is read transposed"), failure();
    return tile;
  }
  if (eq && (computed.contains(eq) || isInlined(tensor)))
    return evaluateEquation(eq, subscripts);

  auto home = homes.find(tensor);
  if (home == homes.end())
    return fail("a tensor that has no memory"), failure();
  auto type = cast<mixer::MixerTensorType>(tensor.getType());
  if (!isa<FloatType>(type.getComputeType()))
    return fail("elements that are not floats"), failure();
  SmallVector<std::pair<AffineExpr, int64_t>> ranges;
  llvm::SmallSetVector<unsigned, 2> over;
  for (AffineExpr subscript : placeInHome(home->second, type, subscripts)) {
    auto range = rangeOf(subscript);
    if (failed(range))
      return failure();
    ranges.push_back(*range);
    if (range->second >= 0)
      over.insert(range->second);
  }
  SmallVector<unsigned> sorted = over.takeVector();
  llvm::sort(sorted);
  if (sorted.size() > 2)
    return fail("a tile of three axes"), failure();
  if (guards)
    return fail("a read that stands under a condition"), failure();
  SmallVector<Value> indices, valid;
  SmallVector<int64_t> along;
  for (auto [first, axis] : ranges) {
    indices.push_back(materialise(first, loc));
    along.push_back(axis < 0 ? -1 : llvm::find(sorted, unsigned(axis)) - sorted.begin());
  }
  Value view = viewArgument(home->second.view);
  if (sorted.empty())
    return Tile{tile::LoadOp::create(builder, loc, type.getComputeType(), view, indices), {}};
  for (unsigned axis : sorted)
    valid.push_back(axes[axis].valid);
  return Tile{tile::ReadOp::create(builder, loc, typeOf(sorted, type.getComputeType()), view,
                                   indices, builder.getDenseI64ArrayAttr(along), valid),
              sorted};
}

TileEmitter::MaybeTile TileEmitter::evaluateEquation(mixer::EqOp eq,
                                                     ArrayRef<AffineExpr> subscripts) {
  if (!eq.getType().getElement().isF32() && !eq.getType().getElement().isF64())
    return fail("elements of a tile that are rounded or not floats"), failure();
  std::vector<const void *> place;
  for (AffineExpr subscript : subscripts)
    place.push_back(subscript.getAsOpaquePointer());
  auto key = std::pair(eq.getOperation(), place);
  if (auto found = remembered.find(key); found != remembered.end())
    return found->second;
  Scope scope;
  for (auto [index, subscript] : llvm::zip_equal(eq.getBody().getArguments(), subscripts))
    scope.env.indices[index] = subscript;
  MaybeTile tile = evaluate(eq.getYield().getValues().front(), scope);
  if (succeeded(tile))
    remembered[key] = *tile;
  return tile;
}

FailureOr<SmallVector<TileEmitter::Tile>> TileEmitter::factorsOf(Value value, Scope &scope) {
  if (auto product = value.getDefiningOp<arith::MulFOp>()) {
    auto left = factorsOf(product.getLhs(), scope), right = factorsOf(product.getRhs(), scope);
    if (failed(left) || failed(right))
      return failure();
    left->append(*right);
    return left;
  }
  MaybeTile tile = evaluate(value, scope);
  if (failed(tile))
    return failure();
  return SmallVector<Tile>{*tile};
}

TileEmitter::MaybeTile TileEmitter::product(ArrayRef<Tile> factors, Location loc) {
  if (factors.empty())
    return Tile{ScalarCode(builder, loc).constant(builder.getF32Type(), 1), {}};
  Tile result = factors.front();
  for (const Tile &factor : factors.drop_front()) {
    llvm::SmallSetVector<unsigned, 2> over(result.axes.begin(), result.axes.end());
    over.insert(factor.axes.begin(), factor.axes.end());
    SmallVector<unsigned> sorted = over.takeVector();
    llvm::sort(sorted);
    if (sorted.size() > 2)
      return fail("a tile of three axes"), failure();
    result = {ScalarCode(builder, loc).mul(broadcast(result, sorted), broadcast(factor, sorted)),
              sorted};
  }
  return result;
}

/// The sum over `axis` of a product: a dot where it runs along two tiles, else a sum of one.
TileEmitter::MaybeTile TileEmitter::sumOfProducts(ArrayRef<Tile> factors, unsigned axis,
                                                  Location loc) {
  const unsigned none = axes.size(); // no other axis
  SmallVector<Tile> outside;
  llvm::MapVector<unsigned, SmallVector<Tile>> sides; // by the other axis
  for (const Tile &factor : factors) {
    if (!llvm::is_contained(factor.axes, axis)) {
      outside.push_back(factor);
      continue;
    }
    unsigned other = none;
    for (unsigned own : factor.axes)
      other = own == axis ? other : own;
    sides[other].push_back(factor);
  }
  if (sides.contains(none) && sides.size() > 1) {
    SmallVector<Tile> alone = sides[none];
    sides.erase(none);
    sides.begin()->second.append(alone);
  }
  if (sides.empty() || sides.size() > 2)
    return fail("a sum of products over three axes"), failure();
  SmallVector<std::pair<unsigned, Tile>> tiles;
  for (auto &[other, list] : sides) {
    MaybeTile tile = product(list, loc);
    if (failed(tile))
      return failure();
    tiles.push_back({other, *tile});
  }
  llvm::sort(tiles, llvm::less_first());
  Type element = getElementTypeOrSelf(tiles[0].second.value.getType());
  MaybeTile sum = failure();
  auto placeOf = [&](const Tile &tile) -> int64_t {
    return llvm::find(tile.axes, axis) - tile.axes.begin();
  };
  if (tiles.size() == 1) {
    SmallVector<unsigned> left;
    for (unsigned own : tiles[0].second.axes)
      if (own != axis)
        left.push_back(own);
    if (left.empty())
      return fail("a sum without rows"), failure();
    sum = Tile{tile::ReduceOp::create(builder, loc, typeOf(left, element), tile::ReduceKind::Sum,
                                      tiles[0].second.value, placeOf(tiles[0].second),
                                      axes[axis].valid),
               left};
  } else {
    SmallVector<unsigned> over = {tiles[0].first, tiles[1].first};
    Tile zero = splat(element, 0, over, loc);
    sum = Tile{tile::DotOp::create(builder, loc, zero.value.getType(), tiles[0].second.value,
                                   tiles[1].second.value, zero.value,
                                   builder.getDenseI64ArrayAttr({placeOf(tiles[0].second),
                                                                 placeOf(tiles[1].second)}),
                                   axes[axis].valid),
               over};
  }
  outside.push_back(*sum);
  return product(outside, loc);
}

TileEmitter::MaybeTile TileEmitter::evaluateReduce(mixer::ReduceOp reduce, Scope &scope) {
  Location loc = reduce.getLoc();
  mixer::Binding binding = *mixer::getBinding(reduce);
  if (binding.size() != 1 || !isa<FloatType>(reduce.getType()))
    return fail("a reduction over several indices inside a tile"), failure();
  auto size = dyn_cast<AffineConstantExpr>(binding.upper.getResult(0) - binding.lower.getResult(0));
  if (!size || !binding.lowerOperands.empty() || !binding.upperOperands.empty())
    return fail("a sum inside a tile over an axis whose size is not known at compile time"),
           failure();
  if (size.getValue() < 1 || size.getValue() > 1024)
    return fail("an axis of " + Twine(size.getValue()) + " does not fit a tile"), failure();
  unsigned axis = addAxis(size.getValue(), ScalarCode(builder, loc).index(size.getValue()));
  scope.env.indices[binding.indices()[0]] = binding.lower.getResult(0) + axes[axis].place;
  if (reduce.getKind() == mixer::ReduceKind::sum) {
    auto factors = factorsOf(binding.yielded(), scope);
    if (failed(factors))
      return failure();
    return sumOfProducts(*factors, axis, loc);
  }
  MaybeTile tile = evaluate(binding.yielded(), scope);
  if (failed(tile))
    return failure();
  SmallVector<unsigned> left;
  for (unsigned own : tile->axes)
    if (own != axis)
      left.push_back(own);
  using Kind = mixer::ReduceKind;
  bool known = llvm::is_contained({Kind::max, Kind::min, Kind::prod}, reduce.getKind());
  if (!known || left.empty() || left.size() == tile->axes.size())
    return fail("a reduction inside a tile that has no form yet"), failure();
  int64_t place = llvm::find(tile->axes, axis) - tile->axes.begin();
  return Tile{tile::ReduceOp::create(builder, loc, typeOf(left, reduce.getType()),
                                     kindOf(reduce), tile->value, place,
                                     axes[axis].valid),
              left};
}
