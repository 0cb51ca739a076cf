//===- Peaks.cpp - what this machine can do at most -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Peaks.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <thread>
#include <unistd.h>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace mixc::driver {

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

namespace {

/// As many independent chains as hide the latency of an addition, and as fit the registers of AVX2
/// beside the two operands.
constexpr int chains = 12;

/// `rounds` steps of each chain. The numbers come from memory, so that nothing is known about them.
template <typename Number, int bytes>
[[gnu::always_inline]] inline double multiplyAdd(int64_t rounds, const volatile double *numbers) {
  using Vector [[gnu::vector_size(bytes)]] = Number;
  Vector factor = Vector{} + static_cast<Number>(numbers[0]);
  Vector term = Vector{} + static_cast<Number>(numbers[1]);
  Vector sums[chains];
  for (int chain = 0; chain != chains; ++chain)
    sums[chain] = term * static_cast<Number>(chain);
  for (int64_t round = 0; round != rounds; ++round)
    for (Vector &sum : sums)
      sum = sum * factor + term;
  double total = 0;
  for (Vector &sum : sums)
    total += sum[0];
  return total;
}

template <int bytes>
[[gnu::always_inline]] inline uint64_t readAll(const uint64_t *from, int64_t count) {
  using Vector [[gnu::vector_size(bytes)]] = uint64_t;
  auto *vectors = reinterpret_cast<const Vector *>(from);
  Vector sums[8] = {};
  for (int64_t k = 0, end = count * 8 / bytes; k + 8 <= end; k += 8)
    for (int lane = 0; lane != 8; ++lane)
      sums[lane] += vectors[k + lane];
  uint64_t total = 0;
  for (Vector &sum : sums)
    total += sum[0];
  return total;
}

/// The loops at one width of vectors.
struct Loops {
  int vectorBytes;
  double (*f32)(int64_t rounds, const volatile double *numbers);
  double (*f64)(int64_t rounds, const volatile double *numbers);
  uint64_t (*read)(const uint64_t *from, int64_t count);
};

#define MIXC_LOOPS(name, bytes, attribute)                                                         \
  attribute double name##F32(int64_t rounds, const volatile double *numbers) {                     \
    return multiplyAdd<float, bytes>(rounds, numbers);                                             \
  }                                                                                                \
  attribute double name##F64(int64_t rounds, const volatile double *numbers) {                     \
    return multiplyAdd<double, bytes>(rounds, numbers);                                            \
  }                                                                                                \
  attribute uint64_t name##Read(const uint64_t *from, int64_t count) {                             \
    return readAll<bytes>(from, count);                                                            \
  }                                                                                                \
  constexpr Loops name{bytes, name##F32, name##F64, name##Read};

MIXC_LOOPS(plain, 16, )
#ifdef __x86_64__
MIXC_LOOPS(avx2, 32, [[gnu::target("avx2,fma")]])
MIXC_LOOPS(avx512, 64, [[gnu::target("avx512f")]])
#endif
#undef MIXC_LOOPS

const Loops &widestLoops() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f"))
    return avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return avx2;
#endif
  return plain;
}

//===----------------------------------------------------------------------===//
// Measurements
//===----------------------------------------------------------------------===//

/// Keeps threads on cores of their own while it lives: the scheduler may start a thread on the core
/// of its caller and leave it there for the milliseconds that a sample takes.
class Placement {
public:
#ifdef __linux__
  Placement() { known = sched_getaffinity(0, sizeof(allowed), &allowed) == 0; }
  ~Placement() {
    if (known)
      sched_setaffinity(0, sizeof(allowed), &allowed);
  }
  /// Moves the calling thread to the core of `thread`; more threads than cores share them.
  void place(unsigned thread) const {
    if (!known)
      return;
    unsigned left = thread % CPU_COUNT(&allowed);
    for (int core = 0; core != CPU_SETSIZE; ++core)
      if (CPU_ISSET(core, &allowed) && left-- == 0) {
        cpu_set_t own;
        CPU_ZERO(&own);
        CPU_SET(core, &own);
        sched_setaffinity(0, sizeof(own), &own);
        return;
      }
  }

private:
  cpu_set_t allowed;
  bool known;
#else
  void place(unsigned) const {}
#endif
};

