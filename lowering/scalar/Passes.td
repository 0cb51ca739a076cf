//===- Passes.td - scalar arithmetic for every target -------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_SCALAR_PASSES_TD
#define MIXC_LOWERING_SCALAR_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandDivision : Pass<"expand-division"> {
  let summary = "integer divisions that never trap";
  let description = [{
    The machine's division stops the program at a divisor of 0 and at -2^63 / -1. Here x / 0 = 0 and x mod 0 = 0 for every kind of rounding,
    and -2^63 / -1 wraps. `arith.divsi`, `remsi`, `floordivsi` and `ceildivsi` on `index` become divisions by a safe divisor, and
    selects; by a constant other than 0 and -1, the plain division.

    ```mlir
    %q = arith.floordivsi %x, %y : index
    // becomes
    %zero = arith.cmpi eq, %y, %c0 ; %minus = arith.cmpi eq, %y, %c-1 ; %safe = arith.select (%zero or %minus), %c1, %y
    %d = arith.divsi %x, %safe ; ... one less where signs differ and a remainder is left ; -x for -1 ; 0 for 0
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

#endif // MIXC_LOWERING_SCALAR_PASSES_TD
