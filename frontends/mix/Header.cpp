//===- Header.cpp - params, extents, arguments, conditions ----------------===//
#include "frontends/mix/Emitter.h"

#include "dialects/mixer/analysis/Facts.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SaveAndRestore.h"

#include <variant>

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

//===----------------------------------------------------------------------===//
// Params
//===----------------------------------------------------------------------===//

static StringRef spelling(ParamType type) {
  switch (type) {
  case ParamType::Int:
    return "an int";
  case ParamType::Bool:
    return "a bool";
  case ParamType::F32:
    return "an f32";
  case ParamType::Enum:
    return "an enum";
  }
  llvm_unreachable("all types of params are above");
}

static std::string valuesOf(const Param &param) {
  return llvm::join(
      llvm::map_range(param.values, [](const Ident &value) { return "`" + value.text + "`"; }),
      ", ");
}

/// Says which values `param` has.
static void adviseParam(DiagnosticBuilder error, const Param &param) {
  switch (param.type) {
  case ParamType::Int:
    error.note(param.typeSpan, "its values are integers");
    break;
  case ParamType::Bool:
    error.note(param.typeSpan, "its values are `true` and `false`");
    break;
  case ParamType::F32:
    error.note(param.typeSpan, "its values are numbers of `f32`");
    break;
  case ParamType::Enum:
    error.note(param.typeSpan, "its values are " + valuesOf(param));
    break;
  }
}

namespace {
/// The value that the command line gives a param: an int, a bool, an f32 or an enum's word.
using ParamValue = std::variant<int64_t, bool, double, StringRef>;
} // namespace

/// What `text` means for `param`; none where it is no value of its type.
static std::optional<ParamValue> parseParam(const Param &param, StringRef text) {
  text = text.trim();
  int64_t integer;
  double number;
  switch (param.type) {
  case ParamType::Int:
    if (!text.getAsInteger(10, integer))
      return integer;
    break;
  case ParamType::Bool:
    if (text == "true" || text == "false")
      return text == "true";
    break;
  case ParamType::F32:
    if (!text.getAsDouble(number) && std::abs(number) <= std::numeric_limits<float>::max())
      return number;
    break;
  case ParamType::Enum:
    for (const Ident &value : param.values)
      if (value.text == text)
        return StringRef(value.text);
    break;
  }
  return std::nullopt;
}

bool checkParams(const Mixer &mixer, const std::map<std::string, std::string> &params,
                 Diagnostics &diags) {
  unsigned errors = diags.errorCount();
  SmallVector<StringRef> known;
  for (const Param &param : mixer.params)
    known.push_back(param.name.text);
  for (const auto &[name, value] : params) {
    if (is_contained(known, name))
      continue;
    auto error =
        diags.error(mixer.name.span, "`" + mixer.name.text + "` has no param `" + name + "`");
    if (StringRef meant = closest(name, known); !meant.empty())
      error.note("did you mean `" + meant + "`?");
    else
      error.note(known.empty() ? "it has none"
                               : "its params are `" + llvm::join(known, "`, `") + "`");
  }
  for (const Param &param : mixer.params) {
    auto given = params.find(param.name.text);
    if (given == params.end() && !param.init)
      diags.error(param.name.span, "the param `" + param.name.text + "` has no value")
          .note("give it one: `--param " + param.name.text + "=...`");
    if (given != params.end() && !parseParam(param, given->second))
      adviseParam(diags.error(param.name.span, "the param `" + param.name.text + "` is " +
                                                   spelling(param.type) + ", but `" +
                                                   StringRef(given->second).trim() +
                                                   "` is given for it"),
                  param);
  }
  return diags.errorCount() == errors;
}

Scalar Emitter::givenParam(const Param &param, StringRef text) {
  std::optional<ParamValue> value = parseParam(param, text);
  if (!value)
    return {};
  if (auto *integer = std::get_if<int64_t>(&*value))
    return s.integer(*integer);
  if (auto *truth = std::get_if<bool>(&*value))
    return s.boolean(*truth);
  if (auto *number = std::get_if<double>(&*value))
    return s.real(*number, s.f32);
  Scalar word;
  word.word = std::get<StringRef>(*value);
  return word;
}

