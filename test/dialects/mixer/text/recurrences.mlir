// RUN: mixc-opt --print-mix %s -o /dev/null | FileCheck %s

// The time axis stands where `append` puts it; a boundary is an equation with a constant; what is not carried has the
// time axes in front; a state in bf16 is declared.
// CHECK-LABEL: mixer scan
// CHECK-NEXT: {
// CHECK-NEXT:   tensor z: bf16[B, N]
// CHECK-NEXT:   z[b,-1] = 0.5
// CHECK-NEXT:   t[n,b] = z[b,n-1] * x[b,n]
// CHECK-NEXT:   z[b,n] = t[n,b] + x[b,n]
// CHECK-NEXT:   y[b] = z[b,N-1]
// CHECK-NEXT: }
mixer.func @scan(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"B">, <"N">] {
  %z0 = mixer.eq "z.init" [b: s0] : bf16 (%b) {
    %0 = arith.constant 0.5 : f32
    mixer.yield %0 : f32
  }
  %z = mixer.recur [n: s1] init (%z0 : !mixer.tensor<[s0], bf16> to 0 at (d0) -> (d0, -1)) (%n)
      carry (%H "z": !mixer.tensor<[s0, -1 to s1], bf16>) {
    %t = mixer.eq "t" [b: s0] : f32 (%b) {
      %0 = mixer.at %H[%b, %n - 1] : !mixer.tensor<[s0, -1 to s1], bf16>
      %1 = mixer.at %x[%b, %n] : !mixer.tensor<[s0, s1], f32>
      %2 = arith.mulf %0, %1 : f32
      mixer.yield %2 : f32
    }
    %slice = mixer.eq "z" [b: s0] : bf16 (%b) {
      %0 = mixer.at %t[%b] : !mixer.tensor<[s0], f32>
      %1 = mixer.at %x[%b, %n] : !mixer.tensor<[s0, s1], f32>
      %2 = arith.addf %0, %1 : f32
      mixer.yield %2 : f32
    }
    %H1 = mixer.append %slice to %H at affine_map<(d0, d1) -> (d0, d1)> times (%n) : !mixer.tensor<[s0], bf16>, !mixer.tensor<[s0, -1 to s1], bf16>
    mixer.yield %H1 : !mixer.tensor<[s0, -1 to s1], bf16>
  }
  %y = mixer.eq "y" [b: s0] : f32 (%b) {
    %0 = mixer.at %z[%b, s1 - 1] : !mixer.tensor<[s0, -1 to s1], bf16>
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// Two times, an output that is the recurrence, and a range that no tensor gives.
// CHECK-LABEL: mixer grid
// CHECK-NEXT: {
// CHECK-NEXT:   w[i in 0..4, j] = if i > 0 then w[i-1,j] + x[j] else x[j]
// CHECK-NEXT: }
mixer.func @grid(%x "x": !mixer.tensor<[s0], f32>) -> ("w": !mixer.tensor<[5, s0], f32>) extents [<"N">] {
  %w = mixer.recur [i: 4, j: s0] (%i, %j) carry (%H "w": !mixer.tensor<[5, s0], f32>) {
    %slice = mixer.eq "w" [] : f32 () {
      %c0 = arith.constant 0 : index
      %c = arith.cmpi sgt, %i, %c0 : index
      %1 = mixer.at %x[%j] : !mixer.tensor<[s0], f32>
      %2 = scf.if %c -> f32 {
        %0 = mixer.at %H[%i - 1, %j] : !mixer.tensor<[5, s0], f32>
        %3 = arith.addf %0, %1 : f32
        scf.yield %3 : f32
      } else {
        scf.yield %1 : f32
      }
      mixer.yield %2 : f32
    }
    %H1 = mixer.append %slice to %H at affine_map<(d0, d1) -> (d0, d1)> times (%i, %j) : !mixer.tensor<[], f32>, !mixer.tensor<[5, s0], f32>
    mixer.yield %H1 : !mixer.tensor<[5, s0], f32>
  }
  mixer.return %w : !mixer.tensor<[5, s0], f32>
}
