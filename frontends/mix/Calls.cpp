//===- Calls.cpp - calls of mixers ----------------------------------------===//
//
// A call is inlined: the callee's extents are sizes of the caller, its arguments
// tensors of the caller, its `where` conditions facts of the caller.
//
//===----------------------------------------------------------------------===//
#include "frontends/mix/Emitter.h"
#include "frontends/mix/Habits.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

/// Calls may be nested this deep.
static constexpr unsigned maxCallDepth = 64;
/// What a call costs, counted in expressions.
static constexpr unsigned callCost = 100;

/// An argument of the callee and what is given for it.
struct Emitter::Actual {
  const ArgGroup *group;
  const Ident *name;           ///< in the callee
  const Expr *given = nullptr; ///< none: the default
  Value value;                 ///< the tensor given
};

bool Emitter::matchArguments(const CallStmt &call, const Mixer &callee,
                             SmallVectorImpl<Actual> &actuals) {
  SmallVector<StringRef> names;
  for (const ArgGroup &group : callee.args)
    for (const Ident &name : group.names) {
      actuals.push_back({&group, &name, nullptr, {}});
      names.push_back(name.text);
    }
  bool good = true;
  unsigned next = 0;
  for (const Argument &argument : call.args) {
    unsigned position = next++;
    if (argument.name) {
      position = llvm::find(names, argument.name->text) - names.begin();
      if (position == names.size()) {
        unknown("`" + callee.name.text + "` has no argument `" + argument.name->text + "`",
                argument.name->text, argument.name->span, names, "",
                "its arguments are `" + llvm::join(names, "`, `") + "`");
        good = false;
        continue;
      }
    } else if (position >= names.size()) {
      diags
          ->error(argument.span, "`" + callee.name.text + "` takes " + Twine(names.size()) +
                                     (names.size() == 1 ? " argument" : " arguments") +
                                     ", this is one more")
          .note(callee.name.span, "it is defined here");
      return false;
    }
    if (actuals[position].given) {
      diags->error(argument.span, "the argument `" + names[position] + "` is given twice")
          .note(actuals[position].given->span, "the other one is here: remove one");
      good = false;
    }
    actuals[position].given = argument.value.get();
  }
  for (const Actual &actual : actuals) {
    if (actual.given || actual.group->init)
      continue;
    diags
        ->error(call.callee.span,
                "the argument `" + actual.name->text + "` of `" + callee.name.text + "` is missing")
        .note(actual.name->span, "it has no default");
    good = false;
  }
  return good;
}

bool Emitter::bindCallParams(MixerScope &caller, MixerScope &inner, const CallStmt &call,
                             unsigned position) {
  const Mixer &callee = *inner.mixer;
  SmallVector<StringRef> names;
  for (const Param &param : callee.params)
    names.push_back(param.name.text);
  bool good = true;
  llvm::StringMap<const Argument *> given;
  for (const Argument &argument : call.params) {
    if (!llvm::is_contained(names, argument.name->text)) {
      unknown("`" + callee.name.text + "` has no param `" + argument.name->text + "`",
              argument.name->text, argument.name->span, names, "",
              names.empty() ? "it has none" : "its params are `" + llvm::join(names, "`, `") + "`");
      good = false;
    } else if (!given.try_emplace(argument.name->text, &argument).second) {
      diags->error(argument.span, "the param `" + argument.name->text + "` is given twice")
          .note(given.lookup(argument.name->text)->span, "the other one is here: remove one");
      good = false;
    }
  }
  bindParams(inner, [&](const Param &param) -> Scalar {
    const Argument *argument = given.lookup(param.name.text);
    if (!argument) {
      if (!param.init) {
        diags
            ->error(call.callee.span, "the param `" + param.name.text + "` of `" +
                                          callee.name.text + "` has no value")
            .note(param.name.span, "it has no default: write `" + callee.name.text + "<" +
                                       param.name.text + "=...>(...)`");
        good = false;
      }
      return {};
    }
    Env env{nullptr, &caller, position, {}};
    // A word of the callee's enum means that, unless the caller has such a name.
    Scalar value;
    auto *ref = dyn_cast<NameRef>(argument->value.get());
    if (param.type == ParamType::Enum && ref && !caller.find(ref->name))
      value.word = ref->name;
    else
      value = emitConstant(*argument->value, env);
    value = checkParam(param, value, argument->value->span);
    good &= !value.isError();
    return value;
  });
  return good;
}

