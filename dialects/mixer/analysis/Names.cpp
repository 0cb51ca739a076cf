//===- Names.cpp - integers in the language's notation --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Names.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::mixer;

namespace {

/// How tightly the outermost operator of a text binds.
enum class Binds { Sum, Product, Whole };

struct Text {
  std::string text;
  Binds binds = Binds::Whole;

  std::string in(Binds least) const { return binds < least ? "(" + text + ")" : text; }
};

/// Texts of integers in one function.
class Names {
public:
  explicit Names(FuncOp func) : func(func) {}

  Text of(AffineExpr expr, ValueRange dims) {
    if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      return number(constant.getValue());
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      return of(dims[dim.getPosition()]);
    if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
      return {func.getExtent(symbol.getPosition()).getName().str()};
    auto binary = cast<AffineBinaryOpExpr>(expr);
    AffineExpr a = binary.getLHS(), b = binary.getRHS();
    switch (expr.getKind()) {
    case AffineExprKind::Add: {
      // a - b is written a + b * -1, in either order.
      if (negated(a) && !negated(b))
        std::swap(a, b);
      if (AffineExpr taken = negated(b))
        return join(of(a, dims), "-", of(taken, dims), Binds::Sum);
      return join(of(a, dims), "+", of(b, dims), Binds::Sum);
    }
    case AffineExprKind::Mul: {
      auto factor = dyn_cast<AffineConstantExpr>(b);
      if (factor && factor.getValue() == -1)
        return {"-" + of(a, dims).in(Binds::Product), Binds::Product};
      return join(of(a, dims), "*", of(b, dims), Binds::Product);
    }
    case AffineExprKind::FloorDiv:
      return join(of(a, dims), "/", of(b, dims), Binds::Product);
    case AffineExprKind::Mod:
      return join(of(a, dims), "%", of(b, dims), Binds::Product);
    default: // ceildiv, which the language does not have
      return {"ceil(" + join(of(a, dims), "/", of(b, dims), Binds::Product).text + ")"};
    }
  }

  Text of(Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value))
      return {indexName(argument)};
    APInt constant;
    if (matchPattern(value, m_ConstantInt(&constant)))
      return number(constant.getSExtValue());
    Operation *op = value.getDefiningOp();
    auto operand = [&](unsigned k) { return of(op->getOperand(k)); };
    return llvm::TypeSwitch<Operation *, Text>(op)
        .Case<ApplyOp>(
            [&](ApplyOp apply) { return of(apply.getMap().getResult(0), apply.getIndices()); })
        .Case<arith::AddIOp>([&](auto) { return join(operand(0), "+", operand(1), Binds::Sum); })
        .Case<arith::SubIOp>([&](auto) { return join(operand(0), "-", operand(1), Binds::Sum); })
        .Case<arith::MulIOp>(
            [&](auto) { return join(operand(0), "*", operand(1), Binds::Product); })
        .Case<arith::MaxSIOp>([&](auto) { return call("max", op); })
        .Case<arith::MinSIOp>([&](auto) { return call("min", op); })
        .Case<CastOp>([&](CastOp cast) {
          return Text{"cast(" + elementName(cast.getElement()).str() + ", ..)"};
        })
        .Case<FnOp>([&](FnOp fn) {
          switch (fn.getKind()) {
          case FnKind::floordiv:
            return join(operand(0), "/", operand(1), Binds::Product);
          case FnKind::floormod:
            return join(operand(0), "%", operand(1), Binds::Product);
          case FnKind::ipow:
            return Text{operand(0).in(Binds::Whole) + "^" + operand(1).in(Binds::Whole)};
          default:
            return call(stringifyFnKind(fn.getKind()), op);
          }
        })
        .Case<AtOp>([&](AtOp at) {
          std::string text = tensorText(at.getTensor());
          if (at.getMap().getNumResults() == 0)
            return Text{text};
          auto subscripts = llvm::map_to_vector(
              at.getMap().getResults(), [&](AffineExpr e) { return of(e, at.getIndices()).text; });
          return Text{text + "[" + llvm::join(subscripts, ", ") + "]"};
        })
        .Case<OrderOp>([&](OrderOp order) {
          return Text{
              (stringifyOrderKind(order.getKind()) + "[" + name(order.getIndexNames(), 0) + "](..)")
                  .str()};
        })
        .Case<ReduceOp>([&](ReduceOp reduce) {
          return Text{(stringifyReduceKind(reduce.getKind()) + "[" +
                       name(reduce.getIndexNames(), 0) + "](..)")
                          .str()};
        })
        .Case<scf::IfOp, arith::SelectOp>([&](auto) { return Text{"(if ..)"}; })
        .Default([&](Operation *) { return Text{"(..)"}; });
  }

  static StringRef name(ArrayAttr names, unsigned k) {
    return k < names.size() ? cast<StringAttr>(names[k]).getValue() : "?";
  }

