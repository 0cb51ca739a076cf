//===- Hoist.cpp - a normaliser leaves the sum ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The quotient leaves as a quotient, not as a product with 1 / z: that would be inf where z is very
// small, and inf * 0 is NaN. The numerators are at most 1, so that the sum without the quotient
// stays in range. Over an empty range z was not read: it may be a sum over that range too, and 0.
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
#define GEN_PASS_DEF_DERIVEHOIST
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

namespace {

/// `numerator / divisor`; where `guarded`, 0 where the divisor is 0.
struct Quotient {
  Value numerator, divisor;
  bool guarded;
};

} // namespace

static std::optional<Quotient> matchQuotient(Value value) {
  if (auto quotient = value.getDefiningOp<arith::DivFOp>())
    return Quotient{quotient.getLhs(), quotient.getRhs(), /*guarded=*/false};
  auto choice = value.getDefiningOp<arith::SelectOp>();
  auto compare = choice ? choice.getCondition().getDefiningOp<arith::CmpFOp>() : arith::CmpFOp();
  auto quotient = choice ? choice.getFalseValue().getDefiningOp<arith::DivFOp>() : arith::DivFOp();
  if (!compare || !quotient || compare.getPredicate() != arith::CmpFPredicate::OEQ ||
      compare.getLhs() != quotient.getRhs() || !matchPattern(compare.getRhs(), m_AnyZeroFloat()) ||
      !matchPattern(choice.getTrueValue(), m_PosZeroFloat()))
    return std::nullopt;
  return Quotient{quotient.getLhs(), quotient.getRhs(), /*guarded=*/true};
}

/// Where the factors of a product stand: a product that is read twice is one factor.
static void collectFactors(OpOperand &place, SmallVectorImpl<OpOperand *> &factors) {
  auto product = place.get().getDefiningOp<arith::MulFOp>();
  if (!product || !product->hasOneUse())
    return factors.push_back(&place);
  for (OpOperand &operand : product->getOpOperands())
    collectFactors(operand, factors);
}

namespace {

/// Values whose magnitude is at most 1, or NaN.
class AtMostOne {
public:
  bool holds(Value value) {
    auto [entry, isNew] = known.try_emplace(value, false);
    if (isNew) {
      bool result = compute(value);
      known[value] = result;
      return result;
    }
    return entry->second;
  }

private:
  bool compute(Value value) {
    Operation *op = value.getDefiningOp();
    if (!op || !isa<FloatType>(value.getType()))
      return false;
    APFloat constant(0.0);
    if (matchPattern(value, m_ConstantFloat(&constant)))
      return std::abs(constant.convertToDouble()) <= 1;
    if (isa<mixer::ExpDiffOp, math::TanhOp>(op))
      return true;
    if (auto fn = dyn_cast<mixer::FnOp>(op))
      return fn.getKind() == mixer::FnKind::sigmoid;
    if (auto cast = dyn_cast<mixer::CastOp>(op))
      return cast.getValue().getType().isInteger(1);
    if (auto product = dyn_cast<arith::MulFOp>(op))
      return holds(product.getLhs()) && holds(product.getRhs());
    if (auto select = dyn_cast<arith::SelectOp>(op))
      return holds(select.getTrueValue()) && holds(select.getFalseValue());
    if (auto conditional = dyn_cast<scf::IfOp>(op)) {
      unsigned k = cast<OpResult>(value).getResultNumber();
      return holds(conditional.thenYield().getOperand(k)) &&
             holds(conditional.elseYield().getOperand(k));
    }
    auto at = dyn_cast<mixer::AtOp>(op);
    auto eq = at ? at.getTensor().getDefiningOp<mixer::EqOp>() : mixer::EqOp();
    return eq && isa<FloatType>(eq.getType().getElement()) &&
           holds(eq.getYield().getValues().front());
  }

  llvm::DenseMap<Value, bool> known;
};

/// Moves a division out of the sum that is all of an equation.
class Hoist {
public:
  Hoist(mixer::EqOp eq, mixer::ReduceOp sum, StringRef pass) : eq(eq), sum(sum), pass(pass) {}

