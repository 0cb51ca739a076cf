//===- TileReads.cpp - subscripts as ranges of memory --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/TileEmitter.h"

#include "compiler/schedule/ScalarCode.h"
#include "dialects/plan/Plan.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

std::optional<TileEmitter::PlaceRange> TileEmitter::findRange(AffineExpr subscript) {
  PlaceRange range{subscript, -1};
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
      return std::nullopt;
    range = {base, number};
  }
  return range;
}

FailureOr<TileEmitter::PlaceRange> TileEmitter::rangeOf(AffineExpr subscript) {
  if (std::optional<PlaceRange> range = findRange(subscript))
    return *range;
  return fail("a subscript that is no range along one axis");
}

TileEmitter::MaybeTile TileEmitter::evaluateIndex(AffineExpr expr, Location loc) {
  if (std::optional<PlaceRange> range = findRange(expr)) {
    Value base = materialise(range->first, loc);
    if (range->second < 0)
      return Tile{base, {}};
    SmallVector<unsigned> over = {static_cast<unsigned>(range->second)};
    return Tile{tile::IotaOp::create(builder, loc, typeOf(over, builder.getIndexType()), base, 0),
                over};
  }
  auto operation = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!operation)
    return fail("an index that is no expression over places");
  MaybeTile left = evaluateIndex(operation.getLHS(), loc),
            right = evaluateIndex(operation.getRHS(), loc);
  if (failed(left) || failed(right))
    return failure();
  FailureOr<SmallVector<unsigned>> common = commonAxes({*left, *right});
  if (failed(common))
    return failure();
  SmallVector<unsigned> over = *common;
  Value x = broadcast(*left, over), y = broadcast(*right, over);
  if (expr.getKind() == AffineExprKind::Add)
    return Tile{arith::AddIOp::create(builder, loc, x, y), over};
  if (expr.getKind() == AffineExprKind::Mul)
    return Tile{arith::MulIOp::create(builder, loc, x, y), over};
  // Floor division by a positive constant: one less than the truncated quotient where the
  // remainder is negative.
  auto divisor = dyn_cast<AffineConstantExpr>(operation.getRHS());
  if (expr.getKind() == AffineExprKind::CeilDiv || !divisor || divisor.getValue() <= 0)
    return fail("a division of places by what is no positive constant");
  ScalarCode code(builder, loc);
  auto constant = [&](int64_t value) { return broadcast({code.index(value), {}}, over); };
  Value quotient = arith::DivSIOp::create(builder, loc, x, y);
  Value rest =
      arith::SubIOp::create(builder, loc, x, arith::MulIOp::create(builder, loc, quotient, y));
  Value below = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, rest, constant(0));
  bool isRest = expr.getKind() == AffineExprKind::Mod;
  Value exact = isRest ? rest : quotient;
  Value corrected = isRest ? arith::AddIOp::create(builder, loc, rest, y).getResult()
                           : arith::SubIOp::create(builder, loc, quotient, constant(1)).getResult();
  return Tile{arith::SelectOp::create(builder, loc, below, corrected, exact), over};
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
    if (isa<arith::MulIOp>(op) &&
        (operands[0].isSymbolicOrConstant() || operands[1].isSymbolicOrConstant()))
      return operands[0] * operands[1];
  }
  // A number that is the same at all places.
  MaybeTile tile = evaluateOp(op, scope);
  if (failed(tile) || !tile->axes.empty())
    return failure();
  return leaf(tile->value);
}

bool TileEmitter::isIndirect(const Home &home) {
  auto view = dyn_cast<BlockArgument>(home.view);
  auto func = view ? dyn_cast<plan::FuncOp>(view.getOwner()->getParentOp()) : plan::FuncOp();
  return func && func.getStorage(view);
}

