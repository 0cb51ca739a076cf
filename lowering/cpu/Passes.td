//===- Passes.td - kernels for the CPU ----------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_PASSES_TD
#define MIXC_LOWERING_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def TileToFunc : Pass<"tile-to-func", "::mlir::ModuleOp"> {
  let summary = "kernels as functions over pointers";
  let description = [{
    Each `tile.kernel @k` becomes a function of the kernel ABI (runtime/kernel.h) that unpacks the views and calls a second one, which loops over
    the points and holds the body. The second one's pointers are `noalias`: outputs and scratch overlap nothing.
    It exists twice where the last stride of a view that an innermost loop reads along is not known to be 1: `@k.unit`, for 1 in all of
    them, and `@k.strided`; else once, as `@k.points`. The inner loop runs over the last grid index, so that kernels without loops
    of their own vectorise along it.

    ```mlir
    tile.kernel @k grid (%i) args (%x: !tile.view<1, f32, unit>, %y: !tile.view<1, f32, unit> out) {
      %0 = tile.load %x[%i] : !tile.view<1, f32, unit> -> f32
      tile.store %0, %y[%i] : f32, !tile.view<1, f32, unit>
      tile.return
    }
    // becomes
    func.func private @k.points(%x: !llvm.ptr {llvm.noalias, llvm.readonly}, %y: !llvm.ptr {llvm.noalias}, %size: i64, %begin: i64, %end: i64) {
      scf.for %i = %begin to %end step %c1 {
        %0 = llvm.getelementptr inbounds %x[%i] ; %1 = llvm.load %0 ; ...
      }
      return
    }
    func.func private @k(%views: !llvm.ptr, %scalars: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) { ... call @k.points(...) }
    ```
    Scratch of constant size is on the stack, up to 4 KiB; the rest is cut from the thread's scratch memory, its size computed
    from the kernel's arguments. `tile.order` becomes the call of a sorting function in the module. Elements are converted as
    lowering/scalar/Elements.h says. Larger tiles become vectors and buffers on the stack (Tiles.h), blocked for
    the given vector unit.
  }];
  let options = [
    Option<"vectorBytes", "vector-bytes", "int64_t", "16", "the bytes of a vector register">,
    Option<"vectorCount", "vector-count", "int64_t", "16", "how many vector registers there are">,
    Option<"vectorScales", "vector-scales", "bool", "false", "whether there is vscalefps">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::complex::ComplexDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect", "::mlir::scf::SCFDialect"];
}

#endif // MIXC_LOWERING_CPU_PASSES_TD
