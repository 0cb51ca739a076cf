//===- Access.h - reading and writing elements ------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A view as the machine sees it, and the addresses of its elements. An address is built one axis at
// a time, the axis whose index changes in the outermost loop first, so that each loop's part stays
// in front of it; every step stays inside the tensor, which is what LLVM's `inbounds` and `nsw` say
// and what its analysis of strided accesses needs.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_SCALAR_ACCESS_H
#define MIXC_LOWERING_SCALAR_ACCESS_H

#include "dialects/tile/Tile.h"

#include "mlir/IR/Builders.h"

namespace mixc::lowering {

/// A view: the address of the element with all indices 0, and an i64 stride an axis, in elements; a
/// null stride is 1.
struct Memory {
  tile::ViewType type;
  mlir::Value base;
  llvm::SmallVector<mlir::Value> strides;

  mlir::Value address(mlir::OpBuilder &builder, mlir::Location loc, mlir::ValueRange indices) const;
  mlir::Value load(mlir::OpBuilder &builder, mlir::Location loc, mlir::ValueRange indices) const;
  void store(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value scalar,
             mlir::ValueRange indices) const;
};

/// The strides of a dense row-major tensor of these sizes (`index`); the last one null.
llvm::SmallVector<mlir::Value> denseStrides(mlir::OpBuilder &builder, mlir::Location loc,
                                            mlir::ValueRange sizes);

/// The bytes of a dense tensor of these sizes, rounded up to MIXC_ALIGNMENT, as an i64; 0 where a
/// size is negative.
mlir::Value denseBytes(mlir::OpBuilder &builder, mlir::Location loc, tile::ViewType type,
                       mlir::ValueRange sizes);

} // namespace mixc::lowering

#endif // MIXC_LOWERING_SCALAR_ACCESS_H
