//===- CodegenTest.cpp - what the machine code is like --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/lowering/cpu/JitFixture.h"

#include <cmath>
#include <regex>

using namespace mixc::lowering::cpu;
using namespace mixc::lowering::cpu::test;

namespace {

CpuTarget avx512() { return llvm::cantFail(CpuTarget::get("x86-64-v4")); }

/// A kernel around `loop`, with the rows x, v and the output y of width 64 at hand.
std::string kernel(const std::string &loop) {
  return replace(R"mlir(
tile.kernel @k grid (%i) args (%x: !tile.view<2, f32>, %v: !tile.view<2, f32>, %y: !tile.view<2, f32> out, %M: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %E = arith.constant 64 : index
  %zero = arith.constant 0.0 : f32
  LOOP
  tile.return
}
plan.func @p extents (%N "N", %M "M") args (%x "x": !tile.view<2, f32>, %v "v": !tile.view<2, f32>) outs (%y "y": !tile.view<2, f32>) {
  %c0 = arith.constant 0 : index
  plan.launch @k grid (%N) args (%x, %v, %y, %M : !tile.view<2, f32>, !tile.view<2, f32>, !tile.view<2, f32>, index) scratch %c0
  plan.return
}
)mlir",
                 {{"LOOP", loop}});
}

int countMatches(const std::string &text, const char *pattern) {
  std::regex regex(pattern);
  return std::distance(std::sregex_iterator(text.begin(), text.end(), regex),
                       std::sregex_iterator());
}

/// The assembly of the function called `name`.
std::string functionOf(const std::string &assembly, const std::string &name) {
  size_t begin = assembly.find("\n\"" + name + "\":");
  if (begin == std::string::npos)
    begin = assembly.find("\n" + name + ":");
  EXPECT_NE(begin, std::string::npos) << name;
  return assembly.substr(begin, assembly.find(".Lfunc_end", begin) - begin);
}

TEST(Codegen, VectorisesAccumulationAlongARow) {
  Plan plan(kernel(R"mlir(
    %a = tile.scratch (%E) : !tile.view<1, f32, unit>
    scf.for %j = %c0 to %M step %c1 {
      %p = tile.load %x[%i, %j] : !tile.view<2, f32> -> f32
      scf.for %e = %c0 to %E step %c1 {
        %0 = tile.load %v[%j, %e] : !tile.view<2, f32> -> f32
        %1 = tile.load %a[%e] : !tile.view<1, f32, unit> -> f32
        %2 = arith.mulf %p, %0 fastmath<contract> : f32
        %3 = arith.addf %1, %2 fastmath<contract> : f32
        tile.store %3, %a[%e] : f32, !tile.view<1, f32, unit>
      }
    }
    scf.for %e = %c0 to %E step %c1 {
      %0 = tile.load %a[%e] : !tile.view<1, f32, unit> -> f32
      tile.store %0, %y[%i, %e] : f32, !tile.view<2, f32>
    })mlir"),
            avx512());
  std::string code = functionOf(plan.emit(CodeForm::Assembly), "k.unit");
  EXPECT_GE(countMatches(code, "vfmadd[0-9]*ps.*zmm"), 4);
  EXPECT_EQ(countMatches(code, "vfmadd[0-9]*ss"), 0);
}

TEST(Codegen, VectorisesReassociatedSums) {
  Plan plan(kernel(R"mlir(
    scf.for %j = %c0 to %M step %c1 {
      %s = scf.for %d = %c0 to %E step %c1 iter_args(%sum = %zero) -> (f32) {
        %0 = tile.load %x[%i, %d] : !tile.view<2, f32> -> f32
        %1 = tile.load %v[%j, %d] : !tile.view<2, f32> -> f32
        %2 = arith.mulf %0, %1 fastmath<reassoc, contract> : f32
        %3 = arith.addf %sum, %2 fastmath<reassoc, contract> : f32
        scf.yield %3 : f32
      }
      tile.store %s, %y[%i, %j] : f32, !tile.view<2, f32>
    })mlir"),
            avx512());
  std::string code = functionOf(plan.emit(CodeForm::Assembly), "k.unit");
  EXPECT_GE(countMatches(code, "vfmadd[0-9]*ps.*zmm"), 3);
  EXPECT_EQ(countMatches(code, "vfmadd[0-9]*ss"), 0);
}

