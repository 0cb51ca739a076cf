//===- ScalarCode.cpp - scalar functions and combiners as code ------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/ScalarCode.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

using FastMath = arith::FastMathFlags;

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value ScalarCode::constant(Type type, double value) {
  TypedAttr element = b.getFloatAttr(getElementTypeOrSelf(type), value);
  auto shape = dyn_cast<ShapedType>(type);
  return arith::ConstantOp::create(b, loc, shape ? DenseElementsAttr::get(shape, element) : element);
}
Value ScalarCode::index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }
Value ScalarCode::add(Value x, Value y) { return arith::AddFOp::create(b, loc, x, y); }
Value ScalarCode::sub(Value x, Value y) { return arith::SubFOp::create(b, loc, x, y); }
Value ScalarCode::mul(Value x, Value y) { return arith::MulFOp::create(b, loc, x, y); }
Value ScalarCode::div(Value x, Value y) { return arith::DivFOp::create(b, loc, x, y); }
Value ScalarCode::max(Value x, Value y) {
  return x.getType().isIndex() ? arith::MaxSIOp::create(b, loc, x, y).getResult()
                               : arith::MaximumFOp::create(b, loc, x, y).getResult();
}
Value ScalarCode::min(Value x, Value y) {
  return x.getType().isIndex() ? arith::MinSIOp::create(b, loc, x, y).getResult()
                               : arith::MinimumFOp::create(b, loc, x, y).getResult();
}
Value ScalarCode::exp(Value x) { return math::ExpOp::create(b, loc, x); }
Value ScalarCode::select(Value condition, Value x, Value y) {
  return arith::SelectOp::create(b, loc, condition, x, y);
}
Value ScalarCode::compare(arith::CmpFPredicate predicate, Value x, Value y) {
  return arith::CmpFOp::create(b, loc, predicate, x, y);
}
Value ScalarCode::compare(arith::CmpIPredicate predicate, Value x, Value y) {
  return arith::CmpIOp::create(b, loc, predicate, x, y);
}

static FastMath accumulation(bool reassociate) {
  return reassociate ? FastMath::reassoc : FastMath::none;
}

Value ScalarCode::mulAdd(Value x, Value y, Value z, bool reassociate) {
  return math::FmaOp::create(b, loc, x, y, z, FastMath::contract | accumulation(reassociate));
}

Value ScalarCode::addAny(Value x, Value y, bool reassociate) {
  if (x.getType().isIndex())
    return arith::AddIOp::create(b, loc, x, y);
  if (isa<ComplexType>(x.getType()))
    return complex::AddOp::create(b, loc, x, y, accumulation(reassociate));
  return arith::AddFOp::create(b, loc, x, y, accumulation(reassociate));
}

Value ScalarCode::mulAny(Value x, Value y, bool reassociate) {
  if (x.getType().isIndex())
    return arith::MulIOp::create(b, loc, x, y);
  if (isa<ComplexType>(x.getType()))
    return complex::MulOp::create(b, loc, x, y);
  return arith::MulFOp::create(b, loc, x, y, accumulation(reassociate));
}

Value ScalarCode::zero(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Attribute part = b.getZeroAttr(complex.getElementType());
    return complex::ConstantOp::create(b, loc, type, b.getArrayAttr({part, part}));
  }
  return arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Value ScalarCode::floorDiv(Value x, Value y, bool positive) {
  // The hardware traps on a divisor of 0; a range that is empty may still compute its bounds.
  Value isZero = positive ? Value() : compare(arith::CmpIPredicate::eq, y, index(0));
  Value divisor = positive ? y : select(isZero, index(1), y);
  Value quotient = arith::DivSIOp::create(b, loc, x, divisor);
  Value remainder =
      arith::SubIOp::create(b, loc, x, arith::MulIOp::create(b, loc, quotient, divisor));
  // Truncated toward zero: one too much where the remainder and the divisor differ in sign.
  Value apart = compare(arith::CmpIPredicate::slt,
                        arith::XOrIOp::create(b, loc, remainder, divisor), index(0));
  Value inexact = compare(arith::CmpIPredicate::ne, remainder, index(0));
  Value down = arith::AndIOp::create(b, loc, apart, inexact);
  Value result = select(down, arith::SubIOp::create(b, loc, quotient, index(1)), quotient);
  return positive ? result : select(isZero, index(0), result);
}

