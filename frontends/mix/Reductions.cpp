//===- Reductions.cpp - what is written op[indices](expr) -----------------===//
#include "frontends/mix/Emitter.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

/// The indices that a reduction binds.
struct Emitter::Bound {
  SmallVector<IndexRange> ranges;
  IndexMap lower, upper;
  ArrayAttr names;
  unsigned mark = 0; ///< the dims before the body
};

static bool isAlong(Reducer op) { return op >= Reducer::Softmax && op <= Reducer::LayerNorm; }
static bool isOrder(Reducer op) { return op == Reducer::ArgTop || op == Reducer::Kth; }
static bool isTransform(Reducer op) { return op >= Reducer::FFT; }

const Argument *Emitter::option(const Reduce &expr, StringRef name, StringRef needed) {
  for (const Argument &argument : expr.options)
    if (argument.name->text == name)
      return &argument;
  if (!needed.empty())
    diags->error(expr.span, "`" + spelling(expr.op) + "` needs `" + name + "=`").note(needed);
  return nullptr;
}

/// Reports options that the operation does not have.
static bool checkOptions(const Reduce &expr, Diagnostics &diags) {
  StringRef allowed;
  if (isAlong(expr.op) && expr.op != Reducer::Softmax)
    allowed = "eps";
  else if (isOrder(expr.op))
    allowed = "rank";
  else if (isTransform(expr.op))
    allowed = "at";
  bool good = true;
  bool seen = false;
  for (const Argument &argument : expr.options) {
    if (argument.name->text == allowed && !seen) {
      seen = true;
      continue;
    }
    good = false;
    if (argument.name->text == allowed) {
      diags.error(argument.name->span, "`" + allowed + "=` is given twice").note("remove one");
      continue;
    }
    auto error = diags.error(argument.name->span,
                             "`" + spelling(expr.op) + "` has no `" + argument.name->text + "=`");
    if (!allowed.empty())
      error.note("it has `" + allowed + "=`");
    else
      error.note("it takes its indices, in brackets, and one expression");
  }
  return good;
}

/// The indices that an expression may be read at.
static std::string indicesIn(Env &env) {
  std::vector<StringRef> names;
  for (const Env *at = &env; at; at = at->outer)
    for (const Local &local : at->locals)
      if (local.isIndex)
        names.insert(names.begin() + (&local - at->locals.begin()), local.name);
  return names.empty() ? "there is no index here"
                       : "the indices here are `" + llvm::join(names, "`, `") + "`";
}

bool Emitter::bindIndices(const Reduce &expr, Env &env, Bound &bound) {
  SmallVector<const Expr *> places = {expr.body.get()};
  for (const Argument &argument : expr.options)
    places.push_back(argument.value.get());
  bool good = true;
  SmallVector<StringRef> names;
  for (const Binder &binder : expr.binders) {
    IndexRange &range = bound.ranges.emplace_back();
    if (is_contained(names, binder.name.text)) {
      diags->error(binder.name.span, "the index `" + binder.name.text + "` stands here twice")
          .note("remove it, or give it another name");
      good = false;
    }
    names.push_back(binder.name.text);
    const Local *outer = env.find(binder.name.text);
    if (!isAlong(expr.op)) {
      good &= checkNewLocal(binder.name, env, "index");
    } else if (!outer) {
      diags
          ->error(binder.name.span, "`" + spelling(expr.op) + "[" + binder.name.text +
                                        "]` keeps its axis, but no index `" + binder.name.text +
                                        "` is in scope")
          .note(indicesIn(env) + ": it is read at one of them");
      good = false;
    }
    if (binder.hasRange()) {
      range.lo = emitIndex(*binder.lo, env, "a range's bound");
      range.hi = emitIndex(*binder.hi, env, "a range's bound");
      if (!range.lo || !range.hi)
        good = false;
    } else if (isAlong(expr.op) && outer && outer->isIndex) {
      range = outer->range;
      good &= range.known();
    } else if (good) {
      range = inferRange(binder.name, places, env);
      good &= range.known();
    }
  }
  if (!good)
    return false;
  SmallVector<AffineExpr> lower, upper;
  for (const IndexRange &range : bound.ranges) {
    lower.push_back(range.lo);
    upper.push_back(range.hi);
  }
  bound.lower = s.mapOf(lower);
  bound.upper = s.mapOf(upper);
  bound.names = s.builder.getStrArrayAttr(names);
  return true;
}

