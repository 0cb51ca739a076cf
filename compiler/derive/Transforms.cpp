//===- Transforms.cpp - discrete transforms as sums -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Expansion.h"
#include "dialects/mixer/Remark.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

/// The table w[k] = cos or sin or cis of `turn` * k, for 0 <= k < `size`. The angle is computed in
/// f64: k * turn needs more digits than f32 has.
static Value makeTable(Operation *op, StringRef suffix, AffineExpr size, double sign, bool cosine,
                       bool isComplex, Type real) {
  MLIRContext *context = op->getContext();
  Location loc = op->getLoc();
  OpBuilder builder(enclosingEquation(op));
  Axis axis{"k", getAffineConstantExpr(0, context), size};
  Type element = isComplex ? Type(ComplexType::get(real)) : real;
  return makeEquation(
      builder, loc, nameOf(op, suffix), axis, element, [&](OpBuilder &b, ValueRange k) -> Value {
        Scalars s{b, loc};
        Type f64 = b.getF64Type();
        Value n = makeApply(b, loc, {}, size);
        Value angle =
            s.div(s.mul(s.cast(k[0], f64), s.constant(f64, sign * 2 * M_PI)), s.cast(n, f64));
        auto part = [&](bool cos) -> Value {
          Value value = cos ? math::CosOp::create(b, loc, angle).getResult()
                            : math::SinOp::create(b, loc, angle).getResult();
          return s.cast(value, real);
        };
        if (!isComplex)
          return part(cosine);
        return complex::CreateOp::create(b, loc, element, part(true), part(false));
      });
}

Value derive::expandTransform(const Scalars &s, mixer::TransformOp op, std::string &how) {
  mixer::Binding binding = *mixer::getBinding(op);
  using Kind = mixer::TransformKind;
  Kind kind = op.getKind();
  AffineExpr length = op.getLength().getResult(0);
  Type type = op.getType(), real = type;
  if (auto complex = dyn_cast<ComplexType>(type))
    real = complex.getElementType();
  Value at = op.getAt();
  Value n = makeApply(s.b, s.loc, {}, length);
  bool cosines = kind == Kind::dct || kind == Kind::idct;
  bool inverse = kind == Kind::ifft || kind == Kind::irfft || kind == Kind::idct;
  // The angle of a term is a whole number of `period`ths of a turn.
  AffineExpr period = cosines ? length * 4 : length;
  double sign = inverse ? 1 : -1;
  Value table = makeTable(op, "turns", period, sign, /*cosine=*/true,
                          /*isComplex=*/!cosines && kind != Kind::irfft, real);
  Value sines = kind == Kind::irfft
                    ? makeTable(op, "sines", period, sign, /*cosine=*/false, false, real)
                    : Value();
  how = "a sum with the table " + mixer::definedNames(table.getDefiningOp());
  Value size = makeApply(s.b, s.loc, {}, period);
  auto body = [&](OpBuilder &b, ValueRange indices) -> Value {
    Scalars in{b, s.loc};
    Value x = cloneBody(b, op, indices);
    Value j = indices[0];
    if (AffineExpr lower = binding.lower.getResult(0);
        lower != getAffineConstantExpr(0, b.getContext()))
      j = arith::SubIOp::create(b, s.loc, j, makeApply(b, s.loc, binding.lowerOperands, lower));
    // dct: (2n + 1) f of 4N; n is the summed index forward, the position backward.
    Value turns;
    if (cosines) {
      Value time = inverse ? at : j, frequency = inverse ? j : at;
      Value odd = arith::AddIOp::create(
          b, s.loc, arith::MulIOp::create(b, s.loc, time, in.index(2)), in.index(1));
      turns = arith::MulIOp::create(b, s.loc, odd, frequency);
    } else {
      turns = arith::MulIOp::create(b, s.loc, at, j);
    }
    turns = in.fn(mixer::FnKind::floormod, {turns, size}, b.getIndexType());
    Value w = readAt(b, s.loc, table, turns);
    switch (kind) {
    case Kind::fft:
    case Kind::ifft:
      return complex::MulOp::create(b, s.loc, x, w);
    case Kind::rfft: {
      Value re = complex::ReOp::create(b, s.loc, w), im = complex::ImOp::create(b, s.loc, w);
      return complex::CreateOp::create(b, s.loc, type, in.mul(x, re), in.mul(x, im));
    }
    case Kind::irfft: {
      // Bin 0 and bin N/2 count once and by their real parts, the others twice.
      Value re = complex::ReOp::create(b, s.loc, x), im = complex::ImOp::create(b, s.loc, x);
      Value twice = arith::AddIOp::create(b, s.loc, j, j);
      Value once =
          arith::OrIOp::create(b, s.loc, in.equal(j, 0),
                               arith::CmpIOp::create(b, s.loc, arith::CmpIPredicate::eq, twice, n));
      Value sine =
          in.select(once, in.constant(real, 0), in.mul(im, readAt(b, s.loc, sines, turns)));
      Value term = in.sub(in.mul(re, w), sine);
      return in.mul(term, in.select(once, in.constant(real, 1), in.constant(real, 2)));
    }
    case Kind::dct:
      return in.mul(x, w);
    case Kind::idct: {
      Value term = in.mul(x, w);
      return in.mul(term, in.select(in.equal(j, 0), in.constant(real, 1), in.constant(real, 2)));
    }
    }
    llvm_unreachable("a transform of no kind");
  };
  Value sum = makeReduce(s, op, mixer::ReduceKind::sum, type, body);
  if (!inverse)
    return sum;
  Value divisor = s.cast(arith::MaxSIOp::create(s.b, s.loc, n, s.index(1)), real);
  if (!isa<ComplexType>(type))
    return s.div(sum, divisor);
  Value re = s.div(complex::ReOp::create(s.b, s.loc, sum), divisor);
  Value im = s.div(complex::ImOp::create(s.b, s.loc, sum), divisor);
  return complex::CreateOp::create(s.b, s.loc, type, re, im);
}
