//===- ThreadPool.cpp - a host that runs kernels on threads ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ThreadPool.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>

using namespace mixc::runtime;

//===----------------------------------------------------------------------===//
// Scratch
//===----------------------------------------------------------------------===//

void AlignedBuffer::Free::operator()(void *pointer) const { std::free(pointer); }

bool AlignedBuffer::reserve(size_t bytes) {
  if (bytes <= capacity)
    return true;
  // The old memory goes first: the two need not exist at once.
  memory.reset();
  capacity = 0;
  if (bytes > SIZE_MAX - MIXC_ALIGNMENT)
    return false;
  size_t rounded = (bytes + MIXC_ALIGNMENT - 1) / MIXC_ALIGNMENT * MIXC_ALIGNMENT;
  memory.reset(std::aligned_alloc(MIXC_ALIGNMENT, rounded));
  if (!memory)
    return false;
  capacity = rounded;
  return true;
}

//===----------------------------------------------------------------------===//
// The state of a launch
//===----------------------------------------------------------------------===//

namespace {
constexpr uint64_t insideMask = (uint64_t(1) << 30) - 1;
constexpr uint64_t stopBit = uint64_t(1) << 30;
constexpr uint64_t openBit = uint64_t(1) << 31;
constexpr uint64_t launchOne = uint64_t(1) << 32;

constexpr uint64_t launchNumber(uint64_t state) { return state / launchOne; }

/// Chunks a thread takes on average: enough to even out points of unequal cost.
constexpr int64_t chunksPerThread = 16;

/// How often a thread looks again before it sleeps: about as long as waking it takes, some 20 us.
constexpr int spins = 500;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

/// Waits until `state` is no longer `old`, awake for a while, then asleep.
void waitChange(const std::atomic<uint64_t> &state, uint64_t old) {
  for (int spin = 0; spin < spins; ++spin) {
    if (state.load(std::memory_order_relaxed) != old)
      return;
    pause();
  }
  state.wait(old);
}
} // namespace

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

ThreadPool::ThreadPool(unsigned threads) : next(0), state(0) {
  host.launch = [](const mixc_host *host, mixc_kernel kernel, const mixc_view *views,
                   const int64_t *scalars, int64_t points, int64_t scratchBytes) {
    Job job{kernel, views, scalars, points, /*chunk=*/points};
    return static_cast<const Host *>(host)->pool->launch(job, scratchBytes);
  };
  host.pool = this;
  if (threads == 0)
    threads = std::max(1u, std::thread::hardware_concurrency());
  // Workers keep a reference to their buffer: the vector must not move.
  scratch.resize(threads);
  workers.reserve(threads - 1);
  for (unsigned k = 1; k < threads; ++k) {
    try {
      workers.emplace_back([this, k] { serve(scratch[k]); });
    } catch (const std::system_error &) {
      break; // The system has no more threads for us: fewer do as well.
    }
  }
}

ThreadPool::~ThreadPool() {
  state.fetch_or(stopBit);
  state.notify_all();
  for (std::thread &worker : workers)
    worker.join();
}

void ThreadPool::work(void *memory) {
  for (;;) {
    int64_t begin = next.fetch_add(job.chunk, std::memory_order_relaxed);
    if (begin >= job.points)
      return;
    job.kernel(job.views, job.scalars, begin, std::min(begin + job.chunk, job.points), memory);
  }
}

void ThreadPool::serve(const AlignedBuffer &memory) {
  uint64_t served = 0;
  for (;;) {
    uint64_t now = state.load(std::memory_order_acquire);
    if (now & stopBit)
      return;
    if (!(now & openBit) || launchNumber(now) == served) {
      waitChange(state, now);
      continue;
    }
    // Entering succeeds only while the launch is open: its job is then safe to read.
    if (!state.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel))
      continue;
    served = launchNumber(now);
    work(memory.data());
    now = state.fetch_sub(1, std::memory_order_acq_rel) - 1;
    if (!(now & openBit) && (now & insideMask) == 0)
      state.notify_all();
  }
}

int32_t ThreadPool::launch(const Job &wanted, int64_t scratchBytes) {
  std::lock_guard<std::mutex> lock(launching);
  int64_t threads = getNumThreads();
  int64_t chunk = std::max<int64_t>(1, wanted.points / (threads * chunksPerThread));
  bool alone = workers.empty() || chunk >= wanted.points;
  for (int64_t k = 0; k < (alone ? 1 : threads); ++k)
    if (!scratch[k].reserve(static_cast<size_t>(std::max<int64_t>(0, scratchBytes))))
      return MIXC_OUT_OF_MEMORY;
  if (alone) {
    wanted.kernel(wanted.views, wanted.scalars, 0, wanted.points, scratch[0].data());
    return 0;
  }

  job = wanted;
  job.chunk = chunk;
  next.store(0, std::memory_order_relaxed);
  state.fetch_add(launchOne + openBit, std::memory_order_acq_rel);
  state.notify_all();
  work(scratch[0].data());
  uint64_t now = state.fetch_sub(openBit, std::memory_order_acq_rel) - openBit;
  while (now & insideMask) {
    waitChange(state, now);
    now = state.load(std::memory_order_acquire);
  }
  return 0;
}
