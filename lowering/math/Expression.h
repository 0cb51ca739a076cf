//===- Expression.h - formulas that build arith ops -------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lets an elementary function be written as its formula: `fma(r * r, q, r) + 1.0` builds the two
// ops. A Real, an Integer or a Mask is an SSA value, a scalar or a static vector; a number beside
// one becomes a constant of its type.
//
// No op carries a fast-math flag: the error-free steps of these functions, `t - (s - u)`, are zero
// to whoever may reassociate. A multiply-add is fused exactly where the text says `fma`.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_MATH_EXPRESSION_H
#define MIXC_LOWERING_MATH_EXPRESSION_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

#include <initializer_list>

namespace mixc::elementary {

/// A value and the place where ops that use it are built.
class Expression {
public:
  Expression(mlir::ImplicitLocOpBuilder &builder, mlir::Value value)
      : builder(&builder), value(value) {}

  operator mlir::Value() const { return value; }
  mlir::ImplicitLocOpBuilder &at() const { return *builder; }
  mlir::Type type() const { return value.getType(); }

  /// `element`, with the shape of this value.
  mlir::Type shaped(mlir::Type element) const {
    auto shape = llvm::dyn_cast<mlir::ShapedType>(type());
    return shape ? mlir::Type(shape.clone(element)) : element;
  }

  template <typename Op, typename... Operands> mlir::Value build(Operands &&...operands) const {
    return Op::create(*builder, std::forward<Operands>(operands)...);
  }

  /// The conversion `Op` of this value to `element`s.
  template <typename Op> mlir::Value convert(mlir::Type element) const {
    return Op::create(*builder, mlir::TypeRange(shaped(element)), mlir::ValueRange(value));
  }

  /// A constant of `type`, every element `element`.
  mlir::Value constant(mlir::Type type, mlir::TypedAttr element) const {
    auto shape = llvm::dyn_cast<mlir::ShapedType>(type);
    return build<mlir::arith::ConstantOp>(
        shape ? llvm::cast<mlir::TypedAttr>(mlir::DenseElementsAttr::get(shape, element))
              : element);
  }

private:
  mlir::ImplicitLocOpBuilder *builder;
  mlir::Value value;
};

/// A truth value.
class Mask : public Expression {
public:
  using Expression::Expression;
  friend Mask operator&(Mask a, Mask b) { return {a.at(), a.build<mlir::arith::AndIOp>(a, b)}; }
  friend Mask operator|(Mask a, Mask b) { return {a.at(), a.build<mlir::arith::OrIOp>(a, b)}; }
  friend Mask operator!(Mask a) {
    return {a.at(),
            a.build<mlir::arith::XOrIOp>(a, a.constant(a.type(), a.at().getBoolAttr(true)))};
  }
};

/// A number with a sign and a rounding: f32 or f64.
class Real : public Expression {
public:
  using Expression::Expression;

  /// `number`, rounded to this value's type.
  Real like(double number) const {
    return {at(), constant(type(), at().getFloatAttr(mlir::getElementTypeOrSelf(type()), number))};
  }

  friend Real operator-(Real a) { return {a.at(), a.build<mlir::arith::NegFOp>(a)}; }
  friend Real operator+(Real a, Real b) { return {a.at(), a.build<mlir::arith::AddFOp>(a, b)}; }
  friend Real operator-(Real a, Real b) { return {a.at(), a.build<mlir::arith::SubFOp>(a, b)}; }
  friend Real operator*(Real a, Real b) { return {a.at(), a.build<mlir::arith::MulFOp>(a, b)}; }
  friend Real operator/(Real a, Real b) { return {a.at(), a.build<mlir::arith::DivFOp>(a, b)}; }
  friend Real operator+(Real a, double b) { return a + a.like(b); }
  friend Real operator-(Real a, double b) { return a - a.like(b); }
  friend Real operator*(Real a, double b) { return a * a.like(b); }
  friend Real operator+(double a, Real b) { return b.like(a) + b; }
  friend Real operator-(double a, Real b) { return b.like(a) - b; }
  friend Real operator*(double a, Real b) { return b.like(a) * b; }
  friend Real operator/(double a, Real b) { return b.like(a) / b; }

