//===- Scalars.cpp - leaves, places and conversions of scalars ------------===//
#include "frontends/mix/Scalars.h"

#include "dialects/mixer/IndexExpr.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

/// An index expression with more nodes than this becomes a value of its own.
static constexpr unsigned maxExprSize = 128;

bool isReal(Type type) { return isa_and_nonnull<FloatType>(type); }
bool isComplex(Type type) { return isa_and_nonnull<ComplexType>(type); }

StringRef typeName(Type type) {
  if (!type)
    return "an enum value";
  if (type.isInteger(1))
    return "bool";
  if (type.isIndex())
    return "an integer";
  return isComplex(type) ? "complex" : type.isF64() ? "f64" : "f32";
}

Type promote(Type a, Type b) {
  if (a == b)
    return a;
  if (!isComplex(a) && !isComplex(b)) {
    auto rank = [](Type t) { return t.isInteger(1) ? 0 : t.isIndex() ? 1 : t.isF32() ? 2 : 3; };
    return rank(a) < rank(b) ? b : a;
  }
  auto part = [](Type t) { return isComplex(t) ? cast<ComplexType>(t).getElementType() : t; };
  return ComplexType::get(promote(part(a), part(b)));
}

unsigned SameOp::getHashValue(const Operation *op) {
  return OperationEquivalence::computeHash(
      const_cast<Operation *>(op), OperationEquivalence::directHashValue,
      OperationEquivalence::ignoreHashValue, OperationEquivalence::IgnoreLocations);
}

bool SameOp::isEqual(const Operation *a, const Operation *b) {
  if (a == b || a == getTombstoneKey() || a == getEmptyKey() || b == getTombstoneKey() ||
      b == getEmptyKey())
    return a == b;
  return OperationEquivalence::isEquivalentTo(const_cast<Operation *>(a),
                                              const_cast<Operation *>(b),
                                              OperationEquivalence::IgnoreLocations);
}

ScalarBuilder::ScalarBuilder(FuncOp func, Diagnostics &diags)
    : builder(func.getContext()), func(func), diags(&diags), boolType(builder.getI1Type()),
      indexType(builder.getIndexType()), f32(builder.getF32Type()), f64(builder.getF64Type()),
      plain(f32) {
  builder.setInsertionPointToEnd(&func.getBody().front());
}