TEST(Codegen, KeepsTheOrderOfOtherSums) {
  Plan plan(kernel(R"mlir(
    %s = scf.for %d = %c0 to %E step %c1 iter_args(%sum = %zero) -> (f32) {
      %0 = tile.load %x[%i, %d] : !tile.view<2, f32> -> f32
      %1 = arith.addf %sum, %0 : f32
      scf.yield %1 : f32
    }
    tile.store %s, %y[%i, %c0] : f32, !tile.view<2, f32>)mlir"));
  Array<float> x({3, 64}), v({1, 64}), y({3, 64});
  for (size_t k = 0; k < x.data.size(); ++k)
    x.data[k] = std::sin(static_cast<float>(k));
  ASSERT_EQ(plan.run({x.view(), v.view(), y.view()}, {3, 1}), 0);
  for (int i = 0; i < 3; ++i) {
    float sum = 0;
    for (int d = 0; d < 64; ++d)
      sum += x(i, d);
    EXPECT_EQ(y(i, 0), sum);
  }
}

TEST(Codegen, VectorisesKernelsWithoutLoopsAlongTheirLastIndex) {
  for (const char *element : {"f32", "f16", "bf16", "f8E4M3FN", "f8E5M2", "i8", "i4", "i1"}) {
    bool isFloat = element[0] == 'f' || element[0] == 'b';
    Plan plan(replace(R"mlir(
      tile.kernel @k grid (%i, %j) args (%x: !tile.view<2, ELEMENT>, %y: !tile.view<2, ELEMENT> out) {
        %0 = tile.load %x[%i, %j] : !tile.view<2, ELEMENT> -> SCALAR
        %1 = arith.OP %0, %0 : SCALAR
        tile.store %1, %y[%i, %j] : SCALAR, !tile.view<2, ELEMENT>
        tile.return
      }
      plan.func @p extents (%M "M", %N "N") args (%x "x": !tile.view<2, ELEMENT>) outs (%y "y": !tile.view<2, ELEMENT>) {
        %c0 = arith.constant 0 : index
        plan.launch @k grid (%M, %N) args (%x, %y : !tile.view<2, ELEMENT>, !tile.view<2, ELEMENT>) scratch %c0
        plan.return
      })mlir",
                      {{"ELEMENT", element},
                       {"SCALAR", isFloat                        ? "f32"
                                  : element == std::string("i1") ? "i1"
                                                                 : "index"},
                       {"OP", isFloat ? "addf" : "muli"}}),
              avx512());
    std::string code = functionOf(plan.emit(CodeForm::Assembly), "k.unit");
    EXPECT_GE(countMatches(code, "zmm"), 1) << element;
    // Nothing overlaps: no comparison of addresses stands in front of the loop, no call is left in
    // it.
    EXPECT_EQ(countMatches(code, "\tcall"), 0) << element;
  }
}

TEST(Codegen, WritesEveryForm) {
  Plan plan(kernel(""));
  EXPECT_NE(plan.emit(CodeForm::LLVM).find("define i32 @p(ptr"), std::string::npos);
  EXPECT_NE(plan.emit(CodeForm::Assembly).find("\np:"), std::string::npos);
  EXPECT_EQ(plan.emit(CodeForm::Object).substr(1, 3), "ELF");
}

TEST(Codegen, RunsOnSeveralThreads) {
  std::string texts[4];
  std::vector<std::thread> threads;
  for (std::string &text : texts)
    threads.emplace_back([&] {
      Plan plan(kernel(""));
      text = plan.emit(CodeForm::Assembly);
      plan.compiled();
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const std::string &text : texts)
    EXPECT_EQ(text, texts[0]);
}

TEST(Codegen, KnowsItsProcessors) {
  EXPECT_TRUE(static_cast<bool>(CpuTarget::get("native")));
  EXPECT_TRUE(static_cast<bool>(CpuTarget::get("x86-64-v3")));
  auto unknown = CpuTarget::get("x86-64-v9");
  ASSERT_FALSE(static_cast<bool>(unknown));
  EXPECT_EQ(toString(unknown.takeError()), "unknown processor `x86-64-v9`");
}

} // namespace
