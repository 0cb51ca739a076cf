//===- TileLowering.h - one body of a kernel with tiles ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What Tiles.h describes, op by op. Scalars and vectors are what `mapping` says; a matrix is in
// `buffers`, or an expression. A column is evaluated as a whole (TileColumns.cpp); reads, writes
// and products of tiles are in TileOperands.cpp and TileProducts.cpp, loops and conditionals, whose
// tiles are given on in place, in TileRegions.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_TILELOWERING_H
#define MIXC_LOWERING_CPU_TILELOWERING_H

#include "lowering/cpu/TileMasks.h"
#include "lowering/cpu/TileMemory.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace mixc::lowering::cpu {

/// Where a column is being computed, and what of it is there already.
struct Column {
  mlir::OpBuilder &b;
  mlir::Value number;
  llvm::DenseMap<mlir::Value, mlir::Value> computed;

  Column(mlir::OpBuilder &b, mlir::Value number) : b(b), number(number) {}
};

/// A tile whose elements are taken one by one, widened: the address of the first, and the strides
/// of the axes (i64, in elements).
struct Numbers {
  mlir::Value base;
  TilePair strides;
  /// Whether they lie where the tensor does, not in a copy of a tile.
  bool areInTensor = false;
};

class TileLowering {
public:
  TileLowering(mlir::OpBuilder &allocations, mlir::IRMapping &mapping,
               const llvm::DenseMap<mlir::Value, Memory> &memories, const VectorUnit &unit)
      : allocations(allocations), mapping(mapping), memories(memories), unit(unit) {}

  /// Emits the ops of `block` but the terminator. Ops at the top level, on scalars or with regions,
  /// are listed in `copied`.
  mlir::LogicalResult emitBlock(mlir::OpBuilder &b, mlir::Block &block,
                                llvm::SmallVectorImpl<mlir::Operation *> *copied);

private:
  //===--------------------------------------------------------------------===//
  // Tiles.cpp
  //===--------------------------------------------------------------------===//

  mlir::LogicalResult emit(mlir::OpBuilder &b, mlir::Operation *op);
  mlir::LogicalResult emitVector(mlir::OpBuilder &b, mlir::Operation *op);

  /// A buffer of a vector, or of any `count` elements.
  TileBuffer allocate(mlir::Location loc, mlir::Type element, int64_t count);
  /// A buffer of a matrix.
  TileBuffer allocateMatrix(mlir::Location loc, mlir::Type element, int64_t rows, int64_t columns);
  TileBuffer allocateMatrix(mlir::Location loc, mlir::RankedTensorType type);
  /// The buffer for what `op` makes of `roots`: that of one which dies there and isn't `kept`.
  TileBuffer allocateFor(mlir::Operation *op, mlir::RankedTensorType type, mlir::ValueRange roots,
                         mlir::ValueRange kept = {});
  /// The matrices in buffers whose columns `value` is computed from.
  void findLeaves(mlir::Value value, llvm::SetVector<mlir::Value> &leaves);
  /// `value` in a buffer, for `user`.
  TileBuffer inBuffer(mlir::OpBuilder &b, mlir::Operation *user, mlir::Value value);
  /// A vector in a buffer of one column.
  TileBuffer storeVector(mlir::OpBuilder &b, mlir::Location loc, mlir::Value vector);

  /// What stands for a scalar or a vector, which may be a constant that comes later.
  mlir::Value scalarOf(mlir::OpBuilder &b, mlir::Value value);
  llvm::SmallVector<mlir::Value> mapAll(mlir::ValueRange values);

  //===--------------------------------------------------------------------===//
  // TileColumns.cpp
  //===--------------------------------------------------------------------===//

  void emitColumnwise(mlir::OpBuilder &b, mlir::Operation *op);
  void emitReduce(mlir::OpBuilder &b, tile::ReduceOp reduce);
  void emitRowReduce(mlir::OpBuilder &b, tile::ReduceOp reduce);

