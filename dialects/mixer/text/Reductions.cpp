//===- Reductions.cpp - ops that bind indices, in the language's words ----===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/Printer.h"

#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;
using namespace mixc::mixer;

/// The ranges of the indices, without bounds where these are more than extents.
SmallVector<AxisRange> BodyText::rangesOf(const Binding &binding) {
  SmallVector<AxisRange> ranges;
  for (auto [lo, hi] : llvm::zip_equal(binding.lower.getResults(), binding.upper.getResults()))
    ranges.push_back(lo.isSymbolicOrConstant() && hi.isSymbolicOrConstant() ? AxisRange{lo, hi}
                                                                            : AxisRange{});
  return ranges;
}

/// `function[indices](body)`; the indices are new ones, or have `names`, which hide the indices
/// outside.
std::shared_ptr<Term> BodyText::bind(Operation *op, StringRef function,
                                     ArrayRef<std::string> names) {
  Binding binding = *getBinding(op);
  SmallVector<AxisRange> ranges = rangesOf(binding);
  std::shared_ptr<Term> reduction = newReduction(function);
  for (unsigned k = 0; k < binding.size(); ++k)
    reduction->binders.push_back({"", index(binding.lower.getResult(k), binding.lowerOperands),
                                  index(binding.upper.getResult(k), binding.upperOperands)});
  std::deque<Index> opened;
  SmallVector<std::optional<AxisRange>> hidden;
  for (unsigned k = 0; k < binding.size(); ++k) {
    std::string &name = reduction->binders[k].name;
    if (names.empty()) {
      name = opened.emplace_back(*this, binding.indices()[k], binding.name(k), ranges[k]).name;
      continue;
    }
    name = names[k];
    auto known = indices.find(name);
    hidden.push_back(known == indices.end() ? std::nullopt : std::optional(known->second));
    locals[binding.indices()[k]] = name;
    indices[name] = ranges[k];
  }
  reduction->parts = {result(*binding.body)};
  for (auto [name, range, index] : llvm::zip(names, hidden, binding.indices())) {
    locals.erase(index);
    indices.erase(name);
    if (range)
      indices[name] = *range;
  }
  for (auto [binder, range] : llvm::zip_equal(reduction->binders, ranges))
    if (names.empty() && range.lo && isInferred(binder.name, range, reduction->parts))
      binder.lo = binder.hi = nullptr;
  return reduction;
}

/// `value` at the point `at` of the indices `binders`, which it has: the maximum of one number.
TermPtr BodyText::selected(Operation *op, ArrayRef<TermPtr> at, ArrayRef<TermBinder> binders,
                           TermPtr value) {
  TermPtr here;
  for (auto [binder, position] : llvm::zip_equal(binders, at)) {
    TermPtr equal = infix(local(binder.name), "==", position);
    here = here ? infix(here, "&&", equal) : equal;
  }
  std::shared_ptr<Term> result = newReduction("max");
  result->binders = binders;
  result->parts = {choice(here, std::move(value), leaf("-inf", Level::Sign))};
  return result;
}

/// A normaliser is read where its index stands outside: it needs a name there, and a body that
/// reads nothing else by that name.
TermPtr BodyText::along(AlongOp op) {
  StringRef function = stringifyEnum(op.getKind());
  auto finish = [&](std::shared_ptr<Term> term) {
    term->keepsAxis = true;
    if (op.getKind() != AlongKind::softmax)
      term->options.push_back({"eps", constant(op.getEpsAttr(), /*meetsItsType=*/true)});
    return term;
  };
  SmallVector<TermPtr> at = llvm::map_to_vector(op.getAt(), [&](Value v) { return term(v); });
  SmallVector<std::string> names;
  SmallVector<Value> outside;
  for (const TermPtr &position : at) {
    if (position->kind != Term::Kind::Local || llvm::is_contained(names, position->text))
      break;
    names.push_back(position->text);
    for (auto &[value, name] : locals)
      if (name == position->text)
        outside.push_back(value);
  }
  if (names.size() == at.size()) {
    // While the body is made, the index outside has a name that is none.
    for (auto [value, name] : llvm::zip_equal(outside, names))
      locals[value] = "outer " + name;
    size_t before = scope.functions.size();
    std::shared_ptr<Term> term = finish(bind(op, function, names));
    for (auto [value, name] : llvm::zip_equal(outside, names))
      locals[value] = name;
    llvm::StringSet<> free = freeLocals(*term);
    if (llvm::none_of(names, [&](const std::string &n) { return free.contains("outer " + n); })) {
      SmallVector<AxisRange> ranges = rangesOf(*getBinding(op));
      for (auto [binder, range] : llvm::zip_equal(term->binders, ranges))
        if (auto known = indices.find(binder.name);
            known != indices.end() && range.lo && known->second == range)
          binder.lo = binder.hi = nullptr;
      return term;
    }
    scope.functions.resize(before);
  }
  // The index of the selection goes around that of the normaliser, in its own range.
  Binding binding = *getBinding(op);
  std::deque<Index> opened;
  std::vector<TermBinder> binders;
  SmallVector<std::string> own;
  for (unsigned k = 0; k < binding.size(); ++k) {
    own.push_back(
        opened.emplace_back(*this, binding.indices()[k], binding.name(k), AxisRange()).name);
    binders.push_back({own.back(), index(binding.lower.getResult(k), binding.lowerOperands),
                       index(binding.upper.getResult(k), binding.upperOperands)});
  }
  TermPtr row = finish(bind(op, function, own));
  return selected(op, at, binders, row);
}

TermPtr BodyText::transform(TransformOp op) {
  TermPtr at = term(op.getAt());
  StringRef function = stringifyEnum(op.getKind());
  AffineExpr length = op.getLength().getResult(0);
  AffineExpr zero = getAffineConstantExpr(0, op.getContext());
  auto finish = [&](std::shared_ptr<Term> term, TermPtr position) {
    term->options.push_back({"at", position});
    if (op.getKind() != TransformKind::irfft)
      term->atRange =
          AxisRange{zero, op.getKind() == TransformKind::rfft ? length.floorDiv(2) + 1 : length};
    return term;
  };
  auto known = at->kind == Term::Kind::Local ? indices.find(at->text) : indices.end();
  bool showsLength =
      known != indices.end() && known->second.lo && known->second.hi - known->second.lo == length;
  if (op.getKind() != TransformKind::irfft || showsLength)
    return finish(bind(op, function), at);
  // The length of an `irfft` is the range of an index: one is made for it.
  std::string name = scope.names.openLocal("m");
  indices[name] = AxisRange{zero, length};
  TermPtr row = finish(bind(op, function), local(name));
  indices.erase(name);
  scope.names.closeLocal(name);
  return selected(op, at, TermBinder{name, integer(0), scope.index(length)}, row);
}
