//===- Peaks.h - what this machine can do at most -----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Measured, not looked up: independent chains of fused multiply-adds in registers give the peak of
// arithmetic, a sum over more memory than the caches hold that of reading. Both run on as many
// threads as the measurement that they are compared with.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_PEAKS_H
#define MIXC_COMPILER_DRIVER_PEAKS_H

#include <cstdint>
#include <limits>

namespace mixc::driver {

struct Peaks {
  double f32 = 0;  ///< FLOP/s, a fused multiply-add being 2
  double f64 = 0;  ///< the same in double precision
  double read = 0; ///< B/s of reading the working set again and again
};

/// The peaks for work on `workingSet` bytes: what fits a cache is read from there. Unbounded, it is
/// the memory's rate. Takes about half a second.
Peaks measurePeaks(unsigned threads, double workingSet = std::numeric_limits<double>::infinity());

/// One short sample of the f32 peak, in FLOP/s: to be taken around a run, since the speed of a
/// machine changes from one second to the next. Takes a few milliseconds.
double sampleArithmetic(unsigned threads);

/// The rate, in B/s, of reading `bytes` bytes at `memory` once; it is aligned to 64 bytes.
double sampleRead(const void *memory, int64_t bytes, unsigned threads);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_PEAKS_H
