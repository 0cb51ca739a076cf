//===- Ranges.cpp - the range of an index without a written one -----------===//
//
// An index ranges over the extent of the axis in whose subscript it stands alone; the
// `at=` of a transform is such a place, too. Where an index stands alone only in an
// argument of a function, the function is looked into.
//
//===----------------------------------------------------------------------===//
#include "frontends/mix/Emitter.h"

#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace mixc::mix {

static bool isName(const Expr &expr, StringRef name) {
  auto *ref = dyn_cast<NameRef>(&expr);
  return ref && ref->name == name;
}

static std::string ordinal(size_t axis, const Tensor &tensor) {
  return "axis " + std::to_string(axis) + " of `" + tensor.name + "`";
}

void Emitter::findRanges(StringRef index, const Expr &expr, Env &env,
                         SmallVectorImpl<IndexRange> &found) {
  auto findAt = [&](const Tensor *tensor, size_t axis, const Expr &subscript) {
    if (!tensor || axis >= tensor->axes.size() || !isName(subscript, index) ||
        !tensor->axes[axis].known())
      return;
    IndexRange range = tensor->axes[axis];
    range.from = ordinal(axis, *tensor);
    range.span = subscript.span;
    found.push_back(range);
  };
  if (auto *access = dyn_cast<Access>(&expr))
    for (auto [axis, subscript] : llvm::enumerate(access->subscripts))
      findAt(tensorNamed(access->name.text, env), axis, *subscript);
  // `x(i)` is an error, but not one about the range of `i`.
  if (auto *call = dyn_cast<Call>(&expr))
    for (auto [axis, argument] : llvm::enumerate(call->args))
      findAt(tensorNamed(call->callee.text, env), axis, *argument.value);
  if (auto *reduce = dyn_cast<Reduce>(&expr); reduce && reduce->op >= Reducer::FFT) {
    for (const Argument &option : reduce->options)
      if (option.name->text == "at" && isName(*option.value, index)) {
        IndexRange range = transformRange(*reduce, env);
        range.span = option.value->span;
        if (range.known())
          found.push_back(range);
      }
  }
  forEachChild(expr, [&](const Expr &child) { findRanges(index, child, env, found); });
}

/// What the `at=` of a transform ranges over.
IndexRange Emitter::transformRange(const Reduce &reduce, Env &env) {
  if (reduce.op == Reducer::IRFFT || reduce.binders.size() != 1)
    return {};
  const Binder &binder = reduce.binders.front();
  IndexRange values;
  if (binder.hasRange()) {
    Diagnostics silent(diags->sources());
    llvm::SaveAndRestore<Diagnostics *> mute(diags, &silent), muteScalars(s.diags, &silent);
    values.lo = emitSize(*binder.lo, env, "");
    values.hi = emitSize(*binder.hi, env, "");
    if (!values.lo || !values.hi)
      return {};
  } else {
    values = inferRange(binder.name, {reduce.body.get()}, env, /*quiet=*/true);
    if (!values.known())
      return {};
  }
  IndexRange range;
  AffineExpr length = values.hi - values.lo;
  range.lo = getAffineConstantExpr(0, s.context());
  range.hi = reduce.op == Reducer::RFFT ? length.floorDiv(2) + 1 : length;
  range.from = ("the values of `" + spelling(reduce.op) + "`").str();
  return range;
}

void Emitter::findRangesInFunctions(StringRef index, const Expr &expr, Env &env,
                                    SmallVectorImpl<IndexRange> &found, unsigned level) {
  auto *call = dyn_cast<Call>(&expr);
  const Name *known = call && env.mixer ? env.mixer->find(call->callee.text) : nullptr;
  if (known && known->position < env.position && level < 8) {
    ArrayRef<Ident> params;
    const Expr *body = nullptr;
    if (known->kind == Name::Kind::Def) {
      params = known->def->params;
      body = known->def->value.get();
    } else if (known->let && known->let->form == Let::Form::Function) {
      params = known->let->params;
      body = known->let->value.get();
    }
    Env inner{nullptr, env.mixer, known->position, {}};
    for (auto [param, argument] : llvm::zip(params, call->args)) {
      if (!isName(*argument.value, index))
        continue;
      findRanges(param.text, *body, inner, found);
      findRangesInFunctions(param.text, *body, inner, found, level + 1);
    }
  }
  forEachChild(expr,
               [&](const Expr &child) { findRangesInFunctions(index, child, env, found, level); });
}

IndexRange Emitter::inferRange(const Ident &index, ArrayRef<const Expr *> exprs, Env &env,
                               bool quiet) {
  SmallVector<IndexRange> found;
  for (const Expr *expr : exprs)
    findRanges(index.text, *expr, env, found);
  if (found.empty())
    for (const Expr *expr : exprs)
      findRangesInFunctions(index.text, *expr, env, found, 0);
  if (found.empty()) {
    if (!quiet)
      diags->error(index.span, "the range of `" + index.text + "` is not known")
          .note("it stands alone in no subscript of a tensor of known shape: write `" + index.text +
                " in lo..hi`");
    return {};
  }
  for (const IndexRange &other : found) {
    if (other == found.front())
      continue;
    if (!quiet) {
      auto error = diags->error(
          index.span, "`" + index.text + "` has two ranges: " + show(found.front()) + " (" +
                          found.front().from + ") and " + show(other) + " (" + other.from + ")");
      error.note(found.front().span, "the first is from here");
      error.note(other.span, "the second is from here; write the one that is meant: `" +
                                 index.text + " in " + show(found.front()) + "`");
    }
    return {};
  }
  return found.front();
}

} // namespace mixc::mix
