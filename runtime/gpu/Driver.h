//===- Driver.h - the drivers of GPUs, where there are any ------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library of a vendor is looked for when it is asked for, and never linked: a program with this
// runtime starts on any machine, and says what it looked for where there is no GPU.
//
//     std::string why;
//     auto driver = Driver::open(Vendor::Nvidia, why);
//     if (!driver)
//       report(why);  // "looked for NVIDIA's driver `libcuda.so.1`: ..."
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_GPU_DRIVER_H
#define MIXC_RUNTIME_GPU_DRIVER_H

#include "runtime/gpu/Symbols.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mixc::runtime::gpu {

enum class Vendor { Nvidia, Amd };

/// What a driver says of one of its devices.
struct Description {
  std::string name;
  /// As compilers call it: `sm_90`, `gfx942`.
  std::string architecture;
  /// Streaming multiprocessors, or compute units.
  uint32_t units = 0;
  uint32_t threadsOfUnit = 0;
  size_t memoryBytes = 0;
};

/// An open library with at least one device. Stays open as long as the process.
class Driver {
public:
  /// Null where there is no library, one without a function that we need, or no device; `why` then
  /// says in one line what was looked for. `libraries`: in the place of the vendor's own names,
  /// tried in their order.
  static std::shared_ptr<const Driver> open(Vendor vendor, std::string &why,
                                            const std::vector<std::string> &libraries = {});

  const Symbols &symbols() const { return table; }
  Vendor vendor() const { return maker; }
  int deviceCount() const { return count; }

  /// What is known of a device; in `status` whether all questions were answered.
  Description describe(int ordinal, Status &status) const;

  /// "the copy failed: CUDA_ERROR_INVALID_VALUE (invalid argument)", for `doing` = "the copy".
  std::string explain(const std::string &doing, Status status) const;

private:
  explicit Driver(Vendor vendor) : maker(vendor), table{} {}
  /// Fills the table: the name of the first function that `library` lacks, or null.
  const char *resolve(void *library);

  Vendor maker;
  Symbols table;
  int count = 0;
};

} // namespace mixc::runtime::gpu

#endif // MIXC_RUNTIME_GPU_DRIVER_H