bool Emitter::findActual(MixerScope &caller, Actual &actual, unsigned position) {
  Env env{nullptr, &caller, position, {}};
  auto *ref = dyn_cast<NameRef>(actual.given);
  Tensor *tensor = ref ? tensorNamed(ref->name, env) : nullptr;
  bool isScalar = !actual.group->type.hasShape;
  if (isScalar && (!tensor || !tensor->axes.empty())) {
    Type element = mixer::elementType(s.context(), mix::spelling(actual.group->type.element->type));
    actual.value = emitScalarEquation(caller, *actual.given, actual.name->text, element, position,
                                      actual.given->span);
    return actual.value != nullptr;
  }
  if (!tensor) {
    diags
        ->error(actual.given->span, "the argument `" + actual.name->text + "` takes a whole tensor")
        .note("name one, without subscripts, or define one by an equation and name that");
    return false;
  }
  Version *version = tensor->at(position);
  if (version && version->unit && version->unit->failed)
    return false;
  if (!version || !version->value || (version->unit && version->unit->first >= position)) {
    diags->error(actual.given->span, "`" + tensor->name + "` is read before it is defined")
        .note(tensor->span, "it is defined here");
    return false;
  }
  actual.value = version->value;
  auto type = cast<MixerTensorType>(actual.value.getType());
  if (static_cast<size_t>(type.getRank()) != actual.group->type.shape.size()) {
    diags
        ->error(actual.given->span, "`" + tensor->name + "` has rank " + Twine(type.getRank()) +
                                        ", but the argument `" + actual.name->text + "` has rank " +
                                        Twine(actual.group->type.shape.size()))
        .note(actual.group->span, "it is declared here");
    return false;
  }
  for (AffineExpr lower : type.getLower())
    if (lower != getAffineConstantExpr(0, s.context())) {
      diags
          ->error(actual.given->span, "`" + tensor->name +
                                          "` has boundaries below 0, and a whole "
                                          "tensor begins at 0")
          .note("define one without them by an equation");
      return false;
    }
  return true;
}

void Emitter::requireEqual(AffineExpr a, AffineExpr b, const Twine &what, Span span) {
  if (a == b || (proves(a - b) && proves(b - a)))
    return;
  if (proves(a - b - 1) || proves(b - a - 1)) {
    diags->error(span, what + " is " + show(a) + " and " + show(b))
        .note("give tensors whose sizes agree");
    return;
  }
  addFact(show(a) + " == " + show(b), span,
          [&] { return s.binary(BinaryOp::Eq, s.index(a), s.index(b), span); });
}

