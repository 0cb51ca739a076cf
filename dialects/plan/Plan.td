//===- Plan.td - the host function of a mixer -------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//
//
// A mixer compiles to one host function: check the facts, lay out the workspace, loop, launch. It is
// compiled, never interpreted (Inv 10). Integers on the host are `index`, loops and conditions `scf`.
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_PLAN_PLAN_TD
#define MIXC_DIALECTS_PLAN_PLAN_TD

include "dialects/tile/Tile.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::mixc::plan";
  let summary = "the host side of a mixer: checks, workspace, loops, launches";
  let dependentDialects = ["::mixc::tile::TileDialect"];
  let useDefaultAttributePrinterParser = 1;
}

def Plan_PackedAttr : AttrDef<Plan_Dialect, "Packed"> {
  let mnemonic = "packed";
  let summary = "sequences of different lengths, one behind the other";
  let description = [{
    How an argument or output lies in memory, in the attribute `storage` of a function, by name: axis 0 counts sequences, which
    share `axis`. Sequence b has its places `offsets[b]` to `offsets[b + 1]`; the memory's axis 0 has one index.
  }];
  let parameters = (ins "int64_t":$axis);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Plan_PagedAttr : AttrDef<Plan_Dialect, "Paged"> {
  let mnemonic = "paged";
  let summary = "blocks of an axis, each in a page of a pool";
  let description = [{
    As `packed`; block c of sequence b along `axis`, of `block` indices, lies in page `table[b, c]`, which is the memory's axis 0.
  }];
  let parameters = (ins "int64_t":$axis, "int64_t":$block);
  let assemblyFormat = "`<` struct(params) `>`";
}

class Plan_Op<string mnemonic, list<Trait> traits = []> : Op<Plan_Dialect, mnemonic, traits>;

def Plan_FuncOp : Plan_Op<"func", [IsolatedFromAbove, Symbol, SingleBlock,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let summary = "the host function of a mixer";
  let description = [{
    The entry block's arguments are the extents (`index`), then the mixer's arguments and its outputs as views.

    ```mlir
    plan.func @scale extents (%B "B", %N "N") args (%x "x": !tile.view<2, f32>) outs (%y "y": !tile.view<2, f32>) { ... plan.return }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$extent_names, StrArrayAttr:$arg_names,
                       StrArrayAttr:$result_names);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::Block::BlockArgListType getExtents() { return getBody().getArguments().take_front(getExtentNames().size()); }
    ::mlir::Block::BlockArgListType getViews() { return getBody().getArguments().drop_front(getExtentNames().size()); }
    /// How a tensor lies by the attribute `storage`; null where it is strided.
    ::mlir::Attribute getStorage(::mlir::BlockArgument view);
  }];
}

def Plan_ReturnOp : Plan_Op<"return", [Terminator, HasParent<"FuncOp">]> {
  let summary = "the end of a plan";
  let assemblyFormat = "attr-dict";
}

def Plan_CheckOp : Plan_Op<"check", [HasParent<"FuncOp">]> {
  let summary = "refuses the call unless a condition holds";
  let description = [{
    Where `condition` is false the function returns the check's code at once; `message` is the text
    that the caller shows. The code is the check's place among those of the function, from 1. Checks stand before the first launch.
    Example: `plan.check %0, "H % G == 0"`.
  }];
  let arguments = (ins I1:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
  let hasVerifier = 1;
}

def Plan_DefaultOp : Plan_Op<"default", [AllTypesMatch<["view", "result"]>]> {
  let summary = "an argument, or a default for one that was left out";
  let description = [{
    `result = view given ? view : a view of one element, value, with all strides 0`. A view is left out by a null base pointer.
    Example: `%1 = plan.default %x = %value : f32, !tile.view<2, f32>`.
  }];
  let arguments = (ins Tile_ViewType:$view, Tile_Scalar:$value);
  let results = (outs Tile_ViewType:$result);
  let assemblyFormat = "$view `=` $value attr-dict `:` type($value) `,` qualified(type($result))";
  let hasVerifier = 1;
}

def Plan_StrideOp : Plan_Op<"stride", [Pure]> {
  let summary = "the stride of an argument or output, as the caller gave it";
  let description = [{
    In elements, whatever the view's type says: a plan whose argument is `unit` checks that it is. The argument is not left out.
    Example: `%0 = plan.stride %x[1] : !tile.view<2, f32, unit>`.
  }];
  let arguments = (ins Tile_ViewType:$view, ConfinedAttr<I64Attr, [IntNonNegative]>:$axis);
  let results = (outs Index:$result);
  let assemblyFormat = "$view `[` $axis `]` attr-dict `:` qualified(type($view))";
  let hasVerifier = 1;
}

def Plan_BufferOp : Plan_Op<"buffer", [MemoryEffects<[MemAlloc]>, HasParent<"FuncOp">]> {
  let summary = "a temporary tensor in the workspace";
  let description = [{
    A dense row-major view, uninitialised. It is alive from its first use to its last one (of a use inside a loop that
    does not hold the buffer: to the loop's end); buffers whose lives do not meet may share memory: `slot`, where it is given, says which ones do. Only at the function's top level; the
    sizes depend on extents alone.
    Example: `%t = plan.buffer "m" (%B, %N) : !tile.view<2, f32, unit>`.
  }];
  let arguments = (ins StrAttr:$name, Variadic<Index>:$sizes, OptionalAttr<I64Attr>:$slot);
  let results = (outs Tile_ViewType:$result);
  let assemblyFormat = "$name `(` $sizes `)` attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}

def Plan_LaunchOp : Plan_Op<"launch", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel at every point of a grid";
  let description = [{
    `grid` gives the number of points on each axis (nothing is done when one is <= 0); `scratch` the bytes
    that one point needs. Launches happen in order: what one wrote, the next one reads. A `unit` view serves for
    an argument that is not `unit`. Where a target has lowered the kernel, `kernel` names what it became: a function, or a constant
    that says where the function is.

    ```mlir
    plan.launch @scale grid (%B, %N) args (%x, %y, %n : !tile.view<2, f32>, !tile.view<2, f32>, index) scratch %0
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Index>:$grid, Variadic<AnyTypeOf<[Tile_ViewType, Index]>>:$args,
                       Index:$scratch);
  let assemblyFormat = "$kernel `grid` `(` $grid `)` `args` `(` ($args^ `:` type($args))? `)` `scratch` $scratch attr-dict";
}

#endif // MIXC_DIALECTS_PLAN_PLAN_TD
