//===- Storage.cpp - the order of a tensor's axes in memory ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Storage.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Outputs.h"

#include <cstring>

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

Error setStorage(mixer::FuncOp func, const StorageOrders &orders) {
  StringMap<int64_t> ranks;
  std::vector<StringRef> names;
  auto add = [&](StringRef name, mlir::Type type) {
    names.push_back(name);
    ranks[name] = cast<mixer::MixerTensorType>(type).getRank();
  };
  for (auto [attr, argument] : zip(func.getArgNames(), func.getBody().getArguments()))
    add(cast<mlir::StringAttr>(attr).getValue(), argument.getType());
  for (auto [name, type] : zip(outputNames(func), func.getResultTypes()))
    add(name, cast<mlir::TypeAttr>(type).getValue());
  for (auto &[name, order] : orders) {
    auto rank = ranks.find(name);
    if (rank == ranks.end())
      return usageError("`--storage`: `" + func.getSymName() + "` has no argument or output `" +
                            name + "`",
                        suggestions(name, names, "arguments and outputs"));
    if (rank->second != static_cast<int64_t>(order.size()))
      return usageError("`--storage " + name + "` orders " + Twine(order.size()) + " axes, but `" +
                        name + "` has " + Twine(rank->second));
  }

  SmallVector<StringRef> unit;
  for (StringRef name : names) {
    auto order = orders.find(name);
    if (ranks[name] > 0 && (order == orders.end() || order->second.back() + 1 == ranks[name]))
      unit.push_back(name);
  }
  func->setAttr("unit", mlir::Builder(func.getContext()).getStrArrayAttr(unit));
  return Error::success();
}

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape, ArrayRef<unsigned> order) {
  SmallVector<int64_t> stored, strides(shape.size());
  for (unsigned axis : order)
    stored.push_back(shape[axis]);
  for (auto [axis, stride] : zip(order, rowMajorStrides(stored)))
    strides[axis] = stride;
  return strides;
}

Expected<HostTensor> makeStored(Element element, ArrayRef<int64_t> shape,
                                ArrayRef<unsigned> order) {
  auto tensor = HostTensor::makeUninitialized(element, shape);
  if (tensor)
    tensor->strides = stridesOf(shape, order);
  return tensor;
}

Error applyStorage(Inputs &inputs, const StorageOrders &orders) {
  for (auto &[name, order] : orders) {
    auto found = inputs.call.arguments.find(name);
    if (found == inputs.call.arguments.end())
      continue;
    HostTensor &from = found->second;
    auto to = makeStored(from.element, from.shape, order);
    if (!to)
      return to.takeError();
    SmallVector<int64_t> index(from.rank(), 0);
    for (int64_t left = from.numElements(); left > 0; --left) {
      std::memcpy(to->addressOf(index), from.addressOf(index), byteSize(from.element));
      for (size_t axis = index.size(); axis-- > 0;) {
        if (++index[axis] < from.shape[axis])
          break;
        index[axis] = 0;
      }
    }
    from = std::move(*to);
  }
  return Error::success();
}

} // namespace mixc::driver
