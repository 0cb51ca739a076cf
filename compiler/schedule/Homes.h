//===- Homes.h - where tensors lie in memory --------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_HOMES_H
#define MIXC_COMPILER_SCHEDULE_HOMES_H

#include "compiler/schedule/Histories.h"

namespace mixc::schedule {

/// The memory of a tensor: an argument, an output or a buffer of the plan.
struct Home {
  mlir::Value view; ///< a value of the plan
  /// The axis of which only some indices are kept, in a ring: the steps of a history.
  std::optional<unsigned> ringAxis;
  int64_t ringSize = 0;
};

/// The memory of the tensors of a plan, by canonical tensor.
using Homes = llvm::DenseMap<mlir::Value, Home>;

/// Where the element at `subscripts` lies in a tensor's memory: from 0, the ring folded.
inline llvm::SmallVector<mlir::AffineExpr>
placeInHome(const Home &home, mixer::MixerTensorType type,
            llvm::ArrayRef<mlir::AffineExpr> subscripts) {
  llvm::SmallVector<mlir::AffineExpr> place;
  for (auto [axis, subscript, lower] : llvm::enumerate(subscripts, type.getLower())) {
    place.push_back(subscript - lower);
    if (home.ringAxis == axis)
      place.back() = place.back() % home.ringSize;
  }
  return place;
}

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_HOMES_H
