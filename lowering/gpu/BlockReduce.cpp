//===- BlockReduce.cpp - a loop shared by the threads of a block ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/BlockReduce.h"

#include "lowering/gpu/Combiner.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace mixc::lowering::gpu;

namespace {
class BlockReduce {
public:
  BlockReduce(OpBuilder &builder, Location loc, Value thread, Value shared)
      : b(builder), loc(loc), thread(thread), shared(shared) {}

  /// `value` of all threads, combined.
  Value reduce(const Combiner &combiner, Value value);

private:
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }
  Value exchange(Value value, int32_t bit);
  Value exchangeWord(Value word, int32_t bit);
  Value slot(Value group);

  OpBuilder &b;
  Location loc;
  Value thread, shared;
};
} // namespace

/// 32 bits of the thread whose number differs in `bit`.
Value BlockReduce::exchangeWord(Value word, int32_t bit) {
  return mlir::gpu::ShuffleOp::create(b, loc, word, bit, groupThreads, mlir::gpu::ShuffleMode::XOR)
      .getShuffleResult();
}

/// The value of the thread whose number differs in `bit`.
Value BlockReduce::exchange(Value value, int32_t bit) {
  Type type = value.getType(), i32 = b.getI32Type(), i64 = b.getI64Type();
  if (type.isF32())
    return exchangeWord(value, bit);
  if (type.isInteger(1)) {
    Value word = exchangeWord(arith::ExtUIOp::create(b, loc, i32, value), bit);
    return arith::TruncIOp::create(b, loc, type, word);
  }
  Value bits = type.isIndex() ? arith::IndexCastOp::create(b, loc, i64, value).getResult()
                              : arith::BitcastOp::create(b, loc, i64, value).getResult();
  Value width = arith::ConstantIntOp::create(b, loc, i64, 32);
  Value low = arith::TruncIOp::create(b, loc, i32, bits);
  Value high = arith::TruncIOp::create(b, loc, i32, arith::ShRUIOp::create(b, loc, bits, width));
  low = arith::ExtUIOp::create(b, loc, i64, exchangeWord(low, bit));
  high = arith::ExtUIOp::create(b, loc, i64, exchangeWord(high, bit));
  bits = arith::OrIOp::create(b, loc, arith::ShLIOp::create(b, loc, high, width), low);
  return type.isIndex() ? arith::IndexCastOp::create(b, loc, type, bits).getResult()
                        : arith::BitcastOp::create(b, loc, type, bits).getResult();
}

/// The address of the slot of a group.
Value BlockReduce::slot(Value group) {
  Value k = arith::IndexCastOp::create(b, loc, b.getI64Type(), group);
  return LLVM::GEPOp::create(b, loc, shared.getType(), b.getI64Type(), shared,
                             ArrayRef<LLVM::GEPArg>{k}, LLVM::GEPNoWrapFlags::inbounds);
}

Value BlockReduce::reduce(const Combiner &combiner, Value value) {
  for (int32_t bit = groupThreads / 2; bit > 0; bit /= 2)
    value = combiner.combine(b, loc, value, exchange(value, bit));

  // In memory an `index` is an i64, a truth value a byte.
  Type type = value.getType();
  Type stored = type.isIndex()      ? Type(b.getI64Type())
                : type.isInteger(1) ? Type(b.getI8Type())
                                    : type;
  Value size = constant(groupThreads);
  Value isFirst = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                        arith::RemUIOp::create(b, loc, thread, size), constant(0));
  scf::IfOp::create(b, loc, isFirst, [&](OpBuilder &inner, Location) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(inner.getInsertionBlock(), inner.getInsertionPoint());
    Value bits = type.isIndex()      ? arith::IndexCastOp::create(b, loc, stored, value).getResult()
                 : type.isInteger(1) ? arith::ExtUIOp::create(b, loc, stored, value).getResult()
                                     : value;
    LLVM::StoreOp::create(b, loc, bits, slot(arith::DivUIOp::create(b, loc, thread, size)));
    scf::YieldOp::create(b, loc);
  });
  mlir::gpu::BarrierOp::create(b, loc);
  Value result;
  for (int64_t group = 0; group < blockThreads / groupThreads; ++group) {
    Value bits = LLVM::LoadOp::create(b, loc, stored, slot(constant(group)));
    Value part = type.isIndex()      ? arith::IndexCastOp::create(b, loc, type, bits).getResult()
                 : type.isInteger(1) ? arith::TruncIOp::create(b, loc, type, bits).getResult()
                                     : bits;
    result = result ? combiner.combine(b, loc, result, part) : part;
  }
  // Before another reduction takes the slots.
  mlir::gpu::BarrierOp::create(b, loc);
  return result;
}

void mixc::lowering::gpu::distribute(scf::ForOp loop, Value thread, Value shared) {
  OpBuilder b(loop);
  Location loc = loop.getLoc();
  SmallVector<Combiner> combiners;
  SmallVector<Value> initial(loop.getInitArgs());
  for (unsigned k = 0; k < initial.size(); ++k) {
    combiners.push_back(*Combiner::of(loop, k));
    loop.getInitArgsMutable()[k].set(combiners.back().identity(b, loc));
  }
  Value step = loop.getStep();
  Value first = arith::MulIOp::create(b, loc, thread, step);
  loop.setLowerBound(arith::AddIOp::create(b, loc, loop.getLowerBound(), first));
  Value threads = arith::ConstantIndexOp::create(b, loc, blockThreads);
  loop.setStep(arith::MulIOp::create(b, loc, step, threads));
  loop->removeAttr(blockLoopAttr);

  b.setInsertionPointAfter(loop);
  BlockReduce block(b, loc, thread, shared);
  for (auto [k, combiner] : llvm::enumerate(combiners)) {
    Value partial = loop.getResult(k);
    SmallVector<OpOperand *> uses =
        llvm::map_to_vector(partial.getUses(), [](OpOperand &use) { return &use; });
    Value total = combiner.combine(b, loc, initial[k], block.reduce(combiner, partial));
    for (OpOperand *use : uses)
      use->set(total);
  }
}
