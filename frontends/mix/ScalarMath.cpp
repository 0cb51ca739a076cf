//===- ScalarMath.cpp - arithmetic on scalars -----------------------------===//
//
// Integers stay index expressions as long as AffineExpr can say it: a product needs a
// factor without indices, a divisor must be a positive constant or made of extents.
//
//===----------------------------------------------------------------------===//
#include "frontends/mix/Scalars.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// What `op` gives for two constants; none where it is undefined or leaves 64 bits.
static std::optional<int64_t> fold(BinaryOp op, int64_t a, int64_t b) {
  int64_t result;
  switch (op) {
  case BinaryOp::Add:
    return llvm::AddOverflow(a, b, result) ? std::nullopt : std::optional(result);
  case BinaryOp::Sub:
    return llvm::SubOverflow(a, b, result) ? std::nullopt : std::optional(result);
  case BinaryOp::Mul:
    return llvm::MulOverflow(a, b, result) ? std::nullopt : std::optional(result);
  case BinaryOp::Div:
  case BinaryOp::Mod:
    if (b == 0 || llvm::divideSignedWouldOverflow(a, b))
      return std::nullopt;
    if (op == BinaryOp::Div)
      return llvm::divideFloorSigned(a, b);
    result = a % b; // of the sign of a; the quotient times b may leave 64 bits
    return result != 0 && (result < 0) != (b < 0) ? result + b : result;
  default:
    return std::nullopt;
  }
}

Scalar ScalarBuilder::integers(BinaryOp op, const Scalar &a, const Scalar &b, Span span) {
  auto x = a.integer(), y = b.integer();
  if ((op == BinaryOp::Div || op == BinaryOp::Mod) && y == 0)
    return isExcluded ? integer(0)
                      : error(span, "division by zero",
                              "guard it with `if`, or let a `where` keep the divisor from 0");
  if (x && y) {
    std::optional<int64_t> folded = fold(op, *x, *y);
    return folded       ? integer(*folded)
           : isExcluded ? integer(0)
                        : error(span, "the integer leaves 64 bits",
                                "make an operand a float, as in `1.0 * x`");
  }
  bool symbolic = b.expr.isSymbolicOrConstant();
  switch (op) {
  case BinaryOp::Add:
    return index(a.expr + b.expr);
  case BinaryOp::Sub:
    return index(a.expr - b.expr);
  case BinaryOp::Mul:
    if (symbolic || a.expr.isSymbolicOrConstant())
      return index(symbolic ? a.expr * b.expr : b.expr * a.expr);
    return of(emit<arith::MulIOp>(span, value(a, span), value(b, span)));
  case BinaryOp::Div:
    if (symbolic && (!y || *y > 0))
      return index(a.expr.floorDiv(b.expr));
    return integerOp(FnKind::floordiv, a, b, span);
  default:
    if (symbolic && (!y || *y > 0))
      return index(a.expr % b.expr);
    return integerOp(FnKind::floormod, a, b, span);
  }
}

Scalar ScalarBuilder::integerOp(FnKind kind, const Scalar &a, const Scalar &b, Span span) {
  return of(emit<FnOp>(span, indexType, kind, ValueRange{value(a, span), value(b, span)}));
}

Scalar ScalarBuilder::extreme(bool max, const Scalar &a, const Scalar &b, Span span) {
  Type type = meet({a, b});
  if (isComplex(type))
    return error(span, "complex numbers have no order", "compare `abs(...)` or `re(...)`");
  if (a.isConstant() && b.isConstant()) {
    if (type.isIndex()) {
      int64_t x = *convert(a, type, span).integer(), y = *convert(b, type, span).integer();
      return integer(max ? std::max(x, y) : std::min(x, y));
    }
    double x = convert(a, type, span).number, y = convert(b, type, span).number;
    double wideX = a.untyped().value_or(x), wideY = b.untyped().value_or(y);
    if (x == x && y == y)
      return folded(max ? std::max(x, y) : std::min(x, y),
                    max ? std::max(wideX, wideY) : std::min(wideX, wideY), type, {a, b});
  }
  Value x = valueAs(a, type, span), y = valueAs(b, type, span);
  if (type.isIndex())
    return of(max ? emit<arith::MaxSIOp>(span, x, y) : emit<arith::MinSIOp>(span, x, y));
  return of(max ? emit<arith::MaximumFOp>(span, x, y) : emit<arith::MinimumFOp>(span, x, y));
}

//===----------------------------------------------------------------------===//
// All numbers
//===----------------------------------------------------------------------===//

