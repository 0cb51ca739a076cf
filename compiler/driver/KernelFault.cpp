//===- KernelFault.cpp - a fault inside compiled code ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/KernelFault.h"

#include "llvm/ADT/SmallPtrSet.h"

using namespace llvm;

namespace mixc::driver {

std::atomic<TrustingKernels> trustingKernels = TrustingKernels::None;

/// Whether a value is computed from what a tensor holds, and not from indices and extents alone.
static bool comesFromData(mlir::Value value) {
  SmallVector<mlir::Value> open{value};
  SmallPtrSet<mlir::Operation *, 8> seen;
  while (!open.empty()) {
    mlir::Operation *op = open.pop_back_val().getDefiningOp();
    if (!op || !seen.insert(op).second)
      continue;
    // A body may read whatever it likes.
    if (isa<mixer::AtOp>(op) || op->getNumRegions() > 0)
      return true;
    append_range(open, op->getOperands());
  }
  return false;
}

bool trustsData(mixer::FuncOp func) {
  mlir::WalkResult result = func.walk([](mlir::Operation *op) {
    mlir::ValueRange from;
    if (auto read = dyn_cast<mixer::AtOp>(op))
      from = read.getIndices();
    else if (auto scatter = dyn_cast<mixer::ScatterOp>(op))
      from = scatter.getBody().front().getTerminator()->getOperands().drop_back();
    else if (auto binding = mixer::getBinding(op))
      return any_of(binding->lowerOperands, comesFromData) ||
                     any_of(binding->upperOperands, comesFromData)
                 ? mlir::WalkResult::interrupt()
                 : mlir::WalkResult::advance();
    return any_of(from, comesFromData) ? mlir::WalkResult::interrupt()
                                       : mlir::WalkResult::advance();
  });
  return result.wasInterrupted();
}

} // namespace mixc::driver
