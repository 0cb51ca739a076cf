//===- Compile.cpp - from plan and tile to code of AMD's GPUs -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/hip/Compile.h"
#include "lowering/host/Linker.h"

#include "lowering/gpu/Codegen.h"
#include "lowering/gpu/Pipeline.h"
#include "lowering/hip/Passes.h"
#include "lowering/host/Codegen.h"

#include "mlir/Target/LLVMIR/Dialect/ROCDL/ROCDLToLLVMIRTranslation.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicsAMDGPU.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;

/// The version of the interface between code objects and the driver: the newest that the drivers of
/// all the architectures take (ROCm 5.7 and later).
static constexpr unsigned codeObjectVersion = 500;

llvm::Expected<OwningOpRef<ModuleOp>> hip::lower(ModuleOp module, const gpu::Target &target) {
  return host::lower(module, [&](OpPassManager &passes) {
    gpu::buildGpuPipeline(
        passes, [&](OpPassManager &kernels) { buildRocdlPipeline(kernels, target.arch); });
  });
}

/// Makes the code generator known to LLVM, once.
static void initialise() {
  [[maybe_unused]] static const bool done = [] {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUAsmPrinter();
    return true;
  }();
}

/// The number of blocks is the one thing that ROCDL leaves to ROCm's device library. It is in front
/// of the implicit arguments that the driver appends to a kernel's own (LLVM's AMDGPU backend,
/// "Code Object V5 Metadata": hidden_block_count_x, y and z).
static void defineBlockCounts(llvm::Module &module) {
  llvm::Function *function = module.getFunction("__ockl_get_num_groups");
  if (!function)
    return;
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(module.getContext(), "", function));
  llvm::Value *arguments = b.CreateIntrinsic(llvm::Intrinsic::amdgcn_implicitarg_ptr, {});
  llvm::Value *field = b.CreateInBoundsGEP(b.getInt32Ty(), arguments, function->getArg(0));
  llvm::Value *count = b.CreateAlignedLoad(b.getInt32Ty(), field, llvm::Align(4));
  b.CreateRet(b.CreateZExt(count, function->getReturnType()));
  function->setLinkage(llvm::GlobalValue::InternalLinkage);
  function->addFnAttr(llvm::Attribute::AlwaysInline);
}

static llvm::Expected<llvm::SmallVector<char, 0>> emit(mlir::gpu::GPUModuleOp kernels,
                                                       const lowering::gpu::Target &target,
                                                       llvm::CodeGenFileType form) {
  initialise();
  auto machine =
      lowering::gpu::createTargetMachine("amdgcn-amd-amdhsa", target.arch, /*features=*/"");
  if (!machine)
    return machine.takeError();
  DialectRegistry registry;
  registerROCDLDialectTranslation(registry);
  kernels.getContext()->appendDialectRegistry(registry);
  llvm::LLVMContext context;
  auto module = lowering::gpu::translate(kernels, context, **machine);
  if (!module)
    return module.takeError();
  (*module)->addModuleFlag(llvm::Module::Error, "amdhsa_code_object_version", codeObjectVersion);
  defineBlockCounts(**module);
  lowering::gpu::optimise(**module, **machine);
  return lowering::gpu::generate(**module, **machine, form);
}

llvm::Expected<std::string> hip::emitAmdgcn(mlir::gpu::GPUModuleOp kernels,
                                            const gpu::Target &target) {
  auto code = emit(kernels, target, llvm::CodeGenFileType::AssemblyFile);
  if (!code)
    return code.takeError();
  return std::string(code->begin(), code->end());
}

llvm::Expected<llvm::SmallVector<char, 0>> hip::emitCodeObject(mlir::gpu::GPUModuleOp kernels,
                                                               const gpu::Target &target) {
  auto object = emit(kernels, target, llvm::CodeGenFileType::ObjectFile);
  if (!object)
    return object.takeError();
  return host::linkSharedObject(*object);
}
