//===- Passes.td - the GPU module of NVIDIA -----------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CUDA_PASSES_TD
#define MIXC_LOWERING_CUDA_PASSES_TD

include "mlir/Pass/PassBase.td"

def GpuToNvvm : Pass<"gpu-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "the `gpu` dialect to LLVM and NVIDIA's leaf ops";
  let description = [{
    Functions, ids, barriers and shuffles, by upstream's patterns. Upstream's own pass refuses LLVM's intrinsics of elementary functions,
    expecting calls of NVIDIA's library instead; here they are the instructions that they are.

    ```mlir
    gpu.func @k(%x: !llvm.ptr<1>) kernel attributes {known_block_size = array<i32: 128, 1, 1>} { %0 = gpu.thread_id x ; ... }
    // becomes
    llvm.func @k(%x: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.maxntid = array<i32: 128, 1, 1>, ...} {
      %0 = nvvm.read.ptx.sreg.tid.x range <i32, 0, 128> : i32 ; ...
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect"];
}

#endif // MIXC_LOWERING_CUDA_PASSES_TD
