// RUN: mixc-opt %s --fuse-multiply-add --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @sums(%arg0: f32, %arg1: f32, %arg2: f32)
// CHECK-NEXT: %[[S:.*]] = math.fma %arg0, %arg1, %arg2 fastmath<reassoc,contract> : f32
// CHECK-NEXT: %[[NEGATIVE:.*]] = arith.negf %arg2 : f32
// CHECK-NEXT: %[[D:.*]] = math.fma %arg0, %arg1, %[[NEGATIVE]] fastmath<contract> : f32
// CHECK-NEXT: %[[X:.*]] = arith.negf %arg0 : f32
// CHECK-NEXT: %[[E:.*]] = math.fma %[[X]], %arg1, %arg2 fastmath<contract> : f32
// CHECK-NEXT: return %[[S]], %[[D]], %[[E]]
func.func @sums(%a: f32, %b: f32, %c: f32) -> (f32, f32, f32) {
  %0 = arith.mulf %a, %b fastmath<contract> : f32
  %s = arith.addf %c, %0 fastmath<reassoc,contract> : f32
  %1 = arith.mulf %a, %b fastmath<contract> : f32
  %d = arith.subf %1, %c fastmath<contract> : f32
  %2 = arith.mulf %a, %b fastmath<contract> : f32
  %e = arith.subf %c, %2 fastmath<contract> : f32
  return %s, %d, %e : f32, f32, f32
}

// -----

// Of two products the first.

// CHECK-LABEL: func.func @two
// CHECK-NEXT: %[[CD:.*]] = arith.mulf %arg2, %arg3
// CHECK-NEXT: math.fma %arg0, %arg1, %[[CD]]
func.func @two(%a: f64, %b: f64, %c: f64, %d: f64) -> f64 {
  %0 = arith.mulf %a, %b fastmath<contract> : f64
  %1 = arith.mulf %c, %d fastmath<contract> : f64
  %2 = arith.addf %0, %1 fastmath<contract> : f64
  return %2 : f64
}

// -----

// A product with other readers, and what may not be contracted, stay.

// CHECK-LABEL: func.func @stay
// CHECK-NOT: fma
func.func @stay(%a: f32, %b: f32, %c: f32) -> (f32, f32, f32, f32) {
  %0 = arith.mulf %a, %b fastmath<contract> : f32
  %1 = arith.addf %0, %c fastmath<contract> : f32
  %2 = arith.mulf %a, %b : f32
  %3 = arith.addf %2, %c fastmath<contract> : f32
  %4 = arith.mulf %a, %b fastmath<contract> : f32
  %5 = arith.addf %4, %c : f32
  return %0, %1, %3, %5 : f32, f32, f32, f32
}
