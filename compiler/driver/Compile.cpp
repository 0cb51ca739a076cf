//===- Compile.cpp - the pipeline from equations to machine code ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Compile.h"

#include "compiler/derive/Passes.h"
#include "compiler/driver/CodeCache.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Spec.h"
#include "compiler/driver/Work.h"
#include "compiler/schedule/Passes.h"
#include "lowering/cpu/Compile.h"
#include "lowering/host/Passes.h"
#include "lowering/math/Passes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace llvm;

namespace mixc::driver {

using ModulePtr = mlir::OwningOpRef<mlir::ModuleOp>;

/// The largest extent that is fixed unasked: up to here unrolled loops pay.
static constexpr int64_t largestFixed = 1024;

/// Fixes the extents that the user named, or else those that the derivation would have fixed, at
/// the sizes known.
static void fixExtents(mixer::FuncOp func, const CompileOptions &options) {
  auto fix = [&](unsigned position, int64_t largest) {
    auto extent = func.getExtent(position);
    auto size = options.sizes.find(extent.getName().getValue());
    if (extent.getKind() == mixer::ExtentKind::dynamic && size != options.sizes.end() &&
        size->second <= largest) {
      derive::fixExtent(func, position, size->second);
      if (auto remark = mixer::remark(func, mixer::Outcome::fired, "fix-extents", "fix"))
        remark << mlir::remark::reason(
            "{0} is {1} in the code: {2}", extent.getName().getValue(), size->second,
            options.staticExtents.empty() ? "loops over it pay to be unrolled"
                                          : "the command line says so");
    }
  };
  if (options.staticExtents.empty())
    for (unsigned position : derive::extentsToFix(func))
      fix(position, largestFixed);
  for (unsigned position = 0; position < func.getNumExtents(); ++position)
    if (llvm::is_contained(options.staticExtents, func.getExtent(position).getName().getValue()))
      fix(position, std::numeric_limits<int64_t>::max());
}

/// A module with a copy of `func`, which says for which sizes it should be fast.
static ModulePtr copyFunc(mixer::FuncOp func, const CompileOptions &options) {
  mlir::MLIRContext *context = func.getContext();
  context->loadDialect<plan::PlanDialect, tile::TileDialect>();
  ModulePtr module = mlir::ModuleOp::create(func.getLoc());
  auto copy = cast<mixer::FuncOp>(func->clone());
  module->push_back(copy);
  SmallVector<int64_t> dims;
  for (mlir::Attribute extent : copy.getExtents()) {
    auto size = options.sizes.find(cast<mixer::ExtentAttr>(extent).getName().getValue());
    if (size == options.sizes.end())
      break;
    dims.push_back(size->second);
  }
  copy->setAttr("dims", mlir::DenseI64ArrayAttr::get(context, dims));
  fixExtents(copy, options);
  return module;
}

/// Whether the target's lowering takes tiles larger than a number.
static bool formsTiles(const CompileOptions &options) {
  return options.target.kind == TargetKind::Cpu;
}

/// Runs the passes up to and including `stage`.
static Error runPasses(mlir::ModuleOp module, Stage stage, const CompileOptions &options) {
  MLIRErrors errors(*module.getContext());
  mlir::PassManager passes(module.getContext());
  derive::buildDerivation(passes);
  if (stage != Stage::Derived)
    schedule::buildSchedule(passes, options.checked, formsTiles(options));
  if (stage != Stage::Derived && stage != Stage::Tile) {
    passes.addPass(createExpandMath());
    passes.addPass(mlir::createCanonicalizerPass());
  }
  if (failed(passes.run(module)))
    return errors.take("the compilation of valid equations");
  return Error::success();
}

static Expected<lowering::host::CpuTarget> processor(const CompileOptions &options) {
  return lowering::host::CpuTarget::get(
      options.target.architecture.empty() ? "native" : options.target.architecture);
}

Expected<ModulePtr> compileToPlan(mixer::FuncOp func, const CompileOptions &options) {
  ModulePtr module = copyFunc(func, options);
  if (Error error = runPasses(*module, Stage::LLVM, options))
    return error;
  return module;
}

Expected<CpuPlan> compileForCpu(mixer::FuncOp func, const CompileOptions &options) {
  auto target = processor(options);
  if (!target)
    return target.takeError();
  auto compile = [&]() -> Expected<CompiledCode> {
    auto module = compileToPlan(func, options);
    if (!module)
      return module.takeError();
    auto plan = lowering::cpu::compile(**module, *target);
    if (!plan)
      return plan.takeError();
    return CompiledCode{std::move(*plan), {}};
  };
  auto code = options.cache
                  ? options.cache->get(func, options, {target->cpu, target->features}, compile)
                  : compile();
  if (!code)
    return code.takeError();
  return lowering::host::load(std::move(code->plan));
}

Expected<Explanation> explainCompilation(mixer::FuncOp func, const CompileOptions &options,
                                         ArrayRef<int64_t> extents) {
  Explanation explanation{explain::Derivation::listen(*func.getContext()), {}};
  ModulePtr module = copyFunc(func, options);
  auto copy = *module->getOps<mixer::FuncOp>().begin();
  explain::Interface interface(copy);
  MLIRErrors errors(*func.getContext());

  mlir::PassManager derivation(func.getContext());
  derive::buildDerivation(derivation);
  explain::Derivation::watch(explanation.derivation, derivation, explain::equationLines(copy));
  if (failed(derivation.run(*module)))
    return errors.take("the derivation from valid equations");
  if (!extents.empty())
    for (const EquationWork &equation : countWork(copy, extents).equations)
      equation.op->setAttr("work", mlir::Builder(equation.op).getF64FloatAttr(equation.flops));

  mlir::PassManager schedule(func.getContext());
  schedule::buildSchedule(schedule, options.checked, formsTiles(options));
  schedule.addNestedPass<plan::FuncOp>(lowering::host::createPlanLayout());
  if (failed(schedule.run(*module)))
    return errors.take("the schedule of valid equations");
  explanation.plan = explain::describePlan(*module, interface, extents);
  return explanation;
}

Expected<std::string> printStage(mixer::FuncOp func, Stage stage, const CompileOptions &options) {
  auto target = processor(options);
  if (!target)
    return target.takeError();
  ModulePtr module = copyFunc(func, options);
  if (Error error = runPasses(*module, stage, options))
    return error;
  if (stage == Stage::Derived || stage == Stage::Tile) {
    std::string text;
    raw_string_ostream os(text);
    module->print(os);
    return text + "\n";
  }
  auto form =
      stage == Stage::LLVM ? lowering::host::CodeForm::LLVM : lowering::host::CodeForm::Assembly;
  auto code = lowering::cpu::emitCode(*module, *target, form);
  if (!code)
    return code.takeError();
  return std::string(code->begin(), code->end());
}

} // namespace mixc::driver
