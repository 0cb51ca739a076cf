//===- Mixer.td - equations over index spaces ------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//
//
// The mixer dialect says what a token mixer computes: tensors defined by equations at every
// point of an index space. There are no loops, no memory and no schedule in it. See
// docs/rationale-mixer.md for the decisions behind it.
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_MIXER_TD
#define MIXC_DIALECTS_MIXER_MIXER_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mixer_Dialect : Dialect {
  let name = "mixer";
  let cppNamespace = "::mixc::mixer";
  let summary = "token mixers as equations over index spaces";
  let description = [{
    A `mixer.func` is one mixer: named tensors in, named tensors out, and between them
    equations. A tensor is a value (SSA); an equation gives it a value at every point of its
    index ranges, by a region that computes one scalar.

    **Extents.** Sizes are the symbols `s0, s1, ...` of the enclosing function, in the order of
    its `extents` list. They appear in tensor types, ranges and subscripts, everywhere with the
    same numbers.

    **Subscripts.** An index expression is an AffineExpr. Its dims are explicit SSA operands of
    type `index`: first the indices of the enclosing equations and reductions that it uses,
    outermost first, then other integer values (gathered values, products of indices). Its
    symbols are the function's extents; semi-affine terms such as `d0 floordiv (s1 floordiv s2)`
    are normal.

    **Scalars.** Bodies compute in `f32` (`f64`, `complex<f32>`, `complex<f64>` where an operand
    is), integers are 64 bits wide and have type `index`, truth values are `i1`. Element types
    of storage (bf16, i8, ...) occur in tensor types and in `mixer.cast` only: `mixer.at`
    widens, an equation rounds to its tensor's element type once. Arithmetic is `arith`, `math` and
    `complex` on scalars; `mixer.fn` has the functions that these lack. A lazy conditional is
    `scf.if`.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::complex::ComplexDialect", "::mlir::scf::SCFDialect"
  ];
}

//===--------------------------------------------------------------------------===//
// Enums
//===--------------------------------------------------------------------------===//

class Mixer_Enum<string name, string summary, list<string> cases>
    : I32EnumAttr<name, summary,
        !foreach(i, !range(!size(cases)), I32EnumAttrCase<cases[i], i>)> {
  let cppNamespace = "::mixc::mixer";
  let genSpecializedAttr = 0;
}
class Mixer_EnumAttr<EnumInfo info, string mnemonic> : EnumAttr<Mixer_Dialect, info, mnemonic> {
  let assemblyFormat = "$value";
}

def Mixer_ExtentKind : Mixer_Enum<"ExtentKind", "how an extent gets its value",
  ["dynamic", "fixed", "min", "max"]>;

def Mixer_ReduceKind : Mixer_Enum<"ReduceKind", "the combiner of a reduction",
  ["sum", "prod", "mean", "max", "min", "any", "all", "argmax", "argmin", "logsumexp"]>;
def Mixer_ReduceKindAttr : Mixer_EnumAttr<Mixer_ReduceKind, "reduce_kind">;

def Mixer_AlongKind : Mixer_Enum<"AlongKind", "a normaliser along an axis",
  ["softmax", "normalize", "rmsnorm", "layernorm"]>;
def Mixer_AlongKindAttr : Mixer_EnumAttr<Mixer_AlongKind, "along_kind">;

def Mixer_OrderKind : Mixer_Enum<"OrderKind", "an order statistic", ["argtop", "kth"]>;
def Mixer_OrderKindAttr : Mixer_EnumAttr<Mixer_OrderKind, "order_kind">;

def Mixer_TransformKind : Mixer_Enum<"TransformKind", "a discrete transform",
  ["fft", "ifft", "rfft", "irfft", "dct", "idct"]>;
def Mixer_TransformKindAttr : Mixer_EnumAttr<Mixer_TransformKind, "transform_kind">;

def Mixer_ScatterKind : Mixer_Enum<"ScatterKind", "what happens where points meet",
  ["sum", "max", "min", "overwrite"]>;
def Mixer_ScatterKindAttr : Mixer_EnumAttr<Mixer_ScatterKind, "scatter_kind">;

