//===- Elements.h - elements in memory and scalars in registers -*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels compute in f32, f64, complex, index and i1; memory holds narrower types. These functions
// emit the conversions between the two, in `arith` on scalars or vectors. They hold no branches, so that loops
// around them vectorise:
//
//   element      in memory  to a scalar                      from a scalar
//   f16          f16        hardware                         hardware, to nearest even
//   bf16         i16        shift                            add half a unit, shift; NaN apart
//   f8E4M3FN     i8         move the fields; small ones by   move the fields; small ones by adding
//   a number whose f8E5M2       i8         an integer conversion            unit is theirs; the
//   largest finite number is the limit integers     iN         extend clamp, truncate i4 i8 extend
//   the low four bits         clamp i1           i8         differs from 0                   0 or 1
//
// A number is rounded once. f64 and integers reach a narrow float by way of f32 rounded to odd,
// from which a second rounding to at most 22 bits gives what one would have (Boldo and Melquiond,
// "Emulation of a FMA and correctly rounded sums", IEEE TC 2008, section 3).
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_SCALAR_ELEMENTS_H
#define MIXC_LOWERING_SCALAR_ELEMENTS_H

#include "mlir/IR/Builders.h"

namespace mixc::lowering {

/// The type of `element` in memory; of a complex one, of its parts.
mlir::Type storageType(mlir::Type element);

/// The scalar (of the type in which kernels compute) that `stored` stands for, or the vector of
/// such scalars; not for complex elements.
mlir::Value widen(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value stored,
                  mlir::Type element);

/// What stands in memory for `scalar`, which has the type in which kernels compute with `element`,
/// or is a vector of such scalars; not for complex elements.
mlir::Value narrow(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value scalar,
                   mlir::Type element);

/// `scalar`, of any type that kernels compute in, rounded to `element`, as a scalar.
mlir::Value roundTo(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value scalar,
                    mlir::Type element);

} // namespace mixc::lowering

#endif // MIXC_LOWERING_SCALAR_ELEMENTS_H
