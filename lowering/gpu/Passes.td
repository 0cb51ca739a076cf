//===- Passes.td - kernels for GPUs -------------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_GPU_PASSES_TD
#define MIXC_LOWERING_GPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def BlockLoops : Pass<"block-loops", "::mlir::ModuleOp"> {
  let summary = "decides which points are the work of a block";
  let description = [{
    A kernel whose grid is small whatever the extents are, up to 1024 points at compile time, would leave a GPU idle with a thread a point. Where loops
    of its body can be shared, over a range that is long or not known, the attribute `tile.block_loop` on them says that the threads of a block
    take their iterations: loops that only reduce, by operations whose order does not count (`reassoc` is what lets a sum or a
    product of floats be reordered), and loops that write an output, each iteration its own elements. A kernel that reads back what it
    writes to an output stays as it is, and one whose scratch is not in local memory.

    ```mlir
    tile.kernel @norm grid () args (%n: index, %x: !tile.view<1, f32>, %s: !tile.view<0, f32> out) {
      %0 = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %zero) -> (f32) {
        %1 = tile.load %x[%i] : !tile.view<1, f32> -> f32
        %2 = arith.addf %sum, %1 fastmath<reassoc> : f32
        scf.yield %2 : f32
      }                                                  // becomes: } {tile.block_loop}
      tile.store %0, %s[] : f32, !tile.view<0, f32>
      tile.return
    }
    ```
  }];
}

def TileToGpu : Pass<"tile-to-gpu", "::mlir::ModuleOp"> {
  let summary = "kernels as functions of one GPU module";
  let description = [{
    Each `tile.kernel @k` becomes a `gpu.func` of the module `@kernels`, and a constant `@k` of type mixc_gpu_kernel (runtime/kernel.h), which
    launches name from here on. A point of the grid is a thread; threads go over the points with the stride of all threads, so that a grid of
    any number of blocks does all points, and neighbours along the last axis are neighbours in a warp. Integers are of 64 bits.
    The function's name is the kernel's, with `_` for what assemblers do not take in names.

    ```mlir
    tile.kernel @k grid (%i) args (%x: !tile.view<1, f32>, %y: !tile.view<1, f32> out) {
      %0 = tile.load %x[%i] : !tile.view<1, f32> -> f32
      tile.store %0, %y[%i] : f32, !tile.view<1, f32>
      tile.return
    }
    // becomes
    gpu.module @kernels {
      gpu.func @k(%x: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %xs: i64, %y: !llvm.ptr<1> {llvm.noalias}, %ys: i64, %size: i64,
                  %points: i64, %scratch: !llvm.ptr<1>, %bytes: i64) kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
        %first = block_id * 128 + thread_id ; %stride = grid_dim * 128
        scf.for %i = %first to %points step %stride {
          %0 = llvm.getelementptr inbounds %x[%i * %xs] ; %1 = llvm.load %0 ; ...
        }
        gpu.return
      }
    }
    llvm.mlir.global constant @k() : !llvm.struct<(ptr, i32, i32, ptr, i32, i32, i64)> { ... }
    ```
    Where a loop is a `tile.block_loop`, a point is the work of a block: all threads do all of it alike, but for these loops, whose iterations
    they share (lowering/gpu/BlockReduce.h), and for other stores to outputs, which the first thread does.

    Scratch of constant size is in local memory, up to 4 KiB, and no longer counted in the launches' `scratch`; the rest is cut from
    the thread's piece of scratch memory. `tile.order` becomes the call of a sorting function in the GPU module. Fast-math flags go: what a
    number is rounded to must not depend on the target.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::complex::ComplexDialect",
    "::mlir::func::FuncDialect", "::mlir::gpu::GPUDialect", "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect"];
}

def ScalarsToLLVM : Pass<"scalars-to-llvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "all of a GPU module but the `gpu` dialect, to the LLVM dialect";
  let description = [{
    `scf` to `cf`; `math` to LLVM's intrinsics; `arith`, `complex`, `cf` and `func` to LLVM. `index` is i64. There is no library of functions to fall
    back on: a function that `expand-math` has left is refused at its place, but for those that are an
    instruction or a few on every GPU (`sqrt`, `fma`, roundings, signs).

    ```mlir
    %1 = math.fma %a, %b, %c : f32        // becomes: llvm.intr.fma(%a, %b, %c)
    %2 = math.sin %x : f64                // error: no code for `math.sin` of 'f64' on GPUs
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::complex::ComplexDialect", "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect"];
}

#endif // MIXC_LOWERING_GPU_PASSES_TD
