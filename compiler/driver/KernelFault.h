//===- KernelFault.h - a fault inside compiled code ---------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels trust the subscripts that come from data, so that an invalid memory access while they run
// is most likely the input's fault and not ours, as is a heap that is found broken afterwards.
// Whatever thread it happens on, the process ends.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_KERNELFAULT_H
#define MIXC_COMPILER_DRIVER_KERNELFAULT_H

#include "dialects/mixer/Mixer.h"

#include <atomic>

namespace mixc::driver {

/// Whether a subscript, or the range of an index, comes from data in `func`.
bool trustsData(mixer::FuncOp func);

/// Compiled code that trusts data.
enum class TrustingKernels { None, Run, HaveRun };

/// Read by the signal handler.
extern std::atomic<TrustingKernels> trustingKernels;
static_assert(std::atomic<TrustingKernels>::is_always_lock_free);

/// Compiled code runs while this lives; `trusting`: it trusts data.
class KernelRun {
public:
  explicit KernelRun(bool trusting) : trusting(trusting) {
    if (trusting)
      trustingKernels = TrustingKernels::Run;
  }
  ~KernelRun() {
    if (trusting)
      trustingKernels = TrustingKernels::HaveRun;
  }
  KernelRun(const KernelRun &) = delete;
  KernelRun &operator=(const KernelRun &) = delete;

private:
  bool trusting;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_KERNELFAULT_H