  /// A column of `value`.
  mlir::Value columnOf(mlir::Value value, Column &column);
  /// A column of indices as `LaneIndex`, where it is one.
  std::optional<LaneIndex> laneIndexOf(mlir::Value value, Column &column);
  /// `op` on vectors in the place of tiles.
  mlir::Value emitElementwise(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange operands);
  /// Writes the columns of `value`, a matrix, to `buffer`, and computes the reductions
  /// of it that can be had on the way.
  void fill(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value, const TileBuffer &buffer,
            llvm::ArrayRef<tile::ReduceOp> reductions = {});

  /// How many columns of `value` are valid; and how many rows.
  mlir::Value columnCount(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value);
  mlir::Value rowCount(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value);
  void noteBound(mlir::OpBuilder &b, mlir::Operation *op);
  /// The reductions along the first `count` columns of `value`.
  llvm::SmallVector<tile::ReduceOp> reductionsOf(mlir::Value value, mlir::Value count);
  llvm::SmallVector<mlir::Value> identitiesOf(mlir::OpBuilder &b,
                                              llvm::ArrayRef<tile::ReduceOp> reductions);
  /// `carried`, the reductions up to some columns, with those in `vectors`.
  llvm::SmallVector<mlir::Value> reduceOn(mlir::OpBuilder &b,
                                          llvm::ArrayRef<tile::ReduceOp> reductions,
                                          mlir::ValueRange carried,
                                          llvm::ArrayRef<mlir::Value> vectors);
  void mapResults(llvm::ArrayRef<tile::ReduceOp> reductions, mlir::ValueRange results);
  llvm::SmallVector<mlir::Value> reduceColumns(mlir::OpBuilder &b, mlir::Location loc,
                                               mlir::Value value, mlir::Value count,
                                               llvm::ArrayRef<tile::ReduceOp> reductions,
                                               const TileBuffer *buffer);

  //===--------------------------------------------------------------------===//
  // TileOperands.cpp
  //===--------------------------------------------------------------------===//

  mlir::LogicalResult emitRead(mlir::OpBuilder &b, tile::ReadOp read);
  mlir::LogicalResult emitWrite(mlir::OpBuilder &b, tile::WriteOp write);
  Numbers readNumbers(mlir::OpBuilder &b, tile::ReadOp read, const TileMemory &source,
                      TilePair valid);
  /// `value` for a use in the form Turned, of which it has the first `rows` rows; and Numbers.
  TileBuffer turnedOf(mlir::OpBuilder &b, tile::DotOp user, mlir::Value value, mlir::Value rows);
  Numbers numbersOf(mlir::OpBuilder &b, tile::DotOp user, mlir::Value value);

  //===--------------------------------------------------------------------===//
  // TileProducts.cpp
  //===--------------------------------------------------------------------===//

  void emitProduct(mlir::OpBuilder &b, tile::DotOp dot);
  /// Whether a column of `value` can be computed once `product` is there.
  bool isAvailable(mlir::Value value, mlir::Value product);
  /// What is stored in the place of the result of `dot`: an expression of it and of what is there.
  mlir::Value findFused(tile::DotOp dot);

  //===--------------------------------------------------------------------===//
  // TileRegions.cpp
  //===--------------------------------------------------------------------===//

  mlir::LogicalResult emitFor(mlir::OpBuilder &b, mlir::scf::ForOp loop);
  mlir::LogicalResult emitIf(mlir::OpBuilder &b, mlir::scf::IfOp op);
  void yieldTiles(mlir::OpBuilder &b, mlir::scf::ForOp loop);
  /// Whether `op` may write its result, column by column, to `place`.
  bool isFree(const TileBuffer &place, mlir::Operation *op);

  mlir::OpBuilder &allocations;
  mlir::IRMapping &mapping;
  const llvm::DenseMap<mlir::Value, Memory> &memories;
  const VectorUnit &unit;
  llvm::DenseMap<mlir::Value, TileBuffer> buffers;
  /// Tiles in other forms.
  llvm::DenseMap<mlir::Value, TileBuffer> turned;
  llvm::DenseMap<mlir::Value, Numbers> numbers;
  /// Where expressions are to be put that a conditional gives.
  llvm::DenseMap<mlir::Value, TileBuffer> destinations;
  /// How many columns of a matrix are valid, where that is not all of them.
  llvm::DenseMap<mlir::Value, mlir::Value> bounds;
  /// The bytes of all buffers.
  int64_t allocated = 0;
};

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_TILELOWERING_H
