//===- TileValues.cpp - bodies of equations over tiles -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/TileEmitter.h"

#include "compiler/schedule/ScalarCode.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

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

TileEmitter::MaybeTile TileEmitter::evaluate(Value value, Scope &scope) {
  if (auto found = scope.tiles.find(value); found != scope.tiles.end())
    return found->second;
  MaybeTile tile = failure();
  Operation *op = value.getDefiningOp();
  bool isIndex = value.getType().isIndex();
  if (isIndex && (!op || isa<mixer::ApplyOp, arith::ConstantOp>(op))) {
    FailureOr<AffineExpr> expr = indexAt(value, scope);
    if (failed(expr))
      return fail("an index that is not known here");
    tile = evaluateIndex(*expr, value.getLoc());
  } else if (op) {
    tile = evaluateOp(op, scope);
  }
  if (failed(tile))
    return fail("a value that has no form over tiles");
  scope.tiles[value] = *tile;
  return tile;
}

FailureOr<SmallVector<unsigned>> TileEmitter::commonAxes(ArrayRef<Tile> tiles) {
  llvm::SmallSetVector<unsigned, 2> over;
  for (const Tile &tile : tiles)
    over.insert(tile.axes.begin(), tile.axes.end());
  SmallVector<unsigned> sorted = over.takeVector();
  llvm::sort(sorted);
  if (sorted.size() > 2)
    return fail("a tile of three axes");
  return sorted;
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
    return fail("an operation of several results");

  // Both sides of a conditional are evaluated, at all places: reads in them must be in bounds
  // there.
  auto choice = dyn_cast<scf::IfOp>(op);
  llvm::SaveAndRestore guarded(guard, choice && !guard ? op : guard);
  SmallVector<Value> operands(op->getOperands());
  if (choice) {
    operands.push_back(choice.thenYield()->getOperand(0));
    operands.push_back(choice.elseYield()->getOperand(0));
  }
  SmallVector<Tile> tiles;
  for (Value operand : operands) {
    MaybeTile tile = evaluate(operand, scope);
    if (failed(tile))
      return failure();
    tiles.push_back(*tile);
  }
  FailureOr<SmallVector<unsigned>> common = commonAxes(tiles);
  if (failed(common))
    return failure();
  ArrayRef<unsigned> sorted = *common;
  SmallVector<Value> values;
  for (const Tile &tile : tiles)
    values.push_back(broadcast(tile, sorted));
  if (choice)
    return Tile{arith::SelectOp::create(builder, loc, values[0], values[1], values[2]), *common};
  ScalarCode code(builder, loc);
  if (isa<mixer::ExpDiffOp>(op)) {
    if (sorted.empty())
      return Tile{code.expDiff(values[0], values[1]), {}};
    return Tile{tile::ExpDiffOp::create(builder, loc, values[0], values[1]), *common};
  }
  if (auto cast = dyn_cast<mixer::CastOp>(op)) {
    Type to = cast.getElement();
    if (sorted.empty())
      return Tile{tile::RoundOp::create(builder, loc, cast.getResult().getType(), values[0], to),
                  {}};
    Type from = getElementTypeOrSelf(values[0].getType());
    if (from == to)
      return Tile{values[0], *common};
    if (from.isIndex() && (to.isF32() || to.isF64())) {
      Value wide =
          arith::IndexCastOp::create(builder, loc, typeOf(sorted, builder.getI64Type()), values[0]);
      return Tile{arith::SIToFPOp::create(builder, loc, typeOf(sorted, to), wide), *common};
    }
    return fail("a conversion that tiles do not have yet");
  }
  if (auto fn = dyn_cast<mixer::FnOp>(op)) {
    using Kind = mixer::FnKind;
    if (!isa<FloatType>(getElementTypeOrSelf(values[0].getType())) ||
        fn.getKind() == Kind::erfinv || fn.getKind() == Kind::cis || values.size() != 1)
      return fail("a function that tiles do not have yet");
    return Tile{code.function(fn.getKind(), values[0]), *common};
  }
  if (!isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) || op->getNumRegions() != 0)
    return fail(Twine("`") + op->getName().getStringRef() + "` has no form over tiles");
  OperationState state(loc, op->getName(), values, {}, op->getAttrs());
  state.addTypes(typeOf(sorted, op->getResult(0).getType()));
  state.propertiesAttr = op->getPropertiesAsAttribute();
  return Tile{builder.create(state)->getResult(0), *common};
}

TileEmitter::MaybeTile TileEmitter::evaluateEquation(mixer::EqOp eq,
                                                     ArrayRef<AffineExpr> subscripts) {
  if (!eq.getType().getElement().isF32() && !eq.getType().getElement().isF64())
    return fail("elements of a tile that are rounded or not floats");
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
