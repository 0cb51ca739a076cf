//===- Extents.h - sizes from the command line --------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_EXTENTS_H
#define MIXC_COMPILER_DRIVER_EXTENTS_H

#include "compiler/reference/Tensor.h"
#include "dialects/mixer/Mixer.h"

#include "llvm/ADT/StringMap.h"

namespace mixc::driver {

/// A usage error where `dims` names an extent that `func` does not have.
llvm::Error checkDims(mixer::FuncOp func, const llvm::StringMap<int64_t> &dims);

/// The value of every extent: from `dims`, else from the shapes of the arguments `given`, else
/// derived from earlier ones. Those without one are a usage error that names them all. Whether two
/// sources agree is left to `reference::bindExtents`.
llvm::Expected<llvm::SmallVector<int64_t>>
completeExtents(mixer::FuncOp func, const llvm::StringMap<int64_t> &dims,
                const llvm::StringMap<reference::HostTensor> &given = {});

/// The shape of a tensor of `type` named `name`; an error where it would not fit any memory.
llvm::Expected<llvm::SmallVector<int64_t>>
shapeAt(mixer::MixerTensorType type, llvm::StringRef name, llvm::ArrayRef<int64_t> extents);

/// The element type of host tensors for `type`.
reference::Element elementOf(mixer::MixerTensorType type);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_EXTENTS_H
