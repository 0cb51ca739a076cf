//===- TileBuffers.h - vectors and the buffers that hold them ------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A buffer [columns][rows]: each column one vector. `index` is held as i64, i1 as a byte.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILEBUFFERS_H
#define MIXC_LOWERING_CPU_TILEBUFFERS_H

#include "mlir/IR/Builders.h"

namespace mixc::lowering::cpu {

struct TileBuffer {
  mlir::Value base;
  mlir::Type element;
  int64_t rows, columns;

  mlir::Value loadColumn(mlir::OpBuilder &b, mlir::Location loc, mlir::Value column) const;
  void storeColumn(mlir::OpBuilder &b, mlir::Location loc, mlir::Value vector,
                   mlir::Value column) const;
  mlir::Value loadElement(mlir::OpBuilder &b, mlir::Location loc, mlir::Value row,
                          mlir::Value column) const;
  void storeElement(mlir::OpBuilder &b, mlir::Location loc, mlir::Value scalar, mlir::Value row,
                    mlir::Value column) const;
  /// The bytes of a buffer like this one, before it has a base.
  int64_t bytes() const;
};

/// `scalar` in each of `count` lanes.
mlir::Value splat(mlir::OpBuilder &b, mlir::Location loc, mlir::Value scalar, int64_t count);

/// 0, 1, ... count - 1 as a vector of `index`.
mlir::Value laneNumbers(mlir::OpBuilder &b, mlir::Location loc, int64_t count);

/// The address `offset` (i64) elements of type `element` behind `pointer`.
mlir::Value advance(mlir::OpBuilder &b, mlir::Location loc, mlir::Value pointer,
                    mlir::Type element, mlir::Value offset);

/// `index` as an i64.
mlir::Value toI64(mlir::OpBuilder &b, mlir::Location loc, mlir::Value index);

/// A loop whose body is emitted in place: addresses in it are computed where their parts are known,
/// which takes the blocks around.
mlir::scf::ForOp
emitLoop(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value lower, mlir::Value upper,
         mlir::Value step, mlir::ValueRange start,
         llvm::function_ref<void(mlir::OpBuilder &, mlir::Location, mlir::Value, mlir::ValueRange)>
             body);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILEBUFFERS_H
