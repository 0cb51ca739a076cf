//===- NvvmBodies.cpp - instructions of NVIDIA's GPUs ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/emulator/LeafBodies.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace mixc::lowering::emulator;

template <typename OpTy> static void addId(LeafBodies &bodies, unsigned id) {
  bodies.add<OpTy>(false,
                   [id](OpTy op, BodyBuilder &body) { return Results{body.id(id, op.getType())}; });
}

static FailureOr<Results> buildBarrier(NVVM::BarrierOp op, BodyBuilder &body) {
  if (op->getNumOperands() > 0)
    return op.emitOpError("of a number, of a part of the block, or that reduces has no body in "
                          "the emulator");
  body.barrier();
  return Results();
}

static FailureOr<Results> buildShuffle(NVVM::ShflOp op, BodyBuilder &body) {
  Type i1 = body.getBuilder().getI1Type();
  Results values = body.collective("mixc_emu_shfl", op.getThreadMask(),
                                   {body.constant(static_cast<int64_t>(op.getKind())), op.getVal(),
                                    op.getOffset(), op.getMaskAndClamp()},
                                   {op.getVal().getType(), i1});
  if (!op.getReturnValueAndIsValid())
    return Results{values.front()};
  Value pair = LLVM::PoisonOp::create(body.getBuilder(), op.getLoc(), op.getType());
  for (auto [k, value] : llvm::enumerate(values))
    pair = LLVM::InsertValueOp::create(body.getBuilder(), op.getLoc(), pair, value, k);
  return Results{pair};
}

static FailureOr<Results> buildVote(NVVM::VoteSyncOp op, BodyBuilder &body) {
  return body.collective("mixc_emu_vote", op.getMask(),
                         {body.constant(static_cast<int64_t>(op.getKind())), op.getPred()},
                         {op.getType()});
}

static FailureOr<Results> buildSyncWarp(NVVM::SyncWarpOp op, BodyBuilder &body) {
  return body.collective("mixc_emu_syncwarp", op.getMask(), {}, {});
}

void mixc::lowering::emulator::addNvvmBodies(LeafBodies &bodies) {
  addId<NVVM::ThreadIdXOp>(bodies, ThreadId);
  addId<NVVM::ThreadIdYOp>(bodies, ThreadId + 1);
  addId<NVVM::ThreadIdZOp>(bodies, ThreadId + 2);
  addId<NVVM::BlockDimXOp>(bodies, BlockSize);
  addId<NVVM::BlockDimYOp>(bodies, BlockSize + 1);
  addId<NVVM::BlockDimZOp>(bodies, BlockSize + 2);
  addId<NVVM::BlockIdXOp>(bodies, BlockId);
  addId<NVVM::BlockIdYOp>(bodies, BlockId + 1);
  addId<NVVM::BlockIdZOp>(bodies, BlockId + 2);
  addId<NVVM::GridDimXOp>(bodies, GridSize);
  addId<NVVM::GridDimYOp>(bodies, GridSize + 1);
  addId<NVVM::GridDimZOp>(bodies, GridSize + 2);
  addId<NVVM::LaneIdOp>(bodies, Lane);
  addId<NVVM::WarpSizeOp>(bodies, WarpWidth);

  bodies.add<NVVM::Barrier0Op>(true, [](NVVM::Barrier0Op, BodyBuilder &body) {
    body.barrier();
    return Results();
  });
  bodies.add<NVVM::BarrierOp>(true, buildBarrier);
  bodies.add<NVVM::ShflOp>(true, buildShuffle);
  bodies.add<NVVM::VoteSyncOp>(true, buildVote);
  bodies.add<NVVM::SyncWarpOp>(true, buildSyncWarp);
}
