// RUN: mixc-opt %s | mixc-opt | FileCheck %s
// RUN: mixc-opt --mlir-print-op-generic %s | mixc-opt | FileCheck %s

// Attention with grouped heads and a causal mask: semi-affine subscripts, a lazy conditional, a normaliser.
// CHECK-LABEL: mixer.func @attention(%q "q": !mixer.tensor<[s0, s1, s2, s3], bf16>
// CHECK-SAME: %scale "scale" optional: !mixer.tensor<[], f32>)
// CHECK-SAME: -> ("o": !mixer.tensor<[s0, s1, s2, s3], bf16>, "lse": !mixer.tensor<[s0, s1, s2], f32>)
// CHECK-SAME: extents [<"B">, <"H">, <"N">, <"D" = 128>, <"G">, <"M">]
mixer.func @attention(%q "q": !mixer.tensor<[s0, s1, s2, s3], bf16>, %k "k": !mixer.tensor<[s0, s4, s5, s3], bf16>,
                      %scale "scale" optional: !mixer.tensor<[], f32>)
    -> ("o": !mixer.tensor<[s0, s1, s2, s3], bf16>, "lse": !mixer.tensor<[s0, s1, s2], f32>)
    extents [<"B">, <"H">, <"N">, <"D" = 128>, <"G">, <"M">] {
  // CHECK: mixer.fact "H % G == 0" {
  mixer.fact "H % G == 0" {
    // CHECK: mixer.apply s1 mod s4
    %0 = mixer.apply s1 mod s4
    %c0 = arith.constant 0 : index
    %1 = arith.cmpi eq, %0, %c0 : index
    mixer.yield %1 : i1
  }
  // CHECK: mixer.default %scale {
  %sc = mixer.default %scale {
    %0 = arith.constant 0.125 : f32
    mixer.yield %0 : f32
  } : !mixer.tensor<[], f32>
  // CHECK: %s = mixer.eq "s" [b: s0, h: s1, i: s2, j: s5] : f32 (%b, %h, %i, %j) {
  %s = mixer.eq "s" [b: s0, h: s1, i: s2, j: s5] : f32 (%b, %h, %i, %j) {
    // CHECK: mixer.reduce sum [d: s3] : f32 (%d) {
    %x = mixer.reduce sum [d: s3] : f32 (%d) {
      %0 = mixer.at %q[%b, %h, %i, %d] : !mixer.tensor<[s0, s1, s2, s3], bf16>
      // CHECK: mixer.at %k[%b, %h floordiv (s1 floordiv s4), %j, %d] : !mixer.tensor<[s0, s4, s5, s3], bf16>
      %1 = mixer.at %k[%b, %h floordiv (s1 floordiv s4), %j, %d] : !mixer.tensor<[s0, s4, s5, s3], bf16>
      %2 = arith.mulf %0, %1 : f32
      mixer.yield %2 : f32
    }
    // CHECK: mixer.apply %i + s5 - s2
    %last = mixer.apply %i + s5 - s2
    %visible = arith.cmpi sle, %j, %last : index
    %y = scf.if %visible -> f32 {
      %3 = mixer.at %sc[] : !mixer.tensor<[], f32>
      %4 = arith.mulf %x, %3 : f32
      scf.yield %4 : f32
    } else {
      %inf = arith.constant 0xFF800000 : f32
      scf.yield %inf : f32
    }
    mixer.yield %y : f32
  }
  %o = mixer.eq "o" [b: s0, h: s1, i: s2, e: s3] : bf16 (%b, %h, %i, %e) {
    %x = mixer.reduce sum [j: s5] : f32 (%j) {
      // CHECK: mixer.along softmax [c: s5] at (%{{.*}}) : f32 (%{{.*}}) {
      %p = mixer.along softmax [c: s5] at (%j) : f32 (%c) {
        %0 = mixer.at %s[%b, %h, %i, %c] : !mixer.tensor<[s0, s1, s2, s5], f32>
        mixer.yield %0 : f32
      }
      %1 = mixer.at %k[%b, %h floordiv (s1 floordiv s4), %j, %e] : !mixer.tensor<[s0, s4, s5, s3], bf16>
      %2 = arith.mulf %p, %1 : f32
      mixer.yield %2 : f32
    }
    mixer.yield %x : f32
  }
  %lse = mixer.eq "lse" [b: s0, h: s1, i: s2] : f32 (%b, %h, %i) {
    %x = mixer.reduce logsumexp [j: s5] : f32 (%j) {
      %0 = mixer.at %s[%b, %h, %i, %j] : !mixer.tensor<[s0, s1, s2, s5], f32>
      mixer.yield %0 : f32
    }
    mixer.yield %x : f32
  }
  mixer.return %o, %lse : !mixer.tensor<[s0, s1, s2, s3], bf16>, !mixer.tensor<[s0, s1, s2], f32>
}

