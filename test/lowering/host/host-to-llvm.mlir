// RUN: mixc-opt %s --host-to-llvm | FileCheck %s

// CHECK-LABEL: llvm.func @functions
func.func @functions(%x: f64) -> f64 {
  // CHECK: llvm.intr.sqrt(
  %0 = math.sqrt %x : f64
  // CHECK: llvm.intr.fma(
  %1 = math.fma %0, %x, %x : f64
  return %1 : f64
}

// Flags that allow other sums arrive.
// CHECK-LABEL: llvm.func @flags
func.func @flags(%n: index, %x: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: llvm.fadd %{{.*}}, %{{.*}} {fastmathFlags = #llvm.fastmath<contract, reassoc>} : f32
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> (f32) {
    %1 = arith.addf %s, %x fastmath<reassoc,contract> : f32
    scf.yield %1 : f32
  }
  return %0 : f32
}

// CHECK-LABEL: llvm.func @complex
func.func @complex(%x: f32, %y: f32) -> f32 {
  // CHECK-NOT: complex.
  %0 = complex.create %x, %y : complex<f32>
  %1 = complex.im %0 : complex<f32>
  return %1 : f32
}