Type Emitter::emitBoundBody(const Reduce &expr, Env &env, Bound &bound, Region &region,
                            llvm::function_ref<Type(const Scalar &)> typeFor) {
  bound.mark = s.mark();
  Block *block = addIndexBlock(region, expr.binders.size(), s.loc(expr.span));
  Env inner{&env, env.mixer, env.position, {}};
  for (auto [binder, range, argument] :
       llvm::zip_equal(expr.binders, bound.ranges, block->getArguments()))
    inner.locals.push_back(
        {binder.name.text, binder.name.span, s.index(s.addIndex(argument)), true, range});
  Body body(*this, block);
  Scalar value = emitNumber(*expr.body, inner, "the value of `" + spelling(expr.op) + "`");
  if (value.isError())
    return {};
  Type type = typeFor(value);
  if (!type)
    return {};
  Value yielded = s.valueAs(value, type, expr.body->span);
  YieldOp::create(s.builder, s.loc(expr.body->span), yielded);
  return yielded.getType();
}

Scalar Emitter::emitReduce(const Reduce &expr, Env &env) {
  Bound bound;
  bool good = checkOptions(expr, *diags);
  if (!good || !bindIndices(expr, env, bound))
    return {};
  if ((isOrder(expr.op) || isTransform(expr.op)) && expr.binders.size() != 1)
    return s.error(expr.span,
                   "`" + spelling(expr.op) + "` takes one index, found " +
                       Twine(expr.binders.size()),
                   isOrder(expr.op) ? "join the axes by arithmetic: `c in 0..N*M`, read at `c / M` "
                                      "and `c % M`"
                                    : "transform one axis after the other, by equations");
  bound.mark = s.mark();
  size_t reads = markReads();
  Operation *op = isAlong(expr.op)       ? emitAlong(expr, env, bound)
                  : isOrder(expr.op)     ? emitOrder(expr, env, bound)
                  : isTransform(expr.op) ? emitTransform(expr, env, bound)
                                         : emitFold(expr, env, bound);
  Operation *kept = op ? s.unique(op) : nullptr;
  if (kept != op || !op) {
    s.forget(bound.mark); // The body is gone.
    forgetReads(reads);
  }
  if (!op)
    return {};
  return s.of(kept->getResult(0));
}

/// Sets the type of an op whose body is emitted; erases the op after an error.
static Operation *finish(Operation *op, Type type) {
  if (type) {
    op->getResult(0).setType(type);
    return op;
  }
  op->erase();
  return nullptr;
}

Operation *Emitter::emitFold(const Reduce &expr, Env &env, Bound &bound) {
  ReduceKind kind = *symbolizeReduceKind(spelling(expr.op));
  auto op =
      ReduceOp::create(s.builder, s.loc(expr.span), s.f32, kind, bound.names, bound.lower.operands,
                       bound.upper.operands, bound.lower.map, bound.upper.map);
  auto typeFor = [&](const Scalar &value) -> Type {
    Span span = expr.body->span;
    std::string name = ("`" + spelling(expr.op) + "`").str();
    bool truth = kind == ReduceKind::any || kind == ReduceKind::all;
    if (truth && !value.isBool())
      diags->error(span, name + " takes a bool, found " + typeName(value.type))
          .note("compare it, e.g. with `!= 0`");
    if (truth)
      return value.isBool() ? value.type : Type();
    bool ordered = kind != ReduceKind::sum && kind != ReduceKind::prod && kind != ReduceKind::mean;
    if (ordered && isComplex(value.type)) {
      diags->error(span, name + " takes real numbers, found complex ones")
          .note("take `abs(...)` or `re(...)`");
      return {};
    }
    if (kind == ReduceKind::mean || kind == ReduceKind::logsumexp)
      return s.floatOf(value);
    return s.meet(value);
  };
  Type type = emitBoundBody(expr, env, bound, op.getBody(), typeFor);
  bool position = kind == ReduceKind::argmax || kind == ReduceKind::argmin;
  return finish(op, type && position ? s.indexType : type);
}

