//===- Report.cpp - what reports have in common ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Report.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;

namespace mixc::driver {

json::Value number(double value) {
  return std::isfinite(value) ? json::Value(value) : json::Value(nullptr);
}

json::Object dimsObject(mixer::FuncOp func, ArrayRef<int64_t> extents) {
  json::Object object;
  for (auto [position, value] : enumerate(extents))
    object[func.getExtent(position).getName().getValue()] = value;
  return object;
}

std::string dimsText(mixer::FuncOp func, ArrayRef<int64_t> extents) {
  std::string text;
  for (auto [position, value] : enumerate(extents))
    text +=
        ((position ? " " : "") + func.getExtent(position).getName().getValue() + "=" + Twine(value))
            .str();
  return text;
}

/// Three digits or more, never an exponent.
static std::string digits(double value) {
  int places = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return formatv(places == 0 ? "{0:f0}" : places == 1 ? "{0:f1}" : "{0:f2}", value).str();
}

std::string secondsText(double seconds) {
  if (seconds >= 1)
    return digits(seconds) + " s";
  if (seconds >= 1e-3)
    return digits(seconds * 1e3) + " ms";
  return digits(seconds * 1e6) + " us";
}

std::string quantityText(double value, StringRef unit) {
  static constexpr std::pair<double, const char *> prefixes[] = {
      {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
  for (auto [scale, prefix] : prefixes)
    if (value >= scale)
      return digits(value / scale) + " " + prefix + unit.str();
  return (value == std::floor(value) ? formatv("{0:f0}", value).str() : digits(value)) + " " +
         unit.str();
}

void printJSON(json::Object object) {
  outs() << formatv("{0:2}", json::Value(std::move(object))) << '\n';
}

void printTable(raw_ostream &os, ArrayRef<std::vector<std::string>> rows, ArrayRef<unsigned> left) {
  std::vector<size_t> widths;
  for (const std::vector<std::string> &row : rows)
    for (auto [column, cell] : enumerate(row)) {
      if (column == widths.size())
        widths.push_back(0);
      widths[column] = std::max(widths[column], cell.size());
    }
  for (const std::vector<std::string> &row : rows) {
    std::string line;
    for (auto [column, cell] : enumerate(row)) {
      std::string blanks(widths[column] - cell.size(), ' ');
      bool flushLeft = column == 0 || is_contained(left, static_cast<unsigned>(column));
      line += (column ? "  " : "") + (flushLeft ? cell + blanks : blanks + cell);
    }
    os << StringRef(line).rtrim(' ') << '\n';
  }
}

} // namespace mixc::driver
