//===- Regions.cpp - what a pointer points into ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/emulator/Regions.h"

#include "mlir/Interfaces/ControlFlowInterfaces.h"

using namespace mlir;
using namespace mixc::lowering::emulator;

/// A block argument gets a second one, to which every branch passes the region of what it passes to
/// the first.
Value Regions::ofArgument(BlockArgument argument) {
  Block *block = argument.getOwner();
  BlockArgument region = block->addArgument(pointer, argument.getLoc());
  // Known from here on: around a loop the question comes back.
  known[argument] = region;
  auto forEachBranch = [&](function_ref<void(SuccessorOperands)> function) {
    for (auto branch = block->pred_begin(); branch != block->pred_end(); ++branch)
      function(cast<BranchOpInterface>((*branch)->getTerminator())
                   .getSuccessorOperands(branch.getSuccessorIndex()));
  };
  // All branches have an operand for it before any is computed, which may add further ones.
  unsigned from = argument.getArgNumber(), to = region.getArgNumber();
  forEachBranch([&](SuccessorOperands operands) { operands.append(operands[from]); });
  forEachBranch([&](SuccessorOperands operands) {
    Value passed = get(operands[from]);
    operands.getMutableForwardedOperands()[to].set(passed);
  });
  return region;
}

Value Regions::get(Value value) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return ofArgument(argument);

  Operation *op = value.getDefiningOp();
  Value region;
  if (auto address = dyn_cast<LLVM::GEPOp>(op)) {
    region = get(address.getBase());
  } else if (isa<LLVM::AddrSpaceCastOp, LLVM::BitcastOp, LLVM::FreezeOp>(op)) {
    region = get(op->getOperand(0));
  } else if (auto select = dyn_cast<LLVM::SelectOp>(op)) {
    Value ifTrue = get(select.getTrueValue()), ifFalse = get(select.getFalseValue());
    builder.setInsertionPoint(select);
    region =
        LLVM::SelectOp::create(builder, select.getLoc(), select.getCondition(), ifTrue, ifFalse);
  } else {
    builder.setInsertionPoint(op);
    region = LLVM::ZeroOp::create(builder, op->getLoc(), pointer);
  }
  known[value] = region;
  return region;
}
