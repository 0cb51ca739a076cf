// RUN: mixc-opt %s --block-loops --remarks-filter='block-loops' 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: mixc-opt %s --block-loops | FileCheck %s

// REMARK: remark: [Passed] block | Category:block-loops | Function=few | Reason="a point is a block: there are few, and 1 of their loops can be shared"
// REMARK: remark: [Missed] block | Category:block-loops | Function=reads_back | Reason="a point stays a thread: it reads back what it has written"
// REMARK: remark: [Passed] block | Category:block-loops | Function=map | Reason="a point is a block: there are few, and 1 of their loops can be shared"
// REMARK: remark: [Missed] block | Category:block-loops | Function=scratch | Reason="a point stays a thread: its scratch is too much for a block of them"
// REMARK-NOT: remark

// The outermost loop; a nested one is done by the thread.
// CHECK-LABEL: tile.kernel @few
// CHECK: scf.for
// CHECK: scf.for
// CHECK: }
// CHECK-NOT: tile.block_loop
// CHECK: } {tile.block_loop}
// CHECK: tile.store
tile.kernel @few grid (%i) args (%n: index, %x: !tile.view<2, f32>, %s: !tile.view<1, f32> out) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %low = arith.constant -1.0 : f32
  %0:2 = scf.for %j = %c0 to %n step %c1 iter_args(%sum = %zero, %max = %low) -> (f32, f32) {
    %1 = scf.for %k = %c0 to %n step %c1 iter_args(%inner = %zero) -> (f32) {
      %2 = tile.load %x[%j, %k] : !tile.view<2, f32> -> f32
      %3 = arith.addf %inner, %2 fastmath<reassoc> : f32
      scf.yield %3 : f32
    }
    %4 = arith.addf %1, %sum fastmath<reassoc> : f32
    %5 = arith.maximumf %max, %1 : f32
    scf.yield %4, %5 : f32, f32
  }
  %6 = arith.addf %0#0, %0#1 : f32
  tile.store %6, %s[%i] : f32, !tile.view<1, f32>
  tile.return
}

// Not: a sum that has an order; a short loop; a loop that writes; an accumulator that is read.
// CHECK-LABEL: tile.kernel @no_reduction
// CHECK-NOT: tile.block_loop
// CHECK: tile.return
tile.kernel @no_reduction grid (%i) args (%n: index, %x: !tile.view<1, f32>, %s: !tile.view<1, f32> out) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c100 = arith.constant 100 : index
  %zero = arith.constant 0.0 : f32
  %0 = scf.for %j = %c0 to %n step %c1 iter_args(%sum = %zero) -> (f32) {
    %1 = tile.load %x[%j] : !tile.view<1, f32> -> f32
    %2 = arith.addf %sum, %1 : f32
    scf.yield %2 : f32
  }
  %3 = scf.for %j = %c0 to %c100 step %c1 iter_args(%sum = %zero) -> (f32) {
    %4 = tile.load %x[%j] : !tile.view<1, f32> -> f32
    %5 = arith.addf %sum, %4 fastmath<reassoc> : f32
    scf.yield %5 : f32
  }
  %6 = scf.for %j = %c0 to %n step %c1 iter_args(%sum = %zero) -> (f32) {
    %7 = tile.load %x[%j] : !tile.view<1, f32> -> f32
    %8 = arith.addf %sum, %7 fastmath<reassoc> : f32
    tile.store %7, %s[%j] : f32, !tile.view<1, f32>
    scf.yield %8 : f32
  }
  %9 = scf.for %j = %c0 to %n step %c1 iter_args(%sum = %zero) -> (f32) {
    %10 = arith.addf %sum, %sum fastmath<reassoc> : f32
    scf.yield %10 : f32
  }
  tile.store %9, %s[%i] : f32, !tile.view<1, f32>
  tile.return
}

// CHECK-LABEL: tile.kernel @reads_back
// CHECK-NOT: tile.block_loop
// CHECK: tile.return
tile.kernel @reads_back grid () args (%n: index, %s: !tile.view<0, f32> out) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %low = arith.constant -1.0 : f32
  tile.store %low, %s[] : f32, !tile.view<0, f32>
  %0 = scf.for %j = %c0 to %n step %c1 iter_args(%max = %low) -> (f32) {
    %1 = tile.load %s[] : !tile.view<0, f32> -> f32
    %2 = arith.maximumf %max, %1 : f32
    scf.yield %2 : f32
  }
  tile.store %0, %s[] : f32, !tile.view<0, f32>
  tile.return
}

