// RUN: mixc-opt --expand-math %s | FileCheck %s

// Functions of f64 are left to a library, what has an instruction to LLVM.

// CHECK-LABEL: func @f64
// CHECK-NEXT: math.exp %{{.*}} : f64
// CHECK-NEXT: math.log1p %{{.*}} : f64
// CHECK-NEXT: math.powf %{{.*}} : f64
// CHECK-NEXT: return
func.func @f64(%x: f64) -> f64 {
  %0 = math.exp %x : f64
  %1 = math.log1p %0 : f64
  %2 = math.powf %1, %x : f64
  return %2 : f64
}

// CHECK-LABEL: func @instructions
// CHECK-NEXT: math.sqrt
// CHECK-NEXT: math.absf
// CHECK-NEXT: math.floor
// CHECK-NEXT: math.ceil
// CHECK-NEXT: math.roundeven
// CHECK-NEXT: math.copysign
// CHECK-NEXT: math.fma
func.func @instructions(%x: f32) -> f32 {
  %0 = math.sqrt %x : f32
  %1 = math.absf %0 : f32
  %2 = math.floor %1 : f32
  %3 = math.ceil %2 : f32
  %4 = math.roundeven %3 : f32
  %5 = math.copysign %4, %x : f32
  %6 = math.fma %5, %x, %x : f32
  return %6 : f32
}
