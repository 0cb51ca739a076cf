// RUN: mixc-opt %s --pass-pipeline='builtin.module(gpu.module(gpu-to-nvvm))' | FileCheck %s

// CHECK: llvm.mlir.global internal @shared() {addr_space = 3 : i32
// CHECK-LABEL: llvm.func @k(%{{.*}}: !llvm.ptr<1> {llvm.noalias}, %{{.*}}: i64)
// CHECK-SAME: nvvm.kernel, nvvm.maxntid = array<i32: 128, 1, 1>
// CHECK: nvvm.read.ptx.sreg.tid.x range <i32, 0, 128> : i32
// CHECK: nvvm.read.ptx.sreg.ctaid.x
// CHECK: nvvm.read.ptx.sreg.nctaid.x
// Instructions stay LLVM's.
// CHECK: llvm.intr.fabs
// CHECK: llvm.intr.sqrt
// CHECK: nvvm.shfl.sync bfly
// CHECK: nvvm.barrier
// CHECK-NOT: gpu.{{[a-z]*}} %
// CHECK: llvm.return
gpu.module @kernels {
  llvm.mlir.global internal @shared() {addr_space = 3 : i32} : !llvm.array<4 x i64>
  gpu.func @k(%x: !llvm.ptr<1> {llvm.noalias}, %n: i64) kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
    %thread = gpu.thread_id x
    %block = gpu.block_id x
    %blocks = gpu.grid_dim x
    %t = builtin.unrealized_conversion_cast %thread : index to i64
    %b = builtin.unrealized_conversion_cast %block : index to i64
    %g = builtin.unrealized_conversion_cast %blocks : index to i64
    %0 = llvm.add %t, %b : i64
    %1 = llvm.add %0, %g : i64
    %at = llvm.getelementptr %x[%1] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
    %2 = llvm.load %at : !llvm.ptr<1> -> f32
    %3 = llvm.intr.fabs(%2) : (f32) -> f32
    %4 = llvm.intr.sqrt(%3) : (f32) -> f32
    %c1 = llvm.mlir.constant(1 : i32) : i32
    %c32 = llvm.mlir.constant(32 : i32) : i32
    %5, %valid = gpu.shuffle xor %4, %c1, %c32 : f32
    gpu.barrier
    llvm.store %5, %at : f32, !llvm.ptr<1>
    gpu.return
  }
}
