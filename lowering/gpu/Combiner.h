//===- Combiner.h - associative operations ----------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the accumulator of a loop is combined with, as far as it may be done in another order.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_GPU_COMBINER_H
#define MIXC_LOWERING_GPU_COMBINER_H

#include "mlir/Dialect/SCF/IR/SCF.h"

#include <optional>

namespace mixc::lowering::gpu {

/// A commutative and associative operation on scalars.
class Combiner {
public:
  /// How accumulator `k` of `loop` is combined: the accumulator has one reader, which the loop
  /// yields. Sums and products of floats count where they are `reassoc`; a multiply-add is a sum.
  static std::optional<Combiner> of(mlir::scf::ForOp loop, unsigned k);

  /// What changes nothing.
  mlir::Value identity(mlir::OpBuilder &builder, mlir::Location loc) const;
  mlir::Value combine(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value a,
                      mlir::Value b) const;

private:
  Combiner(mlir::OperationName op, mlir::TypedAttr neutral) : op(op), neutral(neutral) {}

  mlir::OperationName op;
  mlir::TypedAttr neutral;
};

} // namespace mixc::lowering::gpu

#endif // MIXC_LOWERING_GPU_COMBINER_H
