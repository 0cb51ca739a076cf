//===- Transforms.cpp - what mixer.transform computes ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The defining sums, term by term. Angles are multiples of 2 pi / N (of 2 pi / 4N for dct); they
// are stepped through as integers modulo N, so no angle grows and none is rounded before its root
// of unity is taken.
//
// A row keeps the values that are transformed; each output is one sum over them, so a whole
// transform of N values costs N body evaluations and N^2 terms.
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"
#include "compiler/reference/Functions.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;
using mixer::TransformKind;

namespace {

using Roots = std::vector<std::complex<long double>>;

template <typename Real> struct Transform : RowLoop<Real> {
  using RowLoop<Real>::RowLoop;
  TransformKind kind;
  /// N, and how many values it takes as input.
  int64_t length = 0, inputs = 0;
  /// The powers of the primitive root exp(2 pi i / roots.size()).
  Roots roots;
};

template <typename Value> struct TransformRow {
  std::vector<Value> values;
  size_t size() const { return values.size(); }
};

/// The roots of unity at the multiples of `step`, one after the other, from that of `start` on.
template <typename T> class RootWalk {
public:
  RootWalk(const Roots &roots, int64_t start, int64_t step)
      : roots(roots), position(floorMod(start, size())), step(floorMod(step, size())) {}

  std::complex<T> next() {
    const std::complex<long double> &root = roots[position];
    position += step;
    if (position >= size())
      position -= size();
    return {static_cast<T>(root.real()), static_cast<T>(root.imag())};
  }

private:
  int64_t size() const { return static_cast<int64_t>(roots.size()); }

  const Roots &roots;
  int64_t position, step;
};

/// Multiplies by a root: a real value has no imaginary part that could make a NaN with an infinity.
template <typename T> std::complex<T> rotate(T x, std::complex<T> root) {
  return {x * root.real(), x * root.imag()};
}
template <typename T> std::complex<T> rotate(std::complex<T> x, std::complex<T> root) {
  return multiply(x, root);
}

/// sum_n x[n] exp(+-2 pi i f n / N). Here and below, T is what the sum is computed in.
template <typename T, typename Value>
std::complex<T> fourier(ArrayRef<Value> x, const Roots &roots, int64_t f, bool inverse) {
  RootWalk<T> walk(roots, 0, f);
  std::complex<T> sum = 0;
  for (const Value &value : x) {
    std::complex<T> root = walk.next();
    using Term = std::conditional_t<isComplexType<Value>, std::complex<T>, T>;
    sum += rotate(Term(value), inverse ? root : std::conj(root));
  }
  return sum;
}

/// The real signal at n of the bins x[0..N/2]: each bin between the ends stands for its conjugate
/// too.
template <typename T, typename Value>
T inverseReal(ArrayRef<Value> x, const Roots &roots, int64_t n) {
  int64_t length = roots.size();
  RootWalk<T> walk(roots, 0, n);
  T sum = 0;
  for (int64_t f = 0; f <= length / 2; ++f) {
    std::complex<T> root = walk.next();
    std::complex<T> bin(x[f]);
    bool isEnd = f == 0 || 2 * f == length;
    sum += isEnd ? bin.real() * root.real()
                 : T(2) * (bin.real() * root.real() - bin.imag() * root.imag());
  }
  return sum / static_cast<T>(length);
}

/// sum_n x[n] cos(pi (2n + 1) k / 2N), over 4N roots.
template <typename T, typename Value> T cosine(ArrayRef<Value> x, const Roots &roots, int64_t k) {
  int64_t period = roots.size();
  k = floorMod(k, period);
  RootWalk<T> walk(roots, k, 2 * k);
  T sum = 0;
  for (Value value : x)
    sum += T(value) * walk.next().real();
  return sum;
}

/// (x[0] + 2 sum_{k > 0} x[k] cos(pi (2n + 1) k / 2N)) / N, over 4N roots.
template <typename T, typename Value>
T inverseCosine(ArrayRef<Value> x, const Roots &roots, int64_t n) {
  int64_t period = roots.size();
  RootWalk<T> walk(roots, 0, 2 * floorMod(n, period) + 1);
  T sum = 0;
  for (auto [k, value] : llvm::enumerate(x)) {
    T c = walk.next().real();
    sum += k == 0 ? T(value) : T(2) * T(value) * c;
  }
  return sum / static_cast<T>(x.size());
}

template <typename Real, typename T, TransformKind kind>
bool runTransform(Frame<Real> &frame, const Instruction<Real> &in) {
  constexpr bool complexIn =
      kind == TransformKind::fft || kind == TransformKind::ifft || kind == TransformKind::irfft;
  constexpr bool complexOut =
      kind == TransformKind::fft || kind == TransformKind::ifft || kind == TransformKind::rfft;
  using Value = std::conditional_t<complexIn, std::complex<T>, T>;
  using Result = std::conditional_t<complexOut, std::complex<T>, T>;
  using Row = TransformRow<Value>;
  auto &transform = static_cast<const Transform<Real> &>(*in.detail);
  int64_t at = frame.slots[in.operands[0]].integer;
  Row *row = findRow<Row>(frame, transform, [&](Row &row) {
    Box box;
    if (!evaluateBox(frame, transform, box) || !makeRoom(frame, transform, box, row.values) ||
        !forEachPoint(frame, transform, box,
                      [&](const Slot &x) { row.values.push_back(x.as<Value>()); }))
      return false;
    int64_t count = row.values.size();
    return count == transform.inputs ||
           frame.fail(transform.location, mixer::stringifyEnum(kind) + " over " +
                                              Twine(transform.length) + " values takes " +
                                              Twine(transform.inputs) + ", its range has " +
                                              Twine(count));
  });
  if (!row)
    return false;
  Result &result = frame.slots[in.result].template as<Result>();
  if (transform.length == 0) {
    result = 0;
    return true;
  }
  ArrayRef<Value> x = row->values;
  using Wide = SumType<Real, T>;
  if constexpr (kind == TransformKind::irfft)
    result = inverseReal<Wide>(x, transform.roots, at);
  else if constexpr (kind == TransformKind::dct)
    result = cosine<Wide>(x, transform.roots, at);
  else if constexpr (kind == TransformKind::idct)
    result = inverseCosine<Wide>(x, transform.roots, at);
  else if constexpr (kind == TransformKind::ifft)
    result =
        Result(fourier<Wide>(x, transform.roots, at, true) / static_cast<Wide>(transform.length));
  else
    result = Result(fourier<Wide>(x, transform.roots, at, false));
  return true;
}

template <typename Real, typename T>
auto transformOf(TransformKind kind) -> bool (*)(Frame<Real> &, const Instruction<Real> &) {
  switch (kind) {
  case TransformKind::fft:
    return &runTransform<Real, T, TransformKind::fft>;
  case TransformKind::ifft:
    return &runTransform<Real, T, TransformKind::ifft>;
  case TransformKind::rfft:
    return &runTransform<Real, T, TransformKind::rfft>;
  case TransformKind::irfft:
    return &runTransform<Real, T, TransformKind::irfft>;
  case TransformKind::dct:
    return &runTransform<Real, T, TransformKind::dct>;
  case TransformKind::idct:
    break;
  }
  return &runTransform<Real, T, TransformKind::idct>;
}

} // namespace