Operation *ScalarBuilder::unique(Operation *op) {
  Operation *equal = known.lookup(op);
  // A fact is emitted apart while an equation is: it sees nothing of that. A block of its own, as a
  // size has one, lies in no region.
  Region *around = equal ? equal->getParentRegion() : nullptr;
  Region *region = op->getParentRegion();
  if (equal &&
      (equal->getBlock() == op->getBlock() || (around && region && around->isAncestor(region)))) {
    op->erase();
    return equal;
  }
  known.insert(op, op);
  return op;
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

Location ScalarBuilder::loc(Span span) {
  if (!span.valid())
    return builder.getUnknownLoc();
  const SourceManager &sources = diags->sources();
  LineColumn begin = sources.lineColumn(span);
  LineColumn end = sources.lineColumn(span.after());
  Location place = FileLineColRange::get(StringAttr::get(context(), sources.file(span.file).path()),
                                         begin.line, begin.column, end.line, end.column);
  places.try_emplace(place, SmallVector<Span, 1>{span});
  return place;
}

Location ScalarBuilder::loc(Span whole, ArrayRef<Span> subscripts) {
  if (subscripts.empty())
    return loc(whole);
  SmallVector<Location> parts = {loc(whole)};
  SmallVector<Span, 1> all = {whole};
  for (Span subscript : subscripts) {
    parts.push_back(loc(subscript));
    all.push_back(subscript);
  }
  Location place = FusedLoc::get(context(), parts);
  places.try_emplace(place, std::move(all));
  return place;
}

ArrayRef<Span> ScalarBuilder::spans(Location location) const {
  auto at = places.find(location);
  return at == places.end() ? ArrayRef<Span>() : ArrayRef<Span>(at->second);
}

//===----------------------------------------------------------------------===//
// Leaves
//===----------------------------------------------------------------------===//

Scalar ScalarBuilder::integer(int64_t value, bool literal) {
  Scalar scalar = index(getAffineConstantExpr(value, context()));
  scalar.literal = literal;
  return scalar;
}

Scalar ScalarBuilder::boolean(bool value) {
  Scalar scalar;
  scalar.type = boolType;
  scalar.number = value;
  return scalar;
}

Scalar ScalarBuilder::real(double value, Type type) {
  Scalar scalar;
  scalar.type = type;
  scalar.number = type.isF32() ? static_cast<float>(value) : value;
  return scalar;
}

Scalar ScalarBuilder::literal(double value) {
  Scalar scalar;
  scalar.type = plain;
  scalar.number = value;
  scalar.wide = value;
  scalar.literal = true;
  return scalar;
}

Scalar ScalarBuilder::folded(double value, double wide, Type type, ArrayRef<Scalar> from) {
  Scalar scalar = real(value, type);
  if (llvm::all_of(from, [](const Scalar &part) { return part.untyped().has_value(); }))
    scalar.wide = wide;
  return scalar;
}

Scalar ScalarBuilder::index(AffineExpr expr) {
  Scalar scalar;
  scalar.type = indexType;
  auto sizeOf = [&](AffineExpr part) { return sizes.lookup_or(part, 1); };
  if (auto both = dyn_cast<AffineBinaryOpExpr>(expr)) {
    // Simplification may have made parts that have not been counted: they are small.
    unsigned size = 1 + sizeOf(both.getLHS()) + sizeOf(both.getRHS());
    if (size > maxExprSize) {
      IndexMap stored = mapOf(expr);
      return of(emit<ApplyOp>(Span(), indexType, stored.operands, stored.map));
    }
    sizes.try_emplace(expr, size);
  }
  scalar.expr = expr;
  return scalar;
}

Scalar ScalarBuilder::of(Value value) {
  Scalar scalar;
  scalar.type = value.getType();
  if (!scalar.type.isIndex()) {
    scalar.value = value;
    return scalar;
  }
  auto [at, isNew] = dimOf.try_emplace(value, dims.size());
  if (isNew)
    dims.push_back({value, false});
  scalar.expr = getAffineDimExpr(at->second, context());
  return scalar;
}

AffineExpr ScalarBuilder::symbol(unsigned position) {
  return getAffineSymbolExpr(position, context());
}

AffineExpr ScalarBuilder::addIndex(Value index) {
  dimOf[index] = dims.size();
  dims.push_back({index, true});
  return getAffineDimExpr(dims.size() - 1, context());
}

void ScalarBuilder::forget(unsigned mark) {
  for (; dims.size() > mark; dims.pop_back())
    dimOf.erase(dims.back().value);
}

IndexMap ScalarBuilder::mapOf(ArrayRef<AffineExpr> exprs) {
  SmallVector<unsigned> used;
  for (AffineExpr expr : exprs)
    expr.walk([&](AffineExpr part) {
      if (auto dim = dyn_cast<AffineDimExpr>(part))
        used.push_back(dim.getPosition());
    });
  llvm::sort(used, [&](unsigned a, unsigned b) {
    return std::pair(!dims[a].isIndex, a) < std::pair(!dims[b].isIndex, b);
  });
  used.erase(llvm::unique(used), used.end());
  IndexMap result;
  DenseMap<AffineExpr, AffineExpr> renumbered;
  for (auto [position, dim] : llvm::enumerate(used)) {
    renumbered[getAffineDimExpr(dim, context())] = getAffineDimExpr(position, context());
    result.operands.push_back(dims[dim].value);
  }
  SmallVector<AffineExpr> stored =
      llvm::map_to_vector(exprs, [&](AffineExpr expr) { return expr.replace(renumbered); });
  result.map = indexMap(context(), used.size(), stored);
  return result;
}

//===----------------------------------------------------------------------===//
// Values and conversions
//===----------------------------------------------------------------------===//

Value ScalarBuilder::value(const Scalar &scalar, Span span) {
  if (scalar.value)
    return scalar.value;
  if (scalar.expr) {
    if (auto constant = scalar.integer())
      return emit<arith::ConstantOp>(span, builder.getIndexAttr(*constant));
    if (auto dim = dyn_cast<AffineDimExpr>(scalar.expr))
      return dims[dim.getPosition()].value;
    IndexMap stored = mapOf(scalar.expr);
    return emit<ApplyOp>(span, indexType, stored.operands, stored.map);
  }
  if (scalar.isBool())
    return emit<arith::ConstantOp>(span, builder.getBoolAttr(scalar.number != 0));
  return emit<arith::ConstantOp>(span, builder.getFloatAttr(scalar.type, scalar.number));
}

/// The remainder of the quotient of extents that `expr` is, or a multiple of; null of others.
static AffineExpr remainderOf(AffineExpr expr) {
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary || !expr.isSymbolicOrConstant())
    return {};
  if (expr.getKind() == AffineExprKind::FloorDiv)
    return binary.getLHS() % binary.getRHS();
  return expr.getKind() == AffineExprKind::Mul && isa<AffineConstantExpr>(binary.getRHS())
             ? remainderOf(binary.getLHS())
             : AffineExpr();
}

