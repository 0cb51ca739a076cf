//===- Host.cpp - threads and peaks for scripts ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Called from Python: bundles run on the threads that `mixc bench` uses, and the machine's peaks
// are measured by the same loops.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Peaks.h"
#include "runtime/ThreadPool.h"

using mixc::runtime::ThreadPool;

extern "C" {

void *bench_pool(unsigned threads) { return new ThreadPool(threads); }

/// As a bundle's `parallel_for`; `context` is a pool.
int32_t bench_parallel_for(void *context, int32_t pieces, void (*piece)(void *data, int32_t k),
                           void *data) {
  struct Call {
    void (*piece)(void *data, int32_t k);
    void *data;
  } call{piece, data};
  mixc_view view{&call, nullptr, nullptr};
  auto kernel = [](const mixc_view *views, const int64_t *, int64_t begin, int64_t end, void *) {
    auto *call = static_cast<Call *>(views->data);
    for (int64_t k = begin; k != end; ++k)
      call->piece(call->data, static_cast<int32_t>(k));
  };
  const mixc_host *host = static_cast<ThreadPool *>(context)->getHost();
  return host->launch(host, kernel, &view, nullptr, pieces, 0);
}

double bench_arithmetic(unsigned threads) { return mixc::driver::sampleArithmetic(threads); }

double bench_read(const void *memory, int64_t bytes, unsigned threads) {
  return mixc::driver::sampleRead(memory, bytes, threads);
}
}