Value ScalarCode::floorMod(Value x, Value y, bool positive) {
  Value isZero = positive ? Value() : compare(arith::CmpIPredicate::eq, y, index(0));
  Value divisor = positive ? y : select(isZero, index(1), y);
  Value remainder = arith::RemSIOp::create(b, loc, x, divisor);
  Value apart = compare(arith::CmpIPredicate::slt,
                        arith::XOrIOp::create(b, loc, remainder, divisor), index(0));
  Value inexact = compare(arith::CmpIPredicate::ne, remainder, index(0));
  Value up = arith::AndIOp::create(b, loc, apart, inexact);
  Value result = select(up, arith::AddIOp::create(b, loc, remainder, divisor), remainder);
  return positive ? result : select(isZero, x, result);
}

Value ScalarCode::integerPower(Value x, Value n) {
  // Square and multiply, 63 bits at most.
  auto loop = scf::WhileOp::create(
      b, loc, TypeRange{x.getType(), x.getType(), x.getType()}, ValueRange{index(1), x, n},
      [](OpBuilder &in, Location at, ValueRange state) {
        ScalarCode code(in, at);
        scf::ConditionOp::create(
            in, at, code.compare(arith::CmpIPredicate::sgt, state[2], code.index(0)), state);
      },
      [](OpBuilder &in, Location at, ValueRange state) {
        ScalarCode code(in, at);
        Value odd =
            code.compare(arith::CmpIPredicate::ne,
                         arith::AndIOp::create(in, at, state[2], code.index(1)), code.index(0));
        Value product = arith::MulIOp::create(in, at, state[0], state[1]);
        Value square = arith::MulIOp::create(in, at, state[1], state[1]);
        Value rest = arith::ShRSIOp::create(in, at, state[2], code.index(1));
        scf::YieldOp::create(in, at, ValueRange{code.select(odd, product, state[0]), square, rest});
      });
  return loop.getResult(0);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

Value ScalarCode::sigmoid(Value x) {
  // exp of -|x| only: nothing overflows, and small values keep their digits.
  Type type = x.getType();
  Value one = constant(type, 1);
  Value e = exp(arith::NegFOp::create(b, loc, math::AbsFOp::create(b, loc, x)));
  Value r = div(one, add(one, e));
  return select(compare(arith::CmpFPredicate::OGE, x, constant(type, 0)), r, mul(e, r));
}

Value ScalarCode::erfinv(Value x) {
  // A polynomial in w = -log(1 - x^2) (Giles, "Approximating the erfinv function", 2010), then
  // Newton steps in f64 on erf(y) - x.
  Type type = x.getType(), f64 = b.getF64Type();
  Value wide = type == f64 ? x : arith::ExtFOp::create(b, loc, f64, x).getResult();
  Value one = constant(f64, 1);
  Value w = arith::NegFOp::create(
      b, loc, math::Log1pOp::create(b, loc, arith::NegFOp::create(b, loc, mul(wide, wide))));
  auto polynomial = [&](Value t, ArrayRef<double> coefficients) {
    Value sum = constant(f64, coefficients.front());
    for (double c : coefficients.drop_front())
      sum = mulAdd(sum, t, constant(f64, c));
    return sum;
  };
  Value central =
      polynomial(sub(w, constant(f64, 2.5)),
                 {2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                  -0.00125372503, -0.00417768164, 0.246640727, 1.50140941});
  Value tail = polynomial(sub(math::SqrtOp::create(b, loc, w), constant(f64, 3)),
                          {-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844,
                           0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682});
  Value y =
      mul(wide, select(compare(arith::CmpFPredicate::OLT, w, constant(f64, 5)), central, tail));
  Value magnitude = math::AbsFOp::create(b, loc, wide);
  for (int step = 0; step < 2; ++step) {
    Value error = sub(math::ErfOp::create(b, loc, y), wide);
    Value slope =
        mul(constant(f64, 1.1283791670955126), exp(arith::NegFOp::create(b, loc, mul(y, y))));
    y = sub(y, div(error, slope));
  }
  Value infinite = math::CopySignOp::create(b, loc, constant(f64, INFINITY), wide);
  y = select(compare(arith::CmpFPredicate::OEQ, magnitude, one), infinite, y);
  y = select(compare(arith::CmpFPredicate::OLE, magnitude, one), y, constant(f64, NAN));
  return type == f64 ? y : arith::TruncFOp::create(b, loc, type, y).getResult();
}

Value ScalarCode::function(mixer::FnKind kind, Value x) {
  using Kind = mixer::FnKind;
  Type type = x.getType();
  if (kind == Kind::detach)
    return x;
  if (type.isIndex()) {
    if (kind == Kind::relu)
      return max(x, index(0));
    return max(min(x, index(1)), index(-1)); // sign
  }
  auto number = [&](double value) { return constant(type, value); };
  Value half = number(0.5), one = number(1);
  auto logOfOnePlusExp = [&] { // log(1 + exp(-|x|))
    Value e = exp(arith::NegFOp::create(b, loc, math::AbsFOp::create(b, loc, x)));
    return math::Log1pOp::create(b, loc, e).getResult();
  };
  switch (kind) {
  case Kind::sign: {
    Value unit = math::CopySignOp::create(b, loc, one, x);
    Value nonzero = compare(arith::CmpFPredicate::ONE, x, number(0));
    return select(nonzero, unit, sub(x, x)); // 0 of 0, NaN of NaN
  }
  case Kind::sigmoid:
    return sigmoid(x);
  case Kind::logsigmoid:
    return sub(min(x, number(0)), logOfOnePlusExp());
  case Kind::softplus:
    return add(max(x, number(0)), logOfOnePlusExp());
  case Kind::silu:
    return mul(x, sigmoid(x));
  case Kind::gelu:
    return mul(mul(half, x), add(one, math::ErfOp::create(b, loc, mul(x, number(M_SQRT1_2)))));
  case Kind::gelu_tanh: {
    // (1 + tanh u) / 2 = sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3)
    Value u = mulAdd(mul(x, x), mul(x, number(0.044715)), x);
    return mul(x, sigmoid(mul(number(2 * std::sqrt(2 / M_PI)), u)));
  }
  case Kind::relu:
    return max(x, number(0));
  case Kind::elu:
    return select(compare(arith::CmpFPredicate::OGT, x, number(0)), x,
                  math::ExpM1Op::create(b, loc, x));
  case Kind::erfinv:
    return erfinv(x);
  case Kind::recip0: {
    Value isZero = compare(arith::CmpFPredicate::OEQ, x, number(0));
    return select(isZero, number(0), div(one, x));
  }
  case Kind::cis:
    return complex::CreateOp::create(b, loc, ComplexType::get(type), math::CosOp::create(b, loc, x),
                                     math::SinOp::create(b, loc, x));
  default:
    llvm_unreachable("a function of several integers");
  }
}

Value ScalarCode::expDiff(Value x, Value m) {
  Type type = x.getType();
  Value isLowest = compare(arith::CmpFPredicate::OEQ, m, constant(type, -INFINITY));
  return exp(sub(x, select(isLowest, constant(type, 0), m)));
}

Value ScalarCode::philox(Value seed, ValueRange counter) {
  Type i64 = b.getI64Type();
  auto word = [&](uint64_t value) -> Value {
    return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(static_cast<int64_t>(value)));
  };
  Value mask = word(0xFFFFFFFF), shift = word(32);
  auto low = [&](Value x) -> Value { return arith::AndIOp::create(b, loc, x, mask); };
  auto high = [&](Value x) -> Value { return arith::ShRUIOp::create(b, loc, x, shift); };
  auto asWord = [&](Value x) -> Value { return arith::IndexCastOp::create(b, loc, i64, x); };
  Value key0 = low(asWord(seed)), key1 = high(asWord(seed));
  SmallVector<Value> c(4, word(0));
  for (auto [k, value] : llvm::enumerate(counter))
    c[k] = low(asWord(value));
  for (int round = 0; round < 10; ++round) {
    Value p0 = arith::MulIOp::create(b, loc, c[0], word(0xD2511F53));
    Value p1 = arith::MulIOp::create(b, loc, c[2], word(0xCD9E8D57));
    auto mix = [&](Value a, Value x, Value key) -> Value {
      return arith::XOrIOp::create(b, loc, arith::XOrIOp::create(b, loc, a, x), key);
    };
    c = {mix(high(p1), c[1], key0), low(p1), mix(high(p0), c[3], key1), low(p0)};
    key0 = low(arith::AddIOp::create(b, loc, key0, word(0x9E3779B9)));
    key1 = low(arith::AddIOp::create(b, loc, key1, word(0xBB67AE85)));
  }
  Value upper = arith::ShRUIOp::create(b, loc, c[0], word(8));
  Value number = arith::SIToFPOp::create(b, loc, b.getF32Type(), upper);
  return mul(number, constant(b.getF32Type(), 0x1p-24));
}

