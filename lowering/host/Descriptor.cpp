//===- Descriptor.cpp - mixc_view in IR -----------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Descriptor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mixc::lowering;
using namespace mixc::lowering::host;

Type mixc::lowering::host::descriptorType(MLIRContext *context) {
  auto pointer = LLVM::LLVMPointerType::get(context);
  return LLVM::LLVMStructType::getLiteral(context, {pointer, pointer, pointer});
}

Value mixc::lowering::host::elementAddress(OpBuilder &builder, Location loc, Type type, Value array,
                                           int32_t k) {
  return LLVM::GEPOp::create(builder, loc, array.getType(), type, array, ArrayRef<LLVM::GEPArg>{k},
                             LLVM::GEPNoWrapFlags::inbounds);
}

Value mixc::lowering::host::loadInteger(OpBuilder &builder, Location loc, Value array, int32_t k) {
  Type type = builder.getI64Type();
  return LLVM::LoadOp::create(builder, loc, type, elementAddress(builder, loc, type, array, k),
                              /*alignment=*/8);
}

Value mixc::lowering::host::loadIndex(OpBuilder &builder, Location loc, Value array, int32_t k) {
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    loadInteger(builder, loc, array, k));
}

static Value fieldAddress(OpBuilder &builder, Location loc, Value descriptor,
                          DescriptorField field) {
  return LLVM::GEPOp::create(
      builder, loc, descriptor.getType(), descriptorType(builder.getContext()), descriptor,
      ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(field)}, LLVM::GEPNoWrapFlags::inbounds);
}

Value mixc::lowering::host::loadField(OpBuilder &builder, Location loc, Value descriptor,
                                      DescriptorField field) {
  return LLVM::LoadOp::create(builder, loc, descriptor.getType(),
                              fieldAddress(builder, loc, descriptor, field), /*alignment=*/8);
}

void mixc::lowering::host::storeField(OpBuilder &builder, Location loc, Value pointer,
                                      Value descriptor, DescriptorField field) {
  LLVM::StoreOp::create(builder, loc, pointer, fieldAddress(builder, loc, descriptor, field),
                        /*alignment=*/8);
}

Memory mixc::lowering::host::loadMemory(OpBuilder &builder, Location loc, Value descriptor,
                                        tile::ViewType type) {
  Memory memory{type, loadField(builder, loc, descriptor, DataField), {}};
  memory.strides.resize(type.getRank());
  size_t read = type.getRank() - (type.getUnit() ? 1 : 0);
  if (read == 0)
    return memory;
  Value strides = loadField(builder, loc, descriptor, StridesField);
  for (size_t axis = 0; axis < read; ++axis)
    memory.strides[axis] = loadInteger(builder, loc, strides, axis);
  return memory;
}
