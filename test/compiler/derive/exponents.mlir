// RUN: mixc-opt --derive-exponents %s | FileCheck %s
// RUN: mixc-opt --derive-exponents --remarks-filter=derive-exponents %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// Exponentials below a maximum are recognised. Above each function: the mixer that it is, and what becomes of it.

// A softmax spelled by hand, with a guard and without.
//
//   mixer by_hand(s: [N, M]) -> (x: [N, M], y: [N, M]) {
//     m[i] = max[j](s[i,j])
//     x[i,j] = exp(s[i,j] - m[i])
//     y[i,j] = exp(s[i,j] - (if m[i] == -inf then 0 else m[i]))
//   }
//
// CHECK-LABEL: @by_hand
// CHECK:       mixer.eq "x"
// CHECK-NEXT:  %[[S:.*]] = mixer.at %s[%i, %j]
// CHECK-NEXT:  %[[M:.*]] = mixer.at %m[%i]
// CHECK-NEXT:  %[[X:.*]] = mixer.expdiff %[[S]], %[[M]] because member : f32
// CHECK-NEXT:  mixer.yield %[[X]]
// CHECK:       mixer.expdiff %{{.*}}, %{{.*}} because member : f32
// CHECK-NEXT:  mixer.yield
// CHECK-NOT:   math.exp
// REMARK: [Passed] exponent | {{.*}}Equation=x, Reason="an exponential below the maximum m, at most 1"
// REMARK: [Passed] exponent | {{.*}}Equation=y,
mixer.func @by_hand(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("x": !mixer.tensor<[s0, s1], f32>, "y": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"M">] {
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
    %2 = arith.subf %0, %1 : f32
    %3 = math.exp %2 : f32
    mixer.yield %3 : f32
  }
  %y = mixer.eq "y" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
    %cst = arith.constant 0xFF800000 : f32
    %2 = arith.cmpf oeq, %1, %cst : f32
    %3 = scf.if %2 -> (f32) {
      %cst_0 = arith.constant 0.000000e+00 : f32
      scf.yield %cst_0 : f32
    } else {
      scf.yield %1 : f32
    }
    %4 = arith.subf %0, %3 : f32
    %5 = math.exp %4 : f32
    mixer.yield %5 : f32
  }
  mixer.return %x, %y : !mixer.tensor<[s0, s1], f32>, !mixer.tensor<[s0, s1], f32>
}

