//===- GpuToRocdl.cpp - the gpu dialect to AMD's leaf ops -----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/hip/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/GPUToROCDL/GPUToROCDLPass.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/AMDGPU/Utils/Chipset.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"

namespace mixc::lowering::hip {
#define GEN_PASS_DEF_GPUTOROCDL
#include "lowering/hip/Passes.h.inc"
} // namespace mixc::lowering::hip

using namespace mlir;

namespace {
struct GpuToRocdl : mixc::lowering::hip::impl::GpuToRocdlBase<GpuToRocdl> {
  using GpuToRocdlBase::GpuToRocdlBase;

  void runOnOperation() override {
    FailureOr<amdgpu::Chipset> chipset = amdgpu::Chipset::parse(arch);
    if (failed(chipset)) {
      getOperation().emitError("unknown architecture `" + arch + "`, expected one such as gfx942");
      return signalPassFailure();
    }
    LowerToLLVMOptions options(&getContext());
    options.overrideIndexBitwidth(64);
    LLVMTypeConverter types(&getContext(), options);
    RewritePatternSet patterns(&getContext());
    populateGpuToROCDLConversionPatterns(types, patterns, gpu::amd::HIP, *chipset);
    // The patterns of shuffles count with `arith`.
    arith::populateArithToLLVMConversionPatterns(types, patterns);
    LLVMConversionTarget target(getContext());
    target.addLegalDialect<ROCDL::ROCDLDialect>();
    target.addIllegalDialect<gpu::GPUDialect>();
    target.addLegalOp<gpu::GPUModuleOp, UnrealizedConversionCastOp>();
    if (failed(applyFullConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
