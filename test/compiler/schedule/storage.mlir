// Accesses of packed and paged tensors go through their tables, in kernels and in the plan.
// RUN: mixc-opt %s --schedule-storage --split-input-file --verify-diagnostics | FileCheck %s

// CHECK: plan.func @copy extents (%[[B:.*]] "B", %[[N:.*]] "N", %[[PAGES:.*]] "x_pages", %[[TOTAL:.*]] "y_total")
// CHECK-SAME: args (%[[X:.*]] "x": !tile.view<3, bf16, unit>, %[[TABLE:.*]] "x_table": !tile.view<2, i32>, %[[OFFSETS:.*]] "y_offsets": !tile.view<1, i32>)
// CHECK-SAME: outs (%[[Y:.*]] "y": !tile.view<3, bf16>) {
// CHECK-NOT: storage
plan.func @copy extents (%B "B", %N "N") args (%x "x": !tile.view<3, bf16, unit>) outs (%y "y": !tile.view<3, bf16>)
    attributes {storage = {x = #plan.paged<axis = 1, block = 4>, y = #plan.packed<axis = 2>}} {
  %c0 = arith.constant 0 : index
  // CHECK: plan.launch @copy.y grid(%[[B]], %[[N]]) args(%[[X]], %[[Y]], %[[TABLE]], %[[PAGES]], %[[OFFSETS]], %[[TOTAL]] : !tile.view<3, bf16, unit>, !tile.view<3, bf16>, !tile.view<2, i32>, index, !tile.view<1, i32>, index)
  plan.launch @copy.y grid (%B, %N) args (%x, %y : !tile.view<3, bf16, unit>, !tile.view<3, bf16>) scratch %c0
  plan.return
}

// CHECK: tile.kernel @copy.y grid (%[[I:.*]], %[[J:.*]]) args (%[[KX:.*]]: !tile.view<3, bf16, unit>, %[[KY:.*]]: !tile.view<3, bf16> out, %[[KTABLE:.*]]: !tile.view<2, i32>, %[[KPAGES:.*]]: index, %[[KOFFSETS:.*]]: !tile.view<1, i32>, %[[KTOTAL:.*]]: index)
tile.kernel @copy.y grid (%b, %n) args (%x: !tile.view<3, bf16, unit>, %y: !tile.view<3, bf16> out) {
  %c1 = arith.constant 1 : index
  // CHECK: %[[FOUR:.*]] = arith.constant 4 : index
  // CHECK: %[[WHICH:.*]] = arith.divui %[[J]], %[[FOUR]]
  // CHECK: %[[PLACE:.*]] = arith.remui %[[J]], %[[FOUR]]
  // CHECK: %[[PAGE:.*]] = tile.load %[[KTABLE]][%[[I]], %[[WHICH]]] : !tile.view<2, i32> -> index
  // CHECK: %[[EXISTS:.*]] = arith.cmpi ult, %[[PAGE]], %[[KPAGES]]
  // CHECK: %[[VALUE:.*]] = scf.if %[[EXISTS]] -> (f32) {
  // CHECK-NEXT: tile.load %[[KX]][%[[PAGE]], %[[PLACE]], %c1]
  // CHECK: } else {
  // CHECK: arith.constant 0.0
  %0 = tile.load %x[%b, %n, %c1] : !tile.view<3, bf16, unit> -> f32
  // CHECK: %[[BEGIN:.*]] = tile.load %[[KOFFSETS]][%[[I]]]
  // CHECK: %[[END:.*]] = tile.load %[[KOFFSETS]]
  // CHECK: %[[LENGTH:.*]] = arith.subi %[[END]], %[[BEGIN]]
  // CHECK: %[[INSIDE:.*]] = arith.cmpi slt, %[[J]], %[[LENGTH]]
  // CHECK: %[[AT:.*]] = arith.addi %[[BEGIN]], %[[J]]
  // CHECK: %[[THERE:.*]] = arith.cmpi ult, %[[AT]], %[[KTOTAL]]
  // CHECK: %[[BOTH:.*]] = arith.andi %[[INSIDE]], %[[THERE]]
  // CHECK: scf.if %[[BOTH]] {
  // CHECK-NEXT: tile.store %[[VALUE]], %[[KY]][%{{.*}}, %c1, %[[AT]]]
  tile.store %0, %y[%b, %c1, %n] : f32, !tile.view<3, bf16>
  tile.return
}

// -----

// What is written where there is no element can't be read back.
plan.func @twice extents (%B "B", %N "N") args () outs (%y "y": !tile.view<2, f32>) attributes {storage = {y = #plan.packed<axis = 1>}} {
  %c0 = arith.constant 0 : index
  plan.launch @twice.y grid (%B, %N) args (%y : !tile.view<2, f32>) scratch %c0
  plan.return
}
tile.kernel @twice.y grid (%b, %n) args (%y: !tile.view<2, f32> out) {
  // expected-error@below {{'tile.load' op reads an output that is packed or paged}}
  %0 = tile.load %y[%b, %n] : !tile.view<2, f32> -> f32
  tile.store %0, %y[%b, %n] : f32, !tile.view<2, f32>
  tile.return
}
