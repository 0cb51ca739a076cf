// Kernels are printed as they are written, and read back the same.

// RUN: mixc-opt %s | mixc-opt | FileCheck %s
// RUN: mixc-opt %s --mlir-print-op-generic | mixc-opt | FileCheck %s

// CHECK-LABEL: tile.kernel @scale grid (%b, %i) args (%{{.*}}: !tile.view<2, bf16>, %{{.*}}: !tile.view<2, f32, unit> out, %{{.*}}: index) {
tile.kernel @scale grid (%b, %i) args (%x: !tile.view<2, bf16>, %y: !tile.view<2, f32, unit> out, %n: index) {
  // CHECK: %[[X:.*]] = tile.load %{{.*}}[%b, %i] : !tile.view<2, bf16> -> f32
  %0 = tile.load %x[%b, %i] : !tile.view<2, bf16> -> f32
  // CHECK: tile.round %[[X]] to f16 : f32 -> f32
  %1 = tile.round %0 to f16 : f32 -> f32
  // CHECK: tile.round %{{.*}} to i8 : f32 -> index
  %2 = tile.round %1 to i8 : f32 -> index
  // CHECK: tile.store %{{.*}}, %{{.*}}[%b, %i] : f32, !tile.view<2, f32, unit>
  tile.store %1, %y[%b, %i] : f32, !tile.view<2, f32, unit>
  // CHECK: tile.return
  tile.return
}

// CHECK-LABEL: tile.kernel @point grid () args (%{{.*}}: !tile.view<0, i1> out) attributes {note = "rank 0"} {
tile.kernel @point grid () args (%y: !tile.view<0, i1> out) attributes {note = "rank 0"} {
  %true = arith.constant true
  // CHECK: tile.store %true, %{{.*}}[] : i1, !tile.view<0, i1>
  tile.store %true, %y[] : i1, !tile.view<0, i1>
  tile.return
}

// CHECK-LABEL: tile.kernel @top
tile.kernel @top grid (%i) args (%x: !tile.view<2, f32>, %r: !tile.view<2, i32> out, %n: index, %k: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: tile.scratch(%{{.*}}) : !tile.view<1, f32, unit>
  %keys = tile.scratch (%n) : !tile.view<1, f32, unit>
  %order = tile.scratch (%n) : !tile.view<1, i64, unit>
  %spare = tile.scratch (%n) : !tile.view<1, i64, unit>
  scf.for %j = %c0 to %n step %c1 {
    %0 = tile.load %x[%i, %j] : !tile.view<2, f32> -> f32
    tile.store %0, %keys[%j] : f32, !tile.view<1, f32, unit>
  }
  // CHECK: tile.order %{{.*}} to %{{.*}} spare %{{.*}} count %{{.*}} ranks %{{.*}} : !tile.view<1, f32, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
  tile.order %keys to %order spare %spare count %n ranks %k : !tile.view<1, f32, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
  scf.for %t = %c0 to %k step %c1 {
    %0 = tile.load %order[%t] : !tile.view<1, i64, unit> -> index
    tile.store %0, %r[%i, %t] : index, !tile.view<2, i32>
  }
  tile.return
}

// CHECK-LABEL: tile.kernel @block
// CHECK-SAME: attributes {lanes = 0 : i64}
tile.kernel @block grid (%i) args (%x: !tile.view<3, bf16>, %k: !tile.view<2, f32>, %y: !tile.view<2, bf16> out, %n: index, %D: index) attributes {lanes = 0} {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  // CHECK: %[[Q:.*]] = tile.read %{{.*}}[%i, %{{.*}}, %{{.*}}] along [-1, 0, 1] valid(%{{.*}}, %{{.*}}) : !tile.view<3, bf16> -> tensor<32x64xf32>
  %q = tile.read %x[%i, %c0, %c0] along [-1, 0, 1] valid (%n, %D) : !tile.view<3, bf16> -> tensor<32x64xf32>
  // CHECK: %[[K:.*]] = tile.read %{{.*}} along [0, 1]
  %kk = tile.read %k[%c0, %c0] along [0, 1] valid (%n, %D) : !tile.view<2, f32> -> tensor<96x64xf32>
  %init = tensor.splat %zero : tensor<32x96xf32>
  // CHECK: %[[S:.*]] = tile.dot %[[Q]], %[[K]] init %{{.*}} contract [1, 1] valid %{{.*}} : tensor<32x64xf32>, tensor<96x64xf32> -> tensor<32x96xf32>
  %s = tile.dot %q, %kk init %init contract [1, 1] valid %D : tensor<32x64xf32>, tensor<96x64xf32> -> tensor<32x96xf32>
  // CHECK: %[[J:.*]] = tile.iota %{{.*}} along 1 : tensor<32x96xindex>
  %j = tile.iota %c0 along 1 : tensor<32x96xindex>
  // CHECK: %[[M:.*]] = tile.reduce max %[[S]] axis 1 valid %{{.*}} : tensor<32x96xf32> -> tensor<32xf32>
  %m = tile.reduce max %s axis 1 valid %n : tensor<32x96xf32> -> tensor<32xf32>
  // CHECK: %[[B:.*]] = tile.broadcast %[[M]] along 0 : tensor<32xf32> -> tensor<32x96xf32>
  %mb = tile.broadcast %m along 0 : tensor<32xf32> -> tensor<32x96xf32>
  // CHECK: %[[P:.*]] = tile.expdiff %[[S]], %[[B]] : tensor<32x96xf32>
  %p = tile.expdiff %s, %mb : tensor<32x96xf32>
  // CHECK: tile.write %[[P]], %{{.*}}[%i, %{{.*}}] along [0, 1] valid(%{{.*}}, %{{.*}}) : tensor<32x96xf32>, !tile.view<2, bf16>
  tile.write %p, %y[%i, %c0] along [0, 1] valid (%n, %n) : tensor<32x96xf32>, !tile.view<2, bf16>
  tile.return
}
