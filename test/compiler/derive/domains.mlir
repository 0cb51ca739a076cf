// RUN: mixc-opt --derive-domains --print-mix %s -o /dev/null | FileCheck %s
// RUN: mixc-opt --derive-domains %s | FileCheck %s --check-prefix=IR
// RUN: mixc-opt --derive-domains --remarks-filter=derive-domains %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// Conditions become ranges. Above each function: the mixer that it is, here after derive-normalisers to derive-hoist, and what becomes of
// it.

// A causal mask, the queries being the last of the positions. All reductions over the score have one range, and no mask is left. That the
// range ends at M is seen, and not said. The bound is the map's own.
//
//   mixer causal(s: [N, M], v: [M, E]) -> (o: [N, E]) {
//     t[i,j] = if j <= i + M - N then s[i,j] else -inf
//     o[i,e] = sum[j](softmax[j](t[i,j]) * v[j,e])
//   }
//
// CHECK-LABEL: mixer causal
// CHECK:      t[i,j] = s[i,j]
// CHECK-NEXT: o_max[i] = max[j in 0..i-N+M+1](t[i,j])
// CHECK-NEXT: o_exp[i,j] = exp(t[i,j] - (if o_max[i] == -inf then 0.0 else o_max[i]))
// CHECK-NEXT: o_sum[i] = sum[j in 0..i-N+M+1](o_exp[i,j])
// CHECK-NEXT: o_sum_1[i,e] = sum[j in 0..i-N+M+1](o_exp[i,j] * v[j,e])
// IR-LABEL:   @causal
// IR:         mixer.reduce max [j: %i - s0 + s1 + 1] : f32
// REMARK: [Passed] range | {{.*}}Equation=o.max, Reason="a condition is the range of max[j] now: j < i - N + M + 1"
// REMARK: [Passed] range | {{.*}}Equation=o.sum,
// REMARK: [Passed] range | {{.*}}Equation=o.sum,
// REMARK: [Passed] condition | {{.*}}Equation=t, Reason="a condition goes: it holds wherever t is read"
mixer.func @causal(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1, s2], f32>) -> ("o": !mixer.tensor<[s0, s2], f32>) extents [<"N">, <"M">, <"E">] {
  %t = mixer.eq "t" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.apply %i + s1 - s0
    %1 = arith.cmpi sle, %j, %0 : index
    %2 = scf.if %1 -> (f32) {
      %3 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      scf.yield %3 : f32
    } else {
      %cst = arith.constant 0xFF800000 : f32
      scf.yield %cst : f32
    }
    mixer.yield %2 : f32
  }
  %o.max = mixer.eq "o.max" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %t[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o.exp = mixer.eq "o.exp" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %t[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %o.max[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %o.sum = mixer.eq "o.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %o.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o.sum_0 = mixer.eq "o.sum" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %o.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %v[%j, %e] : !mixer.tensor<[s1, s2], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s0, e: s2] : f32 (%i, %e) {
    %0 = mixer.at %o.sum[%i] : !mixer.tensor<[s0], f32>
    %1 = mixer.at %o.sum_0[%i, %e] : !mixer.tensor<[s0, s2], f32>
    %2 = arith.divf %1, %0 : f32
    %cst = arith.constant 0.000000e+00 : f32
    %3 = arith.cmpf oeq, %0, %cst : f32
    %4 = arith.select %3, %cst, %2 : f32
    mixer.yield %4 : f32
  }
  mixer.return %o : !mixer.tensor<[s0, s2], f32>
}

// A window: where two bounds count, the operand is their maximum.
//
//   mixer window(s: [N, M], v: [M]) -> (o: [N]) {
//     t[i,j] = if j <= i + M - N && j > i + M - N - 5 then s[i,j] else -inf
//     o[i] = sum[j](softmax[j](t[i,j]) * v[j])
//   }
//
// CHECK-LABEL: mixer window
// CHECK:      t[i,j] = s[i,j]
// CHECK-NEXT: o_max[i] = max[j in max(0, i - N + M - 4)..i-N+M+1](t[i,j])
// CHECK:      o_sum[i] = sum[j in max(0, i - N + M - 4)..i-N+M+1](o_exp[i,j])
// CHECK-NEXT: o_sum_1[i] = sum[j in max(0, i - N + M - 4)..i-N+M+1](o_exp[i,j] * v[j])
// IR-LABEL:   @window
// IR:         %[[ZERO:.*]] = arith.constant 0 : index
// IR-NEXT:    %[[FIRST:.*]] = mixer.apply %i - s0 + s1 - 4
// IR-NEXT:    %[[LOWER:.*]] = arith.maxsi %[[ZERO]], %[[FIRST]]
// IR-NEXT:    mixer.reduce max [j: %[[LOWER]] to %i - s0 + s1 + 1] : f32
mixer.func @window(%s "s": !mixer.tensor<[s0, s1], f32>, %v "v": !mixer.tensor<[s1], f32>) -> ("o": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %t = mixer.eq "t" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.apply %i + s1 - s0
    %1 = arith.cmpi sle, %j, %0 : index
    %2 = mixer.apply %i + s1 - s0 - 5
    %3 = arith.cmpi sgt, %j, %2 : index
    %4 = arith.andi %1, %3 : i1
    %5 = scf.if %4 -> (f32) {
      %6 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s1], f32>
      scf.yield %6 : f32
    } else {
      %cst = arith.constant 0xFF800000 : f32
      scf.yield %cst : f32
    }
    mixer.yield %5 : f32
  }
  %o.max = mixer.eq "o.max" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s1] : f32 (%j) {
      %1 = mixer.at %t[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o.exp = mixer.eq "o.exp" [i: s0, j: s1] : f32 (%i, %j) {
    %0 = mixer.at %t[%i, %j] : !mixer.tensor<[s0, s1], f32>
    %1 = mixer.at %o.max[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %o.sum = mixer.eq "o.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %o.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %o.sum_0 = mixer.eq "o.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.at %o.exp[%i, %j] : !mixer.tensor<[s0, s1], f32>
      %2 = mixer.at %v[%j] : !mixer.tensor<[s1], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s0] : f32 (%i) {
    %0 = mixer.at %o.sum[%i] : !mixer.tensor<[s0], f32>
    %1 = mixer.at %o.sum_0[%i] : !mixer.tensor<[s0], f32>
    %2 = arith.divf %1, %0 : f32
    %cst = arith.constant 0.000000e+00 : f32
    %3 = arith.cmpf oeq, %0, %cst : f32
    %4 = arith.select %3, %cst, %2 : f32
    mixer.yield %4 : f32
  }
  mixer.return %o : !mixer.tensor<[s0], f32>
}

// Both sides of a band, and an end of the axis that may come first.
//
//   mixer band(s: [N, M]) -> (o: [N]) {
//     o[i] = sum[j](if i - 3 <= j && j < i + 3 then s[i,j] else 0)
//   }
//
// CHECK-LABEL: mixer band
// CHECK:      o[i] = sum[j in max(0, i - 3)..min(M, i + 3)](s[i,j])
mixer.func @band(%s "s": !mixer.tensor<[s0, s1], f32>) -> ("o": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %o = mixer.eq "o" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s1] : f32 (%j) {
      %1 = mixer.apply %i - 3
      %2 = arith.cmpi sle, %1, %j : index
      %3 = mixer.apply %i + 3
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
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0], f32>
}

// Blocks of positions.
//
//   mixer blocks(s: [N, N]) -> (m: [N]) {
//     m[i] = max[j](if j / 64 == i / 64 && j <= i then s[i,j] else -inf)
//   }
//
// CHECK-LABEL: mixer blocks
// CHECK:      m[i] = max[j in i/64*64..i+1](s[i,j])
mixer.func @blocks(%s "s": !mixer.tensor<[s0, s0], f32>) -> ("m": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s0] : f32 (%j) {
      %1 = mixer.apply %j floordiv 64
      %2 = mixer.apply %i floordiv 64
      %3 = arith.cmpi eq, %1, %2 : index
      %4 = arith.cmpi sle, %j, %i : index
      %5 = arith.andi %3, %4 : i1
      %6 = scf.if %5 -> (f32) {
        %7 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %7 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %6 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %m : !mixer.tensor<[s0], f32>
}

// Factors before the index and strides.
//
//   mixer strides(x: [M], w: [N, M]) -> (y: [N], z: [N]) {
//     y[i] = sum[j](if 2*j + 1 >= i && 3*j < i + 5 then w[i,j] * x[j] else 0)
//     z[i] = sum[j](if i >= j * 4 then x[j] else 0)
//   }
//
// CHECK-LABEL: mixer strides
// CHECK:      y[i] = sum[j in i/2..min(M, (i + 4) / 3 + 1)](w[i,j] * x[j])
// CHECK-NEXT: z[i] = sum[j in 0..min(M, i / 4 + 1)](x[j])
mixer.func @strides(%x "x": !mixer.tensor<[s0], f32>, %w "w": !mixer.tensor<[s1, s0], f32>) -> ("y": !mixer.tensor<[s1], f32>, "z": !mixer.tensor<[s1], f32>) extents [<"M">, <"N">] {
  %y = mixer.eq "y" [i: s1] : f32 (%i) {
    %0 = mixer.reduce sum [j: s0] : f32 (%j) {
      %1 = mixer.apply %j * 2 + 1
      %2 = arith.cmpi sge, %1, %i : index
      %3 = mixer.apply %j * 3
      %4 = mixer.apply %i + 5
      %5 = arith.cmpi slt, %3, %4 : index
      %6 = arith.andi %2, %5 : i1
      %7 = scf.if %6 -> (f32) {
        %8 = mixer.at %w[%i, %j] : !mixer.tensor<[s1, s0], f32>
        %9 = mixer.at %x[%j] : !mixer.tensor<[s0], f32>
        %10 = arith.mulf %8, %9 : f32
        scf.yield %10 : f32
      } else {
        %cst = arith.constant 0.000000e+00 : f32
        scf.yield %cst : f32
      }
      mixer.yield %7 : f32
    }
    mixer.yield %0 : f32
  }
  %z = mixer.eq "z" [i: s1] : f32 (%i) {
    %0 = mixer.reduce sum [j: s0] : f32 (%j) {
      %1 = mixer.apply %j * 4
      %2 = arith.cmpi sge, %i, %1 : index
      %3 = scf.if %2 -> (f32) {
        %4 = mixer.at %x[%j] : !mixer.tensor<[s0], f32>
        scf.yield %4 : f32
      } else {
        %cst = arith.constant 0.000000e+00 : f32
        scf.yield %cst : f32
      }
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y, %z : !mixer.tensor<[s1], f32>, !mixer.tensor<[s1], f32>
}

// A mask that is a tensor, one that is added, and one that is a factor.
//
//   mixer spellings(s: [N, N], v: [N]) -> (m: [N], n: [N], o: [N]) {
//     sees[i in 0..N, j in 0..N] = j <= i
//     m[i] = max[j](if sees[i,j] then s[i,j] else -inf)
//     b[i in 0..N, j in 0..N] = if j <= i then 0.0 else -inf
//     n[i] = max[j](s[i,j] + b[i,j])
//     o[i] = sum[j](s[i,j] * sees[i,j] * v[j])
//   }
//
// CHECK-LABEL: mixer spellings
// CHECK:      m[i] = max[j in 0..i+1](s[i,j])
// CHECK:      n[i] = max[j in 0..i+1](s[i,j] + b[i,j])
// CHECK-NEXT: o[i] = sum[j in 0..i+1](
mixer.func @spellings(%s "s": !mixer.tensor<[s0, s0], f32>, %v "v": !mixer.tensor<[s0], f32>) -> ("m": !mixer.tensor<[s0], f32>, "n": !mixer.tensor<[s0], f32>, "o": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %sees = mixer.eq "sees" [i: s0, j: s0] : i1 (%i, %j) {
    %0 = arith.cmpi sle, %j, %i : index
    mixer.yield %0 : i1
  }
  %m = mixer.eq "m" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s0] : f32 (%j) {
      %1 = mixer.at %sees[%i, %j] : !mixer.tensor<[s0, s0], i1>
      %2 = scf.if %1 -> (f32) {
        %3 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %3 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  %b = mixer.eq "b" [i: s0, j: s0] : f32 (%i, %j) {
    %0 = arith.cmpi sle, %j, %i : index
    %1 = scf.if %0 -> (f32) {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    } else {
      %cst = arith.constant 0xFF800000 : f32
      scf.yield %cst : f32
    }
    mixer.yield %1 : f32
  }
  %n = mixer.eq "n" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s0] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
      %2 = mixer.at %b[%i, %j] : !mixer.tensor<[s0, s0], f32>
      %3 = arith.addf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s0] : f32 (%j) {
      %1 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
      %2 = mixer.at %sees[%i, %j] : !mixer.tensor<[s0, s0], i1>
      %3 = mixer.cast %2 to f32 : i1 -> f32
      %4 = arith.mulf %1, %3 : f32
      %5 = mixer.at %v[%j] : !mixer.tensor<[s0], f32>
      %6 = arith.mulf %4, %5 : f32
      mixer.yield %6 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %m, %n, %o : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>
}

// Other combiners with their identities. A product's is 1, and here the masked value is 0.
//
//   mixer combiners(s: [N, N], b: bool[N, N]) -> (a: [N], c: [N], d: bool[N], e: bool[N], f: [N], g: i32[N]) {
//     a[i] = min[j](if j <= i then s[i,j] else inf)
//     c[i] = prod[j](if j <= i then s[i,j] else 1)
//     d[i] = any[j](j <= i && b[i,j])
//     e[i] = all[j](j > i || b[i,j])
//     f[i] = prod[j](if j <= i then s[i,j] else 0)
//     g[i] = sum[j in 0..N](if j <= i then 1 else 0)
//   }
//
// CHECK-LABEL: mixer combiners
// CHECK:      a[i] = min[j in 0..i+1](s[i,j])
// CHECK-NEXT: c[i] = prod[j in 0..i+1](s[i,j])
// CHECK-NEXT: d[i] = any[j in 0..i+1](
// CHECK-NEXT: e[i] = all[j in 0..i+1](
// CHECK-NEXT: f[i] = prod[j](if j <= i then s[i,j] else 0.0)
// CHECK-NEXT: g[i] = sum[j in 0..i+1](1)
mixer.func @combiners(%s "s": !mixer.tensor<[s0, s0], f32>, %b "b": !mixer.tensor<[s0, s0], i1>) -> ("a": !mixer.tensor<[s0], f32>, "c": !mixer.tensor<[s0], f32>, "d": !mixer.tensor<[s0], i1>, "e": !mixer.tensor<[s0], i1>, "f": !mixer.tensor<[s0], f32>, "g": !mixer.tensor<[s0], i32>) extents [<"N">] {
  %a = mixer.eq "a" [i: s0] : f32 (%i) {
    %0 = mixer.reduce min [j: s0] : f32 (%j) {
      %1 = arith.cmpi sle, %j, %i : index
      %2 = scf.if %1 -> (f32) {
        %3 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %3 : f32
      } else {
        %cst = arith.constant 0x7F800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  %c = mixer.eq "c" [i: s0] : f32 (%i) {
    %0 = mixer.reduce prod [j: s0] : f32 (%j) {
      %1 = arith.cmpi sle, %j, %i : index
      %2 = scf.if %1 -> (f32) {
        %3 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %3 : f32
      } else {
        %cst = arith.constant 1.000000e+00 : f32
        scf.yield %cst : f32
      }
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  %d = mixer.eq "d" [i: s0] : i1 (%i) {
    %0 = mixer.reduce any [j: s0] : i1 (%j) {
      %1 = arith.cmpi sle, %j, %i : index
      %2 = scf.if %1 -> (i1) {
        %3 = mixer.at %b[%i, %j] : !mixer.tensor<[s0, s0], i1>
        scf.yield %3 : i1
      } else {
        %false = arith.constant false
        scf.yield %false : i1
      }
      mixer.yield %2 : i1
    }
    mixer.yield %0 : i1
  }
  %e = mixer.eq "e" [i: s0] : i1 (%i) {
    %0 = mixer.reduce all [j: s0] : i1 (%j) {
      %1 = arith.cmpi sgt, %j, %i : index
      %2 = scf.if %1 -> (i1) {
        %true = arith.constant true
        scf.yield %true : i1
      } else {
        %3 = mixer.at %b[%i, %j] : !mixer.tensor<[s0, s0], i1>
        scf.yield %3 : i1
      }
      mixer.yield %2 : i1
    }
    mixer.yield %0 : i1
  }
  %f = mixer.eq "f" [i: s0] : f32 (%i) {
    %0 = mixer.reduce prod [j: s0] : f32 (%j) {
      %1 = arith.cmpi sle, %j, %i : index
      %2 = scf.if %1 -> (f32) {
        %3 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %3 : f32
      } else {
        %cst = arith.constant 0.000000e+00 : f32
        scf.yield %cst : f32
      }
      mixer.yield %2 : f32
    }
    mixer.yield %0 : f32
  }
  %g = mixer.eq "g" [i: s0] : i32 (%i) {
    %0 = mixer.reduce sum [j: s0] : index (%j) {
      %1 = arith.cmpi sle, %j, %i : index
      %2 = scf.if %1 -> (index) {
        %c1 = arith.constant 1 : index
        scf.yield %c1 : index
      } else {
        %c0 = arith.constant 0 : index
        scf.yield %c0 : index
      }
      mixer.yield %2 : index
    }
    mixer.yield %0 : index
  }
  mixer.return %a, %c, %d, %e, %f, %g : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], i1>, !mixer.tensor<[s0], i1>, !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], i32>
}

// Weights that are an output are computed everywhere: the mask stays in the score, the sums have their ranges.
//
//   mixer weights(s: [N, N], v: [N]) -> (o: [N], p: [N, N]) {
//     t[i,j] = if j <= i then s[i,j] else -inf
//     p[i,j] = softmax[j](t[i,j])
//     o[i] = sum[j](p[i,j] * v[j])
//   }
//
// CHECK-LABEL: mixer weights
// CHECK:      t[i,j] = if j <= i then s[i,j] else -inf
// CHECK-NEXT: p_max[i] = max[j in 0..i+1](t[i,j])
// CHECK:      p_sum[i] = sum[j in 0..i+1](p_exp[i,j])
mixer.func @weights(%s "s": !mixer.tensor<[s0, s0], f32>, %v "v": !mixer.tensor<[s0], f32>) -> ("o": !mixer.tensor<[s0], f32>, "p": !mixer.tensor<[s0, s0], f32>) extents [<"N">] {
  %t = mixer.eq "t" [i: s0, j: s0] : f32 (%i, %j) {
    %0 = arith.cmpi sle, %j, %i : index
    %1 = scf.if %0 -> (f32) {
      %2 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
      scf.yield %2 : f32
    } else {
      %cst = arith.constant 0xFF800000 : f32
      scf.yield %cst : f32
    }
    mixer.yield %1 : f32
  }
  %p.max = mixer.eq "p.max" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s0] : f32 (%j) {
      %1 = mixer.at %t[%i, %j] : !mixer.tensor<[s0, s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p.exp = mixer.eq "p.exp" [i: s0, j: s0] : f32 (%i, %j) {
    %0 = mixer.at %t[%i, %j] : !mixer.tensor<[s0, s0], f32>
    %1 = mixer.at %p.max[%i] : !mixer.tensor<[s0], f32>
    %2 = mixer.expdiff %0, %1 because  member : f32
    mixer.yield %2 : f32
  }
  %p.sum = mixer.eq "p.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s0] : f32 (%j) {
      %1 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  %p = mixer.eq "p" [i: s0, j: s0] : f32 (%i, %j) {
    %0 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s0], f32>
    %1 = mixer.at %p.sum[%i] : !mixer.tensor<[s0], f32>
    %cst = arith.constant 0.000000e+00 : f32
    %2 = arith.cmpf oeq, %1, %cst : f32
    %3 = arith.divf %0, %1 : f32
    %4 = arith.select %2, %cst, %3 : f32
    mixer.yield %4 : f32
  }
  %o.sum = mixer.eq "o.sum" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s0] : f32 (%j) {
      %1 = mixer.at %p.exp[%i, %j] : !mixer.tensor<[s0, s0], f32>
      %2 = mixer.at %v[%j] : !mixer.tensor<[s0], f32>
      %3 = arith.mulf %1, %2 : f32
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  %o = mixer.eq "o" [i: s0] : f32 (%i) {
    %0 = mixer.at %p.sum[%i] : !mixer.tensor<[s0], f32>
    %1 = mixer.at %o.sum[%i] : !mixer.tensor<[s0], f32>
    %2 = arith.divf %1, %0 : f32
    %cst = arith.constant 0.000000e+00 : f32
    %3 = arith.cmpf oeq, %0, %cst : f32
    %4 = arith.select %3, %cst, %2 : f32
    mixer.yield %4 : f32
  }
  mixer.return %o, %p : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0, s0], f32>
}

// A condition that guards a read stays where the read is not seen to be in bounds without it.
//
//   mixer guard(x: [N], y: [N, N]) -> (o: [N]) {
//     t[i,j] = if j <= i then x[i-j] * y[i,j] else 0
//     o[i] = sum[j](t[i,j])
//   }
//
// CHECK-LABEL: mixer guard
// CHECK:      t[i,j] = if j <= i then x[i-j] * y[i,j] else 0.0
// CHECK-NEXT: o[i] = sum[j in 0..i+1](t[i,j])
// REMARK: [Missed] condition | {{.*}}Equation=t, Reason="a condition stays although it holds wherever t is read: without it a read is not seen to be in bounds"
mixer.func @guard(%x "x": !mixer.tensor<[s0], f32>, %y "y": !mixer.tensor<[s0, s0], f32>) -> ("o": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %t = mixer.eq "t" [i: s0, j: s0] : f32 (%i, %j) {
    %0 = arith.cmpi sle, %j, %i : index
    %1 = scf.if %0 -> (f32) {
      %2 = mixer.at %x[%i - %j] : !mixer.tensor<[s0], f32>
      %3 = mixer.at %y[%i, %j] : !mixer.tensor<[s0, s0], f32>
      %4 = arith.mulf %2, %3 : f32
      scf.yield %4 : f32
    } else {
      %cst = arith.constant 0.000000e+00 : f32
      scf.yield %cst : f32
    }
    mixer.yield %1 : f32
  }
  %o = mixer.eq "o" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [j: s0] : f32 (%j) {
      %1 = mixer.at %t[%i, %j] : !mixer.tensor<[s0, s0], f32>
      mixer.yield %1 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %o : !mixer.tensor<[s0], f32>
}

// Data, alternatives and remainders: a window beside the first positions. What both alternatives say is a bound.
//
//   mixer others(s: [N, N], doc: i32[N]) -> (a: [N], b: [N], c: [N], d: [N]) {
//     a[i] = max[j](if doc[i] == doc[j] then s[i,j] else -inf)
//     b[i] = max[j](if j < 4 || j > i - 8 then s[i,j] else -inf)
//     c[i] = max[j](if j <= i && (j < 4 || j > i - 8) then s[i,j] else -inf)
//     d[i] = max[j](if (i - j) % 3 == 0 && j >= i - 9 then s[i,j] else -inf)
//   }
//
// CHECK-LABEL: mixer others
// CHECK:      a[i] = max[j](if doc[i] == doc[j] then s[i,j] else -inf)
// CHECK-NEXT: b[i] = max[j](if j < 4 || j > i - 8 then s[i,j] else -inf)
// CHECK-NEXT: c[i] = max[j in 0..i+1](if {{.*}}j < 4 || j > i - 8{{.*}} then s[i,j] else -inf)
// CHECK-NEXT: d[i] = max[j in max(0, i - 9)..N](if (i - j) % 3 == 0 && j >= i - 9 then s[i,j] else -inf)
// REMARK: [Missed] range | {{.*}}Equation=a, Reason="a condition stays in max[j]: it is on data, or bounds no index from one side"
// REMARK: [Missed] range | {{.*}}Equation=b,
mixer.func @others(%s "s": !mixer.tensor<[s0, s0], f32>, %doc "doc": !mixer.tensor<[s0], i32>) -> ("a": !mixer.tensor<[s0], f32>, "b": !mixer.tensor<[s0], f32>, "c": !mixer.tensor<[s0], f32>, "d": !mixer.tensor<[s0], f32>) extents [<"N">] {
  %a = mixer.eq "a" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s0] : f32 (%j) {
      %1 = mixer.at %doc[%i] : !mixer.tensor<[s0], i32>
      %2 = mixer.at %doc[%j] : !mixer.tensor<[s0], i32>
      %3 = arith.cmpi eq, %1, %2 : index
      %4 = scf.if %3 -> (f32) {
        %5 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %5 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %4 : f32
    }
    mixer.yield %0 : f32
  }
  %b = mixer.eq "b" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s0] : f32 (%j) {
      %c4 = arith.constant 4 : index
      %1 = arith.cmpi slt, %j, %c4 : index
      %2 = mixer.apply %i - 8
      %3 = arith.cmpi sgt, %j, %2 : index
      %4 = arith.ori %1, %3 : i1
      %5 = scf.if %4 -> (f32) {
        %6 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %6 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %5 : f32
    }
    mixer.yield %0 : f32
  }
  %c = mixer.eq "c" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s0] : f32 (%j) {
      %1 = arith.cmpi sle, %j, %i : index
      %c4 = arith.constant 4 : index
      %2 = arith.cmpi slt, %j, %c4 : index
      %3 = mixer.apply %i - 8
      %4 = arith.cmpi sgt, %j, %3 : index
      %5 = arith.ori %2, %4 : i1
      %6 = arith.andi %1, %5 : i1
      %7 = scf.if %6 -> (f32) {
        %8 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %8 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %7 : f32
    }
    mixer.yield %0 : f32
  }
  %d = mixer.eq "d" [i: s0] : f32 (%i) {
    %0 = mixer.reduce max [j: s0] : f32 (%j) {
      %1 = mixer.apply (%i - %j) mod 3
      %c0 = arith.constant 0 : index
      %2 = arith.cmpi eq, %1, %c0 : index
      %3 = mixer.apply %i - 9
      %4 = arith.cmpi sge, %j, %3 : index
      %5 = arith.andi %2, %4 : i1
      %6 = scf.if %5 -> (f32) {
        %7 = mixer.at %s[%i, %j] : !mixer.tensor<[s0, s0], f32>
        scf.yield %7 : f32
      } else {
        %cst = arith.constant 0xFF800000 : f32
        scf.yield %cst : f32
      }
      mixer.yield %6 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %a, %b, %c, %d : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>, !mixer.tensor<[s0], f32>
}

// A filter's few taps are written out: a bound would be in the way.
//
//   mixer taps(x: [N, C], w: [4, C]) -> (y: [N, C]) {
//     y[n,c] = sum[u in 0..4](if n - u >= 0 then w[u,c] * x[n-u,c] else 0)
//   }
//
// CHECK-LABEL: mixer taps
// CHECK:      y[n,c] = sum[u](if
mixer.func @taps(%x "x": !mixer.tensor<[s0, s1], f32>, %w "w": !mixer.tensor<[4, s1], f32>) -> ("y": !mixer.tensor<[s0, s1], f32>) extents [<"N">, <"C">] {
  %y = mixer.eq "y" [n: s0, c: s1] : f32 (%n, %c) {
    %0 = mixer.reduce sum [u: 4] : f32 (%u) {
      %1 = mixer.apply %n - %u
      %c0 = arith.constant 0 : index
      %2 = arith.cmpi sge, %1, %c0 : index
      %3 = scf.if %2 -> (f32) {
        %4 = mixer.at %w[%u, %c] : !mixer.tensor<[4, s1], f32>
        %5 = mixer.at %x[%n - %u, %c] : !mixer.tensor<[s0, s1], f32>
        %6 = arith.mulf %4, %5 : f32
        scf.yield %6 : f32
      } else {
        %cst = arith.constant 0.000000e+00 : f32
        scf.yield %cst : f32
      }
      mixer.yield %3 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %y : !mixer.tensor<[s0, s1], f32>
}

// A triangle of two indices: each bound is over outer indices only.
//
//   mixer triangle(x: [N, M], y: [N]) -> (z: [N]) {
//     z[i] = sum[a in 0..N, b in 0..M](if b <= a && b <= i then x[a,b] else 0)
//   }
//
// CHECK-LABEL: mixer triangle
// CHECK:      z[i] = sum[a, b in 0..min(M, i + 1)](if b <= a{{.*}} then x[a,b] else 0.0)
mixer.func @triangle(%x "x": !mixer.tensor<[s0, s1], f32>, %y "y": !mixer.tensor<[s0], f32>) -> ("z": !mixer.tensor<[s0], f32>) extents [<"N">, <"M">] {
  %z = mixer.eq "z" [i: s0] : f32 (%i) {
    %0 = mixer.reduce sum [a: s0, b: s1] : f32 (%a, %b) {
      %1 = arith.cmpi sle, %b, %a : index
      %2 = arith.cmpi sle, %b, %i : index
      %3 = arith.andi %1, %2 : i1
      %4 = scf.if %3 -> (f32) {
        %5 = mixer.at %x[%a, %b] : !mixer.tensor<[s0, s1], f32>
        scf.yield %5 : f32
      } else {
        %cst = arith.constant 0.000000e+00 : f32
        scf.yield %cst : f32
      }
      mixer.yield %4 : f32
    }
    mixer.yield %0 : f32
  }
  mixer.return %z : !mixer.tensor<[s0], f32>
}