/// The seconds that `work(thread)` takes on all threads at once: from when the last has started to
/// when the last is done.
template <typename Work> double timeTogether(unsigned threads, Work work) {
  std::atomic<unsigned> ready = 0;
  std::atomic<bool> go = false;
  Placement placement;
  placement.place(0);
  std::vector<std::thread> others;
  for (unsigned thread = 1; thread < threads; ++thread)
    others.emplace_back([&, thread] {
      placement.place(thread);
      ++ready;
      while (!go)
        std::this_thread::yield();
      work(thread);
    });
  while (ready != threads - 1)
    std::this_thread::yield();
  auto start = std::chrono::steady_clock::now();
  go = true;
  work(0);
  for (std::thread &other : others)
    other.join();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The best rate of a few runs of `work`, which does `amount` on each thread.
template <typename Work>
double bestRate(unsigned threads, int repetitions, double amount, Work work) {
  double best = 0;
  for (int repetition = 0; repetition != repetitions; ++repetition)
    best = std::max(best, amount * threads / timeTogether(threads, work));
  return best;
}

/// Keeps the compiler from dropping what was computed.
std::atomic<double> sink;

double arithmeticRate(unsigned threads, double (*loop)(int64_t, const volatile double *), int lanes,
                      int64_t rounds, int repetitions) {
  static const volatile double numbers[2] = {0.999, 1e-3};
  double flops = 2.0 * rounds * chains * lanes;
  return bestRate(threads, repetitions, flops, [&](unsigned) { sink = loop(rounds, numbers); });
}

double readRate(unsigned threads, const Loops &loops, double workingSet) {
  // At most twice what the last cache holds, where the system tells.
  int64_t cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
  int64_t total = std::clamp<int64_t>(2 * cache, int64_t(256) << 20, int64_t(1) << 30);
  constexpr int64_t step = 512; // bytes of a round of the loop at its widest
  total = static_cast<int64_t>(std::clamp(workingSet, double(step) * threads, double(total)));
  int64_t count = total / threads / step * (step / 8);
  int64_t passes = std::max<int64_t>(1, (int64_t(64) << 20) / (count * 8));
  std::vector<std::unique_ptr<uint64_t[], void (*)(void *)>> buffers;
  for (unsigned thread = 0; thread != threads; ++thread)
    buffers.emplace_back(static_cast<uint64_t *>(std::aligned_alloc(64, count * 8)), std::free);
  // Each thread touches its own first, which places it near.
  timeTogether(threads, [&](unsigned thread) {
    if (buffers[thread])
      std::fill_n(buffers[thread].get(), count, thread);
  });
  return bestRate(threads, 4, static_cast<double>(count) * 8 * passes, [&](unsigned thread) {
    for (int64_t pass = 0; buffers[thread] && pass != passes; ++pass)
      sink = static_cast<double>(loops.read(buffers[thread].get(), count));
  });
}

} // namespace

Peaks measurePeaks(unsigned threads, double workingSet) {
  const Loops &loops = widestLoops();
  Peaks peaks;
  peaks.f32 = arithmeticRate(threads, loops.f32, loops.vectorBytes / 4, 4'000'000, 4);
  peaks.f64 = arithmeticRate(threads, loops.f64, loops.vectorBytes / 8, 4'000'000, 4);
  peaks.read = readRate(threads, loops, workingSet);
  return peaks;
}

double sampleArithmetic(unsigned threads) {
  const Loops &loops = widestLoops();
  return arithmeticRate(threads, loops.f32, loops.vectorBytes / 4, 500'000, 1);
}

double sampleRead(const void *memory, int64_t bytes, unsigned threads) {
  const Loops &loops = widestLoops();
  constexpr int64_t step = 512; // as in readRate
  int64_t share = bytes / threads / step * step;
  auto *from = static_cast<const char *>(memory);
  return bestRate(threads, 1, static_cast<double>(share), [&](unsigned thread) {
    auto *words = reinterpret_cast<const uint64_t *>(from + thread * share);
    sink = static_cast<double>(loops.read(words, share / 8));
  });
}

} // namespace mixc::driver
