//===- Passes.td - the GPU module of AMD --------------------*- tablegen -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===--------------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HIP_PASSES_TD
#define MIXC_LOWERING_HIP_PASSES_TD

include "mlir/Pass/PassBase.td"

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
