//===- ExpandMath.cpp - math and complex ops to arithmetic ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/math/Functions.h"
#include "lowering/math/Passes.h"

#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mixc {
#define GEN_PASS_DEF_EXPANDMATH
#include "lowering/math/Passes.h.inc"

namespace {

using elementary::Complex;
using elementary::Real;

/// f32 or f64, or a vector of these whose shape is known.
bool isExpanded(Type type) {
  auto shape = dyn_cast<ShapedType>(type);
  return isa<Float32Type, Float64Type>(getElementTypeOrSelf(type)) &&
         (!shape || shape.hasStaticShape());
}

/// `single` for f32, `wide` for f64.
template <typename Op, Real (*single)(Real), Real (*wide)(Real)>
struct ExpandUnary : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!isExpanded(op.getType()))
      return rewriter.notifyMatchFailure(op, "only f32 and f64 are expanded");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    auto *function = getElementTypeOrSelf(op.getType()).isF32() ? single : wide;
    rewriter.replaceOp(op, Value(function(Real(builder, op.getOperand()))));
    return success();
  }
};

struct ExpandPow : OpRewritePattern<math::PowFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &rewriter) const override {
    if (!isExpanded(op.getType()))
      return rewriter.notifyMatchFailure(op, "only f32 and f64 are expanded");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOp(op, Value(pow(Real(builder, op.getLhs()), Real(builder, op.getRhs()))));
    return success();
  }
};

struct ExpandSinCos : OpRewritePattern<math::SincosOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::SincosOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Value x = op.getOperand();
    rewriter.replaceOp(op, {math::SinOp::create(builder, x), math::CosOp::create(builder, x)});
    return success();
  }
};

/// No library has rsqrt, so it is expanded for every type.
struct ExpandRsqrt : OpRewritePattern<math::RsqrtOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::RsqrtOp op, PatternRewriter &rewriter) const override {
    auto shape = dyn_cast<ShapedType>(op.getType());
    if (shape && !shape.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "the shape of the constant 1 is not known");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOp(op, Value(1.0 / sqrt(Real(builder, op.getOperand()))));
    return success();
  }
};

Complex partsOf(ImplicitLocOpBuilder &builder, Value value) {
  return {Real(builder, complex::ReOp::create(builder, value)),
          Real(builder, complex::ImOp::create(builder, value))};
}

Complex add(Complex x, Complex y) { return {x.re + y.re, x.im + y.im}; }
Complex subtract(Complex x, Complex y) { return {x.re - y.re, x.im - y.im}; }
Complex negate(Complex x) { return {-x.re, -x.im}; }
Complex conjugate(Complex x) { return {x.re, -x.im}; }

/// Ops from complex numbers to one: `function` takes as many as the op has operands.
template <typename Op, auto function> struct ExpandComplex : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    auto result = [&] {
      if constexpr (Op::template hasTrait<OpTrait::OneOperand>())
        return function(partsOf(builder, op->getOperand(0)));
      else
        return function(partsOf(builder, op->getOperand(0)), partsOf(builder, op->getOperand(1)));
    }();
    if constexpr (std::is_same_v<decltype(result), Complex>)
      rewriter.replaceOpWithNewOp<complex::CreateOp>(op, op.getType(), result.re, result.im);
    else
      rewriter.replaceOp(op, Value(result));
    return success();
  }
};

elementary::Mask equal(Complex x, Complex y) { return (x.re == y.re) & (x.im == y.im); }
elementary::Mask notEqual(Complex x, Complex y) { return !equal(x, y); }

struct ExpandMath : impl::ExpandMathBase<ExpandMath> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateExpandMathPatterns(patterns);
    GreedyRewriteConfig config;
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }
};

} // namespace

void populateExpandMathPatterns(RewritePatternSet &patterns) {
  namespace wide = elementary::wide;
  patterns.add<ExpandUnary<math::ExpOp, elementary::exp, wide::exp>,
               ExpandUnary<math::Exp2Op, elementary::exp2, wide::exp2>,
               ExpandUnary<math::ExpM1Op, elementary::expm1, wide::expm1>,
               ExpandUnary<math::LogOp, elementary::log, wide::log>,
               ExpandUnary<math::Log2Op, elementary::log2, wide::log2>,
               ExpandUnary<math::Log10Op, elementary::log10, wide::log10>,
               ExpandUnary<math::Log1pOp, elementary::log1p, wide::log1p>,
               ExpandUnary<math::TanhOp, elementary::tanh, wide::tanh>,
               ExpandUnary<math::ErfOp, elementary::erf, wide::erf>,
               ExpandUnary<math::SinOp, elementary::sin, wide::sin>,
               ExpandUnary<math::CosOp, elementary::cos, wide::cos>, ExpandPow, ExpandSinCos,
               ExpandRsqrt>(patterns.getContext());
  patterns
      .add<ExpandComplex<complex::AddOp, add>, ExpandComplex<complex::SubOp, subtract>,
           ExpandComplex<complex::MulOp, elementary::multiply>,
           ExpandComplex<complex::DivOp, elementary::divide>,
           ExpandComplex<complex::ExpOp, elementary::exponential>,
           ExpandComplex<complex::AbsOp, elementary::magnitude>,
           ExpandComplex<complex::NegOp, negate>, ExpandComplex<complex::ConjOp, conjugate>,
           ExpandComplex<complex::EqualOp, equal>, ExpandComplex<complex::NotEqualOp, notEqual>>(
          patterns.getContext());
}

} // namespace mixc