/// `op` on constants as f32 or f64 computes it.
static double compute(BinaryOp op, double a, double b) {
  switch (op) {
  case BinaryOp::Add:
    return a + b;
  case BinaryOp::Sub:
    return a - b;
  case BinaryOp::Mul:
    return a * b;
  case BinaryOp::Div:
    return a / b;
  default:
    return a - std::floor(a / b) * b;
  }
}

Scalar ScalarBuilder::binary(BinaryOp op, const Scalar &a, const Scalar &b, Span span) {
  if (isComparison(op))
    return compare(op, a, b, span);
  Type type = meet({a, b});
  if (type.isIndex()) {
    Scalar x = convert(a, type, span), y = convert(b, type, span);
    Scalar result = integers(op, x, y, span);
    bool exact = x.integer() && y.integer() && fold(BinaryOp::Mod, *x.integer(), *y.integer()) == 0;
    if (op == BinaryOp::Div && !exact)
      result.quotient = span;
    return result;
  }
  if (isReal(type) && a.isConstant() && b.isConstant()) {
    Scalar x = convert(a, type, span), y = convert(b, type, span);
    if (x.isError() || y.isError())
      return {};
    double wide = compute(op, a.untyped().value_or(0), b.untyped().value_or(0));
    return folded(compute(op, x.number, y.number), wide, type, {a, b});
  }
  Scalar left = convert(a, type, span), right = convert(b, type, span);
  if (left.isError() || right.isError())
    return {};
  Value x = value(left, span), y = value(right, span);
  bool complex = isComplex(type);
  switch (op) {
  case BinaryOp::Add:
    return of(complex ? emit<complex::AddOp>(span, x, y) : emit<arith::AddFOp>(span, x, y));
  case BinaryOp::Sub:
    return of(complex ? emit<complex::SubOp>(span, x, y) : emit<arith::SubFOp>(span, x, y));
  case BinaryOp::Mul:
    return of(complex ? emit<complex::MulOp>(span, x, y) : emit<arith::MulFOp>(span, x, y));
  case BinaryOp::Div:
    return of(complex ? emit<complex::DivOp>(span, x, y) : emit<arith::DivFOp>(span, x, y));
  default:
    break;
  }
  if (complex)
    return error(span, "`%` takes real numbers, found complex ones", "take a real part: `re(...)`");
  Value whole = emit<math::FloorOp>(span, emit<arith::DivFOp>(span, x, y));
  return of(emit<arith::SubFOp>(span, x, emit<arith::MulFOp>(span, whole, y)));
}

Scalar ScalarBuilder::negate(const Scalar &a, Span span) {
  if (isReal(a.type) && a.isConstant()) {
    Scalar result = a;
    result.number = -a.number;
    if (a.wide)
      result.wide = -*a.wide;
    return result;
  }
  if (isReal(a.type))
    return of(emit<arith::NegFOp>(span, a.value));
  if (isComplex(a.type))
    return of(emit<complex::NegOp>(span, a.value));
  Scalar number = convert(a, indexType, span);
  // -(-2^63) wraps around to itself: the literal of the least integer is written so.
  auto constant = number.integer();
  Scalar result = constant
                      ? integer(static_cast<int64_t>(-static_cast<uint64_t>(*constant)), a.literal)
                      : index(-number.expr);
  result.quotient = number.quotient;
  return result;
}

//===----------------------------------------------------------------------===//
// Truth values
//===----------------------------------------------------------------------===//

Scalar ScalarBuilder::compare(BinaryOp op, const Scalar &a, const Scalar &b, Span span) {
  bool equality = op == BinaryOp::Eq || op == BinaryOp::Ne;
  Type type = equality ? common({a, b}) : meet({a, b});
  if (isComplex(type) && !equality)
    return error(span, "complex numbers have no order", "compare `abs(...)` or `re(...)`");
  Scalar left = convert(a, type, span), right = convert(b, type, span);
  if (left.isError() || right.isError())
    return {};
  unsigned which = static_cast<unsigned>(op) - static_cast<unsigned>(BinaryOp::Eq);
  auto hold = [&](auto x, auto y) {
    bool results[] = {x == y, x != y, x<y, x <= y, x> y, x >= y};
    return boolean(results[which]);
  };
  if (type.isIndex()) {
    AffineExpr difference = left.expr - right.expr;
    if (auto constant = dyn_cast<AffineConstantExpr>(difference))
      return hold(constant.getValue(), int64_t(0));
  } else if (left.isConstant() && right.isConstant()) {
    return hold(left.number, right.number);
  }
  Value x = value(left, span), y = value(right, span);
  if (isComplex(type))
    return of(op == BinaryOp::Eq ? emit<complex::EqualOp>(span, x, y)
                                 : emit<complex::NotEqualOp>(span, x, y));
  if (isReal(type)) {
    constexpr arith::CmpFPredicate predicates[] = {
        arith::CmpFPredicate::OEQ, arith::CmpFPredicate::UNE, arith::CmpFPredicate::OLT,
        arith::CmpFPredicate::OLE, arith::CmpFPredicate::OGT, arith::CmpFPredicate::OGE};
    return of(emit<arith::CmpFOp>(span, predicates[which], x, y));
  }
  constexpr arith::CmpIPredicate predicates[] = {
      arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,  arith::CmpIPredicate::slt,
      arith::CmpIPredicate::sle, arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge};
  return of(emit<arith::CmpIOp>(span, predicates[which], x, y));
}

