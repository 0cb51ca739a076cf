//===- Recompute.cpp - computing a value again elsewhere ------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/scalar/Recompute.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

FailureOr<Value> mixc::lowering::recompute(OpBuilder &builder, Value value, IRMapping &known) {
  if (Value there = known.lookupOrNull(value))
    return there;
  Operation *op = value.getDefiningOp();
  if (!op || !isMemoryEffectFree(op))
    return failure();
  SetVector<Value> inputs(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), inputs);
  for (Value input : inputs)
    if (failed(recompute(builder, input, known)))
      return failure();
  builder.clone(*op, known);
  return known.lookup(value);
}

FailureOr<SmallVector<Value>> mixc::lowering::recompute(OpBuilder &builder, ValueRange values,
                                                        IRMapping &known) {
  SmallVector<Value> results;
  for (Value value : values) {
    FailureOr<Value> result = recompute(builder, value, known);
    if (failed(result))
      return failure();
    results.push_back(*result);
  }
  return results;
}
