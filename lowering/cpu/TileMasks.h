//===- TileMasks.h - comparisons of indices, lane by lane -------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An index of a column of a tile is, most often, the same in all lanes, or counts with them:
// `base` or `base + lane`. Two such indices compare as a lane's number compares with one number,
//
//   x + lane < y    where    lane < y - x
//
// and that number may be cut off where no lane is: 32 bits are enough, at twice the lanes
// of an index.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILEMASKS_H
#define MIXC_LOWERING_CPU_TILEMASKS_H

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mixc::lowering::cpu {

/// `base`, an index, in each lane; plus the lane's number where it `counts`.
struct LaneIndex {
  mlir::Value base;
  bool counts;
};

/// The comparison of `x` and `y` in `count` lanes: a vector of i1.
mlir::Value compareLanes(mlir::OpBuilder &b, mlir::Location loc,
                         mlir::arith::CmpIPredicate predicate, LaneIndex x, LaneIndex y,
                         int64_t count);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILEMASKS_H
