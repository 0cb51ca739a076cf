//===- Recompute.h - computing a value again elsewhere ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes of scratch and buffers are written where these are defined, and needed earlier: where a
// kernel is entered, where the workspace is laid out.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_SCALAR_RECOMPUTE_H
#define MIXC_LOWERING_SCALAR_RECOMPUTE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace mixc::lowering {

/// Emits at the builder's place what `value` is computed from, and returns it. `known` maps the
/// values that are at hand there, and learns the new ones. Fails where `value` depends on anything
/// else but pure ops.
llvm::FailureOr<mlir::Value> recompute(mlir::OpBuilder &builder, mlir::Value value,
                                       mlir::IRMapping &known);

/// The same for several values.
llvm::FailureOr<llvm::SmallVector<mlir::Value>>
recompute(mlir::OpBuilder &builder, mlir::ValueRange values, mlir::IRMapping &known);

} // namespace mixc::lowering

#endif // MIXC_LOWERING_SCALAR_RECOMPUTE_H
