//===- Collect.cpp - the names of a body and its units --------------------===//
#include "frontends/mix/Builtins.h"
#include "frontends/mix/Emitter.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

bool Emitter::declare(MixerScope &scope, const Ident &ident, Name name) {
  if (isBuiltin(ident.text)) {
    diags->error(ident.span, "`" + ident.text + "` is the name of a builtin")
        .note("choose another name");
    return false;
  }
  auto [at, isNew] = scope.names.try_emplace(ident.text, name);
  if (isNew)
    return true;
  diags->error(ident.span, "`" + ident.text + "` is defined twice")
      .note(at->second.span, "the other definition is here: give one of them another name");
  return false;
}

Tensor &Emitter::addTensor(MixerScope &scope, const Ident &name, Tensor::Origin origin) {
  Tensor &tensor = scope.tensors.emplace_back();
  tensor.name = name.text;
  tensor.span = name.span;
  tensor.origin = origin;
  Name entry{Name::Kind::Tensor, name.span};
  entry.tensor = &tensor;
  if (!declare(scope, name, entry))
    broken |= origin == Tensor::Origin::Argument || origin == Tensor::Origin::Output;
  return tensor;
}

Unit &Emitter::addUnit(MixerScope &scope, Unit::Kind kind, const Stmt &statement,
                       unsigned position) {
  Unit &unit = *scope.units.emplace_back(std::make_unique<Unit>());
  unit.kind = kind;
  unit.statement = &statement;
  unit.first = unit.last = position;
  return unit;
}

Version &Emitter::addVersion(Tensor &tensor, Unit &unit) {
  Version &version = *tensor.versions.emplace_back(std::make_unique<Version>());
  version.tensor = &tensor;
  version.unit = &unit;
  unit.defines.push_back(&version);
  return version;
}

void Emitter::collect(MixerScope &scope) {
  for (auto [index, statement] : llvm::enumerate(scope.mixer->body)) {
    unsigned position = index + 1;
    if (auto *let = dyn_cast<Let>(statement.get())) {
      collectLet(scope, *let, position);
    } else if (auto *def = dyn_cast<Def>(statement.get())) {
      Name name{Name::Kind::Def, def->name.span, position};
      name.def = def;
      declare(scope, def->name, name);
    } else if (auto *decl = dyn_cast<TensorDecl>(statement.get())) {
      declareShape(scope, *decl, position);
    } else if (auto *equation = dyn_cast<Equation>(statement.get())) {
      collectEquation(scope, *equation, position);
    } else if (auto *call = dyn_cast<CallStmt>(statement.get())) {
      collectCall(scope, *call, position);
    }
  }
  // Functions are checked where all tensors are known: one may read what a recurrence
  // below it defines.
  for (auto [index, statement] : llvm::enumerate(scope.mixer->body)) {
    Env env{nullptr, &scope, static_cast<unsigned>(index + 1), {}};
    if (auto *def = dyn_cast<Def>(statement.get()))
      checkFunction(def->params, *def->value, env);
    // A number that nothing reads is emitted nowhere.
    if (auto *let = dyn_cast<Let>(statement.get()); let && let->form != Let::Form::Table)
      if (const Name *name = scope.find(let->name.text); !name || !name->tensor)
        checkFunction(let->params, *let->value, env);
  }
}

//===----------------------------------------------------------------------===//
// let
//===----------------------------------------------------------------------===//

bool Emitter::touchesData(const Expr &expr, Env &env) {
  std::set<const void *> seen;
  std::function<bool(const Expr &, const MixerScope *)> touches = [&](const Expr &part,
                                                                      const MixerScope *scope) {
    if (isa<Access, Reduce>(part))
      return true;
    const Expr *body = nullptr;
    const MixerScope *inner = scope;
    StringRef name;
    if (auto *call = dyn_cast<Call>(&part))
      name = call->callee.text;
    else if (auto *ref = dyn_cast<NameRef>(&part))
      name = ref->name;
    const Name *known = scope && !name.empty() ? scope->find(name) : nullptr;
    if (known && known->def) {
      body = known->def->value.get();
    } else if (known && known->let && !known->tensor) {
      body = known->let->value.get();
    } else if (auto *call = dyn_cast<Call>(&part); call && !known) {
      if (auto *def = dyn_cast_or_null<Def>(module.lookup(name, call->callee.span))) {
        body = def->value.get();
        inner = nullptr;
      }
    }
    if (body && seen.insert(body).second && touches(*body, inner))
      return true;
    bool found = false;
    forEachChild(part, [&](const Expr &child) { found = found || touches(child, scope); });
    return found;
  };
  return touches(expr, env.mixer);
}

