// RUN: mixc-opt %s --expand-division | FileCheck %s

// CHECK-LABEL: func.func @quotient(
// CHECK-SAME: %[[X:.*]]: index, %[[Y:.*]]: index)
func.func @quotient(%x: index, %y: index) -> index {
  // CHECK: %[[ZERO:.*]] = arith.cmpi eq, %[[Y]], %c0
  // CHECK: %[[MINUS:.*]] = arith.cmpi eq, %[[Y]], %c-1
  // CHECK: %[[EITHER:.*]] = arith.ori %[[ZERO]], %[[MINUS]]
  // CHECK: %[[SAFE:.*]] = arith.select %[[EITHER]], %c1, %[[Y]]
  // CHECK: %[[NEGATED:.*]] = arith.subi %{{.*}}, %[[X]]
  // CHECK: %[[Q:.*]] = arith.divsi %[[X]], %[[SAFE]]
  // CHECK: %[[R:.*]] = arith.select %[[MINUS]], %[[NEGATED]], %[[Q]]
  // CHECK: arith.select %[[ZERO]], %{{.*}}, %[[R]]
  %0 = arith.divsi %x, %y : index
  return %0 : index
}

// By 1 there is no rest: nothing else to choose.
// CHECK-LABEL: func.func @rest(
func.func @rest(%x: index, %y: index) -> index {
  // CHECK: %[[SAFE:.*]] = arith.select
  // CHECK: %[[R:.*]] = arith.remsi %{{.*}}, %[[SAFE]]
  // CHECK: return %[[R]]
  %0 = arith.remsi %x, %y : index
  return %0 : index
}

// CHECK-LABEL: func.func @by_constant(
func.func @by_constant(%x: index) -> (index, index, index) {
  %c7 = arith.constant 7 : index
  // CHECK-NOT: arith.cmpi eq
  // CHECK: arith.divsi %{{.*}}, %c7
  // CHECK: arith.remsi %{{.*}}, %c7
  // CHECK: arith.divsi %{{.*}}, %c7
  // CHECK: arith.remsi %{{.*}}, %c7
  // CHECK: arith.cmpi slt
  // CHECK: arith.select
  %0 = arith.divsi %x, %c7 : index
  %1 = arith.remsi %x, %c7 : index
  %2 = arith.floordivsi %x, %c7 : index
  return %0, %1, %2 : index, index, index
}
