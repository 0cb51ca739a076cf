//===- Errors.h - the numbers of a bundle's errors --------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_ERRORS_H
#define MIXC_LOWERING_BUNDLE_ERRORS_H

#include "lowering/bundle/Interface.h"

#include "llvm/ADT/ArrayRef.h"

namespace mixc::lowering::bundle {

/// The errors of a tensor, by their numbers; 0 where it can't have one.
struct TensorErrors {
  int32_t noData = 0, misaligned = 0, strides = 0, shared = 0;
  std::vector<int32_t> axes;
};

/// All errors of a bundle: number k has text k, 0 is no error.
struct Errors {
  std::vector<std::string> texts;
  std::vector<int32_t> extents;      ///< 0 for derived ones
  std::vector<TensorErrors> tensors; ///< arguments, then outputs
  int32_t conditions;                ///< the first of them
  /// Of a bundle for GPUs: the texts of -1, -2, ...
  std::vector<std::string> device;
};

/// `conditions` are the texts of the plan's, in order.
Errors numberErrors(const Interface &interface, llvm::ArrayRef<std::string> conditions);

/// The alignment in bytes that an element of `tensor` needs, and the bytes that it takes.
int64_t elementAlignment(const Tensor &tensor);
int64_t elementBytes(const Tensor &tensor);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_ERRORS_H
