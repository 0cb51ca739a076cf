//===- Bounds.cpp - accesses in bounds ------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Bounds.h"
#include "dialects/mixer/analysis/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::mixer;

//===----------------------------------------------------------------------===//
// Recurrences
//===----------------------------------------------------------------------===//

/// The history that `tensor` is, with or without slices appended; null when it is none.
static BlockArgument carryOf(Value tensor) {
  while (auto append = tensor.getDefiningOp<AppendOp>())
    tensor = append.getHistory();
  auto argument = dyn_cast<BlockArgument>(tensor);
  return argument && isa<RecurOp>(argument.getOwner()->getParentOp()) ? argument : nullptr;
}

std::optional<HistoryRead> mixc::mixer::historyRead(AtOp at) {
  BlockArgument carry = carryOf(at.getTensor());
  if (!carry)
    return std::nullopt;
  auto recur = cast<RecurOp>(carry.getOwner()->getParentOp());
  HistoryRead read{recur,
                   carry.getArgNumber() - recur.getNumTimes(),
                   {},
                   isa_and_present<AppendOp>(at.getTensor().getDefiningOp())};
  for (auto append : recur.getBody().getOps<AppendOp>()) {
    if (carryOf(append.getHistory()) != carry)
      continue;
    unsigned sliceRank = cast<MixerTensorType>(append.getSlice().getType()).getRank();
    for (unsigned m = 0; m < recur.getNumTimes(); ++m)
      for (auto [axis, expr] : llvm::enumerate(append.getMap().getResults()))
        if (expr == getAffineDimExpr(sliceRank + m, at.getContext()))
          read.timeAxes.push_back(axis);
    break;
  }
  return read;
}

bool mixc::mixer::isEarlier(Facts &facts, AtOp at, const HistoryRead &read) {
  RecurOp recur = read.recur;
  const Scope &scope = facts.scopeOf(at);
  const Scope &outside = facts.scopeOf(recur);
  Polynomial one(1);
  // Steps back along the time indices so far are not negative: the next decides.
  bool undecided = true;
  for (auto [m, axis] : llvm::enumerate(read.timeAxes)) {
    Polynomial step = facts.expression(at.getMap().getResult(axis), at.getIndices(), scope);
    Polynomial now = facts.value(recur.getTimes()[m]);
    Polynomial back = recur.getReverse()[m] ? step - now : now - step;
    if (undecided && facts.proves(back - one, scope))
      return true;
    undecided = undecided && facts.proves(back, scope);
    // Outside the range of the steps there are boundaries, known from the start.
    Polynomial lower = facts.expression(recur.getLower().getResult(m), {}, outside);
    Polynomial upper = facts.expression(recur.getUpper().getResult(m), {}, outside);
    if (facts.proves(lower - step - one, scope) || facts.proves(step - upper, scope))
      return true;
  }
  return undecided && read.includesThisStep && read.timeAxes.size() == recur.getNumTimes();
}

//===----------------------------------------------------------------------===//
// Subscripts
//===----------------------------------------------------------------------===//

namespace {

class Checker {
public:
  Checker(Facts &facts, llvm::function_ref<void(const BoundsError &)> report)
      : facts(facts), report(report) {}

  void check(AtOp at) {
    const Scope &scope = facts.scopeOf(at);
    for (auto [k, expr] : llvm::enumerate(at.getMap().getResults()))
      subscript(at, scope, at.getTensor(), k, facts.expression(expr, at.getIndices(), scope),
                [&, expr = expr] { return expressionText(at, expr, at.getIndices()); });
    if (std::optional<HistoryRead> read = historyRead(at); read && !isEarlier(facts, at, *read))
      reportLater(at, *read);
  }

  void check(ScatterOp scatter) {
    auto yield = cast<YieldOp>(scatter.getBody().front().getTerminator());
    for (auto [k, value] : llvm::enumerate(yield.getValues().drop_back()))
      subscript(scatter, facts.scopeOf(yield), scatter.getResult(), k, facts.value(value),
                [&, value = value] { return valueText(value); });
  }

