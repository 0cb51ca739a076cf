//===- Passes.h - the host function of a mixer ------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The passes of this folder and their order. Passes.td says what each one does.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_PASSES_H
#define MIXC_LOWERING_HOST_PASSES_H

#include "dialects/plan/Plan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mixc::lowering::host {

#define GEN_PASS_DECL
#include "lowering/host/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lowering/host/Passes.h.inc"

/// From a module of `plan.func` and the functions that its kernels became to one of `llvm.func`.
void buildHostPipeline(mlir::OpPassManager &passes);

/// Makes it known to command lines as `host-pipeline`.
void registerHostPipeline();

} // namespace mixc::lowering::host

#endif // MIXC_LOWERING_HOST_PASSES_H
