// RUN: mixc-opt %s --tile-to-func --split-input-file --verify-diagnostics | FileCheck %s

// Strides that are known: one function over the points, reached through the kernel's entry.

// CHECK-LABEL: func.func private @known.points(
// CHECK-SAME: %[[X:.*]]: !llvm.ptr {llvm.noalias, llvm.readonly}, %[[ROW:[^ ]*]]: i64, %[[Y:.*]]: !llvm.ptr {llvm.noalias}, %[[N:[^ ]*]]: i64,
// CHECK-SAME: %[[BEGIN:[^ ]*]]: i64, %[[END:[^ ]*]]: i64) attributes {llvm.linkage = #llvm.linkage<internal>, passthrough = ["noinline"]}
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step
// CHECK-DAG: %[[AT:.*]] = arith.index_cast %[[I]] : index to i64
// CHECK-DAG: %[[OFFSET:.*]] = arith.muli %[[AT]], %[[ROW]] overflow<nsw> : i64
// CHECK: %[[P:.*]] = llvm.getelementptr inbounds %[[X]][%[[OFFSET]]] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// CHECK: llvm.load %[[P]] {alignment = 4 : i64} : !llvm.ptr -> f32
// CHECK: llvm.getelementptr inbounds %[[Y]]
// CHECK: llvm.store

// CHECK-LABEL: func.func private @known(
// CHECK-SAME: %[[VIEWS:.*]]: !llvm.ptr, %[[SCALARS:.*]]: !llvm.ptr, %[[B:.*]]: i64, %[[E:.*]]: i64, %{{.*}}: !llvm.ptr)
// CHECK: llvm.getelementptr inbounds %[[VIEWS]][0] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(ptr, ptr, ptr)>
// CHECK: llvm.getelementptr inbounds %[[SCALARS]][0] : (!llvm.ptr) -> !llvm.ptr, i64
// CHECK: call @known.points({{.*}}, %[[B]], %[[E]])
tile.kernel @known grid (%i) args (%x: !tile.view<2, f32, unit>, %y: !tile.view<1, f32, unit> out) {
  %c0 = arith.constant 0 : index
  %0 = tile.load %x[%i, %c0] : !tile.view<2, f32, unit> -> f32
  tile.store %0, %y[%i] : f32, !tile.view<1, f32, unit>
  tile.return
}

// -----

// A view that the innermost loop reads along: a version for stride 1. A view read otherwise does not count.

// CHECK-LABEL: func.func private @dot.strided(
// CHECK-LABEL: func.func private @dot.unit(
// CHECK-LABEL: func.func private @dot(
// CHECK: %[[STRIDE:.*]] = llvm.load %{{.*}} -> i64
// CHECK: %[[UNIT:.*]] = arith.cmpi eq, %[[STRIDE]], %{{.*}} : i64
// CHECK-NOT: arith.cmpi
// CHECK: scf.if %[[UNIT]]
// CHECK: call @dot.unit
// CHECK: call @dot.strided
tile.kernel @dot grid (%i) args (%x: !tile.view<1, f32>, %y: !tile.view<1, f32> out, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %sum = scf.for %d = %c0 to %n step %c1 iter_args(%s = %zero) -> (f32) {
    %0 = tile.load %x[%d] : !tile.view<1, f32> -> f32
    %1 = arith.addf %s, %0 : f32
    scf.yield %1 : f32
  }
  tile.store %sum, %y[%i] : f32, !tile.view<1, f32>
  tile.return
}

// -----

// Small scratch of constant size is on the stack; the rest comes from the thread's memory, aligned.

// CHECK-LABEL: func.func private @scratch.points(
// CHECK-SAME: %[[SCRATCH:[^ ]*]]: !llvm.ptr {llvm.noalias}
// CHECK: llvm.alloca %{{.*}} x !llvm.array<64 x i8> {alignment = 64 : i64}
// CHECK-NOT: alloca
// CHECK-LABEL: func.func private @scratch(
// CHECK-SAME: %[[MEMORY:[^ ]*]]: !llvm.ptr) attributes
// CHECK: %[[BYTES:.*]] = arith.muli
// CHECK: %[[MORE:.*]] = arith.addi %[[BYTES]], %c63
// CHECK: %[[SIZE:.*]] = arith.andi %[[MORE]], %c-64
// CHECK: %[[NEXT:.*]] = llvm.getelementptr %[[MEMORY]][%[[SIZE]]]
// CHECK: call @scratch.points(%{{.*}}, %[[MEMORY]], %[[NEXT]],
tile.kernel @scratch grid (%i) args (%n: index) {
  %c16 = arith.constant 16 : index
  %twice = arith.addi %n, %n : index
  %a = tile.scratch (%twice) : !tile.view<1, f32, unit>
  %b = tile.scratch (%c16) : !tile.view<1, f32, unit>
  %c = tile.scratch (%n, %c16) : !tile.view<2, i8, unit>
  tile.return
}

// -----

tile.kernel @k grid (%i) args () {
  // expected-error@+1 {{has a size that depends on the point}}
  %a = tile.scratch (%i) : !tile.view<1, f32, unit>
  tile.return
}

// -----

// The sorting functions are in the module, once for a type.

// CHECK-LABEL: func.func private @sort.points(
// CHECK-COUNT-2: call @mixc.order.f32(
// CHECK-COUNT-1: func.func private @mixc.order.f32(
// CHECK-NOT: func.func private @mixc.order.f32(
tile.kernel @sort grid (%i) args (%x: !tile.view<1, f32, unit>, %o: !tile.view<1, i64, unit> out, %s: !tile.view<1, i64, unit> out, %n: index) {
  tile.order %x to %o spare %s count %n ranks %n : !tile.view<1, f32, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
  tile.order %x to %s spare %o count %n ranks %i : !tile.view<1, f32, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
  tile.return
}
