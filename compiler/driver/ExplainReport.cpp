//===- ExplainReport.cpp - what `mixc explain` tells ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/ExplainReport.h"
#include "compiler/driver/Report.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

const EquationWork *ExplainReport::workOf(mlir::Operation *op) const {
  if (work)
    for (const EquationWork &equation : work->equations)
      if (equation.op == op)
        return &equation;
  return nullptr;
}

std::optional<double> ExplainReport::bytes() const {
  if (!explanation || !work)
    return std::nullopt;
  double total = 0;
  for (const explain::Kernel &kernel : explanation->plan.kernels) {
    if (!kernel.bytes)
      return std::nullopt;
    total += *kernel.bytes;
  }
  return total;
}

std::optional<int64_t> ExplainReport::workspaceBytes() const {
  return explanation ? explanation->plan.workspace : std::nullopt;
}

/// Whether `remark` says why a kernel that computes these equations is not one with a reader's.
static bool isApart(const explain::Remark &remark, const explain::Kernel &kernel) {
  return remark.rule == "fuse" && remark.outcome == mixer::Outcome::left &&
         is_contained(kernel.equations, remark.equation) &&
         !is_contained(kernel.equations, remark.reader);
}

/// The order in which a kernel goes through its points.
static StringRef traversal(const explain::Kernel &kernel) {
  if (kernel.form == "recurrence")
    return "step by step inside a point";
  return kernel.loops ? "step by step in the plan" : "points in parallel";
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

template <typename T> static json::Value orNull(const std::optional<T> &value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

json::Array ExplainReport::rules() const {
  json::Array rules;
  if (!explanation)
    return rules;
  for (const explain::Remark &remark : explanation->derivation->remarks()) {
    json::Object rule{{"rule", remark.rule},
                      {"pass", remark.pass},
                      {"at", remark.equation},
                      {"fired", remark.outcome != mixer::Outcome::left},
                      {"why", remark.why}};
    if (auto place = remark.location->findInstanceOf<mlir::FileLineColLoc>()) {
      rule["line"] = place.getLine();
      rule["column"] = place.getColumn();
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

json::Array ExplainReport::kernels() const {
  json::Array list;
  if (!explanation)
    return list;
  for (const explain::Kernel &kernel : explanation->plan.kernels) {
    json::Array grid, apart;
    json::Object tiles, places;
    for (const explain::GridAxis &axis : kernel.grid) {
      grid.push_back(json::Object{{"index", axis.name},
                                  {"range", axis.lower + ".." + axis.upper},
                                  {"size", orNull(axis.size)}});
      if (axis.block > 1)
        tiles[axis.name] = axis.block;
    }
    for (auto &[tensor, place] : kernel.places)
      places[tensor] = place;
    for (const explain::Remark &remark : explanation->derivation->remarks())
      if (isApart(remark, kernel))
        apart.push_back(remark.equation + ": " + remark.why);
    list.push_back(json::Object{{"name", kernel.name},
                                {"equations", json::Array(kernel.equations)},
                                {"form", kernel.form},
                                {"grid", std::move(grid)},
                                {"tiles", std::move(tiles)},
                                {"traversal", traversal(kernel)},
                                {"launches", orNull(kernel.launches)},
                                {"flops", orNull(kernel.flops)},
                                {"bytes", orNull(kernel.bytes)},
                                {"scratch_bytes", orNull(kernel.scratch)},
                                {"places", std::move(places)},
                                {"why_not_fused", std::move(apart)}});
  }
  return list;
}

json::Object ExplainReport::toJSON() const {
  json::Array list, derived;
  for (const EquationText &equation : equations) {
    json::Array indices;
    for (auto &[name, range] : equation.indices)
      indices.push_back(json::Object{{"name", name}, {"range", range}});
    json::Object object{{"name", equation.name},
                        {"text", equation.text},
                        {"indices", std::move(indices)},
                        {"times", json::Array(equation.times)},
                        {"reads", json::Array(equation.reads)}};
    if (const EquationWork *part = workOf(equation.op)) {
      object["points"] = part->points;
      object["flops"] = part->flops;
    }
    list.push_back(std::move(object));
  }
  if (explanation)
    for (const explain::Stage &stage : explanation->derivation->stages())
      derived.push_back(json::Object{{"pass", stage.pass}, {"added", json::Array(stage.added)}});
  json::Object object{{"mixer", mixer::FuncOp(func).getSymName()},
                      {"dims", dimsObject(func, extents)},
                      {"equations", std::move(list)},
                      {"derived", std::move(derived)},
                      {"rules", rules()},
                      {"kernels", kernels()},
                      {"flops", work ? json::Value(work->flops) : nullptr},
                      {"bytes", orNull(bytes())},
                      {"bytes_minimum", work ? json::Value(work->bytes()) : nullptr},
                      {"workspace_bytes", orNull(workspaceBytes())}};
  if (work)
    object["flops_counted"] = text(work->counted);
  return object;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

void ExplainReport::print(raw_ostream &os) const {
  signature.print(os);
  printEquations(os);
  if (explanation) {
    printDerivation(os);
    printKernels(os);
  }
  printTotals(os);
}

void ExplainReport::printEquations(raw_ostream &os) const {
  os << "\nequations\n";
  for (const EquationText &equation : equations) {
    os << "  " << (equation.text.empty() ? equation.name : equation.text) << '\n';
    std::vector<std::string> ranges;
    for (auto &[name, range] : equation.indices)
      ranges.push_back(name + " in " + range +
                       (is_contained(equation.times, name) ? " step by step" : ""));
    std::string line = ranges.empty() ? "" : "for " + join(ranges, ", ");
    if (const EquationWork *part = workOf(equation.op))
      line += (line.empty() ? "" : ": ") + quantityText(part->points, "points") + ", " +
              quantityText(part->flops, "FLOP");
    if (!line.empty())
      os << "      " << line << '\n';
  }
}

void ExplainReport::printDerivation(raw_ostream &os) const {
  const explain::Derivation &derivation = *explanation->derivation;
  // Equations of which a pass says the same share a line.
  using Line = std::pair<StringRef, StringRef>; // rule, why
  MapVector<StringRef, MapVector<Line, SmallVector<StringRef>>> passes;
  for (const explain::Remark &remark : derivation.remarks()) {
    // Who shares a kernel is seen below.
    bool isSeen = remark.rule == "fuse" && remark.outcome == mixer::Outcome::fired;
    if (!isSeen)
      passes[remark.pass][{remark.rule, remark.why}].push_back(remark.equation);
  }
  for (const auto &[pass, lines] : passes) {
    os << '\n' << pass << '\n';
    for (const auto &[line, names] : lines) {
      auto unique = names;
      unique.erase(llvm::unique(unique), unique.end());
      os << "  " << left_justify(line.first, 10) << "  " << join(unique, ", ")
         << (unique.front().empty() ? "" : ": ") << line.second << '\n';
    }
    for (const explain::Stage &stage : derivation.stages())
      if (stage.pass == pass)
        for (const std::string &equation : stage.added)
          os << "    " << equation << '\n';
  }
}

/// `a, b twice, c`: names in order, each once.
static std::string namesText(ArrayRef<std::string> names) {
  MapVector<StringRef, unsigned> counts;
  for (StringRef name : names)
    ++counts[name];
  std::vector<std::string> texts;
  for (auto [name, count] : counts)
    texts.push_back(count == 1 ? name.str() : formatv("{0} ({1})", name, count).str());
  return join(texts, ", ");
}

/// `p.max, p.sum register; o output`: where a kernel has the tensors that it does not inline.
static std::string placesText(const explain::Kernel &kernel) {
  MapVector<StringRef, SmallVector<StringRef>> tensors;
  for (auto &[tensor, place] : kernel.places)
    if (place != "inlined")
      tensors[place].push_back(tensor);
  std::vector<std::string> texts;
  for (auto &[place, names] : tensors)
    texts.push_back(join(names, ", ") + " " + place.str());
  return join(texts, "; ");
}

static std::string gridText(ArrayRef<explain::GridAxis> grid) {
  std::vector<std::string> axes;
  for (const explain::GridAxis &axis : grid)
    axes.push_back(axis.name + " " + (axis.lower == "0" ? "" : axis.lower + "..") + axis.upper +
                   (axis.block > 1 ? formatv(" by {0}", axis.block).str() : ""));
  return axes.empty() ? "one point" : join(axes, ", ");
}

void ExplainReport::printKernels(raw_ostream &os) const {
  os << "\nkernels\n";
  auto quantity = [](std::optional<double> value, StringRef unit) {
    return value ? quantityText(*value, unit) : "";
  };
  std::vector<std::vector<std::string>> rows;
  for (const explain::Kernel &kernel : explanation->plan.kernels) {
    std::string launches = kernel.launches && kernel.loops
                               ? formatv("{0:f0} times", *kernel.launches).str()
                           : kernel.loops ? "in a loop"
                                          : "";
    std::string scratch = kernel.scratch && *kernel.scratch > 0
                              ? quantityText(static_cast<double>(*kernel.scratch), "B") + " a point"
                              : "";
    rows.push_back({"  " + kernel.name, kernel.form, gridText(kernel.grid), launches,
                    quantity(kernel.flops, "FLOP"), quantity(kernel.bytes, "B"), scratch});
  }
  std::string table;
  raw_string_ostream text(table);
  printTable(text, rows, {1, 2});
  StringRef rest = table;
  for (const explain::Kernel &kernel : explanation->plan.kernels) {
    StringRef row;
    std::tie(row, rest) = rest.split('\n');
    os << row << "\n      " << namesText(kernel.equations) << '\n';
    os << "      kept: " << placesText(kernel) << '\n';
  }
}

void ExplainReport::printTotals(raw_ostream &os) const {
  if (!work) {
    os << "\nwith sizes, `--dim N=...`, work and bytes are counted\n";
    return;
  }
  os << "\nat " << dimsText(func, extents) << '\n';
  auto size = [](double bytes) { return quantityText(bytes, "B"); };
  std::vector<std::vector<std::string>> rows{
      {"  work", quantityText(work->flops, "FLOP") + ", counted " + text(work->counted).str()},
      {"  arguments", size(static_cast<double>(work->inputBytes))},
      {"  outputs", size(static_cast<double>(work->outputBytes))}};
  auto minimum = static_cast<double>(work->bytes());
  if (std::optional<double> moved = bytes())
    rows.push_back(
        {"  moved",
         size(*moved) +
             (minimum > 0 ? formatv(", {0:f2} times arguments and outputs", *moved / minimum).str()
                          : "")});
  if (auto workspace = workspaceBytes())
    rows.push_back({"  temporaries", size(static_cast<double>(*workspace))});
  if (minimum > 0)
    rows.push_back({"  intensity", formatv("{0:f2} FLOP/B at best", work->flops / minimum).str()});
  printTable(os, rows, {1});
}

} // namespace mixc::driver
