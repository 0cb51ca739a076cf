//===- Target.h - the processors that we compile for ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A processor by its name in LLVM. `native` is the one that runs the compiler; `x86-64-v3` (AVX2,
// FMA, F16C) and `x86-64-v4` (AVX-512) are what exported kernels are made for.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_TARGET_H
#define MIXC_LOWERING_HOST_TARGET_H

#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>
#include <vector>

namespace mixc::lowering::host {

/// How hard LLVM works: for code that runs often, or for code that is there soon.
enum class Effort { Full, Quick };

struct CpuTarget {
  /// The processor as LLVM calls it, and features beside those that its name implies
  /// (`+avx512f,-fma`).
  std::string cpu, features;
  Effort effort = Effort::Full;

  static CpuTarget native();
  /// The target called `name`: `native`, or a processor.
  static llvm::Expected<CpuTarget> get(llvm::StringRef name);
  /// The processors that `get` knows, beside `native`.
  static std::vector<llvm::StringRef> names();

  bool operator==(const CpuTarget &) const = default;
};

/// LLVM's description of `target`, for position-independent code.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createTargetMachine(const CpuTarget &target);

} // namespace mixc::lowering::host

#endif // MIXC_LOWERING_HOST_TARGET_H
