//===- Sizes.cpp - shapes as a function of the extents --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Sizes.h"

#include "llvm/IR/IRBuilder.h"

using namespace llvm;
using namespace mixc::lowering::bundle;

namespace {
/// Emits index expressions over extents, and whether a number on the way leaves 64 bits.
class SizeEmitter {
public:
  SizeEmitter(IRBuilder<> &builder) : b(builder), overflow(builder.getFalse()) {}

  Value *emit(mlir::AffineExpr expr);

  IRBuilder<> &b;
  std::vector<Value *> extents;
  Value *overflow;

private:
  Value *checked(Intrinsic::ID operation, Value *x, Value *y);
  /// Floored: the quotient, or the remainder, and what a divisor of 0 gives.
  Value *quotient(Value *x, Value *y);
  Value *remainder(Value *x, Value *y);
};
} // namespace

Value *SizeEmitter::checked(Intrinsic::ID operation, Value *x, Value *y) {
  Value *pair = b.CreateBinaryIntrinsic(operation, x, y);
  overflow = b.CreateOr(overflow, b.CreateExtractValue(pair, 1));
  return b.CreateExtractValue(pair, 0);
}

Value *SizeEmitter::remainder(Value *x, Value *y) {
  // A divisor of -1 would trap for the smallest number; its remainder is 0, as that of 1.
  Value *isTrivial = b.CreateICmpULT(b.CreateAdd(y, b.getInt64(1)), b.getInt64(2));
  Value *divisor = b.CreateSelect(isTrivial, b.getInt64(1), y);
  Value *rest = b.CreateSRem(x, divisor);
  Value *apart = b.CreateICmpSLT(b.CreateXor(rest, divisor), b.getInt64(0));
  Value *up = b.CreateAnd(apart, b.CreateICmpNE(rest, b.getInt64(0)));
  Value *floored = b.CreateSelect(up, b.CreateAdd(rest, divisor), rest);
  return b.CreateSelect(b.CreateICmpEQ(y, b.getInt64(0)), x, floored);
}

Value *SizeEmitter::quotient(Value *x, Value *y) {
  // (x - x % y) / y, which divides evenly.
  Value *isZero = b.CreateICmpEQ(y, b.getInt64(0));
  Value *even = checked(Intrinsic::ssub_with_overflow, x, remainder(x, y));
  Value *isMinus = b.CreateICmpEQ(y, b.getInt64(-1));
  Value *divisor = b.CreateSelect(b.CreateOr(isZero, isMinus), b.getInt64(1), y);
  Value *result = b.CreateSDiv(even, divisor);
  result = b.CreateSelect(isMinus, b.CreateNeg(even), result);
  return b.CreateSelect(isZero, b.getInt64(0), result);
}

Value *SizeEmitter::emit(mlir::AffineExpr expr) {
  if (auto constant = dyn_cast<mlir::AffineConstantExpr>(expr))
    return b.getInt64(constant.getValue());
  if (auto symbol = dyn_cast<mlir::AffineSymbolExpr>(expr))
    return extents[symbol.getPosition()];
  auto binary = cast<mlir::AffineBinaryOpExpr>(expr);
  Value *x = emit(binary.getLHS()), *y = emit(binary.getRHS());
  switch (expr.getKind()) {
  case mlir::AffineExprKind::Add:
    return checked(Intrinsic::sadd_with_overflow, x, y);
  case mlir::AffineExprKind::Mul:
    return checked(Intrinsic::smul_with_overflow, x, y);
  case mlir::AffineExprKind::FloorDiv:
    return quotient(x, y);
  case mlir::AffineExprKind::CeilDiv:
    return checked(Intrinsic::ssub_with_overflow, b.getInt64(0),
                   quotient(checked(Intrinsic::ssub_with_overflow, b.getInt64(0), x), y));
  default:
    return remainder(x, y);
  }
}

Function *mixc::lowering::bundle::addSizes(Module &module, const Interface &interface,
                                           StringRef name) {
  IRBuilder<> b(module.getContext());
  auto *type = FunctionType::get(b.getInt32Ty(), {b.getPtrTy(), b.getPtrTy()}, false);
  auto *function = Function::Create(type, Function::InternalLinkage, name, module);
  b.SetInsertPoint(BasicBlock::Create(module.getContext(), "", function));
  auto element = [&](unsigned array, size_t k) {
    return b.CreateConstInBoundsGEP1_64(b.getInt64Ty(), function->getArg(array), k);
  };

  SizeEmitter emitter(b);
  for (auto [k, extent] : enumerate(interface.extents)) {
    if (extent.kind == Extent::Given) {
      emitter.extents.push_back(b.CreateAlignedLoad(b.getInt64Ty(), element(0, k), Align(8)));
      continue;
    }
    auto choice = extent.kind == Extent::Min ? Intrinsic::smin : Intrinsic::smax;
    Value *value =
        b.CreateBinaryIntrinsic(choice, emitter.emit(extent.first), emitter.emit(extent.last));
    b.CreateAlignedStore(value, element(0, k), Align(8));
    emitter.extents.push_back(value);
  }
  size_t axis = 0;
  auto addShape = [&](const Tensor &tensor) {
    for (mlir::AffineExpr size : tensor.shape) {
      Value *value = b.CreateBinaryIntrinsic(Intrinsic::smax, emitter.emit(size), b.getInt64(0));
      b.CreateAlignedStore(value, element(1, axis++), Align(8));
    }
  };
  for (const Tensor &tensor : interface.arguments)
    addShape(tensor);
  for (const Tensor &tensor : interface.outputs)
    addShape(tensor);
  b.CreateRet(b.CreateZExt(emitter.overflow, b.getInt32Ty()));
  return function;
}
