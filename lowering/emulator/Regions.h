//===- Regions.h - what a pointer points into -------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_EMULATOR_REGIONS_H
#define MIXC_LOWERING_EMULATOR_REGIONS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

namespace mixc::lowering::emulator {

/// The regions of a function's pointers: values beside them that say which memory they came from.
class Regions {
public:
  Regions(mlir::LLVM::LLVMFuncOp function, mlir::Type pointer)
      : builder(function.getContext()), pointer(pointer) {}

  void set(mlir::Value value, mlir::Value region) { known[value] = region; }
  /// The region of `value`; where it is not a source with a region of its own, the code that
  /// computes the region is added. A null pointer where none is known.
  mlir::Value get(mlir::Value value);

private:
  mlir::Value ofArgument(mlir::BlockArgument argument);

  mlir::OpBuilder builder;
  mlir::Type pointer;
  llvm::DenseMap<mlir::Value, mlir::Value> known;
};

} // namespace mixc::lowering::emulator

#endif // MIXC_LOWERING_EMULATOR_REGIONS_H
