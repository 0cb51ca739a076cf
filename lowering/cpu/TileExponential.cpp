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
// With vscalefps
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

/// power 2^n where `mask` holds, 0 elsewhere, in 16 lanes.
static Value scale(ImplicitLocOpBuilder &b, Value power, Value n, Value mask) {
  Type i32 = b.getI32Type(), i16 = b.getI16Type();
  Value zero = Real(b, power).like(0.0), bits = LLVM::BitcastOp::create(b, i16, mask);
  Value currentRounding = LLVM::ConstantOp::create(b, i32, b.getI32IntegerAttr(4));
  return LLVM::CallIntrinsicOp::create(b, power.getType(),
                                       b.getStringAttr("llvm.x86.avx512.mask.scalef.ps.512"),
                                       ValueRange{power, n, zero, bits, currentRounding})
      .getResult(0);
}

/// e^d for d <= 0, 0 below 2^-126: an instruction rounds, and another one scales, so that neither
/// the integer n nor the exponent is ever formed. NaN stays.
static Value scaledExponential(ImplicitLocOpBuilder &b, Real d) {
  // 2^f on |f| <= 1/2, error 2^-23.4, exactly 1 at 0 (fitted as lowering/math/Functions.h says).
  constexpr double coefficients[] = {1.0,          0.693147004,   0.240222469,
                                     0.0555071123, 0.00967129413, 0.00132694072};
  Real n(b, math::RoundEvenOp::create(b, d * log2E));
  Real f = fma(d, log2ELow, fma(d, log2EHigh, -n));
  Real power = polynomial(f, coefficients);
  Mask isKept = d.compare(arith::CmpFPredicate::UGE, d.like(leastD));
  SmallVector<Value> results;
  for (auto [p, k, mask] : llvm::zip_equal(split(b, power), split(b, n), split(b, isKept)))
    results.push_back(scale(b, p, k, mask));
  return join(b, results);
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
  if (unit.scales && type.getDimSize(0) % 16 == 0 && llvm::isPowerOf2_64(type.getDimSize(0)))
    return scaledExponential(b, d);
  return select(isNaN(d), d, exponential(d));
}