private:
  /// x where `expr` is x * c or c for a negative constant c: with -c. Null elsewhere.
  static AffineExpr negated(AffineExpr expr) {
    auto scaled = dyn_cast<AffineBinaryOpExpr>(expr);
    auto factor = scaled && scaled.getKind() == AffineExprKind::Mul
                      ? dyn_cast<AffineConstantExpr>(scaled.getRHS())
                      : dyn_cast<AffineConstantExpr>(expr);
    if (!factor || factor.getValue() >= 0 || factor.getValue() == INT64_MIN)
      return nullptr;
    AffineExpr size = getAffineConstantExpr(-factor.getValue(), expr.getContext());
    return factor == expr ? size : scaled.getLHS() * size;
  }

  static Text number(int64_t value) {
    return {std::to_string(value), value < 0 ? Binds::Product : Binds::Whole};
  }

  /// Operators of one rank group to the left.
  static Text join(const Text &a, const char *op, const Text &b, Binds binds) {
    Binds tighter = binds == Binds::Sum ? Binds::Product : Binds::Whole;
    bool associates = op[0] == '+';
    return {a.in(binds) + " " + op + " " + b.in(associates ? binds : tighter), binds};
  }

  Text call(StringRef function, Operation *op) {
    auto arguments = llvm::map_to_vector(op->getOperands(), [&](Value v) { return of(v).text; });
    return {function.str() + "(" + llvm::join(arguments, ", ") + ")"};
  }

  static std::string indexName(BlockArgument argument) {
    Operation *op = argument.getOwner()->getParentOp();
    unsigned k = argument.getArgNumber();
    if (std::optional<Binding> binding = getBinding(op))
      return binding->name(k).str();
    return llvm::TypeSwitch<Operation *, StringRef>(op)
        .Case<EqOp, ScatterOp, RecurOp>([&](auto o) { return name(o.getIndexNames(), k); })
        .Default([](Operation *) { return "?"; })
        .str();
  }

  FuncOp func;
};

} // namespace

std::string mixc::mixer::expressionText(Operation *op, AffineExpr expr, ValueRange dims) {
  auto func = dyn_cast<FuncOp>(op);
  return Names(func ? func : enclosingFunc(op)).of(expr, dims).text;
}

std::string mixc::mixer::valueText(Value value) {
  Operation *op = value.getParentBlock()->getParentOp();
  auto func = dyn_cast<FuncOp>(op);
  return Names(func ? func : enclosingFunc(op)).of(value).text;
}

std::string mixc::mixer::tensorText(Value tensor) {
  if (auto argument = dyn_cast<BlockArgument>(tensor)) {
    Operation *op = argument.getOwner()->getParentOp();
    if (auto recur = dyn_cast<RecurOp>(op))
      return Names::name(recur.getNames(), argument.getArgNumber() - recur.getNumTimes()).str();
    return Names::name(cast<FuncOp>(op).getArgNames(), argument.getArgNumber()).str();
  }
  return llvm::TypeSwitch<Operation *, std::string>(tensor.getDefiningOp())
      .Case<EqOp, ScatterOp>([](auto op) { return op.getName().str(); })
      .Case<DefaultOp>([](DefaultOp op) { return tensorText(op.getArgument()); })
      .Case<AppendOp>([](AppendOp op) { return tensorText(op.getHistory()); })
      .Case<RecurOp>([&](RecurOp op) {
        return Names::name(op.getNames(), cast<OpResult>(tensor).getResultNumber()).str();
      })
      .Default([](Operation *) { return "a table"; });
}