  // Comparisons are false where an operand is NaN.
  friend Mask operator<(Real a, Real b) { return a.compare(mlir::arith::CmpFPredicate::OLT, b); }
  friend Mask operator<(Real a, double b) { return a < a.like(b); }
  friend Mask operator>(Real a, double b) { return a.like(b) < a; }
  friend Mask operator==(Real a, Real b) { return a.compare(mlir::arith::CmpFPredicate::OEQ, b); }
  friend Mask operator==(Real a, double b) { return a == a.like(b); }

  Mask compare(mlir::arith::CmpFPredicate predicate, Real b) const {
    return {at(), build<mlir::arith::CmpFOp>(predicate, *this, b)};
  }
};

/// An integer of 32 or 64 bits, modulo its width: most often the bits of a Real.
class Integer : public Expression {
public:
  using Expression::Expression;

  Integer like(int64_t number) const {
    mlir::Type element = mlir::getElementTypeOrSelf(type());
    llvm::APInt bits(element.getIntOrFloatBitWidth(), uint64_t(number), /*isSigned=*/true,
                     /*implicitTrunc=*/true);
    return {at(), constant(type(), at().getIntegerAttr(element, bits))};
  }

  friend Integer operator+(Integer a, Integer b) {
    return {a.at(), a.build<mlir::arith::AddIOp>(a, b)};
  }
  friend Integer operator-(Integer a, Integer b) {
    return {a.at(), a.build<mlir::arith::SubIOp>(a, b)};
  }
  friend Integer operator*(Integer a, Integer b) {
    return {a.at(), a.build<mlir::arith::MulIOp>(a, b)};
  }
  friend Integer operator&(Integer a, Integer b) {
    return {a.at(), a.build<mlir::arith::AndIOp>(a, b)};
  }
  friend Integer operator|(Integer a, Integer b) {
    return {a.at(), a.build<mlir::arith::OrIOp>(a, b)};
  }
  friend Integer operator^(Integer a, Integer b) {
    return {a.at(), a.build<mlir::arith::XOrIOp>(a, b)};
  }
  friend Integer operator<<(Integer a, Integer b) {
    return {a.at(), a.build<mlir::arith::ShLIOp>(a, b)};
  }
  friend Integer operator+(Integer a, int64_t b) { return a + a.like(b); }
  friend Integer operator-(Integer a, int64_t b) { return a - a.like(b); }
  friend Integer operator-(int64_t a, Integer b) { return b.like(a) - b; }
  friend Integer operator&(Integer a, int64_t b) { return a & a.like(b); }
  friend Integer operator|(Integer a, int64_t b) { return a | a.like(b); }
  friend Integer operator<<(Integer a, int64_t b) { return a << a.like(b); }
  /// The unsigned shift.
  friend Integer operator>>(Integer a, Integer b) {
    return {a.at(), a.build<mlir::arith::ShRUIOp>(a, b)};
  }
  friend Integer operator>>(Integer a, int64_t b) { return a >> a.like(b); }

