//===- TileEmitter.h - a group of equations over larger tiles ---*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The same kernel op, grid, homes and plan as KernelEmitter's; a point takes a block of rows
// instead of one, and what it computes are tiles: rows, rows x keys, rows x (an axis of known
// size). Reductions over the keys are loops over blocks of keys. Those that one another's repairs
// allow (Inv 6) share a loop; a sum of products of a tile over rows and one that is not is a
// `tile.dot` (Inv 14).
//
// An equation that has no form over tiles, an access that is no range of memory among them, makes
// the emission fail: the group then takes tiles of rank 0.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_TILEEMITTER_H
#define MIXC_COMPILER_SCHEDULE_TILEEMITTER_H

#include "compiler/schedule/KernelEmitter.h"
#include "dialects/mixer/analysis/Facts.h"

namespace mixc::schedule {

/// The sizes of a tile: rows a point, which are the lanes, columns a point where a second axis of
/// the grid is blocked (0: none is), keys a turn of a loop.
struct TileSizes {
  int64_t rows = 32, columns = 0, keys = 96;
};

/// Fewer columns than these are not worth their rows' tiles.
inline constexpr int64_t fewestColumns = 8;

/// The tiles that a group may take, the best first.
llvm::SmallVector<TileSizes> candidateTiles(const Group &group);

class TileEmitter : public KernelEmitter {
public:
  /// The last axis of the grid is blocked by `sizes.rows`, and the one in front of it by
  /// `sizes.columns`, where that is not 0.
  TileEmitter(mlir::ModuleOp module, llvm::StringRef name, const Group &group, const Reads &reads,
              const Homes &homes, TileSizes sizes);

  /// Emits the group's members; fails, with `why()` set and nothing left behind, where one of them
  /// has no form over tiles.
  mlir::FailureOr<KernelLaunch> emitTiles();
  const std::string &why() const { return reason; }

  /// Which loop over the keys a reduction is in, and why.
  struct Note {
    mixer::EqOp eq;
    bool joined;
    std::string text;
  };
  llvm::ArrayRef<Note> notes() const { return noted; }

private:
  /// The rows are the first axis of every tile.
  static constexpr unsigned rowAxis = 0;

  /// An axis of tiles: its size and how many places of it are valid.
  struct Axis {
    int64_t size;
    mlir::Value valid;
    /// Stands for the place along the axis in index expressions.
    mlir::AffineExpr place;
  };
  /// A value over some axes, by their numbers, in order; none: a scalar.
  struct Tile {
    mlir::Value value;
    llvm::SmallVector<unsigned> axes;
  };
  using MaybeTile = mlir::FailureOr<Tile>;

  /// The values of a body at the places of tiles.
  struct Scope {
    Env env; ///< integers, as expressions over points and places
    llvm::DenseMap<mlir::Value, Tile> tiles;
  };

  /// One reduction of a fold.
  struct Component {
    mixer::EqOp eq;
    mixer::ReduceOp reduce;
    /// The maximum whose moves its partial sum is repaired for.
    mixer::EqOp repairedFor;
    llvm::SmallVector<unsigned> axes; ///< of the total
  };
  /// Reductions that share a loop over the keys.
  struct Fold {
    llvm::SmallVector<Component> components;
  };
  /// How a contribution depends on the totals of the fold at hand.
  struct Dependence {
    enum Kind { none, factor, other } kind = none;
    mixer::EqOp maximum;
  };

  mlir::LogicalResult fail(const llvm::Twine &text);
  /// Whether a tensor lies in memory by a table: its ranges are none of the memory.
  static bool isIndirect(const Home &home);
  /// The same combiner in the tile dialect.
  static tile::ReduceKind kindOf(mixer::ReduceOp reduce);
  unsigned addAxis(int64_t size, mlir::Value valid);

  llvm::StringRef placeOnChip(mixer::EqOp) override { return "tile"; }

