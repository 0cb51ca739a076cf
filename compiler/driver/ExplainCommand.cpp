//===- ExplainCommand.cpp - mixc explain ----------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Executable.h"
#include "compiler/driver/ExplainReport.h"
#include "compiler/driver/Extents.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Outputs.h"
#include "compiler/driver/Places.h"
#include "compiler/driver/Report.h"
#include "compiler/driver/Spec.h"
#include "compiler/driver/Work.h"
#include "dialects/mixer/IndexExpr.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

namespace {

class Describer {
public:
  Describer(mixer::FuncOp func, const mix::SourceManager &sources)
      : interface(func), func(func), sources(sources) {}

  std::vector<EquationText> describe() {
    std::vector<EquationText> equations;
    func.walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation *op) {
      if (isa<mixer::EqOp, mixer::ScatterOp>(op))
        equations.push_back(describe(op));
    });
    return equations;
  }

private:
  EquationText describe(mlir::Operation *op) {
    EquationText equation;
    equation.op = op;
    equation.text = textOf(op->getLoc());
    equation.name = nameOf(op->getResult(0));
    if (auto recur = op->getParentOfType<mixer::RecurOp>())
      for (auto attr : recur.getIndexNames().getAsRange<mlir::StringAttr>()) {
        equation.times.push_back(attr.getValue().str());
        size_t k = equation.times.size() - 1;
        equation.indices.emplace_back(equation.times.back(), range(recur.getLower().getResult(k),
                                                                   recur.getUpper().getResult(k)));
      }
    if (auto eq = dyn_cast<mixer::EqOp>(op)) {
      for (auto [name, lower, upper] :
           zip(eq.getIndexNames(), eq.getType().getLower(), eq.getType().getUpper()))
        equation.indices.emplace_back(cast<mlir::StringAttr>(name).getValue(), range(lower, upper));
    } else {
      auto scatter = cast<mixer::ScatterOp>(op);
      for (auto [name, lower, upper] : zip(scatter.getIndexNames(), scatter.getLower().getResults(),
                                           scatter.getUpper().getResults()))
        equation.indices.emplace_back(cast<mlir::StringAttr>(name).getValue(), range(lower, upper));
    }
    SetVector<StringRef> reads;
    op->walk([&](mixer::AtOp at) { reads.insert(nameOf(at.getTensor())); });
    for (StringRef name : reads)
      if (!name.empty())
        equation.reads.push_back(name.str());
    return equation;
  }

  std::string textOf(mlir::Location location) {
    std::string text;
    bool blank = false;
    for (char c : sources.text(spanOf(location, sources))) {
      // On one line.
      bool isBlank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
      if (isBlank && blank)
        continue;
      text += isBlank ? ' ' : c;
      blank = isBlank;
    }
    return text;
  }

  StringRef nameOf(mlir::Value tensor) {
    if (auto argument = dyn_cast<mlir::BlockArgument>(tensor)) {
      mlir::Operation *owner = argument.getOwner()->getParentOp();
      if (auto recur = dyn_cast<mixer::RecurOp>(owner))
        return cast<mlir::StringAttr>(
                   recur.getNames()[argument.getArgNumber() - recur.getNumTimes()])
            .getValue();
      return cast<mlir::StringAttr>(func.getArgNames()[argument.getArgNumber()]).getValue();
    }
    mlir::Operation *op = tensor.getDefiningOp();
    if (auto eq = dyn_cast<mixer::EqOp>(op))
      return eq.getName();
    if (auto scatter = dyn_cast<mixer::ScatterOp>(op))
      return scatter.getName();
    if (auto given = dyn_cast<mixer::DefaultOp>(op))
      return nameOf(given.getArgument());
    if (auto append = dyn_cast<mixer::AppendOp>(op))
      return nameOf(append.getHistory());
    if (auto recur = dyn_cast<mixer::RecurOp>(op))
      return cast<mlir::StringAttr>(
                 recur.getNames()[cast<mlir::OpResult>(tensor).getResultNumber()])
          .getValue();
    return "";
  }

  /// `0..Y/S`, as the language writes it.
  std::string range(mlir::AffineExpr lower, mlir::AffineExpr upper) {
    return explain::boundText(lower, interface.extents) + ".." +
           explain::boundText(upper, interface.extents);
  }

  explain::Interface interface;
  mixer::FuncOp func;
  const mix::SourceManager &sources;
};

