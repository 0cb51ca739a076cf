//===- Storage.cpp - calls whose tensors lie as the user says -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Storage.h"
#include "compiler/driver/Extents.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Places.h"
#include "compiler/reference/TensorFile.h"
#include "dialects/plan/Plan.h"

#include <cstring>
#include <map>
#include <numeric>

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

//===----------------------------------------------------------------------===//
// What may lie how
//===----------------------------------------------------------------------===//

namespace {
/// An argument or an output.
struct Declared {
  StringRef name;
  mixer::MixerTensorType type;
  bool isOutput, isOptional;
  mlir::Value result; ///< of an output
};
} // namespace

static std::vector<Declared> declaredTensors(mixer::FuncOp func) {
  std::vector<Declared> tensors;
  for (auto [name, argument, optional] : zip(func.getArgNames().getAsRange<mlir::StringAttr>(),
                                             func.getBody().getArguments(), func.getArgOptional()))
    tensors.push_back(
        {name.getValue(), cast<mixer::MixerTensorType>(argument.getType()), false, optional, {}});
  for (auto [name, type, result] :
       zip(outputNames(func), func.getResultTypes(), func.getReturn().getResults()))
    tensors.push_back({name, cast<mixer::MixerTensorType>(cast<mlir::TypeAttr>(type).getValue()),
                       true, false, result});
  return tensors;
}

static Error checkIndirect(mixer::FuncOp func, const Declared &tensor, const Layout &layout) {
  std::string what = ("`--storage " + tensor.name + "=" + layout.text + "`").str();
  int64_t rank = tensor.type.getRank();
  if (layout.axis >= rank)
    return usageError(what + ": `" + tensor.name + "` has " + Twine(rank) + " axes, counted from 0",
                      {"axis 0 counts the sequences, `axis` their places"});
  if (tensor.isOptional)
    return refusal(what + ": `" + tensor.name + "` has a default, and lies nowhere then");
  // Kernels may keep a history in an output, or read it back, also where it has no element.
  if (tensor.isOutput &&
      (!tensor.result.getDefiningOp<mixer::EqOp>() || !tensor.result.hasOneUse()))
    return refusal(what + ": output `" + tensor.name +
                       "` is read by the mixer itself, which needs all of it",
                   {"it may have any order of axes"});
  return Error::success();
}

Error setStorage(mixer::FuncOp func, const Layouts &layouts) {
  std::vector<Declared> tensors = declaredTensors(func);
  std::vector<StringRef> names;
  for (const Declared &tensor : tensors)
    names.push_back(tensor.name);
  for (auto &[name, layout] : layouts)
    if (!is_contained(names, name))
      return usageError("`--storage`: `" + func.getSymName() + "` has no argument or output `" +
                            name + "`",
                        suggestions(name, names, "arguments and outputs"));

  mlir::Builder builder(func.getContext());
  func.getContext()->loadDialect<plan::PlanDialect>();
  SmallVector<StringRef> unit;
  SmallVector<mlir::NamedAttribute> storage;
  for (const Declared &tensor : tensors) {
    int64_t rank = tensor.type.getRank();
    auto found = layouts.find(tensor.name);
    if (found == layouts.end()) {
      if (rank > 0)
        unit.push_back(tensor.name);
      continue;
    }
    const Layout &layout = found->second;
    if (!layout.order.empty() && static_cast<int64_t>(layout.order.size()) != rank)
      return usageError("`--storage " + tensor.name + "` orders " + Twine(layout.order.size()) +
                        " axes, but `" + tensor.name + "` has " + Twine(rank));
    bool isLast = layout.order.empty() || layout.order.back() + 1 == rank;
    if (layout.isIndirect()) {
      if (Error error = checkIndirect(func, tensor, layout))
        return error;
      int64_t axis = layout.axis;
      mlir::Attribute form =
          layout.form == Layout::Packed
              ? mlir::Attribute(plan::PackedAttr::get(func.getContext(), axis))
              : mlir::Attribute(plan::PagedAttr::get(func.getContext(), axis, layout.block));
      storage.push_back(builder.getNamedAttr(tensor.name, form));
      // The check of the stride looks at the size that the spec gives the axis.
      isLast &= axis + 1 != rank;
    }
    if (isLast && rank > 0)
      unit.push_back(tensor.name);
  }
  func->setAttr("unit", builder.getStrArrayAttr(unit));
  if (storage.empty())
    return Error::success();
  func->setAttr("storage", builder.getDictionaryAttr(storage));
  for (const IndirectTensor &tensor : indirectTensors(func, layouts))
    for (const std::string &name : {tensor.tableName(), tensor.boundName()})
      if (is_contained(names, StringRef(name)) ||
          any_of(func.getExtents().getAsRange<mixer::ExtentAttr>(),
                 [&](mixer::ExtentAttr extent) { return extent.getName().getValue() == name; }))
        return refusal("`--storage " + tensor.name + "`: its own `" + name + "` meets that of `" +
                           func.getSymName() + "`",
                       {"rename one of them in the spec"});
  return Error::success();
}

