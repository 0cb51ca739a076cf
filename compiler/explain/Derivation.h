//===- Derivation.h - what the passes did, as they do it --------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Listens to a compilation: the remarks of its rules (dialects/mixer/Remark.h), and after each pass
// on equations these as .mix text.
//
//   auto derivation = Derivation::listen(context);
//   derivation->watch(passes);
//   passes.run(module);
//   for (const Remark &remark : derivation->remarks()) ...
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_EXPLAIN_DERIVATION_H
#define MIXC_COMPILER_EXPLAIN_DERIVATION_H

#include "dialects/mixer/Mixer.h"
#include "dialects/mixer/Remark.h"

#include "mlir/Pass/PassManager.h"

#include <mutex>

namespace mixc::explain {

/// A rule at an equation.
struct Remark {
  std::string pass, rule;
  std::string equation;
  std::string reader; ///< of a rule about two equations, the second
  mixer::Outcome outcome;
  std::string why;
  mlir::Location location;
};

/// The lines that a pass has added to the equations.
struct Stage {
  std::string pass;
  std::vector<std::string> added;
};

/// The equations of `func` as .mix text, a line each; none where the language has no word for one.
std::vector<std::string> equationLines(mixer::FuncOp func);

class Derivation {
public:
  /// Collects the remarks of `context` from now on, for as long as the context lives.
  static std::shared_ptr<Derivation> listen(mlir::MLIRContext &context);

  /// Looks at what the passes of `manager` make of equations, `before` being what these are now.
  static void watch(std::shared_ptr<Derivation> derivation, mlir::PassManager &manager,
                    std::vector<std::string> before);

  /// In the order in which they were made.
  llvm::ArrayRef<Remark> remarks() const { return list; }
  llvm::ArrayRef<Stage> stages() const { return passes; }

private:
  friend class RemarkCollector;
  friend class EquationWatcher;

  std::mutex mutex;
  std::vector<Remark> list;
  std::vector<Stage> passes;
};

} // namespace mixc::explain

#endif // MIXC_COMPILER_EXPLAIN_DERIVATION_H
