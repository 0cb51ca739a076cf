//===- Reads.cpp - reads of tensors and tables ----------------------------===//
#include "frontends/mix/Emitter.h"
#include "frontends/mix/Habits.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

/// The tensor that `name` means before `[`; null after an error.
Tensor *Emitter::accessed(const Ident &name, Env &env) {
  if (Tensor *tensor = tensorNamed(name.text, env)) {
    const Name &known = *env.mixer->find(name.text);
    if (known.kind != Name::Kind::Let || known.let->form == Let::Form::Table) {
      if (known.kind != Name::Kind::Let || known.position < env.position)
        return tensor;
      diags->error(name.span, "`" + name.text + "` is read before it is defined")
          .note(known.span, "it is defined here: move it up");
      return nullptr;
    }
  }
  const Name *known = env.mixer ? env.mixer->find(name.text) : nullptr;
  if (known) {
    bool function =
        known->kind == Name::Kind::Def || (known->let && known->let->form == Let::Form::Function);
    auto error = diags->error(name.span, "`" + name.text + "` is no tensor");
    if (function)
      error.note(known->span, "it is a function: write `" + name.text + "(...)`");
    else
      error.note(known->span, "it is a scalar, defined here: write `" + name.text + "` alone");
    return nullptr;
  }
  if (!env.mixer) {
    diags->error(name.span, "a definition at file level reads no tensor")
        .note("give it the value as an argument, or move it into the mixer");
    return nullptr;
  }
  std::vector<StringRef> candidates;
  for (auto &[candidate, entry] : env.mixer->names)
    if (entry.tensor)
      candidates.push_back(candidate);
  llvm::sort(candidates);
  if (isNews(name.text, env))
    unknown("unknown tensor `" + name.text + "`", name.text, name.span, candidates,
            habitOf(Habit::Function, name.text),
            "a tensor is an argument, or defined by an equation: `" + name.text + "[...] = ...`");
  return nullptr;
}

std::optional<SmallVector<AffineExpr>> Emitter::subscriptsOf(const Access &access, Tensor &tensor,
                                                             Env &env) {
  SmallVector<AffineExpr> subscripts;
  bool failed = false;
  for (const ExprPtr &expr : access.subscripts) {
    subscripts.push_back(emitIndex(*expr, env, "a subscript"));
    failed |= !subscripts.back();
  }
  if (failed)
    return std::nullopt;
  if (tensor.ranked && tensor.axes.size() != subscripts.size()) {
    std::string found = ", found " + std::to_string(subscripts.size()) +
                        (subscripts.size() == 1 ? " subscript" : " subscripts");
    if (tensor.axes.empty())
      diags->error(access.span, "`" + tensor.name + "` is a scalar" + found)
          .note(tensor.span, "it is defined here: write `" + tensor.name + "` alone");
    else
      diags
          ->error(access.span, "`" + tensor.name + "` has " + Twine(tensor.axes.size()) +
                                   (tensor.axes.size() == 1 ? " axis" : " axes") + found)
          .note(tensor.span, "`" + tensor.name +
                                 "` is defined here: write a subscript for each "
                                 "of its axes");
    return std::nullopt;
  }
  return subscripts;
}

static SmallVector<Span> spansOf(const Access &access) {
  return llvm::map_to_vector(access.subscripts, [](const ExprPtr &e) { return e->span; });
}

Scalar Emitter::emitAccess(const Access &access, Env &env) {
  Tensor *tensor = accessed(access.name, env);
  if (!tensor) {
    for (const ExprPtr &subscript : access.subscripts)
      emit(*subscript, env);
    return {};
  }
  auto subscripts = subscriptsOf(access, *tensor, env);
  return subscripts ? read(*tensor, *subscripts, access.span, spansOf(access), env.position)
                    : Scalar();
}

