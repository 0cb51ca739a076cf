// RUN: mixc-opt --print-mix %s -o /dev/null | FileCheck %s

// Small values are repeated; a large one that is used twice becomes an argument of a function, by value. So thirty
// squarings are not 2^30 factors long.
// CHECK-LABEL: mixer squares
// CHECK-NEXT: {
// CHECK-NEXT:   let y_rest(part1) = part1 * part1
// CHECK-NEXT:   let y_rest_1(part) = y_rest(part * part * (part * part) *
// CHECK-NEXT:   y[i] = y_rest_1(x[i] * x[i] * (x[i] * x[i]) *
// CHECK-NEXT: }
mixer.func @squares(%x "x": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.at %x[%i] : !mixer.tensor<[s0], f32>
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    %5 = arith.mulf %4, %4 : f32
    %6 = arith.mulf %5, %5 : f32
    %7 = arith.mulf %6, %6 : f32
    %8 = arith.mulf %7, %7 : f32
    %9 = arith.mulf %8, %8 : f32
    %10 = arith.mulf %9, %9 : f32
    mixer.yield %10 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// What a function needs from around it is an argument, too; a value is computed where its block is.
// CHECK-LABEL: mixer lazy
// CHECK:      let y_rest(part, i) = part * part + x[i]
// CHECK-NEXT: y[i] = if i > 0 then y_rest(exp({{.*}}), i) else 0.0
// CHECK-NEXT: }
mixer.func @lazy(%x "x": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %c0 = arith.constant 0 : index
    %c = arith.cmpi sgt, %i, %c0 : index
    %r = scf.if %c -> f32 {
      %0 = mixer.at %x[%i - 1] : !mixer.tensor<[s0], f32>
      %1 = arith.mulf %0, %0 : f32
      %2 = arith.mulf %1, %1 : f32
      %3 = arith.mulf %2, %2 : f32
      %4 = arith.mulf %3, %3 : f32
      %5 = math.exp %4 : f32
      %6 = arith.mulf %5, %5 : f32
      %7 = mixer.at %x[%i] : !mixer.tensor<[s0], f32>
      %8 = arith.addf %6, %7 : f32
      scf.yield %8 : f32
    } else {
      %zero = arith.constant 0.0 : f32
      scf.yield %zero : f32
    }
    mixer.yield %r : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}
