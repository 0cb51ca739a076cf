//===- Tiles.h - larger tiles as vectors and buffers ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile of rank 1 is a vector. A tile of rank 2, R x C, has its lanes along its rows: for each
// column one vector of R. It is held in one of two ways:
//
//   expression  elementwise ops, broadcasts and the like, evaluated for the column that a consumer
//               asks for
//   buffer      [C][R] on the stack: what dot multiplies lane by lane, results of dot, what loops
//               carry and conditionals give, and costly expressions that are read twice
//
// Buffers are written in place where nothing reads the old values any more, so that a loop that
// adds to a tile copies nothing. Passes over a buffer are saved where one column can go on
// at once: what a product starts from is computed as its sums are loaded, what is made of
// its result as they are stored, and reductions along the columns come with either.
//
// Softmax attention, 32 queries by blocks of 96 keys, takes a block in four steps: 12 columns of
// scores at a time in 24 registers of 16 floats, scaled and joined in the maximum as they are
// stored; a mask, where the block needs one; exp, in place, with its sum; and 13 columns at a time
// of the accumulator, loaded times the correction.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILES_H
#define MIXC_LOWERING_CPU_TILES_H

#include "lowering/cpu/VectorUnit.h"
#include "lowering/scalar/Access.h"

#include "mlir/IR/IRMapping.h"

namespace mixc::lowering::cpu {

/// Rewrites `kernel` into a form that `emitTiles` does in fewer passes.
void prepareTiles(tile::KernelOp kernel);

/// Emits at `builder` the ops of the body of `kernel`, tiles as vectors and buffers. `mapping` says
/// what its arguments are, `memories` where its views; buffers are allocated at `allocations`. Ops
/// on scalars are copied as they are, and listed in `copied` where they lie at the top level.
/// Fails, having said why, where a tile is used in a way that it can't be.
mlir::LogicalResult emitTiles(mlir::OpBuilder &builder, mlir::OpBuilder &allocations,
                              tile::KernelOp kernel, mlir::IRMapping &mapping,
                              const llvm::DenseMap<mlir::Value, Memory> &memories,
                              const VectorUnit &unit,
                              llvm::SmallVectorImpl<mlir::Operation *> &copied);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILES_H
