//===- Accuracy.cpp - the numerics contract -------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Accuracy.h"

#include <cmath>

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

/// Half an ulp of `element`, relative to the value.
static double halfUlp(Element element) {
  switch (element) {
  case Element::F64:
    return 0x1p-53;
  case Element::F32:
  case Element::C64:
    return 0x1p-24;
  case Element::F16:
    return 0x1p-11;
  case Element::BF16:
    return 0x1p-8;
  case Element::F8E4M3:
    return 0x1p-4;
  case Element::F8E5M2:
    return 0x1p-3;
  default:
    return 0;
  }
}

/// The distance of neighbours among the subnormal numbers of `element`.
static double leastUlp(Element element) {
  switch (element) {
  case Element::F64:
    return 0x1p-1074;
  case Element::F32:
  case Element::C64:
    return 0x1p-149;
  case Element::F16:
    return 0x1p-24;
  case Element::BF16:
    return 0x1p-133;
  case Element::F8E4M3:
    return 0x1p-9;
  case Element::F8E5M2:
    return 0x1p-16;
  default:
    return 0;
  }
}

namespace {

/// Errors against the reference, summed up over the elements that are finite everywhere.
struct Errors {
  double largest = 0, squares = 0;

  void add(double difference) {
    largest = std::max(largest, difference);
    squares += difference * difference;
  }
};

bool isNaN(std::complex<double> z) { return std::isnan(z.real()) || std::isnan(z.imag()); }
bool isFinite(std::complex<double> z) { return std::isfinite(z.real()) && std::isfinite(z.imag()); }

double quotient(double a, double b) { return a == 0 ? 0 : a / b; }

} // namespace

Expected<Accuracy> measure(const HostTensor &result, const HostTensor &reference,
                           const HostTensor &direct) {
  HostTensor x = result, r = reference, d = direct;
  for (HostTensor *tensor : {&x, &r, &d}) {
    auto rowMajor = tensor->contiguous();
    if (!rowMajor)
      return rowMajor.takeError();
    *tensor = std::move(*rowMajor);
  }

  Accuracy accuracy;
  Errors ours, plain, size;
  Element element = result.element;
  int64_t bytes = byteSize(element), count = x.numElements();
  for (int64_t k = 0; k != count; ++k) {
    const std::byte *at[] = {x.data + k * bytes, r.data + k * bytes, d.data + k * bytes};
    if (isInteger(element)) {
      // Exact even where doubles are not.
      auto value = [&](int row) { return static_cast<__int128>(decodeInt(element, at[row])); };
      auto distance = [&](int row) {
        return std::fabs(static_cast<double>(value(row) - value(1)));
      };
      ours.add(distance(0));
      plain.add(distance(2));
      size.add(std::fabs(static_cast<double>(value(1))));
      continue;
    }
    std::complex<double> xk = decodeComplex(element, at[0]), rk = decodeComplex(element, at[1]),
                         dk = decodeComplex(element, at[2]);
    accuracy.nans += isNaN(xk);
    if (isNaN(rk))
      continue;
    if (!isFinite(xk) || !isFinite(rk)) {
      if (isNaN(xk) || (xk != rk && (dk == rk || isNaN(dk)))) {
        if (accuracy.misplaced++ == 0)
          accuracy.firstMisplaced = {k};
      }
      continue;
    }
    ours.add(std::abs(xk - rk));
    size.add(std::abs(rk));
    if (isFinite(dk))
      plain.add(std::abs(dk - rk));
  }
  if (accuracy.misplaced) {
    int64_t linear = accuracy.firstMisplaced.front();
    accuracy.firstMisplaced.assign(x.rank(), 0);
    for (size_t axis = x.rank(); axis-- > 0; linear /= x.shape[axis])
      accuracy.firstMisplaced[axis] = linear % x.shape[axis];
  }

  // Where the reference is 0 throughout, nothing else will do.
  double relative = halfUlp(element), least = size.largest > 0 ? leastUlp(element) / 2 : 0;
  double norm = std::sqrt(size.squares), points = static_cast<double>(count);
  double largestFloor = std::max(relative * size.largest, least);
  double normFloor = std::max(relative * norm, least * std::sqrt(points));
  accuracy.maxAbs = ours.largest;
  accuracy.relL2 = quotient(std::sqrt(ours.squares), norm);
  accuracy.ratio =
      std::max(quotient(ours.largest, std::max(plain.largest, largestFloor)),
               quotient(std::sqrt(ours.squares), std::max(std::sqrt(plain.squares), normFloor)));
  if (accuracy.misplaced)
    accuracy.ratio = INFINITY;
  return accuracy;
}

} // namespace mixc::driver
