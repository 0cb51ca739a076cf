//===- Scalars.cpp - scalar ops in the language's words ------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/Printer.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"

#include <charconv>
#include <cmath>

using namespace mlir;
using namespace mixc::mixer;

//===----------------------------------------------------------------------===//
// Literals
//===----------------------------------------------------------------------===//

/// The shortest text that reads as `value` again, with a point or an exponent.
template <typename T> static std::string shortest(T value) {
  char buffer[32];
  std::string text(buffer, std::to_chars(buffer, std::end(buffer), value).ptr);
  llvm::erase(text, '+');
  return text.find_first_of(".e") == text.npos ? text + ".0" : text;
}

static TermPtr literal(double value, Type type) {
  if (std::isnan(value))
    return infix(leaf("inf"), "-", leaf("inf"));
  std::string text = std::isinf(value) ? "inf"
                     : type.isF64()    ? shortest(std::fabs(value))
                                       : shortest(std::fabs(static_cast<float>(value)));
  return std::signbit(value) ? leaf("-" + text, Level::Sign) : leaf(text);
}

TermPtr mixc::mixer::constant(Attribute value, bool meetsItsType) {
  if (auto whole = dyn_cast<IntegerAttr>(value)) {
    if (whole.getType().isInteger(1))
      return leaf(whole.getValue().isZero() ? "false" : "true");
    return integer(whole.getInt());
  }
  auto real = dyn_cast<FloatAttr>(value);
  if (!real)
    return nullptr;
  double number = real.getValueAsDouble();
  TermPtr text = literal(number, real.getType());
  if (!real.getType().isF64() || meetsItsType)
    return text;
  if (static_cast<float>(number) == number)
    return call("cast", {leaf("f64"), text});
  return infix(text, "*", call("cast", {leaf("f64"), integer(1)}));
}

//===----------------------------------------------------------------------===//
// Operands that meet
//===----------------------------------------------------------------------===//

static Type partOf(Type type) {
  auto complex = dyn_cast<ComplexType>(type);
  return complex ? complex.getElementType() : type;
}

/// Whether `value` is what the language makes by itself of an operand that meets one of its type.
static CastOp impliedCast(Value value) {
  auto cast = value.getDefiningOp<CastOp>();
  if (!cast || cast.getElement() != value.getType() || value.getType().isIndex() ||
      value.getType().isInteger(1))
    return {};
  Type from = cast.getValue().getType();
  if (from == value.getType() || from.isInteger(1) ||
      cast.getValue().getDefiningOp<arith::ConstantOp>())
    return {};
  if (partOf(from).isF64() && !partOf(value.getType()).isF64())
    return {};
  return cast;
}

std::pair<TermPtr, TermPtr> BodyText::meeting(Value a, Value b, bool mayConvert) {
  auto isLiteral = [&](Value value) {
    return value.getType().isF64() && value.getDefiningOp<arith::ConstantOp>();
  };
  auto implied = [&](Value value) {
    return mayConvert && !locals.contains(value) ? impliedCast(value) : CastOp();
  };
  // One operand must show the type.
  CastOp castA = isLiteral(b) ? CastOp() : implied(a);
  CastOp castB = castA || isLiteral(a) ? CastOp() : implied(b);
  auto text = [&](Value value, CastOp cast, Value other) -> TermPtr {
    if (isLiteral(value))
      return constant(value.getDefiningOp<arith::ConstantOp>().getValue(), !isLiteral(other));
    if (!cast)
      return term(value);
    // An integer quotient that becomes a float is converted in so many words.
    TermPtr operand = term(cast.getValue());
    bool isQuotient = operand->kind == Term::Kind::Infix && operand->text == "/" &&
                      cast.getValue().getType().isIndex();
    return isQuotient ? term(value) : operand;
  };
  return {text(a, castA, b), text(b, castB, a)};
}

