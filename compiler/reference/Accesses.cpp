//===- Accesses.cpp - index expressions and the reads of tensors ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;

//===----------------------------------------------------------------------===//
// Index expressions
//===----------------------------------------------------------------------===//

namespace {

struct LinearDetail : Place {
  using Place::Place;
  Linear linear;
};

template <typename Real> bool runLinear(Frame<Real> &frame, const Instruction<Real> &in) {
  auto &detail = static_cast<const LinearDetail &>(*in.detail);
  return detail.linear.evaluate(frame.slots, frame.slots[in.result].integer) ||
         frame.fail(detail.location, overflowText);
}

template <typename Real, std::optional<int64_t> (*op)(int64_t, int64_t)>
bool runChecked(Frame<Real> &frame, const Instruction<Real> &in) {
  std::optional<int64_t> value =
      op(frame.slots[in.operands[0]].integer, frame.slots[in.operands[1]].integer);
  if (!value)
    return frame.fail(static_cast<const Place &>(*in.detail).location, overflowText);
  frame.slots[in.result].integer = *value;
  return true;
}

std::optional<int64_t> checkedMod(int64_t a, int64_t b) { return floorMod(a, b); }

/// `a + factor * b`, false where a number overflows.
bool addScaled(Linear &a, const Linear &b, int64_t factor) {
  auto accumulate = [factor](int64_t &to, int64_t from) {
    int64_t product;
    return !__builtin_mul_overflow(from, factor, &product) &&
           !__builtin_add_overflow(to, product, &to);
  };
  if (!accumulate(a.constant, b.constant))
    return false;
  for (const Linear::Term &term : b.terms) {
    auto *same = llvm::find_if(a.terms, [&](auto &other) { return other.slot == term.slot; });
    if (same == a.terms.end()) {
      a.terms.push_back({term.slot, 0});
      same = &a.terms.back();
    }
    if (!accumulate(same->factor, term.factor))
      return false;
  }
  llvm::erase_if(a.terms, [](auto &term) { return term.factor == 0; });
  return true;
}

} // namespace

template <typename Real>
SlotId BodyCompiler<Real>::materialise(const Linear &linear, Location location) {
  if (linear.isConstant())
    return constant(linear.constant);
  if (linear.constant == 0 && linear.terms.size() == 1 && linear.terms.front().factor == 1)
    return linear.terms.front().slot;
  auto *detail = add(std::make_unique<LinearDetail>(location));
  detail->linear = linear;
  SlotId result = newSlot();
  emit(&runLinear<Real>, result, {}, detail);
  return result;
}

template <typename Real>
Linear BodyCompiler<Real>::linear(AffineExpr expr, ArrayRef<SlotId> dims, Location location) {
  Linear result;
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    result.constant = constant.getValue();
    return result;
  }
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr)) {
    result.constant = around.extents[symbol.getPosition()];
    return result;
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    result.terms.push_back({dims[dim.getPosition()], 1});
    return result;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Linear a = linear(binary.getLHS(), dims, location), b = linear(binary.getRHS(), dims, location);
  if (expr.getKind() == AffineExprKind::Add) {
    result = a;
    if (!addScaled(result, b, 1))
      fail(location, overflowText);
    return result;
  }
  if (expr.getKind() == AffineExprKind::Mul && (a.isConstant() || b.isConstant())) {
    if (a.isConstant())
      std::swap(a, b);
    if (!addScaled(result, a, b.constant))
      fail(location, overflowText);
    return result;
  }
  std::optional<int64_t> (*op)(int64_t, int64_t) = nullptr;
  Run run = nullptr;
  switch (expr.getKind()) {
  case AffineExprKind::Mul:
    op = checkedMul, run = &runChecked<Real, checkedMul>;
    break;
  case AffineExprKind::FloorDiv:
    op = checkedFloorDiv, run = &runChecked<Real, checkedFloorDiv>;
    break;
  case AffineExprKind::CeilDiv:
    op = checkedCeilDiv, run = &runChecked<Real, checkedCeilDiv>;
    break;
  default:
    op = checkedMod, run = &runChecked<Real, checkedMod>;
  }
  if (a.isConstant() && b.isConstant()) {
    if (std::optional<int64_t> value = op(a.constant, b.constant))
      result.constant = *value;
    else
      fail(location, overflowText);
    return result;
  }
  SlotId slot = newSlot();
  emit(run, slot, {materialise(a, location), materialise(b, location)},
       add(std::make_unique<Place>(location)));
  result.terms.push_back({slot, 1});
  return result;
}

