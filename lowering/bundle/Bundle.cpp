//===- Bundle.cpp - a mixer for other programs ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Assemble.h"
#include "lowering/bundle/Entry.h"
#include "lowering/bundle/Functions.h"
#include "lowering/bundle/Text.h"
#include "lowering/cpu/Passes.h"
#include "lowering/host/Codegen.h"
#include "lowering/host/Passes.h"

#include "mlir/Transforms/Passes.h"
#include "llvm/Object/ArchiveWriter.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

plan::FuncOp bundle::planOf(ModuleOp module) { return *module.getOps<plan::FuncOp>().begin(); }

std::vector<std::string> bundle::conditionsOf(plan::FuncOp plan) {
  std::vector<std::string> conditions;
  for (auto check : plan.getBody().getOps<plan::CheckOp>())
    conditions.push_back(check.getMessage().str());
  return conditions;
}

llvm::Expected<OwningOpRef<ModuleOp>> bundle::layOut(ModuleOp module) {
  return host::lower(module, [](OpPassManager &passes) {
    passes.addPass(createCSEPass());
    passes.addNestedPass<plan::FuncOp>(host::createPlanLayout());
  });
}

/// A library of one member.
static llvm::Expected<llvm::SmallVector<char, 0>> makeArchive(llvm::ArrayRef<char> object,
                                                              StringRef member) {
  llvm::MemoryBufferRef buffer(StringRef(object.data(), object.size()), member);
  llvm::NewArchiveMember entry(buffer);
  auto archive = llvm::writeArchiveToBuffer(entry, llvm::SymtabWritingMode::NormalSymtab,
                                            llvm::object::Archive::K_GNU, /*Deterministic=*/true,
                                            /*Thin=*/false);
  if (!archive)
    return archive.takeError();
  StringRef bytes = (*archive)->getBuffer();
  return llvm::SmallVector<char, 0>(bytes.begin(), bytes.end());
}

llvm::Expected<Bundle> bundle::assemble(std::string header, std::string manifest,
                                        llvm::SmallVector<char, 0> object, StringRef name) {
  auto archive = makeArchive(object, (name + ".o").str());
  if (!archive)
    return archive.takeError();
  auto shared = makeSharedObject(object, name);
  if (!shared)
    return shared.takeError();
  return Bundle{std::move(header), std::move(manifest), std::move(object), std::move(*archive),
                std::move(*shared)};
}

llvm::Expected<Bundle> bundle::makeCpuBundle(ModuleOp module, const Interface &interface,
                                             const host::CpuTarget &target) {
  Errors errors = numberErrors(interface, conditionsOf(planOf(module)));
  auto laidOut = layOut(module);
  if (!laidOut)
    return laidOut.takeError();
  plan::FuncOp plan = planOf(**laidOut);
  std::string manifest = writeManifest(interface, errors, plan, target);

  addConditions(plan);
  if (failed(addScratch(plan)))
    return llvm::createStringError("the scratch of a kernel has no bound");
  auto lowered = host::lower(**laidOut, [&](OpPassManager &passes) { cpu::buildCpuPipeline(passes, target); });
  if (!lowered)
    return lowered.takeError();
  auto object = host::emitCode(**lowered, target, host::CodeForm::Object, [&](llvm::Module &code) {
    return addEntry(code, interface, errors, target);
  });
  if (!object)
    return object.takeError();
  return assemble(writeHeader(interface), std::move(manifest), std::move(*object), interface.name);
}