bool ScalarBuilder::truncates(const Scalar &scalar) const {
  if (!scalar.isInteger() || !scalar.quotient.valid())
    return false;
  AffineExpr remainder = remainderOf(scalar.expr);
  return !remainder || !holds(-remainder);
}

Scalar ScalarBuilder::convert(const Scalar &scalar, Type type, Span span) {
  if (scalar.literal && type.isF32() && std::isfinite(scalar.number) &&
      std::abs(scalar.number) > std::numeric_limits<float>::max()) {
    error(span, "the literal is out of range of f32",
          "infinity is written `inf`; values above 3.4e38 need an `f64` operand");
    return real(0, type); // Reported; the ops around it stay well formed.
  }
  if (scalar.type == type || !scalar.type)
    return scalar;
  if (!type.isIndex() && truncates(scalar))
    diags->warning(scalar.quotient, "integer division, whose result is then used as a float")
        .note("write `1.0 * a / b` for a fraction, `floor(1.0 * a / b)` to show that it is meant");
  if (scalar.isConstant() && isReal(type))
    return real(scalar.integer() || type.isF64() ? scalar.untyped().value_or(scalar.number)
                                                 : scalar.number,
                type);
  if (scalar.isConstant() && type.isIndex())
    return integer(scalar.number != 0);
  Value from = isComplex(type) && scalar.isConstant()
                   ? valueAs(scalar, cast<ComplexType>(type).getElementType(), span)
                   : value(scalar, span);
  Type element = type.isIndex() ? builder.getI64Type() : type;
  return of(emit<CastOp>(span, type, from, element));
}

Type ScalarBuilder::common(ArrayRef<Scalar> scalars) {
  Type type = boolType;
  for (const Scalar &scalar : scalars)
    if (!scalar.wide)
      type = promote(type, scalar.type);
  bool isFloat = isReal(type) || isComplex(type);
  bool anyUntyped = llvm::any_of(scalars, [](const Scalar &s) { return s.wide.has_value(); });
  return anyUntyped && !isFloat ? plain : type;
}

Type ScalarBuilder::meet(ArrayRef<Scalar> scalars) { return promote(indexType, common(scalars)); }

Type ScalarBuilder::floatOf(const Scalar &scalar) {
  return isReal(scalar.type) || isComplex(scalar.type) ? scalar.type : plain;
}

} // namespace mixc::mix
