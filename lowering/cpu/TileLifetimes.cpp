//===- TileLifetimes.cpp - which tiles need a buffer, and for how long ----===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileLifetimes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

bool cpu::hasTile(Operation *op) {
  return op
      ->walk([](Operation *inner) {
        return llvm::any_of(inner->getOperands(), tileType) ||
                       llvm::any_of(inner->getResults(), tileType)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

bool cpu::isColumnwise(Operation *op) {
  if (op->getNumResults() != 1 || !isMatrix(op->getResult(0)))
    return false;
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return isa<SplatElementsAttr>(constant.getValue());
  return op->hasTrait<OpTrait::Elementwise>() ||
         isa<tensor::SplatOp, tile::BroadcastOp, tile::IotaOp, tile::ExpDiffOp>(op);
}

/// The arithmetic ops that evaluating a column of `value` takes, counted up to `limit`.
static int64_t costOf(Value value, int64_t limit) {
  Operation *op = value.getDefiningOp();
  if (!op || !isColumnwise(op) || limit <= 0)
    return 0;
  int64_t cost = isa<tile::ExpDiffOp>(op) ? limit : op->hasTrait<OpTrait::Elementwise>() ? 1 : 0;
  for (Value operand : op->getOperands())
    if (isMatrix(operand))
      cost += costOf(operand, limit - cost);
  return cost;
}

bool cpu::isCostly(Value value) {
  constexpr int64_t limit = 8;
  return costOf(value, limit) >= limit;
}

bool cpu::isMaterialised(Value value) {
  bool isConsumed = false, isReduced = false, isGiven = false;
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (isa<tile::DotOp>(user) && use.getOperandNumber() < 2)
      return true;
    isConsumed |= !isColumnwise(user);
    isReduced |= isa<tile::ReduceOp>(user);
    isGiven |= isa<scf::YieldOp>(user) && isa<scf::IfOp>(user->getParentOp());
  }
  return (isReduced && isGiven) || (isConsumed && !value.hasOneUse() && isCostly(value));
}

/// The ops that read the columns of `value`, directly or by way of expressions.
static void findConsumers(Value value, SetVector<Operation *> &consumers) {
  for (Operation *user : value.getUsers()) {
    if (isColumnwise(user) && !isMaterialised(user->getResult(0)))
      findConsumers(user->getResult(0), consumers);
    else
      consumers.insert(user);
  }
}

bool cpu::diesAt(Value value, Operation *op) {
  if (value.getParentBlock() != op->getBlock())
    return false;
  SetVector<Operation *> consumers;
  findConsumers(value, consumers);
  return llvm::all_of(consumers, [&](Operation *consumer) {
    Operation *ancestor = op->getBlock()->findAncestorOpInBlock(*consumer);
    if (ancestor == op)
      return consumer == op || isa<scf::IfOp>(op);
    return ancestor && ancestor->isBeforeInBlock(op);
  });
}

bool cpu::isReadBehind(Value value, Operation *op) {
  SetVector<Operation *> consumers;
  findConsumers(value, consumers);
  return llvm::any_of(consumers, [&](Operation *consumer) {
    Operation *ancestor = op->getBlock()->findAncestorOpInBlock(*consumer);
    return ancestor && op->isBeforeInBlock(ancestor);
  });
}

TileForm cpu::formOf(OpOperand &use) {
  auto dot = dyn_cast<tile::DotOp>(use.getOwner());
  unsigned number = use.getOperandNumber();
  if (!dot || number > 1)
    return TileForm::Columns;
  // A product of a vector and a matrix has its lanes along the matrix's free axis.
  unsigned lanesOperand = isMatrix(dot.getA()) ? 0 : 1;
  if (number != lanesOperand)
    return TileForm::Numbers;
  return dot.getContract()[number] == 0 ? TileForm::Turned : TileForm::Columns;
}