template <typename Real>
SmallVector<Linear> BodyCompiler<Real>::linears(AffineMap map, ArrayRef<SlotId> dims,
                                                Location location) {
  return llvm::map_to_vector(map.getResults(),
                             [&](AffineExpr expr) { return linear(expr, dims, location); });
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

namespace {

/// An integer slot and a constant to add.
struct Subscript {
  SlotId slot;
  int64_t constant;
};

struct Access : Place {
  using Place::Place;
  unsigned tensor = 0;
  SmallVector<Subscript> subscripts;

  /// Where the access, or its subscript `k` alone, is written.
  Location subscriptLocation(unsigned k) const {
    if (auto fused = dyn_cast<FusedLoc>(location))
      if (fused.getLocations().size() == subscripts.size() + 1)
        return fused.getLocations()[k + 1];
    return location;
  }
};

/// `k[3, -1]`
template <typename Real> std::string accessText(const Frame<Real> &frame, const Access &access) {
  std::string text = frame.tensors[access.tensor].name + "[";
  for (auto [k, subscript] : llvm::enumerate(access.subscripts)) {
    text += k ? ", " : "";
    text += std::to_string(wrapAdd(frame.slots[subscript.slot].integer, subscript.constant));
  }
  return text + "]";
}

template <typename Real>
bool failAccess(Frame<Real> &frame, const Access &access, unsigned k, int64_t value) {
  const Axis &axis = frame.tensors[access.tensor].axes[k];
  return frame.fail(access.subscriptLocation(k),
                    "`" + accessText(frame, access) + "` is out of bounds: subscript " + Twine(k) +
                        " is " + Twine(value) + ", its range is " + Twine(axis.lower) + " to " +
                        Twine(axis.lower + axis.size));
}

/// Reads a value held as `Stored` as a scalar.
template <typename Real, typename Stored>
bool runAt(Frame<Real> &frame, const Instruction<Real> &in) {
  auto &access = static_cast<const Access &>(*in.detail);
  const Values &tensor = frame.tensors[access.tensor];
  int64_t offset = 0;
  const Axis *axis = tensor.axes.data();
  for (const Subscript &subscript : access.subscripts) {
    int64_t value;
    if (__builtin_add_overflow(frame.slots[subscript.slot].integer, subscript.constant, &value))
      return frame.fail(access.location, overflowText);
    // In unsigned arithmetic one comparison covers both bounds.
    uint64_t distance = static_cast<uint64_t>(value) - static_cast<uint64_t>(axis->lower);
    if (distance >= static_cast<uint64_t>(axis->size))
      return failAccess(frame, access, axis - tensor.axes.data(), value);
    offset += static_cast<int64_t>(distance) * axis->stride;
    ++axis;
  }
  if (!tensor.isDefined(offset))
    return frame.fail(access.location, "`" + accessText(frame, access) +
                                           "` is read before any step has given it a value");
  using Scalar = std::conditional_t<std::is_same_v<Stored, uint8_t>, int64_t, Stored>;
  frame.slots[in.result].template as<Scalar>() = tensor.data<Stored>()[offset];
  return true;
}

} // namespace

template <typename Real> void BodyCompiler<Real>::compileAt(mixer::AtOp op) {
  auto *access = add(std::make_unique<Access>(op.getLoc()));
  std::optional<unsigned> tensor = around.tensor(op.getTensor());
  if (!tensor)
    return fail(op.getLoc(), "reads a tensor that has no value here");
  access->tensor = *tensor;
  for (const Linear &subscript : linears(op.getMap(), slotsOf(op.getIndices()), op.getLoc())) {
    // `i` and `i - 1` are read where they stand; other sums become a slot first.
    bool isPlain = subscript.terms.size() == 1 && subscript.terms.front().factor == 1;
    access->subscripts.push_back(isPlain
                                     ? Subscript{subscript.terms.front().slot, subscript.constant}
                                     : Subscript{materialise(subscript, op.getLoc()), 0});
  }
  Kind kind = kindOf(op.getResult());
  Run run =
      kind == Kind::Bool
          ? &runAt<Real, uint8_t>
          : withScalar<Real>(kind, [](auto type) -> Run { return &runAt<Real, decltype(type)>; });
  emit(run, slotOf(op.getResult()), {}, access);
}

#define MIXC_INSTANTIATE(REAL)                                                                     \
  template SlotId BodyCompiler<REAL>::materialise(const Linear &, Location);                       \
  template Linear BodyCompiler<REAL>::linear(AffineExpr, ArrayRef<SlotId>, Location);              \
  template SmallVector<Linear> BodyCompiler<REAL>::linears(AffineMap, ArrayRef<SlotId>, Location); \
  template void BodyCompiler<REAL>::compileAt(mixer::AtOp);
MIXC_INSTANTIATE(float)
MIXC_INSTANTIATE(double)
#undef MIXC_INSTANTIATE
