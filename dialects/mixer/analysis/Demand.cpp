//===- Demand.cpp - which points of an equation are read ------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Demand.h"

using namespace mlir;
using namespace mixc::mixer;

std::optional<Inequalities> mixc::mixer::conditionsAround(Operation *op, IndexTerms &terms) {
  Inequalities holds;
  Operation *inner = op;
  for (Operation *around = op->getParentOp(); around && !isa<EqOp, ScatterOp, FuncOp>(around);
       inner = around, around = around->getParentOp()) {
    if (auto conditional = dyn_cast<scf::IfOp>(around)) {
      bool taken = inner->getParentRegion() == &conditional.getThenRegion();
      Support::Answer answer = Support(terms).where(conditional.getCondition(), taken);
      if (answer.nowhere)
        return std::nullopt;
      holds.insert_range(answer.holds);
    } else if (std::optional<Binding> binding = getBinding(around)) {
      for (auto [k, index] : llvm::enumerate(binding->indices())) {
        AffineExpr dim = terms.of(index);
        for (AffineExpr lower : lowerBounds(*binding, k, terms))
          holds.insert(normalInequality(dim - lower));
        for (AffineExpr upper : upperBounds(*binding, k, terms))
          holds.insert(normalInequality(upper - 1 - dim));
      }
    }
  }
  return holds;
}

const Support::Answer &Demand::of(EqOp eq) {
  if (auto found = known.find(eq); found != known.end())
    return found->second;
  Support::Answer demand = compute(eq);
  return known[eq] = std::move(demand);
}

/// Rewrites an inequality of a reader over the dims of what it reads at `subscripts`; null where
/// it is about other indices too.
static AffineExpr translate(AffineExpr inequality, ArrayRef<AffineExpr> subscripts) {
  // A subscript `j + c` says that j is the axis' index less c.
  llvm::SmallDenseMap<AffineExpr, AffineExpr> places;
  for (auto [axis, subscript] : llvm::enumerate(subscripts)) {
    AffineExpr index;
    subscript.walk([&](AffineExpr part) {
      if (isa<AffineDimExpr>(part))
        index = part;
    });
    if (!index)
      continue;
    AffineExpr offset = normalInequality(subscript - index);
    if (offset.isSymbolicOrConstant())
      places.try_emplace(index, getAffineDimExpr(axis, index.getContext()) - offset);
  }
  bool isClosed = true;
  inequality.walk(
      [&](AffineExpr part) { isClosed &= !isa<AffineDimExpr>(part) || places.contains(part); });
  llvm::DenseMap<AffineExpr, AffineExpr> map(places.begin(), places.end());
  return isClosed ? normalInequality(inequality.replace(map)) : AffineExpr();
}

Support::Answer Demand::compute(EqOp eq) {
  Support::Answer common{/*nowhere=*/true, {}};
  for (Operation *user : eq->getUsers()) {
    auto at = dyn_cast<AtOp>(user);
    Operation *reader = at ? at->getParentOp() : nullptr;
    while (reader && !isa<EqOp, ScatterOp>(reader))
      reader = reader->getParentOp();
    if (!reader)
      return {};
    IndexTerms terms(eq.getContext());
    for (BlockArgument index : reader->getRegion(0).getArguments())
      terms.of(index);
    std::optional<Inequalities> holds = conditionsAround(at, terms);
    if (!holds)
      continue;
    if (auto outer = dyn_cast<EqOp>(reader)) {
      const Support::Answer &points = of(outer);
      if (points.nowhere)
        continue;
      holds->insert_range(points.holds);
    }
    SmallVector<AffineExpr> subscripts = terms.of(at.getMap(), at.getIndices());
    Inequalities here;
    for (AffineExpr inequality : *holds)
      if (AffineExpr translated = translate(inequality, subscripts))
        here.insert(translated);
    if (common.nowhere)
      common = {false, std::move(here)};
    else
      common.holds.remove_if([&](AffineExpr expr) { return !here.contains(expr); });
  }
  return common;
}
