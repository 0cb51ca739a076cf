//===- LoopOrder.h - which loop is innermost --------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The innermost loop of an equation is the one that the target vectorises. It should run along the
// last axis of what is read and written (Inv 15): a sum over keys of weights times values runs over
// the values' channels inside, with one partial sum a channel; a dot product runs over the summed
// index inside.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_LOOPORDER_H
#define MIXC_COMPILER_SCHEDULE_LOOPORDER_H

#include "compiler/schedule/Access.h"

#include "llvm/ADT/SetVector.h"

namespace mixc::schedule {

/// The reduction that is all an equation computes, null when it computes something else.
mixer::ReduceOp wholeReduction(mixer::EqOp eq);
/// The order statistic that is all an equation computes.
mixer::OrderOp wholeOrder(mixer::EqOp eq);

/// The operations that compute the bounds of a reduction, in its own block.
llvm::SetVector<mlir::Operation *> boundsOf(mixer::ReduceOp reduce);

/// How well `index` (of the equation or scatter, or of its whole reduction) serves as the innermost
/// loop.
int scoreInnermost(mlir::Operation *op, const Accesses &accesses, mlir::BlockArgument index);

/// The best of `candidates`; null when there are none.
mlir::BlockArgument chooseInnermost(mlir::Operation *op, const Accesses &accesses,
                                    llvm::ArrayRef<mlir::BlockArgument> candidates);

/// The innermost loop of an equation that is all a reduction: one of `own`, the equation's indices
/// that a kernel loops over, or a summed index.
mlir::BlockArgument chooseInnermost(mixer::EqOp eq, mixer::ReduceOp reduce,
                                    const Accesses &accesses,
                                    llvm::ArrayRef<mlir::BlockArgument> own);

/// The attribute of an equation that is all a reduction and is added up in lanes along a summed
/// index: its number. Without it, the values are taken in the order of the text. Who computes the
/// equation again in another kernel does as its own kernel does, and gets the same bits.
inline constexpr llvm::StringLiteral lanesAttr = "lanes";

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_LOOPORDER_H
