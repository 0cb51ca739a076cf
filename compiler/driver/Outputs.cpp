//===- Outputs.cpp - where a call's results go ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Outputs.h"
#include "compiler/driver/Extents.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/KernelFault.h"
#include "compiler/driver/StagedFiles.h"
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
    StringRef file = assignment->second;
    if (file.empty())
      return usageError("`--out " + text + "` names no file");
    if (file.ends_with(".npz") || file.ends_with(".safetensors"))
      return usageError("`--out` writes a .npy file, but got `" + file + "`",
                        {("all outputs go to one file with `--outputs " + file + "`").str()});
    if (!file.ends_with(".npy"))
      return usageError("`--out` writes a .npy file, but got `" + file + "`",
                        {"end its name in .npy"});
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

static Error checkFile(StringRef path) {
  StringRef folder = sys::path::parent_path(path);
  if (!folder.empty() && !sys::fs::is_directory(folder))
    return inputError("can't write `" + path + "`: there is no folder `" + folder + "`",
                      {"make it, or name another"});
  if (sys::fs::is_directory(path))
    return inputError("can't write `" + path + "`: it is a folder", {"name a file in it"});
  if (sys::fs::exists(path) && !sys::fs::is_regular_file(path))
    return inputError("can't write `" + path + "`: it is not a regular file", {"name another"});
  std::string real = realPath(path);
  if (sys::fs::access(sys::path::parent_path(real), sys::fs::AccessMode::Write))
    return inputError("can't write `" + path + "`: its folder takes no files",
                      {"check its permissions"});
  return Error::success();
}

Error checkOutputs(mixer::FuncOp func, const OutputOptions &options, StringRef spec) {
  StringMap<std::string> taken;
  taken[realPath(spec)] = "the spec";
  auto take = [&](StringRef path, const Twine &what) -> Error {
    if (Error error = checkFile(path))
      return error;
    auto [at, isNew] = taken.try_emplace(realPath(path), what.str());
    if (!isNew)
      return inputError("can't write " + what + " to `" + path + "`: that file is for " +
                        at->second);
    return Error::success();
  };
  std::vector<StringRef> names = outputNames(func);
  for (auto &[name, path] : options.tensors) {
    if (!is_contained(names, StringRef(name)))
      return usageError("`" + func.getSymName() + "` has no output `" + name + "`",
                        suggestions(name, names, "outputs"));
    if (Error error = take(path, "output `" + Twine(name) + "`"))
      return error;
  }
  return options.file ? take(*options.file, "all outputs") : Error::success();
}

Expected<GuardedOutputs> makeOutputs(ArrayRef<StoredShape> shapes) {
  GuardedOutputs outputs;
  for (const StoredShape &stored : shapes) {
    auto size = checkedByteSize(stored.element, stored.shape);
    if (!size)
      return refusal("output `" + stored.name + "`: " + toString(size.takeError()),
                     {"make an extent smaller"});
    HostTensor tensor;
    tensor.element = stored.element;
    tensor.shape = stored.shape;
    tensor.strides = stored.strides;
    auto memory = std::make_shared<GuardedMemory>();
    auto bytes = static_cast<size_t>(*size);
    if (!memory->reserve(bytes))
      return refusal("there is no memory for the " + Twine(bytes) + " bytes of output `" +
                         stored.name + "`",
                     {"make an extent smaller"});
    tensor.data = memory->data();
    tensor.storage = memory;
    std::memset(tensor.data, 0xff, bytes);
    outputs.tensors.push_back(std::move(tensor));
    outputs.memory.push_back(std::move(memory));
  }
  return outputs;
}

Error checkGuards(mixer::FuncOp func, const Executable &executable,
                  ArrayRef<std::shared_ptr<GuardedMemory>> memory) {
  std::string where;
  for (auto [name, output] : zip(outputNames(func), memory))
    if (!output->isIntact())
      where = ("output `" + name + "`").str();
  if (where.empty() && !executable.keepsBounds())
    where = "the temporaries";
  if (where.empty())
    return Error::success();
  if (!trustsData(func))
    return internalError("a kernel wrote outside of " + where);
  return inputError("a kernel wrote outside of " + where +
                        ": a subscript or length from data may be out of range",
                    {"run with `--checked` to find it"});
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
  StagedFiles files;
  for (auto &[name, path] : options.tensors)
    for (auto &[output, tensor] : named)
      if (output == name)
        if (Error error =
                files.add(path, [&](StringRef file) { return fileError(writeNpy(file, tensor)); }))
          return error;
  if (options.file) {
    bool zip = StringRef(*options.file).ends_with(".npz");
    if (Error error = files.add(*options.file, [&](StringRef file) {
          return fileError(zip ? writeNpz(file, named) : writeSafetensors(file, named));
        }))
      return error;
  }
  return files.keep();
}

} // namespace mixc::driver
