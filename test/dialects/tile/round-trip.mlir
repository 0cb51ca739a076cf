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
