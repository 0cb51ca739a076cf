//===- Compile.cpp - the pipeline from equations to machine code ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Compile.h"
#include "compiler/driver/Failure.h"

using namespace llvm;

namespace mixc::driver {

Expected<CpuPlan> compileForCpu(mixer::FuncOp func, const CompileOptions &options) {
  return refusal("target `" + options.target.text() +
                 "` is not available: looked for a code generator for processors in this mixc, which has `ref` only");
}

Expected<std::string> printStage(mixer::FuncOp func, Stage stage, const CompileOptions &options) {
  return refusal("there is no such stage in this mixc: looked for a pipeline behind the equations, of which it "
                 "prints `--emit mixer` only");
}

} // namespace mixc::driver
