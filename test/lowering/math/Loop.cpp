//===- Loop.cpp - compiles a body of math ops into a loop -----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/lowering/math/Loop.h"

#include "lowering/math/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace mixc::test {
namespace {

std::string moduleText(const LoopText &loop) {
  std::string text;
  llvm::raw_string_ostream out(text);
  out << "func.func @loop(";
  for (int i = 0; i < loop.inputs + loop.outputs; ++i)
    out << "%p" << i << ": !llvm.ptr {llvm.noalias}, ";
  out << "%n: index) {\n  %lower = arith.constant 0 : index\n  %step = arith.constant 1 : index\n"
      << "  scf.for %i = %lower to %n step %step {\n  %k = arith.index_cast %i : index to i64\n";
  for (int i = 0; i < loop.inputs + loop.outputs; ++i)
    out << "  %a" << i << " = llvm.getelementptr %p" << i
        << "[%k] : (!llvm.ptr, i64) -> !llvm.ptr, " << loop.element << "\n";
  for (int i = 0; i < loop.inputs; ++i)
    out << "  %" << i << " = llvm.load %a" << i << " : !llvm.ptr -> " << loop.element << "\n";
  out << loop.body << "\n";
  for (int i = 0; i < loop.outputs; ++i)
    out << "  llvm.store %r" << i << ", %a" << loop.inputs + i << " : " << loop.element
        << ", !llvm.ptr\n";
  out << "  }\n  return\n}\n";
  return text;
}

LogicalResult lower(ModuleOp module) {
  PassManager passes(module.getContext());
  passes.addPass(createExpandMath());
  passes.addPass(createCSEPass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createConvertMathToLibmPass());
  passes.addPass(createConvertComplexToLLVMPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addPass(createConvertFuncToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
  return passes.run(module);
}

std::unique_ptr<llvm::TargetMachine> hostMachine() {
  auto builder = llvm::cantFail(llvm::orc::JITTargetMachineBuilder::detectHost());
  return llvm::cantFail(builder.createTargetMachine());
}

} // namespace

LoweredLoop::LoweredLoop(const LoopText &text) {
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                  func::FuncDialect, LLVM::LLVMDialect, math::MathDialect, scf::SCFDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
  module = parseSourceString<ModuleOp>(moduleText(text), &context);
  if (!module || failed(lower(*module)))
    llvm::report_fatal_error("the loop does not compile");
}

void LoweredLoop::run(const std::vector<void *> &arrays, int64_t count) {
  if (!engine) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    auto machine = hostMachine();
    auto optimize = makeOptimizingTransformer(3, 0, machine.get());
    ExecutionEngineOptions options;
    options.transformer = optimize;
    engine = llvm::cantFail(ExecutionEngine::create(*module, options, hostMachine()));
  }
  std::vector<void *> values = arrays;
  std::vector<void *> packed;
  for (void *&value : values)
    packed.push_back(&value);
  packed.push_back(&count);
  llvm::cantFail(engine->invokePacked("loop", packed));
}

std::string LoweredLoop::assembly(const std::string &cpu) {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  llvm::Triple triple("x86_64-unknown-linux-gnu");
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(triple, cpu, "", llvm::TargetOptions(), llvm::Reloc::PIC_,
                                  std::nullopt, llvm::CodeGenOptLevel::Aggressive));
  llvm::LLVMContext llvmContext;
  auto translated = translateModuleToLLVMIR(*module, llvmContext);
  translated->setTargetTriple(triple);
  translated->setDataLayout(machine->createDataLayout());
  for (llvm::Function &function : *translated)
    function.addFnAttr("prefer-vector-width", "512");
  llvm::cantFail(makeOptimizingTransformer(3, 0, machine.get())(translated.get()));
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream out(text);
  llvm::legacy::PassManager passes;
  machine->addPassesToEmitFile(passes, out, nullptr, llvm::CodeGenFileType::AssemblyFile);
  passes.run(*translated);
  return std::string(text);
}

} // namespace mixc::test
