// RUN: mixc-opt %s --pass-pipeline='builtin.module(plan.func(plan-layout),tile-to-func,plan-to-func)' --split-input-file | FileCheck %s

tile.kernel @k grid (%i) args (%x: !tile.view<1, f32, unit>, %y: !tile.view<1, f32, unit> out, %t: index) { tile.return }

// CHECK-LABEL: func.func @f_workspace(%{{.*}}: !llvm.ptr) -> i64
// CHECK: arith.maxsi
// CHECK: return

// CHECK-LABEL: func.func @f(
// CHECK-SAME: %[[VIEWS:.*]]: !llvm.ptr, %[[EXTENTS:.*]]: !llvm.ptr, %[[WORKSPACE:.*]]: !llvm.ptr, %[[HOST:.*]]: !llvm.ptr) -> i32
plan.func @f extents (%N "N") args (%x "x": !tile.view<1, f32, unit>) outs (%y "y": !tile.view<1, f32, unit>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: %[[OK:.*]] = arith.cmpi sgt
  // CHECK: %[[ONE:.*]] = arith.constant 1 : i32
  // CHECK: cf.cond_br %[[OK]], ^[[CHECKED:.*]], ^[[EXIT:.*]](%[[ONE]] : i32)
  %ok = arith.cmpi sgt, %N, %c0 : index
  plan.check %ok, "N > 0"
  // CHECK: ^[[CHECKED]]:
  // CHECK: llvm.getelementptr %[[WORKSPACE]][%{{.*}}]
  %b = plan.buffer "b" (%N) : !tile.view<1, f32, unit>
  scf.for %t = %c0 to %N step %c1 {
    // CHECK: %[[ANY:.*]] = arith.cmpi sgt, %[[POINTS:.*]], %{{.*}} : i64
    // CHECK: cf.cond_br %[[ANY]], ^[[CALL:.*]], ^[[NEXT:.*]]
    // CHECK: ^[[CALL]]:
    // CHECK: %[[FIELD:.*]] = llvm.getelementptr inbounds %[[HOST]][0] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    // CHECK: %[[LAUNCH:.*]] = llvm.load %[[FIELD]]
    // CHECK: constant @k
    // CHECK: %[[CODE:.*]] = llvm.call %[[LAUNCH]](%[[HOST]], %{{.*}}, %{{.*}}, %{{.*}}, %[[POINTS]], %{{.*}})
    // CHECK: %[[DONE:.*]] = arith.cmpi eq, %[[CODE]]
    // CHECK: cf.cond_br %[[DONE]], ^[[NEXT]], ^[[EXIT]](%[[CODE]] : i32)
    plan.launch @k grid (%N) args (%x, %b, %t : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>, index) scratch %c0
  }
  plan.launch @k grid (%N) args (%b, %y, %N : !tile.view<1, f32, unit>, !tile.view<1, f32, unit>, index) scratch %c0
  // CHECK: ^[[EXIT]](%[[RESULT:.*]]: i32):
  // CHECK-NEXT: return %[[RESULT]] : i32
  plan.return
}

// -----

// An argument that is left out has no data; its default is one element with strides 0, which a host whose kernels have
// memory of their own stages there. What the plan itself reads it fetches from there.

