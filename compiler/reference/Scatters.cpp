//===- Scatters.cpp - contributions to computed points --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/EvaluationError.h"
#include "compiler/reference/Evaluator.h"
#include "compiler/reference/Functions.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;
using llvm::Error;
using llvm::Expected;

namespace {

/// What combines the values that meet at a point of a scatter.
template <typename T> T combine(mixer::ScatterKind kind, T old, T value) {
  if constexpr (isComplexType<T>) {
    return kind == mixer::ScatterKind::sum ? old + value : value;
  } else {
    switch (kind) {
    case mixer::ScatterKind::sum:
      if constexpr (std::is_same_v<T, int64_t>)
        return wrapAdd(old, value);
      else
        return old + value;
    case mixer::ScatterKind::max:
      return maximum(old, value);
    case mixer::ScatterKind::min:
      return minimum(old, value);
    case mixer::ScatterKind::overwrite:
      break;
    }
    return value;
  }
}

/// What a scatter starts from, as the type that it accumulates in.
template <typename T> T scatterStart(mixer::ScatterKind kind) {
  if constexpr (!isComplexType<T>) {
    using Limits = std::numeric_limits<T>;
    bool isMax = kind == mixer::ScatterKind::max;
    if (isMax || kind == mixer::ScatterKind::min) {
      if constexpr (Limits::has_infinity)
        return isMax ? -Limits::infinity() : Limits::infinity();
      else
        return isMax ? Limits::min() : Limits::max();
    }
  }
  return T(0);
}

} // namespace

template <typename Real>
int64_t Evaluator<Real>::targetOffset(Frame<Real> &frame, const Values &target,
                                      ArrayRef<SlotId> subscripts, Location location) {
  SmallVector<int64_t, 6> point;
  for (SlotId id : subscripts)
    point.push_back(frame.slots[id].integer);
  unsigned bad = 0;
  int64_t offset = target.offsetOf(point, bad);
  if (offset < 0)
    frame.fail(location, "`" + target.name + shapeString(point) + "` is out of bounds: subscript " +
                             Twine(bad) + " is " + Twine(point[bad]) + ", its range is " +
                             Twine(target.axes[bad].lower) + " to " +
                             Twine(target.axes[bad].lower + target.axes[bad].size));
  return offset;
}

template <typename Real> Error Evaluator<Real>::runScatter(mixer::ScatterOp op) {
  if (Error failure = allocate(op.getResult(), op.getName(), op.getLoc()))
    return failure;
  Expected<Program<Real> *> program = programOf(op);
  if (!program)
    return program.takeError();
  Expected<SmallVector<AxisRange>> ranges =
      evaluateRanges(op.getLower().getResults(), op.getUpper().getResults(), extents, op.getLoc());
  if (!ranges)
    return ranges.takeError();
  Values &result = valuesOf(op.getResult());
  mixer::ScatterKind kind = op.getKind();
  ArrayRef<SlotId> subscripts = ArrayRef((*program)->yielded).drop_back();
  SlotId value = (*program)->yielded.back();
  int64_t count = result.numPoints();
  // The points meet in the type of computation and are rounded once, behind the last of them.
  return withScalar<Real>(result.kind, [&](auto type) -> Error {
    using T = decltype(type);
    std::vector<T> sums(count, scatterStart<T>(kind));
    Slot slot;
    if (kind == mixer::ScatterKind::overwrite)
      for (int64_t k = 0; k < count; ++k) {
        load<Real>(valuesOf(op.getInit().front()), k, slot);
        sums[k] = slot.as<T>();
      }
    if (Error failure = forPoints(
            **program, *ranges,
            [&](Frame<Real> &frame, int64_t) {
              int64_t offset = targetOffset(frame, result, subscripts, op.getLoc());
              if (offset < 0)
                return false;
              sums[offset] = combine(kind, sums[offset], frame.slots[value].template as<T>());
              return true;
            },
            /*ordered=*/true))
      return failure;
    for (int64_t k = 0; k < count; ++k) {
      slot.as<T>() = sums[k];
      store<Real>(result, k, slot);
    }
    return Error::success();
  });
}

#define MIXC_INSTANTIATE(REAL)                                                                     \
  template int64_t Evaluator<REAL>::targetOffset(Frame<REAL> &, const Values &, ArrayRef<SlotId>,  \
                                                 Location);                                        \
  template Error Evaluator<REAL>::runScatter(mixer::ScatterOp);
MIXC_INSTANTIATE(float)
MIXC_INSTANTIATE(double)
#undef MIXC_INSTANTIATE
