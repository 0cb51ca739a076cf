//===- BundleInterface.cpp - a mixer as its bundle shows it ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/BundleInterface.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

#include <numeric>

using namespace llvm;

namespace mixc::driver {

namespace bundle = lowering::bundle;

static std::vector<bundle::Extent> extents(mixer::FuncOp func, const CompileOptions &compilation) {
  std::vector<bundle::Extent> result;
  for (unsigned k = 0; k != func.getNumExtents(); ++k) {
    mixer::ExtentAttr attr = func.getExtent(k);
    bundle::Extent &extent = result.emplace_back();
    extent.name = attr.getName().getValue().str();
    if (attr.getKind() == mixer::ExtentKind::min || attr.getKind() == mixer::ExtentKind::max) {
      extent.kind =
          attr.getKind() == mixer::ExtentKind::min ? bundle::Extent::Min : bundle::Extent::Max;
      extent.first = attr.getArgs().front();
      extent.last = attr.getArgs().back();
    } else if (is_contained(compilation.staticExtents, extent.name)) {
      extent.fixed = compilation.sizes.lookup(extent.name);
    }
  }
  return result;
}

static bundle::Tensor tensor(const mix::Signature::Tensor &written, mlir::Type type,
                             const SpecOptions &options) {
  auto tensorType = cast<mixer::MixerTensorType>(type);
  bundle::Tensor result;
  result.name = written.name;
  result.type = tensorType.getElement();
  result.element = mixer::elementName(tensorType.getElement());
  for (auto [lower, upper] : zip(tensorType.getLower(), tensorType.getUpper()))
    result.shape.push_back(upper - lower);
  result.shapeAsWritten = written.shape;
  result.initial = written.init;
  if (auto order = options.storage.find(result.name); order != options.storage.end()) {
    result.order.assign(order->second.begin(), order->second.end());
  } else {
    result.order.resize(result.shape.size());
    std::iota(result.order.begin(), result.order.end(), 0);
  }
  return result;
}

static std::string hashOf(const mix::SourceFile &file) {
  return toHex(SHA256::hash(arrayRefFromStringRef(file.text())), /*LowerCase=*/true);
}

bundle::Interface bundleInterface(Spec &spec, mixer::FuncOp func, const SpecOptions &options,
                                  const CompileOptions &compilation) {
  mix::Signature signature = spec.signature();
  bundle::Interface result;
  result.name = signature.name;
  result.doc = signature.doc;
  result.cites = signature.cites;
  result.where = signature.where;
  for (const mix::Signature::Param &param : signature.params) {
    auto given = options.params.find(param.name);
    result.params.push_back(
        {param.name, param.type,
         given == options.params.end() ? param.init.value_or("") : given->second});
  }
  result.extents = extents(func, compilation);
  for (auto [written, argument] : zip(signature.arguments, func.getBody().getArguments()))
    result.arguments.push_back(tensor(written, argument.getType(), options));
  for (auto [written, type] : zip(signature.outputs, func.getResultTypes()))
    result.outputs.push_back(tensor(written, cast<mlir::TypeAttr>(type).getValue(), options));

  result.version = MIXC_VERSION;
  result.target = options.target.text();
  result.dtype = mix::spelling(options.dtype);
  mix::FileId main = spec.file().file().id;
  result.spec = hashOf(spec.sources().file(main));
  for (mix::FileId file = 0; file != spec.sources().size(); ++file)
    if (file != main)
      result.imports.push_back(hashOf(spec.sources().file(file)));
  return result;
}

} // namespace mixc::driver