std::string IndirectTensor::tableName() const {
  return (name + (layout->form == Layout::Packed ? "_offsets" : "_table")).str();
}

std::string IndirectTensor::boundName() const {
  return (name + (layout->form == Layout::Packed ? "_total" : "_pages")).str();
}

std::vector<IndirectTensor> indirectTensors(mixer::FuncOp func, const Layouts &layouts) {
  std::vector<IndirectTensor> result;
  for (const Declared &tensor : declaredTensors(func))
    if (auto found = layouts.find(tensor.name);
        found != layouts.end() && found->second.isIndirect())
      result.push_back({tensor.name, tensor.type, &found->second, tensor.isOutput});
  return result;
}

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape, ArrayRef<unsigned> order) {
  if (order.empty())
    return rowMajorStrides(shape);
  SmallVector<int64_t> stored, strides(shape.size());
  for (unsigned axis : order)
    stored.push_back(shape[axis]);
  for (auto [axis, stride] : zip(order, rowMajorStrides(stored)))
    strides[axis] = stride;
  return strides;
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// Calls `visit` with every index of a tensor of this shape.
static void forEachIndex(ArrayRef<int64_t> shape, function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t left = std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
  for (; left > 0; --left) {
    visit(index);
    for (size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis])
        break;
      index[axis] = 0;
    }
  }
}

Error StoredCall::checkOffsets(const IndirectTensor &tensor, Indirect &indirect,
                               int64_t length) const {
  const HostTensor &offsets = indirect.table;
  auto wrong = [&](int64_t k, const Twine &why) {
    return inputError("`" + tensor.layout->file + "`: offset " + Twine(k) + " of `" + tensor.name +
                      "` is " + Twine(offsets.getInt({k})) + why);
  };
  if (offsets.getInt({0}) < 0)
    return wrong(0, ", below 0");
  for (int64_t k = 1; k < offsets.shape.front(); ++k) {
    int64_t before = offsets.getInt({k - 1}), places = offsets.getInt({k}) - before;
    if (places < 0)
      return wrong(k, ", below the " + Twine(before) + " before it");
    if (places > length)
      return wrong(k, ": sequence " + Twine(k - 1) + " has " + Twine(places) +
                          " places, but axis " + Twine(tensor.layout->axis) + " has " +
                          Twine(length));
  }
  indirect.bound = offsets.getInt({offsets.shape.front() - 1});
  return Error::success();
}

Error StoredCall::checkPages(const IndirectTensor &tensor, Indirect &indirect) const {
  const HostTensor &table = indirect.table;
  indirect.bound = tensor.layout->pages.value_or(table.numElements());
  std::map<int64_t, std::string> taken;
  Error result = Error::success();
  forEachIndex(table.shape, [&](ArrayRef<int64_t> index) {
    int64_t page = table.getInt(index);
    if (result || page == -1)
      return;
    std::string at = shapeString(index);
    if (page < 0 || page >= indirect.bound)
      result =
          joinErrors(std::move(result),
                     inputError("`" + tensor.layout->file + "`: the table of `" + tensor.name +
                                    "` has page " + Twine(page) + " at " + at +
                                    ", but the pool has pages 0 to " + Twine(indirect.bound - 1),
                                {"-1 says that there is none; `pages=` in `--storage` makes "
                                 "the pool larger"}));
    else if (auto [other, isNew] = taken.try_emplace(page, at); !isNew && tensor.isOutput)
      result = joinErrors(std::move(result),
                          inputError("`" + tensor.layout->file + "`: the table of `" + tensor.name +
                                     "` has page " + Twine(page) + " at " + other->second +
                                     " and at " + at + ", but an output needs its own for each"));
  });
  return result;
}

