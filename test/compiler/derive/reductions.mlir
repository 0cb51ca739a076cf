// RUN: mixc-opt --derive-reductions --print-mix %s -o /dev/null | FileCheck %s
//
// Every reduction becomes an equation over just the indices that it depends on. Above each function: the mixer that it is, and what becomes
// of it.

// Innermost first; what does not depend on an index is computed outside of its loop.
//
//   mixer nested(a: [N, M], b: [K]) -> (y: [N]) {
//     y[i] = 2 * sum[j](a[i,j] * sum[k](b[k]))
//   }
//
// CHECK-LABEL: mixer nested
// CHECK:      y_sum = sum[k](b[k])
// CHECK-NEXT: y_sum_1[i] = sum[j](a[i,j] * y_sum)
// CHECK-NEXT: y[i] = 2.0 * y_sum_1[i]
mixer.func @nested(%a "a": !mixer.tensor<[s0, s1], f32>, %b "b": !mixer.tensor<[s2], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">, <"K">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %2 = mixer.at %a[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %3 = mixer.reduce sum [k: s2] : f32 (%k) {
        %5 = mixer.at %b[%k] : !mixer.tensor<[s2], f32>
        mixer.yield %5 : f32
      }
      %4 = arith.mulf %2, %3 : f32
      mixer.yield %4 : f32
    }
    %cst = arith.constant 2.000000e+00 : f32
    %1 = arith.mulf %cst, %0 : f32
    mixer.yield %1 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// A reduction that is all its equation is stays.