Scalar Emitter::checkParam(const Param &param, Scalar value, Span span) {
  if (value.isError())
    return {};
  bool good = false;
  switch (param.type) {
  case ParamType::Int:
    // An open param of a caller may be given on.
    good = value.isInteger() && value.expr.isSymbolicOrConstant() &&
           (value.integer() || options.openParams);
    break;
  case ParamType::Bool:
    good = value.isBool() && value.isConstant();
    break;
  case ParamType::F32:
    good = value.isConstant() && (value.isInteger() || isReal(value.type));
    if (good)
      value = s.convert(value, s.f32, span);
    break;
  case ParamType::Enum:
    good = !value.word.empty() &&
           llvm::any_of(param.values, [&](const Ident &v) { return v.text == value.word; });
    break;
  }
  value.literal = false;
  value.quotient = {};
  if (good)
    return value;
  std::string found = value.word.empty() ? typeName(value.type).str()
                                         : ("the enum value `" + value.word + "`").str();
  auto error = diags->error(span, "the param `" + param.name.text + "` is " + spelling(param.type) +
                                      ", found " + found);
  adviseParam(error, param);
  return {};
}

Scalar Emitter::emitConstant(const Expr &expr, Env &env) {
  Block scratch;
  Body body(*this, &scratch);
  unsigned mark = s.mark();
  Scalar value = emit(expr, env);
  s.forget(mark);
  bool open = options.openParams && value.isInteger() && value.expr.isSymbolicOrConstant();
  if (value.isError() || value.isConstant() || open || !value.word.empty())
    return value;
  diags->error(expr.span, "the value of a param is a constant").note("of literals and params");
  return {};
}

void Emitter::bindParams(MixerScope &scope, llvm::function_ref<Scalar(const Param &)> given) {
  for (const Param &param : scope.mixer->params) {
    Name name{Name::Kind::Param, param.name.span};
    name.param = &param;
    declare(scope, param.name, name);
    for (const Ident &value : param.values) {
      auto &params = scope.enumValues[value.text];
      if (is_contained(params, &param))
        diags
            ->error(value.span, "`" + value.text + "` stands twice among the values of `" +
                                    param.name.text + "`")
            .note("remove one of them");
      params.push_back(&param);
    }
  }
  Env env{nullptr, &scope, 0, {}};
  for (const Param &param : scope.mixer->params) {
    Scalar value = given(param);
    if (value.isError() && param.init)
      value = checkParam(param, emitConstant(*param.init, env), param.init->span);
    Name &name = scope.names[param.name.text];
    if (name.param == &param)
      name.scalar = value;
    ++scope.bound;
  }
}

//===----------------------------------------------------------------------===//
// Extents
//===----------------------------------------------------------------------===//

void Emitter::setExtents() { func.setExtentsAttr(s.builder.getArrayAttr(extents)); }

AffineExpr Emitter::addExtent(StringRef name, ExtentKind kind, ArrayRef<AffineExpr> args) {
  auto attr = ExtentAttr::get(s.context(), s.builder.getStringAttr(name), kind, args);
  auto *at = llvm::find(extents, Attribute(attr));
  unsigned position = at - extents.begin();
  if (at == extents.end()) {
    extents.push_back(attr);
    setExtents();
  }
  return s.symbol(position);
}

void Emitter::declareExtents(MixerScope &scope) {
  for (const std::vector<ArgGroup> *groups : {&scope.mixer->args, &scope.mixer->outs})
    for (const ArgGroup &group : *groups)
      for (const ExprPtr &expr : group.type.shape)
        findExtents(*expr, scope);
}

void Emitter::findExtents(const Expr &expr, MixerScope &scope) {
  if (auto *ref = dyn_cast<NameRef>(&expr)) {
    if (!llvm::isUpper(ref->name.front()) || scope.find(ref->name))
      return;
    Name name{Name::Kind::Extent, ref->span};
    name.scalar = s.index(addExtent(ref->name, ExtentKind::dynamic, {}));
    declare(scope, {ref->name, ref->span}, name);
  }
  forEachChild(expr, [&](const Expr &child) { findExtents(child, scope); });
}

AffineExpr Emitter::derivedExtent(bool max, AffineExpr a, AffineExpr b) {
  std::string name = (max ? "max(" : "min(") + show(a) + ", " + show(b) + ")";
  return addExtent(name, max ? ExtentKind::max : ExtentKind::min, {a, b});
}

