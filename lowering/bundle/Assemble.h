//===- Assemble.h - what all bundles are made with --------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_ASSEMBLE_H
#define MIXC_LOWERING_BUNDLE_ASSEMBLE_H

#include "dialects/plan/Plan.h"
#include "lowering/bundle/Bundle.h"

#include "mlir/IR/OwningOpRef.h"

namespace mixc::lowering::bundle {

/// The first plan of `module`.
plan::FuncOp planOf(mlir::ModuleOp module);

/// The texts of a plan's conditions, in order.
std::vector<std::string> conditionsOf(plan::FuncOp plan);

/// A copy of `module` whose buffers have their places.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> layOut(mlir::ModuleOp module);

/// The object of a mixer `name` as a shared object, which says what other libraries it needs.
llvm::Expected<llvm::SmallVector<char, 0>> makeSharedObject(llvm::ArrayRef<char> object,
                                                            llvm::StringRef name);

/// The bundle of a mixer `name`, with the libraries of its object.
llvm::Expected<Bundle> assemble(std::string header, std::string manifest,
                                llvm::SmallVector<char, 0> object, llvm::StringRef name);

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_ASSEMBLE_H
