//===- Linker.h - from object files to shared objects -----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_LINKER_H
#define MIXC_LOWERING_HOST_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <string>

namespace mixc::lowering::host {

/// The object file as a shared object, for whichever machine it is: what AMD's drivers load, and
/// what a program opens at run time. `options` are further ones of the linker. One thread at a time
/// links; the same inputs give the same bytes.
llvm::Expected<llvm::SmallVector<char, 0>>
linkSharedObject(llvm::ArrayRef<char> object, llvm::ArrayRef<std::string> options = {});

} // namespace mixc::lowering::host

#endif // MIXC_LOWERING_HOST_LINKER_H
