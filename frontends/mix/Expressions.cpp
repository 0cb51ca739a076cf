//===- Expressions.cpp - literals, operators, conditionals ----------------===//
#include "frontends/mix/Emitter.h"

#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

/// Expressions may be nested this deep, functions inlined: far from the end of the stack.
static constexpr unsigned maxDepth = 1200;
/// And this many be emitted for one mixer.
static constexpr unsigned maxEffort = 400000;

bool Emitter::spend(unsigned cost, Span span) {
  bool fits = effort <= maxEffort;
  effort += cost;
  if (fits && effort > maxEffort)
    diags->error(span, "the mixer is too large with its functions and calls inlined")
        .note("store what is used often as a tensor, by an equation");
  return effort <= maxEffort;
}

Scalar Emitter::emit(const Expr &expr, Env &env) {
  llvm::SaveAndRestore<unsigned> deeper(depth, depth + 1);
  if (depth > maxDepth)
    return s.error(expr.span, "the expression is nested too deeply, its functions included",
                   "store a part of it as a tensor, by an equation");
  if (!spend(1, expr.span))
    return {};
  switch (expr.kind()) {
  case Expr::Kind::IntLit:
    return s.integer(cast<IntLit>(expr).value, /*literal=*/true);
  case Expr::Kind::FloatLit:
    return s.literal(cast<FloatLit>(expr).value);
  case Expr::Kind::BoolLit:
    return s.boolean(cast<BoolLit>(expr).value);
  case Expr::Kind::Inf:
    return s.literal(std::numeric_limits<double>::infinity());
  case Expr::Kind::Pi:
    return s.literal(3.14159265358979323846);
  case Expr::Kind::NameRef:
    return lookup(cast<NameRef>(expr), env);
  case Expr::Kind::Access:
    return emitAccess(cast<Access>(expr), env);
  case Expr::Kind::Call:
    return emitCall(cast<Call>(expr), env);
  case Expr::Kind::Reduce:
    return emitReduce(cast<Reduce>(expr), env);
  case Expr::Kind::Unary: {
    auto &unary = cast<Unary>(expr);
    if (unary.op == UnaryOp::Not) {
      Scalar operand = emitCondition(*unary.operand, env, "the operand of `!`");
      return operand.isError() ? operand : s.logicalNot(operand, expr.span);
    }
    Scalar operand = emitNumber(*unary.operand, env, "the operand of `-`");
    return operand.isError() ? operand : s.negate(operand, expr.span);
  }
  case Expr::Kind::Binary:
    return emitBinary(cast<Binary>(expr), env);
  case Expr::Kind::If:
    return emitIf(cast<If>(expr), env);
  }
  llvm_unreachable("all kinds of expressions are above");
}

Scalar Emitter::emitNumber(const Expr &expr, Env &env, const Twine &what) {
  Scalar value = emit(expr, env);
  if (!value.word.empty())
    return s.error(expr.span, what + " is a number, found the enum value `" + value.word + "`",
                   "compare the param: `if p == " + value.word + " then ... else ...`");
  return value;
}

Scalar Emitter::emitCondition(const Expr &expr, Env &env, StringRef what) {
  Scalar value = emit(expr, env);
  if (value.isError() || value.isBool())
    return value;
  diags->error(expr.span, what + " is a bool, found " + typeName(value.type))
      .note("compare it, e.g. with `!= 0`");
  return {};
}

AffineExpr Emitter::emitIndex(const Expr &expr, Env &env, const Twine &what) {
  Scalar value = emit(expr, env);
  if (value.isError())
    return {};
  if (value.isBool())
    value = s.convert(value, s.indexType, expr.span);
  if (value.isInteger())
    return value.expr;
  auto error = diags->error(expr.span, what + " is an integer, found " + typeName(value.type));
  auto *access = dyn_cast<Access>(&expr);
  Tensor *read = access ? tensorNamed(access->name.text, env) : nullptr;
  if (isReal(value.type) && read && read->origin == Tensor::Origin::Argument)
    error.note(read->span, "declare it as `" + read->name +
                               ": i32[...]`; `cast(i32, ...)` makes an integer of a float");
  else if (isReal(value.type))
    error.note("`cast(i32, ...)` makes an integer of a float");
  else
    error.note("take its real part, `re(...)`, and `cast(i32, ...)`");
  return {};
}

