//===- Passes.td - the host function of a mixer -------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_PASSES_TD
#define MIXC_LOWERING_HOST_PASSES_TD

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

def PlanToFunc : Pass<"plan-to-func", "::mlir::ModuleOp"> {
  let summary = "host functions over pointers";
  let description = [{
    Each `plan.func @f` becomes `@f` and `@f_workspace` of the C interface (runtime/kernel.h). A view is the address of its
    descriptor, the caller's or one on the stack. A failed check returns its number, a failed launch what the host
    returned; a launch of no points is skipped; a kernel is its function, or the constant of type mixc_gpu_kernel. Where the
    host's kernels have memory of their own, defaults are staged there and elements that the plan reads are fetched. Runs after `plan-layout` and the lowering of kernels; turns `scf` into `cf`, since a launch
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

def HostToLLVM : Pass<"host-to-llvm", "::mlir::ModuleOp"> {
  let summary = "everything that is left, to the LLVM dialect";
  let description = [{
    `scf` to `cf`; what `expand-math` leaves of `math` to LLVM's intrinsics; `arith`, `complex`, `cf` and `func` to LLVM.
    `index` is i64. A GPU module stays as it is.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect"];
}

#endif // MIXC_LOWERING_HOST_PASSES_TD
