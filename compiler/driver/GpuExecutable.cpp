//===- GpuExecutable.cpp - mixers on the GPUs of this machine -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/GpuExecutable.h"
#include "compiler/driver/CodeCache.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuCode.h"
#include "lowering/cuda/Compile.h"
#include "lowering/host/Jit.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

#include <cstdlib>

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

/// Which of a driver's devices is used: `$MIXC_DEVICE`, or the first.
static Expected<int> deviceNumber() {
  const char *text = std::getenv("MIXC_DEVICE");
  int number = 0;
  if (text && *text && (StringRef(text).getAsInteger(10, number) || number < 0))
    return usageError("`MIXC_DEVICE` is `" + Twine(text) + "`, not the number of a device",
                      {"`mixc devices` lists them; each driver counts from 0"});
  return number;
}

/// `func` as code for `target`: as assembly, which NVIDIA's driver takes too, or as a binary.
static Expected<CompiledCode> compileForGpu(mixer::FuncOp func, const CompileOptions &options,
                                            const lowering::gpu::Target &target, bool asAssembly) {
  auto module = compileToPlan(func, options);
  if (!module)
    return module.takeError();
  auto finished = lowerToGpu(**module, target);
  if (!finished)
    return finished.takeError();
  CompiledCode code;
  if (asAssembly) {
    auto ptx = gpuAssembly(**finished, target);
    if (!ptx)
      return ptx.takeError();
    code.image.assign(ptx->c_str(), ptx->c_str() + ptx->size() + 1);
  } else {
    auto binary = gpuBinary(**finished, target);
    if (!binary)
      return binary.takeError();
    code.image.assign(binary->begin(), binary->end());
  }
  // What is left is the host's.
  for (auto kernels : make_early_inc_range((*finished)->getOps<mlir::gpu::GPUModuleOp>()))
    kernels.erase();
  auto plan = lowering::host::compile(**module, **finished, lowering::host::CpuTarget::native());
  if (!plan)
    return plan.takeError();
  code.plan = std::move(*plan);
  return code;
}

/// Which program turns assembly into a binary, where one does.
static std::string assemblerId() {
  auto path = lowering::cuda::findAssembler();
  sys::fs::file_status status;
  if (!path || sys::fs::status(*path, status))
    return "";
  return formatv("{0} {1} {2}", *path, status.getSize(),
                 status.getLastModificationTime().time_since_epoch().count());
}

Expected<LoadedMixer> loadIntoGpu(mixer::FuncOp func, const CompileOptions &options,
                                  std::optional<int> wanted) {
  auto driver = openDriver(options.target);
  if (!driver)
    return driver.takeError();
  auto number = wanted ? Expected<int>(*wanted) : deviceNumber();
  if (!number)
    return number.takeError();
  std::string why;
  auto device = GpuDevice::open(*driver, *number, why);
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

  // Machine code of NVIDIA runs on no other generation, PTX on all later ones.
  bool asAssembly = target->vendor == lowering::gpu::Vendor::Nvidia &&
                    generation(target->arch) != generation(device->description().architecture);
  auto compile = [&] { return compileForGpu(func, options, *target, asAssembly); };
  auto host = lowering::host::CpuTarget::native();
  auto code = options.cache
                  ? options.cache->get(func, options,
                                       {target->arch, asAssembly ? "assembly" : assemblerId(),
                                        host.cpu, host.features},
                                       compile)
                  : compile();
  if (!code)
    return code.takeError();

  LoadedMixer mixer;
  mixer.module = GpuModule::load(*device, std::move(code->image));
  if (!mixer.module)
    return refusal("target `" + named.text() + "`: " + device->fault().text);
  mixer.device = std::move(device);
  auto plan = lowering::host::load(std::move(code->plan));
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
      found.push_back({target, ordinal, std::move(description)});
    }
  }
  return found;
}

} // namespace mixc::driver