AffineExpr Emitter::emitSize(const Expr &expr, Env &env, const Twine &what) {
  // Whatever is no expression of extents leaves ops behind: they go with the block.
  Block scratch;
  AffineExpr size;
  {
    Body body(*this, &scratch);
    unsigned mark = s.mark();
    size = emitIndex(expr, env, what);
    if (size && !size.isSymbolicOrConstant()) {
      size = sizeOfValue(size);
      if (!size)
        diags->error(expr.span, what + " is made of extents and params only")
            .note("with `+ - * / % ^`, `min`, `max` and `clamp`");
    }
    s.forget(mark);
  }
  return size;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

Scalar Emitter::emitBinary(const Binary &expr, Env &env) {
  if (expr.op == BinaryOp::And || expr.op == BinaryOp::Or)
    return emitLogical(expr, env);
  const Param *left = enumParam(*expr.lhs, env), *right = enumParam(*expr.rhs, env);
  if (left || right)
    return emitEnumComparison(expr, left, right, env);
  Scalar a = emitNumber(*expr.lhs, env, "an operand");
  // Beside an error, an enum value may be right.
  Scalar b = a.isError() ? emit(*expr.rhs, env) : emitNumber(*expr.rhs, env, "an operand");
  if (a.isError() || b.isError())
    return {};
  return expr.op == BinaryOp::Pow ? emitPower(a, b, expr.span) : s.binary(expr.op, a, b, expr.span);
}

Scalar Emitter::emitPower(const Scalar &a, const Scalar &b, Span span) {
  bool open = a.integer() && *a.integer() > 1 && b.isInteger() && !b.integer() && !proves(b.expr);
  // `2^(J - 1) >= N` is about integers, whether J is 0 or not: the power is below 1
  // then. Saying so lets proofs use the condition.
  if (open && inCondition)
    return emitChoice(
        s.binary(BinaryOp::Ge, b, s.integer(0), span), span,
        [&] { return s.integerOp(FnKind::ipow, a, b, span); }, [&] { return s.integer(0); }, span,
        span);
  return s.power(a, b, span, [&](AffineExpr exponent) { return !open && proves(exponent); });
}

/// The enum param that `expr` names, if it does.
const Param *Emitter::enumParam(const Expr &expr, Env &env) {
  auto *ref = dyn_cast<NameRef>(&expr);
  const Name *known =
      ref && env.mixer && !env.find(ref->name) ? env.mixer->find(ref->name) : nullptr;
  return known && known->param && known->param->type == ParamType::Enum &&
                 env.mixer->isBound(*known->param)
             ? known->param
             : nullptr;
}

/// `act == relu`: a param with one of its values, or with another param.
Scalar Emitter::emitEnumComparison(const Binary &expr, const Param *left, const Param *right,
                                   Env &env) {
  if (expr.op != BinaryOp::Eq && expr.op != BinaryOp::Ne)
    return s.error(expr.opSpan, "an enum is compared with `==` and `!=` only",
                   "join comparisons by `||` and `&&`");
  auto wordOf = [&](const Expr &side, const Param *self, const Param *other) -> StringRef {
    if (self)
      return env.mixer->find(self->name.text)->scalar.word;
    auto *ref = dyn_cast<NameRef>(&side);
    for (const Ident &value : other->values)
      if (ref && value.text == ref->name)
        return value.text;
    SmallVector<StringRef> words;
    for (const Ident &value : other->values)
      words.push_back(value.text);
    auto error = diags->error(side.span, "this is no value of `" + other->name.text + "`");
    StringRef meant = ref ? closest(ref->name, words) : StringRef();
    if (!meant.empty())
      error.note("did you mean `" + meant + "`?");
    else
      error.note(other->typeSpan, "its values are listed here");
    return {};
  };
  StringRef a = wordOf(*expr.lhs, left, right), b = wordOf(*expr.rhs, right, left);
  return a.empty() || b.empty() ? Scalar() : s.boolean((a == b) == (expr.op == BinaryOp::Eq));
}

Scalar Emitter::emitLogical(const Binary &expr, Env &env) {
  bool isAnd = expr.op == BinaryOp::And;
  StringRef what = isAnd ? "an operand of `&&`" : "an operand of `||`";
  Scalar a = emitCondition(*expr.lhs, env, what);
  if (a.isError()) {
    emitCondition(*expr.rhs, env, what);
    return {};
  }
  auto right = [&] { return emitCondition(*expr.rhs, env, what); };
  // What reads nothing can't be out of bounds: both sides are evaluated.
  if (!a.isConstant() && !touchesData(*expr.rhs, env)) {
    Scalar b = right();
    if (b.isError())
      return {};
    return isAnd ? s.both(a, b, expr.span) : s.either(a, b, expr.span);
  }
  auto decided = [&] { return s.boolean(!isAnd); };
  Span lhs = expr.lhs->span, rhs = expr.rhs->span;
  return isAnd ? emitChoice(a, expr.span, right, decided, rhs, lhs)
               : emitChoice(a, expr.span, decided, right, lhs, rhs);
}

//===----------------------------------------------------------------------===//
// Conditionals
//===----------------------------------------------------------------------===//

Scalar Emitter::emitIf(const If &expr, Env &env) {
  Scalar condition = emitCondition(*expr.cond, env, "a condition");
  auto thenBranch = [&] { return emitNumber(*expr.thenValue, env, "the value of `if`"); };
  auto elseBranch = [&] { return emitNumber(*expr.elseValue, env, "the value of `if`"); };
  if (condition.isError()) {
    thenBranch();
    elseBranch();
    return {};
  }
  return emitChoice(condition, expr.span, thenBranch, elseBranch, expr.thenValue->span,
                    expr.elseValue->span);
}

Scalar Emitter::emitChoice(const Scalar &condition, Span span,
                           llvm::function_ref<Scalar()> thenBranch,
                           llvm::function_ref<Scalar()> elseBranch, Span thenSpan, Span elseSpan) {
  if (condition.isConstant()) {
    // The branch not taken is checked, and has its say in the type.
    bool taken = condition.number != 0;
    unsigned mark = s.mark();
    auto trial = scf::IfOp::create(s.builder, s.loc(span), TypeRange(),
                                   s.value(s.boolean(!taken), span), /*withElse=*/false);
    Scalar other;
    {
      Body body(*this, trial.thenBlock());
      llvm::SaveAndRestore<bool> excluded(s.isExcluded, true);
      other = taken ? elseBranch() : thenBranch();
    }
    s.forget(mark);
    // In the analysis of a recurrence its reads count, too: what time is does not hang on a param.
    if (!recorder)
      trial.erase();
    Scalar value = taken ? thenBranch() : elseBranch();
    if (value.isError() || other.isError())
      return {};
    return s.convert(value, s.common({value, other}), taken ? thenSpan : elseSpan);
  }
  size_t reads = markReads();
  auto choice = scf::IfOp::create(s.builder, s.loc(span), TypeRange(s.indexType), condition.value,
                                  /*addThenBlock=*/true, /*addElseBlock=*/true);
  Scalar values[2];
  Type type;
  for (int side : {0, 1}) {
    Body body(*this, side ? choice.elseBlock() : choice.thenBlock());
    values[side] = side ? elseBranch() : thenBranch();
    if (values[side].isError())
      continue;
    // Kept open: the type is known when both are.
    if (side == 1 && !values[0].isError())
      type = s.common(values);
  }
  if (!type) {
    choice.erase();
    return {};
  }
  for (int side : {0, 1}) {
    Span at = side ? elseSpan : thenSpan;
    Body body(*this, side ? choice.elseBlock() : choice.thenBlock());
    Scalar value = s.convert(values[side], type, at);
    if (value.isError())
      value = s.real(0, s.f32);
    scf::YieldOp::create(s.builder, s.loc(at), s.value(value, at));
  }
  choice.getResult(0).setType(type);
  Operation *kept = s.unique(choice);
  if (kept != choice)
    forgetReads(reads);
  return s.of(kept->getResult(0));
}

} // namespace mixc::mix
