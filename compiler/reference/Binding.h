//===- Binding.h - extents from the arguments of a call ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a call of a mixer must satisfy before anything is computed: every argument is there, with
// its rank and element type, and one value for each extent fits all shapes. An axis that is a lone
// extent binds it; the other axes are checked against the bound values.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_BINDING_H
#define MIXC_COMPILER_REFERENCE_BINDING_H

#include "compiler/reference/Tensor.h"
#include "dialects/mixer/Mixer.h"

#include "llvm/ADT/StringMap.h"

namespace mixc::reference {

/// An argument as far as shapes go.
struct NamedShape {
  llvm::StringRef name;
  llvm::ArrayRef<int64_t> shape;
};

/// The axes of `type`, as `func` calls the extents: `[B, H floordiv G]`.
std::string declaredShape(mixer::FuncOp func, mixer::MixerTensorType type);

/// The value of every extent of `func`, in the order of its list. `given` are the arguments of the
/// call (optional ones may be missing), `dims` the extents that the caller names; both may speak of
/// one extent if they agree. An error names the argument, both values, and where each came from.
llvm::Expected<llvm::SmallVector<int64_t>> bindExtents(mixer::FuncOp func,
                                                       llvm::ArrayRef<NamedShape> given,
                                                       const llvm::StringMap<int64_t> &dims);

/// Checks that each argument has the element type that `func` declares.
llvm::Error checkElements(mixer::FuncOp func, const llvm::StringMap<HostTensor> &arguments);

/// The value of an expression over extents only, none where it overflows. Division by zero gives 0.
std::optional<int64_t> evaluateExtent(mlir::AffineExpr expr, llvm::ArrayRef<int64_t> extents);

/// A range of indices: where it begins and how many it holds.
struct AxisRange {
  int64_t lower, size;
};

/// The range from `lower` up to `upper`, empty where they cross; none where a number overflows.
std::optional<AxisRange> evaluateRange(mlir::AffineExpr lower, mlir::AffineExpr upper,
                                       llvm::ArrayRef<int64_t> extents);

/// The same for the results of two maps, one a range. An error where a number overflows.
llvm::Expected<llvm::SmallVector<AxisRange>> evaluateRanges(llvm::ArrayRef<mlir::AffineExpr> lower,
                                                            llvm::ArrayRef<mlir::AffineExpr> upper,
                                                            llvm::ArrayRef<int64_t> extents,
                                                            mlir::Location location);

/// The ranges of a tensor's axes.
llvm::Expected<llvm::SmallVector<AxisRange>>
axisRanges(mixer::MixerTensorType type, llvm::ArrayRef<int64_t> extents, mlir::Location location);

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_BINDING_H
