//===- ExplainReport.h - what `mixc explain` tells ----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_EXPLAINREPORT_H
#define MIXC_COMPILER_DRIVER_EXPLAINREPORT_H

#include "compiler/driver/Compile.h"
#include "compiler/driver/Work.h"
#include "frontends/mix/Frontend.h"

#include "llvm/Support/JSON.h"

namespace mixc::driver {

/// An equation as a reader sees it.
struct EquationText {
  std::string name, text;
  std::vector<std::pair<std::string, std::string>> indices; ///< and their ranges
  std::vector<std::string> times; ///< of the recurrence that it is part of
  std::vector<std::string> reads;
  mlir::Operation *op;
};

struct ExplainReport {
  mixer::FuncOp func;
  mix::Signature signature;
  std::vector<EquationText> equations;
  /// Where sizes are known.
  llvm::SmallVector<int64_t> extents = {};
  std::optional<Work> work = {};
  /// Where something is compiled.
  std::optional<Explanation> explanation = {};

  llvm::json::Object toJSON() const;
  void print(llvm::raw_ostream &os) const;

private:
  const EquationWork *workOf(mlir::Operation *op) const;
  /// The bytes that all kernels move; none where those of one are not known.
  std::optional<double> bytes() const;
  /// The bytes of temporaries, where sizes are known; the reference needs none.
  std::optional<int64_t> workspaceBytes() const;
  llvm::json::Array rules() const;
  llvm::json::Array kernels() const;
  void printEquations(llvm::raw_ostream &os) const;
  void printDerivation(llvm::raw_ostream &os) const;
  void printKernels(llvm::raw_ostream &os) const;
  void printTotals(llvm::raw_ostream &os) const;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_EXPLAINREPORT_H
