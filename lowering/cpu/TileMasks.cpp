//===- TileMasks.cpp - comparisons of indices, lane by lane ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileMasks.h"

#include "lowering/cpu/TileBuffers.h"

using namespace mlir;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

/// `number` less `from`, cut to -1 ... `count`, as an i32 in each lane.
static Value place(OpBuilder &b, Location loc, Value number, Value from, int64_t count) {
  Value distance = arith::SubIOp::create(b, loc, number, from);
  Value low = arith::ConstantIndexOp::create(b, loc, -1);
  Value high = arith::ConstantIndexOp::create(b, loc, count);
  distance = arith::MinSIOp::create(b, loc, arith::MaxSIOp::create(b, loc, distance, low), high);
  return splat(b, loc, arith::IndexCastOp::create(b, loc, b.getI32Type(), distance), count);
}

Value cpu::compareLanes(OpBuilder &b, Location loc, arith::CmpIPredicate predicate, LaneIndex x,
                        LaneIndex y, int64_t count) {
  if (x.counts == y.counts)
    return splat(b, loc, arith::CmpIOp::create(b, loc, predicate, x.base, y.base), count);
  Value lanes = laneNumbers(b, loc, count, b.getI32Type());
  if (x.counts)
    return arith::CmpIOp::create(b, loc, predicate, lanes, place(b, loc, y.base, x.base, count));
  return arith::CmpIOp::create(b, loc, predicate, place(b, loc, x.base, y.base, count), lanes);
}
