//===- TileTranspose.cpp - squares transposed in registers ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileTranspose.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

void mixc::lowering::cpu::transposeSquare(OpBuilder &b, Location loc,
                                          SmallVectorImpl<Value> &vectors) {
  int32_t size = vectors.size(), half = size / 2;
  // The places of two vectors one behind the other, in turn from the first and from the second.
  SmallVector<int32_t> riffle;
  for (int32_t k = 0; k < size; ++k)
    riffle.append({k, size + k});
  for (int32_t step = 1; step < size; step *= 2) {
    SmallVector<Value> next;
    for (int32_t k = 0; k < half; ++k)
      for (ArrayRef<int32_t> places :
           {ArrayRef(riffle).take_front(size), ArrayRef(riffle).drop_front(size)})
        next.push_back(
            LLVM::ShuffleVectorOp::create(b, loc, vectors[k], vectors[half + k], places));
    vectors.assign(next);
  }
}