  /// Moves one division; the equation of the sum without it, null where none could leave.
  mixer::EqOp run() {
    SmallVector<OpOperand *> factors;
    Operation *yield = mixer::getBinding(sum)->body->getTerminator();
    collectFactors(yield->getOpOperand(0), factors);
    for (OpOperand *factor : factors)
      if (mixer::EqOp numerators = tryFactor(*factor))
        return numerators;
    return {};
  }

private:
  mixer::EqOp tryFactor(OpOperand &factor);
  std::string obstacle(Quotient quotient);
  bool isInvariant(Value value);
  bool isTotalOfRange(Value divisor);
  Value cloneScalar(OpBuilder &builder, IRMapping &mapping, Value value);
  Value makeCondition(OpBuilder &builder);
  mixer::EqOp rewrite(OpOperand &factor, Quotient quotient);

  mixer::EqOp eq;
  mixer::ReduceOp sum;
  StringRef pass;
  /// What takes the indices of the equation that the factor reads to the sum's.
  IRMapping indices;
};

mixer::EqOp Hoist::tryFactor(OpOperand &factor) {
  Value value = factor.get();
  indices.clear();
  std::optional<Quotient> quotient = matchQuotient(value);
  if (auto at = value.getDefiningOp<mixer::AtOp>(); !quotient && at) {
    // Through an equation that is read at plain indices and rounds nothing.
    auto read = at.getTensor().getDefiningOp<mixer::EqOp>();
    if (!read || read.getType().getElement() != at.getType() || !at.getMap().isIdentity())
      return {};
    quotient = matchQuotient(read.getYield().getValues().front());
    if (quotient)
      indices.map(read.getBody().getArguments(), at.getIndices());
  }
  if (!quotient)
    return {};
  std::string why = obstacle(*quotient);
  if (auto remark = mixer::remark(eq, why.empty() ? mixer::Outcome::fired : mixer::Outcome::left,
                                  pass, "hoist")) {
    auto at = quotient->divisor.getDefiningOp<mixer::AtOp>();
    Operation *def = at ? at.getTensor().getDefiningOp() : nullptr;
    std::string name = def ? " by " + mixer::definedNames(def) : "";
    remark << mlir::remark::reason("the division{0} {1} {2}{3}", name,
                                   why.empty() ? "leaves" : "stays in", mixer::reductionText(sum),
                                   why.empty() ? "" : ": " + why);
  }
  return why.empty() ? rewrite(factor, *quotient) : mixer::EqOp();
}

/// Why the division can't leave; empty when it can.
std::string Hoist::obstacle(Quotient quotient) {
  if (!isInvariant(quotient.divisor))
    return "the divisor depends on an index that is summed over";
  if (!sum.getLowerOperands().empty() || !sum.getUpperOperands().empty())
    return "the range of the sum is known at run time only";
  if (!AtMostOne().holds(quotient.numerator))
    return "without it the sum could overflow, as the numerator is not known to be at most 1";
  return "";
}

/// Whether `value`, of the sum or of the equation that the factor reads, is the same for all
/// points of the sum.
bool Hoist::isInvariant(Value value) {
  value = indices.lookupOrDefault(value);
  if (isa<mixer::MixerTensorType>(value.getType()))
    return true;
  if (auto index = dyn_cast<BlockArgument>(value))
    return index.getOwner() == &eq.getBody().front() ||
           !eq->isAncestor(index.getOwner()->getParentOp());
  Operation *op = value.getDefiningOp();
  bool invariant = true;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
        invariant = invariant && isInvariant(operand);
  });
  return invariant;
}

/// Whether the divisor is a sum over the range of this one, and readable also where that is empty.
bool Hoist::isTotalOfRange(Value divisor) {
  auto at = divisor.getDefiningOp<mixer::AtOp>();
  auto read = at ? at.getTensor().getDefiningOp<mixer::EqOp>() : mixer::EqOp();
  mixer::ReduceOp total = read ? wholeReduction(read) : mixer::ReduceOp();
  if (!total || total.getKind() != mixer::ReduceKind::sum || total.getLower() != sum.getLower() ||
      total.getUpper() != sum.getUpper() || !at.getMap().isIdentity())
    return false;
  for (auto [axis, index] : llvm::enumerate(at.getIndices())) {
    auto own = dyn_cast<BlockArgument>(indices.lookupOrDefault(index));
    if (!own || own.getOwner() != &eq.getBody().front())
      return false;
    unsigned k = own.getArgNumber();
    if (read.getType().getLower()[axis] != eq.getType().getLower()[k] ||
        read.getType().getUpper()[axis] != eq.getType().getUpper()[k])
      return false;
  }
  return true;
}