  bool isComponent(mixer::EqOp eq);
  std::optional<int64_t> wholeBlock(mixer::ReduceOp reduce);
  bool joinFold(Component &component, Fold &fold);
  bool isRowLevel(mixer::EqOp eq);
  mlir::LogicalResult bindIndices(mixer::EqOp eq, Scope &scope,
                                  llvm::SmallVectorImpl<unsigned> *axes);
  mlir::LogicalResult emitFold(Fold &fold);
  void noteFold(const Fold &fold, bool isRagged);
  void hoistInvariants(mlir::scf::ForOp loop);
  mlir::LogicalResult emitRow(mixer::EqOp eq);
  mlir::LogicalResult storeTile(mixer::EqOp eq, const Tile &tile, Scope &scope);
  MaybeTile contribute(const Component &component, Scope &scope, const Tile &total, unsigned keys,
                       mlir::Value partial, llvm::function_ref<MaybeTile()> mask);
  Dependence dependenceOf(mlir::Value value, const Fold &fold, bool inside);
  bool sameRange(mixer::ReduceOp a, mixer::ReduceOp b);

  MaybeTile evaluate(mlir::Value value, Scope &scope);
  MaybeTile evaluateOp(mlir::Operation *op, Scope &scope);
  MaybeTile evaluateAt(mixer::AtOp at, Scope &scope);
  bool isInBoundsOutside(mixer::AtOp at, mlir::Operation *condition);
  MaybeTile evaluateEquation(mixer::EqOp eq, llvm::ArrayRef<mlir::AffineExpr> subscripts);
  MaybeTile evaluateReduce(mixer::ReduceOp reduce, Scope &scope);
  MaybeTile evaluateIndex(mlir::AffineExpr expr, mlir::Location loc);
  mlir::FailureOr<mlir::AffineExpr> indexAt(mlir::Value value, Scope &scope);
  MaybeTile sumOfProducts(llvm::ArrayRef<Tile> factors, unsigned axis, mlir::Location loc);
  /// The axes that any of `tiles` is over; fails where they are more than two.
  mlir::FailureOr<llvm::SmallVector<unsigned>> commonAxes(llvm::ArrayRef<Tile> tiles);
  /// Multiplies factors into a tile; of none, 1 of type `element`.
  MaybeTile product(llvm::ArrayRef<Tile> factors, mlir::Type element, mlir::Location loc);
  mlir::FailureOr<llvm::SmallVector<Tile>> factorsOf(mlir::Value value, Scope &scope);
  /// What a subscript is at the places of an axis: one after the other from the first; at one place
  /// where the axis is -1.
  using PlaceRange = std::pair<mlir::AffineExpr, int64_t>;
  std::optional<PlaceRange> findRange(mlir::AffineExpr subscript);
  mlir::FailureOr<PlaceRange> rangeOf(mlir::AffineExpr subscript);

  /// A bound of a row's range over all rows of the point: the least or the greatest.
  mlir::FailureOr<mlir::Value> extreme(mlir::Value bound, bool greatest, Scope &scope);
  mlir::FailureOr<mlir::Value> extreme(mlir::AffineExpr bound, bool greatest, mlir::Location loc);

  mlir::Type typeOf(llvm::ArrayRef<unsigned> axes, mlir::Type element);
  mlir::Value broadcast(const Tile &tile, llvm::ArrayRef<unsigned> axes);
  Tile splat(mlir::Type element, double value, llvm::ArrayRef<unsigned> axes, mlir::Location loc);

  TileSizes sizes;
  std::string reason;
  llvm::SmallVector<Note> noted;
  mlir::Block places;
  llvm::SmallVector<Axis> axes;
  /// The tiles' axis that a blocked axis of the grid is.
  llvm::SmallDenseMap<const GridAxis *, unsigned, 2> blocked;
  llvm::DenseMap<mlir::Value, Tile> totals;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::AffineExpr>> totalIndices;
  /// What was computed for the block of keys at hand.
  std::map<std::pair<mlir::Operation *, std::vector<const void *>>, Tile> remembered;
  /// The outermost condition around what is evaluated.
  mlir::Operation *guard = nullptr;
  std::optional<mixer::Facts> facts;
};

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_TILEEMITTER_H