Scalar Emitter::read(Tensor &tensor, ArrayRef<AffineExpr> subscripts, Span span,
                     ArrayRef<Span> spans, unsigned position) {
  Version *version = tensor.at(position);
  if (!version) {
    if (tensor.failed)
      return {};
    if (tensor.origin == Tensor::Origin::Argument)
      diags->error(span, "a size is made of extents and params only")
          .note("`" + tensor.name +
                "` is an argument, known at run time only: make it a param, `<" + tensor.name +
                ": int>`");
    else
      diags->error(span, "`" + tensor.name + "` is read, but nothing defines it")
          .note(tensor.span, "it is declared here: define it by an equation");
    return {};
  }
  if (version->unit && version->unit->failed)
    return {};
  if (version->levels.empty()) {
    if (!version->value || (version->unit && version->unit->first >= position && !recorder)) {
      diags->error(span, "`" + tensor.name + "` is read before it is defined")
          .note(version->unit ? version->unit->statement->span : tensor.span,
                "it is defined here: move it up");
      return {};
    }
    Scalar result = readValue(version->value, subscripts, span, spans);
    if (recorder)
      recordRead(*version, result, span);
    return result;
  }

  // Inside recurrences: the step that is being computed, or the history.
  SmallVector<bool> dropped(subscripts.size(), false);
  auto remaining = [&](auto list) {
    SmallVector<std::decay_t<decltype(list[0])>> result;
    for (auto [item, gone] : llvm::zip(list, dropped))
      if (!gone)
        result.push_back(item);
    return result;
  };
  for (const TimeLevel &level : version->levels) {
    bool now = llvm::all_of(llvm::zip_equal(level.axes, level.times), [&](auto pair) {
      return subscripts[std::get<0>(pair)] == std::get<1>(pair);
    });
    if (!now)
      return readValue(level.history, remaining(subscripts), span, remaining(spans));
    for (unsigned axis : level.axes)
      dropped[axis] = true;
  }
  if (version->slice)
    return readValue(version->slice, remaining(subscripts), span, remaining(spans));
  diags->error(span, "`" + tensor.name + "` is read at this step before it is defined")
      .note(version->unit->statement->span, "it is defined here: move it up");
  return {};
}

Scalar Emitter::readValue(Value tensor, ArrayRef<AffineExpr> subscripts, Span span,
                          ArrayRef<Span> spans) {
  IndexMap stored = s.mapOf(subscripts);
  Type type = cast<MixerTensorType>(tensor.getType()).getComputeType();
  return s.of(s.emit<AtOp>(s.loc(span, spans), type, tensor, stored.operands, stored.map));
}

void Emitter::recordRead(Version &version, const Scalar &result, Span span) {
  if (!version.unit || !isa<BlockArgument>(version.value))
    return; // Not of the group: its value is there.
  Value value = result.value;
  if (result.isInteger())
    value = s.valueOf(cast<AffineDimExpr>(result.expr));
  recorder->reads.push_back(
      {recorder->unit, recorder->piece, version.unit, value.getDefiningOp<AtOp>(), span});
}

//===----------------------------------------------------------------------===//
// pad
//===----------------------------------------------------------------------===//

/// Whether `subscript` is an index that ranges over `lower` to `upper`.
bool Emitter::rangesOver(AffineExpr subscript, AffineExpr lower, AffineExpr upper) {
  auto dim = dyn_cast<AffineDimExpr>(subscript);
  auto index = dim ? dyn_cast<BlockArgument>(s.valueOf(dim)) : BlockArgument();
  if (!index)
    return false;
  unsigned k = index.getArgNumber();
  Operation *op = index.getOwner()->getParentOp();
  if (auto eq = dyn_cast_or_null<EqOp>(op))
    return eq.getType().getLower()[k] == lower && eq.getType().getUpper()[k] == upper;
  if (auto recur = dyn_cast_or_null<RecurOp>(op))
    return recur.getLower().getResult(k) == lower && recur.getUpper().getResult(k) == upper;
  if (auto binding = op ? getBinding(op) : std::nullopt)
    return binding->lower.getResult(k) == lower && binding->upper.getResult(k) == upper;
  return false;
}

Scalar Emitter::emitPad(const Call &call, Env &env) {
  auto *access = dyn_cast<Access>(call.args[0].value.get());
  if (!access) {
    diags->error(call.args[0].value->span, "`pad` takes an access first")
        .note("write `pad(x[...], value)`");
    emit(*call.args[1].value, env);
    return {};
  }
  Tensor *tensor = accessed(access->name, env);
  auto subscripts = tensor ? subscriptsOf(*access, *tensor, env) : std::nullopt;
  if (!subscripts) {
    emit(*call.args[1].value, env);
    return {};
  }
  Version *version = tensor->at(env.position);
  if (version && version->unit && version->unit->failed)
    return {};
  Scalar inside = s.boolean(true);
  for (auto [subscript, lower, upper, expr] :
       llvm::zip(*subscripts, tensor->lower, tensor->upper, access->subscripts)) {
    if (rangesOver(subscript, lower, upper))
      continue;
    Span span = expr->span;
    Scalar at = s.index(subscript);
    inside = s.both(inside, s.binary(BinaryOp::Ge, at, s.index(lower), span), span);
    inside = s.both(inside, s.binary(BinaryOp::Lt, at, s.index(upper), span), span);
  }
  auto value = [&] {
    return read(*tensor, *subscripts, access->span, spansOf(*access), env.position);
  };
  auto outside = [&] { return emitNumber(*call.args[1].value, env, "the value of `pad`"); };
  return emitChoice(inside, call.span, value, outside, access->span, call.args[1].value->span);
}

} // namespace mixc::mix
