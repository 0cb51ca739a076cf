//===- Reductions.cpp - what mixer.reduce computes ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One accumulator a kind: what it starts from, how it takes the next value (in row-major order),
// what it gives in the end.
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"
#include "compiler/reference/Functions.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;

namespace {

template <typename T, typename Wide> struct Sum {
  Wide total = Wide(0);
  void take(T x) {
    if constexpr (std::is_same_v<T, int64_t>)
      total = wrapAdd(total, x);
    else
      total += Wide(x);
  }
  T give() const { return T(total); }
};

template <typename T> struct Product {
  T total = T(1);
  void take(T x) {
    if constexpr (std::is_same_v<T, int64_t>)
      total = wrapMul(total, x);
    else if constexpr (isComplexType<T>)
      total = multiply(total, x);
    else
      total *= x;
  }
  T give() const { return total; }
};

template <typename T, typename Wide> struct Mean {
  Wide total = Wide(0);
  int64_t count = 0;
  void take(T x) {
    total += Wide(x);
    ++count;
  }
  T give() const {
    if (count == 0)
      return T(0);
    if constexpr (isComplexType<T>)
      return T(total / static_cast<typename Wide::value_type>(count));
    else
      return T(total / static_cast<Wide>(count));
  }
};

/// The identity of max: -inf, or the least integer.
template <typename T>
constexpr T least = std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                         : std::numeric_limits<T>::min();
template <typename T>
constexpr T greatest = std::numeric_limits<T>::has_infinity ? std::numeric_limits<T>::infinity()
                                                            : std::numeric_limits<T>::max();

template <typename T> struct Max {
  T best = least<T>;
  void take(T x) { best = maximum(best, x); }
  T give() const { return best; }
};

template <typename T> struct Min {
  T best = greatest<T>;
  void take(T x) { best = minimum(best, x); }
  T give() const { return best; }
};

struct Any {
  int64_t value = 0;
  void take(int64_t x) { value |= x; }
  int64_t give() const { return value; }
};

struct All {
  int64_t value = 1;
  void take(int64_t x) { value &= x; }
  int64_t give() const { return value; }
};

/// The position of the first best value. A NaN is worse than any number.
template <typename T, bool largest> struct ArgBest {
  T best = T(0);
  int64_t position = 0, next = 0;
  void take(T x) {
    if (next == 0 || isBetter(x)) {
      best = x;
      position = next;
    }
    ++next;
  }
  bool isBetter(T x) const {
    if constexpr (!std::is_same_v<T, int64_t>)
      if (std::isnan(best) && !std::isnan(x))
        return true;
    return largest ? x > best : x < best;
  }
  int64_t give() const { return position; }
};

/// max + log(sum(exp(x - max))); the maximum itself where it is infinite.
template <typename T, typename Wide> struct LogSumExp {
  std::vector<T> values;
  Max<T> max;
  void take(T x) {
    values.push_back(x);
    max.take(x);
  }
  T give() const {
    if (std::isinf(max.best))
      return max.best;
    Wide sum = 0;
    for (T x : values)
      sum += std::exp(x - max.best);
    return max.best + std::log(T(sum));
  }
};

template <typename Real, typename T, typename Accumulator>
bool runReduce(Frame<Real> &frame, const Instruction<Real> &in) {
  auto &loop = static_cast<const Loop<Real> &>(*in.detail);
  Box box;
  Accumulator accumulator;
  if (!evaluateBox(frame, loop, box))
    return false;
  if constexpr (requires { accumulator.values; })
    if (!makeRoom(frame, loop, box, accumulator.values))
      return false;
  if (!forEachPoint(frame, loop, box, [&](const Slot &x) { accumulator.take(x.as<T>()); }))
    return false;
  auto result = accumulator.give();
  frame.slots[in.result].template as<decltype(result)>() = result;
  return true;
}

/// The instruction of a reduction of real values or integers held as `T`, null where the kind has
/// none.
template <typename Real, typename T>
auto reductionOf(mixer::ReduceKind kind) -> bool (*)(Frame<Real> &, const Instruction<Real> &) {
  using mixer::ReduceKind;
  constexpr bool isInteger = std::is_same_v<T, int64_t>;
  constexpr bool isReal = !isInteger && !isComplexType<T>;
  using Wide = SumType<Real, T>;
  switch (kind) {
  case ReduceKind::sum:
    return &runReduce<Real, T, Sum<T, Wide>>;
  case ReduceKind::prod:
    return &runReduce<Real, T, Product<T>>;
  case ReduceKind::mean:
    if constexpr (!isInteger)
      return &runReduce<Real, T, Mean<T, Wide>>;
    break;
  case ReduceKind::logsumexp:
    if constexpr (isReal)
      return &runReduce<Real, T, LogSumExp<T, Wide>>;
    break;
  case ReduceKind::any:
    if constexpr (isInteger)
      return &runReduce<Real, T, Any>;
    break;
  case ReduceKind::all:
    if constexpr (isInteger)
      return &runReduce<Real, T, All>;
    break;
  default:
    if constexpr (!isComplexType<T>) {
      if (kind == ReduceKind::max)
        return &runReduce<Real, T, Max<T>>;
      if (kind == ReduceKind::min)
        return &runReduce<Real, T, Min<T>>;
      return kind == ReduceKind::argmax ? &runReduce<Real, T, ArgBest<T, true>>
                                        : &runReduce<Real, T, ArgBest<T, false>>;
    }
  }
  return nullptr;
}

} // namespace

template <typename Real> void BodyCompiler<Real>::compileReduce(mixer::ReduceOp op) {
  auto *loop = add(std::make_unique<Loop<Real>>(op.getLoc()));
  compileLoop(op, *loop);
  Run run = withScalar<Real>(kindOf(mixer::getBinding(op)->yielded()), [&](auto type) -> Run {
    return reductionOf<Real, decltype(type)>(op.getKind());
  });
  if (!run)
    return fail(op.getLoc(), mixer::stringifyEnum(op.getKind()) + " can't reduce such values");
  emit(run, slotOf(op.getResult()), {}, loop);
}

template void BodyCompiler<float>::compileReduce(mixer::ReduceOp);
template void BodyCompiler<double>::compileReduce(mixer::ReduceOp);
