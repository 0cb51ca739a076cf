//===- Accuracy.h - the numerics contract -------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A result x is measured against the reference r (the meaning, in double) and the direct evaluation
// d (the reference's evaluator in float: what a careful person's plain loops would give):
//
//   E(x)   = max |x - r| / max |r|        L2(x) = ||x - r|| / ||r||
//   ratio  = max(E(x) / max(E(d), u), L2(x) / max(L2(d), u))
//
// u being half an ulp of the element type, relative to the value (2^-24 for f32), and nowhere less
// than half an ulp of its subnormal numbers. The contract holds where the ratio is at most 2.
// Integers and bools have u = 0: they must be right wherever the direct evaluation is. 0 / 0 counts
// as 0, so a result without error always holds.
//
// Values that are not finite take no part in the sums, but:
//
//   r is NaN               anything will do: a kernel may skip what a mask excludes
//   x is NaN, r is not     the contract is broken
//   x or r is +-inf        they must be the same infinity, unless d differs from r there, too:
//                          where plain loops overflow, a kernel may
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_ACCURACY_H
#define MIXC_COMPILER_DRIVER_ACCURACY_H

#include "compiler/reference/Tensor.h"

namespace mixc::driver {

/// The largest ratio that the contract allows.
inline constexpr double contractLimit = 2;

struct Accuracy {
  double maxAbs = 0; ///< max |x - r|
  double relL2 = 0;  ///< L2(x)
  double ratio = 0;  ///< infinite where an infinity or NaN is out of place
  /// Elements whose infinity or NaN breaks the contract, and the first of them.
  int64_t misplaced = 0;
  llvm::SmallVector<int64_t> firstMisplaced;
  /// Elements of the result that are NaN, in place or not.
  int64_t nans = 0;

  bool holds() const { return ratio <= contractLimit; }
};

/// The three have one shape and element type.
llvm::Expected<Accuracy> measure(const reference::HostTensor &result,
                                 const reference::HostTensor &reference,
                                 const reference::HostTensor &direct);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_ACCURACY_H
