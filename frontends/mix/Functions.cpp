//===- Functions.cpp - calls of scalar functions --------------------------===//
#include "frontends/mix/Builtins.h"
#include "frontends/mix/Emitter.h"
#include "frontends/mix/Habits.h"

#include "llvm/ADT/Hashing.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

//===----------------------------------------------------------------------===//
// Functions of the user
//===----------------------------------------------------------------------===//

Scalar Emitter::inlined(const void *function, const Expr &body, Env &inner, Span call) {
  SmallVector<Scalar, 4> arguments;
  for (const Local &local : inner.locals)
    arguments.push_back(local.scalar);
  llvm::hash_code hash = llvm::hash_combine(function, inner.mixer);
  for (const Scalar &argument : arguments)
    hash = llvm::hash_combine(hash, argument.type.getAsOpaquePointer(),
                              mlir::hash_value(argument.expr), mlir::hash_value(argument.value),
                              llvm::bit_cast<uint64_t>(argument.number));
  size_t key = hash;
  if (memo.count(key)) {
    Memo known = memo.lookup(key);
    if (known.function == function && known.scope == inner.mixer && known.arguments == arguments)
      return known.result;
  }
  Scalar result = emit(body, inner);
  result.literal = false;
  memo.insert(key, Memo{function, inner.mixer, std::move(arguments), result});
  return result;
}

std::optional<Emitter::Function> Emitter::functionOf(const Call &call, Env &env) {
  StringRef name = call.callee.text;
  Function function;
  if (const Name *known = env.mixer ? env.mixer->find(name) : nullptr) {
    if (known->kind == Name::Kind::Let && known->let->form == Let::Form::Function) {
      function = {known->let->params, known->let->value.get(), known->let};
    } else if (known->kind == Name::Kind::Def) {
      function = {known->def->params, known->def->value.get(), known->def};
    } else {
      auto error = diags->error(call.callee.span, "`" + name + "` is no function");
      if (known->param && known->param->type == ParamType::Enum)
        error.note(known->span, "it is a param: choose by it, as in `if " + name + " == " +
                                    known->param->values.front().text + " then ... else ...`");
      else if (known->tensor && known->tensor->ranked && !known->tensor->axes.empty())
        error.note(known->span, "it is a tensor: read an element by `" + name + "[...]`");
      else
        error.note(known->span, "it is a scalar, defined here: a product is written with `*`");
      return std::nullopt;
    }
    if (known->position >= env.position) {
      diags->error(call.callee.span, "`" + name + "` is called before it is defined")
          .note(known->span, known->position == env.position ? "a function does not call itself"
                                                             : "it is defined here: move it up");
      return std::nullopt;
    }
    function.mixer = env.mixer;
    function.position = known->position;
  } else if (auto *def = dyn_cast_or_null<Def>(module.lookup(name, call.callee.span))) {
    function = {def->params, def->value.get(), def};
  } else if (reducer(name)) {
    diags->error(call.callee.span, "`" + name + "` needs the indices that it runs over")
        .note("write `" + name + "[i](...)`");
    return std::nullopt;
  } else if (isa_and_nonnull<Mixer>(module.lookup(name, call.callee.span))) {
    diags->error(call.callee.span, "`" + name + "` is a mixer: a call of it stands alone")
        .note("write `(x) = " + name + "(...)` and read `x`");
    return std::nullopt;
  } else {
    std::vector<StringRef> candidates = module.visible(call.callee.span, Stmt::Kind::Def);
    for (const Builtin &builtin : builtins())
      candidates.push_back(builtin.name);
    if (env.mixer)
      for (auto &[known, entry] : env.mixer->names)
        if (entry.kind == Name::Kind::Def || (entry.let && entry.let->form == Let::Form::Function))
          candidates.push_back(known);
    auto inside = llvm::find_if(module.file().items, [&](const StmtPtr &item) {
      auto *def = dyn_cast<Def>(item.get());
      return def && def->name.text == name && def->span.file == call.callee.span.file &&
             def->span.contains(call.callee.span.begin);
    });
    if (inside != module.file().items.end())
      diags->error(call.callee.span, "`" + name + "` is called before it is defined")
          .note(nameOf(**inside).span, "a function does not call itself");
    else if (isNews(name, env))
      unknown("unknown function `" + name + "`", name, call.callee.span, candidates,
              habitOf(Habit::Function, name),
              "a function is defined above its calls: `def " + name + "(x) = ...`");
    return std::nullopt;
  }
  if (call.args.size() != function.params.size()) {
    diags
        ->error(call.span, "`" + name + "` takes " + Twine(function.params.size()) +
                               (function.params.size() == 1 ? " argument" : " arguments") +
                               ", found " + Twine(call.args.size()))
        .note(function.params.front().span.to(function.params.back().span),
              "its arguments are named here");
    return std::nullopt;
  }
  for (const Argument &argument : call.args)
    if (argument.name) {
      diags->error(argument.name->span, "the arguments of a function have no names")
          .note("give them by their places, without `" + argument.name->text + "=`");
      return std::nullopt;
    }
  return function;
}