/// Copies what `value` is computed from, inside its equation, to the place of `builder`.
Value Hoist::cloneScalar(OpBuilder &builder, IRMapping &mapping, Value value) {
  Operation *op = value.getDefiningOp();
  if (mapping.contains(value) || !op || isa<mixer::MixerTensorType>(value.getType()))
    return mapping.lookupOrDefault(value);
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
        cloneScalar(builder, mapping, operand);
  });
  builder.clone(*op, mapping);
  return mapping.lookup(value);
}

/// Whether the range of the sum has a point.
Value Hoist::makeCondition(OpBuilder &builder) {
  Value condition;
  for (auto [lower, upper] :
       llvm::zip_equal(sum.getLower().getResults(), sum.getUpper().getResults())) {
    Value some = arith::CmpIOp::create(builder, sum.getLoc(), arith::CmpIPredicate::slt,
                                       makeApply(builder, sum.getLoc(), {}, lower),
                                       makeApply(builder, sum.getLoc(), {}, upper));
    condition = condition
                    ? arith::AndIOp::create(builder, sum.getLoc(), condition, some).getResult()
                    : some;
  }
  return condition;
}

mixer::EqOp Hoist::rewrite(OpOperand &factor, Quotient quotient) {
  Location loc = eq.getLoc();
  Type type = sum.getType();
  bool isTotal = quotient.guarded && isTotalOfRange(quotient.divisor);
  OpBuilder builder(eq);
  SmallVector<Axis> axes;
  for (BlockArgument index : eq.getBody().getArguments())
    axes.push_back(*axisOf(index));
  mixer::EqOp numerators = makeEquation(
      builder, loc, nameOf(sum, "sum"), axes, type, [&](OpBuilder &b, ValueRange point) {
        IRMapping mapping;
        mapping.map(eq.getBody().getArguments(), point);
        for (Operation &op : eq.getBody().front().without_terminator())
          b.clone(op, mapping);
        // The numerator takes the place of the factor.
        Value copy = mapping.lookup(factor.get());
        OpBuilder inner(sum.getContext());
        inner.setInsertionPointAfterValue(copy);
        IRMapping inSum;
        for (auto [index, value] : indices.getValueMap())
          inSum.map(index, mapping.lookupOrDefault(value));
        Value numerator = factor.get().getDefiningOp<mixer::AtOp>()
                              ? cloneScalar(inner, inSum, quotient.numerator)
                              : mapping.lookup(quotient.numerator);
        mapping.lookup(factor.getOwner())->setOperand(factor.getOperandNumber(), numerator);
        return mapping.lookup(sum.getResult());
      });
  builder.setInsertionPoint(eq.getYield());
  auto divide = [&](OpBuilder &b) {
    Scalars s{b, loc};
    IRMapping mapping(indices);
    Value divisor = cloneScalar(b, mapping, quotient.divisor);
    Value total = readAt(b, loc, numerators.getResult(), eq.getBody().getArguments());
    Value ratio = s.div(total, divisor);
    if (!quotient.guarded)
      return ratio;
    Value zero = s.constant(type, 0);
    Value isZero = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, divisor, zero);
    return s.select(isZero, zero, ratio);
  };
  Value result;
  if (isTotal) {
    result = divide(builder);
  } else {
    auto inside = [&](OpBuilder &b, Location) { scf::YieldOp::create(b, loc, divide(b)); };
    auto outside = [&](OpBuilder &b, Location) {
      scf::YieldOp::create(b, loc, makeZero(b, loc, type));
    };
    result = scf::IfOp::create(builder, loc, makeCondition(builder), inside, outside).getResult(0);
  }
  eq.getYield()->setOperand(0, result);
  eraseUnusedScalars(numerators);
  eraseUnusedScalars(eq);
  return numerators;
}

struct DeriveHoist : derive::impl::DeriveHoistBase<DeriveHoist> {
  void runOnOperation() override {
    SmallVector<mixer::EqOp> equations;
    getOperation().walk([&](mixer::EqOp eq) { equations.push_back(eq); });
    for (mixer::EqOp eq : equations) {
      // A step of a recurrence is one equation: its histories know it by that.
      if (llvm::any_of(eq->getUsers(), llvm::IsaPred<mixer::AppendOp>))
        continue;
      while (eq) {
        mixer::ReduceOp sum = wholeReduction(eq);
        bool isSum =
            sum && sum.getKind() == mixer::ReduceKind::sum && isa<FloatType>(sum.getType());
        eq = isSum ? Hoist(eq, sum, getArgument()).run() : mixer::EqOp();
      }
    }
  }
};

} // namespace
