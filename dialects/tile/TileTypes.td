//===- TileTypes.td - views -------------------------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//
//
// The dialect and its one type, apart from the ops so that other dialects can use the type: what
// tablegen makes of a file holds the ops of all files it includes.
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_TILE_TILETYPES_TD
#define MIXC_DIALECTS_TILE_TILETYPES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::mixc::tile";
  let summary = "kernels over tiles of tensors";
  let useDefaultTypePrinterParser = 1;
}

def Tile_ViewType : TypeDef<Tile_Dialect, "View"> {
  let mnemonic = "view";
  let summary = "a strided view of memory";
  let description = [{
    `!tile.view<4, bf16>`: a base pointer and a stride (in elements, any sign, 0 too) an axis. With `unit`
    the last axis has stride 1: `!tile.view<2, f32, unit>`. Elements are stored as in the mixer dialect's tensors (i1 as one
    byte, i4 as one byte holding its value, complex as two floats); indices count from 0.
  }];
  let parameters = (ins "int64_t":$rank, "::mlir::Type":$element, "bool":$unit);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The type in which kernels compute with the elements: f32 for narrower floats, `index` for integers.
    ::mlir::Type getComputeType() const;
    /// The bytes that one element takes.
    int64_t getElementBytes() const;
  }];
}

def Tile_Scalar : AnyTypeOf<[F32, F64, Complex<F32>, Complex<F64>, Index, I1], "a scalar">;

#endif // MIXC_DIALECTS_TILE_TILETYPES_TD
