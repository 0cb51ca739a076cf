//===- Tile.td - kernels over tiles ----------------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//
//
// One `tile.kernel` is one launch. Its body is what a point of the grid does: upstream `scf`, `arith`,
// `math` and `complex` on scalars, and the few ops that these lack. Larger tiles are tensors of static
// shape, rank 1 or 2, by value: elementwise upstream ops, loops that carry them, and the ops at the end.
// An axis may be valid in part: what lies behind is undefined, and ops that access memory,
// contract or reduce take the count of what is valid. Target-neutral: the target
// maps points to loop iterations, threads or blocks.
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_TILE_TILE_TD
#define MIXC_DIALECTS_TILE_TILE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::mixc::tile";
  let summary = "kernels over tiles of tensors";
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

class Tile_Op<string mnemonic, list<Trait> traits = []> : Op<Tile_Dialect, mnemonic, traits>;

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

def Tile_FactsAttr : AttrDef<Tile_Dialect, "Facts"> {
  let mnemonic = "facts";
  let summary = "what a kernel came from, for who explains it";
  let description = [{
    The discardable attribute `tile.facts` of a kernel; no lowering depends on it. `form`: `map`, `reduction`, `order`, `scatter`, `recurrence`,
    `boundary` (of a recurrence), the last of these that a kernel has. `equations`: what a point evaluates. Axis k of
    the grid stands for the indices from `lower` to `upper`, over the mixer's extents, in blocks of `blocks[k]`. `places`: where
    each tensor that it computes lives: `register`, `scratch`, `buffer` (of the plan), `output`, or `inlined` where values are evaluated at each read.
    `flops`: what these equations need, where who asked for the kernel has counted it.

    ```mlir
    #tile.facts<form = "reduction", equations = ["m", "y"], lower = affine_map<()[s0] -> (0)>, upper = affine_map<()[s0] -> (s0)>,
                blocks = array<i64: 1>, places = {m = "register", y = "output"}>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$form, "::mlir::ArrayAttr":$equations, "::mlir::AffineMap":$lower,
                        "::mlir::AffineMap":$upper, "::mlir::DenseI64ArrayAttr":$blocks, "::mlir::DictionaryAttr":$places,
                        OptionalParameter<"::mlir::FloatAttr">:$flops);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Tile_Scalar : AnyTypeOf<[F32, F64, Complex<F32>, Complex<F64>, Index, I1], "a scalar">;

def Tile_KernelOp : Tile_Op<"kernel", [IsolatedFromAbove, Symbol, SingleBlock,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let summary = "one launch: what every point of a grid does";
  let description = [{
    The entry block's arguments are the `grid_names.size()` indices of the point (`index`, each from 0, the last one fastest), then the
    kernel's arguments: views and `index` scalars. The launch gives the size of the grid. Points are independent:
    no two write one element, none reads what another writes. What is written through an output view is not accessed through
    another view. `outputs[k]` says that argument k is a view that is written; a point may read back what it wrote.
    `lanes` is the axis of rank-2 tiles along which SIMD lanes run; 0, rows, where it is left out.

    ```mlir
    tile.kernel @scale grid (%b, %i) args (%x: !tile.view<2, f32>, %y: !tile.view<2, f32> out, %n: index) {
      %0 = tile.load %x[%b, %i] : !tile.view<2, f32> -> f32
      tile.store %0, %y[%b, %i] : f32, !tile.view<2, f32>
      tile.return
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$grid_names, DenseBoolArrayAttr:$outputs,
                       OptionalAttr<ConfinedAttr<I64Attr, [IntMinValue<0>, IntMaxValue<1>]>>:$lanes);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    unsigned getNumGrid() { return getGridNames().size(); }
    ::mlir::Block::BlockArgListType getGrid() { return getBody().getArguments().take_front(getNumGrid()); }
    ::mlir::Block::BlockArgListType getArgs() { return getBody().getArguments().drop_front(getNumGrid()); }
  }];
}

def Tile_ReturnOp : Tile_Op<"return", [Pure, Terminator, HasParent<"KernelOp">]> {
  let summary = "the end of a kernel";
  let assemblyFormat = "attr-dict";
}

