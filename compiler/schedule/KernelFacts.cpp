//===- KernelFacts.cpp - what a kernel came from --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lowering needs none of this; a reader does (`#tile.facts`).
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/KernelEmitter.h"
#include "compiler/schedule/LoopOrder.h"
#include "dialects/mixer/Remark.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

static StringRef formOf(ArrayRef<Operation *> members) {
  bool scatters = false, sorts = false, reduces = false;
  for (Operation *op : computingOps(members)) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    scatters |= !eq;
    sorts |= eq && wholeOrder(eq);
    reduces |= op->hasAttr("loops");
  }
  if (llvm::any_of(members, llvm::IsaPred<mixer::RecurOp>))
    return "recurrence";
  return scatters ? "scatter" : sorts ? "order" : reduces ? "reduction" : "map";
}

/// Adds the equation of `tensor`, where it is evaluated when read, behind what it reads itself.
static void addEvaluated(Value tensor, const Homes &homes,
                         llvm::SetVector<Operation *> &equations) {
  tensor = canonicalTensor(tensor);
  auto eq = tensor.getDefiningOp<mixer::EqOp>();
  if (!eq || homes.contains(tensor) || equations.contains(eq))
    return;
  eq.walk([&](mixer::AtOp at) { addEvaluated(at.getTensor(), homes, equations); });
  equations.insert(eq);
}

StringRef KernelEmitter::placeOnChip(mixer::EqOp eq) {
  return eq && isRegister(eq) ? "register" : "scratch";
}

tile::FactsAttr KernelEmitter::describe(StringRef boundary, Value slice) {
  MLIRContext *context = builder.getContext();
  llvm::SetVector<Operation *> evaluated;
  if (slice)
    addEvaluated(slice, homes, evaluated);
  for (Operation *member : group.members)
    member->walk([&](mixer::RecurOp recur) {
      for (Value init : recur.getInits())
        addEvaluated(init, homes, evaluated);
    });
  for (Operation *op : computingOps(group.members)) {
    op->walk([&](mixer::AtOp at) { addEvaluated(at.getTensor(), homes, evaluated); });
    evaluated.insert(op);
  }
  SmallVector<StringRef> equations;
  std::optional<double> flops;
  NamedAttrList places;
  for (Operation *op : evaluated) {
    equations.push_back(op->getAttrOfType<StringAttr>("name").getValue());
    if (auto work = op->getAttrOfType<FloatAttr>("work"))
      flops = flops.value_or(0) + work.getValueAsDouble();
    Value tensor = op->getResult(0);
    for (Operation *user : tensor.getUsers())
      if (auto append = dyn_cast<mixer::AppendOp>(user); append && append.getSlice() == tensor)
        tensor = canonicalTensor(append.getResult());
    auto eq = dyn_cast<mixer::EqOp>(op);
    StringRef place = "inlined";
    if (auto home = homes.find(tensor); home != homes.end())
      place = isa<BlockArgument>(home->second.view) ? "output" : "buffer";
    else if (computed.contains(op))
      place = placeOnChip(eq);
    places.set(equations.back(), builder.getStringAttr(place));
  }
  SmallVector<AffineExpr> lower, upper;
  SmallVector<int64_t> blocks;
  unsigned symbols = 0;
  if (!boundary.empty() && !llvm::is_contained(equations, boundary))
    equations.push_back(boundary);
  for (const GridAxis &axis : group.grid) {
    lower.push_back(axis.lower);
    upper.push_back(axis.upper);
    blocks.push_back(axis.block ? axis.block : 1);
    for (AffineExpr bound : {axis.lower, axis.upper})
      bound.walk([&](AffineExpr part) {
        if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
          symbols = std::max(symbols, symbol.getPosition() + 1);
      });
  }
  StringRef form = boundary.empty() ? formOf(group.members) : "boundary";
  return tile::FactsAttr::get(
      context, builder.getStringAttr(form), builder.getStrArrayAttr(equations),
      AffineMap::get(0, symbols, lower, context), AffineMap::get(0, symbols, upper, context),
      builder.getDenseI64ArrayAttr(blocks), places.getDictionary(context),
      flops ? builder.getF64FloatAttr(*flops) : FloatAttr());
}
