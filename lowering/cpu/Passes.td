//===- Passes.td - from plan and tile to LLVM for the CPU ------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_PASSES_TD
#define MIXC_LOWERING_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def PlanLayout : Pass<"plan-layout", "::mixc::plan::FuncOp"> {
  let summary = "shares the workspace among buffers";
  let description = [{
    Gives every buffer a slot of the workspace. A buffer is alive from the first to the last op of the function's top
    level that uses it or holds a use; buffers that are never alive at once may have one slot, whose size is the largest
    of theirs. Slots are given in the order of lives, first to a slot whose last buffer had the same
    sizes and element type. Sizes are known when the function runs, so that the addresses are computed there. Unused buffers go.

    ```mlir
    %s = plan.buffer "s" (%N) : !tile.view<1, f32, unit>
    %t = plan.buffer "t" (%N) : !tile.view<1, f32, unit>
    %u = plan.buffer "u" (%N) : !tile.view<1, f32, unit>
    plan.launch @a ... (%x, %s) ; plan.launch @b ... (%s, %t) ; plan.launch @c ... (%t, %u) ; plan.launch @d ... (%u, %y)
    // s and u have slot 0, t has slot 1:
    %s = plan.buffer "s" (%N) {slot = 0 : i64} : !tile.view<1, f32, unit>
    ```
  }];
}

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
    lowering/cpu/Elements.h says.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::complex::ComplexDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect"];
}

def PlanToFunc : Pass<"plan-to-func", "::mlir::ModuleOp"> {
  let summary = "host functions over pointers";
  let description = [{
    Each `plan.func @f` becomes `@f` and `@f_workspace` of the C interface (runtime/kernel.h). A view is the address of its
    descriptor, the caller's or one on the stack. A failed check returns its number, a failed launch what the host
    returned; a launch of no points is skipped. Runs after `plan-layout` and `tile-to-func`; turns `scf` into `cf`, since a launch
    inside a loop may leave the function.

    ```mlir
    plan.check %ok, "N > 0"
    plan.launch @k grid (%N) args (%x, %y : ...) scratch %c0
    // becomes
    cf.cond_br %ok, ^checked, ^exit(%c1)          // ^exit(%code: i32): return %code
    ^checked:  %points = ... ; cf.cond_br %any, ^launch, ^next
    ^launch:   %code = llvm.call %launch(%host, %k, %views, %scalars, %points, %scratch) ; cf.cond_br %failed, ^exit(%code), ^next
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect"];
}

def ExpandDivision : Pass<"expand-division"> {
  let summary = "integer divisions that never trap";
  let description = [{
    The machine's division stops the program at a divisor of 0 and at -2^63 / -1. Here x / 0 = 0 and x mod 0 = 0 for every kind of rounding,
    and -2^63 / -1 wraps. `arith.divsi`, `remsi`, `floordivsi` and `ceildivsi` on `index` become divisions by a safe divisor, and
    selects; by a constant other than 0 and -1, the plain division.

    ```mlir
    %q = arith.floordivsi %x, %y : index
    // becomes
    %zero = arith.cmpi eq, %y, %c0 ; %minus = arith.cmpi eq, %y, %c-1 ; %safe = arith.select (%zero or %minus), %c1, %y
    %d = arith.divsi %x, %safe ; ... one less where signs differ and a remainder is left ; -x for -1 ; 0 for 0
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def CpuToLLVM : Pass<"cpu-to-llvm", "::mlir::ModuleOp"> {
  let summary = "everything that is left, to the LLVM dialect";
  let description = [{
    `scf` to `cf`; complex functions to real ones; `math` to LLVM's intrinsics or, where there is none, to the C library; `arith`, `complex`, `cf` and `func` to LLVM.
    `index` is i64.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect"];
}

#endif // MIXC_LOWERING_CPU_PASSES_TD