// CHECK-LABEL: func.func @default(
// CHECK-SAME: %[[HOST:[^ ]*]]: !llvm.ptr) -> i32
plan.func @default extents () args (%x "x": !tile.view<2, bf16>) outs () {
  %half = arith.constant 0.5 : f32
  // CHECK: llvm.store %{{.*}}, %[[ELEMENT:.*]] {alignment = 2 : i64} : i16
  // CHECK: %[[MISSING:.*]] = llvm.icmp "eq" %{{.*}}, %{{.*}} : !llvm.ptr
  // CHECK: %[[FIELD:.*]] = llvm.getelementptr inbounds %[[HOST]][1]
  // CHECK: %[[STAGE:.*]] = llvm.load %[[FIELD]]
  // CHECK: %[[ELSEWHERE:.*]] = arith.select %{{.*}}, %false, %[[MISSING]]
  // CHECK: cf.cond_br %[[ELSEWHERE]], ^[[COPY:.*]], ^[[REST:.*]](%[[ELEMENT]] : !llvm.ptr)
  // CHECK: ^[[COPY]]:
  // CHECK: %[[STAGED:.*]] = llvm.call %[[STAGE]](%[[HOST]], %[[ELEMENT]], %{{.*}}) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, i64) -> !llvm.ptr
  // CHECK: %[[NONE:.*]] = llvm.icmp "eq" %[[STAGED]]
  // CHECK: cf.cond_br %[[NONE]], ^[[EXIT:.*]](%c-1{{.*}} : i32), ^[[REST]](%[[STAGED]] : !llvm.ptr)
  // CHECK: ^[[REST]](%[[DATA:.*]]: !llvm.ptr):
  // CHECK: llvm.store %[[DATA]], %{{.*}} : !llvm.ptr
  // CHECK: %[[VIEW:.*]] = arith.select %[[MISSING]], %{{.*}}, %{{.*}} : !llvm.ptr
  %0 = plan.default %x = %half : f32, !tile.view<2, bf16>
  %c1 = arith.constant 1 : index
  // CHECK: llvm.getelementptr inbounds %[[VIEW]][0, 0]
  // CHECK: %[[ROW:.*]] = llvm.getelementptr inbounds %{{.*}}[%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, i16
  // CHECK: %[[ADDRESS:.*]] = llvm.getelementptr inbounds %[[ROW]][%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, i16
  // CHECK: %[[FIELD2:.*]] = llvm.getelementptr inbounds %[[HOST]][2]
  // CHECK: %[[READ:.*]] = llvm.load %[[FIELD2]]
  // CHECK: cf.cond_br %{{.*}}, ^[[FETCH:.*]], ^[[LOAD:.*]](%[[ADDRESS]] : !llvm.ptr)
  // CHECK: ^[[FETCH]]:
  // CHECK: %[[CODE:.*]] = llvm.call %[[READ]](%[[HOST]], %[[COPY:.*]], %[[ADDRESS]], %{{.*}}) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> i32
  // CHECK: cf.cond_br %{{.*}}, ^[[LOAD]](%[[COPY]] : !llvm.ptr), ^[[EXIT]](%[[CODE]] : i32)
  // CHECK: ^[[LOAD]](%[[AT:.*]]: !llvm.ptr):
  // CHECK: llvm.load %[[AT]] {alignment = 2 : i64} : !llvm.ptr -> i16
  %1 = tile.load %0[%c1, %c1] : !tile.view<2, bf16> -> f32
  plan.return
}

// -----

// CHECK-LABEL: func.func @strides(
plan.func @strides extents () args (%x "x": !tile.view<2, f32, unit>) outs () {
  %c1 = arith.constant 1 : index
  // CHECK: %[[STRIDES:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
  // CHECK: %[[AT:.*]] = llvm.getelementptr inbounds %[[STRIDES]][1]
  // CHECK: llvm.load %[[AT]]
  %stride = plan.stride %x[1] : !tile.view<2, f32, unit>
  %ok = arith.cmpi eq, %stride, %c1 : index
  plan.check %ok, "stride 1"
  plan.return
}

// -----

// A kernel of a GPU is named by what the host must know of it.

llvm.mlir.global internal constant @kernel() : !llvm.ptr { %0 = llvm.mlir.zero : !llvm.ptr llvm.return %0 : !llvm.ptr }

// CHECK-LABEL: func.func @gpu(
// CHECK: %[[RECORD:.*]] = llvm.mlir.addressof @kernel : !llvm.ptr
// CHECK: llvm.call %{{.*}}(%{{.*}}, %[[RECORD]],
plan.func @gpu extents (%N "N") args () outs () {
  plan.launch @kernel grid (%N) args () scratch %N
  plan.return
}
