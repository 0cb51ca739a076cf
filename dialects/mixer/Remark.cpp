//===- Remark.cpp - what a rule did, and why ------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/Remark.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc;

std::string mixer::definedNames(Operation *op) {
  while (op && !isa<EqOp, ScatterOp, RecurOp>(op))
    op = op->getParentOp();
  if (auto recur = dyn_cast_or_null<RecurOp>(op))
    return llvm::join(recur.getNames().getAsValueRange<StringAttr>(), ", ");
  return op ? op->getAttrOfType<StringAttr>("name").str() : "";
}

std::string mixer::reductionText(Operation *op) {
  StringRef kind =
      llvm::TypeSwitch<Operation *, StringRef>(op).Case<ReduceOp, AlongOp, TransformOp, OrderOp>(
          [](auto reduction) { return stringifyEnum(reduction.getKind()); });
  ArrayAttr names = getBinding(op)->names;
  return (kind + "[" + llvm::join(names.getAsValueRange<StringAttr>(), ",") + "]").str();
}

mlir::remark::detail::InFlightRemark mixer::remark(Operation *op, Outcome outcome, StringRef pass,
                                                   StringRef rule) {
  if (!op->getContext()->getRemarkEngine())
    return {};
  auto func = dyn_cast<FuncOp>(op);
  if (!func)
    func = op->getParentOfType<FuncOp>();
  auto options = mlir::remark::RemarkOpts::name(rule).category(pass);
  if (func)
    options = options.function(func.getSymName());
  auto start = outcome == Outcome::fired  ? mlir::remark::passed
               : outcome == Outcome::left ? mlir::remark::missed
                                          : mlir::remark::analysis;
  auto remark = start(op->getLoc(), options);
  if (remark)
    remark << mlir::remark::detail::Remark::Arg("Equation", definedNames(op));
  return remark;
}
