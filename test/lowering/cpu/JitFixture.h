//===- JitFixture.h - plans from text, run on arrays ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_TEST_LOWERING_CPU_JITFIXTURE_H
#define MIXC_TEST_LOWERING_CPU_JITFIXTURE_H

#include "dialects/plan/Plan.h"
#include "lowering/cpu/Compile.h"
#include "runtime/ThreadPool.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

#include <numeric>
#include <string>
#include <vector>

namespace mixc::lowering::cpu::test {

using host::CodeForm;
using host::CompiledPlan;
using host::CpuTarget;

/// A strided array: `data[offset + sum of index * stride]`.
template <typename T> struct Array {
  std::vector<T> data;
  std::vector<int64_t> extents, strides;
  int64_t offset = 0;

  /// A dense row-major one.
  explicit Array(std::vector<int64_t> sizes, T value = T())
      : data(std::accumulate(sizes.begin(), sizes.end(), size_t(1), std::multiplies<>()), value),
        extents(sizes), strides(sizes.size()) {
    int64_t stride = 1;
    for (size_t axis = sizes.size(); axis-- > 0; stride *= sizes[axis])
      strides[axis] = stride;
  }
  Array(std::vector<T> data, std::vector<int64_t> extents, std::vector<int64_t> strides,
        int64_t offset = 0)
      : data(std::move(data)), extents(std::move(extents)), strides(std::move(strides)),
        offset(offset) {}

  template <typename... Indices> T &operator()(Indices... indices) {
    int64_t at = offset, axis = 0;
    ((at += indices * strides[axis++]), ...);
    return data[at];
  }
  mixc_view view() { return {data.data() + offset, extents.data(), strides.data()}; }
};

/// A plan from its text.
class Plan {
public:
  explicit Plan(llvm::StringRef text, const CpuTarget &target = CpuTarget::native())
      : target(target) {
    context.loadDialect<plan::PlanDialect, tile::TileDialect, mlir::scf::SCFDialect,
                        mlir::arith::ArithDialect, mlir::math::MathDialect,
                        mlir::complex::ComplexDialect, mlir::tensor::TensorDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  }

  /// The code as text.
  std::string emit(CodeForm form) {
    auto code = cpu::emitCode(*module, target, form);
    if (!code) {
      ADD_FAILURE() << toString(code.takeError());
      return "";
    }
    return std::string(code->begin(), code->end());
  }

  CompiledPlan &compiled() {
    if (!code) {
      auto object = cpu::compile(*module, target);
      if (!object)
        llvm::report_fatal_error(object.takeError());
      auto loaded = host::load(std::move(*object));
      if (!loaded)
        llvm::report_fatal_error(loaded.takeError());
      code = std::move(*loaded);
    }
    return *code;
  }

  int32_t run(std::vector<mixc_view> views, std::vector<int64_t> extents, unsigned threads = 1) {
    runtime::ThreadPool pool(threads);
    return run(std::move(views), std::move(extents), pool.getHost());
  }
  int32_t run(std::vector<mixc_view> views, std::vector<int64_t> extents, const mixc_host *host) {
    runtime::AlignedBuffer workspace;
    EXPECT_TRUE(workspace.reserve(compiled().workspaceBytes(extents.data())));
    return compiled().run(views.data(), extents.data(), workspace.data(), host);
  }

private:
  CpuTarget target;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<CompiledPlan> code;
};

/// `text` with every `from` replaced, pair by pair.
inline std::string replace(std::string text,
                           std::vector<std::pair<std::string, std::string>> pairs) {
  for (auto &[from, to] : pairs)
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  return text;
}

} // namespace mixc::lowering::cpu::test

#endif // MIXC_TEST_LOWERING_CPU_JITFIXTURE_H
