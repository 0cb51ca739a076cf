//===- Normalisers.cpp - what mixer.along computes ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All four kinds are x -> f(x, shift, scale) with two numbers a row; a row is kept with them.
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"
#include "compiler/reference/Functions.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;

namespace {

template <typename Real> struct Along : RowLoop<Real> {
  using RowLoop<Real>::RowLoop;
  mixer::AlongKind kind;
  double eps = 0;
  SmallVector<SlotId> at;
};

template <typename T, typename Wide> struct NormaliserRow {
  Box box;
  std::vector<T> values;
  T shift = 0, scale = 0;

  size_t size() const { return values.size(); }

  /// The position of a point in the row, nothing outside.
  std::optional<int64_t> positionOf(ArrayRef<int64_t> point) const {
    int64_t position = 0;
    for (auto [x, lower, upper] : llvm::zip_equal(point, box.lower, box.upper)) {
      if (x < lower || x >= upper)
        return std::nullopt;
      position = position * (upper - lower) + (x - lower);
    }
    return position;
  }

  T sumOfSquares() const {
    Wide sum = 0;
    for (T x : values)
      sum += Wide(x - shift) * Wide(x - shift);
    return T(sum);
  }

  void finish(mixer::AlongKind kind, T eps) {
    T count = static_cast<T>(values.size());
    Wide total = 0;
    switch (kind) {
    case mixer::AlongKind::softmax:
      shift = -std::numeric_limits<T>::infinity();
      for (T x : values)
        shift = maximum(shift, x);
      for (T x : values)
        total += expDifference(x, shift);
      scale = T(total);
      break;
    case mixer::AlongKind::normalize:
      scale = maximum(std::sqrt(sumOfSquares()), eps);
      break;
    case mixer::AlongKind::layernorm:
      for (T x : values)
        total += x;
      shift = T(total / count);
      [[fallthrough]];
    case mixer::AlongKind::rmsnorm:
      scale = std::sqrt(sumOfSquares() / count + eps);
      break;
    }
  }

  T normalised(mixer::AlongKind kind, int64_t position) const {
    T x = values[position];
    if (kind != mixer::AlongKind::softmax)
      return (x - shift) / scale;
    // Only a row of -inf alone has nothing to divide by.
    return scale == 0 ? T(0) : expDifference(x, shift) / scale;
  }
};

template <typename Real, typename T>
bool runAlong(Frame<Real> &frame, const Instruction<Real> &in) {
  auto &along = static_cast<const Along<Real> &>(*in.detail);
  using Row = NormaliserRow<T, SumType<Real, T>>;
  Row *row = findRow<Row>(frame, along, [&](Row &row) {
    if (!evaluateBox(frame, along, row.box) || !makeRoom(frame, along, row.box, row.values) ||
        !forEachPoint(frame, along, row.box,
                      [&](const Slot &x) { row.values.push_back(x.as<T>()); }))
      return false;
    row.finish(along.kind, static_cast<T>(along.eps));
    return true;
  });
  if (!row)
    return false;
  SmallVector<int64_t, 4> point;
  for (SlotId id : along.at)
    point.push_back(frame.slots[id].integer);
  std::optional<int64_t> position = row->positionOf(point);
  if (!position)
    return frame.fail(along.location, "a normalised row is read outside of its range");
  frame.slots[in.result].template as<T>() = row->normalised(along.kind, *position);
  return true;
}

} // namespace

template <typename Real> void BodyCompiler<Real>::compileAlong(mixer::AlongOp op) {
  auto *along = add(std::make_unique<Along<Real>>(op.getLoc()));
  along->kind = op.getKind();
  along->eps = op.getEps().convertToDouble();
  along->at = slotsOf(op.getAt());
  compileRow(op, *along);
  bool isDouble = kindOf(op.getResult()) == Kind::Double;
  emit(isDouble ? &runAlong<Real, double> : &runAlong<Real, Real>, slotOf(op.getResult()), {},
       along);
}

template void BodyCompiler<float>::compileAlong(mixer::AlongOp);
template void BodyCompiler<double>::compileAlong(mixer::AlongOp);