//===----------------------------------------------------------------------===//
// Combiners
//===----------------------------------------------------------------------===//

bool Combiner::isPlain() const {
  using Kind = mixer::ReduceKind;
  return kind == Kind::sum || kind == Kind::prod || kind == Kind::max || kind == Kind::min;
}

SmallVector<Value> Combiner::identity(OpBuilder &b, Location loc) const {
  using Kind = mixer::ReduceKind;
  ScalarCode code(b, loc);
  bool isInteger = type.isIndex();
  auto extreme = [&](bool lowest) {
    if (isInteger)
      return code.index(lowest ? std::numeric_limits<int64_t>::min()
                               : std::numeric_limits<int64_t>::max());
    return code.constant(type, lowest ? -INFINITY : INFINITY);
  };
  switch (kind) {
  case Kind::sum:
    return {code.zero(type)};
  case Kind::prod: {
    if (isInteger)
      return {code.index(1)};
    if (auto complex = dyn_cast<ComplexType>(type))
      return {complex::CreateOp::create(b, loc, type, code.constant(complex.getElementType(), 1),
                                        code.constant(complex.getElementType(), 0))};
    return {code.constant(type, 1)};
  }
  case Kind::max:
    return {extreme(true)};
  case Kind::min:
    return {extreme(false)};
  case Kind::any:
  case Kind::all:
    return {arith::ConstantOp::create(b, loc, b.getBoolAttr(kind == Kind::all))};
  case Kind::argmax:
  case Kind::argmin:
    // The best value so far (NaN: none yet, as it loses against every number) and its place.
    return {isInteger ? extreme(kind == Kind::argmax) : code.constant(type, NAN), code.index(0)};
  case Kind::mean:
  case Kind::logsumexp:
    break;
  }
  llvm_unreachable("expanded by derive-normalisers");
}

