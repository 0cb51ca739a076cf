//===- Order.h - sorting functions ------------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `tile.order` calls: functions in the compiled module, so that an exported kernel needs no
// library.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_SCALAR_ORDER_H
#define MIXC_LOWERING_SCALAR_ORDER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mixc::lowering {

/// The function (keys, order, spare, count, ranks) that orders keys of type `key` (f32, f64 or
/// i64), added to the module `symbols` where it is not there yet. The first three are pointers, the
/// others i64.
mlir::func::FuncOp getOrderFunction(mlir::Operation *symbols, mlir::Type key);

} // namespace mixc::lowering

#endif // MIXC_LOWERING_SCALAR_ORDER_H
