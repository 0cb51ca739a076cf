// RUN: mixc-opt %s --host-to-llvm --mlir-print-local-scope | FileCheck %s

// A sum in lanes stays a loop, in as many vectors of 64 bytes as a known number of steps fills; another one is the optimiser's.
// CHECK-LABEL: llvm.func @sums
func.func @sums(%n: index, %x: f32, %y: f64) -> (f32, f64, f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c17 = arith.constant 17 : index
  // CHECK: llvm.br {{.*}} : i64, f32) {loop_annotation = #llvm.loop_annotation<interleave = <count = 4 : i32>, unroll = <disable = true>>}
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> (f32) {
    %1 = math.fma %s, %x, %s fastmath<reassoc,contract> : f32
    scf.yield %1 : f32
  }
  // CHECK: llvm.br {{.*}} : i64, f64) {loop_annotation = #llvm.loop_annotation<interleave = <count = 2 : i32>, unroll = <disable = true>>}
  %2 = scf.for %i = %c0 to %c17 step %c1 iter_args(%s = %y) -> (f64) {
    %1 = arith.addf %s, %y fastmath<reassoc> : f64
    scf.yield %1 : f64
  }
  // CHECK-NOT: loop_annotation
  %3 = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> (f32) {
    %1 = arith.addf %s, %x : f32
    scf.yield %1 : f32
  }
  return %0, %2, %3 : f32, f64, f32
}

// A multiply-add is fused where the processor does it, or always.
// CHECK-LABEL: llvm.func @multiply_add
func.func @multiply_add(%x: f32, %v: vector<16xf32>) -> (f32, vector<16xf32>, f32) {
  // CHECK: llvm.intr.fmuladd({{.*}}) {fastmathFlags = #llvm.fastmath<contract>} : (f32, f32, f32)
  %0 = math.fma %x, %x, %x fastmath<contract> : f32
  // CHECK: llvm.intr.fmuladd({{.*}}) {fastmathFlags = #llvm.fastmath<contract>} : (vector<16xf32>
  %1 = math.fma %v, %v, %v fastmath<contract> : vector<16xf32>
  // CHECK: llvm.intr.fma({{.*}}) : (f32, f32, f32)
  %2 = math.fma %x, %x, %x : f32
  return %0, %1, %2 : f32, vector<16xf32>, f32
}
