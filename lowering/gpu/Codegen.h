//===- Codegen.h - machine code of GPUs -------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM for one GPU: a finished GPU module as LLVM IR, its optimiser, its code generator. What
// differs between the vendors stands in their folders.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_GPU_CODEGEN_H
#define MIXC_LOWERING_GPU_CODEGEN_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace mixc::lowering::gpu {

/// LLVM's description of the processor `arch` of `triple`, whose code generator is known to LLVM.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(llvm::StringRef triple, llvm::StringRef arch, llvm::StringRef features);

/// The LLVM IR of a finished module, for `machine`. The module's context knows how the vendor's ops
/// are translated.
llvm::Expected<std::unique_ptr<llvm::Module>>
translate(mlir::gpu::GPUModuleOp kernels, llvm::LLVMContext &context, llvm::TargetMachine &machine);

void optimise(llvm::Module &module, llvm::TargetMachine &machine);

/// The machine code of `module`, as text or as an object file.
llvm::Expected<llvm::SmallVector<char, 0>>
generate(llvm::Module &module, llvm::TargetMachine &machine, llvm::CodeGenFileType form);

} // namespace mixc::lowering::gpu

#endif // MIXC_LOWERING_GPU_CODEGEN_H
