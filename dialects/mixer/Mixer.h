//===- Mixer.h - the mixer dialect ------------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Equations over index spaces: what a token mixer computes. Mixer.td says what each op means.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_MIXER_H
#define MIXC_DIALECTS_MIXER_MIXER_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/mixer/MixerDialect.h.inc"
#include "dialects/mixer/MixerEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/mixer/MixerAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/mixer/MixerTypes.h.inc"

namespace mixc::mixer {

class FuncOp;
class ReturnOp;
class YieldOp;

/// The type in which bodies compute with elements of type `element`: f32 for bf16, f16 and f8,
/// `index` for integers; f64, f32, i1 and complex types are themselves. Null for a type that
/// tensors do not have.
mlir::Type computeType(mlir::Type element);

/// Whether a tensor may have elements of this type.
bool isElementType(mlir::Type type);

/// The element type's name in the .mix language (`bf16`, `u8`, `c64`), empty when it is none.
llvm::StringRef elementName(mlir::Type element);

/// The element type with this name in the .mix language, null when there is none.
mlir::Type elementType(mlir::MLIRContext *context, llvm::StringRef name);

} // namespace mixc::mixer

#define GET_OP_CLASSES
#include "dialects/mixer/MixerOps.h.inc"

namespace mixc::mixer {

/// The indices that a reduction, a normaliser, an order statistic or a transform binds: one view of
/// the four ops. `lower` and `upper` have a result an index; their dims are the operands beside
/// them, their symbols the function's extents.
struct Binding {
  mlir::ArrayAttr names;
  mlir::AffineMap lower, upper;
  mlir::ValueRange lowerOperands, upperOperands;
  mlir::Block *body;

  unsigned size() const { return names.size(); }
  llvm::StringRef name(unsigned k) const {
    return llvm::cast<mlir::StringAttr>(names[k]).getValue();
  }
  /// The indices themselves: `index` block arguments of the body.
  mlir::Block::BlockArgListType indices() const { return body->getArguments(); }
  /// The scalar that the body yields.
  mlir::Value yielded() const { return body->getTerminator()->getOperand(0); }
};

/// The binding of `op`, none when it binds no indices in a body (equations bind theirs by their
/// type).
std::optional<Binding> getBinding(mlir::Operation *op);

/// Adds the entry block of an equation, scatter or binding op with `count` index arguments and
/// returns it.
mlir::Block *addIndexBlock(mlir::Region &region, unsigned count, mlir::Location loc);

/// The function that `op` is in.
FuncOp enclosingFunc(mlir::Operation *op);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_MIXER_H
