//===- TileFolds.cpp - loops over blocks of keys -------------------------===//
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
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

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

/// Whether `expr` grows with `dim` (1), falls (-1), or does not change (0); none where it may do
/// either.
static std::optional<int> direction(AffineExpr expr, AffineExpr dim) {
  if (expr == dim)
    return 1;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return 0;
  std::optional<int> left = direction(binary.getLHS(), dim),
                     right = direction(binary.getRHS(), dim);
  if (left == 0 && right == 0)
    return 0;
  if (!left || !right)
    return std::nullopt;
  if (expr.getKind() == AffineExprKind::Add)
    return *left * *right < 0 ? std::nullopt : std::optional(*left != 0 ? *left : *right);
  auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (!constant || expr.getKind() == AffineExprKind::Mod)
    return std::nullopt;
  return constant.getValue() < 0 ? -*left : *left;
}

FailureOr<Value> TileEmitter::extreme(AffineExpr bound, bool greatest, Location loc) {
  // The extreme is at one end of the rows.
  AffineExpr place = axes[rowAxis].place;
  for (const Axis &axis : axes)
    if (axis.place != place && bound.isFunctionOfDim(cast<AffineDimExpr>(axis.place).getPosition()))
      return fail("a range that differs from column to column");
  std::optional<int> way = direction(bound, place);
  if (!way)
    return fail("a bound that neither grows nor falls with the rows");
  if (*way == 0)
    return materialise(bound, loc);
  ScalarCode code(builder, loc);
  bool atEnd = (*way > 0) == greatest;
  AffineExpr row = constantExpr(0);
  if (atEnd)
    row = leaf(arith::SubIOp::create(builder, loc, axes[rowAxis].valid, code.index(1)));
  return materialise(bound.replace(place, row), loc);
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
    return fail("a bound of a reduction that is no affine expression");
  return extreme(*expr, greatest, bound.getLoc());
}

/// Moves what does not depend on the keys in front of the loop over them: tiles of rows are read
/// once. Reads of what the kernel writes stay.
void TileEmitter::hoistInvariants(scf::ForOp loop) {
  auto isInvariant = [&](Operation *op, Region *) {
    if (auto read = dyn_cast<tile::ReadOp>(op))
      return !written.contains(read.getView());
    if (auto load = dyn_cast<tile::LoadOp>(op))
      return !written.contains(load.getView());
    return isMemoryEffectFree(op) && isSpeculatable(op);
  };
  moveLoopInvariantCode(
      &loop.getRegion(), [&](Value value, Region *) { return loop.isDefinedOutsideOfLoop(value); },
      isInvariant, [&](Operation *op, Region *) { loop.moveOutOfLoop(op); });
}

