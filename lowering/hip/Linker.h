//===- Linker.h - from object files to code objects -------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HIP_LINKER_H
#define MIXC_LOWERING_HIP_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace mixc::lowering::hip {

/// What AMD's drivers load: the object file as a shared object. One thread at a time links.
llvm::Expected<llvm::SmallVector<char, 0>> linkCodeObject(llvm::ArrayRef<char> object);

} // namespace mixc::lowering::hip

#endif // MIXC_LOWERING_HIP_LINKER_H
