//===- Passes.h - equations to equations ------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The derivation: passes from the mixer dialect to the mixer dialect. Each keeps the meaning (Inv
// 2); Passes.td says what each does.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DERIVE_PASSES_H
#define MIXC_COMPILER_DERIVE_PASSES_H

#include "dialects/mixer/Mixer.h"

#include "mlir/Pass/Pass.h"

namespace mixc::derive {

#define GEN_PASS_DECL
#include "compiler/derive/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/derive/Passes.h.inc"

/// The extents that are worth fixing at compile time (DESIGN.md, Shapes): those that are summed
/// over and neither a length nor an axis of an output, and the axes that only the state of a fold
/// over a length has.
llvm::SmallVector<unsigned> extentsToFix(mixer::FuncOp func);

/// Declares that extent `position` is always `value`.
void fixExtent(mixer::FuncOp func, unsigned position, int64_t value);

/// The derivation as one pipeline. On entry: mixer.func as written. On exit: mixer.func in normal
/// form, in which a reduction or an order statistic is all that its equation is, and readers of
/// histories are in their recurrences.
void buildDerivation(mlir::OpPassManager &pm);

} // namespace mixc::derive

#endif // MIXC_COMPILER_DERIVE_PASSES_H
