//===- Codegen.cpp - machine code of the host -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Codegen.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mixc::lowering::host;

llvm::Expected<OwningOpRef<ModuleOp>>
mixc::lowering::host::lower(ModuleOp module, llvm::function_ref<void(OpPassManager &)> build) {
  OwningOpRef<ModuleOp> copy = module.clone();
  std::string messages;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diagnostic) {
    llvm::raw_string_ostream(messages) << diagnostic << "\n";
    return success();
  });
  PassManager passes(module.getContext());
  // Own passes, tested apart: verifying between them would take a tenth of the compile time.
  passes.enableVerifier(false);
  build(passes);
  if (failed(passes.run(*copy)))
    return llvm::createStringError("the lowering failed: " + messages);
  return copy;
}

static llvm::Expected<std::unique_ptr<llvm::Module>> translate(ModuleOp module,
                                                               llvm::LLVMContext &context) {
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  module.getContext()->appendDialectRegistry(registry);
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(module, context, "mixc", /*disableVerification=*/true);
  if (!result)
    return llvm::createStringError("translation to LLVM IR failed");
  return result;
}

/// Tells every function what it is compiled for.
static void setAttributes(llvm::Module &module, const CpuTarget &target,
                          const llvm::TargetMachine &machine) {
  bool isWide = machine.getMCSubtargetInfo()->checkFeatures("+avx512f");
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    bool isForAny = function.hasFnAttribute(anyProcessor);
    function.addFnAttr("target-cpu", isForAny ? "x86-64" : target.cpu);
    function.addFnAttr("target-features", isForAny ? "" : target.features);
    if (isWide && !isForAny)
      function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr(llvm::Attribute::NoUnwind);
    function.addFnAttr(llvm::Attribute::MustProgress);
  }
}

static void optimise(llvm::Module &module, llvm::TargetMachine &machine, Effort effort) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = true;
  tuning.LoopInterleaving = true;
  tuning.LoopUnrolling = true;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  auto pipeline = effort == Effort::Full
                      ? builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
                      : builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0);
  pipeline.run(module, modules);
}

static llvm::Error generate(llvm::Module &module, llvm::TargetMachine &machine, CodeForm form,
                            llvm::raw_pwrite_stream &stream) {
  if (form == CodeForm::LLVM) {
    module.print(stream, nullptr);
    return llvm::Error::success();
  }
  llvm::legacy::PassManager passes;
  auto type = form == CodeForm::Assembly ? llvm::CodeGenFileType::AssemblyFile
                                         : llvm::CodeGenFileType::ObjectFile;
  if (machine.addPassesToEmitFile(passes, stream, /*DwoOut=*/nullptr, type,
                                  /*DisableVerify=*/true))
    return llvm::createStringError("LLVM can't write code for this machine");
  passes.run(module);
  return llvm::Error::success();
}

llvm::Expected<llvm::SmallVector<char, 0>>
mixc::lowering::host::emitCode(ModuleOp module, const CpuTarget &target, CodeForm form,
                               llvm::function_ref<llvm::Error(llvm::Module &)> extend) {
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  llvm::Expected<std::unique_ptr<llvm::Module>> code = translate(module, context);
  if (!code)
    return code.takeError();
  (*code)->setTargetTriple((*machine)->getTargetTriple());
  (*code)->setDataLayout((*machine)->createDataLayout());
  if (extend)
    if (llvm::Error error = extend(**code))
      return error;
  setAttributes(**code, target, **machine);
  optimise(**code, **machine, target.effort);

  llvm::SmallVector<char, 0> result;
  llvm::raw_svector_ostream stream(result);
  if (llvm::Error error = generate(**code, **machine, form, stream))
    return error;
  return result;
}
