//===- Access.cpp - which points an equation reads ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Access.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

bool schedule::isInlined(Value tensor) {
  auto eq = tensor.getDefiningOp<mixer::EqOp>();
  return eq && eq.getPlace() == mixer::Place::inlined;
}

Accesses::Accesses(Operation *op) : terms(op->getContext()), reader(op) { collect(op); }

void Accesses::collect(Operation *op) {
  // Evaluations of inlined equations still to be looked through; each (equation, subscripts) once.
  SmallVector<Access> pending;
  auto collectIn = [&](Operation *body) {
    body->walk([&](mixer::AtOp at) {
      Access access{at.getTensor(), terms.of(at.getMap(), at.getIndices())};
      auto &list = isInlined(access.tensor) ? pending : reads;
      bool known = llvm::any_of(list, [&](const Access &other) {
        return other.tensor == access.tensor && other.subscripts == access.subscripts;
      });
      if (!known)
        list.push_back(std::move(access));
    });
  };
  collectIn(op);
  for (unsigned next = 0; next < pending.size(); ++next) {
    auto eq = pending[next].tensor.getDefiningOp<mixer::EqOp>();
    // A fresh copy of what the body computes: its values differ at each evaluation.
    mixer::IndexTerms outer = terms;
    for (auto [index, expr] :
         llvm::zip_equal(eq.getBody().getArguments(), pending[next].subscripts))
      terms.bind(index, expr);
    collectIn(eq);
    terms.forget(outer);
  }
}

std::optional<unsigned> Accesses::ownAxis(AffineExpr subscript) const {
  auto index = dyn_cast_or_null<BlockArgument>(terms.leafOf(subscript));
  if (!index || index.getOwner()->getParentOp() != reader)
    return std::nullopt;
  return index.getArgNumber();
}
