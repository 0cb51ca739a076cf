//===- Equations.cpp - tensors defined point by point ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/EvaluationError.h"
#include "compiler/reference/Evaluator.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;
using llvm::Error;
using llvm::Expected;

template <typename Real>
Error Evaluator<Real>::forPoints(const Program<Real> &program, ArrayRef<AxisRange> ranges,
                                 Visit visit, bool ordered) {
  int64_t total = 1;
  for (const AxisRange &range : ranges)
    if (__builtin_mul_overflow(total, range.size, &total))
      return evaluationError(func.getLoc(), "an index space has more than 2^63 points");

  auto runPoints = [&](Frame<Real> &frame, int64_t begin, int64_t end) {
    size_t rank = ranges.size();
    for (int64_t k = rank, rest = begin; k-- > 0; rest /= ranges[k].size)
      frame.slots[k].integer = ranges[k].lower + rest % ranges[k].size;
    for (int64_t position = begin; position < end; ++position) {
      if (!frame.proceed(func.getLoc()) || !execute(program.code, frame) || !visit(frame, position))
        return false;
      for (size_t k = rank; k-- > 0;) {
        if (++frame.slots[k].integer < ranges[k].lower + ranges[k].size)
          break;
        frame.slots[k].integer = ranges[k].lower;
      }
    }
    return true;
  };
  /// Runs the points [begin, end). No exception may leave a thread.
  auto runPiece = [&](Frame<Real> &frame, int64_t begin, int64_t end) {
    try {
      return runPoints(frame, begin, end);
    } catch (const std::bad_alloc &) {
      return frame.fail(func.getLoc(), outOfMemoryText);
    }
  };

  // Below this many instructions, waking threads costs more than it saves.
  constexpr double worthSharing = 2e5;
  double work = static_cast<double>(total) * program.cost;
  if (ordered || total < 2 || work < worthSharing) {
    Frame<Real> frame = makeFrame(program);
    if (total != 0 && !runPiece(frame, 0, total))
      return evaluationError(frame.failure->location, frame.failure->text);
    return Error::success();
  }

  if (!workers)
    workers = std::make_unique<Workers>();
  // Several pieces a thread, since points differ in cost; the first piece that fails ends those
  // behind it.
  int64_t pieces = std::min<int64_t>(total, 8 * workers->size());
  std::atomic<int64_t> next = 0, firstFailed = pieces;
  std::mutex mutex;
  std::optional<Failure> failure;
  workers->run([&](unsigned) {
    Frame<Real> frame = makeFrame(program);
    for (int64_t piece; (piece = next++) < firstFailed.load();) {
      auto bound = [&](int64_t k) {
        return static_cast<int64_t>(static_cast<__int128>(total) * k / pieces);
      };
      if (runPiece(frame, bound(piece), bound(piece + 1)))
        continue;
      std::lock_guard lock(mutex);
      if (piece < firstFailed) {
        firstFailed = piece;
        failure = frame.failure;
      }
      return;
    }
  });
  if (failure)
    return evaluationError(failure->location, failure->text);
  return Error::success();
}

template <typename Real> Error Evaluator<Real>::runEq(mixer::EqOp op) {
  if (Error failure = allocate(op.getResult(), op.getName(), op.getLoc()))
    return failure;
  Expected<Program<Real> *> program = programOf(op);
  if (!program)
    return program.takeError();
  Values &result = valuesOf(op.getResult());
  SlotId yielded = (*program)->yielded.front();
  return forPoints(
      **program, rangesOf(result),
      [&](Frame<Real> &frame, int64_t position) {
        store<Real>(result, position, frame.slots[yielded]);
        return true;
      },
      /*ordered=*/false);
}

template <typename Real> Error Evaluator<Real>::runTable(mixer::TableOp op) {
  auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!elements)
    return evaluationError(op.getLoc(), "the reference reads dense tables only");
  if (Error failure = allocate(op.getResult(), "table", op.getLoc()))
    return failure;
  Values &result = valuesOf(op.getResult());
  Slot slot;
  int64_t position = 0;
  if (isa<FloatType>(elements.getElementType())) {
    for (const APFloat &value : elements.getValues<APFloat>()) {
      if (result.kind == Kind::Double)
        slot.as<double>() = value.convertToDouble();
      else
        slot.as<Real>() = static_cast<Real>(value.convertToDouble());
      store<Real>(result, position++, slot);
    }
    return Error::success();
  }
  for (const APInt &value : elements.getValues<APInt>()) {
    slot.integer = value.getBitWidth() == 1 ? value.getZExtValue() : value.getSExtValue();
    store<Real>(result, position++, slot);
  }
  return Error::success();
}

#define MIXC_INSTANTIATE(REAL)                                                                     \
  template Error Evaluator<REAL>::forPoints(const Program<REAL> &, ArrayRef<AxisRange>, Visit,     \
                                            bool);                                                 \
  template Error Evaluator<REAL>::runEq(mixer::EqOp);                                              \
  template Error Evaluator<REAL>::runTable(mixer::TableOp);
MIXC_INSTANTIATE(float)
MIXC_INSTANTIATE(double)
#undef MIXC_INSTANTIATE
