//===- Sizes.h - shapes as a function of the extents ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_SIZES_H
#define MIXC_LOWERING_BUNDLE_SIZES_H

#include "lowering/bundle/Interface.h"

#include "llvm/IR/Module.h"

namespace mixc::lowering::bundle {

/// Adds to `module` the function `name` of a mixer: `mixc_bundle_mixer::sizes` in Launcher.h. As
/// everywhere in the language x/0 is 0 and x%0 is x, and both floor.
llvm::Function *addSizes(llvm::Module &module, const Interface &interface, llvm::StringRef name);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_SIZES_H
