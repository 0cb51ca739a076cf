//===- Passes.td - the GPU module of AMD --------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HIP_PASSES_TD
#define MIXC_LOWERING_HIP_PASSES_TD

include "mlir/Pass/PassBase.td"

def GpuToRocdl : Pass<"gpu-to-rocdl", "::mlir::gpu::GPUModuleOp"> {
  let summary = "the `gpu` dialect to LLVM and AMD's leaf ops";
  let description = [{
    Functions, ids, barriers and shuffles, by upstream's patterns. Upstream's own pass refuses LLVM's intrinsics of elementary functions,
    expecting calls of AMD's library instead; here they are the instructions that they are.

    ```mlir
    gpu.func @k(%x: !llvm.ptr<1>) kernel attributes {known_block_size = array<i32: 128, 1, 1>} { %0 = gpu.thread_id x ; ... }
    // becomes
    llvm.func @k(%x: !llvm.ptr<1>) attributes {gpu.kernel, rocdl.kernel, rocdl.reqd_work_group_size = array<i32: 128, 1, 1>, ...} {
      %0 = rocdl.workitem.id.x range <i32, 0, 128> : i32 ; ...
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::ROCDL::ROCDLDialect"];
  let options = [Option<"arch", "arch", "std::string", "\"gfx942\"", "the architecture">];
}

def PrivateMemory : Pass<"private-memory", "::mlir::gpu::GPUModuleOp"> {
  let summary = "local variables in AMD's private memory";
  let description = [{
    On AMD GPUs a thread's own memory is an address space of its own, the fifth; pointers to it become generic ones.

    ```mlir
    %0 = llvm.alloca %one x !llvm.array<64 x i8> : (i64) -> !llvm.ptr
    // becomes
    %1 = llvm.alloca %one x !llvm.array<64 x i8> : (i64) -> !llvm.ptr<5>
    %0 = llvm.addrspacecast %1 : !llvm.ptr<5> to !llvm.ptr
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // MIXC_LOWERING_HIP_PASSES_TD
