//===- Support.cpp - where a value is not an identity ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Support.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::mixer;

//===----------------------------------------------------------------------===//
// Inequalities
//===----------------------------------------------------------------------===//

AffineExpr mixc::mixer::normalInequality(AffineExpr expr) {
  unsigned dims = 0, symbols = 0;
  expr.walk([&](AffineExpr part) {
    if (auto dim = dyn_cast<AffineDimExpr>(part))
      dims = std::max(dims, dim.getPosition() + 1);
    else if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
      symbols = std::max(symbols, symbol.getPosition() + 1);
  });
  return simplifyAffineExpr(expr, dims, symbols);
}

std::optional<HalfRange> mixc::mixer::solveFor(AffineExpr inequality, unsigned position) {
  MLIRContext *context = inequality.getContext();
  AffineExpr dim = getAffineDimExpr(position, context), quotient;
  inequality.walk([&](AffineExpr part) {
    if (part.getKind() == AffineExprKind::FloorDiv && part.isFunctionOfDim(position))
      quotient = part;
  });
  if (quotient) {
    auto division = cast<AffineBinaryOpExpr>(quotient);
    auto divisor = dyn_cast<AffineConstantExpr>(division.getRHS());
    if (!divisor || divisor.getValue() <= 0)
      return std::nullopt;
    // q = x floordiv d: q >= l is x >= d * l, q < u is x < d * u.
    unsigned fresh = 0;
    inequality.walk([&](AffineExpr part) {
      if (auto other = dyn_cast<AffineDimExpr>(part))
        fresh = std::max(fresh, other.getPosition() + 1);
    });
    std::optional<HalfRange> range =
        solveFor(inequality.replace(quotient, getAffineDimExpr(fresh, context)), fresh);
    AffineExpr bound = !range ? AffineExpr() : range->lower ? range->lower : range->upper;
    if (!bound || bound.isFunctionOfDim(position))
      return std::nullopt; // or the index is beside the quotient too, as in a remainder
    AffineExpr x = division.getLHS();
    return solveFor(normalInequality(range->lower ? x - range->lower * divisor
                                                  : range->upper * divisor - 1 - x),
                    position);
  }
  AffineExpr rest = normalInequality(inequality.replace(dim, getAffineConstantExpr(0, context)));
  AffineExpr multiple = normalInequality(inequality - rest);
  auto slope =
      dyn_cast<AffineConstantExpr>(normalInequality(multiple.replace(dim, dim + 1) - multiple));
  if (!slope || slope.getValue() == 0 || rest.isFunctionOfDim(position) ||
      normalInequality(multiple - dim * slope) != getAffineConstantExpr(0, context))
    return std::nullopt;
  int64_t c = slope.getValue();
  if (c > 0)
    return HalfRange{normalInequality((-rest + (c - 1)).floorDiv(c)), {}};
  return HalfRange{{}, normalInequality(rest.floorDiv(-c) + 1)};
}

/// The bounds that `bound` is the extreme of by `Extreme`, a maximum or a minimum.
template <typename Extreme>
static void takeApart(AffineExpr bound, IndexTerms &terms, SmallVectorImpl<AffineExpr> &parts) {
  Value leaf = terms.leafOf(bound);
  if (auto extreme = leaf ? leaf.getDefiningOp<Extreme>() : Extreme()) {
    takeApart<Extreme>(terms.of(extreme.getLhs()), terms, parts);
    takeApart<Extreme>(terms.of(extreme.getRhs()), terms, parts);
  } else {
    parts.push_back(normalInequality(bound));
  }
}

SmallVector<AffineExpr> mixc::mixer::lowerBounds(const Binding &binding, unsigned k,
                                                 IndexTerms &terms) {
  SmallVector<AffineExpr> parts;
  takeApart<arith::MaxSIOp>(terms.of(binding.lower, binding.lowerOperands)[k], terms, parts);
  return parts;
}