Scalar ScalarBuilder::logicalNot(const Scalar &a, Span span) {
  if (a.isConstant())
    return boolean(a.number == 0);
  Value yes = value(boolean(true), span);
  return of(emit<arith::XOrIOp>(span, a.value, yes));
}

Scalar ScalarBuilder::both(const Scalar &a, const Scalar &b, Span span) {
  if (a.isConstant())
    return a.number ? b : a;
  if (b.isConstant())
    return b.number ? a : b;
  return of(emit<arith::AndIOp>(span, a.value, b.value));
}

Scalar ScalarBuilder::either(const Scalar &a, const Scalar &b, Span span) {
  if (a.isConstant())
    return a.number ? a : b;
  if (b.isConstant())
    return b.number ? b : a;
  return of(emit<arith::OrIOp>(span, a.value, b.value));
}

//===----------------------------------------------------------------------===//
// Powers
//===----------------------------------------------------------------------===//

/// Exponents up to this one are written as products.
static constexpr int64_t maxProduct = 8;

Scalar ScalarBuilder::multiplied(const Scalar &a, int64_t exponent, Span span) {
  if (exponent == 1)
    return a;
  Scalar half = multiplied(a, exponent / 2, span);
  if (half.isError())
    return half;
  Scalar square = binary(BinaryOp::Mul, half, half, span);
  return exponent % 2 && !square.isError() ? binary(BinaryOp::Mul, square, a, span) : square;
}

Scalar ScalarBuilder::power(const Scalar &a, const Scalar &b, Span span,
                            llvm::function_ref<bool(AffineExpr)> natural) {
  Type type = meet({a, b});
  Scalar exponent = b.isBool() ? convert(b, indexType, span) : b;
  std::optional<int64_t> constant = exponent.integer();
  bool integers = type.isIndex();
  if (integers && !(constant ? *constant >= 0 : natural(exponent.expr))) {
    type = plain;
    integers = false;
  }
  // A power of floats with a whole exponent is a product: the exponent meets no float.
  if (constant && !integers)
    convert(exponent, plain, span);
  if (constant == 0)
    return convert(integer(1), type, span);
  if (constant && *constant > 0 && *constant <= maxProduct)
    return multiplied(convert(a, type, span), *constant, span);
  if (integers) {
    Scalar base = convert(a, indexType, span);
    if (auto x = base.integer(); x && constant) {
      int64_t result = 1;
      bool fits = *x >= -1 && *x <= 1;
      if (fits)
        return integer(*x == 0 ? 0 : *x == 1 || *constant % 2 == 0 ? 1 : -1);
      for (int64_t k = 0; k < *constant; ++k)
        if (llvm::MulOverflow(result, *x, result))
          return error(span, "the integer leaves 64 bits",
                       "make an operand a float, as in `1.0 * x`");
      return integer(result);
    }
    return integerOp(FnKind::ipow, base, exponent, span);
  }
  if (isComplex(type))
    return error(span, "a complex number takes an exponent of 0 to 8",
                 "write a negative one as `1.0 / z^2`, a larger one as a product");
  Scalar base = convert(a, type, span), power = convert(exponent, type, span);
  if (base.isError() || power.isError())
    return {};
  if (base.isConstant() && power.isConstant())
    return folded(std::pow(base.number, power.number),
                  std::pow(a.untyped().value_or(0), exponent.untyped().value_or(0)), type,
                  {a, exponent});
  return of(emit<math::PowFOp>(span, value(base, span), value(power, span)));
}

} // namespace mixc::mix