TermPtr BodyText::binary(Operation *op, StringRef symbol) {
  auto [a, b] = meeting(op->getOperand(0), op->getOperand(1));
  return infix(a, symbol, b);
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

TermPtr BodyText::compare(arith::CmpFOp op) {
  auto [x, y] = meeting(op.getLhs(), op.getRhs());
  TermPtr a = x, b = y;
  auto no = [](TermPtr operand) { return prefix("!", operand); };
  using P = arith::CmpFPredicate;
  switch (op.getPredicate()) {
  case P::OEQ:
    return infix(a, "==", b);
  case P::UNE:
    return infix(a, "!=", b);
  case P::OLT:
    return infix(a, "<", b);
  case P::OLE:
    return infix(a, "<=", b);
  case P::OGT:
    return infix(a, ">", b);
  case P::OGE:
    return infix(a, ">=", b);
  case P::UGE:
    return no(infix(a, "<", b));
  case P::UGT:
    return no(infix(a, "<=", b));
  case P::ULE:
    return no(infix(a, ">", b));
  case P::ULT:
    return no(infix(a, ">=", b));
  case P::ONE:
    return infix(infix(a, "<", b), "||", infix(a, ">", b));
  case P::UEQ:
    return no(infix(infix(a, "<", b), "||", infix(a, ">", b)));
  case P::ORD:
    return infix(infix(a, "==", a), "&&", infix(b, "==", b));
  case P::UNO:
    return infix(infix(a, "!=", a), "||", infix(b, "!=", b));
  case P::AlwaysTrue:
    return leaf("true");
  case P::AlwaysFalse:
    return leaf("false");
  }
  llvm_unreachable("all predicates are above");
}

static StringRef comparison(arith::CmpIPredicate predicate) {
  using P = arith::CmpIPredicate;
  switch (predicate) {
  case P::eq:
    return "==";
  case P::ne:
    return "!=";
  case P::slt:
    return "<";
  case P::sle:
    return "<=";
  case P::sgt:
    return ">";
  case P::sge:
    return ">=";
  default:
    return "";
  }
}

//===----------------------------------------------------------------------===//
// Functions and casts
//===----------------------------------------------------------------------===//

TermPtr BodyText::function(FnOp op) {
  switch (op.getKind()) {
  case FnKind::floordiv:
    return binary(op, "/");
  case FnKind::floormod:
    return binary(op, "%");
  case FnKind::ipow:
    return binary(op, "^");
  case FnKind::recip0: {
    TermPtr x = term(op.getArgs().front());
    return choice(infix(x, "==", leaf("0.0")), leaf("0.0"), infix(leaf("1.0"), "/", x));
  }
  default:
    return call(stringifyEnum(op.getKind()), {term(op.getArgs().front())});
  }
}

TermPtr BodyText::cast(CastOp op) {
  TermPtr x = term(op.getValue());
  if (StringRef element = elementName(op.getElement()); !element.empty())
    return call("cast", {leaf(element.str()), x});
  // complex<f64> has no name: it is made of its parts.
  auto wide = [](TermPtr part) { return call("cast", {leaf("f64"), std::move(part)}); };
  if (!isa<ComplexType>(op.getValue().getType()))
    return call("complex", {wide(x), leaf("0.0")});
  return call("complex", {wide(call("re", {x})), wide(call("im", {x}))});
}

/// The language's name of an op of one operand, empty when it has none.
static StringRef functionName(Operation *op) {
  return llvm::StringSwitch<StringRef>(op->getName().getStringRef())
      .Cases({"math.exp", "complex.exp"}, "exp")
      .Cases({"math.absf", "math.absi", "complex.abs"}, "abs")
      .Case("math.exp2", "exp2")
      .Case("math.expm1", "expm1")
      .Case("math.log", "log")
      .Case("math.log2", "log2")
      .Case("math.log1p", "log1p")
      .Case("math.sqrt", "sqrt")
      .Case("math.rsqrt", "rsqrt")
      .Case("math.floor", "floor")
      .Case("math.ceil", "ceil")
      .Case("math.roundeven", "round")
      .Case("math.sin", "sin")
      .Case("math.cos", "cos")
      .Case("math.tanh", "tanh")
      .Case("math.erf", "erf")
      .Case("complex.re", "re")
      .Case("complex.im", "im")
      .Case("complex.conj", "conj")
      .Default("");
}

/// The language's symbol of an op of two operands, empty when it has none.
static StringRef symbolOf(Operation *op) {
  return llvm::StringSwitch<StringRef>(op->getName().getStringRef())
      .Cases({"arith.addf", "arith.addi", "complex.add"}, "+")
      .Cases({"arith.subf", "arith.subi", "complex.sub"}, "-")
      .Cases({"arith.mulf", "arith.muli", "complex.mul"}, "*")
      .Cases({"arith.divf", "arith.floordivsi", "complex.div"}, "/")
      .Case("arith.andi", "&&")
      .Case("arith.ori", "||")
      .Case("complex.eq", "==")
      .Case("complex.neq", "!=")
      .Default("");
}

//===----------------------------------------------------------------------===//
// All ops
//===----------------------------------------------------------------------===//

TermPtr BodyText::scalar(Operation *op) {
  if (StringRef name = functionName(op); !name.empty())
    return call(name, {term(op->getOperand(0))});
  if (StringRef symbol = symbolOf(op); !symbol.empty()) {
    bool isLogic = symbol == "&&" || symbol == "||";
    if (isLogic != op->getResult(0).getType().isInteger(1) &&
        !isa<complex::EqualOp, complex::NotEqualOp>(op))
      return scope.refuse(op, "the language has no bitwise operators");
    return binary(op, symbol);
  }
  return llvm::TypeSwitch<Operation *, TermPtr>(op)
      .Case([&](arith::ConstantOp op) {
        TermPtr text = constant(op.getValue(), /*meetsItsType=*/false);
        return text ? text : scope.refuse(op, "the language has no such constant");
      })
      .Case([&](complex::ConstantOp op) {
        return call("complex",
                    {constant(op.getValue()[0], false), constant(op.getValue()[1], false)});
      })
      .Case<arith::NegFOp, complex::NegOp>(
          [&](Operation *op) { return prefix("-", term(op->getOperand(0))); })
      .Case([&](complex::CreateOp op) {
        return call("complex", {term(op.getReal()), term(op.getImaginary())});
      })
      .Case([&](arith::CmpFOp op) { return compare(op); })
      .Case([&](arith::CmpIOp op) {
        StringRef symbol = comparison(op.getPredicate());
        return symbol.empty() ? scope.refuse(op, "the language has no unsigned comparisons")
                              : binary(op, symbol);
      })
      .Case([&](arith::XOrIOp op) -> TermPtr {
        if (!op.getType().isInteger(1))
          return scope.refuse(op, "the language has no bitwise operators");
        auto constant = op.getRhs().getDefiningOp<arith::ConstantOp>();
        if (constant && !cast<IntegerAttr>(constant.getValue()).getValue().isZero())
          return prefix("!", term(op.getLhs()));
        return binary(op, "!=");
      })
      .Case([&](arith::SelectOp op) -> TermPtr {
        auto [yes, no] = meeting(op.getTrueValue(), op.getFalseValue(), /*mayConvert=*/false);
        return choice(term(op.getCondition()), yes, no);
      })
      .Case<arith::MaximumFOp, arith::MaxSIOp>([&](Operation *op) {
        return call("max", {term(op->getOperand(0)), term(op->getOperand(1))});
      })
      .Case<arith::MinimumFOp, arith::MinSIOp>([&](Operation *op) {
        return call("min", {term(op->getOperand(0)), term(op->getOperand(1))});
      })
      .Case([&](math::PowFOp op) -> TermPtr {
        // An integer exponent would be a product, so the exponent keeps its conversion.
        auto [base, exponent] = meeting(op.getLhs(), op.getRhs());
        return impliedCast(op.getRhs()) ? infix(term(op.getLhs()), "^", term(op.getRhs()))
                                        : infix(base, "^", exponent);
      })
      .Case([&](FnOp op) { return function(op); })
      .Case([&](CastOp op) { return cast(op); })
      .Case([&](PhiloxOp op) {
        std::vector<TermPtr> integers = {term(op.getSeed())};
        for (Value counter : op.getCounter())
          integers.push_back(term(counter));
        return call("philox", std::move(integers));
      })
      .Case([&](ExpDiffOp op) {
        TermPtr x = term(op.getX()), m = term(op.getM());
        TermPtr finite = choice(infix(m, "==", leaf("-inf", Level::Sign)), leaf("0.0"), m);
        return call("exp", {infix(x, "-", finite)});
      })
      .Default(
          [&](Operation *op) { return scope.refuse(op, "the language has no word for this op"); });
}
