//===- Lookup.cpp - what a bare name is -----------------------------------===//
#include "frontends/mix/Builtins.h"
#include "frontends/mix/Emitter.h"
#include "frontends/mix/Habits.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace mixc::mix {

Version *Tensor::at(unsigned position) const {
  Version *found = versions.empty() ? nullptr : versions.front().get();
  for (const std::unique_ptr<Version> &version : versions)
    if (!version->unit || version->unit->first < position)
      found = version.get();
  return found;
}

Tensor *Emitter::tensorNamed(StringRef name, Env &env) {
  const Name *known = env.mixer ? env.mixer->find(name) : nullptr;
  return known ? known->tensor : nullptr;
}

std::vector<StringRef> Emitter::namesInScope(Env &env) {
  std::vector<StringRef> names;
  for (const Env *at = &env; at; at = at->outer)
    for (const Local &local : at->locals)
      names.push_back(local.name);
  if (env.mixer)
    for (auto &[name, known] : env.mixer->names)
      names.push_back(name);
  llvm::sort(names);
  return names;
}

Scalar Emitter::unknown(const Twine &message, StringRef name, Span span,
                        ArrayRef<StringRef> candidates, StringRef habit, const Twine &otherwise) {
  auto error = diags->error(span, message);
  if (StringRef meant = closest(name, candidates); !habit.empty())
    error.note(habit);
  else if (!meant.empty())
    error.note("did you mean `" + meant + "`?");
  else
    error.note(otherwise);
  return {};
}

bool Emitter::isNews(StringRef name, Env &env) {
  return reported.emplace(diags, env.mixer, env.position, name.str()).second;
}

Scalar Emitter::tooEarly(const NameRef &ref, const Name &known, Env &env) {
  diags->error(ref.span, "`" + ref.name + "` is read before it is defined")
      .note(known.span, known.position == env.position
                            ? "a name does not mean itself in its own definition"
                            : "it is defined here: move it up");
  return {};
}

Scalar Emitter::unknownName(const NameRef &ref, Env &env) {
  auto *item = module.lookup(ref.name, ref.span);
  if (!isBuiltin(ref.name) && !isa_and_nonnull<Def>(item)) {
    if (!isNews(ref.name, env))
      return {};
    bool isLower = llvm::isLower(ref.name.front());
    bool inHeader = env.mixer && env.position == 0;
    std::string otherwise =
        !isLower   ? "an extent stands in the shape of an argument or an output"
        : inHeader ? "extents are upper case: write `" + StringRef(ref.name).upper() + "`"
        : env.mixer
            ? "an index stands on the left side of its equation or is bound by a reduction, "
              "`sum[" +
                  ref.name + "](...)`; a scalar is an argument, a param or a `let`"
            : "a function at file level sees its own arguments: add it to them";
    return unknown("unknown name `" + ref.name + "`", ref.name, ref.span,
                   inHeader && isLower ? std::vector<StringRef>() : namesInScope(env),
                   habitOf(Habit::Value, ref.name), otherwise);
  }
  diags->error(ref.span, "`" + ref.name + "` is a function")
      .note("call it: `" + ref.name + (reducer(ref.name) ? "[...](...)`" : "(...)`"));
  return {};
}

bool Emitter::checkNewLocal(const Ident &name, Env &env, StringRef what) {
  if (isBuiltin(name.text)) {
    diags->error(name.span, "`" + name.text + "` is the name of a builtin")
        .note("choose another name for the " + what);
    return false;
  }
  const Local *outer = env.find(name.text);
  if (!outer) {
    warnOfHidden(name, env, what);
    return true;
  }
  diags
      ->error(name.span, "the " + what + " `" + name.text + "` hides the " +
                             (outer->isIndex ? "index" : "argument") + " `" + name.text + "`")
      .note(outer->span, "the outer one is here; choose another name");
  return false;
}

void Emitter::warnOfHidden(const Ident &name, Env &env, StringRef what) {
  const Name *hidden = env.mixer ? env.mixer->find(name.text) : nullptr;
  // Tensors and functions are read with brackets: they may share the name. A `let` below is not in
  // scope.
  if (!hidden || hidden->position > env.position)
    return;
  bool isScalar = hidden->tensor && hidden->tensor->ranked && hidden->tensor->axes.empty();
  StringRef kind = hidden->kind == Name::Kind::Param    ? "param"
                   : hidden->kind == Name::Kind::Extent ? "extent"
                   : isScalar                           ? "scalar"
                   : hidden->let && !hidden->tensor && hidden->let->form == Let::Form::Scalar
                       ? "`let`"
                       : "";
  if (!kind.empty())
    diags
        ->warning(name.span,
                  "the " + what + " `" + name.text + "` hides the " + kind + " `" + name.text + "`")
        .note(hidden->span, "which is here; choose another name");
}

Scalar Emitter::lookup(const NameRef &ref, Env &env) {
  if (const Local *local = env.find(ref.name))
    return local->scalar;
  const Name *known = env.mixer ? env.mixer->find(ref.name) : nullptr;
  if (!known) {
    if (env.mixer && env.mixer->enumValues.contains(ref.name)) {
      Scalar value;
      value.word = env.mixer->enumValues.find(ref.name)->getKey();
      return value;
    }
    return unknownName(ref, env);
  }
  switch (known->kind) {
  case Name::Kind::Param:
    if (!env.mixer->isBound(*known->param)) {
      diags->error(ref.span, "the param `" + ref.name + "` has no value yet")
          .note(known->span, "a default reads the params above it: this one is not");
      return {};
    }
    return known->scalar;
  case Name::Kind::Extent:
    return known->scalar;
  case Name::Kind::Tensor:
    break;
  case Name::Kind::Def:
    diags->error(ref.span, "`" + ref.name + "` is a function")
        .note("call it: `" + ref.name + "(...)`");
    return {};
  case Name::Kind::Let: {
    if (known->position >= env.position)
      return tooEarly(ref, *known, env);
    if (known->let->form == Let::Form::Function) {
      diags->error(ref.span, "`" + ref.name + "` is a function")
          .note("call it: `" + ref.name + "(...)`");
      return {};
    }
    if (known->let->form == Let::Form::Table) {
      diags->error(ref.span, "`" + ref.name + "` is a table")
          .note("read an element: `" + ref.name + "[...]`");
      return {};
    }
    if (known->tensor) // It reads tensors: a rank-0 equation.
      break;
    Env inner{nullptr, env.mixer, known->position, {}};
    return inlined(known->let, *known->let->value, inner, ref.span);
  }
  }
  Tensor &tensor = *known->tensor;
  if (!tensor.ranked || tensor.axes.empty())
    return read(tensor, {}, ref.span, {}, env.position);
  diags->error(ref.span, "`" + ref.name + "` is a tensor of rank " + Twine(tensor.axes.size()))
      .note("read an element: `" + ref.name + "[" +
            llvm::join(llvm::ArrayRef<StringRef>{"i", "j", "k", "l"}.take_front(
                           std::min<size_t>(tensor.axes.size(), 4)),
                       ", ") +
            (tensor.axes.size() > 4 ? ", ...]`" : "]`"));
  return {};
}

} // namespace mixc::mix
