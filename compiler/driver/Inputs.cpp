//===- Inputs.cpp - the arguments of a call from the command line ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Inputs.h"
#include "compiler/driver/Draw.h"
#include "compiler/driver/Extents.h"
#include "compiler/driver/Failure.h"
#include "compiler/reference/TensorFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

void InputOptions::declare(OptionTable &table) {
  table.group("arguments");
  table.list("in", "NAME=FILE", tensorTexts,
             "an argument from a .npy file, or its namesake in a .npz or .safetensors file");
  table.list("inputs", "FILE", files, "all arguments in a .npz or .safetensors file");
  table.list("scalar", "NAME=VALUE", scalarTexts, "a scalar argument");
  table.optionalValue(
      "random", "SEED", randomText,
      "draw the arguments that are neither given nor have a default: floats standard normal, bools "
      "a fair coin, integers uniform over 0 to R-1, R being the smallest axis that the spec "
      "subscripts by them, else the smallest extent (default seed: 0)");
}

Error InputOptions::resolve() {
  for (auto [option, texts, pairs] :
       {std::tuple("in", &tensorTexts, &tensors), std::tuple("scalar", &scalarTexts, &scalars)})
    for (StringRef text : *texts) {
      auto assignment = splitAssignment(option, text);
      if (!assignment)
        return assignment.takeError();
      for (auto &[name, value] : *pairs)
        if (name == assignment->first)
          return usageError("`--" + Twine(option) + "` gives `" + name + "` twice");
      pairs->push_back(std::move(*assignment));
    }
  if (randomText) {
    seed = 0;
    if (!randomText->empty() && StringRef(*randomText).getAsInteger(10, *seed))
      return usageError("`--random` wants a seed of at least 0, but got `" + *randomText + "`");
  }
  return Error::success();
}

namespace {

/// Reads one number as `element` has it.
Error parseScalar(StringRef name, StringRef text, HostTensor &into) {
  Element element = into.element;
  auto wrong = [&](StringRef wanted) {
    return usageError("`--scalar " + name + "` wants " + wanted + ", but got `" + text + "`");
  };
  if (element == Element::Bool) {
    if (text != "true" && text != "false" && text != "0" && text != "1")
      return wrong("true or false");
    into.setInt({}, text == "true" || text == "1");
    return Error::success();
  }
  if (isInteger(element)) {
    int64_t value;
    if (text.getAsInteger(10, value))
      return wrong("an integer");
    into.setInt({}, value);
    if (into.getInt({}) != value)
      return wrong(("an integer that fits " + elementName(element)).str());
    return Error::success();
  }
  double value;
  if (text == "inf" || text == "-inf" || text == "nan")
    value = text == "nan" ? NAN : text == "inf" ? INFINITY : -INFINITY;
  else if (text.getAsDouble(value) || !std::isfinite(value))
    return wrong("a number");
  into.set({}, value);
  return Error::success();
}

std::string shortest(double value) {
  std::string text;
  raw_string_ostream(text) << format("%.9g", value);
  return text;
}

/// `given` with elements of type `element`. Floats round; an integer that would become another
/// number is an error, as is a complex number that would lose its imaginary part.
Expected<HostTensor> convert(StringRef name, HostTensor given, Element element) {
  if (given.element == element && given.isContiguous())
    return given;
  if (isComplex(given.element) && !isComplex(element))
    return inputError("argument `" + name + "` is complex in its file, but declared " +
                      elementName(element));
  auto converted = given.converted(element);
  if (!converted || !isInteger(element))
    return converted;
  // Both are row-major from here on.
  if (!given.isContiguous()) {
    auto copy = given.contiguous();
    if (!copy)
      return copy.takeError();
    given = *copy;
  }
  for (int64_t k = 0, count = given.numElements(); k != count; ++k) {
    const std::byte *from = given.data + k * byteSize(given.element);
    const std::byte *to = converted->data + k * byteSize(element);
    bool same = isFloat(given.element) ? decode(given.element, from) == decode(element, to)
                                       : decodeInt(given.element, from) == decodeInt(element, to);
    if (!same) {
      std::string value = isFloat(given.element) ? shortest(decode(given.element, from))
                                                 : std::to_string(decodeInt(given.element, from));
      return inputError("argument `" + name + "` is declared " + elementName(element) +
                        ", which can't hold its value " + value);
    }
  }
  return converted;
}

class Gatherer {
public:
  Gatherer(mixer::FuncOp func, const InputOptions &options, const StringMap<int64_t> &dims)
      : func(func), options(options), dims(dims) {
    for (auto attr : func.getArgNames().getAsRange<mlir::StringAttr>())
      names.push_back(attr.getValue());
  }

  Expected<Inputs> gather() {
    if (Error error = checkDims(func, dims))
      return error;
    for (const std::string &file : options.files)
      if (Error error = readFile(file))
        return error;
    for (auto &[name, file] : options.tensors)
      if (Error error = readTensor(name, file))
        return error;
    for (auto &[name, text] : options.scalars)
      if (Error error = readScalar(name, text))
        return error;
    if (Error error = drawMissing())
      return error;

    Inputs inputs;
    std::vector<NamedShape> shapes;
    for (auto &[name, tensor] : given)
      shapes.push_back({name, tensor.shape});
    auto extents = bindExtents(func, shapes, dims);
    if (!extents)
      return extents.takeError();
    inputs.extents = std::move(*extents);
    inputs.call.dims = dims;
    inputs.call.arguments = std::move(given);
    // Before anything is compiled, and for every target in the same words.
    if (Error error = checkCall(func, inputs.call))
      return error;
    return inputs;
  }

private:
  mixer::MixerTensorType typeOf(unsigned position) {
    return cast<mixer::MixerTensorType>(func.getBody().getArgument(position).getType());
  }

