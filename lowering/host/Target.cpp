//===- Target.cpp - the processors that we compile for --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Target.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

using namespace mixc::lowering::host;

/// The target of this machine, its code generator made known to LLVM at the first call.
static llvm::Expected<const llvm::Target *> lookupTarget(const llvm::Triple &triple) {
  static const bool failed = llvm::InitializeNativeTarget() ||
                             llvm::InitializeNativeTargetAsmPrinter() ||
                             llvm::InitializeNativeTargetAsmParser();
  std::string message = "LLVM has no code generator for this machine";
  const llvm::Target *target =
      failed ? nullptr : llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return llvm::createStringError(message);
  return target;
}

static llvm::Triple hostTriple() { return llvm::Triple(llvm::sys::getProcessTriple()); }

CpuTarget CpuTarget::native() {
  llvm::SubtargetFeatures features;
  for (auto &[name, isThere] : llvm::sys::getHostCPUFeatures())
    features.AddFeature(name, isThere);
  return {llvm::sys::getHostCPUName().str(), features.getString(), Effort::Full};
}

llvm::Expected<CpuTarget> CpuTarget::get(llvm::StringRef name) {
  if (name == "native")
    return native();
  llvm::Triple triple = hostTriple();
  llvm::Expected<const llvm::Target *> target = lookupTarget(triple);
  if (!target)
    return target.takeError();
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      (*target)->createMCSubtargetInfo(triple, /*CPU=*/"", /*Features=*/""));
  if (!info || !info->isCPUStringValid(name))
    return llvm::createStringError("unknown processor `" + name + "`");
  return CpuTarget{name.str(), "", Effort::Full};
}

std::vector<llvm::StringRef> CpuTarget::names() {
  llvm::Triple triple = hostTriple();
  std::vector<llvm::StringRef> names;
  llvm::Expected<const llvm::Target *> target = lookupTarget(triple);
  if (!target) {
    llvm::consumeError(target.takeError());
    return names;
  }
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      (*target)->createMCSubtargetInfo(triple, /*CPU=*/"", /*Features=*/""));
  if (info)
    for (const llvm::SubtargetSubTypeKV &processor : info->getAllProcessorDescriptions())
      names.push_back(processor.Key);
  return names;
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
mixc::lowering::host::createTargetMachine(const CpuTarget &target) {
  llvm::Triple triple = hostTriple();
  llvm::Expected<const llvm::Target *> llvmTarget = lookupTarget(triple);
  if (!llvmTarget)
    return llvmTarget.takeError();
  auto level = target.effort == Effort::Full ? llvm::CodeGenOptLevel::Aggressive
                                             : llvm::CodeGenOptLevel::None;
  std::unique_ptr<llvm::TargetMachine> machine(
      (*llvmTarget)
          ->createTargetMachine(triple, target.cpu, target.features, llvm::TargetOptions(),
                                llvm::Reloc::PIC_,
                                /*CM=*/std::nullopt, level));
  if (!machine)
    return llvm::createStringError("LLVM has no code generator for processor `" + target.cpu + "`");
  return machine;
}
