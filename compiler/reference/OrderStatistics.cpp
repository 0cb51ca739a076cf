//===- OrderStatistics.cpp - what mixer.order computes --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;

namespace {

/// The candidates of a range, best first.
template <typename T> struct OrderRow {
  int64_t first = 0;
  std::vector<T> scores;
  std::vector<int64_t> order;

  size_t size() const { return 2 * scores.size(); }

  void sort() {
    order.resize(scores.size());
    std::iota(order.begin(), order.end(), int64_t(0));
    // Stable: of equal scores, NaNs among them, the lower candidate comes first.
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      if constexpr (!std::is_same_v<T, int64_t>)
        if (std::isnan(scores[a]) || std::isnan(scores[b]))
          return !std::isnan(scores[a]);
      return scores[a] > scores[b];
    });
  }
};

template <typename Real, typename T, bool isArgument>
bool runOrder(Frame<Real> &frame, const Instruction<Real> &in) {
  auto &loop = static_cast<const RowLoop<Real> &>(*in.detail);
  using Row = OrderRow<T>;
  int64_t rank = frame.slots[in.operands[0]].integer;
  Row *row = findRow<Row>(frame, loop, [&](Row &row) {
    Box box;
    if (!evaluateBox(frame, loop, box) || !makeRoom(frame, loop, box, row.scores) ||
        !makeRoom(frame, loop, box, row.order) ||
        !forEachPoint(frame, loop, box, [&](const Slot &x) { row.scores.push_back(x.as<T>()); }))
      return false;
    row.first = box.lower.front();
    row.sort();
    return true;
  });
  if (!row)
    return false;
  if (rank < 0 || rank >= static_cast<int64_t>(row->order.size()))
    return frame.fail(loop.location, "rank " + Twine(rank) + " is out of range: there are " +
                                         Twine(row->order.size()) + " candidates");
  int64_t candidate = row->order[rank];
  if constexpr (isArgument)
    frame.slots[in.result].integer = row->first + candidate;
  else
    frame.slots[in.result].template as<T>() = row->scores[candidate];
  return true;
}

} // namespace

template <typename Real> void BodyCompiler<Real>::compileOrder(mixer::OrderOp op) {
  auto *loop = add(std::make_unique<RowLoop<Real>>(op.getLoc()));
  compileRow(op, *loop);
  bool isArgument = op.getKind() == mixer::OrderKind::argtop;
  Run run = withScalar<Real>(kindOf(mixer::getBinding(op)->yielded()), [&](auto type) -> Run {
    using T = decltype(type);
    if constexpr (isComplexType<T>)
      return nullptr;
    else
      return isArgument ? &runOrder<Real, T, true> : &runOrder<Real, T, false>;
  });
  if (!run)
    return fail(op.getLoc(), "complex numbers have no order");
  emit(run, slotOf(op.getResult()), {slotOf(op.getRank())}, loop);
}

template void BodyCompiler<float>::compileOrder(mixer::OrderOp);
template void BodyCompiler<double>::compileOrder(mixer::OrderOp);
