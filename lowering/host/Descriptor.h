//===- Descriptor.h - mixc_view in IR ---------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The types of runtime/kernel.h as kernels and plans address them.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_DESCRIPTOR_H
#define MIXC_LOWERING_HOST_DESCRIPTOR_H

#include "lowering/scalar/Access.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mixc::lowering::host {

/// `mixc_view`: data, extents, strides.
mlir::Type descriptorType(mlir::MLIRContext *context);
enum DescriptorField { DataField, ExtentsField, StridesField };

/// The address of element `k` in an array of `type` at `array`.
mlir::Value elementAddress(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type,
                           mlir::Value array, int32_t k);

/// Element `k` of the array of i64 at `array`, and the same as an `index`.
mlir::Value loadInteger(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value array, int32_t k);
mlir::Value loadIndex(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value array, int32_t k);

/// Reads or writes a field, a pointer, of the descriptor at `descriptor`.
mlir::Value loadField(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value descriptor,
                      DescriptorField field);
void storeField(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value pointer,
                mlir::Value descriptor, DescriptorField field);

/// The view that the descriptor at `descriptor` describes.
Memory loadMemory(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value descriptor,
                  tile::ViewType type);

} // namespace mixc::lowering::host

#endif // MIXC_LOWERING_HOST_DESCRIPTOR_H