void Emitter::collectLet(MixerScope &scope, const Let &let, unsigned position) {
  Name name{Name::Kind::Let, let.name.span, position};
  name.let = &let;
  Env env{nullptr, &scope, position, {}};
  bool stored = let.form == Let::Form::Table ||
                (let.form == Let::Form::Scalar && touchesData(*let.value, env));
  if (stored) {
    Tensor &tensor = scope.tensors.emplace_back();
    tensor.name = let.name.text;
    tensor.span = let.name.span;
    tensor.ranked = true;
    name.tensor = &tensor;
    if (let.form == Let::Form::Table)
      emitTable(let, tensor);
    else
      addVersion(tensor, addUnit(scope, Unit::Kind::Let, let, position));
  }
  declare(scope, let.name, name);
}

void Emitter::emitTable(const Let &let, Tensor &tensor) {
  MixerScope none;
  Env env;
  SmallVector<Scalar> values;
  for (const ExprPtr &expr : let.table)
    values.push_back(emit(*expr, env));
  Type type = s.common(values);
  Type element = type.isIndex() ? Type(s.builder.getI64Type()) : type;
  SmallVector<Attribute> attrs;
  for (auto [value, expr] : llvm::zip_equal(values, let.table)) {
    Scalar number = s.convert(value, type, expr->span);
    if (number.isError())
      return;
    if (type.isIndex())
      attrs.push_back(IntegerAttr::get(element, *number.integer()));
    else if (type.isInteger(1))
      attrs.push_back(BoolAttr::get(s.context(), number.number != 0));
    else
      attrs.push_back(FloatAttr::get(element, number.number));
  }
  IndexRange axis;
  axis.lo = getAffineConstantExpr(0, s.context());
  axis.hi = getAffineConstantExpr(values.size(), s.context());
  axis.span = let.tableSpan;
  tensor.origin = Tensor::Origin::Table;
  tensor.element = element;
  tensor.axes = {axis};
  tensor.lower = {axis.lo};
  tensor.upper = {axis.hi};
  auto shaped = RankedTensorType::get({static_cast<int64_t>(values.size())}, element);
  auto &version = tensor.versions.emplace_back(std::make_unique<Version>());
  version->tensor = &tensor;
  version->value = TableOp::create(s.builder, s.loc(let.tableSpan), typeOf(tensor, element),
                                   DenseElementsAttr::get(shaped, attrs));
}

//===----------------------------------------------------------------------===//
// Equations and calls
//===----------------------------------------------------------------------===//

