// RUN: mixc-opt %s --pass-pipeline='builtin.module(gpu.module(scalars-to-llvm))' --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: gpu.func @k(%arg0: !llvm.ptr<1>, %arg1: i64)
// CHECK: %[[T:.*]] = gpu.thread_id x
// CHECK: builtin.unrealized_conversion_cast %[[T]] : index to i64
// CHECK: llvm.br
// CHECK: llvm.intr.fma
// CHECK: llvm.intr.sqrt
// CHECK: llvm.intr.maximum
// CHECK: llvm.call @f
// CHECK: gpu.return
// CHECK-LABEL: llvm.func internal @f(%arg0: f32)
gpu.module @kernels {
  gpu.func @k(%x: !llvm.ptr<1>, %n: i64) kernel {
    %t = gpu.thread_id x
    %end = arith.index_cast %n : i64 to index
    %c1 = arith.constant 1 : index
    scf.for %i = %t to %end step %c1 {
      %0 = llvm.load %x : !llvm.ptr<1> -> f32
      %1 = math.fma %0, %0, %0 : f32
      %2 = math.sqrt %1 : f32
      %3 = arith.maximumf %1, %2 : f32
      %4 = func.call @f(%3) : (f32) -> f32
      llvm.store %4, %x : f32, !llvm.ptr<1>
    }
    gpu.return
  }
  func.func private @f(%x: f32) -> f32 attributes {llvm.linkage = #llvm.linkage<internal>} {
    return %x : f32
  }
}

// -----

// There is no library to call.

gpu.module @kernels {
  gpu.func @k(%x: !llvm.ptr<1>) kernel {
    %0 = llvm.load %x : !llvm.ptr<1> -> f64
    // expected-error@+1 {{unsupported on GPUs: `math.acosh` of 'f64'}}
    %1 = math.acosh %0 : f64
    llvm.store %1, %x : f64, !llvm.ptr<1>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @k(%x: !llvm.ptr<1>) kernel {
    %0 = llvm.load %x : !llvm.ptr<1> -> f32
    // expected-error@+1 {{unsupported on GPUs: `arith.remf` of 'f32'}}
    %1 = arith.remf %0, %0 : f32
    llvm.store %1, %x : f32, !llvm.ptr<1>
    gpu.return
  }
}