Scalar Emitter::emitCall(const Call &call, Env &env) {
  if (const Builtin *function = builtin(call.callee.text))
    return emitBuiltin(*function, call, env);
  std::optional<Function> function = functionOf(call, env);
  if (!function)
    return {};
  Env inner{nullptr, function->mixer, function->position, {}};
  bool failed = false;
  for (auto [param, argument] : llvm::zip_equal(function->params, call.args)) {
    Scalar value = emitNumber(*argument.value, env, "an argument");
    failed |= value.isError();
    inner.locals.push_back({param.text, param.span, value, false, {}});
  }
  if (failed)
    return {};
  Scalar result = inlined(function->key, *function->body, inner, call.span);
  result.quotient = {}; // What a function gives is meant to be what it is.
  return result;
}

void Emitter::checkFunction(ArrayRef<Ident> params, const Expr &body, Env &env) {
  Env inner{&env, env.mixer, env.position, {}};
  for (const Ident &param : params)
    if (checkNewLocal(param, inner, "argument"))
      inner.locals.push_back({param.text, param.span, {}, false, {}});
  checkNames(body, inner);
}

void Emitter::checkDefinitions() {
  Env env;
  for (const StmtPtr &item : module.file().items)
    if (auto *def = dyn_cast<Def>(item.get())) {
      ++env.position;
      checkFunction(def->params, *def->value, env);
    }
}

void Emitter::checkNames(const Expr &expr, Env &env) {
  if (auto *ref = dyn_cast<NameRef>(&expr)) {
    const Name *known = env.mixer ? env.mixer->find(ref->name) : nullptr;
    if (!env.find(ref->name) && known && known->let && known->position >= env.position)
      tooEarly(*ref, *known, env);
    else if (!env.find(ref->name) && !(env.mixer && (env.mixer->find(ref->name) ||
                                                     env.mixer->enumValues.contains(ref->name))))
      unknownName(*ref, env);
  } else if (auto *access = dyn_cast<Access>(&expr)) {
    accessed(access->name, env);
  } else if (auto *call = dyn_cast<Call>(&expr)) {
    if (const Builtin *function = builtin(call->callee.text))
      checkBuiltinCall(*function, *call);
    else
      functionOf(*call, env);
  }
  Env inner{&env, env.mixer, env.position, {}};
  if (auto *reduce = dyn_cast<Reduce>(&expr))
    for (const Binder &binder : reduce->binders)
      inner.locals.push_back({binder.name.text, binder.name.span, {}, true, {}});
  forEachChild(expr, [&](const Expr &child) { checkNames(child, inner); });
}

//===----------------------------------------------------------------------===//
// Functions of the language
//===----------------------------------------------------------------------===//

Scalar Emitter::emitCast(const Call &call, Scalar value) {
  Type element = mixer::elementType(s.context(), spelling(call.element->type));
  Type type = computeType(element);
  if (isComplex(value.type) && !isComplex(element)) {
    diags->error(call.span, "a complex number can't be cast to " + spelling(call.element->type))
        .note("take its real part: `re(...)`");
    return {};
  }
  if (value.isConstant() && isReal(value.type))
    value = s.convert(value, value.wide && type.isF64() ? type : value.type, call.span);
  return s.of(s.emit<CastOp>(call.span, type, s.value(value, call.span), element));
}

