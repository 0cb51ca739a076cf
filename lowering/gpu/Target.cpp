//===- Target.cpp - the GPUs that we compile for --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/Target.h"

#include "llvm/ADT/StringExtras.h"

using namespace mixc::lowering::gpu;

namespace {
struct Nvidia {
  llvm::StringLiteral arch;
  /// PTX ISA, "Release notes": the version that introduced the target.
  unsigned ptxVersion;
};

// From sm_80 on: maxima that hand on a NaN, which the language means, are an instruction there.
constexpr Nvidia nvidia[] = {{"sm_80", 70},  {"sm_86", 71},  {"sm_87", 74},  {"sm_89", 78},
                             {"sm_90", 78},  {"sm_90a", 80}, {"sm_100", 86}, {"sm_100a", 86},
                             {"sm_120", 87}, {"sm_120a", 87}};

struct Amd {
  llvm::StringLiteral arch;
  /// CDNA runs wavefronts of 64. RDNA runs both widths, 32 by default.
  unsigned wave;
};

constexpr Amd amd[] = {{"gfx90a", 64},  {"gfx942", 64},  {"gfx950", 64},  {"gfx1100", 32},
                       {"gfx1101", 32}, {"gfx1102", 32}, {"gfx1200", 32}, {"gfx1201", 32}};
} // namespace

llvm::Expected<Target> Target::get(llvm::StringRef arch) {
  for (const Nvidia &gpu : nvidia)
    if (gpu.arch == arch)
      return Target{Vendor::Nvidia,           arch.str(),    /*warp=*/32, /*maxThreads=*/1024,
                    /*sharedBytes=*/48 << 10, gpu.ptxVersion};
  for (const Amd &gpu : amd)
    if (gpu.arch == arch)
      return Target{Vendor::Amd,
                    arch.str(),
                    gpu.wave,
                    /*maxThreads=*/1024,
                    /*sharedBytes=*/64 << 10,
                    /*ptxVersion=*/0};
  return llvm::createStringError("unknown GPU architecture `" + arch + "`, expected one of " +
                                 llvm::join(names(), ", "));
}

std::vector<llvm::StringRef> Target::names() {
  std::vector<llvm::StringRef> result;
  for (const Nvidia &gpu : nvidia)
    result.push_back(gpu.arch);
  for (const Amd &gpu : amd)
    result.push_back(gpu.arch);
  return result;
}
