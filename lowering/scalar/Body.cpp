//===- Body.cpp - the body of a kernel over pointers ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/scalar/Body.h"

#include "lowering/scalar/Elements.h"
#include "lowering/scalar/Order.h"
#include "runtime/kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;

/// How much scratch of constant size a kernel keeps on the stack.
static constexpr int64_t stackScratchBytes = 4096;

SmallVector<ScratchPlace> mixc::lowering::placeScratch(tile::KernelOp kernel) {
  SmallVector<ScratchPlace> places;
  int64_t room = stackScratchBytes;
  for (auto op : kernel.getBody().getOps<tile::ScratchOp>()) {
    int64_t bytes = op.getType().getElementBytes();
    for (Value size : op.getSizes()) {
      APInt constant;
      bool isConstant = matchPattern(size, m_ConstantInt(&constant)) && bytes > 0 &&
                        constant.sle(room) && constant.sgt(0);
      bytes = isConstant ? bytes * constant.getSExtValue() : 0;
    }
    bytes = bytes <= room ? bytes : 0;
    room -= llvm::alignTo(bytes, MIXC_ALIGNMENT);
    places.push_back({op, bytes});
  }
  return places;
}

Value mixc::lowering::allocateOnStack(OpBuilder &builder, Location loc, const ScratchPlace &place) {
  Value one = arith::ConstantIntOp::create(builder, loc, builder.getI64Type(), 1);
  auto bytes = LLVM::LLVMArrayType::get(builder.getI8Type(), place.stackBytes);
  return LLVM::AllocaOp::create(builder, loc, LLVM::LLVMPointerType::get(builder.getContext()),
                                bytes, one, MIXC_ALIGNMENT);
}

namespace {
/// The ops of one body.
struct BodyLowering {
  DenseMap<Value, Memory> &memories;
  ArrayRef<Value> scratch;
  Operation *symbols;

  void lower(Operation *op);
  void lowerOrder(OpBuilder &b, tile::OrderOp order);
};
} // namespace

void BodyLowering::lowerOrder(OpBuilder &b, tile::OrderOp order) {
  Location loc = order.getLoc();
  // The functions take pointers to whatever memory.
  auto pointer = [&](Value view) -> Value {
    Value base = memories.at(view).base;
    auto generic = LLVM::LLVMPointerType::get(b.getContext());
    if (base.getType() == generic)
      return base;
    return LLVM::AddrSpaceCastOp::create(b, loc, generic, base);
  };
  auto toInteger = [&](Value index) {
    return arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
  };
  Type key = order.getKeys().getType().getElement();
  func::CallOp::create(b, loc, getOrderFunction(symbols, key),
                       ValueRange{pointer(order.getKeys()), pointer(order.getOrder()),
                                  pointer(order.getSpare()), toInteger(order.getCount()),
                                  toInteger(order.getRanks())});
}

void BodyLowering::lower(Operation *op) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  TypeSwitch<Operation *>(op)
      .Case([&](tile::LoadOp load) {
        const Memory &memory = memories.at(load.getView());
        load.replaceAllUsesWith(memory.load(b, loc, load.getIndices()));
      })
      .Case([&](tile::StoreOp store) {
        memories.at(store.getView()).store(b, loc, store.getValue(), store.getIndices());
      })
      .Case([&](tile::RoundOp round) {
        round.replaceAllUsesWith(roundTo(b, loc, round.getValue(), round.getElement()));
      })
      .Case([&](tile::ScratchOp op) {
        memories[op] = {op.getType(), scratch.front(), denseStrides(b, loc, op.getSizes())};
        scratch = scratch.drop_front();
      })
      .Case([&](tile::OrderOp order) { lowerOrder(b, order); });
}

void mixc::lowering::lowerBody(ArrayRef<Operation *> ops, DenseMap<Value, Memory> &memories,
                               ArrayRef<Value> scratch, Operation *symbols) {
  BodyLowering lowering{memories, scratch, symbols};
  SmallVector<Operation *> lowered;
  for (Operation *top : ops)
    top->walk([&](Operation *op) {
      if (!isa<tile::TileDialect>(op->getDialect()))
        return;
      lowering.lower(op);
      lowered.push_back(op);
    });
  for (Operation *op : llvm::reverse(lowered))
    op->erase();
}