Scalar Emitter::emitUnary(const Builtin &function, Scalar x, Span span) {
  Fn fn = function.fn;
  bool complexIn = isComplex(x.type);
  if (complexIn && fn != Fn::Exp && fn != Fn::Abs && fn != Fn::Re && fn != Fn::Im &&
      fn != Fn::Conj && fn != Fn::Detach) {
    diags->error(span, "`" + function.name + "` takes a real number, found a complex one")
        .note("complex numbers take `+ - * /`, `exp`, `abs`, `re`, `im` and `conj`");
    return {};
  }
  if (x.isBool())
    x = s.convert(x, s.indexType, span);
  Type part = complexIn ? cast<ComplexType>(x.type).getElementType() : Type();

  // Those that keep integers as they are.
  switch (fn) {
  case Fn::Re:
  case Fn::Conj:
    if (!complexIn)
      return x;
    return s.of(fn == Fn::Re ? s.emit<complex::ReOp>(span, x.value)
                             : s.emit<complex::ConjOp>(span, x.value));
  case Fn::Im:
    return complexIn ? s.of(s.emit<complex::ImOp>(span, x.value)) : s.real(0, s.floatOf(x));
  case Fn::Abs:
    if (complexIn)
      return s.of(s.emit<complex::AbsOp>(span, part, x.value));
    if (x.isInteger())
      return s.extreme(true, x, s.negate(x, span), span);
    break;
  case Fn::Sign:
  case Fn::Relu:
  case Fn::Detach:
    if (x.isInteger() || complexIn) {
      if (fn == Fn::Relu)
        return s.extreme(true, x, s.integer(0), span);
      if (fn == Fn::Detach && x.isConstant())
        return x;
      return s.of(s.emit<FnOp>(span, x.type, fn == Fn::Sign ? FnKind::sign : FnKind::detach,
                               ValueRange{s.value(x, span)}));
    }
    break;
  case Fn::Exp:
    if (complexIn)
      return s.of(s.emit<complex::ExpOp>(span, x.value));
    break;
  default:
    break;
  }

  Type type = s.floatOf(x);
  Scalar given = x;
  x = s.convert(x, type, span);
  if (x.isError())
    return {};
  if (x.isConstant() && fn == Fn::Sqrt)
    return s.folded(std::sqrt(x.number), std::sqrt(given.untyped().value_or(0)), type, given);
  Value v = s.value(x, span);
  auto named = [&](FnKind kind, Type result) {
    return s.of(s.emit<FnOp>(span, result, kind, ValueRange{v}));
  };
  switch (fn) {
  case Fn::Exp:
    return s.of(s.emit<math::ExpOp>(span, v));
  case Fn::Exp2:
    return s.of(s.emit<math::Exp2Op>(span, v));
  case Fn::ExpM1:
    return s.of(s.emit<math::ExpM1Op>(span, v));
  case Fn::Log:
    return s.of(s.emit<math::LogOp>(span, v));
  case Fn::Log2:
    return s.of(s.emit<math::Log2Op>(span, v));
  case Fn::Log1P:
    return s.of(s.emit<math::Log1pOp>(span, v));
  case Fn::Sqrt:
    return s.of(s.emit<math::SqrtOp>(span, v));
  case Fn::RSqrt:
    return s.of(s.emit<math::RsqrtOp>(span, v));
  case Fn::Abs:
    return s.of(s.emit<math::AbsFOp>(span, v));
  case Fn::Floor:
    return s.of(s.emit<math::FloorOp>(span, v));
  case Fn::Ceil:
    return s.of(s.emit<math::CeilOp>(span, v));
  case Fn::Round:
    return s.of(s.emit<math::RoundEvenOp>(span, v));
  case Fn::Sin:
    return s.of(s.emit<math::SinOp>(span, v));
  case Fn::Cos:
    return s.of(s.emit<math::CosOp>(span, v));
  case Fn::Tanh:
    return s.of(s.emit<math::TanhOp>(span, v));
  case Fn::Erf:
    return s.of(s.emit<math::ErfOp>(span, v));
  case Fn::Sign:
    return named(FnKind::sign, type);
  case Fn::Sigmoid:
    return named(FnKind::sigmoid, type);
  case Fn::LogSigmoid:
    return named(FnKind::logsigmoid, type);
  case Fn::Silu:
    return named(FnKind::silu, type);
  case Fn::Gelu:
    return named(FnKind::gelu, type);
  case Fn::GeluTanh:
    return named(FnKind::gelu_tanh, type);
  case Fn::Relu:
    return named(FnKind::relu, type);
  case Fn::Elu:
    return named(FnKind::elu, type);
  case Fn::SoftPlus:
    return named(FnKind::softplus, type);
  case Fn::ErfInv:
    return named(FnKind::erfinv, type);
  case Fn::Detach:
    return named(FnKind::detach, type);
  case Fn::Cis:
    return named(FnKind::cis, ComplexType::get(type));
  default:
    llvm_unreachable("not a function of one number");
  }
}

