//===- Binding.cpp - extents from the arguments of a call -----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Binding.h"

#include "compiler/reference/EvaluationError.h"
#include "compiler/reference/IndexArithmetic.h"
#include "dialects/mixer/IndexExpr.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;
using llvm::Error;
using llvm::Expected;

std::optional<int64_t> mixc::reference::evaluateExtent(AffineExpr expr, ArrayRef<int64_t> extents) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue();
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return extents[symbol.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  std::optional<int64_t> a = evaluateExtent(binary.getLHS(), extents);
  std::optional<int64_t> b = evaluateExtent(binary.getRHS(), extents);
  if (!a || !b)
    return std::nullopt;
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return checkedAdd(*a, *b);
  case AffineExprKind::Mul:
    return checkedMul(*a, *b);
  case AffineExprKind::FloorDiv:
    return checkedFloorDiv(*a, *b);
  case AffineExprKind::CeilDiv:
    return checkedCeilDiv(*a, *b);
  default:
    return floorMod(*a, *b);
  }
}

std::optional<AxisRange> mixc::reference::evaluateRange(AffineExpr lower, AffineExpr upper,
                                                        ArrayRef<int64_t> extents) {
  std::optional<int64_t> from = evaluateExtent(lower, extents);
  std::optional<int64_t> to = evaluateExtent(upper, extents);
  int64_t size;
  if (!from || !to)
    return std::nullopt;
  if (*to <= *from)
    return AxisRange{*from, 0};
  if (llvm::SubOverflow(*to, *from, size))
    return std::nullopt;
  return AxisRange{*from, size};
}

Expected<SmallVector<AxisRange>> mixc::reference::evaluateRanges(ArrayRef<AffineExpr> lower,
                                                                 ArrayRef<AffineExpr> upper,
                                                                 ArrayRef<int64_t> extents,
                                                                 Location location) {
  SmallVector<AxisRange> ranges;
  for (auto [from, to] : llvm::zip_equal(lower, upper)) {
    std::optional<AxisRange> range = evaluateRange(from, to, extents);
    if (!range)
      return evaluationError(location, "a range of indices overflows 64 bits");
    ranges.push_back(*range);
  }
  return ranges;
}

Expected<SmallVector<AxisRange>> mixc::reference::axisRanges(mixer::MixerTensorType type,
                                                             ArrayRef<int64_t> extents,
                                                             Location location) {
  return evaluateRanges(type.getLower(), type.getUpper(), extents, location);
}

static std::string exprText(mixer::FuncOp func, AffineExpr expr) {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto printExtent = [&](unsigned symbol) { os << func.getExtent(symbol).getName().getValue(); };
  mixer::printIndexExpr(os, expr, [](unsigned) {}, printExtent);
  return text;
}

static bool startsAtZero(mixer::MixerTensorType type, size_t axis) {
  return type.getLower()[axis] == getAffineConstantExpr(0, type.getContext());
}

static std::string axisText(mixer::FuncOp func, mixer::MixerTensorType type, size_t axis) {
  std::string upper = exprText(func, type.getUpper()[axis]);
  return startsAtZero(type, axis) ? upper : exprText(func, type.getLower()[axis]) + " to " + upper;
}

std::string mixc::reference::declaredShape(mixer::FuncOp func, mixer::MixerTensorType type) {
  SmallVector<std::string> axes;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    axes.push_back(axisText(func, type, axis));
  return "[" + llvm::join(axes, ", ") + "]";
}

namespace {

/// Binds extents one after the other and remembers where each value came from.
class ExtentBinder {
public:
  explicit ExtentBinder(mixer::FuncOp func)
      : func(func), values(func.getNumExtents()), origins(func.getNumExtents()) {}

  Error bind(unsigned position, int64_t value, const Twine &origin) {
    std::string where = origin.str();
    if (value < 0)
      return error("extent `" + name(position) + "` is " + Twine(value) + " " + where +
                   "; an extent is 0 or more");
    if (values[position] && *values[position] != value)
      return error("extent `" + name(position) + "` is " + Twine(value) + " " + where + ", but " +
                   Twine(*values[position]) + " " + origins[position]);
    if (!values[position]) {
      values[position] = value;
      origins[position] = std::move(where);
    }
    return Error::success();
  }

  /// Binds the lone extents among the axes of an argument.
  Error bindAxes(NamedShape argument, mixer::MixerTensorType type) {
    if (argument.shape.size() != static_cast<size_t>(type.getRank()))
      return error("argument `" + argument.name + "` has shape " + shapeString(argument.shape) +
                   ", declared " + declaredShape(func, type));
    for (auto [axis, size] : llvm::enumerate(argument.shape)) {
      auto symbol = dyn_cast<AffineSymbolExpr>(type.getUpper()[axis]);
      if (!symbol || !startsAtZero(type, axis))
        continue;
      if (Error failure = bind(symbol.getPosition(), size,
                               "in `" + argument.name + ": " + declaredShape(func, type) +
                                   "` of shape " + shapeString(argument.shape)))
        return failure;
    }
    return Error::success();
  }

  /// Computes the derived extents; all others must have a value by now.
  Error complete() {
    for (unsigned k = 0; k < values.size(); ++k) {
      mixer::ExtentAttr extent = func.getExtent(k);
      bool isMin = extent.getKind() == mixer::ExtentKind::min;
      if (isMin || extent.getKind() == mixer::ExtentKind::max) {
        // Their operands are earlier extents, which are bound.
        SmallVector<int64_t> earlier = bound(k);
        std::optional<int64_t> a = evaluateExtent(extent.getArgs()[0], earlier);
        std::optional<int64_t> b = evaluateExtent(extent.getArgs()[1], earlier);
        if (!a || !b)
          return error("extent `" + name(k) + "` overflows 64 bits");
        values[k] = isMin ? std::min(*a, *b) : std::max(*a, *b);
      }
      if (!values[k])
        return error("extent `" + name(k) +
                     "` has no value: no argument given has it in its shape; " +
                     "give its value by name");
    }
    return Error::success();
  }

