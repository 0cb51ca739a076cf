//===- Passes.h - from plan and tile to LLVM for the CPU --------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The passes of this folder and their order. Passes.td says what each one does.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_CPU_PASSES_H
#define MIXC_LOWERING_CPU_PASSES_H

#include "dialects/plan/Plan.h"
#include "lowering/host/Target.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mixc::lowering::cpu {

#define GEN_PASS_DECL
#include "lowering/cpu/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lowering/cpu/Passes.h.inc"

/// From a module of `plan.func` and `tile.kernel` (with `scf`, `arith`, `math` and `complex`
/// inside) to one of `llvm.func` for `target`.
void buildCpuPipeline(mlir::OpPassManager &passes, const host::CpuTarget &target);

/// Makes it known to command lines as `cpu-pipeline`.
void registerCpuPipeline();

} // namespace mixc::lowering::cpu

#endif // MIXC_LOWERING_CPU_PASSES_H
