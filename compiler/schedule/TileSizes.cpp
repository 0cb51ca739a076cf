//===- TileSizes.cpp - how large a tile is --------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rows are vector lanes of the last axis of the grid: what is written is contiguous there. 64
// of them need half as many numbers of the other operand a product as 32, which counts where those
// lie far apart in memory; 32 waste less where each row has a range of its own, and fit where a
// point holds much. With columns a point multiplies two tiles that it reads once each: 64 x 192 by
// 256 keys is what fits beside a second-level cache.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/TileEmitter.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

/// Whether some sum's range differs from row to row.
static bool hasRowRanges(const Group &group) {
  for (Operation *op : computingOps(group.members)) {
    bool differs = false;
    op->walk([&](mixer::ReduceOp reduce) {
      differs |= !reduce.getLowerOperands().empty() || !reduce.getUpperOperands().empty();
    });
    if (differs)
      return true;
  }
  return false;
}

SmallVector<TileSizes> schedule::candidateTiles(const Group &group) {
  SmallVector<TileSizes> sizes;
  if (group.grid.empty())
    return sizes;
  int64_t rows = 64;
  // Whole vectors of an axis that is shorter.
  const GridAxis &last = group.grid.back();
  if (auto size = dyn_cast<AffineConstantExpr>(last.upper - last.lower))
    rows = std::clamp<int64_t>(llvm::alignTo(std::max<int64_t>(size.getValue(), 1), 16), 16, 64);
  if (group.grid.size() > 1)
    sizes.push_back({rows, 192, 256});
  if (rows > 32 && !hasRowRanges(group))
    sizes.push_back({rows, 0, 96});
  sizes.push_back({32, 0, 96});
  return sizes;
}
