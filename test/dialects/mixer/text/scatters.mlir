// RUN: mixc-opt --print-mix %s -o /dev/null | FileCheck %s

// CHECK-LABEL: mixer scatters
// CHECK-NEXT: {
mixer.func @scatters(%x "x": !mixer.tensor<[s0, s1], f32>, %to "to": !mixer.tensor<[s1], i32>)
    -> ("y": !mixer.tensor<[s0], f32>, "z": !mixer.tensor<[s0, s1], f32>) extents [<"B">, <"T">] {
  // A target that is no output is declared.
  // CHECK-NEXT: tensor s: f32[T]
  // CHECK-NEXT: s[to[t]] max= x[b,t]
  %s = mixer.scatter max "s" [b: s0, t: s1] : !mixer.tensor<[s1], f32> (%b, %t) {
    %0 = mixer.at %x[%b, %t] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %to[%t] : !mixer.tensor<[s1], i32>
    mixer.yield %1, %0 : index, f32
  }
  // No read gives `i` its range: tensors over the points of the scatter do.
  // CHECK-NEXT: y_value[i in 0..B/2] = s[i*2]
  // CHECK-NEXT: y_at[i in 0..B/2] = i * 2
  // CHECK-NEXT: y[y_at[i]] += y_value[i]
  %y = mixer.scatter sum "y" [i: s0 floordiv 2] : !mixer.tensor<[s0], f32> (%i) {
    %0 = mixer.at %s[%i * 2] : !mixer.tensor<[s1], f32>
    %1 = mixer.apply %i * 2
    mixer.yield %1, %0 : index, f32
  }
  // An overwrite goes on in the tensor that it starts from.
  // CHECK-NEXT: z[b,t] = -x[b,t]
  // CHECK-NEXT: z[b,to[t]] := z[b,t] + 1.0
  %z0 = mixer.eq "z" [b: s0, t: s1] : f32 (%b, %t) {
    %0 = mixer.at %x[%b, %t] : !mixer.tensor<[s0, s1], f32>
    %1 = arith.negf %0 : f32
    mixer.yield %1 : f32
  }
  %z = mixer.scatter overwrite "z" [b: s0, t: s1] over %z0 : !mixer.tensor<[s0, s1], f32> (%b, %t) {
    %0 = mixer.at %z0[%b, %t] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %to[%t] : !mixer.tensor<[s1], i32>
    %one = arith.constant 1.0 : f32
    %2 = arith.addf %0, %one : f32
    mixer.yield %b, %1, %2 : index, index, f32
  }
  // CHECK-NEXT: }
  mixer.return %y, %z : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0, s1], f32>
}
