//===- Storage.h - the order of a tensor's axes in memory ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_STORAGE_H
#define MIXC_COMPILER_DRIVER_STORAGE_H

#include "compiler/driver/Inputs.h"

namespace mixc::driver {

/// By tensor: its axes, from outermost to innermost.
using StorageOrders = llvm::StringMap<llvm::SmallVector<unsigned>>;

/// Checks that `orders` speaks of arguments and outputs of `func` and names as many axes as they
/// have; notes in `func`, for the schedule, which tensors have stride 1 along the last axis.
llvm::Error setStorage(mixer::FuncOp func, const StorageOrders &orders);

/// The strides of a dense tensor of `shape` whose axes lie in memory in this order.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<unsigned> order);

/// A new tensor, with unspecified contents, whose axes lie in memory in this order.
llvm::Expected<reference::HostTensor> makeStored(reference::Element element,
                                                 llvm::ArrayRef<int64_t> shape,
                                                 llvm::ArrayRef<unsigned> order);

/// Stores the arguments of `inputs` that `orders` names anew.
llvm::Error applyStorage(Inputs &inputs, const StorageOrders &orders);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_STORAGE_H