bool Emitter::bindCallExtents(MixerScope &inner, const CallStmt &call, ArrayRef<Actual> actuals) {
  const Mixer &callee = *inner.mixer;
  auto forEachAxis = [&](llvm::function_ref<void(const Actual &, const Expr &, AffineExpr)> visit) {
    for (const Actual &actual : actuals)
      if (actual.given)
        for (auto [size, extent] :
             llvm::zip(actual.group->type.shape,
                       cast<MixerTensorType>(actual.value.getType()).getUpper()))
          visit(actual, *size, extent);
  };
  auto isExtent = [&](const Expr &expr) {
    auto *ref = dyn_cast<NameRef>(&expr);
    const Name *known = ref ? inner.find(ref->name) : nullptr;
    return ref && llvm::isUpper(ref->name.front()) && (!known || !known->param);
  };
  unsigned errors = diags->errorCount();
  forEachAxis([&](const Actual &actual, const Expr &size, AffineExpr extent) {
    if (!isExtent(size))
      return;
    auto &ref = cast<NameRef>(size);
    if (const Name *known = inner.find(ref.name))
      return requireEqual(known->scalar.expr, extent,
                          "the extent `" + ref.name + "` of `" + callee.name.text + "`",
                          actual.given->span);
    Name name{Name::Kind::Extent, ref.span};
    name.scalar = s.index(extent);
    declare(inner, {ref.name, ref.span}, name);
  });
  // Every other extent is unbound.
  std::function<void(const Expr &)> find = [&](const Expr &expr) {
    if (isExtent(expr) && !inner.find(cast<NameRef>(expr).name)) {
      diags
          ->error(call.callee.span, "no argument binds the extent `" + cast<NameRef>(expr).name +
                                        "` of `" + callee.name.text + "`")
          .note(expr.span, "it stands here");
    }
    forEachChild(expr, find);
  };
  for (const std::vector<ArgGroup> *groups : {&callee.args, &callee.outs})
    for (const ArgGroup &group : *groups)
      for (const ExprPtr &size : group.type.shape)
        find(*size);
  if (diags->errorCount() != errors)
    return false;
  Env env{nullptr, &inner, 0, {}};
  forEachAxis([&](const Actual &actual, const Expr &size, AffineExpr extent) {
    if (isExtent(size))
      return;
    if (AffineExpr expected = emitSize(size, env, "a size"))
      requireEqual(expected, extent, "an axis of `" + actual.name->text + "`", actual.given->span);
  });
  return diags->errorCount() == errors;
}

bool Emitter::giveArguments(MixerScope &inner, ArrayRef<Actual> actuals) {
  // The callee's generic element: the one that its generic arguments have, or the type
  // in which they meet.
  Type generic, meet;
  for (const Actual &actual : actuals) {
    if (!actual.given || actual.group->type.element)
      continue;
    Type element = cast<MixerTensorType>(actual.value.getType()).getElement();
    if (!isReal(element))
      continue;
    meet = meet ? promote(meet, computeType(element)) : computeType(element);
    generic = !generic || generic == element ? element : meet;
  }
  if (generic)
    inner.generic = generic;
  s.plain = inner.generic.isF64() ? s.f64 : s.f32;
  declareTensors(inner);
  if (broken)
    return false;
  Env env{nullptr, &inner, 0, {}};
  for (const Actual &actual : actuals) {
    Tensor &tensor = *inner.find(actual.name->text)->tensor;
    Version &version = *tensor.versions.emplace_back(std::make_unique<Version>());
    version.tensor = &tensor;
    if (!actual.given) {
      version.value = emitPointwise(
          tensor, tensor.element, actual.group->init->span,
          [&](ArrayRef<AffineExpr>) { return emitDefault(tensor, *actual.group->init, env); });
    } else {
      Type element = cast<MixerTensorType>(actual.value.getType()).getElement();
      if (!actual.group->type.element && isReal(element))
        tensor.element = element; // Read as it is: only results are rounded.
      // Its axes may have other names for the same sizes, which are required to be equal.
      version.value = element == tensor.element ? actual.value
                                                : conform(actual.value, tensor, actual.given->span);
    }
    if (!version.value)
      return false;
  }
  return true;
}

