//===- Extents.cpp - sizes from the command line --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Extents.h"
#include "compiler/driver/Failure.h"
#include "compiler/reference/Binding.h"

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

static StringRef extentName(mixer::FuncOp func, unsigned position) {
  return func.getExtent(position).getName().getValue();
}

Error checkDims(mixer::FuncOp func, const StringMap<int64_t> &dims) {
  std::vector<StringRef> names;
  for (unsigned k = 0; k != func.getNumExtents(); ++k)
    names.push_back(extentName(func, k));
  for (StringRef name : dims.keys())
    if (!is_contained(names, name))
      return usageError("`" + func.getSymName() + "` has no extent `" + name + "`",
                        suggestions(name, names, "extents"));
  return Error::success();
}

/// The value of an extent that is fixed or derived, from the `earlier` ones.
static std::optional<int64_t> derived(mixer::ExtentAttr extent, ArrayRef<int64_t> earlier) {
  if (extent.getKind() == mixer::ExtentKind::dynamic)
    return std::nullopt;
  std::optional<int64_t> first = evaluateExtent(extent.getArgs().front(), earlier);
  std::optional<int64_t> last = evaluateExtent(extent.getArgs().back(), earlier);
  if (!first || !last)
    return std::nullopt;
  return extent.getKind() == mixer::ExtentKind::max ? std::max(*first, *last)
                                                    : std::min(*first, *last);
}

Expected<SmallVector<int64_t>> completeExtents(mixer::FuncOp func, const StringMap<int64_t> &dims,
                                               const StringMap<HostTensor> &given) {
  SmallVector<std::optional<int64_t>> values(func.getNumExtents());
  for (auto [attr, argument] : zip(func.getArgNames(), func.getBody().getArguments())) {
    auto found = given.find(cast<mlir::StringAttr>(attr).getValue());
    if (found == given.end())
      continue;
    auto type = cast<mixer::MixerTensorType>(argument.getType());
    for (auto [upper, size] : zip(type.getUpper(), found->second.shape))
      if (auto symbol = dyn_cast<mlir::AffineSymbolExpr>(upper))
        values[symbol.getPosition()] = size;
  }
  SmallVector<int64_t> extents;
  std::string unbound, example;
  for (unsigned k = 0; k != values.size(); ++k) {
    std::string name = extentName(func, k).str();
    if (auto dim = dims.find(name); dim != dims.end())
      values[k] = dim->second;
    else if (!values[k])
      values[k] = derived(func.getExtent(k), extents);
    if (!values[k]) {
      unbound += (unbound.empty() ? "`" : ", `") + name + "`";
      example += (example.empty() ? "" : ",") + name + "=...";
    }
    extents.push_back(values[k].value_or(0));
  }
  if (!unbound.empty())
    return usageError("no size is given for " + unbound, {"give it: `--dim " + example + "`"});
  return extents;
}

Expected<SmallVector<int64_t>> shapeAt(mixer::MixerTensorType type, StringRef name,
                                       ArrayRef<int64_t> extents) {
  auto ranges = axisRanges(type, extents, mlir::UnknownLoc::get(type.getContext()));
  if (!ranges)
    return ranges.takeError();
  SmallVector<int64_t> shape;
  for (AxisRange range : *ranges)
    shape.push_back(range.size);
  auto bytes = checkedByteSize(elementOf(type), shape);
  if (!bytes)
    return inputError("`" + name + "`: " + toString(bytes.takeError()));
  return shape;
}

Element elementOf(mixer::MixerTensorType type) {
  return *parseElement(mixer::elementName(type.getElement()));
}

} // namespace mixc::driver
