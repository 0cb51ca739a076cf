//===- Emit.cpp - the stages of a compilation as text ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Emit.h"
#include "compiler/driver/GpuCode.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

Error emitStage(Spec &spec, mixer::FuncOp func, Stage stage, const CompileOptions &options) {
  if (stage == Stage::Mixer) {
    spec.ir().print(outs(), mlir::OpPrintingFlags());
    outs() << '\n';
    return Error::success();
  }
  auto text = isGpuStage(stage, options.target) ? printGpuStage(func, stage, options)
                                                : printStage(func, stage, options);
  if (!text)
    return text.takeError();
  outs() << *text;
  return Error::success();
}

} // namespace mixc::driver
