// RUN: mixc-opt --expand-math %s | FileCheck %s

// A chain of complex ops becomes real arithmetic; only its ends hold a complex value.
// CHECK-LABEL: func @multiplyAdd
// CHECK-DAG: %[[A:.*]] = complex.re %arg0
// CHECK-DAG: %[[B:.*]] = complex.im %arg0
// CHECK-NOT: complex.{{mul|add}}
// CHECK: complex.create
// CHECK-NEXT: return
func.func @multiplyAdd(%x: complex<f32>, %y: complex<f32>) -> complex<f32> {
  %0 = complex.mul %x, %y : complex<f32>
  %1 = complex.add %0, %x : complex<f32>
  return %1 : complex<f32>
}

// The real functions inside are expanded, too.
// CHECK-LABEL: func @exp32
// CHECK-NOT: {{math.exp|math.sin|math.cos|complex.exp}}
// CHECK: return
func.func @exp32(%x: complex<f32>) -> complex<f32> {
  %0 = complex.exp %x : complex<f32>
  return %0 : complex<f32>
}

// CHECK-LABEL: func @exp64
// CHECK-NOT: {{math.exp|math.sin|math.cos|complex.exp}}
// CHECK: return
func.func @exp64(%x: complex<f64>) -> complex<f64> {
  %0 = complex.exp %x : complex<f64>
  return %0 : complex<f64>
}

// CHECK-LABEL: func @others
// CHECK-NOT: complex.{{div|abs|neg|conj|sub|eq|neq}}
// CHECK: return
func.func @others(%x: complex<f64>, %y: complex<f64>) -> (complex<f64>, f64, i1) {
  %0 = complex.div %x, %y : complex<f64>
  %1 = complex.neg %0 : complex<f64>
  %2 = complex.conj %1 : complex<f64>
  %3 = complex.sub %2, %x : complex<f64>
  %4 = complex.abs %3 : complex<f64>
  %5 = complex.eq %x, %y : complex<f64>
  %6 = complex.neq %x, %3 : complex<f64>
  %7 = arith.ori %5, %6 : i1
  return %3, %4, %7 : complex<f64>, f64, i1
}
