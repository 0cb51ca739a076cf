//===- ExplainCommand.cpp - mixc explain ----------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Executable.h"
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

/// An equation as a reader sees it.
struct EquationText {
  std::string name, text;
  std::vector<std::pair<std::string, std::string>> indices; ///< and their ranges
  std::vector<std::string> times; ///< of the recurrence that it is part of
  std::vector<std::string> reads;
  mlir::Operation *op;
};

class Describer {
public:
  Describer(mixer::FuncOp func, const mix::SourceManager &sources) : func(func), sources(sources) {}

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
    return boundText(lower) + ".." + boundText(upper);
  }

  std::string boundText(mlir::AffineExpr bound) {
    std::string text;
    raw_string_ostream os(text);
    mixer::printIndexExpr(
        os, bound, [](unsigned) {},
        [&](unsigned symbol) { os << func.getExtent(symbol).getName().getValue(); });
    for (auto [affine, ours] : {std::pair(" floordiv ", "/"), std::pair(" mod ", "%")})
      for (size_t at; (at = text.find(affine)) != std::string::npos;)
        text.replace(at, StringRef(affine).size(), ours);
    return text;
  }

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

const EquationWork *workOf(const std::optional<Work> &work, mlir::Operation *op) {
  if (work)
    for (const EquationWork &equation : work->equations)
      if (equation.op == op)
        return &equation;
  return nullptr;
}

json::Object toJSON(mixer::FuncOp func, ArrayRef<EquationText> equations,
                    const std::optional<Work> &work, ArrayRef<int64_t> extents,
                    const std::optional<int64_t> &workspace) {
  json::Array list;
  for (const EquationText &equation : equations) {
    json::Array indices;
    for (auto &[name, range] : equation.indices)
      indices.push_back(json::Object{{"name", name}, {"range", range}});
    json::Object object{{"name", equation.name},
                        {"text", equation.text},
                        {"indices", std::move(indices)},
                        {"times", json::Array(equation.times)},
                        {"reads", json::Array(equation.reads)}};
    if (const EquationWork *part = workOf(work, equation.op)) {
      object["points"] = part->points;
      object["flops"] = part->flops;
    }
    list.push_back(std::move(object));
  }
  json::Object object{{"mixer", func.getSymName()},
                      {"dims", dimsObject(func, extents)},
                      {"equations", std::move(list)},
                      {"rules", json::Array()},
                      {"kernels", json::Array()},
                      {"flops", work ? json::Value(work->flops) : nullptr},
                      {"bytes", nullptr},
                      {"bytes_minimum", work ? json::Value(work->bytes()) : nullptr},
                      {"workspace_bytes", workspace ? json::Value(*workspace) : nullptr}};
  if (work)
    object["flops_counted"] = text(work->counted);
  return object;
}

void printText(const mix::Signature &signature, mixer::FuncOp func,
               ArrayRef<EquationText> equations, const std::optional<Work> &work,
               ArrayRef<int64_t> extents, const std::optional<int64_t> &workspace) {
  signature.print(outs());
  outs() << "\nequations\n";
  for (const EquationText &equation : equations) {
    outs() << "  " << (equation.text.empty() ? equation.name : equation.text) << '\n';
    std::vector<std::string> ranges;
    for (auto &[name, range] : equation.indices)
      ranges.push_back(name + " in " + range);
    if (!ranges.empty())
      outs() << "      for " << join(ranges, ", ") << '\n';
    if (!equation.times.empty())
      outs() << "      step by step in " << join(equation.times, ", ") << '\n';
    if (!equation.reads.empty())
      outs() << "      reads " << join(equation.reads, ", ") << '\n';
    if (const EquationWork *part = workOf(work, equation.op))
      outs() << "      " << quantityText(part->points, "points") << ", "
             << quantityText(part->flops, "FLOP") << '\n';
  }
  if (!work) {
    outs() << "\nwith sizes, `--dim N=...`, the work is counted\n";
    return;
  }
  outs() << "\nat " << dimsText(func, extents) << '\n';
  std::vector<std::vector<std::string>> rows{
      {"  work", quantityText(work->flops, "FLOP") + ", counted " + text(work->counted).str()},
      {"  arguments", quantityText(static_cast<double>(work->inputBytes), "B")},
      {"  outputs", quantityText(static_cast<double>(work->outputBytes), "B")}};
  if (workspace)
    rows.push_back({"  temporaries", quantityText(static_cast<double>(*workspace), "B")});
  if (work->bytes() > 0)
    rows.push_back(
        {"  intensity", formatv("{0:f2} FLOP/B at best", work->flops / work->bytes()).str()});
  printTable(outs(), rows, {1});
}

Error explainSpec(Spec &spec, const SpecOptions &options) {
  auto func = spec.emit(options);
  if (!func)
    return func.takeError();
  auto extents = sizes(*func, options.dims);
  if (!extents)
    return extents.takeError();
  if (Error error = checkAvailable(options.target))
    return error;
  std::optional<Work> work;
  std::optional<int64_t> workspace;
  if (*extents) {
    work = countWork(*func, **extents);
    auto executable = makeExecutable(*func, compileOptions(*func, options, **extents), 1);
    if (executable)
      workspace = (*executable)->workspaceBytes(**extents);
    else
      consumeError(executable.takeError());
  }
  std::vector<EquationText> equations = Describer(*func, spec.sources()).describe();
  SmallVector<int64_t> known = extents->value_or(SmallVector<int64_t>());
  if (options.json)
    printJSON(toJSON(*func, equations, work, known, workspace));
  else
    printText(spec.signature(), *func, equations, work, known, workspace);
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
  auto spec = Spec::load(files.front());
  if (!spec)
    return report(spec.takeError());
  return report(explainSpec(**spec, options), &(*spec)->sources());
}

} // namespace

const Command explainCommand{
    "explain",
    "FILE [options]",
    "tells a mixer's equations, what depends on what, and the work they need",
    "With sizes (`--dim`) the arithmetic is counted inside the masks, a fused multiply-add as 2, "
    "and the bytes of "
    "arguments and outputs.",
    "mixc explain examples/recurrent/gla.mix\n"
    "mixc explain examples/softmax/attention.mix --dim B=1,H=8,G=2,N=4096,M=4096,D=64,E=64\n",
    explain};

} // namespace mixc::driver
