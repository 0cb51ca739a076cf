//===- Entry.h - the exported functions of a bundle -------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_ENTRY_H
#define MIXC_LOWERING_BUNDLE_ENTRY_H

#include "lowering/bundle/Errors.h"
#include "lowering/bundle/GpuCode.h"

#include "lowering/host/Target.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace mixc::lowering::bundle {

/// Links the launcher into `module`, which holds the functions of a plan (Functions.h), with the
/// tables that it needs, and exports `NAME_check` and its like, and their record `NAME_bundle`
/// (runtime/bundle/Record.h); everything else becomes private.
/// `target` is what the module is compiled for. With `gpu` the launcher is that of GPUs, and the
/// module holds the records of the kernels.
llvm::Error addEntry(llvm::Module &module, const Interface &interface, const Errors &errors,
                     const host::CpuTarget &target, const GpuCode *gpu = nullptr);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_ENTRY_H
