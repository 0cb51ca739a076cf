//===- Expansion.h - pieces of the expansions -------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the expansions of normalisers and transforms are built from.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DERIVE_EXPANSION_H
#define MIXC_COMPILER_DERIVE_EXPANSION_H

#include "compiler/derive/Equations.h"

namespace mixc::derive {

/// Builds scalars at one place.
struct Scalars {
  mlir::OpBuilder &b;
  mlir::Location loc;

  mlir::Value constant(mlir::Type type, double value) const {
    return mlir::arith::ConstantOp::create(b, loc, b.getFloatAttr(type, value));
  }
  mlir::Value index(int64_t value) const {
    return mlir::arith::ConstantIndexOp::create(b, loc, value);
  }
  mlir::Value fn(mixer::FnKind kind, mlir::ValueRange args, mlir::Type type) const {
    return mixer::FnOp::create(b, loc, type, kind, args);
  }
  mlir::Value add(mlir::Value x, mlir::Value y) const {
    return mlir::arith::AddFOp::create(b, loc, x, y);
  }
  mlir::Value sub(mlir::Value x, mlir::Value y) const {
    return mlir::arith::SubFOp::create(b, loc, x, y);
  }
  mlir::Value mul(mlir::Value x, mlir::Value y) const {
    return mlir::arith::MulFOp::create(b, loc, x, y);
  }
  mlir::Value div(mlir::Value x, mlir::Value y) const {
    return mlir::arith::DivFOp::create(b, loc, x, y);
  }
  mlir::Value cast(mlir::Value x, mlir::Type type) const {
    return x.getType() == type ? x
                               : mixer::CastOp::create(b, loc, type, x, mlir::TypeAttr::get(type));
  }
  mlir::Value expDiff(mlir::Value x, mlir::Value m) const {
    return mixer::ExpDiffOp::create(b, loc, x.getType(), x, m, mixer::Because::member);
  }
  /// Whether two real or integer values are equal.
  mlir::Value equal(mlir::Value x, int64_t y) const {
    return mlir::arith::CmpIOp::create(b, loc, mlir::arith::CmpIPredicate::eq, x, index(y));
  }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) const {
    return mlir::arith::SelectOp::create(b, loc, condition, x, y);
  }
};

/// A function of an axis' indices: the expression that is normalised or transformed.
using Element = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::ValueRange)>;

/// The number of points that `binding` binds, not below 0, as an integer.
mlir::Value makeCount(const Scalars &s, const mixer::Binding &binding);

/// `kind` over the ranges of `op`, of `element`.
mlir::Value makeReduce(const Scalars &s, mlir::Operation *op, mixer::ReduceKind kind,
                       mlir::Type type, Element element);

/// The expression of `op`, at other indices: a copy of its body.
mlir::Value cloneBody(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange indices);

/// The name of an equation that serves the one that `op` is in: `o.max`.
std::string nameOf(mlir::Operation *op, llvm::StringRef suffix);

/// A discrete transform as a sum of products with a table of turns; `how` says so to a reader.
mlir::Value expandTransform(const Scalars &s, mixer::TransformOp op, std::string &how);

} // namespace mixc::derive

#endif // MIXC_COMPILER_DERIVE_EXPANSION_H
