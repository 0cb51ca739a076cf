// RUN: mixc-opt %s --pass-pipeline='builtin.module(plan.func(plan-layout))' | FileCheck %s

tile.kernel @k grid (%i) args (%x: !tile.view<1, f32>, %y: !tile.view<1, f32> out) { tile.return }

// Two buffers that are never alive at once share; one between them does not; one without use goes.
// CHECK-LABEL: plan.func @chain
plan.func @chain extents (%N "N") args (%x "x": !tile.view<1, f32>) outs (%y "y": !tile.view<1, f32>) {
  %c0 = arith.constant 0 : index
  // CHECK: plan.buffer "s"(%N) {slot = 0 : i64}
  // CHECK: plan.buffer "t"(%N) {slot = 1 : i64}
  // CHECK: plan.buffer "u"(%N) {slot = 0 : i64}
  // CHECK-NOT: plan.buffer
  %s = plan.buffer "s" (%N) : !tile.view<1, f32, unit>
  %t = plan.buffer "t" (%N) : !tile.view<1, f32, unit>
  %u = plan.buffer "u" (%N) : !tile.view<1, f32, unit>
  %unused = plan.buffer "unused" (%N) : !tile.view<1, f32, unit>
  plan.launch @k grid (%N) args (%x, %s : !tile.view<1, f32>, !tile.view<1, f32, unit>) scratch %c0
  plan.launch @k grid (%N) args (%s, %t : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>) scratch %c0
  plan.launch @k grid (%N) args (%t, %u : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>) scratch %c0
  plan.launch @k grid (%N) args (%u, %y : !tile.view<1, f32, unit>, !tile.view<1, f32>) scratch %c0
  plan.return
}

// A buffer that is used in a loop lives to the loop's end; so does one that the loop carries.
// CHECK-LABEL: plan.func @loop
plan.func @loop extents (%N "N") args (%x "x": !tile.view<1, f32>) outs (%y "y": !tile.view<1, f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: plan.buffer "a"(%N) {slot = 0 : i64}
  // CHECK: plan.buffer "b"(%N) {slot = 1 : i64}
  // CHECK: plan.buffer "c"(%N) {slot = 2 : i64}
  // CHECK: plan.buffer "d"(%N) {slot = 2 : i64}
  %a = plan.buffer "a" (%N) : !tile.view<1, f32, unit>
  %b = plan.buffer "b" (%N) : !tile.view<1, f32, unit>
  %c = plan.buffer "c" (%N) : !tile.view<1, f32, unit>
  %d = plan.buffer "d" (%N) : !tile.view<1, f32, unit>
  plan.launch @k grid (%N) args (%x, %a : !tile.view<1, f32>, !tile.view<1, f32, unit>) scratch %c0
  %last = scf.for %t = %c0 to %N step %c1 iter_args(%from = %a) -> (!tile.view<1, f32, unit>) {
    plan.launch @k grid (%N) args (%from, %b : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>) scratch %c0
    plan.launch @k grid (%N) args (%b, %c : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>) scratch %c0
    scf.yield %b : !tile.view<1, f32, unit>
  }
  plan.launch @k grid (%N) args (%last, %d : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>) scratch %c0
  plan.launch @k grid (%N) args (%d, %y : !tile.view<1, f32, unit>, !tile.view<1, f32>) scratch %c0
  plan.return
}

// Of the free slots the one whose last buffer had the same sizes is taken.
// CHECK-LABEL: plan.func @sizes
plan.func @sizes extents (%N "N", %M "M") args (%x "x": !tile.view<1, f32>) outs (%y "y": !tile.view<1, f32>) {
  %c0 = arith.constant 0 : index
  // CHECK: plan.buffer "n"(%N) {slot = 0 : i64}
  // CHECK: plan.buffer "m"(%M) {slot = 1 : i64}
  // CHECK: plan.buffer "n2"(%N) {slot = 0 : i64}
  %n = plan.buffer "n" (%N) : !tile.view<1, f32, unit>
  %m = plan.buffer "m" (%M) : !tile.view<1, f32, unit>
  %n2 = plan.buffer "n2" (%N) : !tile.view<1, f32, unit>
  plan.launch @k grid (%N) args (%n, %m : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>) scratch %c0
  plan.launch @k grid (%N) args (%x, %n2 : !tile.view<1, f32>, !tile.view<1, f32, unit>) scratch %c0
  plan.return
}
