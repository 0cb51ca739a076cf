//===- GpuCode.cpp - the code of GPUs -------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/GpuCode.h"

#include "compiler/driver/Failure.h"
#include "lowering/cuda/Compile.h"
#include "lowering/hip/Compile.h"

using namespace llvm;

namespace mixc::driver {

using lowering::gpu::Vendor;
using GpuTarget = lowering::gpu::Target;

Expected<GpuTarget> gpuTarget(const Target &target) {
  bool isHip = target.kind == TargetKind::Hip;
  StringRef arch = target.architecture;
  if (arch.empty())
    arch = isHip ? "gfx942" : "sm_80";
  auto gpu = GpuTarget::get(arch);
  if (!gpu)
    return usageError(toString(gpu.takeError()));
  bool isAmd = gpu->vendor == Vendor::Amd;
  if (target.kind != TargetKind::Emulator && isAmd != isHip)
    return usageError("`" + target.text() + "`: `" + arch + "` is an architecture of " +
                      (isAmd ? "AMD, of target `hip`" : "NVIDIA, of target `cuda`"));
  return gpu;
}

Expected<mlir::OwningOpRef<mlir::ModuleOp>> lowerToGpu(mlir::ModuleOp module,
                                                       const GpuTarget &target) {
  return target.vendor == Vendor::Amd ? lowering::hip::lower(module, target)
                                      : lowering::cuda::lower(module);
}

static mlir::gpu::GPUModuleOp kernels(mlir::ModuleOp finished) {
  return *finished.getOps<mlir::gpu::GPUModuleOp>().begin();
}

Expected<std::string> gpuAssembly(mlir::ModuleOp finished, const GpuTarget &target) {
  return target.vendor == Vendor::Amd ? lowering::hip::emitAmdgcn(kernels(finished), target)
                                      : lowering::cuda::emitPtx(kernels(finished), target);
}

Expected<SmallVector<char, 0>> gpuBinary(mlir::ModuleOp finished, const GpuTarget &target) {
  if (target.vendor == Vendor::Amd)
    return lowering::hip::emitCodeObject(kernels(finished), target);
  auto ptx = lowering::cuda::emitPtx(kernels(finished), target);
  if (!ptx)
    return ptx.takeError();
  if (lowering::cuda::findAssembler())
    return lowering::cuda::assembleCubin(*ptx, target);
  return SmallVector<char, 0>(ptx->c_str(), ptx->c_str() + ptx->size() + 1);
}

static bool isGpu(TargetKind kind) {
  return kind == TargetKind::Cuda || kind == TargetKind::Hip || kind == TargetKind::Emulator;
}

bool isGpuStage(Stage stage, const Target &target) {
  bool isOfAnyTarget = stage == Stage::LLVM || stage == Stage::Assembly;
  return stage == Stage::Gpu || stage == Stage::PTX || stage == Stage::AMDGCN ||
         (isOfAnyTarget && isGpu(target.kind));
}

/// The GPU whose code `stage` is: that of the command line, or of the vendor whose language it is.
static Expected<GpuTarget> targetOfStage(Stage stage, Target target) {
  if (stage == Stage::LLVM)
    return usageError("`--emit llvm` prints the code of a CPU", {"that of a GPU: `--emit gpu`"});
  if (!isGpu(target.kind) && stage == Stage::Gpu)
    return usageError("`--emit gpu` wants the GPU",
                      {"such as `--target cuda:sm_90a` or `--target hip:gfx942`"});
  if (!isGpu(target.kind))
    target = {stage == Stage::PTX ? TargetKind::Cuda : TargetKind::Hip, ""};
  auto gpu = gpuTarget(target);
  if (!gpu)
    return gpu.takeError();
  Stage assembly = gpu->vendor == Vendor::Amd ? Stage::AMDGCN : Stage::PTX;
  if (stage != assembly && stage != Stage::Gpu && stage != Stage::Assembly)
    return usageError("`" + target.text() + "` has no such assembly",
                      {"`--emit asm` prints that which it has"});
  return gpu;
}

Expected<std::string> printGpuStage(mixer::FuncOp func, Stage stage,
                                    const CompileOptions &options) {
  auto target = targetOfStage(stage, options.target);
  if (!target)
    return target.takeError();
  auto module = compileToPlan(func, options);
  if (!module)
    return module.takeError();
  auto finished = lowerToGpu(**module, *target);
  if (!finished)
    return finished.takeError();
  if (stage != Stage::Gpu)
    return gpuAssembly(**finished, *target);
  std::string text;
  raw_string_ostream os(text);
  (*finished)->print(os);
  return text + "\n";
}

} // namespace mixc::driver
