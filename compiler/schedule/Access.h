//===- Access.h - which points an equation reads ----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an equation reads once the equations that are placed `inlined` are looked through: for each
// tensor that is stored somewhere, the subscripts in the reader's own indices. Where a subscript is
// one of these indices and nothing else the two tensors are aligned on that axis: they can be
// computed at the same point of a grid.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_ACCESS_H
#define MIXC_COMPILER_SCHEDULE_ACCESS_H

#include "dialects/mixer/IndexTerms.h"

namespace mixc::schedule {

/// Whether `value` is a tensor whose equation is evaluated where it is read.
bool isInlined(mlir::Value tensor);

/// One read of a tensor that is not inlined.
struct Access {
  mlir::Value tensor;
  llvm::SmallVector<mlir::AffineExpr> subscripts;
};

/// All reads of an equation, a scatter or any other op with a body, duplicates left out.
struct Accesses {
  explicit Accesses(mlir::Operation *op);

  mixer::IndexTerms terms;
  llvm::SmallVector<Access> reads;

  /// The axis of the reader `op` whose index is this subscript; none where it is anything else.
  std::optional<unsigned> ownAxis(mlir::AffineExpr subscript) const;

private:
  void collect(mlir::Operation *op);

  mlir::Operation *reader;
};

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_ACCESS_H
