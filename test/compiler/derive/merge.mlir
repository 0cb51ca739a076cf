// RUN: mixc-opt --derive-merge --print-mix %s -o /dev/null | FileCheck %s
// RUN: mixc-opt --derive-merge --remarks-filter=derive-merge %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// Equations that compute the same become one, and those that nobody reads go. Above each function: the mixer that it is, and what becomes
// of it.

// Names of tensors and indices are no part of what is computed. The first one stays.
//
//   mixer twice(x: [N, M]) -> (y: [N]) {
//     a[i] = sum[j](x[i,j] * x[i,j])
//     b[n] = sum[m](x[n,m] * x[n,m])
//     y[i] = a[i] * b[i]
//   }
//
// CHECK-LABEL: mixer twice
// CHECK:      a[i] = sum[j](x[i,j] * x[i,j])
// CHECK-NEXT: y[i] = a[i] * a[i]
// REMARK: Equation=b{{.*}}is a: the same computation
mixer.func @twice(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %a = mixer.eq "a" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = arith.mulf %1, %1 : f32
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  %b = mixer.eq "b" [n: s0] : f32 (%n) {
    %0 = mixer.reduce sum [m: s1] : f32 (%m) {
      %1 = mixer.at %x[%n, %m] : !mixer.tensor<[s0, s1], f32>
      %2 = arith.mulf %1, %1 : f32
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.at %a[%i] : !mixer.tensor<[s0], f32>
    %1 = mixer.at %b[%i] : !mixer.tensor<[s0], f32>
    %2 = arith.mulf %0, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// Whoever reads the one as the other is then equal too.
//
//   mixer chains(x: [N, M]) -> (y: [N], z: [N]) {
//     a[i] = sum[j](x[i,j])
//     b[i] = exp(a[i])
//     c[i] = sum[j](x[i,j])
//     d[i] = exp(c[i])
//     y[i] = b[i] - 1
//     z[i] = d[i] * 2
//   }
//
// CHECK-LABEL: mixer chains
// CHECK:      a[i] = sum[j](x[i,j])
// CHECK-NEXT: b[i] = exp(a[i])
// CHECK-NEXT: y[i] = b[i] - 1.0
// CHECK-NEXT: z[i] = b[i] * 2.0
mixer.func @chains(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>, "z": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %a = mixer.eq "a" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %b = mixer.eq "b" [i: s0] : f32 (%i) {
    %0 = mixer.at %a[%i] : !mixer.tensor<[s0], f32>
    %1 = math.exp %0 : f32
    mixer.yield %1 : f32
  }
  %c = mixer.eq "c" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %d = mixer.eq "d" [i: s0] : f32 (%i) {
    %0 = mixer.at %c[%i] : !mixer.tensor<[s0], f32>
    %1 = math.exp %0 : f32
    mixer.yield %1 : f32
  }
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.at %b[%i] : !mixer.tensor<[s0], f32>
    %cst = arith.constant 1.000000e+00 : f32
    %1 = arith.subf %0, %cst : f32
    mixer.yield %1 : f32
  }
  %z = mixer.eq "z" [i: s0] : f32 (%i) {
    %0 = mixer.at %d[%i] : !mixer.tensor<[s0], f32>
    %cst = arith.constant 2.000000e+00 : f32
    %1 = arith.mulf %0, %cst : f32
    mixer.yield %1 : f32
  }
  mixer.return %y, %z : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>
}

// Two outputs are two tensors.
//
//   mixer two_outputs(x: [N, M]) -> (y: [N], z: [N], w: [N]) {
//     y[i] = max[j](x[i,j])
//     z[i] = max[j](x[i,j])
//     w[i] = z[i] + y[i]
//   }
//
// CHECK-LABEL: mixer two_outputs
// CHECK:      y[i] = max[j](x[i,j])
// CHECK-NEXT: z[i] = y[i]
// CHECK-NEXT: w[i] = y[i] + y[i]
// REMARK: Equation=z{{.*}}an output that is a copy of y: the same computation
mixer.func @two_outputs(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>, "z": !mixer.tensor<[s0], f32>, "w": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %z = mixer.eq "z" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %w = mixer.eq "w" [i: s0] : f32 (%i) {
    %0 = mixer.at %z[%i] : !mixer.tensor<[s0], f32>
    %1 = mixer.at %y[%i] : !mixer.tensor<[s0], f32>
    %2 = arith.addf %0, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y, %z, %w : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>
}

// Other ranges are another sum.
//
//   mixer ranges_differ(x: [N, N]) -> (y: [N]) {
//     a[i] = sum[j in 0..i](x[i,j])
//     b[i] = sum[j in 0..i+1](x[i,j])
//     y[i] = a[i] * b[i]
//   }
//
// CHECK-LABEL: mixer ranges_differ
// CHECK:      a[i] = sum[j in 0..i](x[i,j])
// CHECK-NEXT: b[i] = sum[j in 0..i+1](x[i,j])
// CHECK-NEXT: y[i] = a[i] * b[i]
mixer.func @ranges_differ(%x "x": !mixer.tensor<[s0, s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %a = mixer.eq "a" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: %i] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %b = mixer.eq "b" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: %i + 1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.at %a[%i] : !mixer.tensor<[s0], f32>
    %1 = mixer.at %b[%i] : !mixer.tensor<[s0], f32>
    %2 = arith.mulf %0, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// Inside a step.
//
//   mixer in_a_step(x: [N, I], w: [I, I]) -> (y: [N, I], S1: [I]) {
//     S[-1,i] = 0
//     t[n in 0..N, i] = sum[j](w[i,j] * S[n-1,j])
//     u[n in 0..N, i] = sum[j](w[i,j] * S[n-1,j])
//     S[n,i] = t[n,i] * 0.5 + u[n,i] * x[n,i]
//     y[n,i] = S[n,i]
//     S1[i] = S[N-1,i]
//   }
//
// CHECK-LABEL: mixer in_a_step
// CHECK:      t[n in 0..N, i] = sum[j](w[i,j] * S[n-1,j])
// CHECK-NEXT: S[n,i] = t[n,i] * 0.5 + t[n,i] * x[n,i]
mixer.func @in_a_step(%x "x": !mixer.tensor<[s0, s1], f32>, %w "w": !mixer.tensor<[s1, s1], f32>) -> ("y": !mixer.tensor<[s0, s1], f32>, "S1": !mixer.tensor<[s1], f32>) extents [<"N">, <"I">] {
  %S = mixer.eq "S" [i: s1] : f32 (%i) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1], f32> to 0 at (d0) -> (-1, d0)) (%n) carry (%S_1 "S": !mixer.tensor<[-1 to s0, s1], f32>) {
    %t = mixer.eq "t" [i: s1] : f32 (%i) {
      %1 = mixer.reduce sum [j: s1] : f32 (%j) {
        %2 = mixer.at %w[%i, %j] : !mixer.tensor<[s1, s1], f32>
        %3 = mixer.at %S_1[%n - 1, %j] : !mixer.tensor<[-1 to s0, s1], f32>
        %4 = arith.mulf %2, %3 : f32
        mixer.yield %4 : f32
      }
      mixer.yield %1 : f32
    }
    %u = mixer.eq "u" [i: s1] : f32 (%i) {
      %1 = mixer.reduce sum [j: s1] : f32 (%j) {
        %2 = mixer.at %w[%i, %j] : !mixer.tensor<[s1, s1], f32>
        %3 = mixer.at %S_1[%n - 1, %j] : !mixer.tensor<[-1 to s0, s1], f32>
        %4 = arith.mulf %2, %3 : f32
        mixer.yield %4 : f32
      }
      mixer.yield %1 : f32
    }
    %S_2 = mixer.eq "S" [i: s1] : f32 (%i) {
      %1 = mixer.at %t[%i] : !mixer.tensor<[s1], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %1, %cst : f32
      %3 = mixer.at %u[%i] : !mixer.tensor<[s1], f32>
      %4 = mixer.at %x[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_2 to %S_1 at affine_map<(d0, d1) -> (d1, d0)> times(%n) : <[s1], f32>, <[-1 to s0, s1], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1], f32>
  }
  %y = mixer.eq "y" [n: s0, i: s1] : f32 (%n, %i) {
    %0 = mixer.at %S_0[%n, %i] : !mixer.tensor<[-1 to s0, s1], f32>
    mixer.yield %0 : f32
  }
  %S1 = mixer.eq "S1" [i: s1] : f32 (%i) {
    %0 = mixer.at %S_0[s0 - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
    mixer.yield %0 : f32
  }
  mixer.return %y, %S1 : !mixer.tensor<[s0, s1], f32>, !mixer.tensor<[s1], f32>
}

// The steps of two histories stay two, and so do boundaries.
//
//   mixer equal_steps(x: [N, I]) -> (y: [N, I], z: [N, I]) {
//     S[-1,i] = 0
//     T[-1,i] = 0
//     S[n,i] = x[n,i] + 0.5 * T[n-1,i] - S[n-1,i]
//     T[n,i] = x[n,i] + 0.5 * T[n-1,i] - S[n-1,i]
//     y[n,i] = S[n,i]
//     z[n,i] = T[n,i] - S[n-1,i]
//   }
//
// CHECK-LABEL: mixer equal_steps
// CHECK-DAG:  S[-1,i] = 0.0
// CHECK-DAG:  T[-1,i] = 0.0
// CHECK:      S[n,i] = x[n,i] + 0.5 * T[n-1,i] - S[n-1,i]
// CHECK-NEXT: T[n,i] = x[n,i] + 0.5 * T[n-1,i] - S[n-1,i]
mixer.func @equal_steps(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0, s1], f32>, "z": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"I">] {
  %S = mixer.eq "S" [i: s1] : f32 (%i) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %T = mixer.eq "T" [i: s1] : f32 (%i) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0, %T_1 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1], f32> to 0 at (d0) -> (-1, d0), %T : !mixer.tensor<[s1], f32> to 1 at (d0) -> (-1, d0)) (%n) carry (%S_2 "S": !mixer.tensor<[-1 to s0, s1], f32>, %T_3 "T": !mixer.tensor<[-1 to s0, s1], f32>) {
    %S_4 = mixer.eq "S" [i: s1] : f32 (%i) {
      %2 = mixer.at %x[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %3 = mixer.at %T_3[%n - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %4 = arith.mulf %cst, %3 : f32
      %5 = arith.addf %2, %4 : f32
      %6 = mixer.at %S_2[%n - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %7 = arith.subf %5, %6 : f32
      mixer.yield %7 : f32
    }
    %0 = mixer.append %S_4 to %S_2 at affine_map<(d0, d1) -> (d1, d0)> times(%n) : <[s1], f32>, <[-1 to s0, s1], f32>
    %T_5 = mixer.eq "T" [i: s1] : f32 (%i) {
      %2 = mixer.at %x[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %3 = mixer.at %T_3[%n - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %4 = arith.mulf %cst, %3 : f32
      %5 = arith.addf %2, %4 : f32
      %6 = mixer.at %0[%n - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %7 = arith.subf %5, %6 : f32
      mixer.yield %7 : f32
    }
    %1 = mixer.append %T_5 to %T_3 at affine_map<(d0, d1) -> (d1, d0)> times(%n) : <[s1], f32>, <[-1 to s0, s1], f32>
    mixer.yield %0, %1 : !mixer.tensor<[-1 to s0, s1], f32>, !mixer.tensor<[-1 to s0, s1], f32>
  }
  %y = mixer.eq "y" [n: s0, i: s1] : f32 (%n, %i) {
    %0 = mixer.at %S_0[%n, %i] : !mixer.tensor<[-1 to s0, s1], f32>
    mixer.yield %0 : f32
  }
  %z = mixer.eq "z" [n: s0, i: s1] : f32 (%n, %i) {
    %0 = mixer.at %T_1[%n, %i] : !mixer.tensor<[-1 to s0, s1], f32>
    %1 = mixer.at %S_0[%n - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
    %2 = arith.subf %0, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y, %z : !mixer.tensor<[s0, s1], f32>, !mixer.tensor<[s0, s1], f32>
}

// What no output depends on goes, a history of a recurrence too.
//
//   mixer unread_history(x: [N, I]) -> (y: [N, I]) {
//     S[-1,i] = 0
//     T[-1,i] = 0
//     S[n,i] = x[n,i] + 0.5 * S[n-1,i]
//     T[n,i] = S[n,i] + 0.5 * T[n-1,i]
//     dead[n,i] = T[n,i] * 2
//     y[n,i] = S[n,i]
//   }
//
// CHECK-LABEL: mixer unread_history
// CHECK-NEXT: {
// CHECK-NEXT: S[-1,i] = 0.0
// CHECK-NEXT: S[n,i] = x[n,i] + 0.5 * S[n-1,i]
// CHECK-NEXT: y[n,i] = S[n,i]
// CHECK-NEXT: }
mixer.func @unread_history(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"I">] {
  %S = mixer.eq "S" [i: s1] : f32 (%i) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1], f32> to 0 at (d0) -> (-1, d0)) (%n) carry (%S_2 "S": !mixer.tensor<[-1 to s0, s1], f32>) {
    %S_3 = mixer.eq "S" [i: s1] : f32 (%i) {
      %1 = mixer.at %x[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %S_2[%n - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %3 = arith.mulf %cst, %2 : f32
      %4 = arith.addf %1, %3 : f32
      mixer.yield %4 : f32
    }
    %0 = mixer.append %S_3 to %S_2 at affine_map<(d0, d1) -> (d1, d0)> times(%n) : <[s1], f32>, <[-1 to s0, s1], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1], f32>
  }
  %T = mixer.eq "T" [i: s1] : f32 (%i) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %T_1 = mixer.recur [n: s0] init (%T : !mixer.tensor<[s1], f32> to 0 at (d0) -> (-1, d0)) (%n) carry (%T_2 "T": !mixer.tensor<[-1 to s0, s1], f32>) {
    %T_3 = mixer.eq "T" [i: s1] : f32 (%i) {
      %1 = mixer.at %S_0[%n, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %2 = mixer.at %T_2[%n - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %3 = arith.mulf %cst, %2 : f32
      %4 = arith.addf %1, %3 : f32
      mixer.yield %4 : f32
    }
    %0 = mixer.append %T_3 to %T_2 at affine_map<(d0, d1) -> (d1, d0)> times(%n) : <[s1], f32>, <[-1 to s0, s1], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1], f32>
  }
  %dead = mixer.eq "dead" [n: s0, i: s1] : f32 (%n, %i) {
    %0 = mixer.at %T_1[%n, %i] : !mixer.tensor<[-1 to s0, s1], f32>
    %cst = arith.constant 2.000000e+00 : f32
    %1 = arith.mulf %0, %cst : f32
    mixer.yield %1 : f32
  }
  %y = mixer.eq "y" [n: s0, i: s1] : f32 (%n, %i) {
    %0 = mixer.at %S_0[%n, %i] : !mixer.tensor<[-1 to s0, s1], f32>
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0, s1], f32>
}
