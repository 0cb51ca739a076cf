//===- VectorUnit.h - the vector registers of a target ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_VECTORUNIT_H
#define MIXC_LOWERING_CPU_VECTORUNIT_H

#include "mlir/IR/BuiltinTypes.h"

namespace mixc::lowering::cpu {

/// What decides how tiles are cut.
struct VectorUnit {
  /// The bytes of a register, and how many registers there are.
  int64_t bytes, count;
  /// Whether it scales by powers of two: AVX-512's vscalefps.
  bool scales;

  /// How many elements of type `element` (f32, f64; anything else as i64) a register holds.
  int64_t lanesOf(mlir::Type element) const {
    return bytes / (element.isIntOrFloat() && element.getIntOrFloatBitWidth() == 32 ? 4 : 8);
  }
};

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_VECTORUNIT_H
