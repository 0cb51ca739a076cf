//===- Kernels.h - the kernels of a plan, and what they move ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads from plan and tile what each launch computes (`#tile.facts`) and, at given extents, what it
// moves: the elements of each view that its loads and stores can touch, each once for the reads and
// once for the writes of a launch. A subscript that moves with nothing in the kernel touches one
// index of an axis, one that comes from data as many as there are points to read it at; others may
// touch all. Scratch moves nothing.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_EXPLAIN_KERNELS_H
#define MIXC_COMPILER_EXPLAIN_KERNELS_H

#include "dialects/mixer/Mixer.h"

#include "mlir/IR/BuiltinOps.h"

namespace mixc::explain {

struct GridAxis {
  std::string name;
  std::string lower, upper;    ///< over the extents
  std::optional<int64_t> size; ///< at the extents
  int64_t block = 1;           ///< how many indices a point takes
};

struct Kernel {
  std::string name, form;
  std::vector<std::string> equations; ///< that a point evaluates
  std::vector<GridAxis> grid;
  /// Where each tensor that it computes lives.
  std::vector<std::pair<std::string, std::string>> places;
  /// How many loops of the plan are around its launch.
  unsigned loops = 0;

  // At the extents.
  std::optional<double> flops;    ///< of all launches, as the equations need them
  std::optional<double> launches; ///< how many
  std::optional<double> bytes;    ///< moved by all launches
  std::optional<int64_t> scratch; ///< bytes of a point
};

/// The interface of a mixer: the types of its arguments, then of its outputs, and the names of its
/// extents.
struct Interface {
  explicit Interface(mixer::FuncOp func);

  llvm::SmallVector<mixer::MixerTensorType> tensors;
  std::vector<std::string> extents;
};

/// A mixer's host function.
struct Plan {
  std::vector<Kernel> kernels; ///< in the order of their launches

  // At the extents.
  std::string unsatisfied;          ///< the first of its conditions that does not hold; empty: none
  std::optional<int64_t> workspace; ///< bytes of its temporaries
};

/// The one plan in `module`, whose buffers have their slots. `extents` is empty where sizes are not
/// known.
Plan describePlan(mlir::ModuleOp module, const Interface &interface,
                  llvm::ArrayRef<int64_t> extents);

/// A bound over extents as the language writes it: `N/S + 1`.
std::string boundText(mlir::AffineExpr bound, llvm::ArrayRef<std::string> extents);

} // namespace mixc::explain

#endif // MIXC_COMPILER_EXPLAIN_KERNELS_H