/// A float type for a real number.
Type Emitter::realFor(const Reduce &expr, const Scalar &value) {
  if (!isComplex(value.type))
    return s.floatOf(value);
  diags
      ->error(expr.body->span, "`" + spelling(expr.op) + "` takes real numbers, found complex ones")
      .note("take `abs(...)` or `re(...)`");
  return {};
}

Operation *Emitter::emitAlong(const Reduce &expr, Env &env, Bound &bound) {
  AlongKind kind = *symbolizeAlongKind(spelling(expr.op));
  double eps = kind == AlongKind::normalize   ? 1e-12
               : kind == AlongKind::rmsnorm   ? 1e-6
               : kind == AlongKind::layernorm ? 1e-5
                                              : 0;
  if (const Argument *given = option(expr, "eps")) {
    Scalar value = emitNumber(*given->value, env, "`eps=`");
    if (value.isError())
      return nullptr;
    value = s.convert(value, s.f64, given->value->span);
    if (!isReal(value.type) || !value.isConstant()) {
      diags->error(given->value->span, "`eps=` is a constant").note("of literals and params");
      return nullptr;
    }
    eps = value.number;
  }
  SmallVector<Value> at;
  for (const Binder &binder : expr.binders) {
    const Scalar &position = env.find(binder.name.text)->scalar;
    if (!position.isInteger()) {
      diags->error(binder.name.span, "`" + binder.name.text + "` is an argument that is no integer")
          .note("call the function with an index there");
      return nullptr;
    }
    at.push_back(s.value(position, binder.name.span));
  }
  auto spans = llvm::map_to_vector(expr.binders, [](const Binder &b) { return b.name.span; });
  auto op = AlongOp::create(s.builder, s.loc(expr.span, spans), s.f32, kind, bound.names,
                            bound.lower.operands, bound.upper.operands, at, bound.lower.map,
                            bound.upper.map, llvm::APFloat(eps));
  Type type = emitBoundBody(expr, env, bound, op.getBody(),
                            [&](const Scalar &value) { return realFor(expr, value); });
  return finish(op, type);
}

Operation *Emitter::emitOrder(const Reduce &expr, Env &env, Bound &bound) {
  const Argument *given =
      option(expr, "rank", "it says which in the order, counted from 0: `rank=t`");
  AffineExpr rank = given ? emitIndex(*given->value, env, "`rank=`") : AffineExpr();
  if (!rank)
    return nullptr;
  requireRank(*given, rank, bound.ranges.front(), env);
  OrderKind kind = *symbolizeOrderKind(spelling(expr.op));
  auto op =
      OrderOp::create(s.builder, s.loc(expr.span, given->value->span), s.f32, kind, bound.names,
                      bound.lower.operands, bound.upper.operands,
                      s.value(s.index(rank), given->value->span), bound.lower.map, bound.upper.map);
  Type type = emitBoundBody(expr, env, bound, op.getBody(), [&](const Scalar &value) {
    return isComplex(value.type) ? realFor(expr, value) : s.meet(value);
  });
  return finish(op, type && kind == OrderKind::argtop ? s.indexType : type);
}

