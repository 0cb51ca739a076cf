// Host functions are printed as they are written, and read back the same.

// RUN: mixc-opt %s | mixc-opt | FileCheck %s
// RUN: mixc-opt %s --mlir-print-op-generic | mixc-opt | FileCheck %s

tile.kernel @step grid (%b, %n) args (%x: !tile.view<2, f32>, %s: !tile.view<0, f32>, %y: !tile.view<2, f32> out, %t: index) {
  tile.return
}

// CHECK-LABEL: plan.func @mixer extents (%B "B", %N "N") args (%x "x": !tile.view<2, f32>, %scale "scale": !tile.view<0, f32>) outs (%y "y": !tile.view<2, f32>) {
plan.func @mixer extents (%B "B", %N "N") args (%x "x": !tile.view<2, f32>, %scale "scale": !tile.view<0, f32>)
    outs (%y "y": !tile.view<2, f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %rest = arith.remsi %N, %c2 : index
  %even = arith.cmpi eq, %rest, %c0 : index
  // CHECK: plan.stride %y[1] : !tile.view<2, f32>
  %stride = plan.stride %y[1] : !tile.view<2, f32>
  // CHECK: plan.check %{{.*}}, "N % 2 == 0"
  plan.check %even, "N % 2 == 0"
  %one = arith.constant 1.0 : f32
  // CHECK: %[[S:.*]] = plan.default %scale = %{{.*}} : f32, !tile.view<0, f32>
  %s = plan.default %scale = %one : f32, !tile.view<0, f32>
  // CHECK: %[[T:.*]] = plan.buffer "t"(%B, %N) : !tile.view<2, f32, unit>
  %t = plan.buffer "t" (%B, %N) : !tile.view<2, f32, unit>
  scf.for %i = %c0 to %c2 step %c1 {
    // CHECK: plan.launch @step grid(%B, %N) args(%x, %[[S]], %[[T]], %{{.*}} : !tile.view<2, f32>, !tile.view<0, f32>, !tile.view<2, f32, unit>, index) scratch %{{.*}}
    plan.launch @step grid (%B, %N) args (%x, %s, %t, %i : !tile.view<2, f32>, !tile.view<0, f32>, !tile.view<2, f32, unit>, index) scratch %c0
  }
  plan.launch @step grid (%B, %N) args (%t, %s, %y, %c0 : !tile.view<2, f32, unit>, !tile.view<0, f32>, !tile.view<2, f32>, index) scratch %c0
  // CHECK: plan.return
  plan.return
}

// CHECK-LABEL: plan.func @empty extents () args () outs () {
plan.func @empty extents () args () outs () { plan.return }
