//===- KernelEmitter.h - a group of equations as a kernel -------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Emits one `tile.kernel`. A point of its grid computes the group's members in order. An axis that
// is not the grid's is a loop; a tensor that only the kernel reads is scratch over these axes, or a
// register where there is none. A recurrence is a loop over time around its step's equations, its
// histories scratch that holds the steps still read.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_KERNELEMITTER_H
#define MIXC_COMPILER_SCHEDULE_KERNELEMITTER_H

#include "compiler/schedule/BodyEmitter.h"
#include "compiler/schedule/Groups.h"
#include "compiler/schedule/Homes.h"
#include "dialects/mixer/analysis/Demand.h"

namespace mixc::schedule {

/// A kernel and what its launch needs, as expressions and values of the plan.
struct KernelLaunch {
  tile::KernelOp kernel;
  llvm::SmallVector<mlir::AffineExpr> grid;
  /// A kernel argument: a view of the plan, an extent, or a time index of the plan.
  struct Argument {
    mlir::Value view;
    std::optional<unsigned> extent;
    mlir::Value time;
  };
  llvm::SmallVector<Argument> arguments;
  /// The bytes that each scratch of a point needs, over extents; one that is negative counts as 0.
  llvm::SmallVector<mlir::AffineExpr> scratch;
};

/// Where checked kernels note that a subscript which comes from data lies outside: a view of one
/// integer, 0 or the number of the place.
struct FaultNotes {
  mlir::Value view;                      ///< of the plan
  llvm::SmallVector<std::string> places; ///< what must hold at place k + 1
};

class KernelEmitter : public BodyEmitter {
public:
  /// `module` gets the kernel; `homes` has the memory of everything that is not computed here.
  KernelEmitter(mlir::ModuleOp module, llvm::StringRef name, const Group &group, const Reads &reads,
                const Homes &homes, FaultNotes *faults = nullptr);

  /// Emits a kernel that clears the notes.
  KernelLaunch emitClear();
  /// Passes a time index of the plan on; `value` is its value there.
  void addTime(mlir::Value time, mlir::Value value);
  /// Emits the group's members.
  KernelLaunch emitGroup();
  /// Emits the boundary of a history whose time loop is in the plan.
  KernelLaunch emitInit(mixer::RecurOp recur, unsigned init);

protected:
  mlir::Block *topBlock() override { return body; }
  mlir::Value extent(unsigned position) override;
  mlir::Value read(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> subscripts,
                   mlir::Location loc) override;

  /// Scratch of a tensor: its axes that are not fixed by the point, in order, after the ring of a
  /// history.
  struct Local {
    mlir::Value view;
    llvm::SmallVector<unsigned> axes;
    llvm::SmallVector<mlir::AffineExpr> bases;
    std::optional<unsigned> ringAxis;
    int64_t ringSize = 0;
  };
  /// An element's memory.
  struct Slot {
    mlir::Value view;
    llvm::SmallVector<mlir::AffineExpr> place;
  };

  KernelLaunch finish();
  /// What the kernel came from; `boundary` and `slice` where it writes the boundary of a history.
  /// Defined in KernelFacts.cpp.
  tile::FactsAttr describe(llvm::StringRef boundary = "", mlir::Value slice = {});
  /// Where a point keeps what `eq` (null: a scatter) computes, in a word for the reader.
  virtual llvm::StringRef placeOnChip(mixer::EqOp eq);
  void emitMember(mlir::Operation *member);
  void emitEquation(mixer::EqOp eq);
  void emitReduction(mixer::EqOp eq, mixer::ReduceOp reduce, llvm::ArrayRef<Range> ranges,
                     Env &env);
  void emitSorted(mixer::EqOp eq, mixer::OrderOp order, llvm::ArrayRef<Range> ranges, Env &env);
  void emitMap(mixer::EqOp eq, llvm::ArrayRef<Range> ranges, Env &env);
  void emitScatter(mixer::ScatterOp scatter);
  void emitRecurrence(mixer::RecurOp recur);
  /// Emits a boundary; one that runs with the outermost time index at `step` only, where given.
  void emitBoundary(mixer::RecurOp recur, unsigned init,
                    std::optional<mlir::AffineExpr> step = std::nullopt);

  /// Binds the indices of `op` that the grid fixes; returns loops over the others.
  llvm::SmallVector<Range> bindGrid(mlir::Operation *op, Env &env);
  /// Leaves points out of a loop over an axis of `eq` that nobody reads.
  void narrow(mixer::EqOp eq, Range &loop, Env &env);
  /// The range of an axis at this point, a block where the axis is blocked.
  Range axisRange(const GridAxis *axis, mlir::Value index, mlir::AffineExpr lower,
                  mlir::AffineExpr upper);
  const GridAxis *gridAxisOf(mlir::Value tensor, unsigned axis) const;

  /// Whether the tensor is a value in a register at this point.
  bool isRegister(mixer::EqOp eq);
  /// The slot of an element; none when the tensor is neither in memory nor scratch here.
  std::optional<Slot> slotOf(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> subscripts);
  Local *localOf(mlir::Value tensor);
  mlir::Value makeScratch(llvm::ArrayRef<mlir::AffineExpr> sizes, mlir::Type element,
                          mlir::Location loc);
  mlir::Value viewArgument(mlir::Value planView);
  /// Whether an element is in its tensor, where that is to be checked: else null.
  mlir::Value isInside(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> subscripts,
                       mlir::Location loc);
  /// Emits `body` where `inside` holds and notes the fault elsewhere; `inside` may be null.
  mlir::Value emitInside(mlir::Value inside, mlir::Value tensor, mlir::Type result,
                         mlir::Location loc, llvm::function_ref<mlir::Value()> body);
  mlir::Value loadSlot(const Slot &slot, mlir::Location loc);
  void storeSlot(const Slot &slot, mlir::Value value, mlir::Location loc);
  void storeResult(mixer::EqOp eq, mlir::Value value, Env &env);
  llvm::SmallVector<mlir::AffineExpr> ownSubscripts(mixer::EqOp eq, Env &env);

  const Group &group;
  const Reads &reads;
  const Homes &homes;
  FaultNotes *faults;
  mixer::Demand demand;
  KernelLaunch launch;
  mlir::Block *body;
  llvm::SmallVector<mlir::AffineExpr> gridIndices;
  llvm::DenseMap<mlir::Value, Local> locals;
  llvm::DenseMap<mlir::Value, mlir::Value> viewArguments;
  llvm::SmallPtrSet<mlir::Value, 4> written;
  llvm::SmallPtrSet<mlir::Operation *, 8> computed;
  llvm::SmallVector<mlir::Value> extents;
};

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_KERNELEMITTER_H
