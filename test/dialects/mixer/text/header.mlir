// RUN: mixc-opt --print-mix %s -o /dev/null | FileCheck %s

// CHECK:      /// One line.
// CHECK-NEXT: ///
// CHECK-NEXT: /// Another.
// CHECK-NEXT: mixer header<W: int>(
// CHECK-NEXT:     q: bf16[B, H, N, D],
// CHECK-NEXT:     k: bf16[B, H/G, min(N, G * 2)],
// CHECK-NEXT:     scale: f32 = D^-0.5,
// CHECK-NEXT:     shift: f64[N] = cast(f64, scale) + 0.1
// CHECK-NEXT: ) -> (o: i8[B], s: c64[])
// CHECK-NEXT:   where D == 128, H % G == 0, scale > 0.0 && N >= W
// CHECK-NEXT: {
mixer.func @header(%q "q": !mixer.tensor<[s0, s1, s2, s3], bf16>, %k "k": !mixer.tensor<[s0, s1 floordiv s4, s6], bf16>,
                   %scale "scale" optional: !mixer.tensor<[], f32>, %shift "shift" optional: !mixer.tensor<[s2], f64>)
    -> ("o": !mixer.tensor<[s0], i8>, "s": !mixer.tensor<[], complex<f32>>)
    extents [<"B">, <"H">, <"N">, <"D" = 128>, <"G">, <"W">, <"T" = min(s2, s4 * 2)>]
    attributes {doc = "One line.\n\nAnother.\n"} {
  %scale_1 = mixer.default %scale {
    %0 = mixer.apply s3
    %1 = mixer.cast %0 to f32 : index -> f32
    %2 = arith.constant -0.5 : f32
    %3 = math.powf %1, %2 : f32
    mixer.yield %3 : f32
  } : !mixer.tensor<[], f32>
  %shift_1 = mixer.default %shift {
    %0 = mixer.at %scale_1[] : !mixer.tensor<[], f32>
    %1 = mixer.cast %0 to f64 : f32 -> f64
    %2 = arith.constant 0.1 : f64
    %3 = arith.addf %1, %2 : f64
    mixer.yield %3 : f64
  } : !mixer.tensor<[s2], f64>
  mixer.fact "H % G == 0" {
    %0 = mixer.apply s1 mod s4
    %c0 = arith.constant 0 : index
    %1 = arith.cmpi eq, %0, %c0 : index
    mixer.yield %1 : i1
  }
  mixer.fact "scale > 0 && N >= W" {
    %0 = mixer.at %scale_1[] : !mixer.tensor<[], f32>
    %zero = arith.constant 0.0 : f32
    %1 = arith.cmpf ogt, %0, %zero : f32
    %n = mixer.apply s2
    %w = mixer.apply s5
    %2 = arith.cmpi sge, %n, %w : index
    %3 = arith.andi %1, %2 : i1
    mixer.yield %3 : i1
  }
  // CHECK-NEXT: o[b] = b * b
  %o = mixer.eq "o" [b: s0] : i8 (%b) {
    %0 = arith.muli %b, %b : index
    mixer.yield %0 : index
  }
  // CHECK-NEXT: s = complex(1.0, -0.5)
  // CHECK-NEXT: }
  %s = mixer.eq "s" [] : complex<f32> () {
    %0 = complex.constant [1.0 : f32, -0.5 : f32] : complex<f32>
    mixer.yield %0 : complex<f32>
  }
  mixer.return %o, %s : !mixer.tensor<[s0], i8>, !mixer.tensor<[], complex<f32>>
}
