//===- Names.h - integers in the language's notation ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For messages: subscripts and bounds as a reader of the .mix file would write them, with the names
// of indices, extents and tensors: `h / (H / G)`, `r[b, t] * BS + u`.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_ANALYSIS_NAMES_H
#define MIXC_DIALECTS_MIXER_ANALYSIS_NAMES_H

#include "dialects/mixer/Mixer.h"

#include <string>

namespace mixc::mixer {

/// An index expression over `dims` and the extents of the function that `op` is or is in.
std::string expressionText(mlir::Operation *op, mlir::AffineExpr expr, mlir::ValueRange dims);

/// An integer that a body computes.
std::string valueText(mlir::Value value);

/// A tensor's name; "a table" for a table, which has none.
std::string tensorText(mlir::Value tensor);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_ANALYSIS_NAMES_H
