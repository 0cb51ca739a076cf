//===- TileDot.h - products of tiles, blocked into registers ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loop over the contracted axis holds a block of columns of the result in registers. Each step
// loads one column of the operand whose lanes run along the rows, and multiplies it by one number
// of the other operand for each column of the block:
//
//   for (k = 0; k < count; ++k)
//     for (c = 0; c < block; ++c) acc[c][0 .. R) += a[k][0 .. R) * b[c * columnStride + k * stride]
//
// Each step also fetches a line of what comes next of b, where that lies in a tensor's memory: of
// the columns behind the block if a line runs along the contracted axis, else of the next tile.
//
// A known number of columns is cut evenly. One known only when the code runs is cut into whole
// blocks, the rest into blocks of 4 and 1.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILEDOT_H
#define MIXC_LOWERING_CPU_TILEDOT_H

#include "lowering/cpu/TileBuffers.h"
#include "lowering/cpu/VectorUnit.h"

#include <functional>

namespace mixc::lowering::cpu {

/// A product `init + a b`.
struct TileDot {
  /// The lanes' operand: a column for each place of the contracted axis.
  TileBuffer a;
  /// The other one: where its first element is, and its strides (i64, in elements) along the
  /// result's columns and along the contracted axis.
  mlir::Value b, columnStride, stride;
  /// Where b lies in a tensor's memory: how many places along the contracted axis on its next tile
  /// starts. 0: there is nothing to fetch.
  int64_t next = 0;
  /// The columns of the result and the places of the contracted axis, `index`.
  mlir::Value columns, count;
  /// The start value of a column.
  std::function<mlir::Value(mlir::OpBuilder &, mlir::Value)> init;
  /// What is carried along the columns, at the start.
  llvm::SmallVector<mlir::Value> carried;
  /// Takes some columns, their results and what is carried up to them; gives what is carried on.
  std::function<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &, mlir::ValueRange,
                                               mlir::ValueRange, mlir::ValueRange)>
      finish;
};

/// Emits the product; what is carried to its end.
llvm::SmallVector<mlir::Value> emitDot(mlir::OpBuilder &builder, mlir::Location loc,
                                       const TileDot &dot, const VectorUnit &unit);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILEDOT_H