// A grid that the extents give keeps a GPU busy, but for a few extents.
// CHECK-LABEL: tile.kernel @many
// CHECK-NOT: tile.block_loop
// CHECK: tile.return
tile.kernel @many grid (%i) args (%n: index, %x: !tile.view<1, f32>, %s: !tile.view<1, f32> out) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %low = arith.constant -1.0 : f32
  %0 = scf.for %j = %c0 to %n step %c1 iter_args(%max = %low) -> (f32) {
    %1 = tile.load %x[%j] : !tile.view<1, f32> -> f32
    %2 = arith.maximumf %max, %1 : f32
    scf.yield %2 : f32
  }
  tile.store %0, %s[%i] : f32, !tile.view<1, f32>
  tile.return
}

// Iterations that write elements of their own; not those that may write one twice.
// CHECK-LABEL: tile.kernel @map
// CHECK: tile.store {{.*}}[%{{.*}}, %arg{{.*}}]
// CHECK: } {tile.block_loop}
// CHECK-NOT: tile.block_loop
// CHECK: tile.return
tile.kernel @map grid (%i) args (%n: index, %y: !tile.view<2, f32> out, %z: !tile.view<2, f32> out) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  scf.for %j = %c0 to %n step %c1 {
    tile.store %zero, %y[%i, %j] : f32, !tile.view<2, f32>
  }
  scf.for %j = %c0 to %n step %c1 {
    tile.store %zero, %z[%i, %j] : f32, !tile.view<2, f32>
    tile.store %zero, %z[%j, %i] : f32, !tile.view<2, f32>
  }
  tile.return
}

// CHECK-LABEL: tile.kernel @no_map
// CHECK-NOT: tile.block_loop
// CHECK: tile.return
tile.kernel @no_map grid (%i) args (%n: index, %y: !tile.view<1, f32> out, %z: !tile.view<1, f32> out) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  tile.store %zero, %y[%c0] : f32, !tile.view<1, f32>
  scf.for %j = %c0 to %n step %c1 {
    tile.store %zero, %y[%j] : f32, !tile.view<1, f32>
  }
  scf.for %j = %c0 to %n step %c1 {
    tile.store %zero, %z[%i] : f32, !tile.view<1, f32>
  }
  tile.return
}

// CHECK-LABEL: tile.kernel @scratch
// CHECK-NOT: tile.block_loop
// CHECK: tile.return
tile.kernel @scratch grid (%i) args (%n: index, %y: !tile.view<1, f32> out) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = tile.scratch (%n) : !tile.view<1, f32, unit>
  scf.for %j = %c0 to %n step %c1 {
    %0 = tile.load %a[%j] : !tile.view<1, f32, unit> -> f32
    tile.store %0, %y[%j] : f32, !tile.view<1, f32>
  }
  tile.return
}

plan.func @p extents (%N "N") args (%x "x": !tile.view<1, f32>, %z "z": !tile.view<2, f32>) outs (%s "s": !tile.view<1, f32>, %t "t": !tile.view<0, f32>) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  plan.launch @few grid (%c8) args (%N, %z, %s : index, !tile.view<2, f32>, !tile.view<1, f32>) scratch %c0
  plan.launch @no_reduction grid (%c8) args (%N, %x, %s : index, !tile.view<1, f32>, !tile.view<1, f32>) scratch %c0
  plan.launch @reads_back grid () args (%N, %t : index, !tile.view<0, f32>) scratch %c0
  plan.launch @map grid (%c8) args (%N, %z, %z : index, !tile.view<2, f32>, !tile.view<2, f32>) scratch %c0
  plan.launch @no_map grid (%c8) args (%N, %s, %s : index, !tile.view<1, f32>, !tile.view<1, f32>) scratch %c0
  plan.launch @scratch grid (%c8) args (%N, %s : index, !tile.view<1, f32>) scratch %c8
  plan.launch @many grid (%c8) args (%N, %x, %s : index, !tile.view<1, f32>, !tile.view<1, f32>) scratch %c0
  plan.launch @many grid (%N) args (%N, %x, %s : index, !tile.view<1, f32>, !tile.view<1, f32>) scratch %c0
  plan.return
}
