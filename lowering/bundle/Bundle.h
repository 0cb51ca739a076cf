//===- Bundle.h - a mixer for other programs --------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A bundle is what another program needs to use a mixer, and nothing of mixc: a header, an object
// file (alone, as a library, and as a shared object), and a manifest. Its parts:
//
//   plan, kernels      as for the JIT
//   launcher           Launcher.c: checks, workspace, threads; the same code in every bundle.
//                      GpuLauncher.c: the driver of a GPU, for kernels that run there
//   device code        GpuBundle.cpp: bytes in the object, which the driver loads
//   tables, entries    Entry.cpp: what the launcher knows of this mixer; the exported functions
//   shared object      SharedObject.cpp: the same code, for programs that open it at run time
//   header, manifest   Header.cpp, Manifest.cpp: the same for readers and for programs
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_BUNDLE_H
#define MIXC_LOWERING_BUNDLE_BUNDLE_H

#include "lowering/bundle/Interface.h"
#include "lowering/gpu/Target.h"
#include "lowering/host/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"

namespace mixc::lowering::bundle {

/// The contents of NAME.h, NAME.o, NAME.a, NAME.so and NAME.json. The same inputs give the same
/// bytes.
struct Bundle {
  std::string header, manifest;
  llvm::SmallVector<char, 0> object, archive, shared;
};

/// The bundle of the one plan in `module` and its kernels, which stay as they are, for processors
/// like `target`.
llvm::Expected<Bundle> makeCpuBundle(mlir::ModuleOp module, const Interface &interface,
                                     const host::CpuTarget &target);

/// The same for GPUs: code for each of `targets`, which are of one vendor, at least one. Of
/// NVIDIA's it holds PTX, and cubins where `ptxas` is found; the plan runs on processors of
/// x86-64-v3.
llvm::Expected<Bundle> makeGpuBundle(mlir::ModuleOp module, const Interface &interface,
                                     llvm::ArrayRef<gpu::Target> targets);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_BUNDLE_H
