// RUN: mixc-opt --derive-recurrence-readers --print-mix %s -o /dev/null | FileCheck %s
// RUN: mixc-opt --derive-recurrence-readers %s | FileCheck %s --check-prefix=IR
//
// Readers of a history that is larger than arguments and outputs join its recurrence (Inv 17). The text is the same in another order; the IR
// says which equations are one recurrence.

// The reader becomes a second history, its sum a part of the step. It reads the step's slice.
//
//   mixer one(q: [N, K], k: [N, K], v: [N, V]) -> (o: [N, V]) {
//     S[-1,i,j] = 0
//     S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
//     o[n,j] = sum[i](q[n,i] * S[n,i,j])
//   }
//
// CHECK-LABEL: mixer one
// CHECK:      S[-1,i,j] = 0.0
// CHECK-NEXT: S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
// CHECK-NEXT: o[n,j] = sum[i](q[n,i] * S[n,i,j])
// IR-LABEL: @one
// IR:       mixer.recur {{.*}} carry (%{{.*}} "S": {{.*}}, %{{.*}} "o":
// IR:       %[[S:.*]] = mixer.eq "S"
// IR:       mixer.append %[[S]]
// IR:       mixer.eq "o"
// IR:       mixer.at %[[S]][%{{.*}}, %{{.*}}]
mixer.func @one(%q "q": !mixer.tensor<[s0, s1], f32>, %k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%S_1 "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %S_2 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_1[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_2 to %S_1 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %q[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %S_0[%n, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// What was a history of two arguments' size is one of two more: its reader follows. An earlier step is read where it was.
//
//   mixer chained(k: [N, K], v: [N, V]) -> (o: [N, V]) {
//     S[-1,i,j] = 0
//     S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
//     T[n,i,j] = exp(S[n,i,j] - S[n-1,i,j])
//     o[n,j] = sum[i](k[n,i] * T[n,i,j])
//   }
//
// IR-LABEL: @chained
// IR:       mixer.recur {{.*}} carry (%[[H:.*]] "S": {{.*}}, %{{.*}} "T": {{.*}}, %{{.*}} "o":
// IR:       mixer.eq "T"
// IR:       mixer.at %{{.*}}[%n - 1, %{{.*}}, %{{.*}}]
// IR:       mixer.eq "o"
// IR-NOT:   mixer.eq
// IR:       mixer.return
mixer.func @chained(%k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%S_1 "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %S_2 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_1[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_2 to %S_1 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %T = mixer.eq "T" [n: s0, i: s1, j: s2] : f32 (%n, %i, %j) {
    %0 = mixer.at %S_0[%n, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
    %1 = mixer.at %S_0[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
    %2 = arith.subf %0, %1 : f32
    %3 = math.exp %2 : f32
    mixer.yield %3 : f32
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %T[%n, %i, %j] : !mixer.tensor<[s0, s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// Backwards, an earlier step is one with a larger index.
//
//   mixer backwards(k: [N, K], v: [N, V]) -> (o: [N, V]) {
//     S[N,i,j] = 0
//     S[n,i,j] = 0.5 * S[n+1,i,j] + k[n,i] * v[n,j]
//     o[n,j] = sum[i](k[n,i] * S[n+1,i,j])
//   }
//
// IR-LABEL: @backwards
// IR:       mixer.recur [n: s0 reverse] {{.*}} carry (%{{.*}} "S": {{.*}}, %{{.*}} "o":
mixer.func @backwards(%k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0 reverse] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1)[s0] -> (s0, d0, d1)) (%n) carry (%S_1 "S": !mixer.tensor<[s0 + 1, s1, s2], f32>) {
    %S_2 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_1[%n + 1, %i, %j] : !mixer.tensor<[s0 + 1, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_2 to %S_1 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[s0 + 1, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[s0 + 1, s1, s2], f32>
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %S_0[%n + 1, %i, %j] : !mixer.tensor<[s0 + 1, s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// Two time indices, each an axis of the reader.
//
//   mixer two_times(k: [Y, X, K], v: [Y, X, V]) -> (o: [Y, X, V]) {
//     S[-1,x,i,j] = 0
//     S[y,-1,i,j] = 0
//     S[y,x,i,j] = 0.5 * S[y-1,x,i,j] - 0.25 * S[y,x-1,i,j] + k[y,x,i] * v[y,x,j]
//     o[y,x,j] = sum[i](S[y,x,i,j] * k[y,x,i])
//   }
//
// IR-LABEL: @two_times
// IR:       mixer.recur [y: s0, x: s1] {{.*}} carry (%{{.*}} "S": {{.*}}, %{{.*}} "o":
mixer.func @two_times(%k "k": !mixer.tensor<[s0, s1, s2], f32>, %v "v": !mixer.tensor<[s0, s1, s3], f32>) -> ("o": !mixer.tensor<[s0, s1, s3], f32>) extents [<"Y">, <"X">, <"K">, <"V">] {
  %S = mixer.eq "S" [x: s1, i: s2, j: s3] : f32 (%x, %i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.eq "S" [y: s0, i: s2, j: s3] : f32 (%y, %i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_1 = mixer.recur [y: s0, x: s1] init (%S : !mixer.tensor<[s1, s2, s3], f32> to 0 at (d0, d1, d2) -> (-1, d0, d1, d2), %S_0 : !mixer.tensor<[s0, s2, s3], f32> to 0 at (d0, d1, d2) -> (d0, -1, d1, d2)) (%y, %x) carry (%S_2 "S": !mixer.tensor<[-1 to s0, -1 to s1, s2, s3], f32>) {
    %S_3 = mixer.eq "S" [i: s2, j: s3] : f32 (%i, %j) {
      %1 = mixer.at %S_2[%y - 1, %x, %i, %j] : !mixer.tensor<[-1 to s0, -1 to s1, s2, s3], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %S_2[%y, %x - 1, %i, %j] : !mixer.tensor<[-1 to s0, -1 to s1, s2, s3], f32>
      %cst_4 = arith.constant 2.500000e-01 : f32
      %4 = arith.mulf %cst_4, %3 : f32
      %5 = arith.subf %2, %4 : f32
      %6 = mixer.at %k[%y, %x, %i] : !mixer.tensor<[s0, s1, s2], f32>
      %7 = mixer.at %v[%y, %x, %j] : !mixer.tensor<[s0, s1, s3], f32>
      %8 = arith.mulf %6, %7 : f32
      %9 = arith.addf %5, %8 : f32
      mixer.yield %9 : f32
    }
    %0 = mixer.append %S_3 to %S_2 at affine_map<(d0, d1, d2, d3) -> (d2, d3, d0, d1)> times(%y, %x) : <[s2, s3], f32>, <[-1 to s0, -1 to s1, s2, s3], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, -1 to s1, s2, s3], f32>
  }
  %o = mixer.eq "o" [y: s0, x: s1, j: s3] : f32 (%y, %x, %j) {
    %0 = mixer.reduce sum [i: s2] : f32 (%i) {
      %1 = mixer.at %S_1[%y, %x, %i, %j] : !mixer.tensor<[-1 to s0, -1 to s1, s2, s3], f32>
      %2 = mixer.at %k[%y, %x, %i] : !mixer.tensor<[s0, s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s1, s3], f32>
}

// Two recurrences whose histories one equation reads become one loop, and the equation joins it.
//
//   mixer two_histories(k: [N, K], v: [N, V]) -> (o: [N, V]) {
//     S[-1,i,j] = 0
//     S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
//     R[-1,i,j] = 0
//     R[n,i,j] = 0.25 * R[n-1,i,j] + k[n,i] * v[n,j]
//     o[n,j] = sum[i](S[n,i,j] * R[n,i,j])
//   }
//
// IR-LABEL: @two_histories
// IR:       mixer.recur {{.*}} carry (%{{.*}} "S": {{.*}}, %{{.*}} "R": {{.*}}, %{{.*}} "o":
// IR-NOT:   mixer.recur
mixer.func @two_histories(%k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%S_2 "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %S_3 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_2[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_3 to %S_2 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %R = mixer.eq "R" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %R_1 = mixer.recur [n: s0] init (%R : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%R_2 "R": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %R_3 = mixer.eq "R" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %R_2[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 2.500000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %R_3 to %R_2 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %S_0[%n, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %2 = mixer.at %R_1[%n, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// A history no larger than an argument may be stored: its readers run in parallel.
//
//   mixer small(x: [N, I], w: [I]) -> (o: [N]) {
//     S[-1,i] = 0
//     S[n,i] = 0.5 * S[n-1,i] + x[n,i]
//     o[n] = sum[i](w[i] * S[n,i])
//   }
//
// IR-LABEL: @small
// IR:       mixer.recur {{.*}} carry (%{{.*}} "S": !mixer.tensor<[-1 to s0, s1], f32>) {
// IR:       mixer.eq "o" [n: s0]
mixer.func @small(%x "x": !mixer.tensor<[s0, s1], f32>, %w "w": !mixer.tensor<[s1], f32>) -> ("o": !mixer.tensor<[s0], f32>) extents [<"N">, <"I">] {
  %S = mixer.eq "S" [i: s1] : f32 (%i) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1], f32> to 0 at (d0) -> (-1, d0)) (%n) carry (%S_1 "S": !mixer.tensor<[-1 to s0, s1], f32>) {
    %S_2 = mixer.eq "S" [i: s1] : f32 (%i) {
      %1 = mixer.at %S_1[%n - 1, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %x[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = arith.addf %2, %3 : f32
      mixer.yield %4 : f32
    }
    %0 = mixer.append %S_2 to %S_1 at affine_map<(d0, d1) -> (d1, d0)> times(%n) : <[s1], f32>, <[-1 to s0, s1], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1], f32>
  }
  %o = mixer.eq "o" [n: s0] : f32 (%n) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %w[%i] : !mixer.tensor<[s1], f32>
      %2 = mixer.at %S_0[%n, %i] : !mixer.tensor<[-1 to s0, s1], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0], f32>
}

// What needs the recurrence's end cannot be computed in its steps.
//
//   mixer needs_the_end(k: [N, K], v: [N, V]) -> (o: [N, V]) where N >= 1 {
//     S[-1,i,j] = 1
//     S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
//     t[i] = sum[j](S[N-1,i,j])
//     o[n,j] = sum[i](t[i] * S[n,i,j])
//   }
//
// IR-LABEL: @needs_the_end
// IR:       mixer.recur {{.*}} carry (%{{.*}} "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
// IR:       mixer.eq "o" [n: s0, j: s2]
mixer.func @needs_the_end(%k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  mixer.fact "N >= 1" {
    %0 = mixer.apply s0
    %c1 = arith.constant 1 : index
    %1 = arith.cmpi sge, %0, %c1 : index
    mixer.yield %1 : i1
  }
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 1.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%S_1 "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %S_2 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_1[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_2 to %S_1 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %t = mixer.eq "t" [i: s1] : f32 (%i) {
    %0 = mixer.reduce sum [j: s2] : f32 (%j) {
      %1 = mixer.at %S_0[s0 - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %t[%i] : !mixer.tensor<[s1], f32>
      %2 = mixer.at %S_0[%n, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// Nor what reads a later step, or the steps in another order.
//
//   mixer other_steps(k: [N, K], v: [N, V]) -> (o: [N, V], u: [N, V]) {
//     S[-1,i,j] = 1
//     S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
//     o[n,j] = if n + 1 < N then sum[i](S[n+1,i,j]) else 0
//     u[n,j] = sum[i](S[N-1-n,i,j])
//   }
//
// IR-LABEL: @other_steps
// IR:       mixer.recur {{.*}} carry (%{{.*}} "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
// IR:       mixer.eq "o" [n: s0, j: s2]
// IR:       mixer.eq "u" [n: s0, j: s2]
mixer.func @other_steps(%k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>, "u": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 1.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%S_1 "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %S_2 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_1[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_2 to %S_1 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.apply %n + 1
    %1 = mixer.apply s0
    %2 = arith.cmpi slt, %0, %1 : index
    %3 = scf.if %2 -> (f32) {
      %4 = mixer.reduce sum [i: s1] : f32 (%i) {
        %5 = mixer.at %S_0[%n + 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
        mixer.yield %5 : f32
      }
      scf.yield %4 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %3 : f32
  }
  %u = mixer.eq "u" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %S_0[%n * (-1) + s0 - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o, %u : !mixer.tensor<[s0, s2], f32>, !mixer.tensor<[s0, s2], f32>
}

// What the reader needs besides is computed before the recurrence.
//
//   mixer operands(k: [N, K], v: [N, V]) -> (o: [N, V]) {
//     S[-1,i,j] = 0
//     S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
//     w[n,i] = exp(k[n,i])
//     o[n,j] = sum[i](w[n,i] * S[n,i,j])
//   }
//
// IR-LABEL: @operands
// IR:       mixer.eq "w"
// IR:       mixer.recur {{.*}} carry (%{{.*}} "S": {{.*}}, %{{.*}} "o":
mixer.func @operands(%k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%S_1 "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %S_2 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_1[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_2 to %S_1 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %w = mixer.eq "w" [n: s0, i: s1] : f32 (%n, %i) {
    %0 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
    %1 = math.exp %0 : f32
    mixer.yield %1 : f32
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %w[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %S_0[%n, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// A recurrence that reads the history of another, at steps before its own or at it, joins its loop.
//
//   mixer follower(k: [N, K], v: [N, V]) -> (o: [N, V]) {
//     S[-1,i,j] = 0
//     S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
//     w[n,i] = exp(k[n,i])
//     R[-1,i,j] = 1
//     R[n,i,j] = 0.25 * R[n-1,i,j] + S[n-1,i,j] * w[n,i]
//     o[n,j] = sum[i](R[n,i,j])
//   }
//
// IR-LABEL: @follower
// IR:       mixer.eq "w"
// IR:       mixer.recur {{.*}} carry (%[[S:.*]] "S": {{.*}}, %{{.*}} "R": {{.*}}, %{{.*}} "o":
// IR:       %[[S1:.*]] = mixer.append %{{.*}} to %[[S]]
// IR:       mixer.eq "R"
// IR:       mixer.at %[[S1]][%n - 1, %i, %j]
// IR-NOT:   mixer.recur
mixer.func @follower(%k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%S_2 "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %S_3 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_2[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_3 to %S_2 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %w = mixer.eq "w" [n: s0, i: s1] : f32 (%n, %i) {
    %0 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
    %1 = math.exp %0 : f32
    mixer.yield %1 : f32
  }
  %R = mixer.eq "R" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 1.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %R_1 = mixer.recur [n: s0] init (%R : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%R_2 "R": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %R_3 = mixer.eq "R" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %R_2[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 2.500000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %S_0[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %4 = mixer.at %w[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %R_3 to %R_2 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %R_1[%n, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// Not one that runs the other way.
//
//   mixer other_direction(k: [N, K], v: [N, V]) -> (o: [N, V]) {
//     S[-1,i,j] = 0
//     S[n,i,j] = 0.5 * S[n-1,i,j] + k[n,i] * v[n,j]
//     R[N,i,j] = 1
//     R[n,i,j] = 0.25 * R[n+1,i,j] + S[n,i,j]
//     o[n,j] = sum[i](R[n,i,j])
//   }
//
// IR-LABEL: @other_direction
// IR:       mixer.recur {{.*}} carry (%{{[^,]*}} "S": {{[^,]*}}, {{[^%]*}}) {
// IR:       mixer.recur {{.*}} carry (%{{.*}} "R": {{.*}}, %{{.*}} "o":
mixer.func @other_direction(%k "k": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s0, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"K">, <"V">] {
  %S = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 0.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %S_0 = mixer.recur [n: s0] init (%S : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1) -> (-1, d0, d1)) (%n) carry (%S_2 "S": !mixer.tensor<[-1 to s0, s1, s2], f32>) {
    %S_3 = mixer.eq "S" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %S_2[%n - 1, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %cst = arith.constant 5.000000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %k[%n, %i] : !mixer.tensor<[s0, s1], f32>
      %4 = mixer.at %v[%n, %j] : !mixer.tensor<[s0, s2], f32>
      %5 = arith.mulf %3, %4 : f32
      %6 = arith.addf %2, %5 : f32
      mixer.yield %6 : f32
    }
    %0 = mixer.append %S_3 to %S_2 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[-1 to s0, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[-1 to s0, s1, s2], f32>
  }
  %R = mixer.eq "R" [i: s1, j: s2] : f32 (%i, %j) {
    %cst = arith.constant 1.000000e+00 : f32
    mixer.yield %cst : f32
  }
  %R_1 = mixer.recur [n: s0 reverse] init (%R : !mixer.tensor<[s1, s2], f32> to 0 at (d0, d1)[s0] -> (s0, d0, d1)) (%n) carry (%R_2 "R": !mixer.tensor<[s0 + 1, s1, s2], f32>) {
    %R_3 = mixer.eq "R" [i: s1, j: s2] : f32 (%i, %j) {
      %1 = mixer.at %R_2[%n + 1, %i, %j] : !mixer.tensor<[s0 + 1, s1, s2], f32>
      %cst = arith.constant 2.500000e-01 : f32
      %2 = arith.mulf %cst, %1 : f32
      %3 = mixer.at %S_0[%n, %i, %j] : !mixer.tensor<[-1 to s0, s1, s2], f32>
      %4 = arith.addf %2, %3 : f32
      mixer.yield %4 : f32
    }
    %0 = mixer.append %R_3 to %R_2 at affine_map<(d0, d1, d2) -> (d2, d0, d1)> times(%n) : <[s1, s2], f32>, <[s0 + 1, s1, s2], f32>
    mixer.yield %0 : !mixer.tensor<[s0 + 1, s1, s2], f32>
  }
  %o = mixer.eq "o" [n: s0, j: s2] : f32 (%n, %j) {
    %0 = mixer.reduce sum [i: s1] : f32 (%i) {
      %1 = mixer.at %R_1[%n, %i, %j] : !mixer.tensor<[s0 + 1, s1, s2], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}
