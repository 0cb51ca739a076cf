//===- Domains.cpp - conditions become ranges -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// First the ranges: of each reduction, the inequalities that hold wherever its body is not the
// combiner's identity bound its indices. All reductions over one masked score find the same ones,
// through the equations that they read. Then, readers first, the conditions: an equation that is
// read only where a condition holds need not ask.
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Equations.h"
#include "compiler/derive/Passes.h"
#include "dialects/mixer/IndexExpr.h"
#include "dialects/mixer/Remark.h"
#include "dialects/mixer/analysis/Bounds.h"
#include "dialects/mixer/analysis/Demand.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;
using mixer::Support;

namespace mixc::derive {
#define GEN_PASS_DEF_DERIVEDOMAINS
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

/// The most points of a range that keeps its bounds: a loop over the taps of a filter is written
/// out, and no longer could be.
static constexpr int64_t mostWrittenOut = 16;

/// The identity of a combiner as far as masks give it.
static std::optional<Support::Constant> identityOf(mixer::ReduceOp reduce) {
  Type type = mixer::getBinding(reduce)->yielded().getType();
  bool isReal = isa<FloatType>(type);
  switch (reduce.getKind()) {
  case mixer::ReduceKind::sum:
    return type.isInteger(1) ? Support::Constant::no : Support::Constant::zero;
  case mixer::ReduceKind::prod:
    return Support::Constant::one;
  case mixer::ReduceKind::max:
    return isReal ? std::optional(Support::Constant::minusInfinity) : std::nullopt;
  case mixer::ReduceKind::min:
    return isReal ? std::optional(Support::Constant::infinity) : std::nullopt;
  case mixer::ReduceKind::any:
    return Support::Constant::no;
  case mixer::ReduceKind::all:
    return Support::Constant::yes;
  default:
    return std::nullopt;
  }
}

namespace {

/// Bounds the indices of one reduction.
class Ranges {
public:
  Ranges(mixer::ReduceOp reduce, StringRef pass)
      : reduce(reduce), binding(*mixer::getBinding(reduce)), pass(pass), terms(reduce.getContext()),
        facts(mixer::enclosingFunc(reduce)) {}

  /// Whether some range is narrower now.
  bool run();

private:
  bool isShort(unsigned k);
  bool isUsable(AffineExpr bound);
  bool isNeverBelow(AffineExpr a, AffineExpr b);
  void tighten(SmallVectorImpl<AffineExpr> &bounds, AffineExpr bound, bool upper);
  std::string text(AffineExpr expr);
  AffineMap makeMap(ArrayRef<SmallVector<AffineExpr>> bounds, bool upper,
                    SmallVectorImpl<Value> &operands);

  mixer::ReduceOp reduce;
  mixer::Binding binding;
  StringRef pass;
  mixer::IndexTerms terms;
  mixer::Facts facts;
};

/// Takes conditions that always hold out of an equation.
class Conditions {
public:
  Conditions(mixer::EqOp eq, mixer::Demand &demand, StringRef pass)
      : eq(eq), demand(demand), pass(pass) {}

  void run();

private:
  unsigned simplify();