def Mixer_FnKind : Mixer_Enum<"FnKind", "a scalar function that arith, math and complex lack",
  ["sign", "sigmoid", "logsigmoid", "silu", "gelu", "gelu_tanh", "relu", "elu", "softplus",
   "erfinv", "recip0", "detach", "cis", "floordiv", "floormod", "ipow"]>;
def Mixer_FnKindAttr : Mixer_EnumAttr<Mixer_FnKind, "fn_kind">;

def Mixer_Because : Mixer_Enum<"Because", "why an exponent is not positive",
  ["member", "running"]>;
def Mixer_BecauseAttr : Mixer_EnumAttr<Mixer_Because, "because">;

def Mixer_Place : Mixer_Enum<"Place", "where an equation's values live",
  ["inlined", "tile", "memory"]>;
def Mixer_PlaceAttr : Mixer_EnumAttr<Mixer_Place, "place">;

//===--------------------------------------------------------------------------===//
// Attributes and types
//===--------------------------------------------------------------------------===//

def Mixer_ExtentAttr : AttrDef<Mixer_Dialect, "Extent"> {
  let mnemonic = "extent";
  let summary = "one extent (size) of a function";
  let description = [{
    In the list of a function, without its prefix: `<"N">` is bound at launch by the arguments' shapes, `<"D" = 128>`
    is fixed at compile time, `<"T" = min(s0, s1 - 1)>` (or `max`) is derived from earlier extents of
    the list.
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::mixc::mixer::ExtentKind":$kind,
                        ArrayRefParameter<"::mlir::AffineExpr">:$args);
  let hasCustomAssemblyFormat = 1;
}

def Mixer_TensorType : TypeDef<Mixer_Dialect, "MixerTensor"> {
  let mnemonic = "tensor";
  let summary = "a tensor over a box of indices";
  let description = [{
    `!mixer.tensor<[s0, -1 to s1, 4], bf16>`: axis k holds the indices from `lower[k]` (0 where
    not written) up to and without `upper[k]`, both AffineExprs over the function's extents. A range
    whose upper bound is below its lower one is empty. The element type is one of f64, f32, f16, bf16,
    f8E4M3FN, f8E5M2, i64, i32, i16, i8, ui8, i4, i1 (a bool), complex<f32>.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::AffineExpr">:$lower,
                        ArrayRefParameter<"::mlir::AffineExpr">:$upper,
                        "::mlir::Type":$element);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRank() const { return static_cast<int64_t>(getUpper().size()); }
    /// The type in which bodies compute with this tensor's elements (see computeType).
    ::mlir::Type getComputeType() const;
  }];
}

def Mixer_Scalar : AnyTypeOf<[F32, F64, Complex<F32>, Complex<F64>, Index, I1], "a body scalar">;
def Mixer_RealOrInt : AnyTypeOf<[F32, F64, Index], "a real or integer scalar">;

//===--------------------------------------------------------------------------===//
// Functions
//===--------------------------------------------------------------------------===//

class Mixer_Op<string mnemonic, list<Trait> traits = []> : Op<Mixer_Dialect, mnemonic, traits>;

