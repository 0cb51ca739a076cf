//===- BlockReduce.h - a loop shared by the threads of a block --*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Thread t of a block takes the iterations t, t + 128, ... of a loop. What they leave is combined
// in a tree that is the same on every GPU: inside groups of 32 neighbours, which every warp and
// every wavefront holds whole, by shuffles of lanes that differ in one bit; then the groups of a
// block, by way of shared memory, in order. All threads get the result, so that whatever follows
// goes on in all of them alike.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_GPU_BLOCKREDUCE_H
#define MIXC_LOWERING_GPU_BLOCKREDUCE_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mixc::lowering::gpu {

/// The threads of a block: a few warps, so that a multiprocessor that is full of blocks is full of
/// threads too.
constexpr int32_t blockThreads = 128;
/// The threads that shuffle among each other.
constexpr int32_t groupThreads = 32;
/// The bytes of shared memory that reductions need: a slot of 8 bytes a group.
constexpr int64_t reductionBytes = 8 * blockThreads / groupThreads;

/// On a loop of a tile kernel: the threads of a block share its iterations.
constexpr llvm::StringLiteral blockLoopAttr = "tile.block_loop";

/// Deals the iterations of `loop` out to the threads of the block, of which `thread` (`index`) is
/// one, and combines what they leave in the accumulators, each of which has a Combiner. `shared` is
/// the address of the shared memory.
void distribute(mlir::scf::ForOp loop, mlir::Value thread, mlir::Value shared);

} // namespace mixc::lowering::gpu

#endif // MIXC_LOWERING_GPU_BLOCKREDUCE_H
