// RUN: mixc-opt --expand-math %s | FileCheck %s
// RUN: mixc-opt --expand-math %s | FileCheck %s --check-prefix=GONE

// Nothing remains that a library would have to do.
// GONE-NOT: math.{{exp|log|tanh|erf|sin|cos|powf|rsqrt}}

// exp2: clamp, round to an integer, polynomial, scale in two steps.
// CHECK-LABEL: func @exp2
// CHECK-COUNT-2: arith.select
// CHECK: %[[SUM:.*]] = arith.addf %[[X:.*]], %{{.*}} : f32
// CHECK: %[[N:.*]] = arith.subf %[[SUM]],
// CHECK: %[[BITS:.*]] = arith.bitcast %[[SUM]] : f32 to i32
// CHECK: %[[F:.*]] = arith.subf %[[X]], %[[N]]
// CHECK-COUNT-6: math.fma
// CHECK: arith.shli %[[BITS]]
// CHECK-COUNT-2: arith.mulf
// CHECK-NEXT: return
func.func @exp2(%x: f32) -> f32 {
  %0 = math.exp2 %x : f32
  return %0 : f32
}

// Flags that would let LLVM reassociate do not reach the expansion.
// CHECK-LABEL: func @flags
// CHECK-NOT: fastmath
func.func @flags(%x: f32) -> f32 {
  %0 = math.log1p %x fastmath<fast> : f32
  return %0 : f32
}

// CHECK-LABEL: func @vector
// CHECK-NOT: math.tanh
// CHECK: math.copysign %{{.*}} : vector<4x16xf32>
func.func @vector(%x: vector<4x16xf32>) -> vector<4x16xf32> {
  %0 = math.tanh %x : vector<4x16xf32>
  return %0 : vector<4x16xf32>
}

// CHECK-LABEL: func @rsqrt
// CHECK: math.sqrt %{{.*}} : f64
// CHECK-NEXT: arith.divf
func.func @rsqrt(%x: f64) -> f64 {
  %0 = math.rsqrt %x : f64
  return %0 : f64
}

// pow computes in f64 and rounds once.
// CHECK-LABEL: func @pow
// CHECK: arith.extf %{{.*}} : f32 to f64
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK-NOT: arith.truncf
func.func @pow(%x: f32, %y: f32) -> f32 {
  %0 = math.powf %x, %y : f32
  return %0 : f32
}

// CHECK-LABEL: func @sincos
// CHECK-NOT: math.sincos
// CHECK: return
func.func @sincos(%x: f32) -> (f32, f32) {
  %s, %c = math.sincos %x : f32
  return %s, %c : f32, f32
}
