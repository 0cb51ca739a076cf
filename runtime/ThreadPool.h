//===- ThreadPool.h - a host that runs kernels on threads -------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host (runtime/kernel.h) for one machine: a fixed set of threads, among them the caller's,
// that take chunks of a grid from a shared counter until none is left. What a kernel computes at a
// point does not depend on the chunk, so the number of threads never changes a result.
//
// A launch costs two atomic operations a chunk and one wake-up. The caller starts at once and waits
// only for threads that took a chunk: one that wakes too late for a short kernel finds it closed
// and delays nobody.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_THREADPOOL_H
#define MIXC_RUNTIME_THREADPOOL_H

#include "runtime/kernel.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mixc::runtime {

/// Memory aligned to MIXC_ALIGNMENT whose contents need not survive growing.
class AlignedBuffer {
public:
  /// Makes room for `bytes`; false when there is no memory for it.
  bool reserve(size_t bytes);
  void *data() const { return memory.get(); }

private:
  struct Free {
    void operator()(void *pointer) const;
  };
  std::unique_ptr<void, Free> memory;
  size_t capacity = 0;
};

class ThreadPool {
public:
  /// A pool of `threads` threads, the calling one included; 0 means one for each core.
  explicit ThreadPool(unsigned threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  unsigned getNumThreads() const { return static_cast<unsigned>(workers.size()) + 1; }

  /// What compiled mixers take. Several threads may use it: their launches go one after the other.
  const mixc_host *getHost() const { return &host; }

private:
  /// The launch that is running.
  struct Job {
    mixc_kernel kernel;
    const mixc_view *views;
    const int64_t *scalars;
    int64_t points, chunk;
  };

  int32_t launch(const Job &next, int64_t scratchBytes);
  /// Takes chunks of the job until none is left.
  void work(void *scratch);
  /// A worker's life: sleep, join a launch, leave it.
  void serve(const AlignedBuffer &scratch);

  /// The host with the way back to its pool.
  struct Host : mixc_host {
    ThreadPool *pool;
  };

  Host host{};
  std::mutex launching;
  Job job;
  /// The first point that nobody took.
  std::atomic<int64_t> next;
  /// Who is at the job: launches so far << 32 | open << 31 | stop << 30 | workers inside.
  std::atomic<uint64_t> state;
  std::vector<AlignedBuffer> scratch;
  std::vector<std::thread> workers;
};

} // namespace mixc::runtime

#endif // MIXC_RUNTIME_THREADPOOL_H
