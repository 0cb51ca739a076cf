//===- Text.h - a bundle's interface for readers and programs ---*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_TEXT_H
#define MIXC_LOWERING_BUNDLE_TEXT_H

#include "lowering/bundle/Errors.h"
#include "lowering/bundle/Formula.h"
#include "lowering/bundle/GpuCode.h"
#include "lowering/host/Target.h"

namespace mixc::lowering::bundle {

/// NAME.h: C11 and C++, with no header behind it but <stddef.h> and <stdint.h>. `gpu`: of a bundle
/// for GPUs.
std::string writeHeader(const Interface &interface, const GpuCode *gpu = nullptr);

/// NAME.json. `plan` and its kernels, which have been laid out, tell the workspace and the
/// launches. `target`: what runs the plan, and the kernels too without `gpu`.
std::string writeManifest(const Interface &interface, const Errors &errors, plan::FuncOp plan,
                          const host::CpuTarget &target, const GpuCode *gpu = nullptr);

/// The field of `struct NAME_args` for an extent or a tensor: its name, unless C or C++ keep that
/// for themselves.
std::string fieldName(llvm::StringRef name);

/// The type in C of an element of `tensor` in memory; of a complex one, of its parts.
llvm::StringRef elementInC(const Tensor &tensor);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_TEXT_H
