//===- Sums.h - sums and multiply-adds with the same bits everywhere -*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value has the same bits in the body of a vector loop and in its tail, in this kernel and in
// another one. So what an optimiser may do with a sum must not depend on what stands around it.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_SUMS_H
#define MIXC_LOWERING_HOST_SUMS_H

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace mixc::lowering::host {

/// Marks the `scf.for` loops that add up in lanes (`reassoc`): each is one loop for the vectoriser,
/// never a row of additions in some loop around, and is not unrolled otherwise.
void annotateSums(mlir::ModuleOp module);

/// After the conversion to LLVM: what `annotateSums` wrote becomes a property of the branches back.
void setLoopAnnotations(mlir::ModuleOp module);

/// Converts multiply-adds that may round twice (`contract`): fused in every lane and every tail
/// where the processor does that, and in none where it doesn't.
void populateMulAddPatterns(const mlir::LLVMTypeConverter &types,
                            mlir::RewritePatternSet &patterns);

} // namespace mixc::lowering::host

#endif // MIXC_LOWERING_HOST_SUMS_H
