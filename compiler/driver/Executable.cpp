//===- Executable.cpp - a mixer that is ready to run ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Executable.h"
#include "compiler/driver/DeviceExecutable.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuExecutable.h"
#include "compiler/driver/GuardedMemory.h"
#include "compiler/driver/KernelFault.h"
#include "compiler/driver/Outputs.h"
#include "dialects/plan/Plan.h"
#include "runtime/ThreadPool.h"

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

Executable::~Executable() = default;

namespace {

/// The meaning itself.
class ReferenceExecutable : public Executable {
public:
  explicit ReferenceExecutable(mixer::FuncOp func) : func(func) {}

  int64_t workspaceBytes(ArrayRef<int64_t>) const override { return 0; }

  Error run(const Inputs &inputs, MutableArrayRef<HostTensor> outputs) override {
    auto results = evaluate<double>(func, inputs.call);
    if (!results)
      return results.takeError();
    llvm::copy(*results, outputs.begin());
    return Error::success();
  }

private:
  mixer::FuncOp func;
};

/// Machine code in this process.
class CpuExecutable : public Executable {
public:
  CpuExecutable(mixer::FuncOp func, CpuPlan plan, bool checked, unsigned threads)
      : plan(std::move(plan)), trusting(!checked && trustsData(func)), pool(threads),
        arguments(argumentsOfCode(func)) {}

  int64_t workspaceBytes(ArrayRef<int64_t> extents) const override {
    return plan->workspaceBytes(extents.data());
  }

  Error run(const Inputs &inputs, MutableArrayRef<HostTensor> outputs) override {
    SmallVector<mixc_view> views;
    auto add = [&](const HostTensor &tensor) {
      views.push_back({tensor.data, tensor.shape.data(), tensor.strides.data()});
    };
    for (StringRef name : arguments) {
      auto found = inputs.call.arguments.find(name);
      if (found == inputs.call.arguments.end())
        views.push_back({nullptr, nullptr, nullptr});
      else
        add(found->second);
    }
    for (HostTensor &output : outputs)
      add(output);

    int64_t bytes = workspaceBytes(inputs.extents);
    if (bytes < 0 || !workspace.reserve(static_cast<size_t>(bytes)))
      return refusal("there is no memory for the " + Twine(bytes) + " bytes of temporaries");
    int32_t failed = runPlan(views, inputs.extents);
    if (failed == 0)
      return Error::success();
    if (failed < 0)
      return refusal("there is no memory for the scratch of a kernel");
    return unmetCondition(plan->getCheckMessage(failed));
  }

  bool keepsBounds() const override { return workspace.isIntact(); }

private:
  int32_t runPlan(ArrayRef<mixc_view> views, ArrayRef<int64_t> extents) {
    KernelRun running(trusting);
    return plan->run(views.data(), extents.data(), workspace.data(), pool.getHost());
  }

  CpuPlan plan;
  bool trusting;
  runtime::ThreadPool pool;
  GuardedMemory workspace;
  std::vector<std::string> arguments;
};

} // namespace

static mlir::Attribute storageOf(mixer::FuncOp func, StringRef name) {
  auto storage = func->getAttrOfType<mlir::DictionaryAttr>("storage");
  return storage ? storage.get(name) : mlir::Attribute();
}

std::vector<std::string> argumentsOfCode(mixer::FuncOp func) {
  std::vector<std::string> names, tables;
  auto addTable = [&](StringRef name) {
    if (mlir::Attribute form = storageOf(func, name))
      tables.push_back((name + (isa<plan::PackedAttr>(form) ? "_offsets" : "_table")).str());
  };
  for (auto name : func.getArgNames().getAsRange<mlir::StringAttr>()) {
    names.push_back(name.str());
    addTable(name);
  }
  for (StringRef name : outputNames(func))
    addTable(name);
  names.insert(names.end(), tables.begin(), tables.end());
  return names;
}

bool isIndirect(mixer::FuncOp func, StringRef name) { return !!storageOf(func, name); }

Expected<std::unique_ptr<Executable>>
makeExecutable(mixer::FuncOp func, const CompileOptions &options, unsigned threads) {
  if (options.target.kind == TargetKind::Reference)
    return std::make_unique<ReferenceExecutable>(func);
  if (options.target.kind != TargetKind::Cpu) {
    auto mixer = options.target.kind == TargetKind::Emulator ? loadIntoEmulator(func, options)
                                                             : loadIntoGpu(func, options);
    if (!mixer)
      return mixer.takeError();
    return makeDeviceExecutable(func, std::move(*mixer));
  }
  auto plan = compileForCpu(func, options);
  if (!plan)
    return plan.takeError();
  return std::make_unique<CpuExecutable>(func, std::move(*plan), options.checked, threads);
}

CompileOptions compileOptions(mixer::FuncOp func, const SpecOptions &options,
                              ArrayRef<int64_t> extents) {
  CompileOptions result;
  result.target = options.target;
  result.staticExtents = options.staticExtents;
  result.schedule = options.schedule;
  for (auto [position, value] : enumerate(extents))
    result.sizes[func.getExtent(position).getName().getValue()] = value;
  return result;
}

} // namespace mixc::driver
