//===- Functions.h - what a launcher asks a plan ----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plan checks, lays out its workspace and launches in one function. A launcher asks for the parts
// apart: whether a call would be refused, before it has a workspace, and how much of it is scratch.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_FUNCTIONS_H
#define MIXC_LOWERING_BUNDLE_FUNCTIONS_H

#include "dialects/plan/Plan.h"

#include <string>

namespace mixc::lowering::bundle {

/// The names of the functions of `plan`: its own ones (runtime/kernel.h), and those added here and
/// in Sizes.h. No kernel has such a name.
struct FunctionNames {
  explicit FunctionNames(llvm::StringRef plan)
      : plan(plan), temporaries(plan.str() + "_workspace"), conditions(plan.str() + "$conditions"),
        scratch(plan.str() + "$scratch"), sizes(plan.str() + "$sizes") {}

  std::string plan, temporaries, conditions, scratch, sizes;
};

/// Adds a plan of the conditions of `plan` alone.
void addConditions(plan::FuncOp plan);

/// Adds a function from the extents (an array of i64) to the scratch that a piece of any launch
/// needs at most, in bytes (i64). Fails, and says so, where it depends on more than extents.
llvm::LogicalResult addScratch(plan::FuncOp plan);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_FUNCTIONS_H