def Mixer_FuncOp : Mixer_Op<"func", [IsolatedFromAbove, Symbol, SingleBlock,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let summary = "a mixer: named tensors in, named tensors out";
  let description = [{
    The entry block's arguments are the mixer's arguments, scalars as rank-0 tensors;
    `mixer.return` gives the outputs in order. `arg_optional[k]` says that argument k may be left
    out: its one `mixer.default` then gives its value. Extents that no argument's shape binds are
    given by the caller.

    ```mlir
    mixer.func @twice(%x "x": !mixer.tensor<[s0], bf16>) -> ("y": !mixer.tensor<[s0], bf16>)
        extents [<"N">] {
      %y = mixer.eq "y" [i: s0] : bf16 (%i) {
        %0 = mixer.at %x[%i] : !mixer.tensor<[s0], bf16>
        %1 = arith.addf %0, %0 : f32
        mixer.yield %1 : f32
      }
      mixer.return %y : !mixer.tensor<[s0], bf16>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$arg_names,
                       DenseBoolArrayAttr:$arg_optional, StrArrayAttr:$result_names,
                       TypeArrayAttr:$result_types, ArrayAttr:$extents,
                       DefaultValuedStrAttr<StrAttr, "">:$doc);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The extent of symbol `position`.
    ExtentAttr getExtent(unsigned position) {
      return ::llvm::cast<ExtentAttr>(getExtents()[position]);
    }
    unsigned getNumExtents() { return getExtents().size(); }
    ReturnOp getReturn();
  }];
}

def Mixer_ReturnOp : Mixer_Op<"return", [Pure, Terminator, HasParent<"FuncOp">]> {
  let summary = "the outputs of a mixer";
  let description = [{
    Gives `result_names[k]` the value of operand k.

    ```mlir
    mixer.func @same(%x "x": !mixer.tensor<[s0], f32>) -> ("y": !mixer.tensor<[s0], f32>) extents [<"N">] {
      mixer.return %x : !mixer.tensor<[s0], f32>
    }
    ```
  }];
  let arguments = (ins Variadic<Mixer_TensorType>:$results);
  let assemblyFormat = "($results^ `:` type($results))? attr-dict";
}

def Mixer_FactOp : Mixer_Op<"fact", [SingleBlock, HasParent<"FuncOp">]> {
  let summary = "a condition on the extents that must hold at launch";
  let description = [{
    The region computes an `i1` from extents (`mixer.apply`) and rank-0 arguments; a call in which it is false is refused
    with `message`, the text of the `where` clause that it came from. Analyses may rely on it.

    ```mlir
    mixer.fact "H % G == 0" {
      %0 = mixer.apply s0 mod s1
      %c0 = arith.constant 0 : index
      %1 = arith.cmpi eq, %0, %c0 : index
      mixer.yield %1 : i1
    }
    ```
  }];
  let arguments = (ins StrAttr:$message);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$message $body attr-dict";
  let hasRegionVerifier = 1;
}

def Mixer_DefaultOp : Mixer_Op<"default", [SingleBlock, HasParent<"FuncOp">, AllTypesMatch<["argument", "result"]>]> {
  let summary = "an argument, or its default where the caller left it out";
  let description = [{
    `result = arg given ? arg : value everywhere`. The region computes the value from extents and
    other rank-0 arguments. All other ops read the result, none the argument itself.

    ```mlir
    mixer.func @scaled(%scale "scale" optional: !mixer.tensor<[], f32>) -> ("y": !mixer.tensor<[], f32>) extents [] {
      %scale_1 = mixer.default %scale {
        %0 = arith.constant 1.25e-1 : f32
        mixer.yield %0 : f32
      } : !mixer.tensor<[], f32>
      mixer.return %scale_1 : !mixer.tensor<[], f32>
    }
    ```
  }];
  let arguments = (ins Mixer_TensorType:$argument);
  let results = (outs Mixer_TensorType:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$argument $body `:` type($argument) attr-dict";
  let hasRegionVerifier = 1;
}

//===--------------------------------------------------------------------------===//
// Equations
//===--------------------------------------------------------------------------===//

def Mixer_EqOp : Mixer_Op<"eq", [SingleBlock, RecursiveMemoryEffects,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames", "getAsmResultNames"]>]> {
  let summary = "a tensor defined at every point of its index ranges";
  let description = [{
    `result[i0, i1, ...] = round(body(i0, i1, ...))` for every lower[k] <= ik < upper[k]; the ranges are those of the
    result type's axes, so a read is in bounds exactly when the body runs there. `round` rounds to
    the result's element type (to nearest even; integers saturate, see mixer.cast).

    The block arguments are the indices (`index`). Values from outside that the body uses are tensors
    and, inside a `mixer.recur`, its time indices.

    ```mlir
    %s = mixer.eq "s" [i: s0, j: 1 to s1 - 1] : f32 (%i, %j) {
      %zero = arith.constant 0.0 : f32
      mixer.yield %zero : f32
    }
    ```
    Its type is `!mixer.tensor<[s0, 1 to s1 - 1], f32>`.
    `place`, where present, is the decision of the placement analysis.
  }];
  let arguments = (ins StrAttr:$name, StrArrayAttr:$index_names,
                       OptionalAttr<Mixer_PlaceAttr>:$place);
  let results = (outs Mixer_TensorType:$result);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    MixerTensorType getType() { return ::llvm::cast<MixerTensorType>(getResult().getType()); }
    YieldOp getYield();
  }];
}

def Mixer_YieldOp : Mixer_Op<"yield", [Pure, Terminator]> {
  let summary = "the value of a body";
  let description = [{
    One scalar in equations and the reductions inside; subscripts and then the value in `mixer.scatter`; the
    histories in `mixer.recur`.
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

def Mixer_AtOp : Mixer_Op<"at", [Pure]> {
  let summary = "a tensor's value at a point";
  let description = [{
    `result = widen(tensor[map(indices)])`, one AffineExpr a subscript. bf16, f16, f8 widen to f32,
    integers to `index`, bool to `i1`. In bounds by construction: the front end has proved it, or a
    guard (`scf.if`) holds; subscripts that come from data are trusted.

    ```mlir
    %kv = mixer.at %k[%h floordiv (s0 floordiv s1), %j] : !mixer.tensor<[s1, s2], bf16>
    ```
  }];
  let arguments = (ins Mixer_TensorType:$tensor, Variadic<Index>:$indices, AffineMapAttr:$map);
  let results = (outs Mixer_Scalar:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    MixerTensorType getTensorType() { return ::llvm::cast<MixerTensorType>(getTensor().getType()); }
  }];
}

def Mixer_ApplyOp : Mixer_Op<"apply", [Pure]> {
  let summary = "an index expression as a number";
  let description = [{
    `result = map(indices)`, an integer. Extents are the symbols: `%n = mixer.apply s1`,
    `%0 = mixer.apply %i + s3 - s1`. Division and mod floor; x floordiv 0 is 0 and x mod 0 is x.
  }];
  let arguments = (ins Variadic<Index>:$indices, AffineMapAttr:$map);
  let results = (outs Index:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Mixer_TableOp : Mixer_Op<"table", [Pure]> {
  let summary = "a small constant tensor";
  let description = [{
    A `let` table: `%taps = mixer.table dense<[1, 1, 3]> : tensor<3xi64> -> !mixer.tensor<[3], i64>` (i64, f32, f64 or i1).
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Mixer_TensorType:$result);
  let assemblyFormat = "$value `->` type($result) attr-dict";
  let hasVerifier = 1;
}

// Ops that bind indices inside a body: a list `[d: lo to hi, ...]`. The bounds are AffineMaps over
// shared operands; a bound may therefore depend on outer indices and on data.
class Mixer_BindingOp<string mnemonic, list<Trait> traits = []>
    : Mixer_Op<mnemonic, !listconcat(traits, [AttrSizedOperandSegments, SingleBlock, RecursiveMemoryEffects,
        RecursivelySpeculatable,
        DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>])> {
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
}

def Mixer_ReduceOp : Mixer_BindingOp<"reduce"> {
  let summary = "a reduction over index ranges";
  let description = [{
    `result = kind over all lower <= (d0, d1, ...) < upper of body(d0, d1, ...)`. Over nothing: sum and mean 0, prod 1, max and
    logsumexp -inf, min inf (for integers the least and greatest i64), any false, all true, argmax and argmin 0. A NaN
    makes max and min NaN. argmax and argmin give the row-major position (from 0) of the first best
    value, NaN last; sums of bools count.

    ```mlir
    %x = mixer.reduce sum [d: s0] : f32 (%d) {
      %p = arith.constant 1.0 : f32
      mixer.yield %p : f32
    }
    %c = mixer.reduce max [j: %i to %len + 1, k: s1] : index (%j, %k) {
      mixer.yield %j : index
    }
    ```
  }];
  let arguments = (ins Mixer_ReduceKindAttr:$kind, StrArrayAttr:$index_names,
                       Variadic<Index>:$lower_operands, Variadic<Index>:$upper_operands,
                       AffineMapAttr:$lower, AffineMapAttr:$upper);
  let results = (outs Mixer_Scalar:$result);
}

def Mixer_AlongOp : Mixer_BindingOp<"along"> {
  let summary = "a normaliser along axes, evaluated at one position";
  let description = [{
    The vector x(c) = body(c) over the ranges is normalised and read at `at` (as many integers as indices):
    softmax: exp(x - max x) / sum exp(x - max x), all 0 where all x are -inf;
    normalize: x / max(|x|_2, eps); rmsnorm: x / sqrt(mean x^2 + eps);
    layernorm: (x - mean x) / sqrt(var x + eps).

    ```mlir
    %p = mixer.along softmax [c: s2] at (%j) : f32 (%c) {
      %t = mixer.at %k[0, %c] : !mixer.tensor<[s1, s2], bf16>
      mixer.yield %t : f32
    }
    %q = mixer.along rmsnorm [c: s2] at (%j) eps 1.0e-6 : f32 (%c) {
      %t = mixer.at %k[0, %c] : !mixer.tensor<[s1, s2], bf16>
      mixer.yield %t : f32
    }
    ```
  }];
  let arguments = (ins Mixer_AlongKindAttr:$kind, StrArrayAttr:$index_names,
                       Variadic<Index>:$lower_operands, Variadic<Index>:$upper_operands,
                       Variadic<Index>:$at,
                       AffineMapAttr:$lower, AffineMapAttr:$upper,
                       DefaultValuedAttr<F64Attr, "0.0">:$eps);
  let results = (outs Mixer_Scalar:$result);
}

def Mixer_OrderOp : Mixer_BindingOp<"order"> {
  let summary = "an order statistic of a range";
  let description = [{
    Candidates c of the range are ordered by score = body(c): larger first, NaN last, ties by the lower c. `argtop` is the
    c at position `rank` (from 0), an integer; `kth` is its score. A rank at or above the number of candidates is
    refused at launch or by the reference; kernels give the range's lower bound and NaN there.

    ```mlir
    %c = mixer.order argtop [c: s2 floordiv 16] rank %t : index (%c) {
      %score = mixer.at %k[0, %c * 16] : !mixer.tensor<[s1, s2], bf16>
      mixer.yield %score : f32
    }
    ```
  }];
  let arguments = (ins Mixer_OrderKindAttr:$kind, StrArrayAttr:$index_names,
                       Variadic<Index>:$lower_operands, Variadic<Index>:$upper_operands,
                       Index:$rank, AffineMapAttr:$lower, AffineMapAttr:$upper);
  let results = (outs Mixer_Scalar:$result);
}

def Mixer_TransformOp : Mixer_BindingOp<"transform"> {
  let summary = "one value of a discrete transform of a range";
  let description = [{
    With N the length of the range (lower bound first element 0 of the transform) and f = `at`:
    fft: sum_n x[n] exp(-2 pi i f n / N); ifft: its inverse, with 1/N; rfft: fft of a real x;
    irfft: the real inverse of N/2+1 bins, N = `length`, the imaginary parts of bin 0 and bin N/2 ignored;
    dct: sum_n x[n] cos(pi (2n+1) f / 2N); idct: its inverse. `length` is N for all kinds.

    ```mlir
    %X = mixer.transform rfft [n: s2] at %f length s2 : complex<f32> (%n) {
      %x = mixer.at %k[0, %n] : !mixer.tensor<[s1, s2], bf16>
      mixer.yield %x : f32
    }
    ```
  }];
  let arguments = (ins Mixer_TransformKindAttr:$kind, StrArrayAttr:$index_names,
                       Variadic<Index>:$lower_operands, Variadic<Index>:$upper_operands,
                       Index:$at, AffineMapAttr:$lower, AffineMapAttr:$upper, AffineMapAttr:$length);
  let results = (outs Mixer_Scalar:$result);
}

//===--------------------------------------------------------------------------===//
// Scatters and recurrences
//===--------------------------------------------------------------------------===//

def Mixer_ScatterOp : Mixer_Op<"scatter", [SingleBlock, RecursiveMemoryEffects,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames", "getAsmResultNames"]>]> {
  let summary = "contributions to computed points of a tensor";
  let description = [{
    For all points of the index ranges, in row-major order: the region yields one subscript an axis
    of the result (from its lower bound on, like `mixer.at`) and a value. `sum`, `max` and `min` combine the values that meet, starting from 0 or
    the identity, in f32 at least; `overwrite` starts from `init` and the last value stands. Rounded to
    the element type once, at the end.

    ```mlir
    %y = mixer.scatter sum "y" [b: s0, t: s1] : !mixer.tensor<[s0, s2], f32> (%b, %t) {
      %r = mixer.at %to[%t] : !mixer.tensor<[s1], i32>
      %v = arith.constant 1.0 : f32
      mixer.yield %b, %r, %v : index, index, f32
    }
    %z = mixer.scatter overwrite "z" [t: s1] over %x : !mixer.tensor<[s0], f32> (%t) {
      %r = mixer.at %to[%t] : !mixer.tensor<[s1], i32>
      %v = arith.constant 1.0 : f32
      mixer.yield %r, %v : index, f32
    }
    ```
  }];
  let arguments = (ins Mixer_ScatterKindAttr:$kind, StrAttr:$name, StrArrayAttr:$index_names,
                       Variadic<Mixer_TensorType>:$init,
                       AffineMapAttr:$lower, AffineMapAttr:$upper,
                       OptionalAttr<Mixer_PlaceAttr>:$place);
  let results = (outs Mixer_TensorType:$result);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
}

def Mixer_RecurOp : Mixer_Op<"recur", [SingleBlock, RecursiveMemoryEffects,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames", "getAsmResultNames"]>]> {
  let summary = "tensors defined step by step from their own earlier steps";
  let description = [{
    For each point of the time indices, in row-major order, an index with `reverse` (`[n: s1 reverse]`) from its last value down: the
    region's equations are evaluated; they may read the histories (block arguments after the time indices) at steps before this one. The
    region's `mixer.append` ops add this step's slices, after which the appended value also has this step;
    `mixer.yield` gives every history with its slice. Result k is history k, boundary included.

    Each `init` operand is a slice of history `init_carry[m]` known beforehand; `init_maps[m]` takes the slice's
    indices to the history's: `(d0, d1) -> (d0, -1, d1)`. Boundaries lie outside the ranges of the time indices.

    ```mlir
    %S = mixer.recur [n: s1] init (%x : !mixer.tensor<[s0], f32> to 0 at (d0) -> (d0, -1)) (%n)
        carry (%H "S": !mixer.tensor<[s0, -1 to s1], f32>) {
      %slice = mixer.eq "S" [b: s0] : f32 (%b) {
        %0 = mixer.at %H[%b, %n - 1] : !mixer.tensor<[s0, -1 to s1], f32>
        mixer.yield %0 : f32
      }
      %H1 = mixer.append %slice to %H at affine_map<(d0, d1) -> (d0, d1)> times (%n) : !mixer.tensor<[s0], f32>, !mixer.tensor<[s0, -1 to s1], f32>
      mixer.yield %H1 : !mixer.tensor<[s0, -1 to s1], f32>
    }
    ```
  }];
  let arguments = (ins StrArrayAttr:$names, StrArrayAttr:$index_names,
                       AffineMapAttr:$lower, AffineMapAttr:$upper, DenseBoolArrayAttr:$reverse,
                       Variadic<Mixer_TensorType>:$inits,
                       DenseI64ArrayAttr:$init_carry, TypedArrayAttrBase<AffineMapAttr, "maps">:$init_maps);
  let results = (outs Variadic<Mixer_TensorType>:$histories);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    unsigned getNumTimes() { return getIndexNames().size(); }
    ::mlir::Block::BlockArgListType getTimes() { return getBody().getArguments().take_front(getNumTimes()); }
    ::mlir::Block::BlockArgListType getCarries() { return getBody().getArguments().drop_front(getNumTimes()); }
    YieldOp getYield();
  }];
}

def Mixer_AppendOp : Mixer_Op<"append", [Pure, HasParent<"RecurOp">, AllTypesMatch<["history", "result"]>]> {
  let summary = "a history with this step's slice";
  let description = [{
    `map` takes the slice's indices (dims first) and `times` (dims after) to the point of the history:
    with `affine_map<(d0, d1, d2) -> (d0, d2, d1)>`, x[b, i] at time n is put at H[b, n, i].
  }];
  let arguments = (ins Mixer_TensorType:$slice, Mixer_TensorType:$history, Variadic<Index>:$times,
                       AffineMapAttr:$map);
  let results = (outs Mixer_TensorType:$result);
  let assemblyFormat = "$slice `to` $history `at` $map `times` `(` $times `)` attr-dict `:` type($slice) `,` type($history)";
  let hasVerifier = 1;
}

//===--------------------------------------------------------------------------===//
// Scalars
//===--------------------------------------------------------------------------===//

def Mixer_FnOp : Mixer_Op<"fn", [Pure]> {
  let summary = "a scalar function";
  let description = [{
    sign (0 at 0), sigmoid, logsigmoid, silu, gelu (erf), gelu_tanh, relu, elu (alpha 1), softplus, erfinv,
    recip0 (x == 0 ? 0 : 1 / x), detach (x), cis (cos x + i sin x) of one real (sign, relu, detach also of an integer);
    floordiv, floormod (0 and the dividend where the divisor is 0) and ipow (exponent >= 0, wraps) of two integers.

    ```mlir
    %1 = mixer.fn silu(%0) : (f32) -> f32
    ```
  }];
  let arguments = (ins Mixer_FnKindAttr:$kind, Variadic<Mixer_Scalar>:$args);
  let results = (outs Mixer_Scalar:$result);
  let assemblyFormat = "$kind `(` $args `)` attr-dict `:` functional-type($args, $result)";
  let hasVerifier = 1;
}

def Mixer_PhiloxOp : Mixer_Op<"philox", [Pure]> {
  let summary = "a counter-based random number in [0, 1)";
  let description = [{
    Philox4x32-10 (Salmon et al. 2011): key = the seed's low and high 32 bits, counter = the low 32 bits of up to four integers, missing
    ones 0; the value is the first output word's upper 24 bits times 2^-24.

    ```mlir
    %u = mixer.philox %seed(%i, %j)
    ```
  }];
  let arguments = (ins Index:$seed, Variadic<Index>:$counter);
  let results = (outs F32:$result);
  let assemblyFormat = "$seed `(` $counter `)` attr-dict";
}

def Mixer_CastOp : Mixer_Op<"cast", [Pure]> {
  let summary = "a scalar converted and rounded to an element type";
  let description = [{
    `result = widen(round(x))`: to nearest even for floating types; a float becomes an integer
    by truncation toward zero; integers and f8 saturate, NaN becomes integer 0; a bool counts as 0 or 1;
    a number is true where it is not 0; a real becomes a complex with imaginary part 0.

    ```mlir
    %1 = mixer.cast %0 to bf16 : f32 -> f32
    ```
  }];
  let arguments = (ins Mixer_Scalar:$value, TypeAttr:$element);
  let results = (outs Mixer_Scalar:$result);
  let assemblyFormat = "$value `to` $element attr-dict `:` type($value) `->` type($result)";
  let hasVerifier = 1;
}

def Mixer_ExpDiffOp : Mixer_Op<"expdiff", [Pure, AllTypesMatch<["x", "m", "result"]>]> {
  let summary = "exp(x - m) for x <= m, and 0 where x is -inf";
  let description = [{
    `exp(x - (m == -inf ? 0 : m))`: the one exponential that a pass may create (Inv 4). `because` says why x <= m: `member`, m
    is a maximum that x took part in; `running`, m is a later state of the same maximum.

    ```mlir
    %p = mixer.expdiff %score, %max because member : f32
    ```
  }];
  let arguments = (ins AnyTypeOf<[F32, F64]>:$x, AnyTypeOf<[F32, F64]>:$m, Mixer_BecauseAttr:$because);
  let results = (outs AnyTypeOf<[F32, F64]>:$result);
  let assemblyFormat = "$x `,` $m `because` $because attr-dict `:` type($result)";
}

#endif // MIXC_DIALECTS_MIXER_MIXER_TD
