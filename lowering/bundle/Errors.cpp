//===- Errors.cpp - the numbers of a bundle's errors ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Errors.h"

#include "lowering/scalar/Elements.h"
#include "runtime/include/mixc/bundle_host.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

int64_t bundle::elementAlignment(const Tensor &tensor) {
  return storageType(tensor.type).getIntOrFloatBitWidth() / 8;
}

int64_t bundle::elementBytes(const Tensor &tensor) {
  return elementAlignment(tensor) * (llvm::isa<mlir::ComplexType>(tensor.type) ? 2 : 1);
}

Errors bundle::numberErrors(const Interface &interface, llvm::ArrayRef<std::string> conditions) {
  Errors errors;
  auto add = [&](const llvm::Twine &text) {
    errors.texts.push_back(text.str());
    return static_cast<int32_t>(errors.texts.size() - 1);
  };
  // In the order of bundle_host.h.
  add("no error");
  add("the pointer to the arguments is null");
  add("sizes do not fit 64 bits");
  add("no workspace is given, and no host that allocates one");
  add("the workspace is not aligned to " + llvm::Twine(MIXC_BUNDLE_ALIGNMENT) + " bytes");
  add("the host has no memory for the workspace");
  add("the processor lacks instructions that the bundle was compiled for");
  static_assert(MIXC_BUNDLE_OTHER_PROCESSOR == 6, "the last one that all bundles have");

  for (const Extent &extent : interface.extents)
    errors.extents.push_back(
        extent.kind == Extent::Given ? add("extent `" + extent.name + "` is negative") : 0);
  auto addTensor = [&](const Tensor &tensor, bool isOutput) {
    TensorErrors &numbers = errors.tensors.emplace_back();
    std::string name = "`" + tensor.name + "`";
    if (!tensor.initial)
      numbers.noData = add(name + " is null");
    if (elementAlignment(tensor) > 1)
      numbers.misaligned =
          add(name + " is not aligned to " + llvm::Twine(elementAlignment(tensor)) + " bytes");
    for (auto [axis, size] : llvm::enumerate(tensor.shapeAsWritten))
      numbers.axes.push_back(add("axis " + llvm::Twine(axis) + " of " + name + " is not " + size));
    if (!tensor.shape.empty())
      numbers.strides = add(isOutput ? "the strides of " + name +
                                           " put two elements into one place, or do not fit 64 bits"
                                     : "the strides of " + name + " do not fit 64 bits");
    if (isOutput)
      numbers.shared = add(name + " begins where another tensor does");
  };
  for (const Tensor &tensor : interface.arguments)
    addTensor(tensor, false);
  for (const Tensor &tensor : interface.outputs)
    addTensor(tensor, true);
  errors.conditions = static_cast<int32_t>(errors.texts.size());
  for (const std::string &condition : conditions)
    add("`" + condition + "` does not hold");
  return errors;
}
