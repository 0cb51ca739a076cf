//===- Recurrences.cpp - tensors defined step by step ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"
#include "compiler/reference/EvaluationError.h"
#include "compiler/reference/Evaluator.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;
using llvm::Error;
using llvm::Expected;

template <typename Real>
Error Evaluator<Real>::copySlice(Operation *op, unsigned slot, Value slice, Value history,
                                 AffineMap map, ValueRange times) {
  unsigned rank = cast<mixer::MixerTensorType>(slice.getType()).getRank();
  Expected<Program<Real> *> program = mapProgram(op, slot, map, rank, times);
  if (!program)
    return program.takeError();
  const Values &from = valuesOf(slice);
  Values &to = valuesOf(history);
  return forPoints(
      **program, rangesOf(from),
      [&](Frame<Real> &frame, int64_t position) {
        int64_t offset = targetOffset(frame, to, (*program)->yielded, op->getLoc());
        if (offset < 0)
          return false;
        Slot value;
        load<Real>(from, position, value);
        store<Real>(to, offset, value);
        if (!to.defined.empty())
          to.defined[offset] = 1;
        return true;
      },
      /*ordered=*/true);
}

/// A history is one tensor that fills up; the values of the dialect that stand for it before and
/// after a step share it.
template <typename Real> Error Evaluator<Real>::runAppend(mixer::AppendOp op) {
  alias(op.getResult(), op.getHistory());
  return copySlice(op, 0, op.getSlice(), op.getHistory(), op.getMap(), op.getTimes());
}

template <typename Real> Error Evaluator<Real>::runRecur(mixer::RecurOp op) {
  for (auto [result, carry, name] : llvm::zip_equal(op.getHistories(), op.getCarries(),
                                                    op.getNames().getAsValueRange<StringAttr>())) {
    if (Error failure = allocate(result, name, op.getLoc()))
      return failure;
    Values &history = valuesOf(result);
    history.defined.assign(history.numPoints(), 0);
    alias(carry, result);
  }
  for (auto [k, init] : llvm::enumerate(op.getInits()))
    if (Error failure = copySlice(op, k + 1, init, op.getHistories()[op.getInitCarry()[k]],
                                  cast<AffineMapAttr>(op.getInitMaps()[k]).getValue(), {}))
      return failure;

  Expected<SmallVector<AxisRange>> ranges =
      evaluateRanges(op.getLower().getResults(), op.getUpper().getResults(), extents, op.getLoc());
  if (!ranges)
    return ranges.takeError();
  size_t rank = ranges->size();
  // The steps are counted from where each index starts, so that all count upwards.
  SmallVector<int64_t> count(rank, 0);
  bool isEmpty = llvm::any_of(*ranges, [](const AxisRange &range) { return range.size == 0; });
  for (bool more = !isEmpty; more;) {
    for (size_t k = 0; k < rank; ++k) {
      const AxisRange &range = (*ranges)[k];
      times[op.getTimes()[k]] =
          range.lower + (op.getReverse()[k] ? range.size - 1 - count[k] : count[k]);
    }
    if (Error failure = runBlock(op.getBody().front()))
      return failure;
    more = false;
    for (size_t k = rank; k-- > 0 && !more;) {
      more = ++count[k] < (*ranges)[k].size;
      if (!more)
        count[k] = 0;
    }
  }
  for (Value result : op.getHistories()) {
    std::vector<uint8_t> &defined = valuesOf(result).defined;
    if (llvm::all_of(defined, [](uint8_t known) { return known != 0; }))
      defined.clear();
  }
  return Error::success();
}

#define MIXC_INSTANTIATE(REAL)                                                                     \
  template Error Evaluator<REAL>::copySlice(Operation *, unsigned, Value, Value, AffineMap,        \
                                            ValueRange);                                           \
  template Error Evaluator<REAL>::runAppend(mixer::AppendOp);                                      \
  template Error Evaluator<REAL>::runRecur(mixer::RecurOp);
MIXC_INSTANTIATE(float)
MIXC_INSTANTIATE(double)
#undef MIXC_INSTANTIATE
