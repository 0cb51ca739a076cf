// RUN: mixc-opt --derive-normalisers --print-mix %s -o /dev/null | FileCheck %s
// RUN: mixc-opt --derive-normalisers %s | FileCheck %s --check-prefix=IR
//
// Normalisers become sums and maxima. Above each function: the mixer that it is, and what becomes of it.

// A softmax and a logsumexp of the same tensor share its maximum and its sum. The exponential says why it is at most 1 (Inv 4).
//
//   mixer softmax_and_logsumexp(s: [N, M]) -> (p: [N, M], l: [N]) {
//     p[i,j] = softmax[j](s[i,j])
//     l[i] = logsumexp[j](s[i,j])
//   }
//
// CHECK-LABEL: mixer softmax_and_logsumexp
// CHECK:      p_max[i] = max[j](s[i,j])
// CHECK-NEXT: p_exp[i,j] = exp(s[i,j] - (if p_max[i] == -inf then 0.0 else p_max[i]))
// CHECK-NEXT: p_sum[i] = sum[j](p_exp[i,j])
// CHECK-NEXT: p[i,j] = if p_sum[i] == 0.0 then 0.0 else p_exp[i,j] / p_sum[i]
// CHECK-NEXT: l[i] = if p_max[i] == inf then p_max[i] else p_max[i] + log(p_sum[i])
// CHECK-NEXT: }
// IR-LABEL: @softmax_and_logsumexp
// IR:       mixer.expdiff %{{.*}}, %{{.*}} because member : f32
// IR-NOT:   math.exp
mixer.func @softmax_and_logsumexp(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("p": !mixer.tensor<[s0, s1], f32>, "l": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %p = mixer.eq "p" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.along softmax [j: s1] at (%j) : f32 (%j_0) {
      %1 = mixer.at %s[%i, %j_0] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %l = mixer.eq "l" [i: s0] : f32 (%i) {
    %0 = mixer.reduce logsumexp [j: s1] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %p, %l : !mixer.tensor<[s0, s1], f32>, !mixer.tensor<[s0], f32>
}

// An expression that is normalised gets a name: it is read twice (Inv 3).
//
//   mixer of_an_expression(s: [N, M]) -> (p: [N, M]) {
//     p[i,j] = softmax[j](if j <= i then s[i,j] else -inf)
//   }
//
// CHECK-LABEL: mixer of_an_expression
// CHECK:      p_x[i,j] = if j <= i then s[i,j] else -inf
// CHECK-NEXT: p_max[i] = max[j](p_x[i,j])
// CHECK-NEXT: p_exp[i,j] = exp(p_x[i,j] -
mixer.func @of_an_expression(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("p": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"M">] {
  %p = mixer.eq "p" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.along softmax [j: s1] at (%j) : f32 (%j_0) {
      %1 = arith.cmpi sle, %j_0, %i : index
      %2 = scf.if %1 -> (f32) {
        %3 = mixer.at %s[%i, %j_0] : !mixer.tensor<[s0, s1], f32>
        scf.yield %3 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %p : !mixer.tensor<[s0, s1], f32>
}

// A condition on the position is none on the row, whose reads are in bounds without it: the row is normalised once.
//
//   mixer under_a_condition(s: [N, M]) -> (p: [N, M]) {
//     p[i,j] = if j <= i then softmax[j](s[i,j]) else 0
//   }
//
// CHECK-LABEL: mixer under_a_condition
// CHECK:      p_max[i] = max[j](s[i,j])
// CHECK:      p_sum[i] = sum[j](p_exp[i,j])
// CHECK-NEXT: p[i,j] = if j <= i then (if p_sum[i] == 0.0 then 0.0 else p_exp[i,j] / p_sum[i]) else 0.0
mixer.func @under_a_condition(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("p": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"M">] {
  %p = mixer.eq "p" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = arith.cmpi sle, %j, %i : index
    %1 = scf.if %0 -> (f32) {
      %2 = mixer.along softmax [j: s1] at (%j) : f32 (%j_0) {
        %3 = mixer.at %s[%i, %j_0] : !mixer.tensor<[s0, s1], f32>
        mixer.yield %3 : f32
      }
      scf.yield %2 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %1 : f32
  }
  mixer.return %p : !mixer.tensor<[s0, s1], f32>
}

// A condition that the reads need goes with them.
//
//   mixer under_a_guard(s: [N, M]) -> (p: [N, M]) {
//     p[i,j] = if i + 1 < N then softmax[j](s[i+1,j]) else 0
//   }
//
// CHECK-LABEL: mixer under_a_guard
// CHECK:      p_x[i in 0..N, j] = if i + 1 < N then s[i+1,j] else 0.0
// CHECK-NEXT: p_max[i] = max[j](p_x[i,j])
mixer.func @under_a_guard(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("p": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"M">] {
  %p = mixer.eq "p" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.apply %i + 1
    %1 = mixer.apply s0
    %2 = arith.cmpi slt, %0, %1 : index
    %3 = scf.if %2 -> (f32) {
      %4 = mixer.along softmax [j: s1] at (%j) : f32 (%j_0) {
        %5 = mixer.at %s[%i + 1, %j_0] : !mixer.tensor<[s0, s1], f32>
        mixer.yield %5 : f32
      }
      scf.yield %4 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %3 : f32
  }
  mixer.return %p : !mixer.tensor<[s0, s1], f32>
}

// No tensor has an axis whose length only the data knows: the vector is computed in place.
//
//   mixer over_data(s: [N, M], len: i32[N]) -> (l: [N]) {
//     l[i] = logsumexp[j in 0..len[i]](pad(s[i,j], 0))
//   }
//
// CHECK-LABEL: mixer over_data
// CHECK-NEXT: {
// CHECK-NEXT: l[i] = {{.*}}max[j in 0..len[i]]({{.*}}log(sum[j in 0..len[i]](exp(
// CHECK-NEXT: }
mixer.func @over_data(%s "s": !mixer.tensor<[s0, s1], f32>, %len "len": !mixer.tensor<[s0], i32>) -> ("l": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %l = mixer.eq "l" [i: s0] : f32 (%i) {
    %0 = mixer.at %len[%i] : !mixer.tensor<[s0], i32>
    %1 = mixer.reduce logsumexp [j: %0] : f32 (%j) {
      %c0 = arith.constant 0 : index
      %2 = arith.cmpi sge, %j, %c0 : index
      %3 = mixer.apply s1
      %4 = arith.cmpi slt, %j, %3 : index
      %5 = arith.andi %2, %4 : i1
      %6 = scf.if %5 -> (f32) {
        %7 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
        scf.yield %7 : f32
      } else {
        %cst = arith.constant 0.000000e+00 : f32
        scf.yield %cst : f32
      }
      mixer.yield %6 : f32
    }
    mixer.yield %1 : f32
  }
  mixer.return %l : !mixer.tensor<[s0], f32>
}

// The divisor of an empty row is 1, as its sum is 0.
//
//   mixer mean_of(x: [N, M]) -> (y: [N]) {
//     y[i] = mean[j](x[i,j])
//   }
//
// CHECK-LABEL: mixer mean_of
// CHECK:      y[i] = sum[j](x[i,j]) / max({{.*}}M{{.*}}, 1)
mixer.func @mean_of(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.reduce mean [j: s1] : f32 (%j) {
      %1 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// The norm is at least eps.
//
//   mixer normalize_of(x: [N, D]) -> (y: [N, D]) {
//     y[n,d] = normalize[d](x[n,d])
//   }
//
// CHECK-LABEL: mixer normalize_of
// CHECK:      y[n,d] = x[n,d] / max(sqrt(sum[d1](x[n,d1] * x[n,d1])), 1e-12)
mixer.func @normalize_of(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"D">] {
  %y = mixer.eq "y" [n: s0, d: s1] : f32 (%n, %d) {
    %0 = mixer.along normalize [d: s1] at (%d) eps 9.9999999999999998E-13 : f32 (%d_0) {
      %1 = mixer.at %x[%n, %d_0] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0, s1], f32>
}

// A vector that is more than a read gets a name, here too.
//
//   mixer rmsnorm_of(x: [N, D]) -> (y: [N, D]) {
//     y[n,d] = rmsnorm[d](2 * x[n,d])
//   }
//
// CHECK-LABEL: mixer rmsnorm_of
// CHECK:      y_x[n,d] = 2.0 * x[n,d]
// CHECK-NEXT: y[n,d] = y_x[n,d] / sqrt(sum[d1](y_x[n,d1] * y_x[n,d1]) / max({{.*}}D{{.*}}, 1) + 1e-06)
mixer.func @rmsnorm_of(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"D">] {
  %y = mixer.eq "y" [n: s0, d: s1] : f32 (%n, %d) {
    %0 = mixer.along rmsnorm [d: s1] at (%d) eps 9.9999999999999995E-7 : f32 (%d_0) {
      %1 = mixer.at %x[%n, %d_0] : !mixer.tensor<[s0, s1], f32>
      %cst = arith.constant 2.000000e+00 : f32
      %2 = arith.mulf %cst, %1 : f32
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0, s1], f32>
}

// The variance is that of differences to the mean: no difference of large squares.
//
//   mixer layernorm_of(x: [N, D]) -> (y: [N, D]) {
//     y[n,d] = layernorm[d](x[n,d])
//   }
//
// CHECK-LABEL: mixer layernorm_of
// CHECK:      y[n,d] = (x[n,d] - sum[d1](x[n,d1]) / {{.*}}) / sqrt(sum[d1]((x[n,d1] - sum[d2](x[n,d2]) /
mixer.func @layernorm_of(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"D">] {
  %y = mixer.eq "y" [n: s0, d: s1] : f32 (%n, %d) {
    %0 = mixer.along layernorm [d: s1] at (%d) eps 1.000000e-05 : f32 (%d_0) {
      %1 = mixer.at %x[%n, %d_0] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0, s1], f32>
}

// A transform is a sum with a table of turns, whose angles are computed in f64.
//
//   mixer fft_of(x: c64[N]) -> (y: c64[N]) {
//     y[f] = fft[n](x[n], at=f)
//   }
//
// CHECK-LABEL: mixer fft_of
// CHECK:      y_turns[k in 0..N] = complex(cast(f32, cos(cast(f64, k) * -6.283185307179586 / N)), cast(f32, sin(
// CHECK-NEXT: y[f] = sum[n](x[n] * y_turns[f*n%N])
mixer.func @fft_of(%x "x": !mixer.tensor<[s0], complex<f32>>) -> ("y": !mixer.tensor<[s0], complex<f32>>) extents [<"N">] {
  %y = mixer.eq "y" [f: s0] : complex<f32> (%f) {
    %0 = mixer.transform fft [n: s0] at %f length s0 : complex<f32> (%n) {
      %1 = mixer.at %x[%n] : !mixer.tensor<[s0], complex<f32>>
      mixer.yield %1 : complex<f32>
    }
    mixer.yield %0 : complex<f32>
  }
  mixer.return %y : !mixer.tensor<[s0], complex<f32>>
}

// The inverse turns the other way, and divides by the length.
//
//   mixer ifft_of(x: c64[N]) -> (y: c64[N]) {
//     y[f] = ifft[n](x[n], at=f)
//   }
//
// CHECK-LABEL: mixer ifft_of
// CHECK:      y_turns[k in 0..N] = complex(cast(f32, cos(cast(f64, k) * 6.283185307179586 / N)),
// CHECK-NEXT: y[f] = complex(re(sum[n](x[n] * y_turns[f*n%N])) / max(N, 1),
mixer.func @ifft_of(%x "x": !mixer.tensor<[s0], complex<f32>>) -> ("y": !mixer.tensor<[s0], complex<f32>>) extents [<"N">] {
  %y = mixer.eq "y" [f: s0] : complex<f32> (%f) {
    %0 = mixer.transform ifft [n: s0] at %f length s0 : complex<f32> (%n) {
      %1 = mixer.at %x[%n] : !mixer.tensor<[s0], complex<f32>>
      mixer.yield %1 : complex<f32>
    }
    mixer.yield %0 : complex<f32>
  }
  mixer.return %y : !mixer.tensor<[s0], complex<f32>>
}

// Real input, two real products.
//
//   mixer rfft_of(x: [N]) -> (y: c64[N/2+1]) {
//     y[f] = rfft[n](x[n], at=f)
//   }
//
// CHECK-LABEL: mixer rfft_of
// CHECK:      y[f] = sum[n](complex(x[n] * re(y_turns[f*n%N]), x[n] * im(y_turns[f*n%N])))
mixer.func @rfft_of(%x "x": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0 floordiv 2 + 1], complex<f32>>) extents [<"N">] {
  %y = mixer.eq "y" [f: s0 floordiv 2 + 1] : complex<f32> (%f) {
    %0 = mixer.transform rfft [n: s0] at %f length s0 : complex<f32> (%n) {
      %1 = mixer.at %x[%n] : !mixer.tensor<[s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : complex<f32>
  }
  mixer.return %y : !mixer.tensor<[s0 floordiv 2 + 1], complex<f32>>
}

// Bins 0 and N/2 count once and by their real parts.
//
//   mixer irfft_of(x: c64[N/2+1], z: [N]) -> (y: [N]) {
//     y[n] = irfft[f](x[f], at=n) * z[n]
//   }
//
// CHECK-LABEL: mixer irfft_of
// CHECK:      y_turns[k in 0..N] = cast(f32, cos(
// CHECK-NEXT: y_sines[k in 0..N] = cast(f32, sin(
// CHECK-NEXT: y[n] = sum[f]({{.*}}if f == 0 || f + f == N then 0.0 else im(x[f]) * y_sines[n*f%N]{{.*}}then 1.0 else 2.0
mixer.func @irfft_of(%x "x": !mixer.tensor<[s0 floordiv 2 + 1], complex<f32>>, %z "z": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %y = mixer.eq "y" [n: s0] : f32 (%n) {
    %0 = mixer.transform irfft [f: s0 floordiv 2 + 1] at %n length s0 : f32 (%f) {
      %3 = mixer.at %x[%f] : !mixer.tensor<[s0 floordiv 2 + 1], complex<f32>>
      mixer.yield %3 : complex<f32>
    }
    %1 = mixer.at %z[%n] : !mixer.tensor<[s0], f32>
    %2 = arith.mulf %0, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}

// Angles in quarters of N.
//
//   mixer dct_of(x: [N]) -> (y: [N], z: [N]) {
//     y[k] = dct[n](x[n], at=k)
//     z[n] = idct[k](x[k], at=n)
//   }
//
// CHECK-LABEL: mixer dct_of
// CHECK:      y_turns[k in 0..N*4] =
// CHECK-NEXT: y[k] = sum[n](x[n] * y_turns[(n*2+1)*k%(N*4)])
// CHECK:      z[n] = sum[k](x[k] * z_turns[(n*2+1)*k%(N*4)] * (if k == 0 then 1.0 else 2.0)) / max(N, 1)
mixer.func @dct_of(%x "x": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>, "z": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %y = mixer.eq "y" [k: s0] : f32 (%k) {
    %0 = mixer.transform dct [n: s0] at %k length s0 : f32 (%n) {
      %1 = mixer.at %x[%n] : !mixer.tensor<[s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %z = mixer.eq "z" [n: s0] : f32 (%n) {
    %0 = mixer.transform idct [k: s0] at %n length s0 : f32 (%k) {
      %1 = mixer.at %x[%k] : !mixer.tensor<[s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y, %z : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>
}

// Other reductions and order statistics are left alone.
//
//   mixer nothing_to_do(x: [N, M]) -> (y: [N]) where M >= 1 {
//     y[i] = sum[j](x[i,j]) + kth[j](x[i,j], rank=0)
//   }
//
// CHECK-LABEL: mixer nothing_to_do
// CHECK:      {
// CHECK-NEXT: y[i] = sum[j](x[i,j]) + kth[j](x[i,j], rank=0)
// CHECK-NEXT: }
mixer.func @nothing_to_do(%x "x": !mixer.tensor<[s0, s1], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  mixer.fact "M >= 1" {
    %0 = mixer.apply s1
    %c1 = arith.constant 1 : index
    %1 = arith.cmpi sge, %0, %c1 : index
    mixer.yield %1 : i1
  }
  mixer.fact "1 <= M" {
    %c1 = arith.constant 1 : index
    %0 = mixer.apply s1
    %1 = arith.cmpi sle, %c1, %0 : index
    mixer.yield %1 : i1
  }
  %y = mixer.eq "y" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %3 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %3 : f32
    }
    %c0 = arith.constant 0 : index
    %1 = mixer.order kth [j: s1] rank %c0 : f32 (%j) {
      %3 = mixer.at %x[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %3 : f32
    }
    %2 = arith.addf %0, %1 : f32
    mixer.yield %2 : f32
  }
  mixer.return %y : !mixer.tensor<[s0], f32>
}
