//===- Functions.cpp - what a launcher asks a plan ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Functions.h"

#include "lowering/host/Descriptor.h"
#include "lowering/scalar/Recompute.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;

void bundle::addConditions(plan::FuncOp plan) {
  OpBuilder builder(plan);
  auto conditions = cast<plan::FuncOp>(builder.clone(*plan));
  conditions.setSymName(FunctionNames(plan.getSymName()).conditions);
  // Checks stand in front; what follows the last one reads no further than itself.
  Block &body = conditions.getBody().front();
  while (body.getOperations().size() > 1 && !isa<plan::CheckOp>(*std::prev(body.end(), 2)))
    std::prev(body.end(), 2)->erase();
}

LogicalResult bundle::addScratch(plan::FuncOp plan) {
  MLIRContext *context = plan.getContext();
  context->loadDialect<arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect>();
  Location loc = plan.getLoc();
  OpBuilder builder(plan);
  Type i64 = builder.getI64Type();
  auto function =
      func::FuncOp::create(builder, loc, FunctionNames(plan.getSymName()).scratch,
                           builder.getFunctionType({LLVM::LLVMPointerType::get(context)}, {i64}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  IRMapping known;
  for (auto [k, extent] : llvm::enumerate(plan.getExtents()))
    known.map(extent, host::loadIndex(builder, loc, function.getArgument(0), k));

  Value most = arith::ConstantIndexOp::create(builder, loc, 0);
  WalkResult result = plan.walk([&](plan::LaunchOp launch) -> WalkResult {
    FailureOr<Value> scratch = recompute(builder, launch.getScratch(), known);
    if (failed(scratch))
      return launch.emitOpError("has scratch whose size depends on more than the extents");
    most = arith::MaxSIOp::create(builder, loc, most, *scratch);
    return success();
  });
  if (result.wasInterrupted())
    return failure();
  Value bytes = arith::IndexCastOp::create(builder, loc, i64, most);
  func::ReturnOp::create(builder, loc, bytes);
  return success();
}
