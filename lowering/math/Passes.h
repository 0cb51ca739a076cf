//===- Passes.h - the pass that expands elementary functions ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_MATH_PASSES_H
#define MIXC_LOWERING_MATH_PASSES_H

#include "mlir/Pass/Pass.h"

#include <memory>

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace mixc {

/// The patterns of expand-math; complex ones make math ops on reals that others then expand.
void populateExpandMathPatterns(mlir::RewritePatternSet &patterns);

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lowering/math/Passes.h.inc"

} // namespace mixc

#endif // MIXC_LOWERING_MATH_PASSES_H
