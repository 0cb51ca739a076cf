//===- EmulatorFixture.h - GPU modules from text, emulated ------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_TEST_LOWERING_EMULATOR_EMULATORFIXTURE_H
#define MIXC_TEST_LOWERING_EMULATOR_EMULATORFIXTURE_H

#include "dialects/plan/Plan.h"
#include "lowering/emulator/Compile.h"
#include "runtime/DeviceHost.h"
#include "runtime/emulator/EmulatorDevice.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

#include <optional>
#include <string>
#include <vector>

namespace mixc::lowering::emulator::test {

/// The body of a kernel `@k` that takes one vector `%x` of 4-byte elements (with its stride), the
/// number of points, and scratch; it starts with the thread's number `%t` (i32) and that of its
/// block `%b`, and `%i` (i64), that of the thread in the grid.
struct Body {
  std::string vendor; // nvvm or rocdl
  std::string text;
  std::string before = ""; // beside the kernel
};

inline std::string moduleText(const Body &body) {
  bool nvidia = body.vendor == "nvvm";
  std::string thread = nvidia ? "nvvm.read.ptx.sreg.tid.x" : "rocdl.workitem.id.x";
  std::string block = nvidia ? "nvvm.read.ptx.sreg.ctaid.x" : "rocdl.workgroup.id.x";
  std::string size = nvidia ? "nvvm.read.ptx.sreg.ntid.x" : "rocdl.workgroup.dim.x";
  return R"mlir(
    module {
      llvm.func @p_workspace(%e: !llvm.ptr) -> i64 {
        %0 = llvm.mlir.constant(0 : i64) : i64
        llvm.return %0 : i64
      }
      llvm.func @p(%v: !llvm.ptr, %e: !llvm.ptr, %w: !llvm.ptr, %h: !llvm.ptr) -> i32 {
        %0 = llvm.mlir.constant(0 : i32) : i32
        llvm.return %0 : i32
      }
      gpu.module @kernels {
        )mlir" +
         body.before + R"mlir(
        llvm.func @k(%x: !llvm.ptr<1>, %stride: i64, %points: i64, %scratch: !llvm.ptr<1>,
                     %scratch_bytes: i64) attributes {gpu.kernel} {
          %t = )mlir" +
         thread + R"mlir( : i32
          %b = )mlir" +
         block + R"mlir( : i32
          %size = )mlir" +
         size + R"mlir( : i32
          %first = llvm.mul %b, %size : i32
          %global = llvm.add %first, %t : i32
          %i = llvm.sext %global : i32 to i64
          )mlir" +
         body.text + R"mlir(
        }
      }
    })mlir";
}

/// A kernel on a vector.
class Emulated {
public:
  explicit Emulated(const Body &body, unsigned warpWidth = 32) {
    context
        .loadDialect<plan::PlanDialect, tile::TileDialect, mlir::LLVM::LLVMDialect,
                     mlir::gpu::GPUDialect, mlir::NVVM::NVVMDialect, mlir::ROCDL::ROCDLDialect>();
    auto plan = mlir::parseSourceString<mlir::ModuleOp>(
        "plan.func @p extents () args () outs () { plan.return }", &context);
    auto finished = mlir::parseSourceString<mlir::ModuleOp>(moduleText(body), &context);
    if (!plan || !finished) {
      ADD_FAILURE() << "the module does not parse";
      return;
    }
    auto compiled = compile(*plan, *finished, warpWidth);
    if (compiled)
      code = std::move(*compiled);
    else
      error = toString(compiled.takeError());
  }

  /// Launches as many threads as `x` has elements, in blocks of `block`, with `scratch` bytes for
  /// each.
  template <typename T>
  bool run(std::vector<T> &x, int32_t block, int64_t scratch = 0, int64_t points = -1) {
    if (!error.empty()) {
      ADD_FAILURE() << error;
      return false;
    }
    runtime::emulator::EmulatorModule module(device, code->code);
    runtime::DeviceHost host(device, module);
    auto extent = static_cast<int64_t>(x.size()), stride = int64_t(1);
    size_t bytes = x.size() * sizeof(T);
    void *memory = device.allocate(bytes);
    device.copyIn(memory, x.data(), bytes);
    if (discards)
      device.discard(memory, bytes);
    int32_t rank = 1, elementBytes = sizeof(T);
    mixc_gpu_kernel kernel{"k", 1, 0, &rank, &elementBytes, block, 1, 0};
    mixc_view view{memory, &extent, &stride};
    int32_t failed = host.getHost()->launch(host.getHost(), reinterpret_cast<mixc_kernel>(&kernel),
                                            &view, nullptr, points < 0 ? extent : points, scratch);
    device.copyOut(x.data(), memory, bytes);
    unwritten = device.findUnwritten(memory, bytes);
    device.release(memory);
    return failed == 0;
  }

  const runtime::Fault &fault() const { return device.fault(); }

  /// Whether nobody has written the vector before the launch.
  bool discards = false;
  /// The first byte of the vector that nobody wrote, or -1.
  int64_t unwritten = -1;
  std::string error;

private:
  mlir::MLIRContext context;
  std::optional<EmulatedPlan> code;
  runtime::emulator::EmulatorDevice device;
};

} // namespace mixc::lowering::emulator::test

#endif // MIXC_TEST_LOWERING_EMULATOR_EMULATORFIXTURE_H
