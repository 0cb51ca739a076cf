//===- Passes.td - the pass that expands elementary functions -*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_MATH_PASSES
#define MIXC_LOWERING_MATH_PASSES

include "mlir/Pass/PassBase.td"

def ExpandMath : Pass<"expand-math"> {
  let summary = "expand elementary functions and complex arithmetic to branch-free arith";
  let description = [{
    Replaces `exp exp2 expm1 log log2 log10 log1p tanh erf sin cos sincos powf` of f32 and f64, on
    scalars and on vectors, by arithmetic, selects, bit casts and `math.fma`, within the errors tabled in
    `lowering/math/Functions.h`: loops around them vectorise, and no library is called. `rsqrt`
    becomes `1 / sqrt` for every type.

    Complex `add sub mul div exp abs neg conj eq neq` become real arithmetic on the parts;
    `complex.create`, `re`, `im` and constants remain where a complex value itself travels.

    Left alone is what has an instruction or an intrinsic in every type: `sqrt absf floor ceil roundeven fma copysign`.
    Fast-math flags of the ops are not passed on.

    ```mlir
    %y = math.exp2 %x : f32
    ```
    becomes 2^n p(f), x = n + f:
    ```mlir
    %sum = arith.addf %clamped, %magic : f32
    %n = arith.subf %sum, %magic : f32
    %f = arith.subf %clamped, %n : f32
    ...
    %p = math.fma %f, %q, %one : f32
    %bits = arith.bitcast %sum : f32 to i32
    %exponent = arith.shli %bits, %c23 : i32
    ...
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::complex::ComplexDialect", "::mlir::math::MathDialect"
  ];
}

#endif // MIXC_LOWERING_MATH_PASSES