SmallVector<Value> Combiner::combine(OpBuilder &b, Location loc, ValueRange acc, Value value,
                                     function_ref<Value()> position, bool reassociate) const {
  using Kind = mixer::ReduceKind;
  ScalarCode code(b, loc);
  switch (kind) {
  case Kind::sum:
    return {code.addAny(acc[0], value, reassociate)};
  case Kind::prod:
    return {code.mulAny(acc[0], value, reassociate)};
  case Kind::max:
    return {code.max(acc[0], value)};
  case Kind::min:
    return {code.min(acc[0], value)};
  case Kind::any:
    return {arith::OrIOp::create(b, loc, acc[0], value)};
  case Kind::all:
    return {arith::AndIOp::create(b, loc, acc[0], value)};
  case Kind::argmax:
  case Kind::argmin: {
    bool most = kind == Kind::argmax;
    Value better;
    if (type.isIndex()) {
      better =
          code.compare(most ? arith::CmpIPredicate::sgt : arith::CmpIPredicate::slt, value, acc[0]);
    } else {
      Value beats =
          code.compare(most ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT, value, acc[0]);
      Value first = code.compare(arith::CmpFPredicate::UNO, acc[0], acc[0]);
      Value isNumber = code.compare(arith::CmpFPredicate::ORD, value, value);
      better = arith::OrIOp::create(b, loc, beats, arith::AndIOp::create(b, loc, first, isNumber));
    }
    return {code.select(better, value, acc[0]), code.select(better, position(), acc[1])};
  }
  case Kind::mean:
  case Kind::logsumexp:
    break;
  }
  llvm_unreachable("expanded by derive-normalisers");
}
