//===- TileTranspose.h - squares transposed in registers --------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// n vectors of n = 2^k elements, seen as one sequence of n * n, are transposed by exchanging the
// halves of an element's position, row and column: by turning its 2k bits around by k. Interleaving
// the first half of the sequence with the second turns them around by one, as a riffle shuffle
// does, and is two shuffles of whole registers for each pair of vectors:
//
//   x0 y0 z0 w0      x0 z0 x1 z1      x0 y0 ...
//   x1 ...           x2 z2 x3 z3      ...            (n = 4, after one step, and after two)
//
// So k steps of n shuffles do it, with two patterns in all.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILETRANSPOSE_H
#define MIXC_LOWERING_CPU_TILETRANSPOSE_H

#include "mlir/IR/Builders.h"

namespace mixc::lowering::cpu {

/// Transposes as many vectors as each of them has elements, a power of two.
void transposeSquare(mlir::OpBuilder &b, mlir::Location loc,
                     llvm::SmallVectorImpl<mlir::Value> &vectors);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILETRANSPOSE_H