Error StoredCall::readTable(const IndirectTensor &tensor) {
  const Layout &layout = *tensor.layout;
  bool isPacked = layout.form == Layout::Packed;
  StringRef what = isPacked ? "offsets" : "table";
  if (layout.file.empty())
    return usageError("`--storage " + tensor.name + "=" + layout.text + "` has no `" + what + "`",
                      {("write `" + what + "=FILE.npy`").str()});
  auto shape = shapeAt(tensor.type, tensor.name, given.extents);
  if (!shape)
    return shape.takeError();
  auto read = readNpy(layout.file);
  if (!read)
    return fileError(read.takeError());
  SmallVector<int64_t> wanted{shape->front() + isPacked};
  if (!isPacked)
    wanted.push_back(((*shape)[layout.axis] + layout.block - 1) / layout.block);
  if (ArrayRef(read->shape) != ArrayRef(wanted) || !isInteger(read->element))
    return inputError("`" + layout.file + "` has " + elementName(read->element) +
                      shapeString(read->shape) + ", but the " + what + " of `" + tensor.name +
                      "` is integers of shape " + shapeString(wanted));
  auto table = HostTensor::make(Element::I32, wanted);
  if (!table)
    return table.takeError();
  Error error = Error::success();
  forEachIndex(wanted, [&](ArrayRef<int64_t> index) {
    int64_t value = read->getInt(index);
    if (!error && value != static_cast<int32_t>(value))
      error = joinErrors(std::move(error),
                         inputError("`" + layout.file + "` has " + Twine(value) + " at " +
                                    shapeString(index) + ", which does not fit i32"));
    table->setInt(index, value);
  });
  if (error)
    return error;
  Indirect indirect{layout, std::move(*table), 0};
  if (Error wrong = isPacked ? checkOffsets(tensor, indirect, (*shape)[layout.axis])
                             : checkPages(tensor, indirect))
    return wrong;
  indirects[tensor.name] = std::move(indirect);
  return Error::success();
}

bool StoredCall::Indirect::find(ArrayRef<int64_t> index, SmallVectorImpl<int64_t> &at) const {
  at.assign(index.begin(), index.end());
  int64_t sequence = index.front(), place = index[layout.axis];
  if (layout.form == Layout::Packed) {
    at.front() = 0;
    at[layout.axis] = table.getInt({sequence}) + place;
    return at[layout.axis] < table.getInt({sequence + 1});
  }
  at.front() = table.getInt({sequence, place / layout.block});
  at[layout.axis] = place % layout.block;
  return at.front() >= 0;
}

SmallVector<int64_t> StoredCall::Indirect::shapeOf(ArrayRef<int64_t> plain) const {
  SmallVector<int64_t> shape(plain);
  bool isPacked = layout.form == Layout::Packed;
  shape.front() = isPacked ? 1 : bound;
  shape[layout.axis] = isPacked ? bound : layout.block;
  return shape;
}

