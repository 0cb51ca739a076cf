//===- KnownValues.cpp - what a value is at a point, as far as sizes tell -===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/KnownValues.h"
#include "compiler/reference/Binding.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using llvm::enumerate;
using llvm::zip;

namespace mixc::driver {

std::optional<int64_t> KnownValues::getInt(Value value) {
  std::optional<double> number = get(value);
  if (!number || std::fabs(*number) > 0x1p53)
    return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::optional<int64_t> KnownValues::evaluate(AffineExpr expr, ValueRange operands) {
  // Dims become the symbols behind the extents.
  SmallVector<int64_t> values(extents);
  SmallVector<AffineExpr> dims;
  for (auto [position, operand] : enumerate(operands)) {
    std::optional<int64_t> value;
    if (expr.isFunctionOfDim(position)) {
      value = getInt(operand);
      if (!value)
        return std::nullopt;
    }
    dims.push_back(getAffineSymbolExpr(values.size(), expr.getContext()));
    values.push_back(value.value_or(0));
  }
  return reference::evaluateExtent(expr.replaceDims(dims), values);
}

std::optional<double> KnownValues::get(Value value) {
  if (auto found = indices.find(value); found != indices.end())
    return found->second;
  if (!value.getType().isIntOrIndexOrFloat())
    return std::nullopt;
  Operation *op = value.getDefiningOp();
  return op ? compute(op) : std::nullopt;
}

static std::optional<bool> compare(arith::CmpIPredicate predicate, double a, double b) {
  using P = arith::CmpIPredicate;
  switch (predicate) {
  case P::eq:
    return a == b;
  case P::ne:
    return a != b;
  case P::slt:
    return a < b;
  case P::sle:
    return a <= b;
  case P::sgt:
    return a > b;
  case P::sge:
    return a >= b;
  default:
    return std::nullopt;
  }
}

std::optional<double> KnownValues::compute(Operation *op) {
  using Result = std::optional<double>;
  auto both = [&](auto function) -> Result {
    Result a = get(op->getOperand(0)), b = get(op->getOperand(1));
    return a && b ? Result(function(*a, *b)) : std::nullopt;
  };
  // One operand alone decides.
  auto absorbing = [&](double zero, auto function) -> Result {
    Result a = get(op->getOperand(0)), b = get(op->getOperand(1));
    if ((a && *a == zero) || (b && *b == zero))
      return zero;
    return a && b ? Result(function(*a, *b)) : std::nullopt;
  };
  auto choose = [&](Result condition, Value first, Value second) -> Result {
    if (condition)
      return get(*condition != 0 ? first : second);
    // Either way the same, as in a normaliser's `sum == 0 ? 0 : exp / sum`.
    Result a = get(first), b = get(second);
    return a && b && *a == *b ? a : std::nullopt;
  };
  auto plus = [](double a, double b) { return a + b; };
  auto minus = [](double a, double b) { return a - b; };
  auto times = [](double a, double b) { return a * b; };
  return TypeSwitch<Operation *, Result>(op)
      .Case([&](arith::ConstantOp constant) -> Result {
        if (auto number = dyn_cast<FloatAttr>(constant.getValue()))
          return number.getValueAsDouble();
        if (auto number = dyn_cast<IntegerAttr>(constant.getValue()))
          return number.getType().isInteger(1) ? double(number.getValue().getBoolValue())
                                               : static_cast<double>(number.getInt());
        return std::nullopt;
      })
      .Case([&](mixer::ApplyOp apply) -> Result {
        auto value = evaluate(apply.getMap().getResult(0), apply.getIndices());
        return value ? Result(static_cast<double>(*value)) : std::nullopt;
      })
      .Case([&](arith::CmpIOp cmp) -> Result {
        Result a = get(cmp.getLhs()), b = get(cmp.getRhs());
        if (!a || !b)
          return std::nullopt;
        auto holds = compare(cmp.getPredicate(), *a, *b);
        return holds ? Result(*holds) : std::nullopt;
      })
      .Case([&](arith::AndIOp) { return absorbing(0, times); })
      .Case([&](arith::OrIOp) { return absorbing(1, [](double, double) { return 0.0; }); })
      .Case([&](arith::XOrIOp) { return both([](double a, double b) { return double(a != b); }); })
      .Case([&](arith::AddIOp) { return both(plus); })
      .Case([&](arith::SubIOp) { return both(minus); })
      // What a mask excludes stays excluded, whatever is added: exp(s - m) is 0 where s is -inf.
      .Case([&](arith::AddFOp) { return absorbing(-INFINITY, plus); })
      .Case([&](arith::SubFOp) -> Result {
        Result a = get(op->getOperand(0));
        return a && *a == -INFINITY ? a : both(minus);
      })
      .Case<arith::MulIOp>([&](auto) { return both(times); })
      .Case([&](arith::MulFOp) { return absorbing(0, times); })
      .Case([&](arith::DivFOp) -> Result {
        Result a = get(op->getOperand(0));
        return a && *a == 0 ? a : both([](double a, double b) { return a / b; });
      })
      .Case<arith::MinSIOp, arith::MinimumFOp>(
          [&](auto) { return both([](double a, double b) { return std::min(a, b); }); })
      .Case<arith::MaxSIOp, arith::MaximumFOp>(
          [&](auto) { return both([](double a, double b) { return std::max(a, b); }); })
      .Case([&](math::ExpOp exp) -> Result {
        Result x = get(exp.getOperand());
        return x ? Result(std::exp(*x)) : std::nullopt;
      })
      .Case([&](math::Exp2Op exp) -> Result {
        Result x = get(exp.getOperand());
        return x ? Result(std::exp2(*x)) : std::nullopt;
      })
      .Case<arith::SIToFPOp, arith::UIToFPOp, arith::IndexCastOp, arith::ExtFOp, arith::ExtUIOp>(
          [&](auto cast) { return get(cast->getOperand(0)); })
      .Case([&](mixer::ExpDiffOp exp) -> Result {
        Result x = get(exp.getX());
        return x && *x == -INFINITY ? Result(0) : std::nullopt;
      })
      .Case([&](arith::SelectOp select) -> Result {
        Result condition = get(select.getCondition());
        return choose(condition, select.getTrueValue(), select.getFalseValue());
      })
      .Case([&](scf::IfOp choice) -> Result {
        Result condition = get(choice.getCondition());
        return choose(condition, choice.thenYield().getOperand(0),
                      choice.elseYield().getOperand(0));
      })
      .Case([&](mixer::FnOp fn) -> Result {
        if (fn.getKind() == mixer::FnKind::floordiv)
          return both([](double a, double b) { return b == 0 ? 0 : std::floor(a / b); });
        if (fn.getKind() == mixer::FnKind::floormod)
          return both([](double a, double b) { return b == 0 ? 0 : a - b * std::floor(a / b); });
        return std::nullopt;
      })
      .Case([&](mixer::AlongOp along) -> Result {
        if (along.getKind() != mixer::AlongKind::softmax)
          return std::nullopt;
        Block &body = along.getBody().front();
        for (auto [index, at] : zip(body.getArguments(), along.getAt())) {
          auto position = getInt(at);
          if (!position)
            return std::nullopt;
          set(index, *position);
        }
        Result score = get(body.getTerminator()->getOperand(0));
        return score && *score == -INFINITY ? Result(0) : std::nullopt;
      })
      .Case([&](mixer::AtOp at) { return read(at); })
      .Default([](Operation *) -> Result { return std::nullopt; });
}

std::optional<double> KnownValues::read(mixer::AtOp at) {
  // Far reads are rarely known, and a chain of them costs more at every link.
  constexpr unsigned deepest = 6;
  auto equation = at.getTensor().getDefiningOp<mixer::EqOp>();
  if (!equation || depth == deepest)
    return std::nullopt;
  Block &body = equation.getBody().front();
  SmallVector<int64_t> subscripts;
  for (AffineExpr expr : at.getMap().getResults()) {
    auto subscript = evaluate(expr, at.getIndices());
    if (!subscript)
      return std::nullopt;
    subscripts.push_back(*subscript);
  }
  // The equation may be the one that is being looked at, at another point.
  SmallVector<std::optional<double>> outer;
  for (auto [index, subscript] : zip(body.getArguments(), subscripts)) {
    auto found = indices.find(index);
    outer.push_back(found == indices.end() ? std::nullopt : std::optional(found->second));
    set(index, subscript);
  }
  ++depth;
  std::optional<double> value = get(body.getTerminator()->getOperand(0));
  --depth;
  for (auto [index, was] : zip(body.getArguments(), outer)) {
    if (was)
      indices[index] = *was;
    else
      indices.erase(index);
  }
  return value;
}

} // namespace mixc::driver