  void check(AlongOp along) {
    Binding binding = *getBinding(along);
    for (auto [k, at] : llvm::enumerate(along.getAt()))
      position({along, facts.scopeOf(along), unsigned(k), facts.value(at)},
               {binding.lower.getResult(k), binding.lowerOperands},
               {binding.upper.getResult(k), binding.upperOperands},
               stringifyAlongKind(along.getKind()).str(), [&, at = at] { return valueText(at); });
  }

  void check(OrderOp order) {
    Binding binding = *getBinding(order);
    AffineExpr lower = binding.lower.getResult(0), upper = binding.upper.getResult(0);
    // One expression over the operands of both bounds.
    SmallVector<Value> operands = llvm::to_vector(binding.lowerOperands);
    llvm::append_range(operands, binding.upperOperands);
    AffineExpr candidates =
        upper.shiftDims(binding.upper.getNumDims(), binding.lower.getNumDims()) - lower;
    position({order, facts.scopeOf(order), 0, facts.value(order.getRank())},
             {getAffineConstantExpr(0, order.getContext()), {}}, {candidates, operands},
             stringifyOrderKind(order.getKind()).str(), [&] { return valueText(order.getRank()); });
  }

private:
  /// A number that must lie in a range.
  struct Position {
    Operation *op;
    const Scope &scope;
    unsigned axis;
    Polynomial value;
  };
  struct Bound {
    AffineExpr expr;
    ValueRange dims;
  };

  /// Checks `lower <= p < upper`; `owner` and `text` are the names of what is read and of p.
  void position(const Position &p, Bound lower, Bound upper, const std::string &owner,
                llvm::function_ref<std::string()> text) {
    auto fail = [&](BoundsError::Kind kind, const Bound &bound, StringRef relation) {
      std::string what = text(), limit = expressionText(p.op, bound.expr, bound.dims);
      report({p.op, p.axis, kind, owner, what, limit, what + relation.str() + limit});
    };
    auto holds = [&](const Polynomial &distance) {
      return facts.proves(distance, p.scope) || facts.isTrusted(distance, /*upper=*/false, p.scope);
    };
    if (!holds(p.value - facts.expression(lower.expr, lower.dims, p.scope)))
      fail(BoundsError::Kind::Lower, lower, " >= ");
    if (!holds(facts.expression(upper.expr, upper.dims, p.scope) - p.value - Polynomial(1)))
      fail(BoundsError::Kind::Upper, upper, " < ");
  }

  void subscript(Operation *op, const Scope &scope, Value tensor, unsigned axis,
                 const Polynomial &value, llvm::function_ref<std::string()> text) {
    auto type = cast<MixerTensorType>(tensor.getType());
    position({op, scope, axis, value}, {type.getLower()[axis], {}}, {type.getUpper()[axis], {}},
             tensorText(tensor), text);
  }

  void reportLater(AtOp at, HistoryRead &read) {
    unsigned axis = read.timeAxes.empty() ? 0 : read.timeAxes.front();
    std::string now = valueText(read.recur.getTimes()[0]);
    std::string step = expressionText(at, at.getMap().getResult(axis), at.getIndices());
    StringRef relation = read.recur.getReverse()[0] ? " > " : " < ";
    report({at, axis, BoundsError::Kind::Earlier, tensorText(at.getTensor()), step, now,
            step + relation.str() + now});
  }

  Facts &facts;
  llvm::function_ref<void(const BoundsError &)> report;
};

} // namespace

void mixc::mixer::checkBounds(Operation *op, Facts &facts,
                              llvm::function_ref<void(const BoundsError &)> report) {
  Checker checker(facts, report);
  op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    llvm::TypeSwitch<Operation *>(inner).Case<AtOp, ScatterOp, AlongOp, OrderOp>(
        [&](auto access) { checker.check(access); });
  });
}

void mixc::mixer::checkBounds(FuncOp func, llvm::function_ref<void(const BoundsError &)> report) {
  Facts facts(func);
  checkBounds(func, facts, report);
}
