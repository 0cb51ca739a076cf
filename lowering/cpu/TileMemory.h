//===- TileMemory.h - tiles read from memory and written to it --*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Buffers hold columns; memory, most often, rows. Which way a tile goes between the two depends on
// the axis along which its memory is known to be contiguous:
//
//   rows      whole vectors of a column
//   columns   squares of as many rows as a vector has elements, transposed in registers
//   none      one element after the other
//
// Elements are converted a vector at a time. What lies behind the valid rows and columns is not
// touched: the last vector of a row or column is masked, and a square reads and writes its last
// valid row in the place of those that lie behind it.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILEMEMORY_H
#define MIXC_LOWERING_CPU_TILEMEMORY_H

#include "lowering/cpu/TileBuffers.h"
#include "lowering/cpu/VectorUnit.h"
#include "lowering/scalar/Access.h"

#include <array>

namespace mixc::lowering::cpu {

/// A tile in memory; a vector is one column.
struct TileMemory {
  /// The elements, as views name them.
  mlir::Type element;
  /// The address of the first one.
  mlir::Value base;
  /// How many elements apart neighbours along each axis lie, i64; a null stride is 1.
  std::array<mlir::Value, 2> strides;

  /// With its axes exchanged.
  TileMemory turned() const { return {element, base, {strides[1], strides[0]}}; }
};

/// A pair of counts, `index`, or of places: along the rows' axis and along the columns'.
using TilePair = std::array<mlir::Value, 2>;

/// The tile of `memory` at `indices` whose axes run along the view's as `along` says.
TileMemory locateTile(mlir::OpBuilder &b, mlir::Location loc, const Memory &memory,
                      mlir::ValueRange indices, llvm::ArrayRef<int64_t> along);

/// Reads the `valid` part of `source`. Other elements of `target` are undefined, but none is a
/// number that was never written there: computing with those may be slow.
void readTile(mlir::OpBuilder &b, mlir::Location loc, const VectorUnit &unit,
              const TileMemory &source, TilePair valid, const TileBuffer &target);

/// Writes the `valid` part of `source`, which holds at least as many elements as `target` needs.
void writeTile(mlir::OpBuilder &b, mlir::Location loc, const VectorUnit &unit,
               const TileBuffer &source, const TileMemory &target, TilePair valid);

/// How far apart neighbours lie in a packed copy of a tile of `shape` whose memory is contiguous
/// along axis `inner`.
std::array<int64_t, 2> packedStrides(const VectorUnit &unit, mlir::Type element,
                                     llvm::ArrayRef<int64_t> shape, unsigned inner);

/// Copies the `valid` part of `source`, contiguous along axis `inner` if it is so along any, to
/// `base`, widened, with the strides `strides`.
void packTile(mlir::OpBuilder &b, mlir::Location loc, const VectorUnit &unit,
              const TileMemory &source, TilePair valid, mlir::Value base,
              std::array<int64_t, 2> strides, unsigned inner);

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILEMEMORY_H
