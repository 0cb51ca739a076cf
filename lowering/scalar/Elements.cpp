//===- Elements.cpp - elements in memory and scalars in registers ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/scalar/Elements.h"

#include "dialects/tile/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mixc::lowering;

namespace {

/// `arith` on scalars, or on vectors of them, as expressions.
struct Emitter {
  OpBuilder &builder;
  Location loc;

  /// `element`, with the shape of `a`.
  static Type shaped(Type element, Value a) {
    auto vector = dyn_cast<VectorType>(a.getType());
    return vector ? Type(vector.clone(element)) : element;
  }

  Type integer(unsigned width) { return builder.getIntegerType(width); }
  Type f32() { return builder.getF32Type(); }
  Type f64() { return builder.getF64Type(); }

  Value constant(Type type, int64_t value) {
    return constant(type, TypedAttr(builder.getIntegerAttr(getElementTypeOrSelf(type), value)));
  }
  Value constant(Type type, double value) {
    return constant(type, TypedAttr(builder.getFloatAttr(getElementTypeOrSelf(type), value)));
  }
  Value constant(Type type, TypedAttr element) {
    auto vector = dyn_cast<VectorType>(type);
    return arith::ConstantOp::create(
        builder, loc, vector ? TypedAttr(DenseElementsAttr::get(vector, element)) : element);
  }
  template <typename Op> Value binary(Value a, Value b) { return Op::create(builder, loc, a, b); }
  template <typename Op> Value binary(Value a, int64_t b) {
    return Op::create(builder, loc, a, constant(a.getType(), b));
  }
  template <typename Op> Value cast(Type element, Value a) {
    return Op::create(builder, loc, shaped(element, a), a);
  }
  Value add(Value a, auto b) { return binary<arith::AddIOp>(a, b); }
  Value sub(Value a, auto b) { return binary<arith::SubIOp>(a, b); }
  Value band(Value a, auto b) { return binary<arith::AndIOp>(a, b); }
  Value bor(Value a, auto b) { return binary<arith::OrIOp>(a, b); }
  Value shl(Value a, auto b) { return binary<arith::ShLIOp>(a, b); }
  Value shr(Value a, auto b) { return binary<arith::ShRUIOp>(a, b); }
  Value cmp(arith::CmpIPredicate predicate, Value a, int64_t b) {
    return arith::CmpIOp::create(builder, loc, predicate, a, constant(a.getType(), b));
  }
  Value cmp(arith::CmpFPredicate predicate, Value a, Value b) {
    return arith::CmpFOp::create(builder, loc, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  Value zext(unsigned width, Value a) { return cast<arith::ExtUIOp>(integer(width), a); }
  Value trunc(unsigned width, Value a) { return cast<arith::TruncIOp>(integer(width), a); }
  Value bitcast(Type element, Value a) { return cast<arith::BitcastOp>(element, a); }
  Value toIndex(Value a) { return cast<arith::IndexCastOp>(builder.getIndexType(), a); }
  Value toInt64(Value a) { return cast<arith::IndexCastOp>(integer(64), a); }

  /// `a` within the values of an integer element.
  Value clamp(Value a, Type element) {
    bool isUnsigned = element.isUnsignedInteger();
    unsigned width = element.getIntOrFloatBitWidth();
    int64_t low = isUnsigned ? 0 : -(int64_t(1) << (width - 1));
    int64_t high = isUnsigned ? (int64_t(1) << width) - 1 : (int64_t(1) << (width - 1)) - 1;
    return binary<arith::MinSIOp>(binary<arith::MaxSIOp>(a, low), high);
  }
};

/// An 8-bit float beside f32.
struct Float8 {
  unsigned mantissaBits;
  /// The exponent field of f32 less that of this format, for one number.
  unsigned rebias;
  /// The bits of the largest finite number, and of a NaN.
  int64_t maxFinite, nan;

  static Float8 of(Type element) {
    if (isa<Float8E4M3FNType>(element))
      return {/*mantissaBits=*/3, /*rebias=*/120, /*maxFinite=*/0x7e, /*nan=*/0x7f};
    return {/*mantissaBits=*/2, /*rebias=*/112, /*maxFinite=*/0x7b, /*nan=*/0x7e};
  }
  unsigned shift() const { return 23 - mantissaBits; }
  /// The bits, in f32, of the smallest normal number.
  int64_t minNormal() const { return int64_t(rebias + 1) << 23; }
  /// The smallest number: the unit of all subnormal ones.
  double quantum() const { return std::ldexp(1.0, int(rebias) + 1 - 127 - int(mantissaBits)); }
};

} // namespace

//===----------------------------------------------------------------------===//
// 8-bit floats
//===----------------------------------------------------------------------===//

static Value widenFloat8(Emitter e, Value stored, const Float8 &format, bool hasInf) {
  Value bits = e.zext(32, stored);
  Value sign = e.shl(e.band(bits, 0x80), 24);
  Value magnitude = e.band(bits, 0x7f);
  Value normal = e.add(e.shl(magnitude, format.shift()), int64_t(format.rebias) << 23);
  // Subnormal floats of the machine are not touched: it may be set to take them for zeros.
  Value small = e.binary<arith::MulFOp>(e.cast<arith::UIToFPOp>(e.f32(), magnitude),
                                        e.constant(e.shaped(e.f32(), stored), format.quantum()));
  Value isSmall = e.cmp(arith::CmpIPredicate::ult, magnitude, int64_t(1) << format.mantissaBits);
  Value result = e.select(isSmall, e.bitcast(e.integer(32), small), normal);
  if (hasInf) {
    // The top exponent goes to the top exponent, with the mantissa.
    Value isTop = e.cmp(arith::CmpIPredicate::ugt, magnitude, format.maxFinite);
    result = e.select(isTop, e.bor(result, 0x7f800000), result);
  } else {
    Value isNaN = e.cmp(arith::CmpIPredicate::eq, magnitude, format.nan);
    result = e.select(isNaN, e.constant(bits.getType(), int64_t(0x7fc00000)), result);
  }
  return e.bitcast(e.f32(), e.bor(result, sign));
}

static Value narrowFloat8(Emitter e, Value scalar, const Float8 &format) {
  Value bits = e.bitcast(e.integer(32), scalar);
  Value sign = e.band(e.shr(bits, 24), 0x80);
  Value magnitude = e.band(bits, 0x7fffffff);
  // To nearest even: just under half a unit, and the last kept bit; a carry runs into the exponent.
  Value odd = e.band(e.shr(magnitude, format.shift()), 1);
  Value rounded = e.add(e.add(magnitude, (int64_t(1) << (format.shift() - 1)) - 1), odd);
  Value normal =
      e.sub(e.shr(rounded, format.shift()), int64_t(format.rebias) << format.mantissaBits);
  normal = e.binary<arith::MinUIOp>(normal, format.maxFinite);
  // A float of 2^23 quanta has the quantum as its unit: adding it rounds, and the sum's low bits
  // count quanta.
  Value unit = e.constant(scalar.getType(), format.quantum() * 0x1p23);
  Value sum = e.binary<arith::AddFOp>(e.bitcast(e.f32(), magnitude), unit);
  Value small = e.sub(e.bitcast(e.integer(32), sum), e.bitcast(e.integer(32), unit));
  Value result =
      e.select(e.cmp(arith::CmpIPredicate::ult, magnitude, format.minNormal()), small, normal);
  Value isNaN = e.cmp(arith::CmpIPredicate::ugt, magnitude, int64_t(0x7f800000));
  result = e.select(isNaN, e.constant(bits.getType(), format.nan), result);
  return e.trunc(8, e.bor(result, sign));
}

//===----------------------------------------------------------------------===//
// bf16
//===----------------------------------------------------------------------===//

static Value widenBFloat16(Emitter e, Value stored) {
  return e.bitcast(e.f32(), e.shl(e.zext(32, stored), 16));
}

/// Not the machine's own conversion, which takes subnormal numbers for zeros.
static Value narrowBFloat16(Emitter e, Value scalar) {
  Value bits = e.bitcast(e.integer(32), scalar);
  Value high = e.shr(bits, 16);
  Value rounded = e.shr(e.add(e.add(bits, int64_t(0x7fff)), e.band(high, 1)), 16);
  Value isNaN = e.cmp(arith::CmpFPredicate::UNO, scalar, scalar);
  return e.trunc(16, e.select(isNaN, e.bor(high, 0x40), rounded));
}

//===----------------------------------------------------------------------===//
// One rounding
//===----------------------------------------------------------------------===//

/// An f64 as an f32, rounded to odd: of the two neighbours of an inexact value the one whose last
/// bit is 1.
static Value roundToOdd(Emitter e, Value scalar) {
  Value nearest = e.cast<arith::TruncFOp>(e.f32(), scalar);
  Value back = e.cast<arith::ExtFOp>(e.f64(), nearest);
  Value inexact = e.cmp(arith::CmpFPredicate::ONE, back, scalar);
  Value bits = e.bitcast(e.integer(32), nearest);
  Value even = e.cmp(arith::CmpIPredicate::eq, e.band(bits, 1), 0);
  // An even neighbour too far from zero gives way to the one below it, another to the one above.
  auto bits64 = [&](Value a) { return e.band(e.bitcast(e.integer(64), a), INT64_MAX); };
  Value below = arith::CmpIOp::create(e.builder, e.loc, arith::CmpIPredicate::ugt, bits64(back),
                                      bits64(scalar));
  Value other = e.select(below, e.sub(bits, 1), e.add(bits, 1));
  return e.bitcast(e.f32(), e.select(e.band(inexact, even), other, bits));
}

/// An i64 as an f64 that rounds to at most 51 bits as the integer does: where 53 bits may not hold
/// it, its low bits are put together in one.
static Value integerToFloat64(Emitter e, Value value) {
  Value low = e.band(value, 0x7ff);
  Value sticky =
      e.select(e.cmp(arith::CmpIPredicate::ne, low, 0), e.constant(e.integer(64), int64_t(0x400)),
               e.constant(e.integer(64), int64_t(0)));
  Value gathered = e.bor(e.band(value, ~int64_t(0x7ff)), sticky);
  // |value| < 2^53, in one comparison.
  Value fits = e.cmp(arith::CmpIPredicate::ult, e.add(value, int64_t(1) << 53), int64_t(1) << 54);
  return e.cast<arith::SIToFPOp>(e.f64(), e.select(fits, value, gathered));
}

/// A float truncated toward zero; what i64 does not hold saturates, NaN becomes 0.
static Value floatToInteger(Emitter e, Value scalar) {
  Type type = scalar.getType();
  Value limit = e.constant(type, 0x1p63), low = e.constant(type, -0x1p63);
  Value tooBig = e.cmp(arith::CmpFPredicate::OGE, scalar, limit);
  // False for NaN, too: the conversion sees representable numbers only.
  Value fits = e.band(e.cmp(arith::CmpFPredicate::OGE, scalar, low),
                      e.cmp(arith::CmpFPredicate::OLT, scalar, limit));
  Value tooSmall = e.cmp(arith::CmpFPredicate::OLT, scalar, low);
  Value safe = e.select(fits, scalar, e.constant(type, 0.0));
  Value result = e.cast<arith::FPToSIOp>(e.integer(64), safe);
  result = e.select(tooBig, e.constant(e.integer(64), INT64_MAX), result);
  return e.select(tooSmall, e.constant(e.integer(64), INT64_MIN), result);
}

//===----------------------------------------------------------------------===//
// All elements
//===----------------------------------------------------------------------===//

Type mixc::lowering::storageType(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return complex.getElementType();
  if (isa<Float64Type, Float32Type, Float16Type>(element))
    return element;
  return IntegerType::get(element.getContext(), std::max(8u, element.getIntOrFloatBitWidth()));
}

Value mixc::lowering::widen(OpBuilder &builder, Location loc, Value stored, Type element) {
  Emitter e{builder, loc};
  if (isa<Float64Type, Float32Type>(element))
    return stored;
  if (isa<Float16Type>(element))
    return e.cast<arith::ExtFOp>(e.f32(), stored);
  if (isa<BFloat16Type>(element))
    return widenBFloat16(e, stored);
  if (isa<FloatType>(element))
    return widenFloat8(e, stored, Float8::of(element), isa<Float8E5M2Type>(element));
  if (element.isInteger(1))
    return e.cmp(arith::CmpIPredicate::ne, stored, 0);
  if (element.isInteger(4))
    stored = e.binary<arith::ShRSIOp>(e.shl(stored, 4), 4);
  if (element.isUnsignedInteger())
    stored = e.zext(64, stored);
  return e.toIndex(stored);
}

Value mixc::lowering::narrow(OpBuilder &builder, Location loc, Value scalar, Type element) {
  Emitter e{builder, loc};
  if (isa<Float64Type, Float32Type>(element))
    return scalar;
  if (isa<Float16Type>(element))
    return e.cast<arith::TruncFOp>(element, scalar);
  if (isa<BFloat16Type>(element))
    return narrowBFloat16(e, scalar);
  if (isa<FloatType>(element))
    return narrowFloat8(e, scalar, Float8::of(element));
  if (element.isInteger(1))
    return e.zext(8, scalar);
  Value integer = e.toInt64(scalar);
  if (element.isInteger(64))
    return integer;
  return e.trunc(std::max(8u, element.getIntOrFloatBitWidth()), e.clamp(integer, element));
}

/// `roundTo` where the element is a real float.
static Value roundToFloat(Emitter e, Value scalar, FloatType element) {
  Type from = scalar.getType();
  unsigned width = element.getWidth();
  if (from.isInteger(1)) {
    Type to = width == 64 ? e.f64() : e.f32();
    return e.select(scalar, e.constant(to, 1.0), e.constant(to, 0.0));
  }
  if (from.isIndex()) {
    Value integer = e.toInt64(scalar);
    if (width >= 32)
      return e.cast<arith::SIToFPOp>(element, integer);
    scalar = roundToOdd(e, integerToFloat64(e, integer));
  } else if (from.isF32() && width == 64) {
    return e.cast<arith::ExtFOp>(element, scalar);
  } else if (from.isF64() && width == 32) {
    return e.cast<arith::TruncFOp>(element, scalar);
  } else if (from.isF64() && width < 32) {
    scalar = roundToOdd(e, scalar);
  }
  return widen(e.builder, e.loc, narrow(e.builder, e.loc, scalar, element), element);
}

/// `roundTo` where the element is complex.
static Value roundToComplex(Emitter e, Value scalar, ComplexType element) {
  auto part = cast<FloatType>(element.getElementType());
  Value real = scalar, imaginary;
  if (isa<ComplexType>(scalar.getType())) {
    real = complex::ReOp::create(e.builder, e.loc, scalar);
    imaginary = roundToFloat(e, complex::ImOp::create(e.builder, e.loc, scalar), part);
  } else {
    imaginary = e.constant(part, 0.0);
  }
  return complex::CreateOp::create(e.builder, e.loc, element, roundToFloat(e, real, part),
                                   imaginary);
}

Value mixc::lowering::roundTo(OpBuilder &builder, Location loc, Value scalar, Type element) {
  Emitter e{builder, loc};
  Type from = scalar.getType();
  if (auto complex = dyn_cast<ComplexType>(element))
    return roundToComplex(e, scalar, complex);
  if (auto real = dyn_cast<FloatType>(element))
    return roundToFloat(e, scalar, real);
  if (element.isInteger(1)) {
    if (from.isInteger(1))
      return scalar;
    if (from.isIndex())
      return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, scalar,
                                   arith::ConstantIndexOp::create(builder, loc, 0));
    return e.cmp(arith::CmpFPredicate::UNE, scalar, e.constant(from, 0.0));
  }
  if (from.isInteger(1))
    return e.toIndex(e.zext(64, scalar));
  Value integer = isa<FloatType>(from) ? floatToInteger(e, scalar) : e.toInt64(scalar);
  return e.toIndex(element.isInteger(64) ? integer : e.clamp(integer, element));
}
