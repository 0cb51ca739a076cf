//===- Draw.cpp - random arguments ----------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Draw.h"
#include "compiler/reference/Binding.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <numbers>

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

namespace {

/// SplitMix64 (Steele et al. 2014), whose k-th value needs no earlier one.
class Stream {
public:
  Stream(uint64_t seed, StringRef name) : origin(mix(seed)) {
    for (char c : name)
      origin = mix(origin ^ static_cast<unsigned char>(c));
  }

  uint64_t bits(uint64_t k) const { return mix(origin + (k + 1) * 0x9e3779b97f4a7c15); }
  /// In (0, 1].
  double unit(uint64_t k) const { return static_cast<double>((bits(k) >> 11) + 1) * 0x1p-53; }
  /// Standard normal, by Box and Muller's pairs.
  double normal(uint64_t k) const {
    uint64_t pair = k & ~uint64_t(1);
    double radius = std::sqrt(-2 * std::log(unit(pair)));
    double angle = 2 * std::numbers::pi * unit(pair + 1);
    return radius * (k & 1 ? std::sin(angle) : std::cos(angle));
  }

private:
  static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }
  uint64_t origin;
};

/// The largest value of an integer element, as a count of the values from 0.
int64_t nonNegativeValues(Element element) {
  switch (element) {
  case Element::I4:
    return 8;
  case Element::I8:
    return 128;
  case Element::U8:
    return 256;
  case Element::I16:
    return 1 << 15;
  case Element::I32:
    return int64_t(1) << 31;
  default:
    return INT64_MAX;
  }
}

/// Follows an integer tensor to where its values become subscripts or bounds of an index.
class SubscriptUses {
  using Value = mlir::Value;
  using Operation = mlir::Operation;

public:
  explicit SubscriptUses(ArrayRef<int64_t> extents) : extents(extents) {}

  void followTensor(Value tensor) {
    if (!seen.insert(tensor).second)
      return;
    for (Operation *user : tensor.getUsers()) {
      if (auto stored = dyn_cast<mixer::DefaultOp>(user))
        followTensor(stored.getResult());
      else if (auto read = dyn_cast<mixer::AtOp>(user))
        followValue(read.getResult());
      else
        indirect = true;
    }
  }

  /// The smallest axis found.
  std::optional<int64_t> smallest;
  /// Whether the values go where this analysis doesn't look.
  bool indirect = false;

private:
  void followValue(Value value) {
    for (mlir::OpOperand &use : value.getUses()) {
      Operation *user = use.getOwner();
      if (auto read = dyn_cast<mixer::AtOp>(user))
        subscript(read, use.getOperandNumber() - 1);
      else if (auto binding = mixer::getBinding(user))
        followBound(*binding, use);
      else if (auto yield = dyn_cast<mixer::YieldOp>(user))
        followYield(yield, use.getOperandNumber());
      else if (!isa<mlir::arith::CmpIOp>(user))
        indirect = true;
    }
  }

  void subscript(mixer::AtOp read, unsigned dim) {
    mlir::AffineMap map = read.getMap();
    for (auto [axis, expr] : enumerate(map.getResults())) {
      if (expr == mlir::getAffineDimExpr(dim, map.getContext()))
        note(read.getTensorType(), axis);
      else if (expr.isFunctionOfDim(dim))
        indirect = true;
    }
  }

  /// A value that bounds an index bounds what the index subscripts.
  void followBound(const mixer::Binding &binding, mlir::OpOperand &use) {
    for (Value index : binding.indices())
      for (mlir::OpOperand &inner : index.getUses())
        if (auto read = dyn_cast<mixer::AtOp>(inner.getOwner()))
          subscript(read, inner.getOperandNumber() - 1);
  }

  void followYield(mixer::YieldOp yield, unsigned operand) {
    Operation *owner = yield->getParentOp();
    if (auto scatter = dyn_cast<mixer::ScatterOp>(owner)) {
      auto type = cast<mixer::MixerTensorType>(scatter.getResult().getType());
      if (operand < type.getRank())
        note(type, operand);
    } else if (auto equation = dyn_cast<mixer::EqOp>(owner)) {
      followTensor(equation.getResult());
    } else {
      indirect = true;
    }
  }

  void note(mixer::MixerTensorType type, size_t axis) {
    auto ranges = axisRanges(type, extents, mlir::UnknownLoc::get(type.getContext()));
    if (!ranges)
      return consumeError(ranges.takeError());
    int64_t size = (*ranges)[axis].lower + (*ranges)[axis].size;
    smallest = smallest ? std::min(*smallest, size) : size;
  }

  ArrayRef<int64_t> extents;
  DenseSet<Value> seen;
};

} // namespace

int64_t subscriptRange(mixer::FuncOp func, unsigned position, ArrayRef<int64_t> extents) {
  SubscriptUses uses(extents);
  uses.followTensor(func.getBody().getArgument(position));
  std::optional<int64_t> range = uses.smallest;
  if (!range || uses.indirect)
    for (int64_t extent : extents)
      range = range ? std::min(*range, extent) : extent;
  return std::max<int64_t>(range.value_or(1), 1);
}

void draw(HostTensor &tensor, uint64_t seed, StringRef name, int64_t range) {
  Stream stream(seed, name);
  Element element = tensor.element;
  int64_t size = byteSize(element);
  uint64_t values = std::min(range, nonNegativeValues(element));
  int64_t count = tensor.numElements();
  for (int64_t k = 0; k != count; ++k) {
    std::byte *to = tensor.data + k * size;
    if (isComplex(element))
      encodeComplex(element, {stream.normal(2 * k), stream.normal(2 * k + 1)}, to);
    else if (isFloat(element))
      encode(element, stream.normal(k), to);
    else if (element == Element::Bool)
      encodeInt(element, stream.bits(k) >> 63, to);
    else
      // The product's upper half is uniform over [0, values).
      encodeInt(element, static_cast<int64_t>((__uint128_t(stream.bits(k)) * values) >> 64), to);
  }
}

} // namespace mixc::driver
