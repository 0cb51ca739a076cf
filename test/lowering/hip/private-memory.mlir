// RUN: mixc-opt %s --pass-pipeline='builtin.module(gpu.module(private-memory))' | FileCheck %s

// CHECK: %[[LOCAL:.*]] = llvm.alloca %{{.*}} x !llvm.array<64 x i8> {alignment = 64 : i64} : (i64) -> !llvm.ptr<5>
// CHECK-NEXT: %[[GENERIC:.*]] = llvm.addrspacecast %[[LOCAL]] : !llvm.ptr<5> to !llvm.ptr
// CHECK: llvm.store %{{.*}}, %[[GENERIC]]
// CHECK-NOT: llvm.addrspacecast
gpu.module @kernels {
  llvm.func @k() {
    %one = llvm.mlir.constant(1 : i64) : i64
    %zero = llvm.mlir.constant(0.0 : f32) : f32
    %0 = llvm.alloca %one x !llvm.array<64 x i8> {alignment = 64 : i64} : (i64) -> !llvm.ptr
    llvm.store %zero, %0 : f32, !llvm.ptr
    %1 = llvm.alloca %one x i8 : (i64) -> !llvm.ptr<5>
    llvm.return
  }
}