  mixer::EqOp eq;
  mixer::Demand &demand;
  StringRef pass;
};

} // namespace

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

/// Whether the range of an index is short and known: its loop is written out, without a branch.
bool Ranges::isShort(unsigned k) {
  auto size = dyn_cast<AffineConstantExpr>(binding.upper.getResult(k) - binding.lower.getResult(k));
  return size && size.getValue() <= mostWrittenOut;
}

/// Whether all that `bound` depends on is known where the reduction stands.
bool Ranges::isUsable(AffineExpr bound) {
  bool usable = true;
  bound.walk([&](AffineExpr part) {
    auto dim = dyn_cast<AffineDimExpr>(part);
    if (!dim)
      return;
    auto index = dyn_cast<BlockArgument>(terms.leaf(dim.getPosition()));
    usable &= index && index.getOwner()->getParentOp()->isProperAncestor(reduce);
  });
  return usable;
}

/// Whether a >= b wherever the reduction stands.
bool Ranges::isNeverBelow(AffineExpr a, AffineExpr b) {
  const mixer::Scope &scope = facts.scopeOf(reduce.getOperation());
  SmallVector<Value> leaves(terms.allLeaves());
  return facts.proves(facts.expression(a, leaves, scope) - facts.expression(b, leaves, scope),
                      scope);
}

/// Adds a bound to those of which the largest, or the least, counts, unless it never does.
void Ranges::tighten(SmallVectorImpl<AffineExpr> &bounds, AffineExpr bound, bool upper) {
  auto isImplied = [&](AffineExpr other, AffineExpr by) {
    return other == by || (upper ? isNeverBelow(other, by) : isNeverBelow(by, other));
  };
  if (llvm::any_of(bounds, [&](AffineExpr known) { return isImplied(bound, known); }))
    return;
  llvm::erase_if(bounds, [&](AffineExpr known) { return isImplied(known, bound); });
  bounds.push_back(bound);
}

std::string Ranges::text(AffineExpr expr) {
  std::string result;
  llvm::raw_string_ostream os(result);
  mixer::FuncOp func = mixer::enclosingFunc(reduce);
  mixer::printIndexExpr(
      os, expr,
      [&](unsigned dim) {
        auto index = cast<BlockArgument>(terms.leaf(dim));
        Operation *op = index.getOwner()->getParentOp();
        auto names = op->getAttrOfType<ArrayAttr>("index_names");
        os << cast<StringAttr>(names[index.getArgNumber()]).getValue();
      },
      [&](unsigned symbol) { os << func.getExtent(symbol).getName().getValue(); });
  return result;
}

/// The map of the bounds, one for each index, and its operands.
AffineMap Ranges::makeMap(ArrayRef<SmallVector<AffineExpr>> bounds, bool upper,
                          SmallVectorImpl<Value> &operands) {
  OpBuilder builder(reduce);
  Location loc = reduce.getLoc();
  // Indices outermost first, then the numbers that are no indices.
  llvm::DenseMap<AffineExpr, AffineExpr> places;
  auto use = [&](AffineExpr bound) {
    bound.walk([&](AffineExpr part) {
      if (auto dim = dyn_cast<AffineDimExpr>(part))
        places.try_emplace(dim);
    });
  };
  for (const SmallVector<AffineExpr> &parts : bounds)
    if (parts.size() == 1)
      use(parts.front());
  for (auto [k, leaf] : llvm::enumerate(terms.allLeaves())) {
    auto place = places.find(builder.getAffineDimExpr(k));
    if (place == places.end())
      continue;
    place->second = builder.getAffineDimExpr(operands.size());
    operands.push_back(leaf);
  }
  SmallVector<AffineExpr> results;
  for (const SmallVector<AffineExpr> &parts : bounds) {
    if (parts.size() == 1) {
      results.push_back(parts.front().replace(places));
      continue;
    }
    Value extreme;
    for (AffineExpr part : parts) {
      SmallVector<Value> leaves;
      llvm::DenseMap<AffineExpr, AffineExpr> own;
      for (auto [k, leaf] : llvm::enumerate(terms.allLeaves()))
        if (part.isFunctionOfDim(k)) {
          own[builder.getAffineDimExpr(k)] = builder.getAffineDimExpr(leaves.size());
          leaves.push_back(leaf);
        }
      Value value;
      if (auto constant = dyn_cast<AffineConstantExpr>(part))
        value = arith::ConstantIndexOp::create(builder, loc, constant.getValue());
      else
        value = makeApply(builder, loc, leaves, part.replace(own));
      if (!extreme)
        extreme = value;
      else if (upper)
        extreme = arith::MinSIOp::create(builder, loc, extreme, value);
      else
        extreme = arith::MaxSIOp::create(builder, loc, extreme, value);
    }
    results.push_back(builder.getAffineDimExpr(operands.size()));
    operands.push_back(extreme);
  }
  return mixer::indexMap(builder.getContext(), operands.size(), results);
}

bool Ranges::run() {
  std::optional<Support::Constant> identity = identityOf(reduce);
  if (!identity)
    return false;
  // Leaves in the order of the operands: outermost first.
  SmallVector<Operation *> around;
  for (Operation *op = reduce->getParentOp(); !isa<mixer::FuncOp>(op); op = op->getParentOp())
    around.push_back(op);
  for (Operation *op : llvm::reverse(around))
    for (BlockArgument index : op->getRegion(0).getArguments())
      if (index.getType().isIndex())
        terms.of(index);
  Support support(terms);
  Support::Answer answer = support.of(binding.yielded(), *identity);
  SmallVector<SmallVector<AffineExpr>> lower, upper;
  for (unsigned k = 0; k < binding.size(); ++k) {
    lower.push_back(mixer::lowerBounds(binding, k, terms));
    upper.push_back(mixer::upperBounds(binding, k, terms));
  }
  auto before = std::pair(lower, upper);
  for (AffineExpr inequality : answer.holds)
    for (auto [k, index] : llvm::enumerate(binding.indices())) {
      auto dim = cast<AffineDimExpr>(terms.of(index));
      if (!inequality.isFunctionOfDim(dim.getPosition()) || isShort(k))
        continue;
      std::optional<mixer::HalfRange> range = mixer::solveFor(inequality, dim.getPosition());
      AffineExpr bound = !range ? AffineExpr() : range->lower ? range->lower : range->upper;
      if (bound && isUsable(bound))
        tighten(range->lower ? lower[k] : upper[k], bound, /*upper=*/!range->lower);
    }
  std::string ranges;
  for (unsigned k = 0; k < binding.size(); ++k) {
    auto add = [&](ArrayRef<AffineExpr> bounds, ArrayRef<AffineExpr> old, StringRef relation) {
      for (AffineExpr bound : bounds)
        if (!llvm::is_contained(old, bound))
          ranges +=
              (ranges.empty() ? "" : ", ") + binding.name(k).str() + relation.str() + text(bound);
    };
    add(lower[k], before.first[k], " >= ");
    add(upper[k], before.second[k], " < ");
  }
  if (ranges.empty()) {
    if (support.hasOtherConditions())
      if (auto remark = mixer::remark(reduce, mixer::Outcome::left, pass, "range"))
        remark << mlir::remark::reason(
            "a condition stays in {0}: it is on data, or bounds no index from one side",
            mixer::reductionText(reduce));
    return false;
  }
  if (auto remark = mixer::remark(reduce, mixer::Outcome::fired, pass, "range"))
    remark << mlir::remark::reason("a condition is the range of {0} now: {1}",
                                   mixer::reductionText(reduce), ranges);
  SmallVector<Value> lowerOperands, upperOperands;
  AffineMap lowerMap = makeMap(lower, /*upper=*/false, lowerOperands);
  AffineMap upperMap = makeMap(upper, /*upper=*/true, upperOperands);
  reduce.getLowerOperandsMutable().assign(lowerOperands);
  reduce.getUpperOperandsMutable().assign(upperOperands);
  reduce.setLower(lowerMap);
  reduce.setUpper(upperMap);
  return true;
}

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

/// Puts the values of the first branch in the place of its conditional.
static void takeBranch(scf::IfOp conditional) {
  Block &branch = conditional.getThenRegion().front();
  Operation *yield = branch.getTerminator();
  conditional.replaceAllUsesWith(yield->getOperands());
  yield->erase();
  conditional->getBlock()->getOperations().splice(conditional->getIterator(),
                                                  branch.getOperations());
  conditional.erase();
}

/// Takes the branches that are always taken; how many.
unsigned Conditions::simplify() {
  SmallVector<Operation *> always;
  mixer::Facts facts(mixer::enclosingFunc(eq));
  const mixer::Scope &scope = facts.scopeOf(&eq.getBody().front());
  eq.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!isa<scf::IfOp, arith::SelectOp>(op))
      return;
    mixer::IndexTerms terms(eq.getContext());
    for (BlockArgument index : eq.getBody().getArguments())
      terms.of(index);
    std::optional<mixer::Inequalities> known = mixer::conditionsAround(op, terms);
    if (!known)
      return;
    known->insert_range(demand.of(eq).holds);
    // One of the inequalities is this one, or is stronger, perhaps once both are solved.
    auto isKnown = [&](AffineExpr expr) {
      SmallVector<Value> leaves(terms.allLeaves());
      auto value = [&](AffineExpr e) { return facts.expression(e, leaves, scope); };
      return known->contains(expr) || llvm::any_of(*known, [&](AffineExpr other) {
               return facts.proves(value(expr) - value(other), scope);
             });
    };
    auto holds = [&](AffineExpr expr) {
      if (isKnown(expr))
        return true;
      for (unsigned k = 0; k < terms.allLeaves().size(); ++k) {
        if (!expr.isFunctionOfDim(k))
          continue;
        AffineExpr dim = getAffineDimExpr(k, expr.getContext());
        std::optional<mixer::HalfRange> range = mixer::solveFor(expr, k);
        if (range && isKnown(mixer::normalInequality(range->lower ? dim - range->lower
                                                                  : range->upper - 1 - dim)))
          return true;
      }
      return false;
    };
    if (Support(terms).follows(op->getOperand(0), true, holds))
      always.push_back(op);
  });
  for (Operation *op : always) {
    if (auto conditional = dyn_cast<scf::IfOp>(op)) {
      takeBranch(conditional);
    } else {
      op->getResult(0).replaceAllUsesWith(cast<arith::SelectOp>(op).getTrueValue());
      op->erase();
    }
  }
  return always.size();
}

