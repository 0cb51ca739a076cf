//===- ScalarCode.h - scalar functions and combiners as code ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Short sequences of arith, math and complex ops for what the mixer dialect says in a word.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_SCALARCODE_H
#define MIXC_COMPILER_SCHEDULE_SCALARCODE_H

#include "dialects/mixer/Mixer.h"

#include "mlir/IR/Builders.h"

namespace mixc::schedule {

/// Emits ops that round each by itself, so that a value has the same bits wherever it is computed:
/// a multiply-add is fused where `mulAdd` says so, and nowhere else.
class ScalarCode {
public:
  ScalarCode(mlir::OpBuilder &builder, mlir::Location loc) : b(builder), loc(loc) {}

  mlir::Value constant(mlir::Type type, double value);
  mlir::Value index(int64_t value);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value div(mlir::Value x, mlir::Value y);
  /// x * y + z of floats, rounded once where the target does that as fast as twice (`contract` on
  /// `math.fma`). `reassociate`: z is a sum that may be reordered into lanes.
  mlir::Value mulAdd(mlir::Value x, mlir::Value y, mlir::Value z, bool reassociate = false);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value exp(mlir::Value x);
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y);
  mlir::Value compare(mlir::arith::CmpFPredicate predicate, mlir::Value x, mlir::Value y);
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value x, mlir::Value y);
  /// x * y where both are integers, floats or complex numbers; likewise the others.
  mlir::Value addAny(mlir::Value x, mlir::Value y, bool reassociate = false);
  mlir::Value mulAny(mlir::Value x, mlir::Value y, bool reassociate = false);
  mlir::Value zero(mlir::Type type);

  /// Floored division and remainder; where the divisor is 0, 0 and x. `positive`: the divisor is
  /// known to be.
  mlir::Value floorDiv(mlir::Value x, mlir::Value y, bool positive = false);
  mlir::Value floorMod(mlir::Value x, mlir::Value y, bool positive = false);
  /// x^n for n >= 0, wrapping.
  mlir::Value integerPower(mlir::Value x, mlir::Value n);

  /// A function of the mixer dialect of one real argument.
  mlir::Value function(mixer::FnKind kind, mlir::Value x);
  /// exp(x - m), 0 where x is -inf (Inv 4).
  mlir::Value expDiff(mlir::Value x, mlir::Value m);
  /// Philox4x32-10: the first word of the block, as a number in [0, 1).
  mlir::Value philox(mlir::Value seed, mlir::ValueRange counter);

private:
  mlir::Value erfinv(mlir::Value x);
  mlir::Value sigmoid(mlir::Value x);

  mlir::OpBuilder &b;
  mlir::Location loc;
};

/// The accumulators of a reduction: how it starts, takes a value, and ends.
class Combiner {
public:
  Combiner(mixer::ReduceKind kind, mlir::Type value) : kind(kind), type(value) {}

  /// Whether the one accumulator is the partial result itself, so that it may live in memory of the
  /// value's type.
  bool isPlain() const;
  llvm::SmallVector<mlir::Value> identity(mlir::OpBuilder &b, mlir::Location loc) const;
  /// Takes one more value; `position` gives its row-major place. `reassociate`: the sum may be
  /// reordered into lanes.
  llvm::SmallVector<mlir::Value> combine(mlir::OpBuilder &b, mlir::Location loc,
                                         mlir::ValueRange accumulators, mlir::Value value,
                                         llvm::function_ref<mlir::Value()> position,
                                         bool reassociate) const;
  mlir::Value result(mlir::ValueRange accumulators) const { return accumulators.back(); }

private:
  mixer::ReduceKind kind;
  mlir::Type type;
};

} // namespace mixc::schedule

#endif // MIXC_COMPILER_SCHEDULE_SCALARCODE_H
