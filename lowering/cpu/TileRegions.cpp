//===- TileRegions.cpp - tiles that loops carry and conditionals give -----===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileLifetimes.h"
#include "lowering/cpu/TileLowering.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// Brings the tiles that the body of `loop` yields to the buffers in which it carries them.
void TileLowering::yieldTiles(OpBuilder &b, scf::ForOp loop) {
  Location loc = loop.getLoc();
  auto isCarried = [&](const TileBuffer &buffer) {
    return llvm::any_of(loop.getRegionIterArgs(), [&](Value argument) {
      return isMatrix(argument) && buffers.at(argument).base == buffer.base;
    });
  };
  // What lies in another buffer that is carried, or is to be computed, may be computed from what
  // the copies overwrite: it goes to a buffer of its own first.
  struct Copy {
    TileBuffer source, target;
    Value columns;
  };
  SmallVector<Copy> copies;
  for (auto [value, argument] :
       llvm::zip_equal(loop.getYieldedValues(), loop.getRegionIterArgs())) {
    if (!isMatrix(value))
      continue;
    TileBuffer target = buffers.at(argument);
    auto found = buffers.find(value);
    if (found != buffers.end() && found->second.base == target.base)
      continue;
    TileBuffer source;
    if (found != buffers.end() && !isCarried(found->second)) {
      source = found->second;
    } else {
      source = allocateMatrix(loc, tileType(value));
      fill(b, loc, value, source);
    }
    copies.push_back({source, target, columnCount(b, loc, value)});
  }
  for (const Copy &copy : copies)
    forEach(b, loc, copy.columns, 1, [&](OpBuilder &inner, Value column) {
      copy.target.storeColumn(inner, loc, copy.source.loadColumn(inner, loc, column), column);
    });
}

LogicalResult TileLowering::emitFor(OpBuilder &b, scf::ForOp loop) {
  Location loc = loop.getLoc();
  SmallVector<Value> inits;
  for (auto [init, argument, result] :
       llvm::zip_equal(loop.getInitArgs(), loop.getRegionIterArgs(), loop.getResults())) {
    if (!isMatrix(init)) {
      inits.push_back(scalarOf(b, init));
      continue;
    }
    bool isThere = buffers.contains(init);
    TileBuffer buffer = allocateFor(loop, tileType(init), init);
    if (!isThere || buffers.at(init).base != buffer.base)
      fill(b, loc, init, buffer);
    buffers[argument] = buffers[result] = buffer;
  }
  LogicalResult isEmitted = success();
  auto body = [&](OpBuilder &inner, Location, Value index, ValueRange arguments) {
    mapping.map(loop.getInductionVar(), index);
    size_t next = 0;
    for (Value argument : loop.getRegionIterArgs())
      if (!isMatrix(argument))
        mapping.map(argument, arguments[next++]);
    isEmitted = emitBlock(inner, *loop.getBody(), nullptr);
    if (failed(isEmitted))
      return;
    yieldTiles(inner, loop);
    SmallVector<Value> yielded;
    for (Value value : loop.getYieldedValues())
      if (!isMatrix(value))
        yielded.push_back(scalarOf(inner, value));
    scf::YieldOp::create(inner, loc, yielded);
  };
  auto copy =
      emitLoop(b, loc, mapping.lookup(loop.getLowerBound()), mapping.lookup(loop.getUpperBound()),
               mapping.lookup(loop.getStep()), inits, body);
  size_t next = 0;
  for (Value result : loop.getResults())
    if (!isMatrix(result))
      mapping.map(result, copy.getResult(next++));
  return isEmitted;
}

//===----------------------------------------------------------------------===//
// Conditionals
//===----------------------------------------------------------------------===//

bool TileLowering::isFree(const TileBuffer &place, Operation *op) {
  return llvm::none_of(buffers, [&](const auto &entry) {
    return entry.second.base == place.base && isReadBehind(entry.first, op);
  });
}

LogicalResult TileLowering::emitIf(OpBuilder &b, scf::IfOp op) {
  Location loc = op.getLoc();
  SmallVector<Type> types;
  for (auto [k, result] : llvm::enumerate(op.getResults())) {
    if (!isMatrix(result)) {
      RankedTensorType tile = tileType(result);
      types.push_back(tile ? VectorType::get(tile.getShape(), tile.getElementType())
                           : result.getType());
      continue;
    }
    // In place of what either branch makes it from, unless another result is made from that too.
    SmallVector<Value> roots, others;
    for (scf::YieldOp yield : {op.thenYield(), op.elseYield()})
      for (auto [j, value] : llvm::enumerate(yield.getOperands()))
        (j == k ? roots : others).push_back(value);
    buffers[result] = allocateFor(op, tileType(result), roots, others);
  }
  auto copy = scf::IfOp::create(b, loc, types, mapping.lookup(op.getCondition()),
                                /*addThenBlock=*/true,
                                /*addElseBlock=*/!op.getElseRegion().empty());
  for (auto [region, target] : llvm::zip_equal(op->getRegions(), copy->getRegions())) {
    if (region.empty())
      continue;
    target.front().clear();
    OpBuilder inner = OpBuilder::atBlockEnd(&target.front());
    ValueRange given = region.front().getTerminator()->getOperands();
    for (auto [value, result] : llvm::zip_equal(given, op.getResults())) {
      Operation *definition = value.getDefiningOp();
      if (isMatrix(value) && definition && definition->getBlock() == &region.front() &&
          isFree(buffers.at(result), definition))
        destinations[value] = buffers.at(result);
    }
    if (failed(emitBlock(inner, region.front(), nullptr)))
      return failure();
    SmallVector<Value> yielded;
    for (auto [value, result] : llvm::zip_equal(given, op.getResults())) {
      if (!isMatrix(value)) {
        yielded.push_back(scalarOf(inner, value));
        continue;
      }
      auto found = buffers.find(value);
      TileBuffer place = buffers.at(result);
      if (found == buffers.end() || found->second.base != place.base)
        fill(inner, loc, value, place);
    }
    scf::YieldOp::create(inner, loc, yielded);
  }
  size_t next = 0;
  for (auto [k, result] : llvm::enumerate(op.getResults())) {
    if (!isMatrix(result)) {
      mapping.map(result, copy.getResult(next++));
      continue;
    }
    Value bound = bounds.lookup(op.thenYield().getOperand(k));
    if (bound && bound == bounds.lookup(op.elseYield().getOperand(k)))
      bounds[result] = bound;
  }
  return success();
}
