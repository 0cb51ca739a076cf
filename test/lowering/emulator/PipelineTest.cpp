//===- PipelineTest.cpp - finished kernels, whole and with a barrier less -===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the pipelines of both vendors make of a kernel with two reductions by a block runs, and
// needs each of its barriers.
//
//===----------------------------------------------------------------------===//

#include "dialects/plan/Plan.h"
#include "lowering/cuda/Compile.h"
#include "lowering/emulator/Compile.h"
#include "lowering/hip/Compile.h"
#include "runtime/DeviceHost.h"
#include "runtime/emulator/EmulatorDevice.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

#include <cmath>
#include <vector>

using namespace mixc;
using namespace mixc::lowering;

namespace {

constexpr int64_t rows = 40, columns = 300;

/// y[b] = m + log(sum[n](exp(x[b, n] - m))), m the row's maximum. More rows than the device has
/// blocks.
const char *const logSumExp = R"mlir(
  plan.func @p extents (%N "N") args (%x "x": !tile.view<2, f32>) outs (%y "y": !tile.view<1, f32>) {
    %rows = arith.constant 40 : index
    %zero = arith.constant 0 : index
    plan.launch @k grid (%rows) args (%x, %y, %N : !tile.view<2, f32>, !tile.view<1, f32>, index) scratch %zero
    plan.return
  }
  tile.kernel @k grid (%b) args (%x: !tile.view<2, f32>, %y: !tile.view<1, f32> out, %n: index) {
    %low = arith.constant 0xFF800000 : f32
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %m = scf.for %i = %c0 to %n step %c1 iter_args(%most = %low) -> (f32) {
      %v = tile.load %x[%b, %i] : !tile.view<2, f32> -> f32
      %next = arith.maximumf %most, %v : f32
      scf.yield %next : f32
    }
    %s = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %zero) -> (f32) {
      %v = tile.load %x[%b, %i] : !tile.view<2, f32> -> f32
      %d = arith.subf %v, %m : f32
      %e = math.exp %d : f32
      %next = arith.addf %sum, %e fastmath<reassoc> : f32
      scf.yield %next : f32
    }
    %l = math.log %s : f32
    %r = arith.addf %m, %l : f32
    tile.store %r, %y[%b] : f32, !tile.view<1, f32>
    tile.return
  })mlir";

bool isBarrier(mlir::Operation *op) {
  llvm::StringRef name = op->getName().getStringRef();
  return name == "nvvm.barrier0" || name == "nvvm.barrier" || name == "rocdl.barrier" ||
         name == "rocdl.s.barrier";
}

class PipelineTest : public testing::TestWithParam<const char *> {
protected:
  PipelineTest() : target(cantFail(gpu::Target::get(GetParam()))) {
    context.loadDialect<plan::PlanDialect, tile::TileDialect, mlir::scf::SCFDialect,
                        mlir::arith::ArithDialect, mlir::math::MathDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(logSumExp, &context);
    finished = cantFail(target.vendor == gpu::Vendor::Amd ? hip::lower(*module, target)
                                                          : cuda::lower(*module));
    finished->walk([&](mlir::Operation *op) { barriers += isBarrier(op); });
  }

  /// Runs the kernel without barrier number `without`, or whole; the fault's text, if any.
  std::string run(int without = -1) {
    mlir::OwningOpRef<mlir::ModuleOp> planted = finished->clone();
    int number = 0;
    planted->walk([&](mlir::Operation *op) {
      if (isBarrier(op) && number++ == without)
        op->erase();
    });
    emulator::EmulatedPlan plan = cantFail(emulator::compile(*module, *planted, target.warp));
    runtime::emulator::EmulatorDevice device;
    runtime::emulator::EmulatorModule loaded(device, std::move(plan.code));
    runtime::DeviceHost host(device, loaded);

    std::vector<float> x(rows * columns), y(rows);
    for (size_t k = 0; k < x.size(); ++k)
      x[k] = static_cast<float>(k * 7919 % 1000) / 100;
    void *from = device.allocate(x.size() * 4), *to = device.allocate(y.size() * 4);
    device.copyIn(from, x.data(), x.size() * 4);
    int64_t extents[] = {columns}, shape[] = {rows, columns}, strides[] = {columns, 1}, one = 1;
    mixc_view views[] = {{from, shape, strides}, {to, shape, &one}};
    int32_t failed = plan.plan->run(views, extents, nullptr, host.getHost());
    device.copyOut(y.data(), to, y.size() * 4);
    for (int64_t b = 0; b < rows && failed == 0; ++b) {
      double sum = 0;
      for (int64_t n = 0; n < columns; ++n)
        sum += std::exp(double(x[b * columns + n]));
      EXPECT_NEAR(y[b], std::log(sum), 1e-5) << "row " << b << ", without " << without;
    }
    return failed ? device.fault().text : "";
  }

  gpu::Target target;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module, finished;
  int barriers = 0;
};

TEST_P(PipelineTest, RunsWhole) {
  EXPECT_GE(barriers, 2);
  EXPECT_EQ(run(), "");
}

TEST_P(PipelineTest, NeedsEachBarrier) {
  for (int barrier = 0; barrier < barriers; ++barrier)
    EXPECT_NE(run(barrier), "") << "barrier " << barrier << " of " << barriers;
}

INSTANTIATE_TEST_SUITE_P(Vendors, PipelineTest, testing::Values("sm_80", "gfx942", "gfx1100"));

} // namespace