SmallVector<AffineExpr> mixc::mixer::upperBounds(const Binding &binding, unsigned k,
                                                 IndexTerms &terms) {
  SmallVector<AffineExpr> parts;
  takeApart<arith::MinSIOp>(terms.of(binding.upper, binding.upperOperands)[k], terms, parts);
  return parts;
}

//===----------------------------------------------------------------------===//
// Support
//===----------------------------------------------------------------------===//

using Answer = Support::Answer;

static Answer nowhere() { return {/*nowhere=*/true, {}}; }

/// Where both hold.
static Answer both(Answer a, const Answer &b) {
  a.nowhere |= b.nowhere;
  a.holds.insert_range(b.holds);
  return a;
}

/// Where one of the two holds.
static Answer either(Answer a, const Answer &b) {
  if (a.nowhere || b.nowhere)
    return a.nowhere ? b : a;
  a.holds.remove_if([&](AffineExpr expr) { return !b.holds.contains(expr); });
  return a;
}

Answer Support::of(Value value, Constant constant) {
  auto [entry, isNew] = known.try_emplace({value.getAsOpaquePointer(), constant});
  if (!isNew)
    return entry->second;
  Answer answer = compute(value, constant);
  known[{value.getAsOpaquePointer(), constant}] = answer;
  return answer;
}

template <typename Result> Result Support::through(AtOp at, function_ref<Result(Value)> body) {
  auto eq = at.getTensor().getDefiningOp<EqOp>();
  SmallVector<AffineExpr> subscripts = terms.of(at.getMap(), at.getIndices());
  IndexTerms outer = terms;
  auto outerKnown = std::exchange(known, {});
  for (auto [index, subscript] : llvm::zip_equal(eq.getBody().getArguments(), subscripts))
    terms.bind(index, subscript);
  Result result = body(eq.getYield().getValues().front());
  terms.forget(outer);
  known = std::move(outerKnown);
  return result;
}

std::optional<Inequalities> Support::inequalities(arith::CmpIOp compare, bool truth) {
  if (!compare.getLhs().getType().isIndex())
    return std::nullopt;
  AffineExpr x = terms.of(compare.getLhs()), y = terms.of(compare.getRhs());
  arith::CmpIPredicate predicate =
      truth ? compare.getPredicate() : arith::invertPredicate(compare.getPredicate());
  Inequalities result;
  auto add = [&](AffineExpr expr) { result.insert(normalInequality(expr)); };
  switch (predicate) {
  case arith::CmpIPredicate::eq:
    add(x - y);
    add(y - x);
    return result;
  case arith::CmpIPredicate::sle:
    add(y - x);
    return result;
  case arith::CmpIPredicate::slt:
    add(y - x - 1);
    return result;
  case arith::CmpIPredicate::sge:
    add(x - y);
    return result;
  case arith::CmpIPredicate::sgt:
    add(x - y - 1);
    return result;
  default:
    return std::nullopt;
  }
}

Answer Support::compute(arith::CmpIOp compare, bool truth) {
  std::optional<Inequalities> holds = inequalities(compare, truth);
  bool isData = !holds;
  if (holds)
    for (AffineExpr expr : *holds)
      expr.walk([&](AffineExpr part) {
        if (auto dim = dyn_cast<AffineDimExpr>(part))
          isData |= !isa<BlockArgument>(terms.leaf(dim.getPosition()));
      });
  otherConditions |= isData;
  return holds ? Answer{false, *holds} : Answer();
}

Answer Support::choice(Value condition, Value a, Value b, Constant constant) {
  Answer first = of(a, constant), second = of(b, constant);
  // A condition counts only where one of the two is the constant.
  if (!first.nowhere && !second.nowhere && first.holds.empty() && second.holds.empty())
    return {};
  return either(both(where(condition, true), first), both(where(condition, false), second));
}

