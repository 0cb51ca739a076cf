// Ops, types and places that passes make and the front end does not: the language says them in other words.

!v = !mixer.tensor<[s0], f32>

mixer.func @exponentials(%x "x": !v, %m "m": !mixer.tensor<[], f32>, %z "z": !mixer.tensor<[s0], f64>)
    -> ("y": !v, "w": !mixer.tensor<[s0], f64>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.at %x[%i] : !v
    %1 = mixer.at %m[] : !mixer.tensor<[], f32>
    %2 = mixer.expdiff %0, %1 because member : f32
    %3 = mixer.fn recip0(%2) : (f32) -> f32
    %ninf = arith.constant 0xFF800000 : f32
    %4 = mixer.expdiff %ninf, %ninf because running : f32
    %5 = arith.addf %3, %4 : f32
    mixer.yield %5 : f32
  }
  %w = mixer.eq "w" [i: s0] : f64 (%i) {
    %0 = mixer.at %z[%i] : !mixer.tensor<[s0], f64>
    %1 = mixer.expdiff %0, %0 because running : f64
    %2 = mixer.fn recip0(%0) : (f64) -> f64
    %3 = arith.subf %1, %2 : f64
    %c = arith.constant 0.1 : f64
    %4 = math.exp %c : f64
    %5 = arith.mulf %3, %4 : f64
    mixer.yield %5 : f64
  }
  mixer.return %y, %w : !v, !mixer.tensor<[s0], f64>
}

mixer.func @comparisons(%x "x": !v, %y "y": !v) -> ("z": !mixer.tensor<[s0], i1>) extents [<"N">] {
  %z = mixer.eq "z" [i: s0] : i1 (%i) {
    %a = mixer.at %x[%i] : !v
    %b = mixer.at %y[%i] : !v
    %0 = arith.cmpf ult, %a, %b : f32
    %1 = arith.cmpf one, %a, %b : f32
    %2 = arith.cmpf ord, %a, %b : f32
    %3 = arith.andi %0, %1 : i1
    %4 = arith.xori %3, %2 : i1
    %5 = arith.select %4, %0, %1 : i1
    mixer.yield %5 : i1
  }
  mixer.return %z : !mixer.tensor<[s0], i1>
}

