//===- Jit.cpp - compiling a plan and running it --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Jit.h"

#include "dialects/plan/Plan.h"
#include "lowering/host/Codegen.h"

#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering::host;

CompiledPlan::CompiledPlan(std::unique_ptr<llvm::orc::LLJIT> jit, mixc_plan plan,
                           mixc_plan_workspace workspace, std::vector<std::string> messages)
    : jit(std::move(jit)), plan(plan), workspace(workspace), messages(std::move(messages)) {}

CompiledPlan::~CompiledPlan() = default;

llvm::Expected<void *> CompiledPlan::lookup(llvm::StringRef name) const {
  auto address = jit->lookup(name);
  if (!address)
    return address.takeError();
  return address->toPtr<void *>();
}

static llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> link(llvm::SmallVector<char, 0> object,
                                                              llvm::ArrayRef<Symbol> symbols) {
  auto machine = createTargetMachine(CpuTarget::native());
  if (!machine)
    return machine.takeError();
  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(
                     llvm::orc::JITTargetMachineBuilder((*machine)->getTargetTriple()))
                 .create();
  if (!jit)
    return jit;
  auto buffer = std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(object), "mixc",
                                                                /*RequiresNullTerminator=*/false);
  llvm::orc::SymbolMap addresses;
  for (const Symbol &symbol : symbols)
    addresses[(*jit)->mangleAndIntern(symbol.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(symbol.address), llvm::JITSymbolFlags::Exported};
  if (llvm::Error error =
          (*jit)->getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(addresses))))
    return error;
  if (llvm::Error error = (*jit)->addObjectFile(std::move(buffer)))
    return error;
  return jit;
}

llvm::Expected<PlanCode> mixc::lowering::host::compile(ModuleOp module, ModuleOp lowered,
                                                       const CpuTarget &target) {
  auto plans = module.getOps<plan::FuncOp>();
  if (!llvm::hasSingleElement(plans))
    return llvm::createStringError("a module to run holds one plan");
  plan::FuncOp function = *plans.begin();
  PlanCode code;
  code.name = function.getSymName().str();
  for (auto check : function.getBody().getOps<plan::CheckOp>())
    code.messages.push_back(check.getMessage().str());
  auto object = emitCode(lowered, target, CodeForm::Object);
  if (!object)
    return object.takeError();
  code.object = std::move(*object);
  return code;
}

llvm::Expected<std::unique_ptr<CompiledPlan>>
mixc::lowering::host::load(PlanCode code, llvm::ArrayRef<Symbol> symbols) {
  auto jit = link(std::move(code.object), symbols);
  if (!jit)
    return jit.takeError();
  auto plan = (*jit)->lookup(code.name);
  if (!plan)
    return plan.takeError();
  auto workspace = (*jit)->lookup(code.name + "_workspace");
  if (!workspace)
    return workspace.takeError();
  return std::make_unique<CompiledPlan>(std::move(*jit), plan->toPtr<mixc_plan>(),
                                        workspace->toPtr<mixc_plan_workspace>(),
                                        std::move(code.messages));
}