const StoredCall::Indirect *StoredCall::indirectOf(StringRef name) const {
  auto found = indirects.find(name);
  return found == indirects.end() ? nullptr : &found->second;
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

void StoredCall::clip(HostTensor &tensor, const Indirect &indirect) const {
  SmallVector<int64_t> at;
  forEachIndex(tensor.shape, [&](ArrayRef<int64_t> index) {
    if (!indirect.find(index, at))
      std::memset(tensor.addressOf(index), 0, byteSize(tensor.element));
  });
}

/// A new tensor whose axes lie in memory as `layout` says; each byte is 0xff.
static Expected<HostTensor> makeStored(Element element, ArrayRef<int64_t> shape,
                                       const Layout &layout) {
  auto tensor = HostTensor::makeUninitialized(element, shape);
  if (!tensor)
    return tensor.takeError();
  std::memset(tensor->data, 0xff, static_cast<size_t>(tensor->numBytes()));
  tensor->strides = stridesOf(shape, layout.order);
  return tensor;
}

Error StoredCall::place(StringRef name, const Layout &layout) {
  const HostTensor &from = given.call.arguments[name];
  auto to = makeStored(from.element, from.shape, layout);
  if (!to)
    return to.takeError();
  forEachIndex(from.shape, [&](ArrayRef<int64_t> index) {
    std::memcpy(to->addressOf(index), from.addressOf(index), byteSize(from.element));
  });
  placed.call.arguments[name] = std::move(*to);
  return Error::success();
}

Error StoredCall::placeIndirect(StringRef name, const Indirect &indirect) {
  HostTensor &from = given.call.arguments[name];
  clip(from, indirect);
  auto to = makeStored(from.element, indirect.shapeOf(from.shape), indirect.layout);
  if (!to)
    return refusal("`--storage " + name + "`: " + toString(to.takeError()));
  // Several sequences may share a page, if they have the same there.
  std::vector<bool> isTaken(indirect.layout.form == Layout::Paged ? to->numElements() : 0);
  std::string clash;
  SmallVector<int64_t> at;
  forEachIndex(from.shape, [&](ArrayRef<int64_t> index) {
    if (!clash.empty() || !indirect.find(index, at))
      return;
    size_t bytes = byteSize(from.element), place = to->offsetOf(at);
    if (!isTaken.empty() && isTaken[place] &&
        std::memcmp(to->addressOf(at), from.addressOf(index), bytes) != 0)
      clash = shapeString(index);
    if (!isTaken.empty())
      isTaken[place] = true;
    std::memcpy(to->addressOf(at), from.addressOf(index), bytes);
  });
  if (!clash.empty())
    return inputError("`" + indirect.layout.file + "`: sequences share a page of `" + name +
                      "`, but differ in what they have there, at " + clash);
  placed.call.arguments[name] = std::move(*to);
  return Error::success();
}

Expected<StoredCall> StoredCall::make(mixer::FuncOp func, Inputs inputs, const Layouts &layouts,
                                      const Target &target) {
  StoredCall call;
  call.func = func;
  call.layouts = layouts;
  call.given = std::move(inputs);
  call.isDirect = target.kind == TargetKind::Reference;
  std::vector<IndirectTensor> tensors = indirectTensors(func, call.layouts);
  for (const IndirectTensor &tensor : tensors)
    if (Error error = call.readTable(tensor))
      return error;
  call.placed = call.given;
  for (auto &[name, layout] : call.layouts) {
    if (!call.given.call.arguments.contains(name))
      continue;
    const Indirect *indirect = call.indirectOf(name);
    if (Error error = indirect ? call.placeIndirect(name, *indirect) : call.place(name, layout))
      return error;
  }
  for (const IndirectTensor &tensor : tensors) {
    const Indirect &indirect = *call.indirectOf(tensor.name);
    call.placed.extents.push_back(indirect.bound);
    call.placed.call.arguments[tensor.tableName()] = indirect.table;
  }
  return call;
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

Expected<GuardedOutputs> StoredCall::makeOutputs() const {
  std::vector<StoredShape> shapes;
  for (auto [name, attr] : zip(outputNames(func), func.getResultTypes())) {
    auto type = cast<mixer::MixerTensorType>(cast<mlir::TypeAttr>(attr).getValue());
    auto shape = shapeAt(type, name, given.extents);
    if (!shape)
      return shape.takeError();
    auto layout = layouts.find(name);
    ArrayRef<unsigned> order;
    if (layout != layouts.end() && !isDirect) {
      if (const Indirect *indirect = indirectOf(name))
        *shape = indirect->shapeOf(*shape);
      order = layout->second.order;
    }
    shapes.push_back({name, elementOf(type), *shape, stridesOf(*shape, order)});
  }
  return driver::makeOutputs(shapes);
}

Expected<SmallVector<HostTensor>> StoredCall::readOutputs(ArrayRef<HostTensor> outputs) const {
  SmallVector<HostTensor> result(outputs);
  for (auto [name, attr, output] : zip(outputNames(func), func.getResultTypes(), result)) {
    const Indirect *indirect = indirectOf(name);
    if (!indirect)
      continue;
    if (isDirect) {
      clip(output, *indirect);
      continue;
    }
    auto type = cast<mixer::MixerTensorType>(cast<mlir::TypeAttr>(attr).getValue());
    auto shape = shapeAt(type, name, given.extents);
    if (!shape)
      return shape.takeError();
    auto plain = HostTensor::make(output.element, *shape);
    if (!plain)
      return plain.takeError();
    SmallVector<int64_t> at;
    forEachIndex(*shape, [&](ArrayRef<int64_t> index) {
      if (indirect->find(index, at))
        std::memcpy(plain->addressOf(index), output.addressOf(at), byteSize(output.element));
    });
    output = std::move(*plain);
  }
  return result;
}

void StoredCall::clip(MutableArrayRef<HostTensor> outputs) const {
  for (auto [name, output] : zip(outputNames(func), outputs))
    if (const Indirect *indirect = indirectOf(name))
      clip(output, *indirect);
}

} // namespace mixc::driver
