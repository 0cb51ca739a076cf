//===- Target.h - the GPUs that we compile for ------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A GPU by the name that its vendor's compilers give to the architecture: `sm_90a`, `gfx942`.
// Whatever differs between the GPUs of one vendor is a field here.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_GPU_TARGET_H
#define MIXC_LOWERING_GPU_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace mixc::lowering::gpu {

enum class Vendor { Nvidia, Amd };

struct Target {
  Vendor vendor;
  /// The architecture: `sm_90a`, `gfx942`.
  std::string arch;
  /// The threads that run in step: of a warp, of a wavefront.
  unsigned warp;
  /// The most threads of a block.
  unsigned maxThreads;
  /// The bytes of shared memory that a block may have without asking for more at the launch.
  int64_t sharedBytes;
  /// The first version of PTX that knows the architecture, times 10 (80: 8.0); 0 at AMD.
  unsigned ptxVersion;

  /// The target called `arch`.
  static llvm::Expected<Target> get(llvm::StringRef arch);
  /// The names of all architectures.
  static std::vector<llvm::StringRef> names();
};

} // namespace mixc::lowering::gpu

#endif // MIXC_LOWERING_GPU_TARGET_H
