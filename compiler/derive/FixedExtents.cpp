//===- FixedExtents.cpp - extents that are constants ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Passes.h"
#include "dialects/mixer/Growth.h"
#include "dialects/mixer/IndexExpr.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

namespace mixc::derive {
#define GEN_PASS_DEF_DERIVEFIXEDEXTENTS
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

namespace {
struct DeriveFixedExtents : derive::impl::DeriveFixedExtentsBase<DeriveFixedExtents> {
  void runOnOperation() override {
    mixer::FuncOp func = getOperation();
    SmallVector<AffineExpr> values;
    for (auto [position, extent] : llvm::enumerate(func.getExtents())) {
      auto attr = cast<mixer::ExtentAttr>(extent);
      values.push_back(attr.getKind() == mixer::ExtentKind::fixed
                           ? attr.getArgs().front()
                           : getAffineSymbolExpr(position, &getContext()));
    }
    auto replace = [&](ArrayRef<AffineExpr> exprs) {
      return llvm::map_to_vector(exprs,
                                 [&](AffineExpr expr) { return expr.replaceSymbols(values); });
    };
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](AffineMapAttr attr) -> Attribute {
      AffineMap map = attr.getValue();
      return AffineMapAttr::get(
          mixer::indexMap(&getContext(), map.getNumDims(), replace(map.getResults())));
    });
    replacer.addReplacement([&](mixer::MixerTensorType type) -> Type {
      return mixer::MixerTensorType::get(&getContext(), replace(type.getLower()),
                                         replace(type.getUpper()), type.getElement());
    });
    replacer.recursivelyReplaceElementsIn(func, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
  }
};
} // namespace

/// Whether an equation is a linear map by given weights of what is computed: a sum of products of
/// one argument and one tensor that is none.
static bool isMapByWeights(mixer::EqOp eq) {
  return eq
      .walk([](mixer::ReduceOp reduce) {
        auto product = mixer::getBinding(reduce)->yielded().getDefiningOp<arith::MulFOp>();
        if (reduce.getKind() != mixer::ReduceKind::sum || !product)
          return WalkResult::advance();
        unsigned given = 0, computed = 0;
        for (Value factor : product->getOperands())
          if (auto at = factor.getDefiningOp<mixer::AtOp>()) {
            auto argument = dyn_cast<BlockArgument>(at.getTensor());
            bool isGiven = argument && isa<mixer::FuncOp>(argument.getOwner()->getParentOp());
            ++(isGiven ? given : computed);
          }
        return given == 1 && computed == 1 ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

SmallVector<unsigned> derive::extentsToFix(mixer::FuncOp func) {
  using Extents = llvm::SmallBitVector;
  Extents contracted(func.getNumExtents()), dynamic(func.getNumExtents());
  auto mark = [](Extents &set, ArrayRef<AffineExpr> bounds) {
    for (AffineExpr bound : bounds)
      if (auto symbol = dyn_cast<AffineSymbolExpr>(bound))
        set.set(symbol.getPosition());
  };
  // What weights make of a tensor is a tensor like those given: its axes are no lengths for that.
  mixer::Growth bounds = mixer::growthOfInterface(func);
  func.walk([&](mixer::EqOp eq) {
    if (isMapByWeights(eq))
      bounds = bounds + mixer::Growth::of(eq.getType());
  });
  func.walk([&](Operation *op) {
    if (std::optional<mixer::Binding> binding = mixer::getBinding(op))
      mark(contracted, binding->upper.getResults());
    // Lengths: what recurs, and what makes a tensor too large to be stored.
    if (auto recur = dyn_cast<mixer::RecurOp>(op))
      mark(dynamic, recur.getUpper().getResults());
    if (auto eq = dyn_cast<mixer::EqOp>(op))
      if (!mixer::Growth::of(eq.getType()).isBoundedBy(bounds))
        mark(dynamic, eq.getType().getUpper());
  });
  // The state of a fold over a length: the axes of a sum's result that are no lengths themselves.
  Extents state(func.getNumExtents());
  func.walk([&](mixer::ReduceOp reduce) {
    Extents over(func.getNumExtents());
    mark(over, mixer::getBinding(reduce)->upper.getResults());
    auto eq = reduce->getParentOfType<mixer::EqOp>();
    // A range that differs from row to row is one of a length too.
    bool differs = !reduce.getLowerOperands().empty() || !reduce.getUpperOperands().empty();
    if (eq && (differs || over.anyCommon(dynamic)))
      mark(state, eq.getType().getUpper());
  });
  state.reset(dynamic);
  // Batch, heads, lengths: the other axes of what comes out.
  for (Attribute result : func.getResultTypes())
    mark(dynamic, cast<mixer::MixerTensorType>(cast<TypeAttr>(result).getValue()).getUpper());
  contracted.reset(dynamic);
  contracted |= state;
  return llvm::to_vector_of<unsigned>(contracted.set_bits());
}

void derive::fixExtent(mixer::FuncOp func, unsigned position, int64_t value) {
  SmallVector<Attribute> extents(func.getExtents().begin(), func.getExtents().end());
  auto extent = cast<mixer::ExtentAttr>(extents[position]);
  MLIRContext *context = func.getContext();
  extents[position] = mixer::ExtentAttr::get(context, extent.getName(), mixer::ExtentKind::fixed,
                                             getAffineConstantExpr(value, context));
  func.setExtentsAttr(ArrayAttr::get(context, extents));
}
