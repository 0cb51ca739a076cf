//===- GpuBundle.cpp - a mixer on GPUs, for other programs ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Assemble.h"
#include "lowering/bundle/Entry.h"
#include "lowering/bundle/Functions.h"
#include "lowering/bundle/Text.h"
#include "lowering/cuda/Compile.h"
#include "lowering/hip/Compile.h"
#include "lowering/host/Codegen.h"
#include "lowering/host/Passes.h"
#include "lowering/scalar/Body.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

using lowering::gpu::Target;
using lowering::gpu::Vendor;

/// Launches whose scratch lies in local memory, all of it, ask for none.
static void dropLocalScratch(plan::FuncOp plan) {
  plan.walk([&](plan::LaunchOp launch) {
    auto kernel =
        SymbolTable::lookupNearestSymbolFrom<tile::KernelOp>(plan, launch.getKernelAttr());
    if (!llvm::all_of(placeScratch(kernel),
                      [](const ScratchPlace &place) { return place.stackBytes > 0; }))
      return;
    OpBuilder builder(launch);
    launch.getScratchMutable().assign(arith::ConstantIndexOp::create(builder, launch.getLoc(), 0));
  });
}

static llvm::Expected<OwningOpRef<ModuleOp>> finish(ModuleOp module, const Target &target) {
  return target.vendor == Vendor::Amd ? hip::lower(module, target) : cuda::lower(module);
}

/// Adds the code of a finished module for `target`.
static llvm::Error addImages(ModuleOp finished, const Target &target, GpuCode &code) {
  mlir::gpu::GPUModuleOp kernels = *finished.getOps<mlir::gpu::GPUModuleOp>().begin();
  if (target.vendor == Vendor::Amd) {
    auto object = hip::emitCodeObject(kernels, target);
    if (!object)
      return object.takeError();
    code.images.push_back({target.arch, "hsaco", std::move(*object)});
    return llvm::Error::success();
  }
  auto ptx = cuda::emitPtx(kernels, target);
  if (!ptx)
    return ptx.takeError();
  if (cuda::findAssembler()) {
    auto cubin = cuda::assembleCubin(*ptx, target);
    if (!cubin)
      return cubin.takeError();
    code.images.push_back({target.arch, "cubin", std::move(*cubin)});
  }
  code.images.push_back({target.arch, "ptx", {ptx->c_str(), ptx->c_str() + ptx->size() + 1}});
  return llvm::Error::success();
}

/// Machine code comes before text, which a driver takes for every later architecture, too; the
/// latest architecture comes first.
static void orderImages(GpuCode &code) {
  auto rank = [](const GpuImage &image) {
    unsigned number = 0;
    StringRef digits = StringRef(image.arch).drop_until(llvm::isDigit);
    digits.consumeInteger(10, number);
    return std::pair(image.form == "ptx", -static_cast<int>(number));
  };
  llvm::stable_sort(code.images, [&](const GpuImage &left, const GpuImage &right) {
    return rank(left) < rank(right);
  });
}

/// Reads mixc_gpu_kernel as KernelRecord.cpp wrote it.
static void readRecord(const llvm::Module &module, GpuKernel &kernel) {
  const auto *record =
      cast<llvm::ConstantStruct>(module.getNamedGlobal(kernel.symbol)->getInitializer());
  auto integer = [&](unsigned field) {
    return cast<llvm::ConstantInt>(record->getOperand(field))->getSExtValue();
  };
  auto array = [&](unsigned field) {
    auto *global = cast<llvm::GlobalVariable>(record->getOperand(field));
    return cast<llvm::ConstantDataSequential>(global->getInitializer());
  };
  kernel.name = array(0)->getAsCString().str();
  kernel.block = static_cast<int32_t>(integer(5));
  kernel.perPoint = static_cast<int32_t>(integer(6));
  kernel.sharedBytes = integer(7);
  // Pointers and strides; integers; points, scratch and its size.
  kernel.parameters = integer(1) + integer(2) + 3;
  for (int64_t view = 0; view != integer(1); ++view) {
    auto *ranks = dyn_cast<llvm::ConstantDataSequential>(
        cast<llvm::GlobalVariable>(record->getOperand(3))->getInitializer());
    kernel.parameters += ranks ? ranks->getElementAsInteger(view) : 0;
  }
}

/// The texts of the errors that only GPUs have, in the order of bundle_host.h.
static std::vector<std::string> deviceTexts(const GpuCode &code) {
  bool isAmd = code.vendor == Vendor::Amd;
  return {isAmd ? "there is no driver of AMD GPUs: dlopen finds no libamdhip64.so"
                : "there is no driver of NVIDIA GPUs: dlopen finds no libcuda.so.1",
          std::string(isAmd ? "libamdhip64.so" : "libcuda.so.1") +
              " lacks a function that bundles call: the driver is too old",
          isAmd
              ? "no HIP device is there"
              : "no CUDA context is current in this thread: call cudaSetDevice or cuCtxSetCurrent",
          "the bundle has no code for this device: it is for " + llvm::join(code.archs, ", "),
          "malloc has no memory"};
}

llvm::Expected<Bundle> bundle::makeGpuBundle(ModuleOp module, const Interface &interface,
                                             llvm::ArrayRef<Target> targets) {
  GpuCode code{targets.front().vendor, {}, {}, {}};
  for (const Target &target : targets)
    code.archs.push_back(target.arch);
  Errors errors = numberErrors(interface, conditionsOf(planOf(module)));
  errors.device = deviceTexts(code);
  // With multiply-adds as instructions: those of libm would be one more library.
  auto hostTarget = host::CpuTarget::get("x86-64-v3");
  if (!hostTarget)
    return hostTarget.takeError();

  auto laidOut = layOut(module);
  if (!laidOut)
    return laidOut.takeError();
  plan::FuncOp plan = planOf(**laidOut);
  dropLocalScratch(plan);
  for (auto kernel : (*laidOut)->getOps<tile::KernelOp>())
    code.kernels.push_back({kernel.getSymName().str(), {}});

  // What follows adds to a module of its own: the manifest is about the plan as it is.
  OwningOpRef<ModuleOp> extended = (*laidOut)->clone();
  plan::FuncOp extendedPlan = planOf(*extended);
  addConditions(extendedPlan);
  if (failed(addScratch(extendedPlan)))
    return llvm::createStringError("the scratch of a kernel has no bound");
  OwningOpRef<ModuleOp> host;
  for (const Target &target : targets) {
    auto finished = finish(*extended, target);
    if (!finished)
      return finished.takeError();
    if (llvm::Error error = addImages(**finished, target, code))
      return error;
    host = std::move(*finished); // the same for all of them, but for the kernels
  }
  orderImages(code);
  (*host->getOps<mlir::gpu::GPUModuleOp>().begin())->erase();

  auto object = host::emitCode(*host, *hostTarget, host::CodeForm::Object, [&](llvm::Module &llvm) {
    for (GpuKernel &kernel : code.kernels)
      readRecord(llvm, kernel);
    return addEntry(llvm, interface, errors, *hostTarget, &code);
  });
  if (!object)
    return object.takeError();
  return assemble(writeHeader(interface, &code),
                  writeManifest(interface, errors, plan, *hostTarget, &code), std::move(*object),
                  interface.name);
}