void Conditions::run() {
  // What the condition guards may be out of bounds elsewhere.
  Operation *before = eq->clone();
  if (simplify() == 0)
    return before->destroy();
  eraseUnusedScalars(eq);
  mixer::Facts facts(mixer::enclosingFunc(eq));
  bool inBounds = true;
  mixer::checkBounds(eq, facts, [&](const mixer::BoundsError &) { inBounds = false; });
  if (inBounds) {
    before->destroy();
    if (auto remark = mixer::remark(eq, mixer::Outcome::fired, pass, "condition"))
      remark << mlir::remark::reason("a condition goes: it holds wherever {0} is read",
                                     eq.getName());
    return;
  }
  if (auto remark = mixer::remark(eq, mixer::Outcome::left, pass, "condition"))
    remark << mlir::remark::reason(
        "a condition stays although it holds wherever {0} is read: without it a read is not "
        "seen to be in bounds",
        eq.getName());
  OpBuilder(eq).insert(before);
  eq.getResult().replaceAllUsesWith(before->getResult(0));
  eq.erase();
}

namespace {
struct DeriveDomains : derive::impl::DeriveDomainsBase<DeriveDomains> {
  void runOnOperation() override {
    SmallVector<mixer::ReduceOp> reductions;
    getOperation().walk([&](mixer::ReduceOp reduce) {
      if (enclosingEquation(reduce))
        reductions.push_back(reduce);
    });
    bool any = false;
    for (mixer::ReduceOp reduce : reductions)
      any |= Ranges(reduce, getArgument()).run();
    if (!any)
      return;
    SmallVector<mixer::EqOp> equations;
    getOperation().walk([&](mixer::EqOp eq) { equations.push_back(eq); });
    for (mixer::EqOp eq : llvm::reverse(equations)) {
      mixer::Demand demand;
      Conditions(eq, demand, getArgument()).run();
    }
  }
};
} // namespace
