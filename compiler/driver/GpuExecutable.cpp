//===- GpuExecutable.cpp - mixers on the GPUs of this machine -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/GpuExecutable.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuCode.h"
#include "lowering/host/Jit.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace llvm;

namespace mixc::driver {

using runtime::gpu::Driver;
using runtime::gpu::GpuDevice;
using runtime::gpu::GpuModule;
using runtime::gpu::Vendor;

static Vendor vendorOf(const Target &target) {
  return target.kind == TargetKind::Hip ? Vendor::Amd : Vendor::Nvidia;
}

Expected<std::shared_ptr<const Driver>> openDriver(const Target &target) {
  std::string why;
  if (auto driver = Driver::open(vendorOf(target), why))
    return driver;
  return refusal("target `" + target.text() + "` is not available: " + why);
}

/// The number of an architecture of NVIDIA: 90 of `sm_90a`; 0 at AMD.
static unsigned generation(StringRef arch) {
  unsigned number = 0;
  if (arch.consume_front("sm_"))
    arch.consumeInteger(10, number);
  return number;
}

/// What code is made for where the command line names no architecture: that of the device, or one
/// of NVIDIA's before it, whose code later devices take.
static Expected<std::string> architectureFor(const GpuDevice &device) {
  const std::string &own = device.description().architecture;
  std::string best;
  for (StringRef known : lowering::gpu::Target::names()) {
    if (known == own)
      return own;
    bool isForLater = known.starts_with("sm_") && !known.ends_with("a");
    if (isForLater && generation(known) <= generation(own) && generation(known) > generation(best))
      best = known.str();
  }
  if (best.empty())
    return refusal("the device is a `" + own + "`, which mixc makes no code for",
                   {"it does for " + join(lowering::gpu::Target::names(), ", ")});
  return best;
}

Expected<LoadedMixer> loadIntoGpu(mixer::FuncOp func, const CompileOptions &options) {
  auto driver = openDriver(options.target);
  if (!driver)
    return driver.takeError();
  std::string why;
  auto device = GpuDevice::open(*driver, /*ordinal=*/0, why);
  if (!device)
    return refusal("target `" + options.target.text() + "` is not available: " + why);
  Target named = options.target;
  if (named.architecture.empty()) {
    auto architecture = architectureFor(*device);
    if (!architecture)
      return architecture.takeError();
    named.architecture = *architecture;
  }
  auto target = gpuTarget(named);
  if (!target)
    return target.takeError();

  auto module = compileToPlan(func, options);
  if (!module)
    return module.takeError();
  auto finished = lowerToGpu(**module, *target);
  if (!finished)
    return finished.takeError();
  std::vector<char> image;
  // Machine code of NVIDIA runs on no other generation, PTX on all later ones.
  if (target->vendor == lowering::gpu::Vendor::Nvidia &&
      generation(target->arch) != generation(device->description().architecture)) {
    auto ptx = gpuAssembly(**finished, *target);
    if (!ptx)
      return ptx.takeError();
    image.assign(ptx->c_str(), ptx->c_str() + ptx->size() + 1);
  } else {
    auto binary = gpuBinary(**finished, *target);
    if (!binary)
      return binary.takeError();
    image.assign(binary->begin(), binary->end());
  }

  LoadedMixer mixer;
  mixer.module = GpuModule::load(*device, std::move(image));
  if (!mixer.module)
    return refusal("target `" + named.text() + "`: " + device->fault().text);
  mixer.device = std::move(device);
  // What is left is the host's.
  for (auto kernels : make_early_inc_range((*finished)->getOps<mlir::gpu::GPUModuleOp>()))
    kernels.erase();
  auto plan = lowering::host::load(**module, **finished, lowering::host::CpuTarget::native());
  if (!plan)
    return plan.takeError();
  mixer.plan = std::move(*plan);
  return mixer;
}

std::vector<FoundGpu> findGpus() {
  std::vector<FoundGpu> found;
  for (TargetKind kind : {TargetKind::Cuda, TargetKind::Hip}) {
    Target target{kind, ""};
    std::string why;
    auto driver = Driver::open(vendorOf(target), why);
    for (int ordinal = 0; driver && ordinal < driver->deviceCount(); ++ordinal) {
      int status = 0;
      auto description = driver->describe(ordinal, status);
      if (status)
        continue;
      target.architecture = description.architecture;
      found.push_back({target, std::move(description)});
    }
  }
  return found;
}

} // namespace mixc::driver
