//===- TileExponential.cpp - exponentials of numbers up to 0 --------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileExponential.h"

#include "lowering/math/Functions.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace mixc::lowering;
using namespace mixc::elementary;

static constexpr double log2E = 1.44269504088896340736;
static constexpr double log2EHigh = 0x1.715476p+0, log2ELow = log2E - log2EHigh;
/// e^d is a normal number of f32 from here on.
static constexpr double leastD = -87.336544;

/// e^d for d <= 0, 0 below 2^-126. As 2^n 2^f: adding 3 * 2^22 rounds to the integer n and leaves
/// it in the low bits; down to -126 the product is a normal number, so that n is simply added to
/// the exponent.
static Real exponential(Real d) {
  constexpr double magic = 0x1.8p23;
  // 2^f on |f| <= 1/2, error 2^-28.2 (lowering/math/Exponential.cpp).
  constexpr double coefficients[] = {1.0,           0.693147182,   0.240226507,   0.0555035956,
                                     0.00961806253, 0.00133910112, 0.000154628855};
  Real sum = fma(d, log2E, magic);
  Real f = fma(d, log2ELow, fma(d, log2EHigh, -(sum - magic)));
  Real power = realOfBits(bits(polynomial(f, coefficients)) + (bits(sum) << 23));
  return select(d < leastD, 0.0, power);
}

//===----------------------------------------------------------------------===//
// With vreduceps and vscalefps
//===----------------------------------------------------------------------===//

/// The 16-lane pieces of a vector.
static SmallVector<Value> split(ImplicitLocOpBuilder &b, Value vector) {
  int64_t lanes = cast<VectorType>(vector.getType()).getDimSize(0);
  if (lanes == 16)
    return {vector};
  SmallVector<Value> pieces;
  for (int64_t first = 0; first < lanes; first += 16)
    pieces.push_back(LLVM::ShuffleVectorOp::create(
        b, vector, vector, llvm::to_vector(llvm::seq<int32_t>(first, first + 16))));
  return pieces;
}

/// The reverse of `split`, for a power of 2 of pieces.
static Value join(ImplicitLocOpBuilder &b, SmallVector<Value> pieces) {
  for (int32_t lanes = 32; pieces.size() > 1; lanes *= 2) {
    SmallVector<Value> pairs;
    for (size_t k = 0; k < pieces.size(); k += 2)
      pairs.push_back(LLVM::ShuffleVectorOp::create(b, pieces[k], pieces[k + 1],
                                                    llvm::to_vector(llvm::seq<int32_t>(lanes))));
    pieces = pairs;
  }
  return pieces.front();
}

static Value callIntrinsic(ImplicitLocOpBuilder &b, StringRef name, ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(b, operands.front().getType(), b.getStringAttr(name),
                                       operands)
      .getResult(0);
}

/// e^d for d <= 0, 0 below 2^-126: 2^floor(t) 2^f, f the fraction of t = d log2 e and the part of
/// the product that rounding to t lost.
static Value scaledExponential(ImplicitLocOpBuilder &b, Value d) {
  // 2^f on 0 <= f < 1, relative error 1.7e-7, exactly 1 at 0.
  constexpr double coefficients[] = {1.0,          0.693151312,   0.24016445,
                                     0.0557999142, 0.00901702918, 0.00186713048};
  auto word = [&](int32_t number) -> Value {
    return LLVM::ConstantOp::create(b, b.getI32Type(), b.getI32IntegerAttr(number));
  };
  Value roundDown = word(9), currentRounding = word(4);
  Real x(b, d), t = x * log2E, lost = fma(x, log2E, -t);
  Value zero = t.like(0.0);
  Value all = LLVM::ConstantOp::create(b, b.getI16Type(), b.getI16IntegerAttr(-1));
  Real f(b, callIntrinsic(b, "llvm.x86.avx512.mask.reduce.ps.512",
                          {t, roundDown, zero, all, currentRounding}));
  Real power = polynomial(f + lost, coefficients);
  // NaN stays.
  Value isNormal = arith::CmpFOp::create(b, arith::CmpFPredicate::UGE, d, x.like(leastD));
  Value mask = LLVM::BitcastOp::create(b, b.getI16Type(), isNormal);
  return callIntrinsic(b, "llvm.x86.avx512.mask.scalef.ps.512",
                       {power, t, zero, mask, currentRounding});
}

Value cpu::emitExpDiff(OpBuilder &builder, Location loc, Value left, Value right,
                       const VectorUnit &unit) {
  ImplicitLocOpBuilder b(loc, builder);
  Real x(b, left), m(b, right);
  // What has seen nothing yet has the maximum minus infinity; x is that too, and so the difference.
  Real shift = select(m == -std::numeric_limits<double>::infinity(), 0.0, m);
  Real d = x - shift;
  auto type = cast<VectorType>(left.getType());
  if (!type.getElementType().isF32())
    return select(d < -708.396, 0.0, wide::exp(d));
  if (!unit.scales || type.getDimSize(0) % 16 != 0 || !llvm::isPowerOf2_64(type.getDimSize(0)))
    return select(isNaN(d), d, exponential(d));
  return join(b, llvm::map_to_vector(split(b, d),
                                     [&](Value piece) { return scaledExponential(b, piece); }));
}