template <typename Real> void BodyCompiler<Real>::compileTransform(mixer::TransformOp op) {
  auto *transform = add(std::make_unique<Transform<Real>>(op.getLoc()));
  compileRow(op, *transform);
  TransformKind kind = transform->kind = op.getKind();
  std::optional<int64_t> length = evaluateExtent(op.getLength().getResult(0), around.extents);
  // The table has up to 4N entries; a longer transform could not be summed anyway.
  constexpr int64_t longest = int64_t(1) << 28;
  if (!length || *length > longest)
    return fail(op.getLoc(), "a transform of more than 2^28 values is beyond the reference");
  transform->length = std::max<int64_t>(*length, 0);
  transform->inputs = kind == TransformKind::irfft && transform->length != 0
                          ? transform->length / 2 + 1
                          : transform->length;
  bool isCosine = kind == TransformKind::dct || kind == TransformKind::idct;
  int64_t roots = transform->length * (isCosine ? 4 : 1);
  for (int64_t k = 0; k < roots; ++k)
    transform->roots.push_back(unitRoot(k, roots));
  Kind result = kindOf(op.getResult());
  bool isDouble = result == Kind::Double || result == Kind::ComplexDouble;
  emit(isDouble ? transformOf<Real, double>(kind) : transformOf<Real, Real>(kind),
       slotOf(op.getResult()), {slotOf(op.getAt())}, transform);
  cost += static_cast<double>(transform->inputs);
}

template void BodyCompiler<float>::compileTransform(mixer::TransformOp);
template void BodyCompiler<double>::compileTransform(mixer::TransformOp);
