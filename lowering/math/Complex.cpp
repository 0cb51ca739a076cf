//===- Complex.cpp - complex arithmetic in real arithmetic ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For f32 and f64. Special values are those of C, Annex G, but for the product, which is the
// textbook's: nobody pays in every product for the infinities that it loses. The upstream
// conversion is not used: its quotient (Smith) loses operands near the ends of the range, its
// exp(-inf + i inf) and its |NaN + i inf| are NaN, and exp(x - 0i) loses the sign of zero.
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"

#include <limits>

namespace mixc::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool isF64(Real x) { return x.type().isF64(); }

Real maximum(Real a, Real b) { return select(a < b, b, a); }

/// A power of two `root`, and its reciprocal, such that x * root^2 has a normal square within the
/// range, for the greatest as for the least x. The root is what undoes two such scalings at once
/// without leaving the range.
struct Scaling {
  Real root, reciprocal;
  Real apply(Real x) const { return x * (root * root); }
};

Scaling scalingFor(Real x) {
  bool wide = isF64(x);
  Mask large = x > (wide ? 0x1p400 : 0x1p40), small = x < (wide ? 0x1p-400 : 0x1p-40);
  auto choose = [&](double ifLarge, double ifSmall) {
    return select(large, x.like(ifLarge), select(small, x.like(ifSmall), 1.0));
  };
  return wide ? Scaling{choose(0x1p-300, 0x1p350), choose(0x1p300, 0x1p-350)}
              : Scaling{choose(0x1p-44, 0x1p48), choose(0x1p44, 0x1p-48)};
}

/// a * b + c * d, within two ulps (Kahan; see Jeannerod, Louvet, Muller, "Further analysis of
/// Kahan's algorithm", 2013).
Real sumOfProducts(Real a, Real b, Real c, Real d) {
  Real product = c * d;
  Real lost = fma(c, d, -product);
  return fma(a, b, product) + lost;
}

/// An infinite part as +-1 and a finite one as +-0: the direction of an infinity.
Real direction(Real x) { return copySign(select(abs(x) == kInfinity, x.like(1.0), 0.0), x); }

} // namespace

Complex multiply(Complex x, Complex y) {
  return {fma(x.re, y.re, -(x.im * y.im)), fma(x.re, y.im, x.im * y.re)};
}

Complex divide(Complex x, Complex y) {
  Real ax = maximum(abs(x.re), abs(x.im)), ay = maximum(abs(y.re), abs(y.im));
  Scaling sx = scalingFor(ax), sy = scalingFor(ay);
  Complex p{sx.apply(x.re), sx.apply(x.im)}, q{sy.apply(y.re), sy.apply(y.im)};
  Real norm = fma(q.re, q.re, q.im * q.im);
  Real unscale = sy.root * sx.reciprocal;
  Real re = sumOfProducts(p.re, q.re, p.im, q.im) / norm * unscale * unscale;
  Real im = sumOfProducts(p.im, q.re, -p.re, q.im) / norm * unscale * unscale;

  // Annex G.5.1, without its last NaN: infinity by a finite number is infinite in the direction of
  // the quotient.
  auto isInfinite = [](Complex z) { return (abs(z.re) == kInfinity) | (abs(z.im) == kInfinity); };
  auto isFinite = [](Complex z) { return (abs(z.re) < kInfinity) & (abs(z.im) < kInfinity); };
  Mask byZero = (ay == 0.0) & !(isNaN(y.im)) & !(isNaN(x.re) & isNaN(x.im));
  Mask infinite = isInfinite(x) & isFinite(y);
  Mask byInfinity = isFinite(x) & isInfinite(y);
  Complex u{direction(x.re), direction(x.im)}, v{direction(y.re), direction(y.im)};
  auto recover = [&](Real part, Real zero, Real inf, Real vanishing) {
    return select(byZero, zero, select(infinite, inf, select(byInfinity, vanishing, part)));
  };
  Real signedInfinity = copySign(kInfinity, y.re);
  return {recover(re, signedInfinity * x.re, (u.re * y.re + u.im * y.im) * kInfinity,
                  (x.re * v.re + x.im * v.im) * 0.0),
          recover(im, signedInfinity * x.im, (u.im * y.re - u.re * y.im) * kInfinity,
                  (x.im * v.re - x.re * v.im) * 0.0)};
}

/// |x|, where neither square may leave the range; infinite beside NaN.
Real magnitude(Complex x) {
  Real re = abs(x.re), im = abs(x.im);
  Scaling scaling = scalingFor(maximum(re, im));
  Real a = scaling.apply(re), b = scaling.apply(im);
  Real root = sqrt(fma(a, a, b * b)) * (scaling.reciprocal * scaling.reciprocal);
  return select((re == kInfinity) | (im == kInfinity), kInfinity, root);
}

/// e^re (cos im + i sin im). Where e^re overflows the product may not, so a constant factor is
/// taken out of it.
Complex exponential(Complex x) {
  double shift = isF64(x.re) ? 709.0 : 88.0;
  Mask large = x.re > shift;
  Real factor =
      select(large, x.re.like(isF64(x.re) ? 0x1.d422d2be5dc9bp+1022 : 0x1.f1056ep+126), 1.0);
  auto call = [&]<typename Op>(Real operand) {
    return Real(operand.at(), operand.build<Op>(operand));
  };
  Real modulus =
      call.template operator()<mlir::math::ExpOp>(x.re - select(large, x.re.like(shift), 0.0));
  Real cosine = call.template operator()<mlir::math::CosOp>(x.im);
  Real sine = call.template operator()<mlir::math::SinOp>(x.im);
  // Without a direction (im infinite or NaN) 0 stays 0, and infinity an infinity with a NaN beside
  // it.
  cosine = select((abs(x.re) == kInfinity) & isNaN(cosine), 1.0, cosine);
  sine = select((x.re == -kInfinity) & isNaN(sine), 1.0, sine);
  return {modulus * cosine * factor, select(x.im == 0.0, x.im, modulus * sine * factor)};
}

} // namespace mixc::elementary