// An extent that is fixed, one that no shape names, divisions rounded up, a negative first index.
mixer.func @extents(%x "x": !v) -> ("y": !v) extents [<"N">, <"D" = 4>, <"W">, <"T" = max(s0, s2 + 1)>] {
  %t = mixer.eq "t.0" [i: -2 to s3] : bf16 (%i) {
    %0 = mixer.apply (%i + s2) ceildiv s1 - s3 * 2
    %1 = mixer.cast %0 to f32 : index -> f32
    mixer.yield %1 : f32
  }
  %y = mixer.eq "sum" [i: s0] : f32 (%i) {
    %0 = mixer.at %t[%i - 2] : !mixer.tensor<[-2 to s3], bf16>
    %1 = mixer.at %x[%i] : !v
    %2 = arith.mulf %0, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y : !v
}

// Normalisers and transforms read at any integer.
mixer.func @positions(%x "x": !mixer.tensor<[s0, s1], f32>, %p "p": !mixer.tensor<[s0], i32>)
    -> ("y": !v, "z": !mixer.tensor<[s0, s1], f32>, "t": !v) extents [<"N">, <"M">] {
  mixer.fact "M >= 1" {
    %0 = mixer.apply s1
    %c1 = arith.constant 1 : index
    %1 = arith.cmpi sge, %0, %c1 : index
    mixer.yield %1 : i1
  }
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %a = mixer.at %p[%i] : !mixer.tensor<[s0], i32>
    %at = mixer.apply %a mod s1
    %0 = mixer.along layernorm [c: s1] at (%at) eps 1.0e-5 : f32 (%c) {
      %1 = mixer.at %x[%i, %c] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  // The body reads the position, too.
  %z = mixer.eq "z" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.along softmax [c: s1] at (%j) : f32 (%c) {
      %1 = mixer.at %x[%i, %c] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.apply %c * 2 - %j
      %3 = mixer.cast %2 to f32 : index -> f32
      %4 = arith.addf %1, %3 : f32
      mixer.yield %4 : f32
    }
    mixer.yield %0 : f32
  }
  %t = mixer.eq "t" [i: s0] : f32 (%i) {
    %a = mixer.at %p[%i] : !mixer.tensor<[s0], i32>
    %at = mixer.apply %a mod s1
    %0 = mixer.transform irfft [f: s1 floordiv 2 + 1] at %at length s1 : f32 (%f) {
      %1 = mixer.at %x[%i, %f mod s1] : !mixer.tensor<[s0, s1], f32>
      %2 = complex.create %1, %1 : complex<f32>
      mixer.yield %2 : complex<f32>
    }
    mixer.yield %0 : f32
  }
  mixer.return %y, %z, %t : !v, !mixer.tensor<[s0, s1], f32>, !v
}

// Outputs that are arguments, or one value twice; slices that are tensors from outside.
mixer.func @copies(%x "x": !v, %s "s": !mixer.tensor<[], f32>)
    -> ("a": !v, "b": !v, "c": !v, "d": !mixer.tensor<[s0], bf16>) extents [<"N">] {
  %y = mixer.eq "x" [i: s0] : f32 (%i) {
    %0 = mixer.at %x[%i] : !v
    %1 = arith.negf %0 : f32
    mixer.yield %1 : f32
  }
  %h = mixer.recur [n: s0] init (%s : !mixer.tensor<[], f32> to 0 at () -> (-1)) (%n) carry (%H "h": !mixer.tensor<[-1 to s0], f32>) {
    %t = mixer.eq "t" [] : f32 () {
      %0 = mixer.at %H[%n - 1] : !mixer.tensor<[-1 to s0], f32>
      %1 = mixer.at %x[%n] : !v
      %2 = arith.addf %0, %1 : f32
      mixer.yield %2 : f32
    }
    %H1 = mixer.append %t to %H at affine_map<(d0) -> (d0)> times (%n) : !mixer.tensor<[], f32>, !mixer.tensor<[-1 to s0], f32>
    mixer.yield %H1 : !mixer.tensor<[-1 to s0], f32>
  }
  %d = mixer.eq "d" [i: s0] : bf16 (%i) {
    %0 = mixer.at %h[%i - 1] : !mixer.tensor<[-1 to s0], f32>
    mixer.yield %0 : f32
  }
  mixer.return %x, %y, %y, %d : !v, !v, !v, !mixer.tensor<[s0], bf16>
}

// A scatter over an index that no tensor gives a range, and one over what it does not name.
mixer.func @scatters(%x "x": !v) -> ("y": !v, "h": !mixer.tensor<[4], i32>) extents [<"N">] {
  %y = mixer.scatter sum "y" [u: 3, i: s0 floordiv 2] : !v (%u, %i) {
    %0 = mixer.apply %i * 2
    %1 = mixer.at %x[%i * 2] : !v
    mixer.yield %0, %1 : index, f32
  }
  %h = mixer.scatter max "h" [i: s0, j: 2] : !mixer.tensor<[4], i32> (%i, %j) {
    %0 = mixer.apply (%i + %j) mod 4
    mixer.yield %0, %i : index, index
  }
  mixer.return %y, %h : !v, !mixer.tensor<[4], i32>
}

// complex<f64>, which has no name.
mixer.func @wide(%x "x": !mixer.tensor<[s0], f64>, %c "c": !mixer.tensor<[s0], complex<f32>>)
    -> ("y": !mixer.tensor<[s0], f64>) extents [<"N">] {
  %y = mixer.eq "y" [i: s0] : f64 (%i) {
    %c0 = mixer.at %c[%i] : !mixer.tensor<[s0], complex<f32>>
    %re = complex.re %c0 : complex<f32>
    %wide = mixer.cast %re to f64 : f32 -> f64
    %x0 = mixer.at %x[%i] : !mixer.tensor<[s0], f64>
    %z = complex.create %wide, %x0 : complex<f64>
    %w = complex.create %x0, %x0 : complex<f64>
    %p = complex.mul %z, %w : complex<f64>
    %k = complex.constant [0.1, -2.0] : complex<f64>
    %0 = complex.add %p, %k : complex<f64>
    %1 = complex.im %0 : complex<f64>
    %2 = complex.re %0 : complex<f64>
    %3 = arith.subf %1, %2 : f64
    mixer.yield %3 : f64
  }
  mixer.return %y : !mixer.tensor<[s0], f64>
}
