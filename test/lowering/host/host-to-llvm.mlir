// RUN: mixc-opt %s --host-to-llvm | FileCheck %s

// What has an intrinsic becomes one; the rest, and what the conversion to LLVM would compute with a loss
// of digits, is the C library's.

// CHECK-LABEL: llvm.func @functions
func.func @functions(%x: f64) -> f64 {
  // CHECK: llvm.intr.exp(
  %0 = math.exp %x : f64
  // CHECK: llvm.call @expm1(
  %1 = math.expm1 %0 : f64
  // CHECK: llvm.call @log1p(
  %2 = math.log1p %1 : f64
  // CHECK: llvm.call @erf(
  %3 = math.erf %2 : f64
  // CHECK: llvm.intr.sqrt(
  %4 = math.sqrt %3 : f64
  return %4 : f64
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
func.func @complex(%z: complex<f32>) -> complex<f32> {
  // CHECK-NOT: complex.
  %0 = complex.exp %z : complex<f32>
  %1 = complex.mul %0, %z : complex<f32>
  %2 = complex.div %1, %z : complex<f32>
  return %2 : complex<f32>
}
