// RUN: mixc-opt --derive-hoist --derive-merge --print-mix %s -o /dev/null | FileCheck %s
// RUN: mixc-opt --derive-hoist --remarks-filter=derive-hoist %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// A division by what does not depend on the summed index leaves the sum. Above each function: the mixer that it is, here after
// derive-normalisers, derive-reductions and derive-exponents, and what becomes of it.

// A softmax in an equation of its own. Nobody reads it any more.
//
//   mixer normalised(s: [N, M], v: [M, E]) -> (o: [N, E]) {
//     p[i,j] = softmax[j](s[i,j])
//     o[i,e] = sum[j](p[i,j] * v[j,e])
//   }
//
// CHECK-LABEL: mixer normalised
// CHECK:      p_sum[i] = sum[j](p_exp[i,j])
// CHECK-NEXT: o_sum[i,e] = sum[j](p_exp[i,j] * v[j,e])
// CHECK-NEXT: o[i,e] = if p_sum[i] == 0.0 then 0.0 else o_sum[i,e] / p_sum[i]
// CHECK-NEXT: }
// REMARK: [Passed] hoist | {{.*}}Equation=o, Reason="the division by p.sum leaves sum[j]"
mixer.func @normalised(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"E">] {
  %p.max = mixer.eq "p.max" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p.exp = mixer.eq "p.exp" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %p.max[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %p.sum = mixer.eq "p.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p = mixer.eq "p" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %p.sum[%i] : !mixer.tensor<[s0], f32>
    %cst = arith.constant 0.000000e+00 : f32
    %2 = arith.cmpf oeq, %1, %cst : f32
    %3 = arith.divf %0, %1 : f32
    %4 = arith.select %2, %cst, %3 : f32
    mixer.yield %4 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %p[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// A softmax in the sum, among other factors.
//
//   mixer in_the_sum(s: [H, N, M], v: [M, E], b: [M]) -> (o: [N, H, E]) {
//     o[i,h,e] = sum[j](b[j] * softmax[j](s[h,i,j]) * v[j,e])
//   }
//
// CHECK-LABEL: mixer in_the_sum
// CHECK:      o_sum[i,h] = sum[j](o_exp[i,h,j])
// CHECK-NEXT: o_sum_1[i,h,e] = sum[j](b[j] * o_exp[i,h,j] * v[j,e])
// CHECK-NEXT: o[i,h,e] = if o_sum[i,h] == 0.0 then 0.0 else o_sum_1[i,h,e] / o_sum[i,h]
// CHECK-NEXT: }
mixer.func @in_the_sum(%s "s": !mixer.tensor<[s0, s1, s2], f32>, %v "v": !mixer.tensor<[s2, s3], f32>, %b "b": !mixer.tensor<[s2], f32>) -> ("o": !mixer.tensor<[s1, s0, s3], f32>) extents [<"H">, <"N">, <"M">, <"E">] {
  %o.x = mixer.eq "o.x" [i: s1, h: s0, j: s2] : f32 (%i, %h, %j) {
    %0 = mixer.at %s[%h, %i, %j] : !mixer.tensor<[s0, s1, s2], f32>
    mixer.yield %0 : f32
  }
  %o.max = mixer.eq "o.max" [i: s1, h: s0] : f32 (%i, %h) {
    %0 = mixer.reduce max [j: s2] : f32 (%j) {
      %1 = mixer.at %o.x[%i, %h, %j] : !mixer.tensor<[s1, s0, s2], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o.exp = mixer.eq "o.exp" [i: s1, h: s0, j: s2] : f32 (%i, %h, %j) {
    %0 = mixer.at %o.x[%i, %h, %j] : !mixer.tensor<[s1, s0, s2], f32>
    %1 = mixer.at %o.max[%i, %h] : !mixer.tensor<[s1, s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %o.sum = mixer.eq "o.sum" [i: s1, h: s0] : f32 (%i, %h) {
    %0 = mixer.reduce sum [j: s2] : f32 (%j) {
      %1 = mixer.at %o.exp[%i, %h, %j] : !mixer.tensor<[s1, s0, s2], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s1, h: s0, e: s3] : f32 (%i, %h, %e) {
    %0 = mixer.reduce sum [j: s2] : f32 (%j) {
      %1 = mixer.at %b[%j] : !mixer.tensor<[s2], f32>
      %2 = mixer.at %o.exp[%i, %h, %j] : !mixer.tensor<[s1, s0, s2], f32>
      %3 = mixer.at %o.sum[%i, %h] : !mixer.tensor<[s1, s0], f32>
      %cst = arith.constant 0.000000e+00 : f32
      %4 = arith.cmpf oeq, %3, %cst : f32
      %5 = arith.divf %2, %3 : f32
      %6 = arith.select %4, %cst, %5 : f32
      %7 = arith.mulf %1, %6 : f32
      %8 = mixer.at %v[%j, %e] : !mixer.tensor<[s2, s3], f32>
      %9 = arith.mulf %7, %8 : f32
      mixer.yield %9 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s1, s0, s3], f32>
}

// A softmax spelled by hand. Over an empty range, the sum stays 0 although 0 / 0 is not.
//
//   mixer by_hand(s: [N, M], v: [M, E]) -> (o: [N, E]) {
//     m[i] = max[j](s[i,j])
//     x[i,j] = exp(s[i,j] - m[i])
//     z[i] = sum[j](x[i,j])
//     o[i,e] = sum[j](x[i,j] / z[i] * v[j,e])
//   }
//
// CHECK-LABEL: mixer by_hand
// CHECK:      o_sum[i,e] = sum[j](x[i,j] * v[j,e])
// CHECK-NEXT: o[i,e] = if 0 < M then o_sum[i,e] / z[i] else 0.0
// CHECK-NEXT: }
// REMARK: [Passed] hoist | {{.*}}Equation=o, Reason="the division by z leaves sum[j]"
mixer.func @by_hand(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"E">] {
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %x = mixer.eq "x" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %z = mixer.eq "z" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %z[%i] : !mixer.tensor<[s0], f32>
      %3 = arith.divf %1, %2 : f32
      %4 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      mixer.yield %5 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// Two normalisers of one score: the exponentials are the same, and each division leaves its own sum. The second one has a term more.
//
//   mixer two_normalisers(s: [N, M], v: [M, E], sink: f32) -> (o: [N, E], y: [N, E]) {
//     m[i] = max[j](s[i,j])
//     x[i,j] = exp(s[i,j] - m[i])
//     z[i] = sum[j](x[i,j])
//     o[i,e] = sum[j](x[i,j] / z[i] * v[j,e])
//     y[i,e] = sum[j](x[i,j] / (z[i] + exp(sink - m[i])) * v[j,e])
//   }
//
// CHECK-LABEL: mixer two_normalisers
// CHECK:      o_sum[i,e] = sum[j](x[i,j] * v[j,e])
// CHECK-NEXT: o[i,e] = if 0 < M then o_sum[i,e] / z[i] else 0.0
// CHECK-NEXT: y[i,e] = if 0 < M then o_sum[i,e] / (z[i] + exp(sink - m[i])) else 0.0
// CHECK-NEXT: }
// REMARK: [Passed] hoist | {{.*}}Equation=y, Reason="the division leaves sum[j]"
mixer.func @two_normalisers(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1, s2], f32>, %sink "sink": !mixer.tensor<[], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>, "y": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"E">] {
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %x = mixer.eq "x" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %z = mixer.eq "z" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %z[%i] : !mixer.tensor<[s0], f32>
      %3 = arith.divf %1, %2 : f32
      %4 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      mixer.yield %5 : f32
    }
    mixer.yield %0 : f32
  }
  %y = mixer.eq "y" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %z[%i] : !mixer.tensor<[s0], f32>
      %3 = mixer.at %sink[] : !mixer.tensor<[], f32>
      %4 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
      %5 = arith.subf %3, %4 : f32
      %6 = math.exp %5 : f32
      %7 = arith.addf %2, %6 : f32
      %8 = arith.divf %1, %7 : f32
      %9 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %10 = arith.mulf %8, %9 : f32
      mixer.yield %10 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o, %y : !mixer.tensor<[s0, s2], f32>, !mixer.tensor<[s0, s2], f32>
}

// Each of two divisions leaves, and only as often as it stands there.
//
//   mixer twice(s: [N, M]) -> (y: [N]) {
//     p[i,j] = softmax[j](s[i,j])
//     y[i] = sum[j](p[i,j] * p[i,j])
//   }
//
// CHECK-LABEL: mixer twice
// CHECK:      y_sum_sum[i] = sum[j](p_exp[i,j] * p_exp[i,j])
// CHECK-NEXT: y_sum[i] = if p_sum[i] == 0.0 then 0.0 else y_sum_sum[i] / p_sum[i]
// CHECK-NEXT: y[i] = if p_sum[i] == 0.0 then 0.0 else y_sum[i] / p_sum[i]
mixer.func @twice(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %p.max = mixer.eq "p.max" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p.exp = mixer.eq "p.exp" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %p.max[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %p.sum = mixer.eq "p.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p = mixer.eq "p" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %p.sum[%i] : !mixer.tensor<[s0], f32>
    %cst = arith.constant 0.000000e+00 : f32
    %2 = arith.cmpf oeq, %1, %cst : f32
    %3 = arith.divf %0, %1 : f32
    %4 = arith.select %2, %cst, %3 : f32
    mixer.yield %4 : f32
  }
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %p[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = arith.mulf %1, %1 : f32
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// The numerator is at most 1 as a product of such, or as a choice between such.
//
//   mixer of_a_product(s: [N, M], g: [M], keep: bool[M], v: [M, E]) -> (o: [N, E]) {
//     m[i] = max[j](s[i,j])
//     x[i,j] = if j <= i then exp(s[i,j] - m[i]) * sigmoid(g[j]) else 0
//     z[i] = sum[j](x[i,j])
//     o[i,e] = sum[j](x[i,j] * keep[j] / z[i] * v[j,e])
//   }
//
// CHECK-LABEL: mixer of_a_product
// CHECK:      o_sum[i,e] = sum[j](x[i,j] * cast(f32, keep[j]) * v[j,e])
// CHECK-NEXT: o[i,e] = if 0 < M then o_sum[i,e] / z[i] else 0.0
mixer.func @of_a_product(%s "s": !mixer.tensor<[s0, s1], f32>, %g "g": !mixer.tensor<[s1], f32>, %keep "keep": !mixer.tensor<[s1], i1>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"E">] {
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %x = mixer.eq "x" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = arith.cmpi sle, %j, %i : index
    %1 = scf.if %0 -> (f32) {
      %2 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %3 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
      %4 = mixer.expdiff %2, %3 because  member : f32
      %5 = mixer.at %g[%j] : !mixer.tensor<[s1], f32>
      %6 = mixer.fn  sigmoid(%5) : (f32) -> f32
      %7 = arith.mulf %4, %6 : f32
      scf.yield %7 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %1 : f32
  }
  %z = mixer.eq "z" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %keep[%j] : !mixer.tensor<[s1], i1>
      %3 = mixer.cast %2 to f32 : i1 -> f32
      %4 = arith.mulf %1, %3 : f32
      %5 = mixer.at %z[%i] : !mixer.tensor<[s0], f32>
      %6 = arith.divf %4, %5 : f32
      %7 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %8 = arith.mulf %6, %7 : f32
      mixer.yield %8 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// Of weights with an L2 norm the numerators may be of any size: their sum could overflow.
//
//   mixer of_norm(s: [N, M], v: [M, E]) -> (o: [N, E]) {
//     w[i,j] = normalize[j](s[i,j])
//     o[i,e] = sum[j](w[i,j] * v[j,e])
//   }
//
// CHECK-LABEL: mixer of_norm
// CHECK:      o[i,e] = sum[j](w[i,j] * v[j,e])
// REMARK: [Missed] hoist | {{.*}}Equation=o, Reason="the division stays in sum[j]: without it the sum could overflow, as the numerator is not known to be at most 1"
mixer.func @of_norm(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"E">] {
  %w.sum = mixer.eq "w.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = arith.mulf %1, %1 : f32
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  %w = mixer.eq "w" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %cst = arith.constant 9.99999996E-13 : f32
    %1 = mixer.at %w.sum[%i] : !mixer.tensor<[s0], f32>
    %2 = math.sqrt %1 : f32
    %3 = arith.maximumf %2, %cst : f32
    %4 = arith.divf %0, %3 : f32
    mixer.yield %4 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %w[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// A divisor of the summed index stays.
//
//   mixer by_column(s: [N, M], v: [M, E]) -> (o: [N, E]) {
//     p[i,j] = softmax[i](s[i,j])
//     o[i,e] = sum[j](p[i,j] * v[j,e])
//   }
//
// CHECK-LABEL: mixer by_column
// CHECK:      o[i,e] = sum[j](p[i,j] * v[j,e])
// REMARK: [Missed] hoist | {{.*}}Equation=o, Reason="the division by p.sum stays in sum[j]: the divisor depends on an index that is summed over"
mixer.func @by_column(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"E">] {
  %p.x = mixer.eq "p.x" [j: s1, i: s0] : f32 (%j, %i) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    mixer.yield %0 : f32
  }
  %p.max = mixer.eq "p.max" [j: s1] : f32 (%j) {
    %0 = mixer.reduce max [i: s0] : f32 (%i) {
      %1 = mixer.at %p.x[%j, %i] : !mixer.tensor<[s1, s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p.exp = mixer.eq "p.exp" [j: s1, i: s0] : f32 (%j, %i) {
    %0 = mixer.at %p.x[%j, %i] : !mixer.tensor<[s1, s0], f32>
    %1 = mixer.at %p.max[%j] : !mixer.tensor<[s1], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %p.sum = mixer.eq "p.sum" [j: s1] : f32 (%j) {
    %0 = mixer.reduce sum [i: s0] : f32 (%i) {
      %1 = mixer.at %p.exp[%j, %i] : !mixer.tensor<[s1, s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p = mixer.eq "p" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %p.exp[%j, %i] : !mixer.tensor<[s1, s0], f32>
    %1 = mixer.at %p.sum[%j] : !mixer.tensor<[s1], f32>
    %cst = arith.constant 0.000000e+00 : f32
    %2 = arith.cmpf oeq, %1, %cst : f32
    %3 = arith.divf %0, %1 : f32
    %4 = arith.select %2, %cst, %3 : f32
    mixer.yield %4 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %p[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// Weights that are rounded are not their quotient.
//
//   mixer rounded(s: [N, M], v: [M, E]) -> (o: [N, E], p: bf16[N, M]) {
//     p[i,j] = softmax[j](s[i,j])
//     o[i,e] = sum[j](p[i,j] * v[j,e])
//   }
//
// CHECK-LABEL: mixer rounded
// CHECK:      o[i,e] = sum[j](p[i,j] * v[j,e])
mixer.func @rounded(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>, "p": !mixer.tensor<[s0, s1], bf16>) extents [<"N">, <"M">, <"E">] {
  %p.max = mixer.eq "p.max" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p.exp = mixer.eq "p.exp" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %p.max[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %p.sum = mixer.eq "p.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p = mixer.eq "p" [i: s0, j: s1] : bf16 (%i, %j) {
    %0 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %p.sum[%i] : !mixer.tensor<[s0], f32>
    %cst = arith.constant 0.000000e+00 : f32
    %2 = arith.cmpf oeq, %1, %cst : f32
    %3 = arith.divf %0, %1 : f32
    %4 = arith.select %2, %cst, %3 : f32
    mixer.yield %4 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %p[%i, %j] : !mixer.tensor<[s0, s1], bf16>
      %2 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o, %p : !mixer.tensor<[s0, s2], f32>, !mixer.tensor<[s0, s1], bf16>
}

// A range that only the data knows.
//
//   mixer ragged(s: [N, M], len: i32[N], v: [M, E]) -> (o: [N, E]) {
//     m[i] = max[j](s[i,j])
//     x[i,j] = exp(s[i,j] - m[i])
//     o[i,e] = sum[j in 0..len[i]](pad(x[i,j], 0) / sum[k](x[i,k]) * pad(v[j,e], 0))
//   }
//
// CHECK-LABEL: mixer ragged
// CHECK:      o[i,e] = sum[j in 0..len[i]](
// REMARK: [Missed] hoist | {{.*}}Equation=o, Reason="the division by {{.*}} stays in sum[j]: the range of the sum is known at run time only"
mixer.func @ragged(%s "s": !mixer.tensor<[s0, s1], f32>, %len "len": !mixer.tensor<[s0], i32>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"E">] {
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %x = mixer.eq "x" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %o.sum = mixer.eq "o.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [k: s1] : f32 (%k) {
      %1 = mixer.at %x[%i, %k] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.at %len[%i] : !mixer.tensor<[s0], i32>
    %1 = mixer.reduce sum [j: %0] : f32 (%j) {
      %c0 = arith.constant 0 : index
      %2 = arith.cmpi sge, %j, %c0 : index
      %3 = mixer.apply s1
      %4 = arith.cmpi slt, %j, %3 : index
      %5 = arith.andi %2, %4 : i1
      %6 = scf.if %5 -> (f32) {
        %11 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
        scf.yield %11 : f32
      } else {
        %cst = arith.constant 0.000000e+00 : f32
        scf.yield %cst : f32
      }
      %7 = mixer.at %o.sum[%i] : !mixer.tensor<[s0], f32>
      %8 = arith.divf %6, %7 : f32
      %9 = scf.if %5 -> (f32) {
        %11 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
        scf.yield %11 : f32
      } else {
        %cst = arith.constant 0.000000e+00 : f32
        scf.yield %cst : f32
      }
      %10 = arith.mulf %8, %9 : f32
      mixer.yield %10 : f32
    }
    mixer.yield %1 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}
