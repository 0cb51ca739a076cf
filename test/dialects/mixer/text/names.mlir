// RUN: mixc-opt --print-mix %s -o /dev/null | FileCheck %s

// Names are made legal and unique; extents, arguments and outputs come first. An index hides no name that is read bare.
// CHECK-LABEL: mixer sum_1(x: f32[N, M], e: f32) -> (max_1: f32[N])
mixer.func @sum(%x "x": !mixer.tensor<[s0, s1], f32>, %e "e": !mixer.tensor<[], f32>)
    -> ("max": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  // CHECK: x_1[n,if1] = x[n,if1] + e
  %0 = mixer.eq "x" [N: s0, "if": s1] : f32 (%n, %m) {
    %a = mixer.at %x[%n, %m] : !mixer.tensor<[s0, s1], f32>
    %b = mixer.at %e[] : !mixer.tensor<[], f32>
    %c = arith.addf %a, %b : f32
    mixer.yield %c : f32
  }
  // CHECK: o_sum[e1] = sum[e2](x_1[e1,e2])
  %1 = mixer.eq "o.sum" [e: s0] : f32 (%n) {
    %s = mixer.reduce sum [e: s1] : f32 (%m) {
      %a = mixer.at %0[%n, %m] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %a : f32
    }
    mixer.yield %s : f32
  }
  // CHECK: max_1[i] = -o_sum[i]
  %2 = mixer.eq "whatever" [i: s0] : f32 (%n) {
    %a = mixer.at %1[%n] : !mixer.tensor<[s0], f32>
    %b = arith.negf %a : f32
    mixer.yield %b : f32
  }
  mixer.return %2 : !mixer.tensor<[s0], f32>
}
