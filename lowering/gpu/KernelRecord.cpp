//===- KernelRecord.cpp - mixc_gpu_kernel in IR ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/KernelRecord.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace mixc::lowering::gpu;

static LLVM::GlobalOp createConstant(OpBuilder &builder, Location loc, Type type,
                                     const Twine &symbol, Attribute value) {
  return LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true, LLVM::Linkage::Internal,
                                symbol.str(), value);
}

void KernelRecord::emit(OpBuilder &builder, Location loc, StringRef symbol) const {
  Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  std::string text = name.str() + '\0';
  LLVM::GlobalOp nameText =
      createConstant(builder, loc, LLVM::LLVMArrayType::get(builder.getI8Type(), text.size()),
                     symbol + ".name", builder.getStringAttr(text));
  auto createArray = [&](ArrayRef<int32_t> values, const Twine &name) {
    return values.empty()
               ? LLVM::GlobalOp()
               : createConstant(builder, loc, LLVM::LLVMArrayType::get(i32, values.size()), name,
                                builder.getI32TensorAttr(values));
  };
  LLVM::GlobalOp rankArray = createArray(ranks, symbol + ".ranks");
  LLVM::GlobalOp byteArray = createArray(elementBytes, symbol + ".bytes");

  auto type = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), {pointer, i32, i32, pointer, pointer, i32, i32, i64});
  LLVM::GlobalOp record = createConstant(builder, loc, type, symbol, Attribute());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&record.getInitializerRegion());
  auto integer = [&](Type type, int64_t value) -> Value {
    return LLVM::ConstantOp::create(builder, loc, type, builder.getIntegerAttr(type, value));
  };
  auto addressOf = [&](LLVM::GlobalOp array) -> Value {
    if (!array)
      return LLVM::ZeroOp::create(builder, loc, pointer);
    return LLVM::AddressOfOp::create(builder, loc, array);
  };
  Value fields[] = {LLVM::AddressOfOp::create(builder, loc, nameText),
                    integer(i32, ranks.size()),
                    integer(i32, scalars),
                    addressOf(rankArray),
                    addressOf(byteArray),
                    integer(i32, block),
                    integer(i32, perPoint),
                    integer(i64, sharedBytes)};
  Value value = LLVM::UndefOp::create(builder, loc, type);
  for (auto [k, field] : llvm::enumerate(fields))
    value = LLVM::InsertValueOp::create(builder, loc, value, field, k);
  LLVM::ReturnOp::create(builder, loc, value);
}
