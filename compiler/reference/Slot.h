//===- Slot.h - the registers of a body -------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The evaluator is a template over `Real`, the C++ type that stands for f32:
//
//   Real = double   the meaning of the language: f32 is computed without rounding
//   Real = float    the direct evaluation that the numerics contract compares with
//
// f64, integers and truth values are the same in both, but that the meaning sums f64 in long
// double.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_SLOT_H
#define MIXC_COMPILER_REFERENCE_SLOT_H

#include "mlir/IR/BuiltinTypes.h"

#include <complex>
#include <cstdint>
#include <type_traits>

namespace mixc::reference {

/// The types of scalars in bodies.
enum class Kind : uint8_t { Single, Double, Integer, Bool, ComplexSingle, ComplexDouble };

/// The kind of a scalar of type `type`, none where it is no body scalar.
inline std::optional<Kind> scalarKind(mlir::Type type) {
  if (type.isF32())
    return Kind::Single;
  if (type.isF64())
    return Kind::Double;
  if (type.isInteger(1))
    return Kind::Bool;
  if (type.isIndex() || type.isInteger(64))
    return Kind::Integer;
  if (auto complex = mlir::dyn_cast<mlir::ComplexType>(type)) {
    if (complex.getElementType().isF32())
      return Kind::ComplexSingle;
    if (complex.getElementType().isF64())
      return Kind::ComplexDouble;
  }
  return std::nullopt;
}

/// One scalar. Which member is alive follows from the kind of the value that the slot holds.
union Slot {
  float single;
  double real;
  int64_t integer;
  std::complex<float> complexSingle;
  std::complex<double> complexDouble;

  Slot() : complexDouble() {}

  template <typename T> T &as() {
    if constexpr (std::is_same_v<T, float>)
      return single;
    else if constexpr (std::is_same_v<T, double>)
      return real;
    else if constexpr (std::is_same_v<T, int64_t>)
      return integer;
    else if constexpr (std::is_same_v<T, std::complex<float>>)
      return complexSingle;
    else
      return static_cast<std::complex<double> &>(complexDouble);
  }
  template <typename T> const T &as() const { return const_cast<Slot *>(this)->as<T>(); }
};

/// What values held as `T` are summed in. The meaning sums more precisely than f64, or it would be
/// no better than the plain f64 sums that it is to judge.
template <typename Real, typename T> struct SumTypeOf {
  using type = T;
};
template <> struct SumTypeOf<double, double> {
  using type = long double;
};
template <> struct SumTypeOf<double, std::complex<double>> {
  using type = std::complex<long double>;
};
template <typename Real, typename T> using SumType = typename SumTypeOf<Real, T>::type;

template <typename T> inline constexpr bool isComplexType = false;
template <typename T> inline constexpr bool isComplexType<std::complex<T>> = true;

/// Calls `action` with a value of the C++ type that holds scalars of `kind`; truth values are
/// integers 0 and 1.
template <typename Real, typename Action> decltype(auto) withScalar(Kind kind, Action action) {
  switch (kind) {
  case Kind::Single:
    return action(Real());
  case Kind::Double:
    return action(double());
  case Kind::Integer:
  case Kind::Bool:
    return action(int64_t());
  case Kind::ComplexSingle:
    return action(std::complex<Real>());
  case Kind::ComplexDouble:
    break;
  }
  return action(std::complex<double>());
}

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_SLOT_H
