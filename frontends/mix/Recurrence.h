//===- Recurrence.h - the time of a group of definitions ---------*- C++ -*-===//
//
// Definitions that read each other can be evaluated when there is an order of steps:
// an axis of each tensor, the time, such that every read within the group is at the
// same step, or provably at an earlier one. What is read at the same step must then
// stand above its reader.
//
//   S[b,-1,i] = 0                                   boundary: an initial slice
//   e[b,n]    = v[b,n] - sum[i](k[i] * S[b,n-1,i])  reads S at an earlier step
//   S[b,n,i]  = S[b,n-1,i] + k[i] * e[b,n]          reads e at the same step
//
// Reads at the same step may still go in circles: then they are a recurrence over a
// further axis. Where it has the same members (a scan over two axes), it is one
// recurrence with two times; where it has fewer (an iteration inside each step), it is
// a recurrence nested in the step.
//
// The analysis looks at the group as emitted once over all axes, with a stand-in for
// every tensor of the group, so that indices, guards and data mean there what they
// will mean later, and the one prover of bounds (analysis/Facts.h) decides.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_RECURRENCE_H
#define MIXC_FRONTENDS_MIX_RECURRENCE_H

#include "frontends/mix/Names.h"

namespace mixc::mix {

/// A read of a tensor of the group in an equation of the group.
struct GroupRead {
  Unit *reader;
  const Piece *piece; ///< the equation that reads
  Unit *target;
  mixer::AtOp op;
  Span span;
};

/// What was seen while the group was emitted with stand-ins.
struct GroupReads {
  llvm::SmallVector<GroupRead> reads;
  llvm::DenseMap<const Piece *, mixer::EqOp> equations;
  const Piece *piece = nullptr; ///< being emitted
  Unit *unit = nullptr;         ///< which it belongs to
};

struct RecurrencePlan {
  struct Time {
    std::string name;
    IndexRange range;
    bool reverse = false;
  };
  /// A definition, or a recurrence inside the step.
  struct Step {
    Unit *unit = nullptr;
    std::unique_ptr<RecurrencePlan> nested;
  };
  llvm::SmallVector<Unit *> members;
  llvm::SmallVector<Time, 1> times;
  llvm::DenseMap<Unit *, llvm::SmallVector<unsigned, 1>> axes; ///< of each member, by time
  llvm::SetVector<Unit *> carries; ///< whose earlier steps are read, or read outside
  llvm::SmallVector<Step> steps;   ///< in the order of a step
};

/// Finds the times of a group. `kept` says which members are read outside of it or are
/// outputs. Null after an error.
std::unique_ptr<RecurrencePlan> planRecurrence(llvm::ArrayRef<Unit *> group,
                                               const GroupReads &reads, mixer::FuncOp func,
                                               llvm::function_ref<bool(Unit *)> kept,
                                               Diagnostics &diags);

/// The strongly connected groups of `units` along `next`, what is read first; stable.
std::vector<std::vector<Unit *>>
groupsOf(llvm::ArrayRef<Unit *> units,
         llvm::function_ref<void(Unit *, llvm::function_ref<void(Unit *)>)> next);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_RECURRENCE_H
