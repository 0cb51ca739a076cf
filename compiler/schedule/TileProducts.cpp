//===- TileProducts.cpp - sums inside of tiles ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/TileEmitter.h"

#include "compiler/schedule/ScalarCode.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

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

TileEmitter::MaybeTile TileEmitter::product(ArrayRef<Tile> factors, Type element, Location loc) {
  ScalarCode code(builder, loc);
  if (factors.empty())
    return Tile{code.constant(element, 1), {}};
  Tile result = factors.front();
  for (const Tile &factor : factors.drop_front()) {
    FailureOr<SmallVector<unsigned>> over = commonAxes({result, factor});
    if (failed(over))
      return failure();
    result = {code.mul(broadcast(result, *over), broadcast(factor, *over)), *over};
  }
  return result;
}

/// The sum over `axis` of a product: a dot where it runs along two tiles, else a sum of one.
TileEmitter::MaybeTile TileEmitter::sumOfProducts(ArrayRef<Tile> factors, unsigned axis,
                                                  Location loc) {
  const unsigned none = axes.size(); // no other axis
  Type element = getElementTypeOrSelf(factors.front().value.getType());
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
    return fail("a sum of products over three axes");
  SmallVector<std::pair<unsigned, Tile>> tiles;
  for (auto &[other, list] : sides) {
    MaybeTile tile = product(list, element, loc);
    if (failed(tile))
      return failure();
    tiles.push_back({other, *tile});
  }
  llvm::sort(tiles, llvm::less_first());
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
      return fail("a sum without rows");
    sum = Tile{tile::ReduceOp::create(builder, loc, typeOf(left, element), tile::ReduceKind::Sum,
                                      tiles[0].second.value, placeOf(tiles[0].second),
                                      axes[axis].valid),
               left};
  } else {
    SmallVector<unsigned> over = {tiles[0].first, tiles[1].first};
    Tile zero = splat(element, 0, over, loc);
    sum = Tile{tile::DotOp::create(builder, loc, zero.value.getType(), tiles[0].second.value,
                                   tiles[1].second.value, zero.value,
                                   builder.getDenseI64ArrayAttr(
                                       {placeOf(tiles[0].second), placeOf(tiles[1].second)}),
                                   axes[axis].valid),
               over};
  }
  outside.push_back(*sum);
  return product(outside, element, loc);
}

TileEmitter::MaybeTile TileEmitter::evaluateReduce(mixer::ReduceOp reduce, Scope &scope) {
  Location loc = reduce.getLoc();
  mixer::Binding binding = *mixer::getBinding(reduce);
  if (binding.size() != 1 || !isa<FloatType>(reduce.getType()))
    return fail("a reduction over several indices inside a tile");
  auto size = dyn_cast<AffineConstantExpr>(binding.upper.getResult(0) - binding.lower.getResult(0));
  if (!size || !binding.lowerOperands.empty() || !binding.upperOperands.empty())
    return fail("a sum inside a tile over an axis whose size is not known at compile time");
  if (size.getValue() < 1 || size.getValue() > 1024)
    return fail("an axis of " + Twine(size.getValue()) + " does not fit a tile");
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
    return fail("a reduction inside a tile that has no form yet");
  int64_t place = llvm::find(tile->axes, axis) - tile->axes.begin();
  return Tile{tile::ReduceOp::create(builder, loc, typeOf(left, reduce.getType()), kindOf(reduce),
                                     tile->value, place, axes[axis].valid),
              left};
}

tile::ReduceKind TileEmitter::kindOf(mixer::ReduceOp reduce) {
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