TileEmitter::MaybeTile TileEmitter::evaluateAt(mixer::AtOp at, Scope &scope) {
  Location loc = at.getLoc();
  SmallVector<AffineExpr> dims, subscripts;
  for (Value index : at.getIndices()) {
    FailureOr<AffineExpr> expr = indexAt(index, scope);
    if (failed(expr))
      return fail("a subscript that comes from data differs from place to place");
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
        return fail("a total that is read at another place than its own");
      llvm::replace(tile.axes, static_cast<unsigned>(own->second),
                    static_cast<unsigned>(read->second));
    }
    if (!llvm::is_sorted(tile.axes))
      return fail("a total that is read transposed");
    return tile;
  }
  if (eq && (computed.contains(eq) || isInlined(tensor))) {
    if (guard && !isInBoundsOutside(at, guard))
      return fail("a read that only its condition keeps in bounds");
    return evaluateEquation(eq, subscripts);
  }

  auto home = homes.find(tensor);
  if (home == homes.end())
    return fail("a tensor that has no memory");
  if (isIndirect(home->second))
    return fail("a tensor that is packed or paged");
  auto type = cast<mixer::MixerTensorType>(tensor.getType());
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
    return fail("a tile of three axes");
  if (guard && !isInBoundsOutside(at, guard))
    return fail("a read that only its condition keeps in bounds");
  SmallVector<Value> indices, valid;
  SmallVector<int64_t> along;
  for (auto [first, axis] : ranges) {
    indices.push_back(materialise(first, loc));
    along.push_back(axis < 0 ? -1 : llvm::find(sorted, unsigned(axis)) - sorted.begin());
  }
  Value view = viewArgument(home->second.view);
  if (!sorted.empty() && !isa<FloatType>(type.getComputeType()))
    return fail("a tile of elements that are not floats");
  if (sorted.empty())
    return Tile{tile::LoadOp::create(builder, loc, type.getComputeType(), view, indices), {}};
  for (unsigned axis : sorted)
    valid.push_back(axes[axis].valid);
  return Tile{tile::ReadOp::create(builder, loc, typeOf(sorted, type.getComputeType()), view,
                                   indices, builder.getDenseI64ArrayAttr(along), valid),
              sorted};
}

/// `expr` over `dims` as it is known in front of `condition`; none where it is not.
static std::optional<mixer::Polynomial> valueInFrontOf(Operation *condition, mixer::Facts &facts,
                                                       AffineExpr expr, ValueRange dims) {
  for (Value dim : dims) {
    Operation *def = dim.getDefiningOp();
    if (!def || !condition->isProperAncestor(def))
      continue;
    auto apply = dyn_cast<mixer::ApplyOp>(def);
    if (!apply || !isa<AffineDimExpr>(expr) || dims.size() != 1)
      return std::nullopt;
    return valueInFrontOf(condition, facts, apply.getMap().getResult(0), apply.getOperands());
  }
  return facts.expression(expr, dims, facts.scopeOf(condition));
}

/// Whether the subscripts of `at`, which stands inside of `condition`, are in bounds in front of it
/// too.
bool TileEmitter::isInBoundsOutside(mixer::AtOp at, Operation *condition) {
  if (!facts)
    facts.emplace(at->getParentOfType<mixer::FuncOp>());
  const mixer::Scope &scope = facts->scopeOf(condition);
  auto type = cast<mixer::MixerTensorType>(at.getTensor().getType());
  for (auto [axis, subscript] : llvm::enumerate(at.getMap().getResults())) {
    std::optional<mixer::Polynomial> value;
    if (auto dim = dyn_cast<AffineDimExpr>(subscript))
      value = valueInFrontOf(condition, *facts, getAffineDimExpr(0, at.getContext()),
                             at.getIndices()[dim.getPosition()]);
    else
      value = valueInFrontOf(condition, *facts, subscript, at.getIndices());
    if (!value)
      return false;
    auto bound = [&](AffineExpr expr) { return facts->expression(expr, {}, scope); };
    if (!facts->proves(*value - bound(type.getLower()[axis]), scope) ||
        !facts->proves(bound(type.getUpper()[axis]) - *value - mixer::Polynomial(1), scope))
      return false;
  }
  return true;
}
