//===- Threads.cpp - threads for bundles, from C --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ThreadPool.h"
#include "runtime/gpu/Interface.h"
#include "runtime/include/mixc/bundle.h"

#include <cstdlib>

using namespace mixc::runtime;
using namespace mixc::runtime::gpu;

struct mixc_threads {
  ThreadPool pool;
};

/// Pieces of a kernel for each thread: enough to even out points of unequal cost.
static constexpr int32_t piecesPerThread = 4;

namespace {
struct Pieces {
  void (*piece)(void *data, int32_t k);
  void *data;
};
} // namespace

/// The pieces as the points of a kernel, whose one view they are.
static void runPieces(const mixc_view *views, const int64_t *, int64_t begin, int64_t end, void *) {
  const auto &pieces = *static_cast<const Pieces *>(views->data);
  for (int64_t k = begin; k < end; ++k)
    pieces.piece(pieces.data, static_cast<int32_t>(k));
}

static int32_t parallelFor(void *context, int32_t count, void (*piece)(void *data, int32_t k),
                           void *data) {
  const mixc_host *host = static_cast<mixc_threads *>(context)->pool.getHost();
  Pieces pieces{piece, data};
  mixc_view view{&pieces, nullptr, nullptr};
  return host->launch(host, runPieces, &view, nullptr, count, 0);
}

int32_t mixc_threads_create(int32_t count, mixc_threads **threads) {
  constexpr int32_t most = 4096;
  if (!threads || count < 0 || count > most)
    return fail(MIXC_BAD_ARGUMENT, !threads
                                       ? "mixc_threads_create: an argument is null"
                                       : "there can be no " + std::to_string(count) +
                                             " threads: 0 to " + std::to_string(most) + " can");
  *threads = new mixc_threads{ThreadPool(static_cast<unsigned>(count))};
  return MIXC_DONE;
}

void mixc_threads_destroy(mixc_threads *threads) { delete threads; }

int32_t mixc_threads_host(mixc_threads *threads, mixc_bundle_host *host) {
  if (!threads || !host)
    return fail(MIXC_BAD_ARGUMENT, "mixc_threads_host: an argument is null");
  *host = {};
  host->context = threads;
  host->pieces = static_cast<int32_t>(threads->pool.getNumThreads()) * piecesPerThread;
  host->parallel_for = parallelFor;
  host->allocate = [](void *, size_t bytes, size_t alignment) {
    return std::aligned_alloc(alignment, bytes);
  };
  host->release = [](void *, void *memory) { std::free(memory); };
  return MIXC_DONE;
}
