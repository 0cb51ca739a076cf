//===- Workers.cpp - many points on several threads -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Workers.h"

#include <system_error>

using namespace mixc::reference;

Workers::Workers(unsigned count) {
  try {
    for (unsigned worker = 1; worker < count; ++worker)
      threads.emplace_back([this, worker] { serve(worker); });
  } catch (const std::system_error &) {
    // No more threads are to be had: those that there are do the same work.
  }
}

Workers::~Workers() {
  {
    std::lock_guard lock(mutex);
    stop = true;
  }
  wake.notify_all();
  for (std::thread &thread : threads)
    thread.join();
}

void Workers::run(llvm::function_ref<void(unsigned)> work) {
  {
    std::lock_guard lock(mutex);
    current = work;
    busy = threads.size();
    ++generation;
  }
  wake.notify_all();
  work(0);
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return busy == 0; });
}

void Workers::serve(unsigned worker) {
  uint64_t seen = 0;
  std::unique_lock lock(mutex);
  while (true) {
    wake.wait(lock, [&] { return stop || generation != seen; });
    if (stop)
      return;
    seen = generation;
    llvm::function_ref<void(unsigned)> work = current;
    lock.unlock();
    work(worker);
    lock.lock();
    if (--busy == 0)
      done.notify_one();
  }
}
