//===- KernelFault.h - a fault inside compiled code ---------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels trust the subscripts that come from data, so that an invalid memory access while they run
// is most likely the input's fault and not ours. Whatever thread it happens on, the process ends.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_KERNELFAULT_H
#define MIXC_COMPILER_DRIVER_KERNELFAULT_H

#include <atomic>

namespace mixc::driver {

/// Whether compiled code runs that does not check its subscripts; read by the signal handler.
extern std::atomic<bool> runningTrustingKernels;
static_assert(std::atomic<bool>::is_always_lock_free);

/// Compiled code runs while this lives.
class KernelRun {
public:
  explicit KernelRun(bool checked) { runningTrustingKernels = !checked; }
  ~KernelRun() { runningTrustingKernels = false; }
  KernelRun(const KernelRun &) = delete;
  KernelRun &operator=(const KernelRun &) = delete;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_KERNELFAULT_H