AffineExpr Emitter::sizeOfValue(AffineExpr expr) {
  std::function<AffineExpr(Value)> size = [&](Value value) -> AffineExpr {
    Operation *op = value.getDefiningOp();
    if (auto constant = dyn_cast_or_null<arith::ConstantOp>(op))
      return s.integer(cast<IntegerAttr>(constant.getValue()).getInt()).expr;
    if (auto apply = dyn_cast_or_null<ApplyOp>(op)) {
      SmallVector<AffineExpr> dims = llvm::map_to_vector(apply.getIndices(), size);
      return is_contained(dims, AffineExpr()) ? AffineExpr()
                                              : apply.getMap().getResult(0).replaceDims(dims);
    }
    if (!isa_and_nonnull<arith::MaxSIOp, arith::MinSIOp>(op))
      return {};
    AffineExpr a = size(op->getOperand(0)), b = size(op->getOperand(1));
    return a && b ? derivedExtent(isa<arith::MaxSIOp>(op), a, b) : AffineExpr();
  };
  DenseMap<AffineExpr, AffineExpr> sizes;
  bool good = true;
  expr.walk([&](AffineExpr part) {
    auto dim = dyn_cast<AffineDimExpr>(part);
    if (!dim || sizes.contains(dim))
      return;
    AffineExpr known = size(s.valueOf(dim));
    good &= known != nullptr;
    sizes[dim] = known;
  });
  return good ? expr.replace(sizes) : AffineExpr();
}

//===----------------------------------------------------------------------===//
// Arguments and outputs
//===----------------------------------------------------------------------===//

Type Emitter::elementOf(const TypeRef &type, MixerScope &scope) {
  return type.element ? mixer::elementType(s.context(), mix::spelling(type.element->type))
                      : scope.generic;
}

SmallVector<IndexRange, 4> Emitter::shapeOf(const TypeRef &type, Env &env, bool &failed) {
  SmallVector<IndexRange, 4> axes;
  for (const ExprPtr &expr : type.shape) {
    IndexRange axis;
    axis.lo = getAffineConstantExpr(0, s.context());
    axis.hi = emitSize(*expr, env, "a size");
    axis.span = expr->span;
    if (auto size = dyn_cast_or_null<AffineConstantExpr>(axis.hi); size && size.getValue() < 0) {
      diags->error(expr->span, "the size is negative: " + Twine(size.getValue()))
          .note("a size is 0 or more");
      axis.hi = {};
    }
    failed |= !axis.hi;
    axes.push_back(axis);
  }
  return axes;
}

/// Makes the shape of `tensor` known.
static void giveShape(Tensor &tensor, SmallVector<IndexRange, 4> axes) {
  tensor.ranked = true;
  tensor.lower.clear();
  tensor.upper.clear();
  for (const IndexRange &axis : axes) {
    tensor.lower.push_back(axis.lo);
    tensor.upper.push_back(axis.hi);
  }
  tensor.axes = std::move(axes);
}

void Emitter::declareTensors(MixerScope &scope) {
  Env env{nullptr, &scope, 0, {}};
  for (const std::vector<ArgGroup> *groups : {&scope.mixer->args, &scope.mixer->outs})
    for (const ArgGroup &group : *groups) {
      bool failed = false;
      SmallVector<IndexRange, 4> axes = shapeOf(group.type, env, failed);
      if (failed)
        broken = true;
      for (const Ident &name : group.names) {
        Tensor &tensor = addTensor(scope, name,
                                   groups == &scope.mixer->args ? Tensor::Origin::Argument
                                                                : Tensor::Origin::Output);
        tensor.element = elementOf(group.type, scope);
        giveShape(tensor, axes);
      }
    }
}

void Emitter::declareShape(MixerScope &scope, const TensorDecl &decl, unsigned position) {
  Env env{nullptr, &scope, position, {}};
  bool failed = false;
  SmallVector<IndexRange, 4> axes = shapeOf(decl.type, env, failed);
  Tensor &tensor = addTensor(scope, decl.name, Tensor::Origin::Declared);
  if (decl.type.element)
    tensor.element = elementOf(decl.type, scope);
  if (failed)
    broken = true;
  giveShape(tensor, std::move(axes));
}

