//===- BlockLoops.cpp - which points are the work of a block --------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/BlockReduce.h"
#include "lowering/gpu/Combiner.h"
#include "lowering/gpu/Passes.h"
#include "lowering/scalar/Body.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"

namespace mixc::lowering::gpu {
#define GEN_PASS_DEF_BLOCKLOOPS
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

/// Whether `loop` may have too few iterations for the threads of a block.
static bool isShort(scf::ForOp loop) {
  APInt lower, upper, step;
  return matchPattern(loop.getLowerBound(), m_ConstantInt(&lower)) &&
         matchPattern(loop.getUpperBound(), m_ConstantInt(&upper)) &&
         matchPattern(loop.getStep(), m_ConstantInt(&step)) &&
         (upper - lower).slt(step * uint64_t(blockThreads));
}

/// Whether the iterations of `loop` write nothing and meet in associative operations alone.
static bool isReduction(scf::ForOp loop) {
  if (loop.getNumRegionIterArgs() == 0)
    return false;
  for (unsigned k = 0; k < loop.getNumRegionIterArgs(); ++k)
    if (!Combiner::of(loop, k))
      return false;
  auto writes = [](Operation *op) {
    return isa<tile::StoreOp, tile::OrderOp>(op) ? WalkResult::interrupt() : WalkResult::advance();
  };
  return !loop.walk(writes).wasInterrupted();
}

/// Whether the iterations of `loop` write elements of outputs, each its own: of a view that nothing
/// else in the kernel writes, at the loop's index along one axis.
static bool isMap(scf::ForOp loop, tile::KernelOp kernel) {
  if (loop.getNumRegionIterArgs() != 0 || loop->getParentOp() != kernel)
    return false;
  DenseMap<Value, unsigned> axes;
  WalkResult result = loop.walk([&](Operation *op) {
    if (isa<tile::OrderOp>(op))
      return WalkResult::interrupt();
    auto store = dyn_cast<tile::StoreOp>(op);
    if (!store)
      return WalkResult::advance();
    auto index = llvm::find(store.getIndices(), loop.getInductionVar());
    if (!isa<BlockArgument>(store.getView()) || index == store.getIndices().end())
      return WalkResult::interrupt();
    unsigned axis = index - store.getIndices().begin();
    if (axes.try_emplace(store.getView(), axis).first->second != axis)
      return WalkResult::interrupt();
    bool isOnlyHere = llvm::all_of(store.getView().getUsers(),
                                   [&](Operation *user) { return loop->isAncestor(user); });
    return isOnlyHere ? WalkResult::advance() : WalkResult::interrupt();
  });
  return !result.wasInterrupted() && !axes.empty();
}

/// Whether every thread would need scratch memory of its own.
static bool usesScratchMemory(tile::KernelOp kernel) {
  return llvm::any_of(lowering::placeScratch(kernel),
                      [](const lowering::ScratchPlace &place) { return !place.stackBytes; });
}

/// The loops of `kernel` that a block can share, the outermost ones; of a reduction inside a map
/// the former.
static SmallVector<scf::ForOp> findLoops(tile::KernelOp kernel) {
  SmallVector<scf::ForOp> loops;
  kernel.walk<WalkOrder::PreOrder>([&](scf::ForOp loop) {
    if (isShort(loop) || !isReduction(loop))
      return WalkResult::advance();
    loops.push_back(loop);
    return WalkResult::skip();
  });
  size_t reductions = loops.size();
  for (auto loop : kernel.getBody().getOps<scf::ForOp>()) {
    bool hasReduction = llvm::any_of(ArrayRef(loops).take_front(reductions),
                                     [&](scf::ForOp inner) { return loop->isAncestor(inner); });
    if (!hasReduction && !isShort(loop) && isMap(loop, kernel))
      loops.push_back(loop);
  }
  return loops;
}

namespace {
struct BlockLoops : lowering::gpu::impl::BlockLoopsBase<BlockLoops> {
  void runOnOperation() override {
    llvm::StringMap<SmallVector<plan::LaunchOp>> launches;
    getOperation().walk(
        [&](plan::LaunchOp launch) { launches[launch.getKernel()].push_back(launch); });
    for (auto kernel : getOperation().getOps<tile::KernelOp>()) {
      if (!hasFewPoints(launches[kernel.getSymName()]))
        continue;
      SmallVector<scf::ForOp> loops = findLoops(kernel);
      if (loops.empty())
        continue;
      auto options =
          remark::RemarkOpts::name("block").category("block-loops").function(kernel.getSymName());
      if (readsOutputs(kernel) || usesScratchMemory(kernel)) {
        remark::missed(kernel.getLoc(), options)
            << remark::reason("a point stays a thread: {0}",
                              readsOutputs(kernel) ? "it reads back what it has written"
                                                   : "its scratch is too much for a block of them");
        continue;
      }
      for (scf::ForOp loop : loops)
        loop->setAttr(lowering::gpu::blockLoopAttr, UnitAttr::get(&getContext()));
      remark::passed(kernel.getLoc(), options) << remark::reason(
          "a point is a block: there are few, and {0} of their loops can be shared", loops.size());
    }
  }
};
} // namespace
