//===- TileReduce.h - how elements are combined -----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILEREDUCE_H
#define MIXC_LOWERING_CPU_TILEREDUCE_H

#include "dialects/tile/Tile.h"

namespace mixc::lowering::cpu {

/// `values`, at least one, scalars or vectors, combined. The more at a time, the better: whether
/// one of them is NaN is asked of two at once.
mlir::Value combine(mlir::OpBuilder &b, mlir::Location loc, tile::ReduceKind kind,
                    llvm::ArrayRef<mlir::Value> values);

/// What nothing combines to.
mlir::TypedAttr identityOf(mlir::OpBuilder &b, tile::ReduceKind kind, mlir::Type element);

/// Moves reductions of what a conditional gives into its branches, where they can be had on the
/// way, as the tile is computed:
///
///   %t = scf.if %c { yield %a } else { yield %b }        %t, %m = scf.if %c {
///   %m = tile.reduce max %t axis 1 valid %n      ->         yield %a, tile.reduce max %a ...
///                                                         } else { yield %b, tile.reduce max %b
///                                                         ... }
void sinkReductions(tile::KernelOp kernel);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILEREDUCE_H
