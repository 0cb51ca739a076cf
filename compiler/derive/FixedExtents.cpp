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

SmallVector<unsigned> derive::extentsToFix(mixer::FuncOp func) {
  llvm::SmallBitVector contracted(func.getNumExtents()), dynamic(func.getNumExtents());
  auto mark = [](llvm::SmallBitVector &set, AffineExpr bound) {
    if (auto symbol = dyn_cast<AffineSymbolExpr>(bound))
      set.set(symbol.getPosition());
  };
  mixer::Growth bounds = mixer::growthOfInterface(func);
  func.walk([&](Operation *op) {
    if (std::optional<mixer::Binding> binding = mixer::getBinding(op))
      for (AffineExpr bound : binding->upper.getResults())
        mark(contracted, bound);
    // Lengths: what recurs, and what makes a tensor too large to be stored.
    if (auto recur = dyn_cast<mixer::RecurOp>(op))
      for (AffineExpr bound : recur.getUpper().getResults())
        mark(dynamic, bound);
    if (auto eq = dyn_cast<mixer::EqOp>(op))
      if (!mixer::Growth::of(eq.getType()).isBoundedBy(bounds))
        for (AffineExpr bound : eq.getType().getUpper())
          mark(dynamic, bound);
  });
  // Batch, heads, lengths: outer axes of what comes out.
  for (Attribute result : func.getResultTypes())
    for (AffineExpr bound :
         cast<mixer::MixerTensorType>(cast<TypeAttr>(result).getValue()).getUpper())
      mark(dynamic, bound);
  contracted.reset(dynamic);
  SmallVector<unsigned> positions;
  for (unsigned position : contracted.set_bits())
    positions.push_back(position);
  return positions;
}

void derive::fixExtent(mixer::FuncOp func, unsigned position, int64_t value) {
  SmallVector<Attribute> extents(func.getExtents().begin(), func.getExtents().end());
  auto extent = cast<mixer::ExtentAttr>(extents[position]);
  MLIRContext *context = func.getContext();
  extents[position] = mixer::ExtentAttr::get(context, extent.getName(), mixer::ExtentKind::fixed,
                                             getAffineConstantExpr(value, context));
  func.setExtentsAttr(ArrayAttr::get(context, extents));
}
