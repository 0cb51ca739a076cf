//===- Evaluate.h - the meaning of a mixer ----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The reference: evaluates the equations of a `mixer.func` one after the other, at every point,
// naively, and shares no pass with the compiler. What it gives is what the language means.
//
//   evaluate<double>   the meaning. f32 is computed in double and rounded where it is stored for
//   good: in arguments,
//                      outputs and mixer.cast. Narrower element types round wherever a tensor has
//                      them.
//   evaluate<float>    the direct evaluation that the numerics contract measures against: f32 is
//   float, sums are
//                      sequential floats, the stored types are the same.
//
// f64 is double and integers are exact in both, but that the meaning sums f64 in long double, or it
// would be no better than what it is to judge.
//
// An access out of bounds, a rank without a candidate, a broken `where` are errors with a place in
// the source; the threads that share the points of an equation change neither a value nor an error.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_EVALUATE_H
#define MIXC_COMPILER_REFERENCE_EVALUATE_H

#include "compiler/reference/Binding.h"
#include "compiler/reference/Tensor.h"

#include <atomic>

namespace mixc::reference {

/// One call of a mixer.
struct Call {
  /// By name; optional ones may be missing.
  llvm::StringMap<HostTensor> arguments;
  /// The extents that no argument's shape binds.
  llvm::StringMap<int64_t> dims;
  /// Looked at regularly; once true, the evaluation ends with an error.
  const std::atomic<bool> *cancel = nullptr;
};

/// The outputs of `func`, which has been verified, in order and in their element types.
template <typename Real>
llvm::Expected<llvm::SmallVector<HostTensor>> evaluate(mixer::FuncOp func, const Call &call);

/// Whether `func` takes this call at all: its arguments fit and every `where` holds. Computes
/// nothing else, so that a compiler can ask before it starts; `evaluate` refuses with the same
/// words.
llvm::Error checkCall(mixer::FuncOp func, const Call &call);

extern template llvm::Expected<llvm::SmallVector<HostTensor>> evaluate<double>(mixer::FuncOp,
                                                                               const Call &);
extern template llvm::Expected<llvm::SmallVector<HostTensor>> evaluate<float>(mixer::FuncOp,
                                                                              const Call &);

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_EVALUATE_H
