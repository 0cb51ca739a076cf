// RUN: mixc-opt %s --tile-to-gpu --split-input-file --verify-diagnostics | FileCheck %s

// A point is a thread; threads go over the points with the stride of all threads. Views first, with all their strides,
// then integers, the grid's sizes, the points, and scratch. The constant says so.

// CHECK: llvm.mlir.global internal constant @f.k.name("f_k\00")
// CHECK: llvm.mlir.global internal constant @f.k.ranks(dense<[2, 1]> : tensor<2xi32>)
// CHECK: llvm.mlir.global internal constant @f.k.bytes(dense<[2, 4]> : tensor<2xi32>)
// CHECK: llvm.mlir.global internal constant @f.k() {{.*}} : !llvm.struct<(ptr, i32, i32, ptr, ptr, i32, i32, i64)>
// CHECK: llvm.mlir.constant(2 : i32)
// CHECK: llvm.mlir.constant(3 : i32)
// CHECK: llvm.mlir.constant(128 : i32)
// CHECK: llvm.mlir.constant(1 : i32)
// CHECK: llvm.mlir.constant(0 : i64)
// CHECK: gpu.module @kernels
// CHECK: gpu.func @f_k(%[[X:[^ :]*]]: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %[[ROW:[^ :]*]]: i64, %[[COLUMN:[^ :]*]]: i64, %[[Y:[^ :]*]]: !llvm.ptr<1> {llvm.noalias}, %{{[^ :]*}}: i64,
// CHECK-SAME: %[[N:[^ :]*]]: i64, %[[B:[^ :]*]]: i64, %[[I:[^ :]*]]: i64, %[[POINTS:[^ :]*]]: i64, %{{[^ :]*}}: !llvm.ptr<1> {llvm.noalias}, %{{[^ :]*}}: i64)
// CHECK-SAME: kernel attributes {known_block_size = array<i32: 128, 1, 1>}
// CHECK-DAG: %[[SIZE:.*]] = arith.index_cast %[[I]] : i64 to index
// CHECK-DAG: %[[T:.*]] = gpu.thread_id x
// CHECK-DAG: %[[BLOCK:.*]] = gpu.block_id x
// CHECK-DAG: %[[BLOCKS:.*]] = gpu.grid_dim x
// CHECK: %[[BEFORE:.*]] = arith.muli %[[BLOCK]], %c128
// CHECK: %[[FIRST:.*]] = arith.addi %[[BEFORE]], %[[T]]
// CHECK: %[[STRIDE:.*]] = arith.muli %[[BLOCKS]], %c128
// CHECK: %[[END:.*]] = arith.index_cast %[[POINTS]]
// CHECK: scf.for %[[P:.*]] = %[[FIRST]] to %[[END]] step %[[STRIDE]]
// CHECK: %[[LAST:.*]] = arith.remui %[[P]], %[[SIZE]]
// CHECK: %[[OUTER:.*]] = arith.divui %[[P]], %[[SIZE]]
// CHECK: llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr<1> -> i16
// Flags that would let targets round differently are gone.
// CHECK: arith.addf %{{[^ ]*}}, %{{[^ ]*}} : f32
// The last axis of a `unit` view has no stride to multiply with.
// CHECK: %[[AT:.*]] = arith.index_cast %[[LAST]] : index to i64
// CHECK-NEXT: llvm.getelementptr inbounds %[[Y]][%[[AT]]]
// CHECK: llvm.store %{{.*}} : f32, !llvm.ptr<1>
// CHECK: gpu.return
tile.kernel @f.k grid (%b, %i) args (%n: index, %x: !tile.view<2, bf16>, %y: !tile.view<1, f32, unit> out) {
  %0 = tile.load %x[%b, %i] : !tile.view<2, bf16> -> f32
  %1 = arith.addf %0, %0 fastmath<reassoc,contract> : f32
  tile.store %1, %y[%i] : f32, !tile.view<1, f32, unit>
  tile.return
}

// -----

// Small scratch of constant size is in local memory, and launches no longer pay for it; the rest is cut from the
// thread's piece, aligned.

// CHECK-LABEL: plan.func @p
// CHECK: %[[REST:.*]] = arith.subi %{{.*}}, %c64
// CHECK: plan.launch @scratch {{.*}} scratch %[[REST]]
// CHECK: gpu.func @scratch(%{{[^ :]*}}: i64, %{{[^ :]*}}: i64, %{{[^ :]*}}: i64, %[[MEMORY:[^ :]*]]: !llvm.ptr<1> {llvm.noalias}, %[[BYTES:[^ :]*]]: i64)
// CHECK: %[[THREAD:.*]] = arith.index_cast %{{.*}} : index to i64
// CHECK: %[[OFFSET:.*]] = arith.muli %[[THREAD]], %[[BYTES]] : i64
// CHECK: %[[PIECE:.*]] = llvm.getelementptr %[[MEMORY]][%[[OFFSET]]]
// CHECK: llvm.getelementptr %[[PIECE]][%{{.*}}] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
// CHECK: %[[LOCAL:.*]] = llvm.alloca %{{.*}} x !llvm.array<64 x i8> {alignment = 64 : i64} : (i64) -> !llvm.ptr
// CHECK: llvm.store %{{.*}} : f32, !llvm.ptr<1>
// CHECK: llvm.store %{{.*}} : f32, !llvm.ptr
tile.kernel @scratch grid (%i) args (%n: index) {
  %c16 = arith.constant 16 : index
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %a = tile.scratch (%n) : !tile.view<1, f32, unit>
  %b = tile.scratch (%c16) : !tile.view<1, f32, unit>
  tile.store %zero, %a[%c0] : f32, !tile.view<1, f32, unit>
  tile.store %zero, %b[%c0] : f32, !tile.view<1, f32, unit>
  tile.return
}
plan.func @p extents (%N "N") args () outs () {
  %c4096 = arith.constant 4096 : index
  plan.launch @scratch grid (%N) args (%N : index) scratch %c4096
  plan.return
}

