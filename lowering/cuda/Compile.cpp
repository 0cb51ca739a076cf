//===- Compile.cpp - from plan and tile to PTX ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cuda/Compile.h"

#include "lowering/cuda/Passes.h"
#include "lowering/gpu/Codegen.h"
#include "lowering/gpu/Pipeline.h"
#include "lowering/host/Codegen.h"

#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace mixc::lowering;

llvm::Expected<OwningOpRef<ModuleOp>> cuda::lower(ModuleOp module) {
  return host::lower(
      module, [](OpPassManager &passes) { gpu::buildGpuPipeline(passes, buildNvvmPipeline); });
}

/// Makes the code generator known to LLVM, once.
static void initialise() {
  [[maybe_unused]] static const bool done = [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return true;
  }();
}

llvm::Expected<std::string> cuda::emitPtx(mlir::gpu::GPUModuleOp kernels,
                                          const gpu::Target &target) {
  initialise();
  auto machine = gpu::createTargetMachine("nvptx64-nvidia-cuda", target.arch,
                                          "+ptx" + std::to_string(target.ptxVersion));
  if (!machine)
    return machine.takeError();
  DialectRegistry registry;
  registerNVVMDialectTranslation(registry);
  kernels.getContext()->appendDialectRegistry(registry);
  llvm::LLVMContext context;
  auto module = gpu::translate(kernels, context, **machine);
  if (!module)
    return module.takeError();
  gpu::optimise(**module, **machine);
  auto code = gpu::generate(**module, **machine, llvm::CodeGenFileType::AssemblyFile);
  if (!code)
    return code.takeError();
  return std::string(code->begin(), code->end());
}
