//===- Proofs.cpp - questions about index expressions ---------------------===//
#include "frontends/mix/Emitter.h"

#include "dialects/mixer/analysis/Facts.h"
#include "dialects/mixer/analysis/Names.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

bool Emitter::proves(AffineExpr expr) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue() >= 0;
  // What is being emitted aside, on trial, is known at function level only.
  Block *block = s.builder.getInsertionBlock();
  for (Operation *op = block->getParentOp(); op != func; op = op->getParentOp())
    if (!op || !op->getBlock()) {
      block = &func.getBody().front();
      break;
    }
  if (block == &func.getBody().front() && !expr.isSymbolicOrConstant())
    return false;
  Facts facts(func);
  const mixer::Scope &scope = facts.scopeOf(block);
  IndexMap stored = s.mapOf(expr);
  return facts.proves(facts.expression(stored.map.getResult(0), stored.operands, scope), scope);
}

std::string Emitter::show(AffineExpr expr) {
  IndexMap stored = s.mapOf(expr);
  return expressionText(func, stored.map.getResult(0), stored.operands);
}

std::string Emitter::show(const IndexRange &range) {
  return show(range.lo) + ".." + show(range.hi);
}

} // namespace mixc::mix