Unit *Emitter::unitFor(MixerScope &scope, const Equation &equation, Tensor &tensor,
                       unsigned position) {
  Unit *last = tensor.versions.empty() ? nullptr : tensor.versions.back()->unit;
  auto refuse = [&](const Twine &message, const Twine &note) {
    tensor.failed = true;
    auto error = diags->error(equation.targetSpan, message);
    if (last)
      error.note(last->statement->span, note);
    else
      error.note(note);
    return nullptr;
  };
  std::string name = "`" + tensor.name + "`";
  auto start = [&](Unit::Kind kind) {
    Unit &unit = addUnit(scope, kind, equation, position);
    addVersion(tensor, unit);
    return &unit;
  };
  switch (equation.op) {
  case EquationOp::Define:
    if (!last)
      return start(Unit::Kind::Define);
    if (last->kind == Unit::Kind::Define)
      return last;
    if (last->kind == Unit::Kind::Scatter)
      return refuse(name + " is a scatter's target and has no definition beside it",
                    "the scatter is here: it starts from 0 or the identity, without a definition");
    return refuse(name + " is defined twice",
                  "the other definition is here: give one of them another name");
  case EquationOp::Overwrite:
    if (!last)
      return refuse(
          name + " is overwritten before it is defined",
          "a definition is written with `=`; `:=` replaces points of one that stands above");
    return start(Unit::Kind::Overwrite);
  default:
    if (!tensor.hasShape())
      return refuse("the shape of the scatter's target " + name + " is not known",
                    "declare it above: `tensor " + tensor.name + ": f32[...]`, with its sizes");
    if (!last)
      return start(Unit::Kind::Scatter);
    if (last->kind != Unit::Kind::Scatter)
      return refuse(name + " is a scatter's target and has no definition beside it",
                    "the definition is here: a scatter starts from 0 or the identity, remove it");
    if (last->pieces.empty() || last->pieces.front().equation->op == equation.op)
      return last;
    return refuse("scatters into " + name + " use one operator, found `" + spelling(equation.op) +
                      "` beside `" + spelling(last->pieces.front().equation->op) + "`",
                  "the other scatter is here: scatter into a tensor of its own, and join them");
  }
}

void Emitter::collectEquation(MixerScope &scope, const Equation &equation, unsigned position) {
  const Ident &target = equation.target;
  Piece piece;
  piece.equation = &equation;
  piece.position = position;
  bool scatter = equation.op != EquationOp::Define;
  bool good = understandLeft(scope, piece, scatter);

  Tensor *tensor = nullptr;
  if (const Name *known = scope.find(target.text)) {
    tensor = known->kind == Name::Kind::Tensor ? known->tensor : nullptr;
    if (!tensor || tensor->origin == Tensor::Origin::Argument) {
      diags->error(target.span, "`" + target.text + "` can't be defined by an equation")
          .note(known->span, tensor ? "it is an argument: give the result another name"
                                    : "the name is taken by this: choose another");
      return;
    }
  } else {
    tensor = &addTensor(scope, target, Tensor::Origin::Defined);
    if (!scope.find(target.text))
      return;
  }
  size_t rank = equation.subscripts.size();
  if (!tensor->ranked) {
    tensor->ranked = true;
    tensor->axes.resize(rank);
  } else if (tensor->axes.size() != rank) {
    diags
        ->error(equation.targetSpan, "`" + target.text + "` has " + Twine(tensor->axes.size()) +
                                         (tensor->axes.size() == 1 ? " axis" : " axes") +
                                         ", found " + Twine(rank) +
                                         (rank == 1 ? " subscript" : " subscripts"))
        .note(tensor->span, "`" + target.text +
                                "` stands here first: write an index for each "
                                "of its axes");
    good = false;
  }
  Unit *unit = unitFor(scope, equation, *tensor, position);
  if (!unit)
    return;
  unit->last = position;
  if (good)
    unit->pieces.push_back(std::move(piece));
  else
    unit->failed = true;
}

void Emitter::collectCall(MixerScope &scope, const CallStmt &call, unsigned position) {
  Unit &unit = addUnit(scope, Unit::Kind::Call, call, position);
  for (const Ident &target : call.targets) {
    if (target.text == "_") {
      unit.defines.push_back(nullptr);
      continue;
    }
    const Name *known = scope.find(target.text);
    Tensor *tensor = known && known->kind == Name::Kind::Tensor ? known->tensor : nullptr;
    if (!known) {
      tensor = &addTensor(scope, target, Tensor::Origin::Defined);
    } else if (!tensor || tensor->origin == Tensor::Origin::Argument || !tensor->versions.empty()) {
      diags->error(target.span, "`" + target.text + "` is defined twice")
          .note(known->span, "the other definition is here: give one of them another name");
      unit.failed = true;
      unit.defines.push_back(nullptr);
      continue;
    }
    addVersion(*tensor, unit);
  }
}

} // namespace mixc::mix
