//===- Remark.h - what a rule did, and why ----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every rule says what it did to an equation or why it did nothing, through MLIR's remarks: `mixc
// explain` collects them, `mixc-opt
// --remarks-filter=REGEX` shows those whose category, the pass's name, matches. A remark's name is
// the rule, its function the mixer, its first argument the equation, its `Reason` a sentence:
//
//   if (auto remark = mixer::remark(eq, mixer::Outcome::fired, "derive-reductions", "extract"))
//     remark << mlir::remark::reason("{0} becomes {1}", ...);
//
// Nobody listening, the condition is false and costs nothing.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_REMARK_H
#define MIXC_DIALECTS_MIXER_REMARK_H

#include "dialects/mixer/Mixer.h"

#include "mlir/IR/Remarks.h"

namespace mixc::mixer {

/// A rule fires, leaves things as they are, or only notes what it found.
enum class Outcome { fired, left, noted };

/// Starts a remark of `rule` of `pass` on `op`: an equation, a scatter, a recurrence, or anything
/// inside of one.
mlir::remark::detail::InFlightRemark remark(mlir::Operation *op, Outcome outcome,
                                            llvm::StringRef pass, llvm::StringRef rule);

/// What `op` or what is around it computes: the name of an equation or scatter, the names of a
/// recurrence's histories.
std::string definedNames(mlir::Operation *op);

/// A reduction, normaliser, transform or order statistic in short: `sum[j]`.
std::string reductionText(mlir::Operation *op);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_REMARK_H
