//===- Workers.h - many points on several threads ---------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The points of an equation do not depend on each other, so threads share them, and nothing that is
// computed depends on how: neither a value nor, where several points fail, which failure is
// reported (that of the first piece).
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_WORKERS_H
#define MIXC_COMPILER_REFERENCE_WORKERS_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace mixc::reference {

/// Threads that wait for work until the pool goes; as many as the system grants, up to `count`.
class Workers {
public:
  explicit Workers(unsigned count = std::thread::hardware_concurrency());
  ~Workers();
  Workers(const Workers &) = delete;
  Workers &operator=(const Workers &) = delete;

  /// How many threads work, the caller's included.
  unsigned size() const { return threads.size() + 1; }

  /// Calls `work(worker)` once on each thread, `worker` < size(), and waits for all.
  void run(llvm::function_ref<void(unsigned)> work);

private:
  void serve(unsigned worker);

  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable wake, done;
  llvm::function_ref<void(unsigned)> current;
  uint64_t generation = 0;
  unsigned busy = 0;
  bool stop = false;
};

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_WORKERS_H
