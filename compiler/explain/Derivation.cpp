//===- Derivation.cpp - what the passes did, as they do it ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/explain/Derivation.h"

#include "dialects/mixer/text/MixText.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace mixc::explain {

/// The end of MLIR's remarks.
class RemarkCollector : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit RemarkCollector(std::shared_ptr<Derivation> derivation)
      : derivation(std::move(derivation)) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    using Type = llvm::remarks::Type;
    mixer::Outcome outcome = remark.getRemarkType() == Type::Passed   ? mixer::Outcome::fired
                             : remark.getRemarkType() == Type::Missed ? mixer::Outcome::left
                                                                      : mixer::Outcome::noted;
    Remark ours{remark.getCombinedCategoryName().str(),
                remark.getRemarkName().str(),
                "",
                "",
                outcome,
                "",
                remark.getLocation()};
    for (const remark::detail::Remark::Arg &argument : remark.getArgs()) {
      if (argument.key == "Equation")
        ours.equation = argument.val;
      else if (argument.key == "Reader")
        ours.reader = argument.val;
      else if (argument.key == "Reason")
        ours.why = argument.val;
    }
    std::lock_guard lock(derivation->mutex);
    derivation->list.push_back(std::move(ours));
  }

private:
  std::shared_ptr<Derivation> derivation;
};

class EquationWatcher : public PassInstrumentation {
public:
  EquationWatcher(std::shared_ptr<Derivation> derivation, std::vector<std::string> before)
      : derivation(std::move(derivation)), before(std::move(before)) {}

  void runAfterPass(Pass *pass, Operation *op) override {
    auto func = dyn_cast<mixer::FuncOp>(op);
    if (!func)
      return;
    std::lock_guard lock(derivation->mutex);
    std::vector<std::string> after = equationLines(func);
    llvm::StringSet<> known;
    for (const std::string &line : before)
      known.insert(line);
    Stage stage{pass->getArgument().str(), {}};
    for (const std::string &line : after)
      if (!known.contains(line))
        stage.added.push_back(line);
    derivation->passes.push_back(std::move(stage));
    before = std::move(after);
  }

private:
  std::shared_ptr<Derivation> derivation;
  std::vector<std::string> before;
};

std::vector<std::string> equationLines(mixer::FuncOp func) {
  // What the language can't say is no fault here.
  ScopedDiagnosticHandler silence(func.getContext(), [](Diagnostic &) { return success(); });
  FailureOr<std::string> text = mixer::printMix(func);
  std::vector<std::string> lines;
  if (failed(text))
    return lines;
  // The body: between the brace that stands alone and the last one.
  StringRef rest = *text;
  bool inside = false;
  while (!rest.empty()) {
    StringRef line;
    std::tie(line, rest) = rest.split('\n');
    if (line == "}")
      break;
    if (inside && !line.trim().empty())
      lines.push_back(line.trim().str());
    inside |= line == "{" || line.ends_with(" {");
  }
  return lines;
}

std::shared_ptr<Derivation> Derivation::listen(MLIRContext &context) {
  auto derivation = std::make_shared<Derivation>();
  remark::RemarkCategories all{".*", ".*", ".*", ".*", ".*"};
  if (failed(remark::enableOptimizationRemarks(
          context, std::make_unique<RemarkCollector>(derivation),
          std::make_unique<remark::RemarkEmittingPolicyAll>(), all)))
    llvm::report_fatal_error("the remarks of this context have a listener already");
  return derivation;
}

void Derivation::watch(std::shared_ptr<Derivation> derivation, PassManager &manager,
                       std::vector<std::string> before) {
  manager.addInstrumentation(
      std::make_unique<EquationWatcher>(std::move(derivation), std::move(before)));
}

} // namespace mixc::explain
