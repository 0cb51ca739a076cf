//===- Passes.h - scalar arithmetic for every target ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pass of this folder; Passes.td says what it does.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_SCALAR_PASSES_H
#define MIXC_LOWERING_SCALAR_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Pass/Pass.h"

namespace mixc::lowering {

#define GEN_PASS_DECL
#include "lowering/scalar/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lowering/scalar/Passes.h.inc"

} // namespace mixc::lowering

#endif // MIXC_LOWERING_SCALAR_PASSES_H
