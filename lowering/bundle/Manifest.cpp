//===- Manifest.cpp - a bundle's interface for programs -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/BundleHost.h"
#include "lowering/bundle/Text.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

static json::Array describeExtents(const Interface &interface) {
  json::Array extents;
  for (const Extent &extent : interface.extents) {
    json::Object object{{"name", extent.name}};
    if (extent.kind == Extent::Given)
      object["field"] = fieldName(extent.name);
    if (extent.kind != Extent::Given) {
      object[extent.kind == Extent::Min ? "min" : "max"] =
          json::Array{extent.firstText, extent.lastText};
    }
    if (extent.fixed)
      object["fixed"] = *extent.fixed;
    extents.push_back(std::move(object));
  }
  return extents;
}

static json::Object describeTensor(const Tensor &tensor) {
  json::Object object{{"name", tensor.name},
                      {"field", fieldName(tensor.name)},
                      {"element", tensor.element},
                      {"element_bytes", elementBytes(tensor)},
                      {"alignment", elementAlignment(tensor)},
                      {"c_type", elementInC(tensor)},
                      {"shape", json::Array(tensor.shapeText)},
                      {"dense_order", json::Array(tensor.order)}};
  if (tensor.initial)
    object["default"] = *tensor.initial;
  return object;
}

static json::Array describeTensors(ArrayRef<Tensor> tensors) {
  json::Array array;
  for (const Tensor &tensor : tensors)
    array.push_back(describeTensor(tensor));
  return array;
}

static json::Array describeKernels(const Interface &interface) {
  json::Array kernels;
  for (const Kernel &kernel : interface.kernels) {
    json::Array grid;
    for (const Kernel::Axis &axis : kernel.grid)
      grid.push_back(json::Object{{"name", axis.name},
                                  {"lower", axis.lower},
                                  {"upper", axis.upper},
                                  {"block", axis.block}});
    kernels.push_back(json::Object{{"name", kernel.name},
                                   {"form", kernel.form},
                                   {"equations", json::Array(kernel.equations)},
                                   {"grid", std::move(grid)},
                                   {"loops", kernel.loops}});
  }
  return kernels;
}

static json::Array describeErrors(const Errors &errors) {
  json::Array array;
  for (auto [code, text] : enumerate(errors.texts))
    if (code != 0)
      array.push_back(json::Object{{"code", static_cast<int64_t>(code)}, {"text", text}});
  return array;
}

std::string bundle::writeManifest(const Interface &interface, const Errors &errors,
                                  const WorkspaceFormulas &workspace,
                                  const host::CpuTarget &target) {
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
      {"arguments", describeTensors(interface.arguments)},
      {"outputs", describeTensors(interface.outputs)},
      {"strides",
       "in elements; arguments: any sign, 0 where elements repeat; outputs: no two elements in one "
       "place"},
      {"where", json::Array(interface.where)},
      {"workspace", json::Object{{"alignment", MIXC_BUNDLE_ALIGNMENT},
                                 {"temporaries", workspace.temporaries},
                                 {"scratch", workspace.scratch},
                                 {"bytes", "temporaries + pieces*scratch"}}},
      {"kernels", describeKernels(interface)},
      {"errors", describeErrors(errors)},
      {"files", json::Object{{"header", interface.name + ".h"},
                             {"object", interface.name + ".o"},
                             {"archive", interface.name + ".a"}}}};
  return formatv("{0:2}\n", json::Value(std::move(object)));
}