  /// Checks the axes that are expressions.
  Error checkAxes(NamedShape argument, mixer::MixerTensorType type) {
    Expected<SmallVector<AxisRange>> ranges = axisRanges(type, bound(values.size()), func.getLoc());
    if (!ranges)
      return ranges.takeError();
    for (auto [axis, size] : llvm::enumerate(argument.shape)) {
      int64_t expected = (*ranges)[axis].size;
      if (size != expected)
        return error("axis `" + axisText(func, type, axis) + "` of `" + argument.name + "` is " +
                     Twine(size) + ", expected " + Twine(expected) +
                     usedExtents({type.getLower()[axis], type.getUpper()[axis]}));
    }
    return Error::success();
  }

  SmallVector<int64_t> bound(size_t count) const {
    SmallVector<int64_t> result;
    for (const std::optional<int64_t> &value : ArrayRef(values).take_front(count))
      result.push_back(*value);
    return result;
  }

  Error error(const Twine &text) { return evaluationError(func.getLoc(), text); }

private:
  std::string name(unsigned position) {
    return func.getExtent(position).getName().getValue().str();
  }

  /// ` (H = 6, G = 4)`, empty for constants.
  std::string usedExtents(ArrayRef<AffineExpr> exprs) {
    llvm::SmallSetVector<unsigned, 4> used;
    for (AffineExpr expr : exprs)
      expr.walk([&](AffineExpr part) {
        if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
          used.insert(symbol.getPosition());
      });
    SmallVector<std::string> parts;
    for (unsigned k : used)
      parts.push_back(name(k) + " = " + std::to_string(*values[k]));
    return parts.empty() ? "" : " (" + llvm::join(parts, ", ") + ")";
  }

  mixer::FuncOp func;
  SmallVector<std::optional<int64_t>> values;
  SmallVector<std::string> origins;
};

} // namespace

Expected<SmallVector<int64_t>> mixc::reference::bindExtents(mixer::FuncOp func,
                                                            ArrayRef<NamedShape> given,
                                                            const llvm::StringMap<int64_t> &dims) {
  ExtentBinder binder(func);
  llvm::StringMap<unsigned> positions;
  for (unsigned k = 0; k < func.getNumExtents(); ++k) {
    mixer::ExtentAttr extent = func.getExtent(k);
    positions[extent.getName().getValue()] = k;
    if (extent.getKind() != mixer::ExtentKind::fixed)
      continue;
    int64_t value = cast<AffineConstantExpr>(extent.getArgs().front()).getValue();
    if (Error failure = binder.bind(k, value, "fixed at compile time"))
      return failure;
  }
  // In the order of the function's list, whatever order the map has.
  for (unsigned k = 0; k < func.getNumExtents(); ++k) {
    auto dim = dims.find(func.getExtent(k).getName().getValue());
    if (dim == dims.end())
      continue;
    if (func.getExtent(k).getKind() == mixer::ExtentKind::min ||
        func.getExtent(k).getKind() == mixer::ExtentKind::max)
      return binder.error("extent `" + dim->first() +
                          "` is derived from others: it can't be given");
    if (Error failure = binder.bind(k, dim->second, "by name"))
      return failure;
  }
  for (StringRef name : dims.keys())
    if (!positions.contains(name))
      return binder.error("`" + func.getSymName() + "` has no extent `" + name + "`");

  llvm::StringMap<NamedShape> byName;
  for (NamedShape argument : given)
    if (!byName.try_emplace(argument.name, argument).second)
      return binder.error("argument `" + argument.name + "` is given twice");
  SmallVector<std::pair<NamedShape, mixer::MixerTensorType>> arguments;
  for (auto [position, attr] : llvm::enumerate(func.getArgNames())) {
    StringRef name = cast<StringAttr>(attr).getValue();
    auto found = byName.find(name);
    if (found == byName.end()) {
      if (!func.getArgOptional()[position])
        return binder.error("argument `" + name + "` is missing");
      continue;
    }
    auto type = cast<mixer::MixerTensorType>(func.getBody().getArgument(position).getType());
    arguments.emplace_back(found->second, type);
    byName.erase(found);
  }
  for (NamedShape argument : given)
    if (byName.contains(argument.name))
      return binder.error("`" + func.getSymName() + "` has no argument `" + argument.name + "`");

  for (auto &[argument, type] : arguments)
    if (Error failure = binder.bindAxes(argument, type))
      return failure;
  if (Error failure = binder.complete())
    return failure;
  for (auto &[argument, type] : arguments)
    if (Error failure = binder.checkAxes(argument, type))
      return failure;
  return binder.bound(func.getNumExtents());
}

Error mixc::reference::checkElements(mixer::FuncOp func,
                                     const llvm::StringMap<HostTensor> &arguments) {
  for (auto [position, attr] : llvm::enumerate(func.getArgNames())) {
    StringRef name = cast<StringAttr>(attr).getValue();
    auto found = arguments.find(name);
    if (found == arguments.end())
      continue;
    auto type = cast<mixer::MixerTensorType>(func.getBody().getArgument(position).getType());
    StringRef expected = mixer::elementName(type.getElement());
    StringRef actual = elementName(found->second.element);
    if (actual != expected)
      return evaluationError(func.getLoc(), "argument `" + name + "` has elements of type " +
                                                actual + ", declared " + expected);
  }
  return Error::success();
}
