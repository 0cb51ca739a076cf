//===- Report.h - what reports have in common ---------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_REPORT_H
#define MIXC_COMPILER_DRIVER_REPORT_H

#include "dialects/mixer/Mixer.h"

#include "llvm/Support/JSON.h"

#include <chrono>

namespace mixc::driver {

/// Seconds since it was made, or since the last `lap`.
class Stopwatch {
public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }
  double lap() {
    double passed = seconds();
    start = Clock::now();
    return passed;
  }

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
};

/// A number as JSON has it: null where it is not finite.
llvm::json::Value number(double value);

/// `{"B": 1, "H": 2}`
llvm::json::Object dimsObject(mixer::FuncOp func, llvm::ArrayRef<int64_t> extents);
/// `B=1 H=2`
std::string dimsText(mixer::FuncOp func, llvm::ArrayRef<int64_t> extents);

/// With three or four digits and a fitting unit: `1.23 ms`, `45.6 GFLOP`, `7.00 GB/s`.
std::string secondsText(double seconds);
std::string quantityText(double value, llvm::StringRef unit);

/// Prints `object` on stdout.
void printJSON(llvm::json::Object object);

/// Rows of cells, each column as wide as its widest cell; the first column and those in `left` are
/// flush left.
void printTable(llvm::raw_ostream &os, llvm::ArrayRef<std::vector<std::string>> rows,
                llvm::ArrayRef<unsigned> left = {});

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_REPORT_H
