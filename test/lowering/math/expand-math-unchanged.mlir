// RUN: mixc-opt --expand-math %s | FileCheck %s

// What has an instruction is left to LLVM.

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
