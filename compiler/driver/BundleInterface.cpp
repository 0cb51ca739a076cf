//===- BundleInterface.cpp - a mixer as its bundle shows it ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/BundleInterface.h"
#include "compiler/driver/Storage.h"

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
  if (auto layout = options.storage.find(result.name); layout != options.storage.end())
    result.order.assign(layout->second.order.begin(), layout->second.order.end());
  if (result.order.empty()) {
    result.order.resize(result.shape.size());
    std::iota(result.order.begin(), result.order.end(), 0);
  }
  return result;
}

/// Makes `tensor` the memory of a packed or paged one, whose length is extent `bound`, and gives
/// the argument with its table.
static bundle::Tensor setIndirect(bundle::Tensor &tensor, const IndirectTensor &indirect,
                                  mlir::AffineExpr bound, mlir::MLIRContext *context) {
  const Layout &layout = *indirect.layout;
  unsigned axis = layout.axis;
  std::string number = std::to_string(axis), block = std::to_string(layout.block);
  bundle::Tensor table;
  table.name = indirect.tableName();
  table.type = mlir::IntegerType::get(context, 32);
  table.element = mixer::elementName(table.type);
  mlir::AffineExpr sequences = tensor.shape.front(), places = tensor.shape[axis];
  std::string sequencesText = tensor.shapeAsWritten.front(),
              placesText = tensor.shapeAsWritten[axis];
  if (layout.form == Layout::Packed) {
    table.shape = {sequences + 1};
    table.shapeAsWritten = {sequencesText + " + 1"};
    tensor.shape.front() = mlir::getAffineConstantExpr(1, context);
    tensor.shapeAsWritten.front() = "1";
    tensor.shape[axis] = bound;
    tensor.shapeAsWritten[axis] = indirect.boundName();
    tensor.note = "packed: sequence b of [" + sequencesText + "] has, along axis " + number +
                  ", the places from " + table.name + "[b] to " + table.name + "[b + 1]";
  } else {
    table.shape = {sequences, (places + (layout.block - 1)).floorDiv(layout.block)};
    table.shapeAsWritten = {sequencesText, "(" + placesText + " + " +
                                               std::to_string(layout.block - 1) + ")/" + block};
    tensor.shape.front() = bound;
    tensor.shapeAsWritten.front() = indirect.boundName();
    tensor.shape[axis] = mlir::getAffineConstantExpr(layout.block, context);
    tensor.shapeAsWritten[axis] = block;
    tensor.note = "paged: block c of sequence b along axis " + number + ", " + block +
                  " places, is page " + table.name + "[b, c]; -1: none";
  }
  table.order.resize(table.shape.size());
  std::iota(table.order.begin(), table.order.end(), 0);
  return table;
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
  for (const IndirectTensor &indirect : indirectTensors(func, options.storage)) {
    mlir::AffineExpr bound = mlir::getAffineSymbolExpr(result.extents.size(), func.getContext());
    result.extents.emplace_back().name = indirect.boundName();
    auto &tensors = indirect.isOutput ? result.outputs : result.arguments;
    auto tensor =
        find_if(tensors, [&](const bundle::Tensor &one) { return one.name == indirect.name; });
    bundle::Tensor table = setIndirect(*tensor, indirect, bound, func.getContext());
    result.arguments.push_back(std::move(table));
  }

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
