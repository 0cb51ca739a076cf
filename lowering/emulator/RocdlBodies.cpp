//===- RocdlBodies.cpp - instructions of AMD's GPUs -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/emulator/LeafBodies.h"

#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"

using namespace mlir;
using namespace mixc::lowering::emulator;

template <typename OpTy> static void addId(LeafBodies &bodies, unsigned id) {
  bodies.add<OpTy>(false, [id](OpTy op, BodyBuilder &body) {
    return Results{body.id(id, op->getResult(0).getType())};
  });
}

template <typename OpTy> static void addBarrier(LeafBodies &bodies) {
  bodies.add<OpTy>(true, [](OpTy, BodyBuilder &body) {
    body.barrier();
    return Results();
  });
}

/// Ops that only order or delay: the emulator's memory has no delays.
template <typename... OpTys> static void addNothing(LeafBodies &bodies) {
  (bodies.add<OpTys>(false, [](OpTys, BodyBuilder &) { return Results(); }), ...);
}

/// An instruction whose operands are those of the op, and then these attributes.
template <typename OpTy>
static void addCollective(LeafBodies &bodies, StringRef function,
                          std::function<SmallVector<int64_t>(OpTy)> attributes = nullptr) {
  bodies.add<OpTy>(true, [function, attributes](OpTy op, BodyBuilder &body) {
    SmallVector<Value> operands(op->getOperands());
    if (attributes)
      for (int64_t value : attributes(op))
        operands.push_back(body.constant(value));
    return body.collective(function, Value(), operands, {op->getResult(0).getType()});
  });
}

/// `base` plus the number of lanes before this one, counted from lane `first`, that `mask` names.
static Value countLanesBefore(Operation *op, BodyBuilder &body, unsigned first) {
  OpBuilder &b = body.getBuilder();
  Location loc = op->getLoc();
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  // Bits 0 to lane - first - 1, of 32.
  Value lane = body.id(Lane, i64), zero = body.constant(0);
  Value count = LLVM::SubOp::create(b, loc, lane, body.constant(first));
  count =
      LLVM::SMinOp::create(b, loc, LLVM::SMaxOp::create(b, loc, count, zero), body.constant(32));
  Value bits = LLVM::ShlOp::create(b, loc, body.constant(1), count);
  bits = LLVM::SubOp::create(b, loc, bits, body.constant(1));
  bits = LLVM::AndOp::create(b, loc, LLVM::TruncOp::create(b, loc, i32, bits), op->getOperand(0));
  return LLVM::AddOp::create(b, loc, LLVM::CtPopOp::create(b, loc, bits), op->getOperand(1));
}

void mixc::lowering::emulator::addRocdlBodies(LeafBodies &bodies) {
  addId<ROCDL::ThreadIdXOp>(bodies, ThreadId);
  addId<ROCDL::ThreadIdYOp>(bodies, ThreadId + 1);
  addId<ROCDL::ThreadIdZOp>(bodies, ThreadId + 2);
  addId<ROCDL::BlockDimXOp>(bodies, BlockSize);
  addId<ROCDL::BlockDimYOp>(bodies, BlockSize + 1);
  addId<ROCDL::BlockDimZOp>(bodies, BlockSize + 2);
  addId<ROCDL::BlockIdXOp>(bodies, BlockId);
  addId<ROCDL::BlockIdYOp>(bodies, BlockId + 1);
  addId<ROCDL::BlockIdZOp>(bodies, BlockId + 2);
  addId<ROCDL::GridDimXOp>(bodies, GridSize);
  addId<ROCDL::GridDimYOp>(bodies, GridSize + 1);
  addId<ROCDL::GridDimZOp>(bodies, GridSize + 2);
  addId<ROCDL::WavefrontSizeOp>(bodies, WarpWidth);
  bodies.add<ROCDL::MbcntLoOp>(false, [](ROCDL::MbcntLoOp op, BodyBuilder &body) {
    return Results{countLanesBefore(op, body, 0)};
  });
  bodies.add<ROCDL::MbcntHiOp>(false, [](ROCDL::MbcntHiOp op, BodyBuilder &body) {
    return Results{countLanesBefore(op, body, 32)};
  });

  addBarrier<ROCDL::BarrierOp>(bodies);
  addBarrier<ROCDL::SBarrierOp>(bodies);
  addNothing<ROCDL::SWaitcntOp, ROCDL::WaitDscntOp, ROCDL::WaitLoadcntOp, ROCDL::WaitStorecntOp,
             ROCDL::SSleepOp, ROCDL::SNopOp, ROCDL::SetPrioOp>(bodies);

  addCollective<ROCDL::DsBpermuteOp>(bodies, "mixc_emu_bpermute");
  addCollective<ROCDL::DsSwizzleOp>(bodies, "mixc_emu_swizzle");
  addCollective<ROCDL::ReadlaneOp>(bodies, "mixc_emu_readlane");
  addCollective<ROCDL::ReadfirstlaneOp>(bodies, "mixc_emu_readfirstlane");
  addCollective<ROCDL::BallotOp>(bodies, "mixc_emu_ballot");
  addCollective<ROCDL::DPPUpdateOp>(bodies, "mixc_emu_dpp", [](ROCDL::DPPUpdateOp op) {
    return SmallVector<int64_t>{op.getDppCtrl(), op.getRowMask(), op.getBankMask(),
                                op.getBoundCtrl()};
  });
  addCollective<ROCDL::PermlaneX16Op>(bodies, "mixc_emu_permlanex16", [](ROCDL::PermlaneX16Op op) {
    return SmallVector<int64_t>{op.getFi(), op.getBoundControl()};
  });
}
