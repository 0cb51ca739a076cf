//===- Manifest.cpp - a bundle's interface for programs -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Text.h"
#include "runtime/include/mixc/bundle_host.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

static json::Array describeExtents(const Interface &interface) {
  json::Array extents;
  for (const Extent &extent : interface.extents) {
    json::Object object{{"name", extent.name}};
    if (extent.kind == Extent::Given)
      object["field"] = fieldName(extent.name);
    if (extent.kind != Extent::Given) {
      object[extent.kind == Extent::Min ? "min" : "max"] = json::Array{
          sizeText(extent.first, interface.extents), sizeText(extent.last, interface.extents)};
    }
    if (extent.fixed)
      object["fixed"] = *extent.fixed;
    extents.push_back(std::move(object));
  }
  return extents;
}

static json::Object describeTensor(const Tensor &tensor, ArrayRef<Extent> extents) {
  json::Array shape;
  for (mlir::AffineExpr size : tensor.shape)
    shape.push_back(sizeText(size, extents));
  json::Object object{{"name", tensor.name},
                      {"field", fieldName(tensor.name)},
                      {"element", tensor.element},
                      {"element_bytes", elementBytes(tensor)},
                      {"alignment", elementAlignment(tensor)},
                      {"c_type", elementInC(tensor)},
                      {"shape", std::move(shape)},
                      {"dense_order", json::Array(tensor.order)}};
  if (tensor.initial)
    object["default"] = *tensor.initial;
  if (!tensor.note.empty())
    object["storage"] = tensor.note;
  return object;
}

static json::Array describeTensors(ArrayRef<Tensor> tensors, ArrayRef<Extent> extents) {
  json::Array array;
  for (const Tensor &tensor : tensors)
    array.push_back(describeTensor(tensor, extents));
  return array;
}

/// A kernel and what `tile.facts` says of it; `loops` of the plan are around its launch.
static json::Object describeKernel(tile::KernelOp kernel, int64_t loops, ArrayRef<Extent> extents) {
  json::Object object{{"name", kernel.getSymName()}, {"loops", loops}};
  auto facts = kernel->getAttrOfType<tile::FactsAttr>("tile.facts");
  if (!facts)
    return object;
  object["form"] = facts.getForm().getValue();
  json::Array equations, grid;
  for (StringRef equation : facts.getEquations().getAsValueRange<mlir::StringAttr>())
    equations.push_back(equation);
  for (auto [name, lower, upper, block] : zip_equal(
           kernel.getGridNames().getAsValueRange<mlir::StringAttr>(), facts.getLower().getResults(),
           facts.getUpper().getResults(), facts.getBlocks().asArrayRef()))
    grid.push_back(json::Object{{"name", name},
                                {"lower", sizeText(lower, extents)},
                                {"upper", sizeText(upper, extents)},
                                {"block", block}});
  object["equations"] = std::move(equations);
  object["grid"] = std::move(grid);
  return object;
}

/// What a program must know that launches the kernel itself.
static json::Object describeFunction(const GpuKernel &kernel) {
  return json::Object{{"name", kernel.name},
                      {"block", kernel.block},
                      {"threads_per_point", kernel.perPoint},
                      {"shared_bytes", kernel.sharedBytes},
                      {"parameters", kernel.parameters},
                      {"parameter_bytes", 8 * kernel.parameters}};
}

/// In the order of the launches.
static json::Array describeKernels(plan::FuncOp plan, ArrayRef<Extent> extents,
                                   const GpuCode *gpu) {
  json::Array kernels;
  plan.walk([&](plan::LaunchOp launch) {
    int64_t loops = 0;
    for (mlir::Operation *op = launch->getParentOp(); op != plan; op = op->getParentOp())
      loops += isa<mlir::scf::ForOp>(op);
    auto kernel =
        mlir::SymbolTable::lookupNearestSymbolFrom<tile::KernelOp>(plan, launch.getKernelAttr());
    json::Object object = describeKernel(kernel, loops, extents);
    if (gpu)
      object["function"] = describeFunction(*find_if(
          gpu->kernels, [&](const GpuKernel &one) { return one.symbol == kernel.getSymName(); }));
    kernels.push_back(std::move(object));
  });
  return kernels;
}

