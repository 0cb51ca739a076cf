//===- Loop.h - compiles a body of math ops into a loop ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way of a kernel in little: a loop over arrays, expand-math, the upstream conversions, O3.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_TEST_LOWERING_MATH_LOOP_H
#define MIXC_TEST_LOWERING_MATH_LOOP_H

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <string>
#include <vector>

namespace mixc::test {

/// for i: out[i] = body(in0[i], in1[i], ...), all of one element type (`f32`, `f64`,
/// `vector<16xf32>`). The body names its operands %0, %1, ... and its results %r0, %r1, ...
struct LoopText {
  std::string element;
  int inputs, outputs;
  std::string body;
};

/// The loop in the LLVM dialect, its body expanded.
class LoweredLoop {
public:
  explicit LoweredLoop(const LoopText &text);

  /// Runs on this machine; an argument is an input or output array, in this order.
  void run(const std::vector<void *> &arrays, int64_t count);

  /// x86 assembler text at O3 for `cpu`, with 512-bit vectors.
  std::string assembly(const std::string &cpu);

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<mlir::ExecutionEngine> engine;
};

} // namespace mixc::test

#endif // MIXC_TEST_LOWERING_MATH_LOOP_H
