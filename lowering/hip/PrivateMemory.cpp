//===- PrivateMemory.cpp - local variables in AMD's private memory --------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/hip/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"

namespace mixc::lowering::hip {
#define GEN_PASS_DEF_PRIVATEMEMORY
#include "lowering/hip/Passes.h.inc"
} // namespace mixc::lowering::hip

using namespace mlir;

/// LLVM's AMDGPU backend, "Address Spaces".
static constexpr unsigned privateSpace = 5;

namespace {
struct PrivateMemory : mixc::lowering::hip::impl::PrivateMemoryBase<PrivateMemory> {
  void runOnOperation() override {
    auto pointer = LLVM::LLVMPointerType::get(&getContext(), privateSpace);
    getOperation().walk([&](LLVM::AllocaOp alloca) {
      Type generic = alloca.getType();
      if (generic == pointer)
        return;
      alloca.getResult().setType(pointer);
      OpBuilder builder(&getContext());
      builder.setInsertionPointAfter(alloca);
      auto cast = LLVM::AddrSpaceCastOp::create(builder, alloca.getLoc(), generic, alloca);
      alloca.getResult().replaceAllUsesExcept(cast, cast);
    });
  }
};
} // namespace