  friend Mask operator==(Integer a, int64_t b) {
    return {a.at(), a.build<mlir::arith::CmpIOp>(mlir::arith::CmpIPredicate::eq, a, a.like(b))};
  }
};

/// The signed shift, which rounds down.
inline Integer shiftSigned(Integer a, int64_t b) {
  return {a.at(), a.build<mlir::arith::ShRSIOp>(a, a.like(b))};
}

/// A Real operand that may be written as a number.
class RealOperand {
public:
  RealOperand(Real real) : real(real) {}
  RealOperand(double number) : number(number) {}
  Real likeOneOf(std::initializer_list<const RealOperand *> operands) const {
    for (const RealOperand *operand : operands)
      if (!real && operand->real)
        return operand->real->like(number);
    assert(real && "at least one operand must be a Real");
    return *real;
  }

private:
  std::optional<Real> real;
  double number = 0;
};

/// a * b + c with one rounding.
inline Real fma(RealOperand a, RealOperand b, RealOperand c) {
  Real ra = a.likeOneOf({&b, &c}), rb = b.likeOneOf({&a, &c}), rc = c.likeOneOf({&a, &b});
  return {ra.at(), ra.build<mlir::math::FmaOp>(ra, rb, rc)};
}

inline Real select(Mask mask, RealOperand a, RealOperand b) {
  Real ra = a.likeOneOf({&b}), rb = b.likeOneOf({&a});
  return {mask.at(), mask.build<mlir::arith::SelectOp>(mask, ra, rb)};
}

inline Integer select(Mask mask, Integer a, Integer b) {
  return {mask.at(), mask.build<mlir::arith::SelectOp>(mask, a, b)};
}

inline Mask isNaN(Real x) { return x.compare(mlir::arith::CmpFPredicate::UNO, x); }
inline Real abs(Real x) { return {x.at(), x.build<mlir::math::AbsFOp>(x)}; }
inline Real sqrt(Real x) { return {x.at(), x.build<mlir::math::SqrtOp>(x)}; }
inline Real floor(Real x) { return {x.at(), x.build<mlir::math::FloorOp>(x)}; }
inline Real copySign(RealOperand magnitude, Real sign) {
  RealOperand other = sign;
  return {sign.at(), sign.build<mlir::math::CopySignOp>(magnitude.likeOneOf({&other}), sign)};
}

/// x within [low, high]; NaN stays NaN.
inline Real clamp(Real x, double low, double high) {
  Real below = select(x > high, high, x);
  return select(below < low, low, below);
}

/// c[0] + c[1] x + c[2] x^2 + ...
inline Real polynomial(Real x, llvm::ArrayRef<double> c) {
  Real sum = x.like(c.back());
  for (double next : llvm::reverse(c.drop_back()))
    sum = fma(sum, x, next);
  return sum;
}

/// The bits of x.
inline Integer bits(Real x) {
  unsigned width = mlir::getElementTypeOrSelf(x.type()).getIntOrFloatBitWidth();
  return {x.at(), x.convert<mlir::arith::BitcastOp>(x.at().getIntegerType(width))};
}

/// The f32 or f64 that has these bits.
inline Real realOfBits(Integer x) {
  bool single = mlir::getElementTypeOrSelf(x.type()).isInteger(32);
  return {x.at(), x.convert<mlir::arith::BitcastOp>(single ? mlir::Type(x.at().getF32Type())
                                                           : x.at().getF64Type())};
}

inline Real toF64(Real x) { return {x.at(), x.convert<mlir::arith::ExtFOp>(x.at().getF64Type())}; }
inline Real toF32(Real x) {
  return {x.at(), x.convert<mlir::arith::TruncFOp>(x.at().getF32Type())};
}
inline Real signedToF32(Integer x) {
  return {x.at(), x.convert<mlir::arith::SIToFPOp>(x.at().getF32Type())};
}
inline Real signedToF64(Integer x) {
  return {x.at(), x.convert<mlir::arith::SIToFPOp>(x.at().getF64Type())};
}
inline Real unsignedToF64(Integer x) {
  return {x.at(), x.convert<mlir::arith::UIToFPOp>(x.at().getF64Type())};
}
/// An integral f64 as an i64.
inline Integer toI64(Real x) {
  return {x.at(), x.convert<mlir::arith::FPToSIOp>(x.at().getI64Type())};
}
inline Integer unsignedToI64(Integer x) {
  return {x.at(), x.convert<mlir::arith::ExtUIOp>(x.at().getI64Type())};
}
inline Integer lowToI32(Integer x) {
  return {x.at(), x.convert<mlir::arith::TruncIOp>(x.at().getI32Type())};
}

} // namespace mixc::elementary

#endif // MIXC_LOWERING_MATH_EXPRESSION_H
