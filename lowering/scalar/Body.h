//===- Body.h - the body of a kernel over pointers --------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a point of the grid does is the same on every target: loads, stores, roundings and sorting
// in terms of pointers. How points are dealt out, and where their scratch is, the target says.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_SCALAR_BODY_H
#define MIXC_LOWERING_SCALAR_BODY_H

#include "lowering/scalar/Access.h"

namespace mixc::lowering {

/// A scratch of a kernel: of constant size and on the stack, where it may end up in registers, or
/// in the thread's memory.
struct ScratchPlace {
  tile::ScratchOp op;
  /// Its bytes on the stack; 0: it is not there.
  int64_t stackBytes;
};

/// The scratch of `kernel`, in order. What has a constant size is on the stack, up to 4 KiB.
llvm::SmallVector<ScratchPlace> placeScratch(tile::KernelOp kernel);

/// Memory on the stack for the scratch at `place`, at the builder's place.
mlir::Value allocateOnStack(mlir::OpBuilder &builder, mlir::Location loc,
                            const ScratchPlace &place);

/// Lowers the tile ops in `ops`, a copy of a kernel's body. `memories` says where its views are,
/// `scratch` where each of its scratch is; functions that sort go to the symbol table `symbols`.
void lowerBody(llvm::ArrayRef<mlir::Operation *> ops, llvm::DenseMap<mlir::Value, Memory> &memories,
               llvm::ArrayRef<mlir::Value> scratch, mlir::Operation *symbols);

} // namespace mixc::lowering

#endif // MIXC_LOWERING_SCALAR_BODY_H