static json::Array describeErrors(const Errors &errors) {
  json::Array array;
  for (auto [code, text] : enumerate(errors.texts))
    if (code != 0)
      array.push_back(json::Object{{"code", static_cast<int64_t>(code)}, {"text", text}});
  for (auto [k, text] : enumerate(errors.device))
    array.push_back(json::Object{{"code", -1 - static_cast<int64_t>(k)}, {"text", text}});
  return array;
}

/// The device code, in the order in which a device is offered it.
static json::Array describeCode(const GpuCode &gpu) {
  json::Array array;
  for (const GpuImage &image : gpu.images)
    array.push_back(json::Object{{"architecture", image.arch},
                                 {"form", image.form},
                                 {"bytes", static_cast<int64_t>(image.code.size())}});
  return array;
}

static json::Object describeWorkspace(const Interface &interface, plan::FuncOp plan,
                                      const GpuCode *gpu) {
  WorkspaceFormulas workspace = workspaceFormulas(plan);
  json::Object object{{"alignment", MIXC_BUNDLE_ALIGNMENT},
                      {"temporaries", workspace.temporaries},
                      {"scratch", workspace.scratch}};
  if (!gpu) {
    object["bytes"] = "temporaries + pieces*scratch";
    return object;
  }
  // As GpuLauncher.c has it; a quotient by 0 is 0.
  int32_t block = 0;
  for (const GpuKernel &kernel : gpu->kernels)
    block = std::max(block, kernel.block);
  int64_t staged = MIXC_BUNDLE_ALIGNMENT * count_if(interface.arguments, [](const Tensor &tensor) {
                     return tensor.initial.has_value();
                   });
  object["threads"] =
      formatv("max({0}, min(262144, 67108864/((scratch + 63)/64*64)))", block).str();
  object["bytes"] = formatv("temporaries + {0} + threads*((scratch + 63)/64*64)", staged).str();
  return object;
}

std::string bundle::writeManifest(const Interface &interface, const Errors &errors,
                                  plan::FuncOp plan, const host::CpuTarget &target,
                                  const GpuCode *gpu) {
  json::Object params;
  for (const Param &param : interface.params)
    params[param.name] = json::Object{{"type", param.type}, {"value", param.value}};
  json::Object object{
      {"mixer", interface.name},
      {"doc", join(interface.doc, "\n")},
      {"cites", json::Array(interface.cites)},
      {"mixc", interface.version},
      {"bundle_version", MIXC_BUNDLE_VERSION},
      {"spec",
       json::Object{{"sha256", interface.spec}, {"imports", json::Array(interface.imports)}}},
      {"target", interface.target},
      {"processor", target.cpu},
      {"features", target.features},
      {"dtype", interface.dtype},
      {"params", std::move(params)},
      {"extents", describeExtents(interface)},
      {"arguments", describeTensors(interface.arguments, interface.extents)},
      {"outputs", describeTensors(interface.outputs, interface.extents)},
      {"strides",
       "in elements; arguments: any sign, 0 where elements repeat; outputs: no two elements in one "
       "place"},
      {"where", json::Array(interface.where)},
      {"workspace", describeWorkspace(interface, plan, gpu)},
      {"kernels", describeKernels(plan, interface.extents, gpu)},
      {"errors", describeErrors(errors)},
      {"files", json::Object{{"header", interface.name + ".h"},
                             {"object", interface.name + ".o"},
                             {"archive", interface.name + ".a"},
                             {"shared", interface.name + ".so"}}}};
  if (gpu) {
    object["architectures"] = json::Array(gpu->archs);
    object["code"] = describeCode(*gpu);
  }
  return formatv("{0:2}\n", json::Value(std::move(object)));
}
