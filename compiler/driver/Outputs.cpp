//===- Outputs.cpp - where a call's results go ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Outputs.h"
#include "compiler/driver/Extents.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Storage.h"
#include "compiler/reference/TensorFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cstring>
#include <numeric>

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

void OutputOptions::declare(OptionTable &table) {
  table.group("outputs");
  table.list("out", "NAME=FILE", tensorTexts, "write an output to a .npy file");
  table.value("outputs", "FILE", file, "write all outputs to a .npz or .safetensors file");
}

Error OutputOptions::resolve() {
  for (StringRef text : tensorTexts) {
    auto assignment = splitAssignment("out", text);
    if (!assignment)
      return assignment.takeError();
    for (auto &[name, path] : tensors)
      if (path == assignment->second)
        return usageError("`--out` writes `" + path + "` twice");
    tensors.push_back(std::move(*assignment));
  }
  if (file && !StringRef(*file).ends_with(".npz") && !StringRef(*file).ends_with(".safetensors"))
    return usageError("`--outputs " + *file + "` is neither a .npz nor a .safetensors file",
                      {"a .npy file holds one output: `--out NAME=" + *file + "`"});
  return Error::success();
}

std::vector<StringRef> outputNames(mixer::FuncOp func) {
  std::vector<StringRef> names;
  for (auto attr : func.getResultNames().getAsRange<mlir::StringAttr>())
    names.push_back(attr.getValue());
  return names;
}

static Error checkFolder(StringRef path) {
  StringRef folder = sys::path::parent_path(path);
  if (!folder.empty() && !sys::fs::is_directory(folder))
    return inputError("can't write `" + path + "`: there is no folder `" + folder + "`");
  return Error::success();
}

Error checkOutputs(mixer::FuncOp func, const OutputOptions &options) {
  std::vector<StringRef> names = outputNames(func);
  for (auto &[name, path] : options.tensors) {
    if (!is_contained(names, StringRef(name)))
      return usageError("`" + func.getSymName() + "` has no output `" + name + "`",
                        suggestions(name, names, "outputs"));
    if (Error error = checkFolder(path))
      return error;
  }
  return options.file ? checkFolder(*options.file) : Error::success();
}

Expected<SmallVector<HostTensor>> makeOutputs(mixer::FuncOp func, ArrayRef<int64_t> extents,
                                              const StorageOrders &storage) {
  SmallVector<HostTensor> outputs;
  for (auto [name, attr] : zip(outputNames(func), func.getResultTypes())) {
    auto type = cast<mixer::MixerTensorType>(cast<mlir::TypeAttr>(attr).getValue());
    auto shape = shapeAt(type, name, extents);
    if (!shape)
      return shape.takeError();
    SmallVector<unsigned> order(shape->size());
    std::iota(order.begin(), order.end(), 0);
    if (auto found = storage.find(name); found != storage.end())
      order = found->second;
    auto tensor = makeStored(elementOf(type), *shape, order);
    if (!tensor)
      return refusal("output `" + name + "`: " + toString(tensor.takeError()));
    std::memset(tensor->data, 0xff, tensor->numBytes());
    outputs.push_back(std::move(*tensor));
  }
  return outputs;
}

/// As it is written.
static Expected<HostTensor> written(const HostTensor &output) {
  bool narrow = isFloat(output.element) && output.element != Element::F64;
  return narrow ? output.converted(Element::F32) : Expected<HostTensor>(output);
}

Error writeOutputs(mixer::FuncOp func, const OutputOptions &options, ArrayRef<HostTensor> outputs) {
  NamedTensors named;
  for (auto [name, output] : zip(outputNames(func), outputs)) {
    auto tensor = written(output);
    if (!tensor)
      return tensor.takeError();
    named.emplace_back(name.str(), std::move(*tensor));
  }
  for (auto &[name, path] : options.tensors)
    for (auto &[output, tensor] : named)
      if (output == name)
        if (Error error = writeNpy(path, tensor))
          return error;
  if (!options.file)
    return Error::success();
  return StringRef(*options.file).ends_with(".npz") ? writeNpz(*options.file, named)
                                                    : writeSafetensors(*options.file, named);
}

} // namespace mixc::driver
