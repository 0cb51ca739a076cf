//===- TileReduce.cpp - how elements are combined -------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileReduce.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;

/// The larger or the smaller of two numbers; of a NaN and another one, either.
static Value extremum(OpBuilder &b, Location loc, tile::ReduceKind kind, Value x, Value y) {
  auto predicate =
      kind == tile::ReduceKind::Max ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
  return arith::SelectOp::create(b, loc, arith::CmpFOp::create(b, loc, predicate, x, y), x, y);
}

/// Two elements, other than extrema of floats, combined.
static Value combineTwo(OpBuilder &b, Location loc, tile::ReduceKind kind, Value x, Value y) {
  Type element = getElementTypeOrSelf(x.getType());
  bool isFloat = isa<FloatType>(element), isBool = element.isInteger(1);
  switch (kind) {
  case tile::ReduceKind::Sum:
    if (isFloat)
      return arith::AddFOp::create(b, loc, x, y);
    return arith::AddIOp::create(b, loc, x, y);
  case tile::ReduceKind::Prod:
    if (isFloat)
      return arith::MulFOp::create(b, loc, x, y);
    return arith::MulIOp::create(b, loc, x, y);
  case tile::ReduceKind::Max:
    if (isBool)
      return arith::OrIOp::create(b, loc, x, y);
    return arith::MaxSIOp::create(b, loc, x, y);
  case tile::ReduceKind::Min:
    if (isBool)
      return arith::AndIOp::create(b, loc, x, y);
    return arith::MinSIOp::create(b, loc, x, y);
  }
  llvm_unreachable("all kinds are named above");
}

/// `values` joined by `join` as a tree of small depth.
static Value joinAll(ArrayRef<Value> values, function_ref<Value(Value, Value)> join) {
  if (values.size() == 1)
    return values.front();
  size_t half = values.size() / 2;
  return join(joinAll(values.take_front(half), join), joinAll(values.drop_front(half), join));
}

Value cpu::combine(OpBuilder &b, Location loc, tile::ReduceKind kind, ArrayRef<Value> values) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(values.front().getType()));
  bool isExtremum = kind == tile::ReduceKind::Max || kind == tile::ReduceKind::Min;
  if (!element || !isExtremum)
    return joinAll(values, [&](Value x, Value y) { return combineTwo(b, loc, kind, x, y); });
  Value result = joinAll(values, [&](Value x, Value y) { return extremum(b, loc, kind, x, y); });
  SmallVector<Value> areNaN;
  for (size_t k = 0; k < values.size(); k += 2)
    areNaN.push_back(arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, values[k],
                                           values[std::min(k + 1, values.size() - 1)]));
  Value isNaN = joinAll(
      areNaN, [&](Value x, Value y) -> Value { return arith::OrIOp::create(b, loc, x, y); });
  TypedAttr nan = b.getFloatAttr(element, APFloat::getQNaN(element.getFloatSemantics()));
  if (auto vector = dyn_cast<VectorType>(result.getType()))
    nan = DenseElementsAttr::get(vector, nan);
  return arith::SelectOp::create(b, loc, isNaN, arith::ConstantOp::create(b, loc, nan), result);
}

TypedAttr cpu::identityOf(OpBuilder &b, tile::ReduceKind kind, Type element) {
  bool isMax = kind == tile::ReduceKind::Max, isMin = kind == tile::ReduceKind::Min;
  if (auto type = dyn_cast<FloatType>(element)) {
    if (isMax || isMin)
      return b.getFloatAttr(type, APFloat::getInf(type.getFloatSemantics(), isMax));
    return b.getFloatAttr(type, kind == tile::ReduceKind::Prod ? 1.0 : 0.0);
  }
  unsigned width = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  if (width == 1)
    return b.getBoolAttr(isMin || kind == tile::ReduceKind::Prod);
  if (isMax || isMin)
    return b.getIntegerAttr(element, isMax ? APInt::getSignedMinValue(width)
                                           : APInt::getSignedMaxValue(width));
  return b.getIntegerAttr(element, kind == tile::ReduceKind::Prod ? 1 : 0);
}

/// Gives `conditional` the reductions `reductions` of its results as further results.
static void sinkInto(scf::IfOp conditional, ArrayRef<tile::ReduceOp> reductions) {
  OpBuilder b(conditional);
  SmallVector<Type> types(conditional.getResultTypes());
  for (tile::ReduceOp reduce : reductions)
    types.push_back(reduce.getType());
  auto wider = scf::IfOp::create(b, conditional.getLoc(), types, conditional.getCondition(),
                                 /*addThenBlock=*/false, /*addElseBlock=*/false);
  for (auto [from, to] : llvm::zip_equal(conditional->getRegions(), wider->getRegions())) {
    to.takeBody(from);
    auto yield = cast<scf::YieldOp>(to.front().getTerminator());
    OpBuilder inner(yield);
    for (tile::ReduceOp reduce : reductions) {
      IRMapping branch;
      branch.map(reduce.getValue(),
                 yield.getOperand(cast<OpResult>(reduce.getValue()).getResultNumber()));
      yield->insertOperands(yield.getNumOperands(), inner.clone(*reduce, branch)->getResult(0));
    }
  }
  unsigned old = conditional.getNumResults();
  for (auto [k, reduce] : llvm::enumerate(reductions)) {
    tile::ReduceOp done = reduce;
    done.replaceAllUsesWith(wider.getResult(old + k));
    done.erase();
  }
  conditional.replaceAllUsesWith(wider.getResults().take_front(old));
  conditional.erase();
}

void cpu::sinkReductions(tile::KernelOp kernel) {
  DominanceInfo dominance(kernel);
  llvm::MapVector<Operation *, SmallVector<tile::ReduceOp>> found;
  kernel.walk([&](tile::ReduceOp reduce) {
    auto conditional = reduce.getValue().getDefiningOp<scf::IfOp>();
    if (conditional && dominance.dominates(reduce.getValid(), conditional))
      found[conditional].push_back(reduce);
  });
  for (auto &[conditional, reductions] : found)
    sinkInto(cast<scf::IfOp>(conditional), reductions);
}
