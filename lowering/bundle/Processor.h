//===- Processor.h - what a bundle asks of a processor ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_PROCESSOR_H
#define MIXC_LOWERING_BUNDLE_PROCESSOR_H

#include "lowering/bundle/Launcher.h"
#include "lowering/host/Target.h"

namespace mixc::lowering::bundle {

/// The instructions that LLVM may choose for `target`, beside those of every x86-64. Nothing for
/// other machines, whose programs don't outlive a change of the processor like that.
llvm::Expected<mixc_bundle_processor> processorOf(const host::CpuTarget &target);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_PROCESSOR_H
