//===- ScalarsToLLVM.cpp - a GPU module to the LLVM dialect ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"

namespace mixc::lowering::gpu {
#define GEN_PASS_DEF_SCALARSTOLLVM
#include "lowering/gpu/Passes.h.inc"
} // namespace mixc::lowering::gpu

using namespace mlir;

/// Whether every GPU has instructions for `op`, of dialect `math`.
static bool isMachineFunction(Operation *op) {
  return isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp, math::FloorOp, math::FmaOp,
             math::RoundEvenOp, math::SqrtOp, math::TruncOp>(op);
}

/// Reports what would need a library.
static LogicalResult checkFunctions(mlir::gpu::GPUModuleOp module) {
  WalkResult result = module.walk([](Operation *op) {
    bool isFunction = isa<math::MathDialect>(op->getDialect()) && !isMachineFunction(op);
    if (!isFunction && !isa<arith::RemFOp>(op))
      return WalkResult::advance();
    op->emitError("unsupported on GPUs: `")
        << op->getName() << "` of " << op->getResult(0).getType();
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult convert(mlir::gpu::GPUModuleOp module) {
  MLIRContext *context = module.getContext();
  LowerToLLVMOptions options(context);
  options.overrideIndexBitwidth(64);
  LLVMTypeConverter types(context, options);
  RewritePatternSet patterns(context);
  populateSCFToControlFlowConversionPatterns(patterns);
  cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
  arith::populateArithToLLVMConversionPatterns(types, patterns);
  populateMathToLLVMConversionPatterns(types, patterns);
  populateComplexToLLVMConversionPatterns(types, patterns);
  populateFuncToLLVMConversionPatterns(types, patterns);
  LLVMConversionTarget target(*context);
  target.addLegalOp<UnrealizedConversionCastOp, mlir::gpu::GPUModuleOp>();
  target.addLegalDialect<mlir::gpu::GPUDialect>();
  target.addIllegalDialect<arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                           func::FuncDialect, math::MathDialect, scf::SCFDialect>();
  return applyPartialConversion(module, target, std::move(patterns));
}

namespace {
struct ScalarsToLLVM : mixc::lowering::gpu::impl::ScalarsToLLVMBase<ScalarsToLLVM> {
  void runOnOperation() override {
    if (failed(checkFunctions(getOperation())) || failed(convert(getOperation())))
      signalPassFailure();
  }
};
} // namespace
