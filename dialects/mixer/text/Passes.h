//===- Passes.h - the pass that prints mixers ----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_TEXT_PASSES_H
#define MIXC_DIALECTS_MIXER_TEXT_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mixc::mixer {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "dialects/mixer/text/Passes.h.inc"

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_TEXT_PASSES_H