// -----

tile.kernel @k grid (%i) args () {
  // expected-error@+1 {{has a size that depends on the point}}
  %a = tile.scratch (%i) : !tile.view<1, f32, unit>
  tile.return
}

// -----

// The sorting functions are in the GPU module, once for a type, and take pointers to whatever memory. Names are unique.

// CHECK: gpu.module @kernels
// CHECK: gpu.func @s_ort(
// CHECK: llvm.addrspacecast %{{.*}} : !llvm.ptr<1> to !llvm.ptr
// CHECK: func.call @mixc.order.f32(
// CHECK: func.func private @mixc.order.f32(
// CHECK: gpu.func @s_ort_0(
// CHECK: func.call @mixc.order.f32(
// CHECK-NOT: func.func private @mixc.order.f32(
tile.kernel @s.ort grid (%i) args (%x: !tile.view<1, f32, unit>, %o: !tile.view<1, i64, unit> out, %s: !tile.view<1, i64, unit> out, %n: index) {
  tile.order %x to %o spare %s count %n ranks %n : !tile.view<1, f32, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
  tile.return
}
tile.kernel @s_ort grid (%i) args (%x: !tile.view<1, f32, unit>, %o: !tile.view<1, i64, unit> out, %s: !tile.view<1, i64, unit> out, %n: index) {
  tile.order %x to %o spare %s count %n ranks %n : !tile.view<1, f32, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
  tile.return
}

// -----

// A point that is the work of a block: blocks go over the points, threads over the loop, in shared memory they meet, and
// the first one stores.

// CHECK: llvm.mlir.constant(128 : i32)
// CHECK-NEXT: llvm.mlir.constant(128 : i32)
// CHECK-NEXT: llvm.mlir.constant(32 : i64)
// CHECK: llvm.mlir.global internal @sum_shared() {addr_space = 3 : i32, alignment = 8 : i64} : !llvm.array<4 x i64>
// CHECK: gpu.func @sum(
// CHECK: %[[SHARED:.*]] = llvm.mlir.addressof @sum_shared : !llvm.ptr<3>
// CHECK: %[[T:.*]] = gpu.thread_id x
// CHECK: %[[BLOCK:.*]] = gpu.block_id x
// CHECK: %[[BLOCKS:.*]] = gpu.grid_dim x
// CHECK: scf.for %{{.*}} = %[[BLOCK]] to %{{.*}} step %[[BLOCKS]]
// CHECK: %[[BEGIN:.*]] = arith.constant 2.000000e+00 : f32
// CHECK: %[[NEUTRAL:.*]] = arith.constant -0.000000e+00 : f32
// CHECK: %[[AHEAD:.*]] = arith.muli %[[T]], %[[STEP:.*]] : index
// CHECK: %[[LOW:.*]] = arith.addi %{{.*}}, %[[AHEAD]] : index
// CHECK: %[[WIDE:.*]] = arith.muli %[[STEP]], %c128
// CHECK: %[[PART:.*]] = scf.for %{{.*}} = %[[LOW]] to %{{.*}} step %[[WIDE]] iter_args(%{{.*}} = %[[NEUTRAL]]) -> (f32)
// CHECK: %[[OTHER:.*]], %{{.*}} = gpu.shuffle xor %[[PART]], %c16{{.*}}, %c32{{.*}} : f32
// CHECK: arith.addf %[[PART]], %[[OTHER]] : f32
// CHECK-COUNT-4: gpu.shuffle xor
// CHECK: scf.if
// CHECK: llvm.store %{{.*}} : f32, !llvm.ptr<3>
// CHECK: gpu.barrier
// CHECK-COUNT-4: llvm.load %{{.*}} : !llvm.ptr<3> -> f32
// CHECK: %[[ALL:.*]] = arith.addf
// CHECK-NEXT: gpu.barrier
// CHECK-NEXT: %[[TOTAL:.*]] = arith.addf %[[BEGIN]], %[[ALL]] : f32
// CHECK: %[[IS_FIRST:.*]] = arith.cmpi eq, %[[T]], %c0
// CHECK: scf.if %[[IS_FIRST]] {
// CHECK-NEXT: llvm.store %[[TOTAL]], %{{.*}} : f32, !llvm.ptr<1>
tile.kernel @sum grid () args (%n: index, %x: !tile.view<1, f32>, %s: !tile.view<0, f32> out) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %two = arith.constant 2.0 : f32
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %two) -> (f32) {
    %1 = tile.load %x[%i] : !tile.view<1, f32> -> f32
    %2 = math.fma %1, %1, %sum fastmath<reassoc> : f32
    scf.yield %2 : f32
  } {tile.block_loop}
  tile.store %0, %s[] : f32, !tile.view<0, f32>
  tile.return
}
