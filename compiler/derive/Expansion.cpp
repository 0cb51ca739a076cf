//===- Expansion.cpp - pieces of the expansions ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Expansion.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

Value derive::makeCount(const Scalars &s, const mixer::Binding &binding) {
  Value count = s.index(1);
  for (unsigned k = 0; k < binding.size(); ++k) {
    auto bound = [&](AffineMap map, ValueRange operands) -> Value {
      return makeApply(s.b, s.loc, operands, map.getResult(k));
    };
    Value size = arith::SubIOp::create(s.b, s.loc, bound(binding.upper, binding.upperOperands),
                                       bound(binding.lower, binding.lowerOperands));
    size = arith::MaxSIOp::create(s.b, s.loc, size, s.index(0));
    count = arith::MulIOp::create(s.b, s.loc, count, size);
  }
  return count;
}

Value derive::makeReduce(const Scalars &s, Operation *op, mixer::ReduceKind kind, Type type,
                         Element element) {
  mixer::Binding binding = *mixer::getBinding(op);
  auto reduce =
      mixer::ReduceOp::create(s.b, s.loc, type, kind, binding.names, binding.lowerOperands,
                              binding.upperOperands, binding.lower, binding.upper);
  Block *block = mixer::addIndexBlock(reduce.getBody(), binding.size(), s.loc);
  OpBuilder inner = OpBuilder::atBlockBegin(block);
  Value value = element(inner, block->getArguments());
  mixer::YieldOp::create(inner, s.loc, value);
  return reduce;
}

Value derive::cloneBody(OpBuilder &b, Operation *op, ValueRange indices) {
  mixer::Binding binding = *mixer::getBinding(op);
  IRMapping mapping;
  mapping.map(binding.indices(), indices);
  for (Operation &inner : binding.body->without_terminator())
    b.clone(inner, mapping);
  return mapping.lookupOrDefault(binding.yielded());
}

std::string derive::nameOf(Operation *op, StringRef suffix) {
  auto name = enclosingEquation(op)->getAttrOfType<StringAttr>("name");
  return (name.getValue() + "." + suffix).str();
}