bool Emitter::takeOutputs(MixerScope &inner, const CallStmt &call, Unit &unit) {
  unsigned position = 0;
  bool good = true;
  for (const ArgGroup &group : inner.mixer->outs)
    for (const Ident &name : group.names) {
      Version *version = unit.defines[position];
      Span span = call.targets[position++].span;
      Tensor &output = *inner.find(name.text)->tensor;
      if (output.versions.empty()) {
        if (!output.failed)
          reportUndefined(inner, output);
        return false;
      }
      Version &last = *output.versions.back();
      if (!last.value || (last.unit && last.unit->failed))
        return false;
      if (!version)
        continue;
      for (auto [axis, lower, upper] : llvm::zip_equal(output.axes, output.lower, output.upper))
        lower = axis.lo, upper = axis.hi;
      Value value = conform(last.value, output, span);
      if (!value)
        return false;
      Tensor &tensor = *version->tensor;
      if (!tensor.hasShape()) {
        tensor.ranked = true;
        tensor.axes = output.axes;
        tensor.lower = output.lower;
        tensor.upper = output.upper;
        tensor.element = output.element;
        version->value = value;
        continue;
      }
      if (tensor.axes.size() != output.axes.size()) {
        diags
            ->error(span, "`" + tensor.name + "` has rank " + Twine(tensor.axes.size()) +
                              ", but `" + name.text + "` has rank " + Twine(output.axes.size()))
            .note(tensor.span, "`" + tensor.name + "` is declared here");
        good = false;
        continue;
      }
      unsigned errors = diags->errorCount();
      for (auto [own, other] : llvm::zip_equal(tensor.axes, output.axes))
        requireEqual(own.hi, other.hi, "an axis of `" + tensor.name + "`", span);
      if (diags->errorCount() != errors) {
        good = false;
        continue;
      }
      if (!tensor.element)
        tensor.element = output.element;
      version->value = conform(value, tensor, span);
      good &= version->value != nullptr;
    }
  return good;
}

void Emitter::emitMixerCall(MixerScope &scope, Unit &unit) {
  auto &call = cast<CallStmt>(*unit.statement);
  StringRef name = call.callee.text;
  auto *callee = dyn_cast_or_null<Mixer>(module.lookup(name, call.callee.span));
  auto fail = [&] { unit.failed = true; };
  if (!callee) {
    if (name == scope.mixer->name.text)
      diags->error(call.callee.span, "a mixer does not call itself")
          .note("what needs the step before reads it, as a recurrence: `y[n-1]`");
    else
      unknown("unknown mixer `" + name + "`", name, call.callee.span,
              module.visible(call.callee.span, Stmt::Kind::Mixer), habitOf(Habit::Function, name),
              "a mixer is defined above its call, or imported");
    return fail();
  }
  size_t outputs = 0;
  for (const ArgGroup &group : callee->outs)
    outputs += group.names.size();
  if (outputs != call.targets.size()) {
    diags
        ->error(call.targets.front().span.to(call.targets.back().span),
                "`" + name + "` has " + Twine(outputs) +
                    (outputs == 1 ? " output, found " : " outputs, found ") +
                    Twine(call.targets.size()) +
                    (call.targets.size() == 1 ? " target" : " targets"))
        .note("one target an output, in order; `_` discards one");
    return fail();
  }
  if (scope.depth == maxCallDepth) {
    diags->error(call.callee.span, "calls are nested more than " + Twine(maxCallDepth) + " deep")
        .note("call one mixer after the other, and hand the tensors on");
    return fail();
  }
  if (!spend(callCost, call.span))
    return fail();
  SmallVector<Actual> actuals;
  MixerScope &inner = scopes.emplace_back();
  inner.mixer = callee;
  inner.generic = scope.generic;
  inner.depth = scope.depth + 1;
  if (!matchArguments(call, *callee, actuals) || !bindCallParams(scope, inner, call, unit.first))
    return fail();
  for (Actual &actual : actuals)
    if (actual.given && !findActual(scope, actual, unit.first))
      return fail();
  llvm::SaveAndRestore<Type> plainOfCaller(s.plain);
  if (!bindCallExtents(inner, call, actuals) || !giveArguments(inner, actuals))
    return fail();
  emitWhere(inner);
  collect(inner);
  if (broken)
    return fail();
  emitBody(inner);
  if (!takeOutputs(inner, call, unit))
    fail();
}

} // namespace mixc::mix