/// Whether a float is `constant`.
static bool isConstant(const APFloat &value, Support::Constant constant) {
  switch (constant) {
  case Support::Constant::zero:
    return value.isZero();
  case Support::Constant::one:
    return value.isExactlyValue(1.0);
  case Support::Constant::minusInfinity:
    return value.isInfinity() && value.isNegative();
  case Support::Constant::infinity:
    return value.isInfinity() && !value.isNegative();
  default:
    return false;
  }
}

/// x of `if z == 0 then 0 else x / z`.
static Value guardedNumerator(arith::SelectOp select) {
  auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
  auto quotient = select.getFalseValue().getDefiningOp<arith::DivFOp>();
  bool isGuard = compare && quotient && compare.getPredicate() == arith::CmpFPredicate::OEQ &&
                 compare.getLhs() == quotient.getRhs() &&
                 matchPattern(compare.getRhs(), m_AnyZeroFloat()) &&
                 matchPattern(select.getTrueValue(), m_AnyZeroFloat());
  return isGuard ? quotient.getLhs() : Value();
}

Answer Support::compute(Value value, Constant constant) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return {};
  APFloat real(0.0);
  APInt integer;
  if (matchPattern(value, m_ConstantFloat(&real)))
    return isConstant(real, constant) ? nowhere() : Answer();
  if (matchPattern(value, m_ConstantInt(&integer))) {
    if (value.getType().isInteger(1))
      return integer.isOne() == (constant == Constant::yes) ? nowhere() : Answer();
    bool is = (constant == Constant::zero && integer.isZero()) ||
              (constant == Constant::one && integer.isOne());
    return is ? nowhere() : Answer();
  }
  bool truth = constant == Constant::no; // the one looked for, of a condition
  bool isZero = constant == Constant::zero, isLow = constant == Constant::minusInfinity,
       isHigh = constant == Constant::infinity;
  return llvm::TypeSwitch<Operation *, Answer>(op)
      .Case([&](arith::CmpIOp compare) { return compute(compare, truth); })
      .Case([&](arith::AndIOp both_) {
        if (!value.getType().isInteger(1))
          return Answer();
        Answer a = of(both_.getLhs(), constant), b = of(both_.getRhs(), constant);
        return truth ? both(a, b) : either(a, b);
      })
      .Case([&](arith::OrIOp one) {
        if (!value.getType().isInteger(1))
          return Answer();
        Answer a = of(one.getLhs(), constant), b = of(one.getRhs(), constant);
        Answer answer = truth ? either(a, b) : both(a, b);
        otherConditions |= truth && answer.holds.empty();
        return answer;
      })
      .Case([&](arith::XOrIOp flip) {
        bool isNot = value.getType().isInteger(1) && matchPattern(flip.getRhs(), m_One());
        return isNot ? where(flip.getLhs(), !truth) : Answer();
      })
      .Case([&](arith::SelectOp select) {
        if (Value numerator = guardedNumerator(select); numerator && isZero)
          return of(numerator, constant);
        return choice(select.getCondition(), select.getTrueValue(), select.getFalseValue(),
                      constant);
      })
      .Case([&](scf::IfOp conditional) {
        unsigned k = cast<OpResult>(value).getResultNumber();
        return choice(conditional.getCondition(), conditional.thenYield().getOperand(k),
                      conditional.elseYield().getOperand(k), constant);
      })
      .Case([&](AtOp at) {
        auto eq = at.getTensor().getDefiningOp<EqOp>();
        if (!eq) {
          otherConditions |= value.getType().isInteger(1);
          return Answer();
        }
        std::vector<void *> subscripts;
        for (AffineExpr subscript : terms.of(at.getMap(), at.getIndices()))
          subscripts.push_back(const_cast<void *>(subscript.getAsOpaquePointer()));
        auto key = std::pair(std::pair<void *, Constant>(eq, constant), subscripts);
        if (auto found = knownOfEquations.find(key); found != knownOfEquations.end())
          return found->second;
        return knownOfEquations[key] =
                   through<Answer>(at, [&](Value yielded) { return of(yielded, constant); });
      })
      .Case([&](arith::MulFOp product) {
        return isZero ? both(of(product.getLhs(), constant), of(product.getRhs(), constant))
                      : Answer();
      })
      .Case([&](arith::MulIOp product) {
        return isZero ? both(of(product.getLhs(), constant), of(product.getRhs(), constant))
                      : Answer();
      })
      .Case([&](arith::AddFOp sum) {
        Answer a = of(sum.getLhs(), constant), b = of(sum.getRhs(), constant);
        return isLow || isHigh ? both(a, b) : isZero ? either(a, b) : Answer();
      })
      .Case([&](arith::SubFOp difference) {
        Answer a = of(difference.getLhs(), constant);
        return isLow || isHigh ? a
               : isZero        ? either(a, of(difference.getRhs(), constant))
                               : Answer();
      })
      .Case([&](arith::NegFOp negation) {
        Constant other = isLow ? Constant::infinity : isHigh ? Constant::minusInfinity : constant;
        return isZero || isLow || isHigh ? of(negation.getOperand(), other) : Answer();
      })
      .Case<ExpDiffOp, math::ExpOp, math::Exp2Op>([&](auto exp) {
        return isZero ? of(exp->getOperand(0), Constant::minusInfinity) : Answer();
      })
      .Case([&](FnOp fn) {
        if (isZero && fn.getKind() == FnKind::sigmoid)
          return of(fn.getArgs()[0], Constant::minusInfinity);
        if (isZero && fn.getKind() == FnKind::relu)
          return both(of(fn.getArgs()[0], Constant::zero),
                      of(fn.getArgs()[0], Constant::minusInfinity));
        return fn.getKind() == FnKind::detach ? of(fn.getArgs()[0], constant) : Answer();
      })
      .Case([&](CastOp cast) {
        if (!cast.getValue().getType().isInteger(1))
          return isZero || isLow || isHigh ? of(cast.getValue(), constant) : Answer();
        return isZero ? where(cast.getValue(), true) : Answer();
      })
      .Default([](Operation *) { return Answer(); });
}

