//===- Exponents.cpp - exponentials below a maximum -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A softmax may be spelled as a maximum, exponentials and their sum. Its exponentials are those of
// the normaliser, so that later rules know why they are at most 1 (Inv 4). That x took part in the
// maximum is seen by comparing the two computations of x: in the maximum, and in the exponent at
// one of the points over which the maximum runs.
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Equations.h"
#include "compiler/derive/Expansion.h"
#include "compiler/derive/Passes.h"
#include "dialects/mixer/Remark.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

namespace mixc::derive {
#define GEN_PASS_DEF_DERIVEEXPONENTS
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

namespace {

/// Whether a scalar is one of those that a maximum ran over.
class Membership {
public:
  /// `maximum` reads the total of `reduce`, at plain indices.
  Membership(mixer::AtOp maximum, mixer::EqOp eq, mixer::ReduceOp reduce)
      : bound(*mixer::getBinding(reduce)) {
    for (auto [index, value] : llvm::zip_equal(eq.getBody().getArguments(), maximum.getIndices()))
      counterparts[index] = value;
  }

  bool holds(Value x) { return areEqual(bound.yielded(), x); }

private:
  /// Whether `term`, of the maximum, and `value` are computed alike.
  bool areEqual(Value term, Value value);
  bool areEqual(Operation *term, Operation *op);
  bool bindIndex(BlockArgument index, Value value);

  mixer::Binding bound;
  /// What values of the maximum are in the exponent.
  llvm::DenseMap<Value, Value> counterparts;
};

} // namespace

/// An index of the maximum stands for any index over the same range.
bool Membership::bindIndex(BlockArgument index, Value value) {
  auto other = dyn_cast<BlockArgument>(value);
  if (!other || index.getOwner() != bound.body)
    return false;
  std::optional<Axis> axis = axisOf(index), range = axisOf(other);
  if (!axis || !range || axis->lower != range->lower || axis->upper != range->upper)
    return false;
  counterparts[index] = value;
  return true;
}

bool Membership::areEqual(Value term, Value value) {
  if (auto known = counterparts.find(term); known != counterparts.end())
    return known->second == value;
  if (auto index = dyn_cast<BlockArgument>(term); index && term.getType().isIndex())
    return term == value || bindIndex(index, value);
  Operation *a = term.getDefiningOp(), *b = value.getDefiningOp();
  if (isa<mixer::MixerTensorType>(term.getType()) || !a || !b)
    return term == value;
  return cast<OpResult>(term).getResultNumber() == cast<OpResult>(value).getResultNumber() &&
         areEqual(a, b);
}

bool Membership::areEqual(Operation *a, Operation *b) {
  if (a->getName() != b->getName() || a->getAttrDictionary() != b->getAttrDictionary() ||
      a->getResultTypes() != b->getResultTypes() || a->getNumOperands() != b->getNumOperands() ||
      mixer::getBinding(a))
    return false;
  for (auto [x, y] : llvm::zip_equal(a->getOperands(), b->getOperands()))
    if (!areEqual(x, y))
      return false;
  for (auto [x, y] : llvm::zip_equal(a->getRegions(), b->getRegions())) {
    if (x.empty() || y.empty()) {
      if (x.empty() != y.empty())
        return false;
      continue;
    }
    // What a branch gives says what it computes.
    if (!areEqual(x.front().getTerminator(), y.front().getTerminator()))
      return false;
  }
  for (auto [x, y] : llvm::zip_equal(a->getResults(), b->getResults()))
    counterparts[x] = y;
  return true;
}

/// `m` of `if m == -inf then 0 else m`; any other value is itself.
static Value withoutGuard(Value value) {
  Operation *choice = value.getDefiningOp();
  Value condition, zero, finite;
  if (auto select = dyn_cast_or_null<arith::SelectOp>(choice)) {
    condition = select.getCondition();
    zero = select.getTrueValue();
    finite = select.getFalseValue();
  } else if (auto conditional = dyn_cast_or_null<scf::IfOp>(choice);
             conditional && conditional.getNumResults() == 1) {
    condition = conditional.getCondition();
    zero = conditional.thenYield().getOperand(0);
    finite = conditional.elseYield().getOperand(0);
  }
  auto compare = condition ? condition.getDefiningOp<arith::CmpFOp>() : arith::CmpFOp();
  bool isGuard = compare && compare.getPredicate() == arith::CmpFPredicate::OEQ &&
                 compare.getLhs() == finite && matchPattern(compare.getRhs(), m_NegInfFloat()) &&
                 matchPattern(zero, m_AnyZeroFloat());
  return isGuard ? finite : value;
}

namespace {
struct DeriveExponents : derive::impl::DeriveExponentsBase<DeriveExponents> {
  void runOnOperation() override {
    getOperation().walk([&](math::ExpOp exp) {
      auto difference = exp.getOperand().getDefiningOp<arith::SubFOp>();
      auto maximum = difference ? withoutGuard(difference.getRhs()).getDefiningOp<mixer::AtOp>()
                                : mixer::AtOp();
      auto eq = maximum ? maximum.getTensor().getDefiningOp<mixer::EqOp>() : mixer::EqOp();
      // A tensor that rounds may lie below its maximum.
      if (!eq || eq.getType().getElement() != maximum.getType() || !maximum.getMap().isIdentity())
        return;
      mixer::ReduceOp reduce = wholeReduction(eq);
      if (!reduce || reduce.getKind() != mixer::ReduceKind::max)
        return;
      Value x = difference.getLhs();
      bool isMember = Membership(maximum, eq, reduce).holds(x);
      if (auto remark = mixer::remark(exp, isMember ? mixer::Outcome::fired : mixer::Outcome::left,
                                      getArgument(), "exponent"))
        remark << mlir::remark::reason(
            isMember
                ? "an exponential below the maximum {0}, at most 1"
                : "an exponential that may be above 1: what it exponentiates is not seen to be "
                  "one of the values of the maximum {0}",
            mixer::definedNames(eq));
      if (!isMember)
        return;
      OpBuilder builder(exp);
      Value below = Scalars{builder, exp.getLoc()}.expDiff(x, maximum);
      exp.replaceAllUsesWith(below);
      exp.erase();
    });
    // Differences that nothing reads any more.
    getOperation().walk([](mixer::EqOp eq) { eraseUnusedScalars(eq); });
  }
};
} // namespace
