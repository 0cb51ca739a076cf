//===- Compile.cpp - from a finished GPU module to the emulator -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/emulator/Compile.h"

#include "lowering/emulator/Emulate.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::emulator;

/// The first place in a text that `location` has.
static runtime::Place placeOf(Location location) {
  runtime::Place place;
  location->walk([&](Location inner) {
    auto range = dyn_cast<FileLineColRange>(inner);
    if (!range)
      return WalkResult::advance();
    place = {range.getFilename().str(), range.getStartLine(), range.getStartColumn(),
             range.getEndLine(), range.getEndColumn()};
    return WalkResult::interrupt();
  });
  return place;
}

static llvm::Expected<Emulation> emulateOrSay(ModuleOp module) {
  std::string message;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diagnostic) {
    llvm::raw_string_ostream os(message);
    if (runtime::Place place = placeOf(diagnostic.getLocation()); place.line)
      os << place.file << ":" << place.line << ":" << place.column << ": ";
    os << diagnostic;
    return success();
  });
  FailureOr<Emulation> emulation = emulate(module);
  if (failed(emulation))
    return llvm::createStringError(message);
  return std::move(*emulation);
}

llvm::Expected<EmulatedPlan> mixc::lowering::emulator::compile(ModuleOp module, ModuleOp finished,
                                                               unsigned warpWidth) {
  OwningOpRef<ModuleOp> emulated = finished.clone();
  llvm::Expected<Emulation> emulation = emulateOrSay(*emulated);
  if (!emulation)
    return emulation.takeError();

  std::vector<host::Symbol> symbols;
  for (const runtime::emulator::Symbol &symbol : runtime::emulator::symbols())
    symbols.push_back({symbol.name, symbol.address});
  host::CpuTarget target = host::CpuTarget::native();
  target.effort = host::Effort::Quick;
  auto compiled = host::compile(module, *emulated, target);
  if (!compiled)
    return compiled.takeError();
  auto plan = host::load(std::move(*compiled), symbols);
  if (!plan)
    return plan.takeError();

  EmulatedPlan result{std::move(*plan), {}};
  result.code.warpWidth = warpWidth;
  for (auto &[name, kernel] : emulation->kernels) {
    auto address = result.plan->lookup(kernel.symbol);
    if (!address)
      return address.takeError();
    result.code.kernels[name] = {reinterpret_cast<mixc_emu_kernel>(*address), kernel.waits};
  }
  for (const Emulation::Variable &variable : emulation->shared)
    result.code.shared.push_back({variable.name, variable.bytes});
  for (Location site : emulation->sites)
    result.code.sites.push_back(placeOf(site));
  return result;
}