void Emitter::addArguments(MixerScope &scope) {
  Block &entry = func.getBody().front();
  for (const ArgGroup &group : scope.mixer->args)
    for (const Ident &name : group.names) {
      Tensor *tensor = scope.find(name.text)->tensor;
      if (!tensor)
        continue;
      auto &version = tensor->versions.emplace_back(std::make_unique<Version>());
      version->tensor = tensor;
      Value argument = entry.addArgument(typeOf(*tensor, tensor->element), s.loc(name.span));
      if (!group.init)
        version->value = argument;
    }
}

Scalar Emitter::emitDefault(const Tensor &argument, const Expr &init, Env &env) {
  llvm::SaveAndRestore<Type> plainOfBody(s.plain);
  if (Type type = computeType(argument.element); isReal(type))
    s.plain = type;
  return emit(init, env);
}

void Emitter::emitDefaults(MixerScope &scope) {
  Env env{nullptr, &scope, 0, {}};
  unsigned position = 0;
  for (const ArgGroup &group : scope.mixer->args)
    for (const Ident &name : group.names) {
      Value argument = func.getBody().getArgument(position++);
      if (!group.init)
        continue;
      Tensor &tensor = *scope.find(name.text)->tensor;
      auto op = aside<DefaultOp>(group.init->span, argument.getType(), argument);
      if (touchesData(*group.init, env)) {
        diags->error(group.init->span, "a default is made of extents, params and scalar arguments")
            .note("compute it in the body");
        op.erase();
        continue;
      }
      tensor.versions.front()->value = {};
      Body body(*this, &op.getBody().emplaceBlock());
      Value value =
          store(emitDefault(tensor, *group.init, env), tensor.element, group.init->span, name.text);
      if (!value) // Reported; the op stays well formed.
        value = s.valueAs(s.boolean(false), computeType(tensor.element), group.init->span);
      YieldOp::create(s.builder, s.loc(group.init->span), value);
      func.getBody().front().push_back(op);
      tensor.versions.front()->value = op.getResult();
    }
}

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

void Emitter::addFact(StringRef text, Span span, llvm::function_ref<Scalar()> condition) {
  Block &entry = func.getBody().front();
  // Behind the defaults and facts that are there, before all equations.
  Block::iterator at = entry.begin();
  while (at != entry.end() && isa<DefaultOp, FactOp>(*at))
    ++at;
  // It is no part of the function while it is incomplete: proofs use the facts.
  FactOp op = aside<FactOp>(span, text);
  bool keep = false;
  {
    Body body(*this, &op.getBody().emplaceBlock());
    llvm::SaveAndRestore<bool> inFact(inCondition, true);
    Scalar value = condition();
    if (!value.isError() && !(value.isConstant() && value.number)) {
      YieldOp::create(s.builder, s.loc(span), s.value(value, span));
      keep = llvm::none_of(entry.getOps<FactOp>(),
                           [&](FactOp other) { return SameOp::isEqual(other, op); });
    }
  }
  if (keep)
    entry.getOperations().insert(at, op);
  else
    op.erase();
}

void Emitter::emitWhere(MixerScope &scope) {
  Env env{nullptr, &scope, 0, {}};
  for (const Where &where : scope.mixer->where) {
    bool wasFalse = false;
    if (touchesData(*where.cond, env)) {
      diags->error(where.cond->span, "a `where` is about extents, params and scalar arguments")
          .note("it reads no tensors and reduces nothing: it is checked before the mixer runs");
      continue;
    }
    std::string text = where.text;
    if (scope.depth > 0)
      text += " (of `" + scope.mixer->name.text + "`)";
    addFact(text, where.cond->span, [&] {
      Scalar value = emitCondition(*where.cond, env, "a condition");
      wasFalse = value.isBool() && value.isConstant() && !value.number;
      return value;
    });
    if (wasFalse)
      diags->warning(where.cond->span, "the `where` never holds");
  }
  if (scope.mixer->where.empty() || diags->hasErrors())
    return;
  Facts facts(func);
  if (facts.contradictory(facts.scopeOf(&func.getBody().front())))
    diags->warning(scope.mixer->where.front().cond->span,
                   "the `where` conditions contradict each other: every call is refused");
}

} // namespace mixc::mix