/// A rank at or above the number of candidates is refused: here or at launch.
void Emitter::requireRank(const Argument &given, AffineExpr rank, const IndexRange &candidates,
                          Env &env) {
  AffineExpr count = candidates.hi - candidates.lo, ranks = rank + 1;
  bool empty = false;
  if (auto *ref = dyn_cast<NameRef>(given.value.get()))
    if (const Local *index = env.find(ref->name); index && index->isIndex) {
      ranks = index->range.hi;
      // No rank of an empty range is ever asked for.
      empty = proves(index->range.lo - ranks);
    }
  if (empty || !count.isSymbolicOrConstant() || !ranks.isSymbolicOrConstant() || recorder)
    return;
  if (proves(ranks - count - 1)) {
    diags
        ->error(given.value->span, "`rank=` goes up to " + show(ranks - 1) + ", but there are " +
                                       show(count) + " candidates")
        .note("ranks count from 0: narrow the range of the rank, or widen that of the candidates");
    return;
  }
  // A condition around it may keep the rank small: the launcher can't know.
  for (Operation *op = s.builder.getInsertionBlock()->getParentOp(); op; op = op->getParentOp())
    if (isa<scf::IfOp>(op))
      return;
  addFact(show(ranks) + " <= " + show(count), given.value->span, [&] {
    return s.binary(BinaryOp::Le, s.index(ranks), s.index(count), given.value->span);
  });
}

Operation *Emitter::emitTransform(const Reduce &expr, Env &env, Bound &bound) {
  const Argument *given = option(
      expr, "at",
      ("it says which value of the transform, mostly by an index of the left side: `y[f] = " +
       spelling(expr.op) + "[" + expr.binders.front().name.text + "](..., at=f)`")
          .str());
  AffineExpr at = given ? emitIndex(*given->value, env, "`at=`") : AffineExpr();
  if (!at)
    return nullptr;
  TransformKind kind = *symbolizeTransformKind(spelling(expr.op));
  const IndexRange &range = bound.ranges.front();
  AffineExpr bins = range.hi - range.lo, length = bins;
  if (kind == TransformKind::irfft) {
    auto *ref = dyn_cast<NameRef>(given->value.get());
    const Local *index = ref ? env.find(ref->name) : nullptr;
    if (!index || !index->isIndex || !index->range.known()) {
      diags->error(given->value->span, "the length of an `irfft` is the range of its `at=`")
          .note("write an index there, in a range of its own");
      return nullptr;
    }
    length = index->range.hi - index->range.lo;
  }
  if (!length.isSymbolicOrConstant() || !bins.isSymbolicOrConstant()) {
    diags
        ->error(expr.binders.front().span,
                "the range of a transform is made of extents and params only")
        .note("its length is known before it runs: read outside by `pad(..., 0)`");
    return nullptr;
  }
  if (kind == TransformKind::irfft && !proves(bins - length.floorDiv(2) - 1)) {
    diags
        ->error(expr.span, "`irfft` over " + show(length) + " values needs " +
                               show(length.floorDiv(2) + 1) + " bins, found " + show(bins))
        .note("give `" + expr.binders.front().name.text +
              "` that range, or add a `where` that shows it");
    return nullptr;
  }
  auto op = TransformOp::create(s.builder, s.loc(expr.span), s.f32, kind, bound.names,
                                bound.lower.operands, bound.upper.operands,
                                s.value(s.index(at), given->value->span), bound.lower.map,
                                bound.upper.map, s.mapOf(length).map);
  bool complexIn =
      kind == TransformKind::fft || kind == TransformKind::ifft || kind == TransformKind::irfft;
  bool complexOut = complexIn ? kind != TransformKind::irfft : kind == TransformKind::rfft;
  Type type = emitBoundBody(expr, env, bound, op.getBody(), [&](const Scalar &value) -> Type {
    if (!complexIn)
      return realFor(expr, value);
    return promote(ComplexType::get(s.f32), s.floatOf(value));
  });
  if (type) {
    Type part = isComplex(type) ? cast<ComplexType>(type).getElementType() : type;
    type = complexOut ? Type(ComplexType::get(part)) : part;
  }
  return finish(op, type);
}

} // namespace mixc::mix
