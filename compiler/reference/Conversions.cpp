//===- Conversions.cpp - constants, and values of one type as another -----===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;

namespace {

/// `value` as a `To`: reals become integers by truncation, saturated.
template <typename To, typename From> To convertScalar(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (isComplexType<To>) {
    using Part = typename To::value_type;
    if constexpr (isComplexType<From>)
      return {static_cast<Part>(value.real()), static_cast<Part>(value.imag())};
    else
      return {static_cast<Part>(value), Part(0)};
  } else if constexpr (isComplexType<From>) {
    return convertScalar<To>(value.real());
  } else if constexpr (std::is_same_v<To, int64_t>) {
    return saturatingTruncate(value, INT64_MIN, INT64_MAX);
  } else {
    return static_cast<To>(value);
  }
}

template <typename Real, typename To, typename From>
bool runConvert(Frame<Real> &frame, const Instruction<Real> &in) {
  frame.slots[in.result].template as<To>() =
      convertScalar<To>(frame.slots[in.operands[0]].template as<From>());
  return true;
}

struct Rounding : Detail {
  Element element = Element::F32;
};

/// mixer.cast to a real element: what the storage holds after the value has been put there.
template <typename Real, typename To, typename From>
bool runCast(Frame<Real> &frame, const Instruction<Real> &in) {
  Element element = static_cast<const Rounding &>(*in.detail).element;
  const From &from = frame.slots[in.operands[0]].template as<From>();
  std::byte stored[8];
  if constexpr (isComplexType<From>)
    encodeComplex(element, std::complex<double>(from), stored);
  else if constexpr (std::is_same_v<From, int64_t>)
    encodeInt(element, from, stored);
  else
    encode(element, from, stored);
  To &to = frame.slots[in.result].template as<To>();
  if constexpr (isComplexType<To>)
    to = convertScalar<To>(decodeComplex(element, stored));
  else if constexpr (std::is_same_v<To, int64_t>)
    to = decodeInt(element, stored);
  else
    to = static_cast<To>(decode(element, stored));
  return true;
}

} // namespace

/// A conversion that is part of the computation: nothing is rounded to a storage type.
template <typename Real> void BodyCompiler<Real>::convert(Operation *op) {
  Run run = withScalar<Real>(kindOf(op->getOperand(0)), [&](auto from) {
    return withScalar<Real>(kindOf(op->getResult(0)), [&](auto to) -> Run {
      return &runConvert<Real, decltype(to), decltype(from)>;
    });
  });
  emit(run, slotOf(op->getResult(0)), slotsOf(op->getOperands()));
}

template <typename Real> void BodyCompiler<Real>::compileCast(mixer::CastOp op) {
  // Nothing narrower than a scalar of its own: no rounding.
  if (kindOf(op.getResult()) == Kind::ComplexDouble)
    return convert(op);
  std::optional<Element> element = parseElement(mixer::elementName(op.getElement()));
  if (!element)
    return fail(op.getLoc(), "casts to a type without a host form");
  auto *rounding = add(std::make_unique<Rounding>());
  rounding->element = *element;
  Run run = withScalar<Real>(kindOf(op.getValue()), [&](auto from) {
    return withScalar<Real>(kindOf(op.getResult()), [&](auto to) -> Run {
      return &runCast<Real, decltype(to), decltype(from)>;
    });
  });
  emit(run, slotOf(op.getResult()), {slotOf(op.getValue())}, rounding);
}

template <typename Real> void BodyCompiler<Real>::compileConstant(Operation *op, Attribute value) {
  // Takes the slot first: making one may move the others.
  SlotId id = slotOf(op->getResult(0));
  Slot &slot = program.slots[id];
  auto real = [](Attribute part) { return cast<FloatAttr>(part).getValueAsDouble(); };
  withScalar<Real>(kindOf(op->getResult(0)), [&](auto type) {
    using T = decltype(type);
    if constexpr (isComplexType<T>) {
      auto parts = cast<ArrayAttr>(value);
      slot.as<T>() = convertScalar<T>(std::complex<double>(real(parts[0]), real(parts[1])));
    } else if constexpr (std::is_same_v<T, int64_t>) {
      // An i1 constant is 1, not the -1 of its sign-extension.
      auto integer = cast<IntegerAttr>(value);
      slot.integer = integer.getType().isInteger(1) ? integer.getValue().getBoolValue()
                                                    : integer.getValue().getSExtValue();
    } else {
      slot.as<T>() = static_cast<T>(real(value));
    }
  });
}

#define MIXC_INSTANTIATE(REAL)                                                                     \
  template void BodyCompiler<REAL>::convert(Operation *);                                          \
  template void BodyCompiler<REAL>::compileCast(mixer::CastOp);                                    \
  template void BodyCompiler<REAL>::compileConstant(Operation *, Attribute);
MIXC_INSTANTIATE(float)
MIXC_INSTANTIATE(double)
#undef MIXC_INSTANTIATE