bool Support::follows(Value condition, bool truth, function_ref<bool(AffineExpr)> holds) {
  Operation *op = condition.getDefiningOp();
  if (!op)
    return false;
  APInt integer;
  if (matchPattern(condition, m_ConstantInt(&integer)))
    return integer.isOne() == truth;
  if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
    std::optional<Inequalities> all = inequalities(compare, truth);
    return all && llvm::all_of(*all, holds);
  }
  auto follow = [&](Value part) { return follows(part, truth, holds); };
  if (auto both = dyn_cast<arith::AndIOp>(op))
    return truth ? follow(both.getLhs()) && follow(both.getRhs())
                 : follow(both.getLhs()) || follow(both.getRhs());
  if (auto one = dyn_cast<arith::OrIOp>(op))
    return truth ? follow(one.getLhs()) || follow(one.getRhs())
                 : follow(one.getLhs()) && follow(one.getRhs());
  if (auto flip = dyn_cast<arith::XOrIOp>(op))
    return matchPattern(flip.getRhs(), m_One()) && follows(flip.getLhs(), !truth, holds);
  if (auto conditional = dyn_cast<scf::IfOp>(op)) {
    unsigned k = cast<OpResult>(condition).getResultNumber();
    bool first = follow(conditional.thenYield().getOperand(k)),
         second = follow(conditional.elseYield().getOperand(k));
    return (first && second) || (first && follows(conditional.getCondition(), true, holds)) ||
           (second && follows(conditional.getCondition(), false, holds));
  }
  auto at = dyn_cast<AtOp>(op);
  if (!at || !at.getTensor().getDefiningOp<EqOp>())
    return false;
  return through<bool>(at, follow);
}
