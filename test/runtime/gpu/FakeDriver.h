//===- FakeDriver.h - a driver of GPUs without a GPU ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A library with the symbols of a vendor's driver, over memory of the host. It copies, counts and
// writes down; kernels are launched and do nothing. A test finds its record by dlsym; a program
// that knows nothing of it writes its launches to the file that $MIXC_FAKE_DRIVER_LOG names.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_TEST_RUNTIME_GPU_FAKEDRIVER_H
#define MIXC_TEST_RUNTIME_GPU_FAKEDRIVER_H

#include <cstdint>
#include <string>
#include <vector>

namespace mixc::fake {

struct Record {
  int devices = 1;
  /// The entry of the table that fails, with this status, and its text.
  std::string failing;
  int failure = 0;

  /// The entries called, in order.
  std::vector<std::string> calls;
  /// Allocations, streams, events, modules and contexts that were not given back.
  int live = 0;
  std::string image;

  // Of the last launch.
  std::string kernel;
  unsigned blocks = 0, threads = 0;
  std::vector<uint64_t> parameters;
  void *stream = nullptr;
};

} // namespace mixc::fake

#endif // MIXC_TEST_RUNTIME_GPU_FAKEDRIVER_H