/// The extents from `--dim`; none without any.
Expected<std::optional<SmallVector<int64_t>>> sizes(mixer::FuncOp func,
                                                    const StringMap<int64_t> &dims) {
  if (dims.empty() && func.getNumExtents() > 0)
    return std::nullopt;
  if (Error error = checkDims(func, dims))
    return error;
  auto extents = completeExtents(func, dims);
  if (!extents)
    return extents.takeError();
  // Of sizes that no memory holds, no bytes can be told.
  for (auto [attr, argument] : zip(func.getArgNames(), func.getBody().getArguments()))
    if (auto shape = shapeAt(cast<mixer::MixerTensorType>(argument.getType()),
                             cast<mlir::StringAttr>(attr).getValue(), *extents);
        !shape)
      return shape.takeError();
  for (auto [name, type] : zip(outputNames(func), func.getResultTypes()))
    if (auto shape = shapeAt(cast<mixer::MixerTensorType>(cast<mlir::TypeAttr>(type).getValue()),
                             name, *extents);
        !shape)
      return shape.takeError();
  return std::move(*extents);
}

Error explainSpec(Spec &spec, const SpecOptions &options) {
  auto func = spec.emit(options);
  if (!func)
    return func.takeError();
  auto extents = sizes(*func, options.dims);
  if (!extents)
    return extents.takeError();
  ExplainReport report{*func, spec.signature(), Describer(*func, spec.sources()).describe()};
  if (*extents) {
    report.extents = std::move(**extents);
    report.work = countWork(*func, report.extents);
  }
  // The reference evaluates the equations as they are.
  if (options.target.kind != TargetKind::Reference) {
    CompileOptions compile = compileOptions(*func, options, report.extents);
    auto explanation = explainCompilation(*func, compile, report.extents);
    if (!explanation)
      return explanation.takeError();
    if (!explanation->plan.unsatisfied.empty())
      return inputError("the sizes of `--dim` do not satisfy `" + explanation->plan.unsatisfied +
                        "`");
    report.explanation = std::move(*explanation);
  }
  if (options.json)
    printJSON(report.toJSON());
  else
    report.print(outs());
  return Error::success();
}

int explain(Arguments arguments) {
  OptionTable table(explainCommand);
  std::vector<std::string> files;
  SpecOptions options;
  options.declare(table);
  table.operands("FILE", files, 1, 1);
  if (Error error = table.parse(arguments))
    return report(std::move(error));
  if (table.helped())
    return 0;
  if (Error error = options.resolve())
    return report(std::move(error));
  if (options.emit)
    return report(
        usageError("`mixc explain` prints no stages", {"`mixc run FILE --emit STAGE` does"}));
  auto spec = Spec::load(files.front());
  if (!spec)
    return report(spec.takeError());
  return report(explainSpec(**spec, options), &(*spec)->sources());
}

} // namespace

const Command explainCommand{
    "explain",
    "FILE [options]",
    "tells what is derived from a mixer's equations, the kernels, and what they compute and move",
    "Shows the equations; for each rule of the compiler where it fired or why it did not, and the "
    "equations that it made, as .mix text; the kernels, each with its grid and the equations that "
    "a "
    "point evaluates.\n"
    "With sizes (`--dim`) FLOPs are counted inside the masks, a fused multiply-add as 2, each "
    "kernel for what it evaluates; bytes are the elements that a launch can touch, reads and "
    "writes "
    "once each, against arguments and outputs once as the minimum. `--target ref` stops at the "
    "equations.",
    "mixc explain examples/recurrent/gla.mix\n"
    "mixc explain examples/softmax/attention.mix --dim B=1,H=8,G=2,N=4096,M=4096,D=64,E=64\n",
    explain};

} // namespace mixc::driver
