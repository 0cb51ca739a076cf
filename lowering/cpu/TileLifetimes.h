//===- TileLifetimes.h - which tiles need a buffer, and for how long *- C++ -*//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A matrix whose columns come from the same columns of other matrices is an expression, evaluated
// where a consumer asks for a column. It is put in a buffer (materialised) where a dot multiplies
// it, where it is costly and read more than once, and where a conditional gives it on.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILELIFETIMES_H
#define MIXC_LOWERING_CPU_TILELIFETIMES_H

#include "dialects/tile/Tile.h"

#include "mlir/IR/BuiltinTypes.h"

namespace mixc::lowering::cpu {

/// The type of a tile; null for scalars.
inline mlir::RankedTensorType tileType(mlir::Value value) {
  return llvm::dyn_cast<mlir::RankedTensorType>(value.getType());
}
inline bool isMatrix(mlir::Value value) {
  return tileType(value) && tileType(value).getRank() == 2;
}

/// Whether tiles are in `op` or in its regions.
bool hasTile(mlir::Operation *op);

/// Whether the columns of `op`'s result, a matrix, come from the same columns of its operands.
bool isColumnwise(mlir::Operation *op);

/// Whether evaluating a column of `value` anew takes many operations.
bool isCostly(mlir::Value value);

/// Whether `value`, the result of a columnwise op, is put in a buffer where it is defined.
bool isMaterialised(mlir::Value value);

/// Whether `value`, in a buffer, is read for the last time by `op`: the buffer is free for what
/// `op` makes of it, column by column.
bool diesAt(mlir::Value value, mlir::Operation *op);

/// Whether no op behind `op` in its block reads the columns of `value`; those around it may.
bool isReadBehind(mlir::Value value, mlir::Operation *op);

/// In what form a use takes a matrix.
enum class TileForm {
  /// A vector a column.
  Columns,
  /// A vector a row: a dot contracts the first axis, and lanes run along the second.
  Turned,
  /// One number after the other: a dot multiplies vectors by them.
  Numbers
};

TileForm formOf(mlir::OpOperand &use);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILELIFETIMES_H
