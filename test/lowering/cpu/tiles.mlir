// RUN: mixc-opt %s --tile-to-func="vector-bytes=64 vector-count=32 vector-scales" | FileCheck %s --check-prefixes=CHECK,WIDE
// RUN: mixc-opt %s --tile-to-func="vector-bytes=32 vector-count=16" | FileCheck %s --check-prefixes=CHECK,NARROW

// Softmax over at most 96 keys, for 32 queries. There is room for the queries, and for the scores, which become what is written in place.

// CHECK-LABEL: func.func private @softmax.points(
// CHECK: llvm.alloca %{{.*}} x !llvm.array<8192 x i8>
// CHECK: llvm.alloca %{{.*}} x !llvm.array<12288 x i8>
// CHECK-NOT: llvm.alloca

// The queries are turned into columns in registers, in squares of as many elements as a register has, once all their lines are asked for. The
// keys stay in memory.

// CHECK: llvm.intr.prefetch
// WIDE-COUNT-16: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr -> vector<16xf32>
// WIDE-COUNT-64: llvm.shufflevector
// WIDE-COUNT-16: llvm.store %{{.*}} : vector<16xf32>, !llvm.ptr
// NARROW-COUNT-8: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
// NARROW-COUNT-24: llvm.shufflevector
// NARROW-COUNT-8: llvm.store %{{.*}} : vector<8xf32>, !llvm.ptr

// Columns of scores in registers, as many as three quarters of these hold: 12 of two registers each, or 2 of four. They are scaled, stored,
// and joined in the maximum.

// CHECK: %[[NONE:.*]] = arith.constant dense<0xFF800000> : vector<32xf32>
// CHECK: scf.for %{{.*}} iter_args(%{{.*}} = %[[NONE]]) -> (vector<32xf32>)
// WIDE: %[[SUMS:.*]]:12 = scf.for
// NARROW: %[[SUMS:.*]]:2 = scf.for
// CHECK: "llvm.intr.prefetch"
// WIDE-COUNT-12: math.fma %[[LANES:.*]], %{{.*}}, %{{.*}} : vector<32xf32>
// NARROW-COUNT-2: math.fma %[[LANES:.*]], %{{.*}}, %{{.*}} : vector<32xf32>
// CHECK: scf.yield
// CHECK: %[[SCORE:.*]] = arith.mulf %{{.*}}, %[[SUMS]]#0 : vector<32xf32>
// CHECK: llvm.store %[[SCORE]]
// CHECK: arith.cmpf ogt
// CHECK: arith.cmpf uno

// The other columns: by 4 and one by one; or one by one.

// WIDE: :4 = scf.for
// CHECK: scf.for {{.*}} -> (vector<32xf32>) {
// CHECK: arith.cmpf ogt

// Exponentials, four columns at a time, with their sum.

// CHECK: %[[NOTHING:.*]] = arith.constant dense<0.000000e+00> : vector<32xf32>
// CHECK: scf.for %{{.*}} iter_args(%[[SUM:.*]] = %[[NOTHING]]) -> (vector<32xf32>)
// WIDE-COUNT-8: llvm.x86.avx512.mask.scalef.ps.512
// NARROW-NOT: scalef
// CHECK: arith.addf %[[SUM]],
// CHECK-NEXT: scf.yield

// Quotients, then squares of them.

// CHECK: arith.divf
// CHECK: "llvm.intr.prefetch"{{.*}}rw = 1
// WIDE-COUNT-64: llvm.shufflevector
// NARROW-COUNT-24: llvm.shufflevector
// CHECK: llvm.intr.masked.store
tile.kernel @softmax grid (%i) args (%q: !tile.view<2, f32, unit>, %k: !tile.view<2, f32, unit>, %p: !tile.view<2, f32, unit> out, %n: index) {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  %c64 = arith.constant 64 : index
  %half = arith.constant 0.5 : f32
  %zero = arith.constant 0.0 : f32
  %i0 = arith.muli %i, %c32 : index
  %qt = tile.read %q[%i0, %c0] along [0, 1] valid (%c32, %c64) : !tile.view<2, f32, unit> -> tensor<32x64xf32>
  %kt = tile.read %k[%c0, %c0] along [0, 1] valid (%n, %c64) : !tile.view<2, f32, unit> -> tensor<96x64xf32>
  %init = tensor.splat %zero : tensor<32x96xf32>
  %d = tile.dot %qt, %kt init %init contract [1, 1] valid %c64 : tensor<32x64xf32>, tensor<96x64xf32> -> tensor<32x96xf32>
  %scale = tensor.splat %half : tensor<32x96xf32>
  %s = arith.mulf %scale, %d : tensor<32x96xf32>
  %m = tile.reduce max %s axis 1 valid %n : tensor<32x96xf32> -> tensor<32xf32>
  %mb = tile.broadcast %m along 0 : tensor<32xf32> -> tensor<32x96xf32>
  %e = tile.expdiff %s, %mb : tensor<32x96xf32>
  %z = tile.reduce sum %e axis 1 valid %n : tensor<32x96xf32> -> tensor<32xf32>
  %zb = tile.broadcast %z along 0 : tensor<32xf32> -> tensor<32x96xf32>
  %r = arith.divf %e, %zb : tensor<32x96xf32>
  tile.write %r, %p[%i0, %c0] along [0, 1] valid (%c32, %n) : tensor<32x96xf32>, !tile.view<2, f32, unit>
  tile.return
}
