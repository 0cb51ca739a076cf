//===- Sums.cpp - sums and multiply-adds with the same bits everywhere ----===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Sums.h"

#include "mlir/Conversion/ArithCommon/AttrToLLVMConverter.h"
#include "mlir/Conversion/LLVMCommon/VectorPattern.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace {
constexpr llvm::StringLiteral annotationName = "llvm.loop_annotation";

/// How many vectors of lanes a loop's sums are kept in at most: enough to hide the latency of an
/// addition.
constexpr int64_t mostVectors = 4;

} // namespace

void mixc::lowering::host::annotateSums(ModuleOp module) {
  MLIRContext *context = module.getContext();
  auto isReordered = [](Value value) {
    auto op = dyn_cast_or_null<arith::ArithFastMathInterface>(value.getDefiningOp());
    return op && isa<FloatType>(value.getType()) &&
           arith::bitEnumContainsAny(op.getFastMathFlagsAttr().getValue(),
                                     arith::FastMathFlags::reassoc);
  };
  auto unroll = LLVM::LoopUnrollAttr::get(context, /*disable=*/BoolAttr::get(context, true), {}, {},
                                          {}, {}, {}, {});
  module.walk([&](scf::ForOp loop) {
    auto sum = llvm::find_if(loop.getYieldedValues(), isReordered);
    if (sum == loop.getYieldedValues().end())
      return;
    // As many vectors, of 64 bytes, as a known number of steps fills.
    int64_t lanes = 512 / (*sum).getType().getIntOrFloatBitWidth(), vectors = mostVectors;
    if (std::optional<APInt> count = loop.getStaticTripCount())
      vectors = std::clamp<int64_t>(llvm::bit_floor(count->getZExtValue() / lanes), 1, mostVectors);
    auto interleave = LLVM::LoopInterleaveAttr::get(
        context, IntegerAttr::get(IntegerType::get(context, 32), vectors));
    loop->setAttr(annotationName,
                  LLVM::LoopAnnotationAttr::get(context, {}, {}, interleave, unroll, {}, {}, {}, {},
                                                {}, {}, {}, {}, {}, {}, {}));
  });
}

void mixc::lowering::host::setLoopAnnotations(ModuleOp module) {
  // The conversions carry it there like any attribute.
  module.walk([](LLVM::BrOp branch) {
    if (Attribute annotation = branch->removeDiscardableAttr(annotationName))
      branch.setLoopAnnotationAttr(cast<LLVM::LoopAnnotationAttr>(annotation));
  });
}

namespace {
/// `llvm.fmuladd` is also what the vectoriser knows as a reduction.
struct ConvertMulAdd
    : VectorConvertToLLVMPattern<math::FmaOp, LLVM::FMulAddOp, arith::AttrConvertFastMathToLLVM> {
  using Base =
      VectorConvertToLLVMPattern<math::FmaOp, LLVM::FMulAddOp, arith::AttrConvertFastMathToLLVM>;
  using Base::Base;

  LogicalResult matchAndRewrite(math::FmaOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (!arith::bitEnumContainsAny(op.getFastmath(), arith::FastMathFlags::contract))
      return rewriter.notifyMatchFailure(op, "it must be rounded once");
    return Base::matchAndRewrite(op, adaptor, rewriter);
  }
};
} // namespace

void mixc::lowering::host::populateMulAddPatterns(const LLVMTypeConverter &types,
                                                  RewritePatternSet &patterns) {
  // Before the pattern that rounds once.
  patterns.add<ConvertMulAdd>(types, /*benefit=*/2);
}
