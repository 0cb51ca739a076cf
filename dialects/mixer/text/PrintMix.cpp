//===- PrintMix.cpp - the pass that prints mixers as .mix text -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/MixText.h"
#include "dialects/mixer/text/Passes.h"

using namespace mlir;
using namespace mixc;

namespace mixc::mixer {
#define GEN_PASS_DEF_PRINTMIX
#include "dialects/mixer/text/Passes.h.inc"
} // namespace mixc::mixer

namespace {
struct PrintMix : mixer::impl::PrintMixBase<PrintMix> {
  void runOnOperation() override {
    bool first = true;
    getOperation()->walk([&](mixer::FuncOp func) {
      FailureOr<std::string> text = mixer::printMix(func);
      if (failed(text))
        return signalPassFailure();
      llvm::outs() << (first ? "" : "\n") << *text;
      first = false;
    });
    markAllAnalysesPreserved();
  }
};
} // namespace
