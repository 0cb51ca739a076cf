//===- LeafBodies.cpp - what instructions of a GPU do on the host ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/emulator/LeafBodies.h"

using namespace mlir;
using namespace mixc::lowering::emulator;

const LeafBodies &LeafBodies::get() {
  static const LeafBodies all = [] {
    LeafBodies bodies;
    addNvvmBodies(bodies);
    addRocdlBodies(bodies);
    return bodies;
  }();
  return all;
}

LLVM::LLVMFuncOp Runtime::declare(StringRef name, ArrayRef<Type> operands, Type result) {
  LLVM::LLVMFuncOp &function = functions[name];
  if (!function) {
    if (!result)
      result = LLVM::LLVMVoidType::get(module.getContext());
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    function = LLVM::LLVMFuncOp::create(builder, module.getLoc(), name,
                                        LLVM::LLVMFunctionType::get(result, operands));
  }
  return function;
}

static Type pointerType(OpBuilder &builder) {
  return LLVM::LLVMPointerType::get(builder.getContext());
}

Value BodyBuilder::constant(Type type, int64_t value) {
  return LLVM::ConstantOp::create(builder, loc, type, builder.getIntegerAttr(type, value));
}

Value BodyBuilder::id(unsigned id, Type type) {
  Type word = builder.getI32Type();
  Value address = LLVM::GEPOp::create(builder, loc, pointerType(builder), word, thread,
                                      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(id)});
  Value value = LLVM::LoadOp::create(builder, loc, word, address);
  return type == word ? value : LLVM::ZExtOp::create(builder, loc, type, value).getResult();
}

Value BodyBuilder::call(StringRef function, ValueRange operands, Type result) {
  SmallVector<Value> all = {thread};
  llvm::append_range(all, operands);
  LLVM::LLVMFuncOp callee =
      runtime.declare(function, SmallVector<Type>(ValueRange(all).getTypes()), result);
  auto call = LLVM::CallOp::create(builder, loc, callee, all);
  return result ? call.getResult() : Value();
}

void BodyBuilder::barrier() { call("mixc_emu_barrier", siteNumber()); }

Value BodyBuilder::stack(int64_t words) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(entry);
  return LLVM::AllocaOp::create(builder, loc, pointerType(builder), builder.getI64Type(),
                                constant(words), /*alignment=*/8);
}

Value BodyBuilder::toWord(Value value) {
  Type word = builder.getI64Type();
  if (!isa<IntegerType>(value.getType())) {
    unsigned bits = LLVM::getPrimitiveTypeSizeInBits(value.getType());
    value = LLVM::BitcastOp::create(builder, loc, builder.getIntegerType(bits), value);
  }
  return value.getType() == word ? value
                                 : LLVM::ZExtOp::create(builder, loc, word, value).getResult();
}

Value BodyBuilder::fromWord(Value word, Type type) {
  unsigned bits = LLVM::getPrimitiveTypeSizeInBits(type);
  Value value = word;
  if (bits < 64)
    value = LLVM::TruncOp::create(builder, loc, builder.getIntegerType(bits), value);
  return isa<IntegerType>(type) ? value
                                : LLVM::BitcastOp::create(builder, loc, type, value).getResult();
}

Results BodyBuilder::collective(StringRef body, Value mask, ArrayRef<Value> operands,
                                ArrayRef<Type> results) {
  Type pointer = pointerType(builder), word = builder.getI64Type();
  auto elementOf = [&](Value array, size_t k) {
    return LLVM::GEPOp::create(builder, loc, pointer, word, array,
                               ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(k)});
  };
  Value in = stack(std::max<size_t>(1, operands.size()));
  Value out = stack(std::max<size_t>(1, results.size()));
  for (auto [k, operand] : llvm::enumerate(operands))
    LLVM::StoreOp::create(builder, loc, toWord(operand), elementOf(in, k));

  LLVM::LLVMFuncOp function = runtime.declare(body, {pointer}, {});
  call("mixc_emu_collective", {LLVM::AddressOfOp::create(builder, loc, function),
                               mask ? toWord(mask) : constant(0), in, out, siteNumber()});
  Results values;
  for (auto [k, type] : llvm::enumerate(results))
    values.push_back(fromWord(LLVM::LoadOp::create(builder, loc, word, elementOf(out, k)), type));
  return values;
}
