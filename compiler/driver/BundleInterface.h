//===- BundleInterface.h - a mixer as its bundle shows it ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_BUNDLEINTERFACE_H
#define MIXC_COMPILER_DRIVER_BUNDLEINTERFACE_H

#include "compiler/driver/Compile.h"
#include "compiler/driver/Spec.h"
#include "lowering/bundle/Interface.h"

namespace mixc::driver {

/// What a bundle of `func`, which `spec` has emitted with these options, says about it.
lowering::bundle::Interface bundleInterface(Spec &spec, mixer::FuncOp func,
                                            const SpecOptions &options,
                                            const CompileOptions &compilation);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_BUNDLEINTERFACE_H
