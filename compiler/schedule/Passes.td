//===- Passes.td - the passes of compiler/schedule --------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_SCHEDULE_PASSES_TD
#define MIXC_COMPILER_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def SchedulePlace : Pass<"schedule-place", "mixer::FuncOp"> {
  let summary = "decides where each equation's values live";
  let description = [{
    Writes `place` (Inv 9) on every equation, and beside it the numbers that decided, `bytes` and `flops` a point and whether it `loops`:
    - `inlined`: cheap, or read once by an equation over the same points: evaluated where it is read;
    - `tile`: larger than what may be stored: its size grows faster in the extents than arguments plus outputs do. It lives inside
      a kernel, and is computed again in each kernel that reads it;
    - `memory`: everything else. form-kernels keeps it on chip after all when a single kernel reads it.
  }];
  let dependentDialects = ["tile::TileDialect"]; // sizes of elements
}

def ScheduleEmit : Pass<"schedule-emit", "ModuleOp"> {
  let summary = "turns the equations of a mixer into a plan and kernels";
  let description = [{
    Forms kernels (Groups.h) and replaces the `mixer.func` by a `plan.func` and one `tile.kernel` a group of equations, with tiles of rank 0 or, with `tiles`, larger ones (TileEmitter.h).
    Where equations have the attribute `work`, FLOPs of an analysis, a kernel's `tile.facts` has their sum. On entry: mixer.func in normal form and placed. On exit: plan, tile, scf, arith, math, complex only.
  }];
  let options = [Option<"checked", "checked", "bool", /*default=*/"false",
                        "check subscripts that come from data; the plan refuses a call in which one lies outside">,
                 Option<"tiles", "tiles", "bool", /*default=*/"false", "form larger tiles where a kernel has sums of products over them">];
  let dependentDialects = ["plan::PlanDialect", "tile::TileDialect", "scf::SCFDialect", "arith::ArithDialect",
                           "math::MathDialect", "complex::ComplexDialect", "tensor::TensorDialect"];
}

def ScheduleStorage : Pass<"schedule-storage", "ModuleOp"> {
  let summary = "reads and writes packed and paged tensors where they lie";
  let description = [{
    The attribute `storage` of a `plan.func` names arguments and outputs that are `#plan.packed` or `#plan.paged`. Each becomes a view of
    the memory: of all sequences one behind the other, or of the pool. The function gets, behind its others, an extent, the
    length of the packed axis `NAME_total` or the number of pages `NAME_pages`, and an argument of i32, the offsets `NAME_offsets`
    or the table `NAME_table`; kernels get both with the view. An access goes through the table. What lies behind the end of its sequence,
    in no page, or outside of the memory, whatever the table says, is 0 and is not written. Takes the attribute away.
  }];
  let dependentDialects = ["plan::PlanDialect", "tile::TileDialect", "scf::SCFDialect", "arith::ArithDialect",
                           "complex::ComplexDialect"];
}

#endif // MIXC_COMPILER_SCHEDULE_PASSES_TD
