//===- Formula.h - sizes as text --------------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_FORMULA_H
#define MIXC_LOWERING_BUNDLE_FORMULA_H

#include "dialects/plan/Plan.h"
#include "lowering/bundle/Interface.h"

namespace mixc::lowering::bundle {

/// An expression over extents in the terms of the language: `N/2 + 1`; `/` and `%` floor.
std::string sizeText(mlir::AffineExpr size, llvm::ArrayRef<Extent> extents);

/// The bytes of a plan's temporaries, and of the scratch of one piece of a launch, in the
/// same terms.
struct WorkspaceFormulas {
  std::string temporaries, scratch;
};

/// `plan` has been laid out: its buffers have their slots.
WorkspaceFormulas workspaceFormulas(plan::FuncOp plan);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_FORMULA_H
