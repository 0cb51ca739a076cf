//===- Cost.cpp - what a point of an equation costs -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Cost.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

static int64_t costOfOp(Operation *op) {
  if (isa<math::AbsFOp, math::FloorOp, math::CeilOp, math::RoundEvenOp, math::FmaOp>(op))
    return 1;
  if (isa<math::SqrtOp, math::RsqrtOp, arith::DivFOp, complex::DivOp>(op))
    return 4;
  if (op->getName().getDialectNamespace() == "math" ||
      isa<mixer::ExpDiffOp, mixer::PhiloxOp, complex::ExpOp>(op))
    return PointCost::transcendental;
  if (auto fn = dyn_cast<mixer::FnOp>(op)) {
    using Kind = mixer::FnKind;
    switch (fn.getKind()) {
    case Kind::sign:
    case Kind::relu:
    case Kind::detach:
      return 1;
    case Kind::recip0:
    case Kind::floordiv:
    case Kind::floormod:
      return 4;
    default:
      return PointCost::transcendental;
    }
  }
  if (isa<mixer::YieldOp, scf::YieldOp, mixer::ApplyOp, arith::ConstantOp, complex::ConstantOp>(op))
    return 0;
  return 1;
}

PointCost schedule::costOfBody(Operation *op) {
  PointCost cost;
  op->walk([&](Operation *inner) {
    if (inner == op)
      return;
    cost.loops |= isa<mixer::ReduceOp, mixer::OrderOp>(inner);
    cost.flops += costOfOp(inner);
  });
  return cost;
}
