//===- Reductions.cpp - every reduction an equation of its own ------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Equations.h"
#include "compiler/derive/Passes.h"
#include "dialects/mixer/Remark.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

namespace mixc::derive {
#define GEN_PASS_DEF_DERIVEREDUCTIONS
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

/// Whether `op` is all that its equation is: computed unconditionally and yielded as it is.
static bool isWholeEquation(Operation *op) {
  auto eq = dyn_cast<mixer::EqOp>(op->getParentOp());
  return eq && eq.getYield().getValues().front() == op->getResult(0);
}

namespace {
struct DeriveReductions : derive::impl::DeriveReductionsBase<DeriveReductions> {
  void runOnOperation() override {
    SmallVector<Operation *> work;
    getOperation().walk([&](Operation *op) {
      if (isa<mixer::ReduceOp, mixer::OrderOp>(op) && enclosingEquation(op) && !isWholeEquation(op))
        work.push_back(op);
    });
    for (Operation *op : work) {
      Slice slice(op);
      if (!slice.isValid()) {
        if (auto remark = mixer::remark(op, mixer::Outcome::left, getArgument(), "extract"))
          remark << mlir::remark::reason(
              "{0} stays in place: it depends on an index whose range is known at run time only",
              mixer::reductionText(op));
        continue;
      }
      auto name = enclosingEquation(op)->getAttrOfType<StringAttr>("name").getValue();
      StringRef kind = isa<mixer::OrderOp>(op) ? stringifyEnum(cast<mixer::OrderOp>(op).getKind())
                                               : stringifyEnum(cast<mixer::ReduceOp>(op).getKind());
      Type type = op->getResult(0).getType();
      mixer::EqOp eq = slice.makeEquation((name + "." + kind).str(), {}, storageType(type),
                                          [&](OpBuilder &builder, IRMapping &mapping, ValueRange) {
                                            return builder.clone(*op, mapping)->getResult(0);
                                          });
      if (auto remark = mixer::remark(op, mixer::Outcome::fired, getArgument(), "extract"))
        remark << mlir::remark::reason("{0} becomes {1}", mixer::reductionText(op), eq.getName());
      OpBuilder builder(op);
      SmallVector<Value> indices(slice.indices().begin(), slice.indices().end());
      op->getResult(0).replaceAllUsesWith(readAt(builder, op->getLoc(), eq.getResult(), indices));
      op->erase();
    }
  }
};
} // namespace
