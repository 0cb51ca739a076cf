//===- MixText.h - mixers as .mix text -------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The inverse of frontends/mix: a `mixer.func`, as written or as any pass has made it, as text that
// parses, checks and means the same. So what a compiler stage has derived can be read, kept as a
// spec, and evaluated beside the original (`mixc-opt --print-mix`).
//
// What the language has no word for is written in its words:
//
//   expdiff(x, m)           exp(x - (if m == -inf then 0.0 else m))
//   recip0(x)               if x == 0.0 then 0.0 else 1.0 / x
//   ceildiv                 -(-a / b)
//   a fixed extent          where D == 128, or the number itself where no shape names it
//   an extent of no shape   an int param
//   a large value used      an argument of a function: let y_rest(part, i) = ... part ... part ...,
//   called as more than once          y_rest(<the value>, i); by value, so it is computed once a
//   normaliser read at    max[c](if c == <it> then softmax[c](...) else -inf) any integer
//
// Names are those of the IR, made legal and unique. Refused, with an error at the op: what only
// passes below the dialect make (an op of arith or math that the front end does not emit), tensors
// with a first index other than 0 as arguments or outputs, and `complex<f64>` where a type must be
// named.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_TEXT_MIXTEXT_H
#define MIXC_DIALECTS_MIXER_TEXT_MIXTEXT_H

#include "dialects/mixer/Mixer.h"

#include <string>

namespace mixc::mixer {

/// `func`, which has been verified, as a mixer of a .mix file; failure after an error.
mlir::FailureOr<std::string> printMix(FuncOp func);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_TEXT_MIXTEXT_H