//
//   mixer nothing_to_do(a: [N, M]) -> (y: [N]) {
//     y[i] = sum[j](a[i,j] * 2)
//   }
//
// CHECK-LABEL: mixer nothing_to_do
// CHECK-NEXT: {
// CHECK-NEXT: y[i] = sum[j](a[i,j] * 2.0)
// CHECK-NEXT: }
mixer.func @nothing_to_do(%a "a": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %a[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %cst = arith.constant 2.000000e+00 : f32
      %2 = arith.mulf %1, %cst : f32
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// The guard of a read is carried along.
//
//   mixer guarded(x: [M, D]) -> (z: [N]) {
//     z[i] = if i < M then 1 + sum[d](x[i,d]) else 0
//   }
//
// CHECK-LABEL: mixer guarded
// CHECK:      z_sum[i in 0..N] = if i < M then sum[d](x[i,d]) else 0.0
// CHECK-NEXT: z[i] = if i < M then 1.0 + z_sum[i] else 0.0
mixer.func @guarded(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("z": !mixer.tensor<[s2], f32>) extents [<"M">, <"D">, <"N">] {
  %z = mixer.eq "z" [i: s2] : f32 (%i) {
    %0 = mixer.apply s0
    %1 = arith.cmpi slt, %i, %0 : index
    %2 = scf.if %1 -> (f32) {
      %3 = mixer.reduce sum [d: s1] : f32 (%d) {
        %5 = mixer.at %x[%i, %d] : !mixer.tensor<[s0, s1], f32>
        mixer.yield %5 : f32
      }
      %cst = arith.constant 1.000000e+00 : f32
      %4 = arith.addf %cst, %3 : f32
      scf.yield %4 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %2 : f32
  }
  mixer.return %z : !mixer.tensor<[s2], f32>
}

// Both branches of a conditional, and one inside of the other.
//
//   mixer guarded_twice(x: [N, D]) -> (z: [N]) {
//     z[i] = if i >= 1 then (if i + 1 < N then 2 * sum[d](x[i-1,d] * x[i+1,d]) else 2 * prod[d](x[i-1,d])) else 0
//   }
//
// CHECK-LABEL: mixer guarded_twice
// CHECK:      z_sum[i in 0..N] = if i >= 1 then (if i + 1 < N then sum[d](x[i-1,d] * x[i+1,d]) else 0.0) else 0.0
// CHECK-NEXT: z_prod[i in 0..N] = if i >= 1 then (if i + 1 < N then 0.0 else prod[d](x[i-1,d])) else 0.0
mixer.func @guarded_twice(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("z": !mixer.tensor<[s0], f32>) extents [<"N">, <"D">] {
  %z = mixer.eq "z" [i: s0] : f32 (%i) {
    %c1 = arith.constant 1 : index
    %0 = arith.cmpi sge, %i, %c1 : index
    %1 = scf.if %0 -> (f32) {
      %2 = mixer.apply %i + 1
      %3 = mixer.apply s0
      %4 = arith.cmpi slt, %2, %3 : index
      %5 = scf.if %4 -> (f32) {
        %6 = mixer.reduce sum [d: s1] : f32 (%d) {
          %8 = mixer.at %x[%i - 1, %d] : !mixer.tensor<[s0, s1], f32>
          %9 = mixer.at %x[%i + 1, %d] : !mixer.tensor<[s0, s1], f32>
          %10 = arith.mulf %8, %9 : f32
          mixer.yield %10 : f32
        }
        %cst = arith.constant 2.000000e+00 : f32
        %7 = arith.mulf %cst, %6 : f32
        scf.yield %7 : f32
      } else {
        %6 = mixer.reduce prod [d: s1] : f32 (%d) {
          %8 = mixer.at %x[%i - 1, %d] : !mixer.tensor<[s0, s1], f32>
          mixer.yield %8 : f32
        }
        %cst = arith.constant 2.000000e+00 : f32
        %7 = arith.mulf %cst, %6 : f32
        scf.yield %7 : f32
      }
      scf.yield %5 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %1 : f32
  }
  mixer.return %z : !mixer.tensor<[s0], f32>
}

// A condition that no read needs is not: the sum does not depend on j.
//
//   mixer condition(x: [N, D]) -> (z: [N, D]) {
//     z[i,j] = if j <= i then x[i,j] * sum[d](x[i,d]) else 0
//   }
//
// CHECK-LABEL: mixer condition
// CHECK:      z_sum[i] = sum[d](x[i,d])
// CHECK-NEXT: z[i,j] = if j <= i then x[i,j] * z_sum[i] else 0.0
mixer.func @condition(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("z": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"D">] {
  %z = mixer.eq "z" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = arith.cmpi sle, %j, %i : index
    %1 = scf.if %0 -> (f32) {
      %2 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %3 = mixer.reduce sum [d: s1] : f32 (%d) {
        %5 = mixer.at %x[%i, %d] : !mixer.tensor<[s0, s1], f32>
        mixer.yield %5 : f32
      }
      %4 = arith.mulf %2, %3 : f32
      scf.yield %4 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %1 : f32
  }
  mixer.return %z : !mixer.tensor<[s0, s1], f32>
}

// Data that a condition makes fit as a subscript is not trusted without it.
//
//   mixer guarded_gather(x: [N, D], k: i32[M]) -> (z: [M]) {
//     z[i] = if k[i] >= 0 then 1 + sum[d](x[k[i],d]) else 0
//   }
//
// CHECK-LABEL: mixer guarded_gather
// CHECK:      z_sum[i] = if k[i] >= 0 then sum[d](x[k[i],d]) else 0.0
mixer.func @guarded_gather(%x "x": !mixer.tensor<[s0, s1], f32>, %k "k": !mixer.tensor<[s2], i32>) -> ("z": !mixer.tensor<[s2], f32>) extents [<"N">, <"D">, <"M">] {
  %z = mixer.eq "z" [i: s2] : f32 (%i) {
    %0 = mixer.at %k[%i] : !mixer.tensor<[s2], i32>
    %c0 = arith.constant 0 : index
    %1 = arith.cmpi sge, %0, %c0 : index
    %2 = scf.if %1 -> (f32) {
      %3 = mixer.reduce sum [d: s1] : f32 (%d) {
        %5 = mixer.at %x[%0, %d] : !mixer.tensor<[s0, s1], f32>
        mixer.yield %5 : f32
      }
      %cst = arith.constant 1.000000e+00 : f32
      %4 = arith.addf %cst, %3 : f32
      scf.yield %4 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %2 : f32
  }
  mixer.return %z : !mixer.tensor<[s2], f32>
}

// That there is a row N - 1, only an index in 0..N says; where there is none, nothing is read.
//
//   mixer last_row(x: [N, D]) -> (y: [N]) {
//     y[i] = 2 * sum[d](x[N-1,d])
//   }
//
// CHECK-LABEL: mixer last_row
// CHECK:      y_sum = if 0 < N then sum[d](x[N-1,d]) else 0.0
// CHECK-NEXT: y[i] = 2.0 * y_sum
mixer.func @last_row(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">, <"D">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [d: s1] : f32 (%d) {
      %2 = mixer.at %x[s0 - 1, %d] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %2 : f32
    }
    %cst = arith.constant 2.000000e+00 : f32
    %1 = arith.mulf %cst, %0 : f32
    mixer.yield %1 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// A sum over as many as the data says is a scalar's loop; so is what depends on its index.
//
//   mixer run_time_range(x: [N], len: i32[M]) -> (y: [M]) {
//     y[m] = 1 + sum[j in 0..len[m]](2 * sum[k in 0..j](pad(x[k], 0)))
//   }
//
// CHECK-LABEL: mixer run_time_range
// CHECK:      y_sum[m] = sum[j in 0..len[m]](2.0 * sum[k in 0..j](
// CHECK-NEXT: y[m] = 1.0 + y_sum[m]
mixer.func @run_time_range(%x "x": !mixer.tensor<[s0], f32>, %len "len": !mixer.tensor<[s1], i32>) -> ("y": !mixer.tensor<[s1], f32>) extents [<"N">, <"M">] {
  %y = mixer.eq "y" [m: s1] : f32 (%m) {
    %0 = mixer.at %len[%m] : !mixer.tensor<[s1], i32>
    %1 = mixer.reduce sum [j: %0] : f32 (%j) {
      %3 = mixer.reduce sum [k: %j] : f32 (%k) {
        %c0 = arith.constant 0 : index
        %5 = arith.cmpi sge, %k, %c0 : index
        %6 = mixer.apply s0
        %7 = arith.cmpi slt, %k, %6 : index
        %8 = arith.andi %5, %7 : i1
        %9 = scf.if %8 -> (f32) {
          %10 = mixer.at %x[%k] : !mixer.tensor<[s0], f32>
          scf.yield %10 : f32
        } else {
          %cst_1 = arith.constant 0.000000e+00 : f32
          scf.yield %cst_1 : f32
        }
        mixer.yield %9 : f32
      }
      %cst_0 = arith.constant 2.000000e+00 : f32
      %4 = arith.mulf %cst_0, %3 : f32
      mixer.yield %4 : f32
    }
    %cst = arith.constant 1.000000e+00 : f32
    %2 = arith.addf %cst, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y : !mixer.tensor<[s1], f32>
}

// A bound that is an expression of outer indices is no obstacle.
//
//   mixer triangle(x: [N], f: [N]) -> (y: [N]) {
//     y[n] = f[n] + sum[m in 0..n+1](f[n-m] * x[m])
//   }
//
// CHECK-LABEL: mixer triangle
// CHECK:      y_sum[n in 0..N] = sum[m in 0..n+1](f[n-m] * x[m])
// CHECK-NEXT: y[n] = f[n] + y_sum[n]
mixer.func @triangle(%x "x": !mixer.tensor<[s0], f32>, %f "f": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %y = mixer.eq "y" [n: s0] : f32 (%n) {
    %0 = mixer.at %f[%n] : !mixer.tensor<[s0], f32>
    %1 = mixer.reduce sum [m: %n + 1] : f32 (%m) {
      %3 = mixer.at %f[%n - %m] : !mixer.tensor<[s0], f32>
      %4 = mixer.at %x[%m] : !mixer.tensor<[s0], f32>
      %5 = arith.mulf %3, %4 : f32
      mixer.yield %5 : f32
    }
    %2 = arith.addf %0, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// An order statistic is an equation of its own, with the rank as its index: one sort for all ranks.
//
//   mixer routed(s: [N, M], v: [M, D]) -> (o: [N, D]) where M >= 2 {
//     o[i,d] = sum[r in 0..2](v[argtop[c](s[i,c], rank=r), d])
//   }
//
// CHECK-LABEL: mixer routed
// CHECK:      o_argtop[i, r in 0..2] = argtop[c](s[i,c], rank=r)
// CHECK-NEXT: o[i,d] = sum[r](v[o_argtop[i,r],d])
mixer.func @routed(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"D">] {
  mixer.fact "M >= 2" {
    %0 = mixer.apply s1
    %c2 = arith.constant 2 : index
    %1 = arith.cmpi sge, %0, %c2 : index
    mixer.yield %1 : i1
  }
  mixer.fact "2 <= M" {
    %c2 = arith.constant 2 : index
    %0 = mixer.apply s1
    %1 = arith.cmpi sle, %c2, %0 : index
    mixer.yield %1 : i1
  }
  %o = mixer.eq "o" [i: s0, d: s2] : f32 (%i, %d) {
    %0 = mixer.reduce sum [r: 2] : f32 (%r) {
      %1 = mixer.order argtop [c: s1] rank %r : index (%c) {
        %3 = mixer.at %s[%i, %c] : !mixer.tensor<[s0, s1], f32>
        mixer.yield %3 : f32
      }
      %2 = mixer.at %v[%1, %d] : !mixer.tensor<[s1, s2], f32>
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// In a step of a recurrence the equation is one of the step.
//
//   mixer in_a_step(x: [N, I]) -> (S: [N, I]) {
//     S[n,i] = 0.5 * (if n >= 1 then sum[j](S[n-1,j]) else 0) + x[n,i]
//   }
//
// CHECK-LABEL: mixer in_a_step
// CHECK:      S_sum[n in 0..N] = if n >= 1 then sum[j](S[n-1,j]) else 0.0
// CHECK-NEXT: S[n,i] = 0.5 * (if n >= 1 then S_sum[n] else 0.0) + x[n,i]
mixer.func @in_a_step(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("S": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"I">] {
  %S = mixer.recur [n: s0] (%n) carry (%S_0 "S": !mixer.tensor<[s0, s1], f32>) {
    %S_1 = mixer.eq "S" [i: s1] : f32 (%i) {
      %c1 = arith.constant 1 : index
      %1 = arith.cmpi sge, %n, %c1 : index
      %2 = scf.if %1 -> (f32) {
        %6 = mixer.reduce sum [j: s1] : f32 (%j) {
          %7 = mixer.at %S_0[%n - 1, %j] : !mixer.tensor<[s0, s1], f32>
          mixer.yield %7 : f32
        }
        scf.yield %6 : f32
      } else {
        %cst_2 = arith.constant 0.000000e+00 : f32
        scf.yield %cst_2 : f32
      }
      %cst = arith.constant 5.000000e-01 : f32
      %3 = arith.mulf %cst, %2 : f32
      %4 = mixer.at %x[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %5 = arith.addf %3, %4 : f32
      mixer.yield %5 : f32
    }
    %0 = mixer.append %S_1 to %S_0 at affine_map<(d0, d1) -> (d1, d0)> times(%n) : <[s1], f32>, <[s0, s1], f32>
    mixer.yield %0 : !mixer.tensor<[s0, s1], f32>
  }
  mixer.return %S : !mixer.tensor<[s0, s1], f32>
}