def Tile_LoadOp : Tile_Op<"load", [MemoryEffects<[MemRead]>]> {
  let summary = "an element, widened";
  let description = [{
    `result = widen(view[indices])`. Example: `%0 = tile.load %x[%b, %i] : !tile.view<2, bf16> -> f32`.
    bool gives `i1`, integers `index`.
  }];
  let arguments = (ins Tile_ViewType:$view, Variadic<Index>:$indices);
  let results = (outs Tile_Scalar:$result);
  let assemblyFormat = "$view `[` $indices `]` attr-dict `:` qualified(type($view)) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_StoreOp : Tile_Op<"store", [MemoryEffects<[MemWrite]>]> {
  let summary = "an element, rounded to the view's element type";
  let description = [{
    To nearest even; integers and f8 saturate (NaN stays NaN in f8). Example: `tile.store %0, %y[%b, %i] : f32, !tile.view<2, bf16>`.
  }];
  let arguments = (ins Tile_Scalar:$value, Tile_ViewType:$view, Variadic<Index>:$indices);
  let assemblyFormat = "$value `,` $view `[` $indices `]` attr-dict `:` type($value) `,` qualified(type($view))";
  let hasVerifier = 1;
}

def Tile_ScratchOp : Tile_Op<"scratch", [MemoryEffects<[MemAlloc]>]> {
  let summary = "memory private to a point of the grid";
  let description = [{
    A dense row-major view of the given sizes, uninitialised, alive to the end of the point; only at
    the kernel's top level. A static size is a constant operand. Counted in the launch's `scratch` bytes, each
    scratch aligned to 64. Example: `%a = tile.scratch (%E) : !tile.view<1, f32, unit>`.
  }];
  let arguments = (ins Variadic<Index>:$sizes);
  let results = (outs Tile_ViewType:$result);
  let assemblyFormat = "`(` $sizes `)` attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}

def Tile_RoundOp : Tile_Op<"round", [Pure]> {
  let summary = "a scalar converted and rounded to an element type";
  let description = [{
    `result = widen(round(x))`, the numbers of `tile.store` followed by `tile.load`; a float becomes an integer by truncation toward zero (saturating, NaN
    to 0), a bool counts as 0 or 1, a number is true where it is not 0, a real becomes complex.
    Example: `%1 = tile.round %0 to bf16 : f32 -> f32`.
  }];
  let arguments = (ins Tile_Scalar:$value, TypeAttr:$element);
  let results = (outs Tile_Scalar:$result);
  let assemblyFormat = "$value `to` $element attr-dict `:` type($value) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_OrderOp : Tile_Op<"order", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "the stable descending order of scores";
  let description = [{
    Writes to `order[0 .. count)` the positions 0 .. count-1 of `keys` in the order larger key first, NaN last,
    ties by the lower position (a total order, so the result is unique). Only the first `ranks` places need be right.
    `spare` is scratch of at least `count` elements. All views have rank 1 and stride 1; keys are f32, f64 or i64, positions i64.

    ```mlir
    tile.order %keys to %order spare %spare count %n ranks %k
        : !tile.view<1, f32, unit>, !tile.view<1, i64, unit>, !tile.view<1, i64, unit>
    ```
  }];
  let arguments = (ins Tile_ViewType:$keys, Tile_ViewType:$order, Tile_ViewType:$spare,
                       Index:$count, Index:$ranks);
  let assemblyFormat = "$keys `to` $order `spare` $spare `count` $count `ranks` $ranks attr-dict `:` qualified(type($keys)) `,` qualified(type($order)) `,` qualified(type($spare))";
  let hasVerifier = 1;
}

//===--------------------------------------------------------------------------===//
// Larger tiles
//===--------------------------------------------------------------------------===//

def Tile_Tile : ConfinedType<TensorRankOf<[F32, F64, Index, I1], [1, 2]>, [HasStaticShapePred],
    "a tensor of static shape and rank 1 or 2">;
def Tile_FloatTile : ConfinedType<TensorRankOf<[F32, F64], [1, 2]>, [HasStaticShapePred],
    "a tensor of f32 or f64, of static shape and rank 1 or 2">;

def Tile_ReadOp : Tile_Op<"read", [MemoryEffects<[MemRead]>, AttrSizedOperandSegments]> {
  let summary = "a tile of a view, widened";
  let description = [{
    `along` names for each axis of the view the tile's axis that runs along it, one element a step; -1 none. Several axes may name the
    same one (a diagonal). `result[t0, t1] = widen(view[index_k + t_along[k]])` where each t is below its `valid` count; other
    elements are undefined, and not read. Counts are at most the tile's sizes.

    ```mlir
    %q = tile.read %x[%b, %i, %c0] along [-1, 0, 1] valid (%rows, %D) : !tile.view<3, bf16> -> tensor<32x64xf32>
    ```
  }];
  let arguments = (ins Tile_ViewType:$view, Variadic<Index>:$indices, DenseI64ArrayAttr:$along, Variadic<Index>:$valid);
  let results = (outs Tile_Tile:$result);
  let assemblyFormat = "$view `[` $indices `]` `along` $along `valid` `(` $valid `)` attr-dict `:` qualified(type($view)) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_WriteOp : Tile_Op<"write", [MemoryEffects<[MemWrite]>, AttrSizedOperandSegments]> {
  let summary = "a tile written to a view, rounded";
  let description = [{
    The reverse of `tile.read`, rounding as `tile.store` does: nothing is written at or behind a count of `valid`. Each axis of the tile runs along
    at least one axis of the view. Example: `tile.write %t, %y[%i, %c0] along [0, 1] valid (%rows, %E) : tensor<32x64xf32>, !tile.view<2, bf16>`.
  }];
  let arguments = (ins Tile_Tile:$value, Tile_ViewType:$view, Variadic<Index>:$indices, DenseI64ArrayAttr:$along, Variadic<Index>:$valid);
  let assemblyFormat = "$value `,` $view `[` $indices `]` `along` $along `valid` `(` $valid `)` attr-dict `:` type($value) `,` qualified(type($view))";
  let hasVerifier = 1;
}

def Tile_DotOp : Tile_Op<"dot", [Pure, AllTypesMatch<["init", "result"]>]> {
  let summary = "init plus a product, contracted over one axis of each operand";
  let description = [{
    `result = init + sum of a * b over the first `valid` places of axis contract[0] of a and contract[1] of b`, in ascending order, one fused
    multiply-add each. The result's axes are the other axis of a, then the other one of b.

    ```mlir
    %s = tile.dot %q, %k init %zero contract [1, 1] valid %D : tensor<32x64xf32>, tensor<96x64xf32> -> tensor<32x96xf32>
    ```
  }];
  let arguments = (ins Tile_FloatTile:$a, Tile_FloatTile:$b, Tile_FloatTile:$init, DenseI64ArrayAttr:$contract, Index:$valid);
  let results = (outs Tile_FloatTile:$result);
  let assemblyFormat = "$a `,` $b `init` $init `contract` $contract `valid` $valid attr-dict `:` type($a) `,` type($b) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_ReduceKind : I32EnumAttr<"ReduceKind", "how elements are combined", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Prod", 1, "prod">,
    I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">]> {
  let cppNamespace = "::mixc::tile";
}

def Tile_ReduceOp : Tile_Op<"reduce", [Pure]> {
  let summary = "the elements along an axis of a tile combined";
  let description = [{
    Over the first `valid` places of `axis`, in one fixed order that the target chooses; of none: 0, 1, the least or the greatest number. NaN wins in `max` and `min`.
    Example: `%m = tile.reduce max %s axis 1 valid %n : tensor<32x96xf32> -> tensor<32xf32>`.
  }];
  let arguments = (ins Tile_ReduceKind:$kind, Tile_Tile:$value, ConfinedAttr<I64Attr, [IntMinValue<0>, IntMaxValue<1>]>:$axis, Index:$valid);
  let results = (outs Tile_Tile:$result);
  let assemblyFormat = "$kind $value `axis` $axis `valid` $valid attr-dict `:` type($value) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_BroadcastOp : Tile_Op<"broadcast", [Pure]> {
  let summary = "a tile of rank 1 repeated along the other axis";
  let description = [{
    `result[t0, t1] = value[t_along]`. Example: `%0 = tile.broadcast %m along 0 : tensor<32xf32> -> tensor<32x96xf32>`. For scalars
    there is `tensor.splat`.
  }];
  let arguments = (ins Tile_Tile:$value, ConfinedAttr<I64Attr, [IntMinValue<0>, IntMaxValue<1>]>:$along);
  let results = (outs Tile_Tile:$result);
  let assemblyFormat = "$value `along` $along attr-dict `:` type($value) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_IotaOp : Tile_Op<"iota", [Pure]> {
  let summary = "consecutive indices along an axis";
  let description = [{
    `result[t0, t1] = base + t_along`. Example: `%j = tile.iota %j0 along 1 : tensor<32x96xindex>`.
  }];
  let arguments = (ins Index:$base, ConfinedAttr<I64Attr, [IntMinValue<0>, IntMaxValue<1>]>:$along);
  let results = (outs Tile_Tile:$result);
  let assemblyFormat = "$base `along` $along attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Tile_ExpDiffOp : Tile_Op<"expdiff", [Pure, SameOperandsAndResultType]> {
  let summary = "exp(x - m) for x <= m";
  let description = [{
    0 where x is minus infinity, m too, and where the result would be below the least normal number; NaN where x is. The relative error is
    that of a few units of the last place.
    Example: `%p = tile.expdiff %s, %m : tensor<32x96xf32>`.
  }];
  let arguments = (ins Tile_FloatTile:$x, Tile_FloatTile:$m);
  let results = (outs Tile_FloatTile:$result);
  let assemblyFormat = "$x `,` $m attr-dict `:` type($result)";
}

#endif // MIXC_DIALECTS_TILE_TILE_TD