// The score is an expression, with a mask, in the maximum and in the exponent.
//
//   mixer of_an_expression(s: [N, M], c: f32) -> (z: [N]) {
//     m[i] = max[j](if j <= i then c * s[i,j] else -inf)
//     z[i] = sum[k](exp((if k <= i then c * s[i,k] else -inf) - m[i]))
//   }
//
// CHECK-LABEL: @of_an_expression
// CHECK:       mixer.expdiff
// CHECK-NOT:   math.exp
mixer.func @of_an_expression(%s "s": !mixer.tensor<[s0, s1], f32>, %c "c": !mixer.tensor<[], f32>) -> ("z": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = arith.cmpi sle, %j, %i : index
      %2 = scf.if %1 -> (f32) {
        %3 = mixer.at %c[] : !mixer.tensor<[], f32>
        %4 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
        %5 = arith.mulf %3, %4 : f32
        scf.yield %5 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  %z = mixer.eq "z" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [k: s1] : f32 (%k) {
      %1 = arith.cmpi sle, %k, %i : index
      %2 = scf.if %1 -> (f32) {
        %6 = mixer.at %c[] : !mixer.tensor<[], f32>
        %7 = mixer.at %s[%i, %k] : !mixer.tensor<[s0, s1], f32>
        %8 = arith.mulf %6, %7 : f32
        scf.yield %8 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      %3 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
      %4 = arith.subf %2, %3 : f32
      %5 = math.exp %4 : f32
      mixer.yield %5 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %z : !mixer.tensor<[s0], f32>
}

// Other values than the maximum's may be above it.
//
//   mixer of_other_values(s: [N, M], t: [N, M]) -> (x: [N, M], y: [N, M], u: [N, M]) {
//     m[i] = max[j](s[i,j])
//     x[i,j] = exp(t[i,j] - m[i])
//     y[i,j] = exp(2 * s[i,j] - m[i])
//     u[i,j] = exp(s[i,j] - m[0])
//   }
//
// CHECK-LABEL: @of_other_values
// CHECK-COUNT-3: math.exp
// CHECK-NOT:   mixer.expdiff
// REMARK: [Missed] exponent | {{.*}}Equation=x, Reason="an exponential that may be above 1: what it exponentiates is not seen to be one of the values of the maximum m"
// REMARK: [Missed] exponent | {{.*}}Equation=y,
mixer.func @of_other_values(%s "s": !mixer.tensor<[s0, s1], f32>, %t "t": !mixer.tensor<[s0, s1], f32>) -> ("x": !mixer.tensor<[s0, s1], f32>, "y": !mixer.tensor<[s0, s1], f32>, "u": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"M">] {
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %x = mixer.eq "x" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %t[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
    %2 = arith.subf %0, %1 : f32
    %3 = math.exp %2 : f32
    mixer.yield %3 : f32
  }
  %y = mixer.eq "y" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %cst = arith.constant 2.000000e+00 : f32
    %1 = arith.mulf %cst, %0 : f32
    %2 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
    %3 = arith.subf %1, %2 : f32
    %4 = math.exp %3 : f32
    mixer.yield %4 : f32
  }
  %u = mixer.eq "u" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %m[0] : !mixer.tensor<[s0], f32>
    %2 = arith.subf %0, %1 : f32
    %3 = math.exp %2 : f32
    mixer.yield %3 : f32
  }
  mixer.return %x, %y, %u : !mixer.tensor<[s0, s1], f32>, !mixer.tensor<[s0, s1], f32>, !mixer.tensor<[s0, s1], f32>
}

// A part of the range gives no bound on the others.
//
//   mixer of_a_part(s: [N, M]) -> (x: [N, M]) {
//     m[i] = max[j in 1..M](s[i,j])
//     x[i,j] = exp(s[i,j] - m[i])
//   }
//
// CHECK-LABEL: @of_a_part
// CHECK:       math.exp
// REMARK: [Missed] exponent | {{.*}}Function=of_a_part
mixer.func @of_a_part(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("x": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"M">] {
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: 1 to s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %x = mixer.eq "x" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %m[%i] : !mixer.tensor<[s0], f32>
    %2 = arith.subf %0, %1 : f32
    %3 = math.exp %2 : f32
    mixer.yield %3 : f32
  }
  mixer.return %x : !mixer.tensor<[s0, s1], f32>
}

// A maximum that is rounded may lie below what it is the maximum of.
//
//   mixer of_a_rounded_one(s: f32[N, M]) -> (x: f32[N, M], m: bf16[N]) {
//     m[i] = max[j](s[i,j])
//     x[i,j] = exp(s[i,j] - m[i])
//   }
//
// CHECK-LABEL: @of_a_rounded_one
// CHECK:       math.exp
mixer.func @of_a_rounded_one(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("x": !mixer.tensor<[s0, s1], f32>, "m": !mixer.tensor<[s0], bf16>) extents [<"N">, <"M">] {
  %m = mixer.eq "m" [i: s0] : bf16 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %x = mixer.eq "x" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %m[%i] : !mixer.tensor<[s0], bf16>
    %2 = arith.subf %0, %1 : f32
    %3 = math.exp %2 : f32
    mixer.yield %3 : f32
  }
  mixer.return %x, %m : !mixer.tensor<[s0, s1], f32>, !mixer.tensor<[s0], bf16>
}
