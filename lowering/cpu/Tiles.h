//===- Tiles.h - larger tiles as vectors and buffers -------------*- C++ -*-===//
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
// adds to a tile copies nothing.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILES_H
#define MIXC_LOWERING_CPU_TILES_H

#include "lowering/scalar/Access.h"

#include "mlir/IR/IRMapping.h"

namespace mixc::lowering::cpu {

/// The vector registers of a target.
struct VectorRegisters {
  /// The bytes that one holds.
  int64_t bytes = 64;
  int64_t count = 32;
};

/// Emits at `builder` the ops of the body of `kernel`, tiles as vectors and buffers. `mapping` says
/// what its arguments are, `memories` where its views; buffers are allocated at `allocations`. Ops
/// on scalars are copied as they are, and listed in `copied` where they lie at the top level.
/// Fails, having said why, where a tile is used in a way that it can't be.
mlir::LogicalResult emitTiles(mlir::OpBuilder &builder, mlir::OpBuilder &allocations,
                              tile::KernelOp kernel, mlir::IRMapping &mapping,
                              const llvm::DenseMap<mlir::Value, Memory> &memories,
                              VectorRegisters registers,
                              llvm::SmallVectorImpl<mlir::Operation *> &copied);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILES_H
