//===- Combiner.cpp - associative operations ------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/Combiner.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>

using namespace mlir;
using namespace mixc::lowering::gpu;

static bool mayReorder(Operation *op) {
  auto flags = cast<arith::ArithFastMathInterface>(op).getFastMathFlagsAttr();
  return arith::bitEnumContainsAny(flags.getValue(), arith::FastMathFlags::reassoc);
}

/// What `op` may be combined with and stay what it is; null where its order counts.
static TypedAttr neutralOf(Operation *op) {
  Builder b(op->getContext());
  Type type = op->getResult(0).getType();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return TypeSwitch<Operation *, TypedAttr>(op)
      .Case<arith::AddFOp, math::FmaOp>([&](Operation *op) -> TypedAttr {
        return mayReorder(op) ? b.getFloatAttr(type, -0.0) : nullptr;
      })
      .Case([&](arith::MulFOp op) -> TypedAttr {
        return mayReorder(op) ? b.getFloatAttr(type, 1.0) : nullptr;
      })
      .Case<arith::MaximumFOp, arith::MaxNumFOp>(
          [&](Operation *) { return b.getFloatAttr(type, -infinity); })
      .Case<arith::MinimumFOp, arith::MinNumFOp>(
          [&](Operation *) { return b.getFloatAttr(type, infinity); })
      .Case<arith::AddIOp, arith::OrIOp, arith::XOrIOp>(
          [&](Operation *) { return b.getIntegerAttr(type, 0); })
      .Case([&](arith::MulIOp) { return b.getIntegerAttr(type, 1); })
      .Case([&](arith::AndIOp) { return b.getIntegerAttr(type, -1); })
      .Case([&](arith::MaxSIOp) -> TypedAttr {
        return type.isIndex() ? b.getIndexAttr(std::numeric_limits<int64_t>::min()) : nullptr;
      })
      .Case([&](arith::MinSIOp) -> TypedAttr {
        return type.isIndex() ? b.getIndexAttr(std::numeric_limits<int64_t>::max()) : nullptr;
      })
      .Default([](Operation *) { return TypedAttr(); });
}

std::optional<Combiner> Combiner::of(scf::ForOp loop, unsigned k) {
  BlockArgument accumulator = loop.getRegionIterArg(k);
  Value next = loop.getYieldedValues()[k];
  Operation *op = next.getDefiningOp();
  if (!op || op->getBlock() != loop.getBody() || !next.hasOneUse() || !accumulator.hasOneUse() ||
      *accumulator.user_begin() != op)
    return std::nullopt;
  // Of a multiply-add it is the sum that accumulates.
  auto fma = dyn_cast<math::FmaOp>(op);
  if (fma && fma.getC() != accumulator)
    return std::nullopt;
  TypedAttr neutral = neutralOf(op);
  if (!neutral)
    return std::nullopt;
  OperationName name =
      fma ? OperationName(arith::AddFOp::getOperationName(), op->getContext()) : op->getName();
  return Combiner(name, neutral);
}

Value Combiner::identity(OpBuilder &builder, Location loc) const {
  return arith::ConstantOp::create(builder, loc, neutral);
}

Value Combiner::combine(OpBuilder &builder, Location loc, Value a, Value b) const {
  OperationState state(loc, op, {a, b}, {a.getType()}, {});
  return builder.create(state)->getResult(0);
}
