//===- TileExponential.h - exponentials of numbers up to 0 ------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILEEXPONENTIAL_H
#define MIXC_LOWERING_CPU_TILEEXPONENTIAL_H

#include "lowering/cpu/VectorUnit.h"

#include "mlir/IR/Builders.h"

namespace mixc::lowering::cpu {

/// tile.expdiff of two vectors of f32 or f64. It branches nowhere, and makes no subnormal numbers,
/// which some processors take a hundred times longer for.
mlir::Value emitExpDiff(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x, mlir::Value m,
                        const VectorUnit &unit);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILEEXPONENTIAL_H
