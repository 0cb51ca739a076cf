//===- Work.h - the arithmetic and the bytes that equations need --*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Counted from the equations as written, at given extents, without running anything:
//
//   - An operation on floats is 1 (a fused multiply-add 2, a complex product 6), whatever it
//     costs; integers, comparisons, selections and conversions are free. A normaliser is 5 an
//     element, a value of a transform of length N 5 log2 N (2.5 for real data).
//   - It counts once for each combination of the indices that it depends on, as if hoisted out of
//     all other loops.
//   - What a mask excludes does not count: a branch not taken, a term known to be 0 and what it
//     alone needs (KnownValues.h). Where a mask depends on data, all of it counts.
//   - An equation counts at the points that later ones read, as far as their subscripts are plain
//     indices.
//
// Index spaces with masks are enumerated where they are small and sampled evenly where they are
// not; the result says which.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_WORK_H
#define MIXC_COMPILER_DRIVER_WORK_H

#include "dialects/mixer/Mixer.h"

namespace mixc::driver {

/// How a count came about.
enum class Counted {
  Exactly,
  BySampling,
  UpToData ///< an upper bound: masks or ranges depend on data
};
llvm::StringRef text(Counted counted);

struct EquationWork {
  std::string name;
  mlir::Operation *op;
  double points = 0; ///< of its index space, all time steps together
  double flops = 0;
};

struct Work {
  double flops = 0;
  Counted counted = Counted::Exactly;
  std::vector<EquationWork> equations; ///< in the order of the text
  int64_t inputBytes = 0;              ///< the arguments, each once
  int64_t outputBytes = 0;             ///< the outputs, each once

  int64_t bytes() const { return inputBytes + outputBytes; }
};

/// Counts the work of `func` at these extents.
Work countWork(mixer::FuncOp func, llvm::ArrayRef<int64_t> extents);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_WORK_H