/// Says what the loop of a fold carries, and which blocks it visits.
void TileEmitter::noteFold(const Fold &fold, bool isRagged) {
  const Component &leader = fold.components.front();
  mixer::Binding range = *mixer::getBinding(leader.reduce);
  if (range.size() == 1 && wholeBlock(leader.reduce))
    return; // no loop
  std::string state =
      llvm::join(llvm::map_range(fold.components,
                                 [](const Component &c) { return mixer::definedNames(c.eq); }),
                 ", ");
  StringRef index = cast<StringAttr>(range.names[range.size() - 1]).getValue();
  noted.push_back(
      {leader.eq, true,
       llvm::formatv("a loop over blocks of {0}, which carries {1}{2}", index, state,
                     isRagged ? "; blocks that no row takes are left out, those that all "
                                "rows take whole have no mask"
                              : "")});
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
  auto boundOf = [&](unsigned k, bool upper, bool greatest) -> FailureOr<Value> {
    AffineExpr result = (upper ? range.upper : range.lower).getResult(k);
    ValueRange operands = upper ? range.upperOperands : range.lowerOperands;
    if (auto dim = dyn_cast<AffineDimExpr>(result))
      return extreme(operands[dim.getPosition()], greatest, bounds);
    SmallVector<AffineExpr> dims;
    for (Value operand : operands) {
      FailureOr<AffineExpr> expr = indexAt(operand, bounds);
      if (failed(expr))
        return fail("a bound of a reduction that is no affine expression");
      dims.push_back(*expr);
    }
    return extreme(result.replaceDims(dims), greatest, loc);
  };

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

  // Loops over all indices but the last, and over blocks of the last, the keys; one block, without
  // a loop, where their number is known.
  SmallVector<scf::ForOp> loops;
  SmallVector<Value> carried = start;
  auto enter = [&](Value lower, Value upper, int64_t step) {
    loops.push_back(scf::ForOp::create(builder, loc, lower, upper, code.index(step), carried));
    builder.setInsertionPointToStart(loops.back().getBody());
    carried = llvm::to_vector_of<Value>(loops.back().getRegionIterArgs());
    return loops.back().getInductionVar();
  };
  SmallVector<AffineExpr> summed;
  unsigned last = range.size() - 1, keys;
  for (unsigned k = 0; k < last; ++k) {
    FailureOr<Value> lower = boundOf(k, false, false), upper = boundOf(k, true, true);
    if (failed(lower) || failed(upper))
      return failure();
    if (*lower != *boundOf(k, false, true) || *upper != *boundOf(k, true, false))
      return fail("a range of several indices that differs from row to row");
    summed.push_back(leaf(enter(*lower, *upper, 1)));
  }
  // A block is partial where some row does not take some key of it.
  Value partial;
  if (std::optional<int64_t> count = wholeBlock(leader.reduce)) {
    keys = addAxis(*count, code.index(*count));
    summed.push_back(range.lower.getResult(last) + axes[keys].place);
  } else {
    FailureOr<Value> low = boundOf(last, false, false), lowAll = boundOf(last, false, true),
                     highAll = boundOf(last, true, false), high = boundOf(last, true, true);
    if (failed(low) || failed(lowAll) || failed(highAll) || failed(high))
      return failure();
    Value first = enter(*low, *high, sizes.keys);
    ScalarCode here(builder, loc);
    keys = addAxis(sizes.keys, here.min(arith::SubIOp::create(builder, loc, *high, first),
                                        here.index(sizes.keys)));
    summed.push_back(leaf(first) + axes[keys].place);
    if (*low != *lowAll || *high != *highAll) {
      Value end = arith::AddIOp::create(builder, loc, first, axes[keys].valid);
      partial = arith::OrIOp::create(builder, loc,
                                     here.compare(arith::CmpIPredicate::slt, first, *lowAll),
                                     here.compare(arith::CmpIPredicate::sgt, end, *highAll));
    }
  }
  AffineExpr key = summed.back();
  noteFold(fold, partial != nullptr);
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
      if (auto dim = dyn_cast<AffineDimExpr>(map.getResult(last))) {
        bound = evaluate(operands[dim.getPosition()], scope);
      } else {
        SmallVector<AffineExpr> dims;
        for (Value operand : operands) {
          FailureOr<AffineExpr> expr = indexAt(operand, scope);
          if (failed(expr))
            return failure();
          dims.push_back(*expr);
        }
        bound = evaluateIndex(map.getResult(last).replaceDims(dims), loc);
      }
      if (failed(place) || failed(bound))
        return failure();
      SmallVector<unsigned> pair = {rowAxis, keys};
      Value inside = arith::CmpIOp::create(
          builder, loc, upper ? arith::CmpIPredicate::slt : arith::CmpIPredicate::sge,
          broadcast(*place, pair), broadcast(*bound, pair));
      both =
          Tile{both ? arith::AndIOp::create(builder, loc, both->value, inside).getResult() : inside,
               pair};
    }
    return *both;
  };

  remembered.clear();
  SmallVector<Value> next;
  llvm::DenseMap<Operation *, std::pair<Tile, Tile>> moved;
  for (auto [k, component] : llvm::enumerate(fold.components)) {
    Tile total{carried[k], component.axes};
    if (component.repairedFor) {
      auto [before, after] = moved[component.repairedFor];
      Value factor = tile::ExpDiffOp::create(builder, loc, before.value, after.value);
      total.value = arith::MulFOp::create(builder, loc, total.value,
                                          broadcast({factor, before.axes}, component.axes));
    }
    Scope scope;
    // The same places as the total's.
    for (auto [index, expr] : llvm::zip_equal(component.eq.getBody().getArguments(),
                                              totalIndices[component.eq.getResult()]))
      scope.env.indices[index] = expr;
    for (auto [index, expr] :
         llvm::zip_equal(mixer::getBinding(component.reduce)->indices(), summed))
      scope.env.indices[index] = expr;
    MaybeTile after = contribute(component, scope, total, keys, partial, mask);
    if (failed(after))
      return failure();
    next.push_back(after->value);
    moved[component.eq] = {Tile{carried[k], component.axes}, *after};
    totals[component.eq.getResult()] = *after; // later contributions read the moved total
  }
  remembered.clear();
  for (scf::ForOp loop : llvm::reverse(loops)) {
    scf::YieldOp::create(builder, loc, next);
    next = llvm::to_vector_of<Value>(loop.getResults());
    builder.setInsertionPointAfter(loop);
    hoistInvariants(loop);
  }
  for (auto [k, component] : llvm::enumerate(fold.components)) {
    Scope scope;
    for (auto [index, expr] : llvm::zip_equal(component.eq.getBody().getArguments(),
                                              totalIndices[component.eq.getResult()]))
      scope.env.indices[index] = expr;
    if (failed(storeTile(component.eq, Tile{next[k], component.axes}, scope)))
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
      return fail("a total over two axes that is no sum of products");
    Value whole = broadcast(tile, pair);
    return Tile{tile::ReduceOp::create(builder, loc, typeOf(component.axes, element),
                                       kindOf(reduce), whole, 1, axes[keys].valid),
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
          return fail("a factor over rows and another axis of the total");
        (own ? right : left).push_back(factor);
      }
      MaybeTile a = product(left, element, loc), b = product(right, element, loc);
      if (failed(a) || failed(b))
        return failure();
      MaybeTile rows = masked({broadcast(*a, {rowAxis, keys}), {rowAxis, keys}}, 0);
      if (failed(rows))
        return failure();
      SmallVector<unsigned> other = {keys, component.axes[1]};
      llvm::sort(other);
      int64_t contracted = other[0] == keys ? 0 : 1;
      return Tile{tile::DotOp::create(
                      builder, loc, total.value.getType(), rows->value, broadcast(*b, other),
                      total.value, builder.getDenseI64ArrayAttr({1, contracted}), axes[keys].valid),
                  component.axes};
    }
    MaybeTile terms = product(*factors, element, loc);
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