/// How messages name the arguments of `function`.
static StringRef argumentsOf(const Builtin &function) {
  switch (function.fn) {
  case Fn::Min:
  case Fn::Max:
    return "a, b";
  case Fn::Pow:
    return "x, p";
  case Fn::Clamp:
    return "x, lo, hi";
  case Fn::Complex:
    return "re, im";
  case Fn::Philox:
    return "seed, i, j";
  case Fn::Pad:
    return "x[...], value";
  default:
    return "x";
  }
}

bool Emitter::checkBuiltinCall(const Builtin &function, const Call &call) {
  if (call.args.size() < function.least || call.args.size() > function.most) {
    std::string count = std::to_string(function.least);
    if (function.most == ~0u)
      count = "at least " + count;
    else if (function.most != function.least)
      count += " to " + std::to_string(function.most);
    diags
        ->error(call.span, "`" + function.name + "` takes " + count +
                               (function.most == 1 ? " argument" : " arguments") + ", found " +
                               Twine(call.args.size()))
        .note("write `" + function.name + "(" + argumentsOf(function) + ")`");
    return false;
  }
  for (const Argument &argument : call.args)
    if (argument.name) {
      diags->error(argument.name->span, "the arguments of a function have no names")
          .note("give them by their places, without `" + argument.name->text + "=`");
      return false;
    }
  return true;
}

Scalar Emitter::emitBuiltin(const Builtin &function, const Call &call, Env &env) {
  if (!checkBuiltinCall(function, call))
    return {};
  if (function.fn == Fn::Pad)
    return emitPad(call, env);

  SmallVector<Scalar, 5> x;
  bool failed = false;
  for (const Argument &argument : call.args) {
    x.push_back(emitNumber(*argument.value, env, "an argument of `" + function.name + "`"));
    failed |= x.back().isError();
  }
  if (failed)
    return {};
  Span span = call.span;
  switch (function.fn) {
  case Fn::Min:
  case Fn::Max: {
    Scalar result = x[0];
    for (const Scalar &next : ArrayRef(x).drop_front()) {
      result = s.extreme(function.fn == Fn::Max, result, next, span);
      if (result.isError())
        return {};
    }
    return result;
  }
  case Fn::Clamp: {
    Scalar raised = s.extreme(true, x[0], x[1], span);
    return raised.isError() ? raised : s.extreme(false, raised, x[2], span);
  }
  case Fn::Pow:
    return emitPower(x[0], x[1], span);
  case Fn::Cast:
    return emitCast(call, x[0]);
  case Fn::Complex: {
    Type part = s.meet(x);
    if (part.isIndex())
      part = s.plain;
    if (isComplex(part))
      return s.error(span, "`complex` takes two real numbers, found a complex one",
                     "complex numbers are added: `z + complex(0, 1) * w`");
    Value re = s.valueAs(x[0], part, span), im = s.valueAs(x[1], part, span);
    return s.of(s.emit<complex::CreateOp>(span, ComplexType::get(part), re, im));
  }
  case Fn::Philox: {
    SmallVector<Value> integers;
    for (auto [value, argument] : llvm::zip_equal(x, call.args)) {
      if (!value.isInteger() && !value.isBool())
        return s.error(argument.value->span,
                       "`philox` takes integers, found " + typeName(value.type),
                       "the seed and the counter are integers: indices, or `cast(i64, ...)`");
      integers.push_back(s.valueAs(value, s.indexType, argument.value->span));
    }
    return s.of(s.emit<PhiloxOp>(span, s.f32, integers.front(), ValueRange(integers).drop_front()));
  }
  default:
    return emitUnary(function, x[0], span);
  }
}

} // namespace mixc::mix