// A recurrence with a boundary, and one that runs backwards.
// CHECK-LABEL: mixer.func @scan
mixer.func @scan(%x "x": !mixer.tensor<[s0, s1], f32>, %z0 "z0": !mixer.tensor<[s0], f32>)
    -> ("y": !mixer.tensor<[s0, -1 to s1], f32>) extents [<"B">, <"N">] {
  // CHECK: mixer.recur [n: s1] init (%z0 : !mixer.tensor<[s0], f32> to 0 at (d0) -> (d0, -1)) (%n) carry (%[[H:.*]] "z": !mixer.tensor<[s0, -1 to s1], f32>) {
  %z = mixer.recur [n: s1] init (%z0 : !mixer.tensor<[s0], f32> to 0 at (d0) -> (d0, -1)) (%n) carry (%H "z": !mixer.tensor<[s0, -1 to s1], f32>) {
    %slice = mixer.eq "z" [b: s0] : f32 (%b) {
      // CHECK: mixer.at %[[H]][%b, %n - 1]
      %0 = mixer.at %H[%b, %n - 1] : !mixer.tensor<[s0, -1 to s1], f32>
      %1 = mixer.at %x[%b, %n] : !mixer.tensor<[s0, s1], f32>
      %2 = arith.addf %0, %1 : f32
      mixer.yield %2 : f32
    }
    // CHECK: mixer.append %{{.*}} to %[[H]] at {{.*}} times(%n)
    %H1 = mixer.append %slice to %H at affine_map<(d0, d1) -> (d0, d1)> times (%n) : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0, -1 to s1], f32>
    mixer.yield %H1 : !mixer.tensor<[s0, -1 to s1], f32>
  }
  mixer.return %z : !mixer.tensor<[s0, -1 to s1], f32>
}

// Order statistics, transforms, scatters, tables, data in subscripts and in bounds.
// CHECK-LABEL: mixer.func @others
mixer.func @others(%x "x": !mixer.tensor<[s0], f32>, %len "len": !mixer.tensor<[], i32>, %to "to": !mixer.tensor<[s0], i32>)
    -> ("y": !mixer.tensor<[s1], f32>) extents [<"N">, <"C">, <"T" = min(s0, 4)>] {
  // CHECK: mixer.table dense<[1, 1, 3]> : tensor<3xi64> -> <[3], i64>
  %taps = mixer.table dense<[1, 1, 3]> : tensor<3xi64> -> !mixer.tensor<[3], i64>
  %r = mixer.eq "r" [t: s2] : i64 (%t) {
    // CHECK: mixer.order argtop [c: s0] rank %t : index (%c) {
    %c = mixer.order argtop [c: s0] rank %t : index (%c) {
      %0 = mixer.at %x[%c] : !mixer.tensor<[s0], f32>
      mixer.yield %0 : f32
    }
    mixer.yield %c : index
  }
  %X = mixer.eq "X" [f: s0 floordiv 2 + 1] : complex<f32> (%f) {
    // CHECK: mixer.transform rfft [n: s0] at %f length s0 : complex<f32> (%n) {
    %v = mixer.transform rfft [n: s0] at %f length s0 : complex<f32> (%n) {
      %0 = mixer.at %x[%n] : !mixer.tensor<[s0], f32>
      mixer.yield %0 : f32
    }
    mixer.yield %v : complex<f32>
  }
  // CHECK: mixer.scatter sum "y" [t: s0] : !mixer.tensor<[s1], f32> (%t) {
  %y = mixer.scatter sum "y" [t: s0] : !mixer.tensor<[s1], f32> (%t) {
    %0 = mixer.at %to[%t] : !mixer.tensor<[s0], i32>
    %l = mixer.at %len[] : !mixer.tensor<[], i32>
    // CHECK: mixer.reduce sum [j: %t to %{{.*}} + 1] : f32 (%j) {
    %1 = mixer.reduce sum [j: %t to %l + 1] : f32 (%j) {
      %2 = mixer.at %x[%j] : !mixer.tensor<[s0], f32>
      // CHECK: mixer.fn silu(%{{.*}}) : (f32) -> f32
      %3 = mixer.fn silu(%2) : (f32) -> f32
      // CHECK: mixer.cast %{{.*}} to bf16 : f32 -> f32
      %4 = mixer.cast %3 to bf16 : f32 -> f32
      mixer.yield %4 : f32
    }
    mixer.yield %0, %1 : index, f32
  }
  mixer.return %y : !mixer.tensor<[s1], f32>
}
