//===- Tile.h - the tile dialect --------------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels: what every point of a grid does. Tile.td says what each op means.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_TILE_TILE_H
#define MIXC_DIALECTS_TILE_TILE_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/tile/TileDialect.h.inc"
#include "dialects/tile/TileEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/tile/TileAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/tile/TileTypes.h.inc"

namespace mixc::tile {

class KernelOp;

/// The alignment in bytes of every scratch and of every buffer of a plan.
constexpr int64_t memoryAlignment = 64;

/// Whether views may have elements of this type: f64, f32, f16, bf16, f8E4M3FN, f8E5M2, i64, i32,
/// i16, i8, ui8, i4, i1, complex<f32>, complex<f64>.
bool isElementType(mlir::Type type);

/// The type in which kernels compute with elements of type `element`: f32 for narrower floats,
/// `index` for integers; f64, f32, i1 and complex types are themselves.
mlir::Type computeType(mlir::Type element);

/// Whether `kernel` computes with larger tiles: an op in it has a tensor.
bool hasTiles(KernelOp kernel);

} // namespace mixc::tile

#define GET_OP_CLASSES
#include "dialects/tile/TileOps.h.inc"

#endif // MIXC_DIALECTS_TILE_TILE_H
