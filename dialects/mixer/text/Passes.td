//===- Passes.td - the pass that prints mixers ------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_TEXT_PASSES_TD
#define MIXC_DIALECTS_MIXER_TEXT_PASSES_TD

include "mlir/Pass/PassBase.td"

def PrintMix : Pass<"print-mix", "::mlir::ModuleOp"> {
  let summary = "prints the mixers of a module as .mix text";
  let description = [{
    To standard output, which the module itself would follow: `mixc-opt --print-mix -o /dev/null`. The text parses, checks and means
    the same as the functions (MixText.h). The module stays as it is.
  }];
}

#endif // MIXC_DIALECTS_MIXER_TEXT_PASSES_TD
