//===- PointLoops.h - loops over the points of a grid -----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chunk of a grid is a range of linear points. Its loops divide once, at the start; from there on
// they count:
//
//   i, j, k = delinearise(begin)
//   for (p = begin; p < end; p += n) {
//     n = min(K - k, end - p)                  // up to the end of the row or of the chunk
//     for (kk = k; kk < k + n; ++kk) body(i, j, kk)
//     k = 0; if (++j == J) { j = 0; ++i; }
//   }
//
// The inner loop is a counted one, which LLVM vectorises when the body is straight.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_POINTLOOPS_H
#define MIXC_LOWERING_CPU_POINTLOOPS_H

#include "mlir/IR/Builders.h"

namespace mixc::lowering::cpu {

/// Emits loops over the points `begin` to `end` (exclusive) of the grid with these sizes; all are
/// `index`.
void emitPointLoops(mlir::OpBuilder &builder, mlir::Location loc, mlir::ValueRange sizes,
                    mlir::Value begin, mlir::Value end,
                    llvm::function_ref<void(mlir::OpBuilder &, mlir::ValueRange)> body);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_POINTLOOPS_H
