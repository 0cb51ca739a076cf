//===- Draw.h - random arguments ----------------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `--random` gives an argument:
//
//   floats    standard normal, rounded to the element type
//   c64       both parts standard normal
//   bool      a fair coin
//   integers  uniform over 0 to R - 1, R being what the values may be used for: the smallest
//             axis that the spec subscripts by them directly, or whose indices they bound;
//             otherwise the smallest extent of the call (but 1 at least)
//
// A value depends on the seed, the argument's name and its position alone, so neither another
// argument nor another machine changes it.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_DRAW_H
#define MIXC_COMPILER_DRIVER_DRAW_H

#include "compiler/reference/Tensor.h"
#include "dialects/mixer/Mixer.h"

namespace mixc::driver {

/// Fills `tensor`, row-major, with draws; `range` is R above, for integers.
void draw(reference::HostTensor &tensor, uint64_t seed, llvm::StringRef name, int64_t range);

/// R for the argument at `position` of `func` at these extents.
int64_t subscriptRange(mixer::FuncOp func, unsigned position, llvm::ArrayRef<int64_t> extents);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_DRAW_H