  Expected<unsigned> positionOf(StringRef name) {
    auto found = find(names, name);
    if (found == names.end())
      return usageError("`" + func.getSymName() + "` has no argument `" + name + "`",
                        suggestions(name, names, "arguments"));
    return found - names.begin();
  }

  Error take(StringRef name, HostTensor tensor, StringRef file) {
    auto position = positionOf(name);
    if (!position)
      return position.takeError();
    mixer::MixerTensorType type = typeOf(*position);
    if (tensor.rank() != static_cast<size_t>(type.getRank()))
      return inputError("argument `" + name + "` has shape " + shapeString(tensor.shape) + " in `" +
                        file + "`, but is declared `" + name + ": " + declaredShape(func, type) +
                        "`");
    auto converted = convert(name, std::move(tensor), elementOf(type));
    if (!converted)
      return converted.takeError();
    given[name] = std::move(*converted);
    return Error::success();
  }

  Error readFile(StringRef file) {
    if (!file.ends_with(".npz") && !file.ends_with(".safetensors"))
      return usageError("`--inputs " + file + "` is neither a .npz nor a .safetensors file",
                        {"a .npy file is given with its argument: `--in NAME=" + file.str() + "`"});
    auto members = listNames(file);
    if (!members)
      return fileError(members.takeError());
    std::vector<std::string> wanted;
    for (const std::string &member : *members) {
      if (!is_contained(names, StringRef(member)))
        return inputError("`" + file + "` has a tensor `" + member + "`, but `" +
                              func.getSymName() + "` has no argument of that name",
                          suggestions(member, names, "arguments"));
      bool again = any_of(options.tensors, [&](auto &pair) { return pair.first == member; });
      if (!again)
        wanted.push_back(member);
    }
    auto tensors = readNamed(file, wanted);
    if (!tensors)
      return fileError(tensors.takeError());
    for (auto &[name, tensor] : *tensors) {
      if (given.contains(name))
        return usageError("argument `" + name + "` is in two of the files given with `--inputs`");
      if (Error error = take(name, std::move(tensor), file))
        return error;
    }
    return Error::success();
  }

  Error readTensor(StringRef name, StringRef file) {
    if (auto position = positionOf(name); !position)
      return position.takeError();
    if (file.ends_with(".npz") || file.ends_with(".safetensors")) {
      auto tensors = readNamed(file, {name.str()});
      return tensors ? take(name, std::move(tensors->front().second), file)
                     : fileError(tensors.takeError());
    }
    auto tensor = readNpy(file);
    return tensor ? take(name, std::move(*tensor), file) : fileError(tensor.takeError());
  }

  Error readScalar(StringRef name, StringRef text) {
    auto position = positionOf(name);
    if (!position)
      return position.takeError();
    if (typeOf(*position).getRank() != 0)
      return usageError("argument `" + name + "` is no scalar",
                        {("give a file: `--in " + name + "=" + name + ".npy`").str()});
    if (given.contains(name))
      return usageError("argument `" + name + "` is given both by a file and by `--scalar`");
    auto tensor = HostTensor::make(elementOf(typeOf(*position)), {});
    if (!tensor)
      return tensor.takeError();
    if (Error error = parseScalar(name, text, *tensor))
      return error;
    given[name] = std::move(*tensor);
    return Error::success();
  }

  Error drawMissing() {
    SmallVector<unsigned> missing;
    for (auto [position, name] : enumerate(names))
      if (!given.contains(name) && !func.getArgOptional()[position])
        missing.push_back(position);
    if (!missing.empty() && !options.seed) {
      std::string list;
      for (unsigned position : missing)
        list += (list.empty() ? "`" : ", `") + names[position].str() + "`";
      StringRef name = names[missing.front()];
      std::string way = typeOf(missing.front()).getRank() == 0
                            ? ("`--scalar " + name + "=VALUE`").str()
                            : ("`--in " + name + "=FILE.npy`").str();
      return usageError(Twine(missing.size() == 1 ? "argument " : "arguments ") + list +
                            (missing.size() == 1 ? " is" : " are") + " missing",
                        {"give " + way +
                         ", or a file of several with `--inputs FILE.npz`, or draw what is missing "
                         "with `--random`"});
    }
    auto extents = completeExtents(func, dims, given);
    if (!extents)
      return extents.takeError();
    for (unsigned position : missing) {
      auto shape = shapeAt(typeOf(position), names[position], *extents);
      if (!shape)
        return shape.takeError();
      auto tensor = HostTensor::makeUninitialized(elementOf(typeOf(position)), *shape);
      if (!tensor)
        return inputError("argument `" + names[position] + "`: " + toString(tensor.takeError()));
      draw(*tensor, *options.seed, names[position], subscriptRange(func, position, *extents));
      given[names[position]] = std::move(*tensor);
    }
    return Error::success();
  }

  mixer::FuncOp func;
  const InputOptions &options;
  const StringMap<int64_t> &dims;
  SmallVector<StringRef> names;
  StringMap<HostTensor> given;
};

} // namespace

Expected<Inputs> gatherInputs(mixer::FuncOp func, const InputOptions &options,
                              const StringMap<int64_t> &dims) {
  return Gatherer(func, options, dims).gather();
}

} // namespace mixc::driver
