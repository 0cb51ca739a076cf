//===- TilesFixture.h - kernels over larger tiles, from text ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Most tests of tiles compute with small integers, on which f32 is exact, so that numbers are equal
// or wrong. `TilesOn` runs on processors with different vector units (TilesTest.cpp names them,
// once for all files).
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_TEST_LOWERING_CPU_TILESFIXTURE_H
#define MIXC_TEST_LOWERING_CPU_TILESFIXTURE_H

#include "test/lowering/cpu/JitFixture.h"

#include <bit>
#include <random>

namespace mixc::lowering::cpu::test {

/// A kernel over blocks of 32 rows of y; x, w and y have rank 2. `type` ends every view's type.
inline std::string kernel(const std::string &body, const std::string &type = "f32") {
  return replace(R"mlir(
tile.kernel @k grid (%i) args (%x: !V, %w: !V, %y: !V out, %N: index, %M: index, %D: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c32 = arith.constant 32 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %i0 = arith.muli %i, %c32 : index
  %left = arith.subi %N, %i0 : index
  %rows = arith.minsi %left, %c32 : index
  BODY
  tile.return
}
plan.func @p extents (%N "N", %M "M", %D "D") args (%x "x": !V, %w "w": !V) outs (%y "y": !V) {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  %blocks = arith.ceildivsi %N, %c32 : index
  plan.launch @k grid (%blocks) args (%x, %w, %y, %N, %M, %D : !V, !V, !V, index, index, index) scratch %c0
  plan.return
}
)mlir",
                 {{"BODY", body}, {"!V", "!tile.view<2, " + type + ">"}});
}

/// bf16, as far as small integers need it.
struct BFloat {
  uint16_t bits = 0;
  BFloat(float value = 0) : bits(std::bit_cast<uint32_t>(value) >> 16) {}
  operator float() const { return std::bit_cast<float>(uint32_t(bits) << 16); }
};

/// Small integers, in no order.
template <typename T = float> Array<T> drawn(int64_t rows, int64_t columns, unsigned seed = 1) {
  std::mt19937 generator(seed);
  Array<T> result({rows, columns});
  for (T &element : result.data)
    element = T(float(int(generator() % 7) - 3));
  return result;
}

/// What was not to be written.
constexpr float untouched = -1024;

class TilesOn : public testing::TestWithParam<const char *> {
protected:
  Plan plan(const std::string &text) {
    return Plan(text, llvm::cantFail(CpuTarget::get(GetParam())));
  }
};

} // namespace mixc::lowering::cpu::test

#endif // MIXC_TEST_LOWERING_CPU_TILESFIXTURE_H
