//===- BlockReductions.cpp - which points are the work of a block ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/BlockReduce.h"
#include "lowering/gpu/Combiner.h"
#include "lowering/gpu/Passes.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"

namespace mixc::lowering::gpu {
#define GEN_PASS_DEF_BLOCKREDUCTIONS
#include "lowering/gpu/Passes.h.inc"
} // namespace mixc::lowering::gpu

using namespace mlir;
using namespace mixc;
using lowering::gpu::blockThreads;
using lowering::gpu::Combiner;

/// Grids up to this many points leave most of a GPU idle where a point is a thread.
static constexpr int64_t fewPoints = 1024;

/// Whether every launch of a kernel is known to have few points.
static bool hasFewPoints(ArrayRef<plan::LaunchOp> launches) {
  return llvm::all_of(launches, [](plan::LaunchOp launch) {
    int64_t points = 1;
    for (Value size : launch.getGrid()) {
      APInt constant;
      if (!matchPattern(size, m_ConstantInt(&constant)) || constant.sgt(fewPoints))
        return false;
      points *= constant.getSExtValue();
    }
    return points <= fewPoints;
  });
}

/// Whether `kernel` reads back what it writes to an output: threads would have to wait for the one
/// that wrote it.
static bool readsOutputs(tile::KernelOp kernel) {
  return kernel
      .walk([&](tile::LoadOp load) {
        auto argument = dyn_cast<BlockArgument>(load.getView());
        bool isOutput = argument && argument.getOwner() == &kernel.getBody().front() &&
                        kernel.getOutputs()[argument.getArgNumber() - kernel.getNumGrid()];
        return isOutput ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether the iterations of `loop` are many, write nothing, and meet in associative operations
/// alone.
static bool isReduction(scf::ForOp loop) {
  APInt lower, upper, step;
  if (matchPattern(loop.getLowerBound(), m_ConstantInt(&lower)) &&
      matchPattern(loop.getUpperBound(), m_ConstantInt(&upper)) &&
      matchPattern(loop.getStep(), m_ConstantInt(&step)) &&
      (upper - lower).slt(step * uint64_t(blockThreads)))
    return false;
  if (loop.getNumRegionIterArgs() == 0)
    return false;
  for (unsigned k = 0; k < loop.getNumRegionIterArgs(); ++k)
    if (!Combiner::of(loop, k))
      return false;
  return !loop.walk([](Operation *op) {
                return isa<tile::StoreOp, tile::OrderOp>(op) ? WalkResult::interrupt()
                                                             : WalkResult::advance();
              })
              .wasInterrupted();
}

/// The outermost reductions of `kernel`.
static SmallVector<scf::ForOp> findReductions(tile::KernelOp kernel) {
  SmallVector<scf::ForOp> loops;
  kernel.walk<WalkOrder::PreOrder>([&](scf::ForOp loop) {
    if (!isReduction(loop))
      return WalkResult::advance();
    loops.push_back(loop);
    return WalkResult::skip();
  });
  return loops;
}

namespace {
struct BlockReductions : lowering::gpu::impl::BlockReductionsBase<BlockReductions> {
  void runOnOperation() override {
    llvm::StringMap<SmallVector<plan::LaunchOp>> launches;
    getOperation().walk(
        [&](plan::LaunchOp launch) { launches[launch.getKernel()].push_back(launch); });
    for (auto kernel : getOperation().getOps<tile::KernelOp>()) {
      if (!hasFewPoints(launches[kernel.getSymName()]))
        continue;
      SmallVector<scf::ForOp> loops = findReductions(kernel);
      if (loops.empty())
        continue;
      auto options = remark::RemarkOpts::name("block")
                         .category("block-reductions")
                         .function(kernel.getSymName());
      if (readsOutputs(kernel)) {
        remark::missed(kernel.getLoc(), options)
            << remark::reason("a point stays a thread: it reads back what it has written");
        continue;
      }
      for (scf::ForOp loop : loops)
        loop->setAttr(lowering::gpu::blockReductionAttr, UnitAttr::get(&getContext()));
      remark::passed(kernel.getLoc(), options) << remark::reason(
          "a point is a block: there are few, and {0} of their loops reduce", loops.size());
    }
  }
};
} // namespace
