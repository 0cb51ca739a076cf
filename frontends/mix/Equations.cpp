//===- Equations.cpp - definitions, scatters, overwrites ------------------===//
#include "frontends/mix/Emitter.h"

#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// The element type of a tensor that is defined by values of `type`.
static Type elementFor(Type type) {
  return type.isIndex() ? Type(IntegerType::get(type.getContext(), 64)) : type;
}

/// Whether `element` can hold the constant.
static bool holds(Type element, const Scalar &value) {
  if (auto integer = dyn_cast<IntegerType>(element); integer && value.integer()) {
    unsigned width = integer.getWidth();
    if (integer.isUnsigned())
      return *value.integer() >= 0 && (width >= 63 || *value.integer() < int64_t(1) << width);
    return width == 64 || llvm::isIntN(width, *value.integer());
  }
  if (auto real = dyn_cast<FloatType>(element); real && value.isConstant()) {
    double number = value.integer() ? double(*value.integer()) : value.number;
    double most = llvm::APFloat::getLargest(real.getFloatSemantics()).convertToDouble();
    return !std::isfinite(number) || std::abs(number) <= most;
  }
  return true;
}

Value Emitter::store(Scalar value, Type element, Span span, StringRef name) {
  if (value.isError())
    return {};
  StringRef word = elementName(element);
  auto refuse = [&](const Twine &message, const Twine &note) -> Value {
    diags->error(span, message).note(note);
    return {};
  };
  std::string target = ("`" + name + "`").str();
  if (!value.type)
    return refuse(target + " holds " + word + ", found the enum value `" + value.word + "`",
                  "compare the param: `if p == " + value.word + " then ... else ...`");
  if (element.isInteger(1) && !value.isBool())
    return refuse(target + " holds bools, found " + typeName(value.type),
                  "compare it, e.g. with `!= 0`");
  if (isComplex(value.type) && !isComplex(element))
    return refuse(target + " holds " + word + ", found a complex number",
                  "take its real part: `re(...)`");
  if (isa<IntegerType>(element) && isReal(value.type))
    return refuse(target + " holds " + word + ", found " + typeName(value.type),
                  "`cast(" + word + ", ...)` truncates toward zero");
  if (value.literal && !holds(element, value))
    return refuse("the literal is out of range of " + word,
                  "declare " + target + " with a wider element type");
  Type type = computeType(element);
  // Wide floats become narrow ones without a word, as everywhere else.
  if (isReal(value.type) && isReal(type) && type != value.type) {
    if (value.isConstant())
      return s.value(s.convert(value, type, span), span);
    return s.emit<CastOp>(span, type, s.value(value, span), type);
  }
  if (isComplex(value.type) && type != value.type && promote(value.type, type) == value.type)
    return s.emit<CastOp>(span, type, value.value, type);
  Scalar stored = s.convert(value, type, span);
  return stored.isError() ? Value() : s.value(stored, span);
}

MixerTensorType Emitter::typeOf(const Tensor &tensor, Type element) {
  return MixerTensorType::get(s.context(), tensor.lower, tensor.upper, element);
}

//===----------------------------------------------------------------------===//
// Definitions
//===----------------------------------------------------------------------===//

Scalar Emitter::emitPieces(MixerScope &scope, ArrayRef<const Piece *> pieces,
                           ArrayRef<AffineExpr> indices) {
  const Piece &piece = *pieces.front();
  auto value = [&]() -> Scalar {
    Env env{nullptr, &scope, piece.position, {}};
    for (auto [left, index] : llvm::zip_equal(piece.left, indices))
      if (left.kind == LeftSubscript::Kind::Index)
        env.locals.push_back({left.name.text, left.name.span, s.index(index), true, left.range});
    const Expr &expr = *piece.equation->value;
    return emitNumber(expr, env, "the value of `" + piece.equation->target.text + "`");
  };
  if (pieces.size() == 1)
    return value();
  Span span = piece.equation->targetSpan;
  Scalar here = s.boolean(true);
  for (auto [left, index] : llvm::zip_equal(piece.left, indices))
    if (left.kind == LeftSubscript::Kind::Constant)
      here =
          s.both(here, s.binary(BinaryOp::Eq, s.index(index), s.index(left.constant), span), span);
  auto others = [&] { return emitPieces(scope, pieces.drop_front(), indices); };
  return emitChoice(here, span, value, others, piece.equation->value->span, span);
}

Value Emitter::emitEquation(MixerScope &scope, Tensor &tensor, ArrayRef<const Piece *> pieces,
                            const Fixed &fixed, bool ownRanges) {
  SmallVector<StringRef> names;
  SmallVector<AffineExpr> lower, upper;
  SmallVector<unsigned> axes;
  for (unsigned axis = 0; axis < tensor.axes.size(); ++axis) {
    if (fixed.contains(axis))
      continue;
    StringRef name = "i";
    for (const Piece *piece : pieces)
      if (!piece->isConstant(axis))
        name = piece->left[axis].name.text;
    names.push_back(name);
    const IndexRange &own = pieces.back()->left[axis].range;
    lower.push_back(ownRanges ? own.lo : tensor.lower[axis]);
    upper.push_back(ownRanges ? own.hi : tensor.upper[axis]);
    axes.push_back(axis);
  }
  const Equation &equation = *pieces.back()->equation;
  auto typeFor = [&](Type element) {
    return MixerTensorType::get(s.context(), lower, upper, element);
  };
  auto op = EqOp::create(s.builder, s.loc(equation.span), typeFor(s.f32), tensor.name,
                         s.builder.getStrArrayAttr(names), PlaceAttr());
  unsigned mark = s.mark();
  Block *block = addIndexBlock(op.getBody(), axes.size(), s.loc(equation.targetSpan));
  SmallVector<AffineExpr> indices(tensor.axes.size());
  for (auto [axis, argument] : llvm::zip_equal(axes, block->getArguments()))
    indices[axis] = s.addIndex(argument);
  for (auto [axis, index] : fixed)
    indices[axis] = index;
  Value value;
  Type element = tensor.element;
  {
    Body body(*this, block);
    Scalar scalar = emitPieces(scope, pieces, indices);
    if (!element && scalar.type)
      element = elementFor(scalar.type);
    value = store(scalar, element ? element : s.f32, equation.value->span, tensor.name);
    if (value)
      YieldOp::create(s.builder, s.loc(equation.value->span), value);
  }
  s.forget(mark);
  if (!value) {
    op.erase();
    return {};
  }
  op.getResult().setType(typeFor(element));
  return op.getResult();
}

void Emitter::emitUnit(MixerScope &scope, Unit &unit) {
  switch (unit.kind) {
  case Unit::Kind::Define: {
    Version &version = *unit.defines.front();
    version.value = emitEquation(scope, *version.tensor, inOrder(unit.pieces), Fixed());
    if (version.value)
      version.tensor->element = cast<MixerTensorType>(version.value.getType()).getElement();
    return;
  }
  case Unit::Kind::Let:
    return emitLet(scope, unit);
  case Unit::Kind::Scatter:
    return emitScatter(scope, unit);
  case Unit::Kind::Overwrite:
    return emitOverwrite(scope, unit);
  case Unit::Kind::Call:
    return emitMixerCall(scope, unit);
  }
}

SmallVector<const Piece *> Emitter::inOrder(ArrayRef<Piece> pieces) {
  SmallVector<const Piece *> order;
  for (const Piece &piece : pieces)
    order.push_back(&piece);
  // The one with indices everywhere takes what the slices leave; of the slices, the
  // one with more constants goes first.
  llvm::stable_sort(order, [](const Piece *a, const Piece *b) {
    auto constants = [](const Piece *piece) {
      return llvm::count_if(piece->left, [](const LeftSubscript &left) {
        return left.kind == LeftSubscript::Kind::Constant;
      });
    };
    return constants(a) > constants(b);
  });
  return order;
}

Value Emitter::emitScalarEquation(MixerScope &scope, const Expr &expr, StringRef name, Type element,
                                  unsigned position, Span span) {
  auto typeFor = [&](Type type) { return MixerTensorType::get(s.context(), {}, {}, type); };
  auto op = EqOp::create(s.builder, s.loc(span), typeFor(s.f32), name,
                         s.builder.getStrArrayAttr({}), PlaceAttr());
  unsigned mark = s.mark();
  Value value;
  {
    Body body(*this, addIndexBlock(op.getBody(), 0, s.loc(span)));
    Env env{nullptr, &scope, position, {}};
    Scalar scalar = emitNumber(expr, env, "the value of `" + name + "`");
    if (!element && scalar.type)
      element = elementFor(scalar.type);
    value = store(scalar, element ? element : s.f32, expr.span, name);
    if (value)
      YieldOp::create(s.builder, s.loc(expr.span), value);
  }
  s.forget(mark);
  if (!value) {
    op.erase();
    return {};
  }
  op.getResult().setType(typeFor(element));
  return op.getResult();
}

void Emitter::emitLet(MixerScope &scope, Unit &unit) {
  auto &let = cast<Let>(*unit.statement);
  Version &version = *unit.defines.front();
  version.value = emitScalarEquation(scope, *let.value, let.name.text, {}, unit.first, let.span);
  if (version.value)
    version.tensor->element = cast<MixerTensorType>(version.value.getType()).getElement();
}

//===----------------------------------------------------------------------===//
// Scatters
//===----------------------------------------------------------------------===//

Value Emitter::emitScatterOp(MixerScope &scope, const Piece &piece, Tensor &tensor, Type element,
                             Value init) {
  SmallVector<StringRef> names;
  SmallVector<AffineExpr> lower, upper;
  for (const LeftSubscript &index : piece.indices) {
    names.push_back(index.name.text);
    lower.push_back(index.range.lo);
    upper.push_back(index.range.hi);
  }
  const Equation &equation = *piece.equation;
  ScatterKind kind = equation.op == EquationOp::Add   ? ScatterKind::sum
                     : equation.op == EquationOp::Max ? ScatterKind::max
                     : equation.op == EquationOp::Min ? ScatterKind::min
                                                      : ScatterKind::overwrite;
  if (kind != ScatterKind::overwrite &&
      (element.isInteger(1) || (isComplex(element) && kind != ScatterKind::sum))) {
    diags
        ->error(equation.opSpan,
                "`" + mix::spelling(equation.op) + "` has no meaning for " + elementName(element))
        .note(isComplex(element) ? "complex numbers have no order; `+=` sums them"
                                 : "scatter into an integer tensor and compare that with 0");
    return {};
  }
  SmallVector<Span> subscripts =
      llvm::map_to_vector(piece.left, [](const LeftSubscript &left) { return left.span; });
  auto op = ScatterOp::create(
      s.builder, s.loc(equation.targetSpan, subscripts), typeOf(tensor, element), kind, tensor.name,
      s.builder.getStrArrayAttr(names), init ? ValueRange(init) : ValueRange(), s.mapOf(lower).map,
      s.mapOf(upper).map, PlaceAttr());
  unsigned mark = s.mark();
  Block *block = addIndexBlock(op.getBody(), names.size(), s.loc(equation.targetSpan));
  Env env{nullptr, &scope, piece.position, {}};
  for (auto [index, argument] : llvm::zip_equal(piece.indices, block->getArguments()))
    env.locals.push_back(
        {index.name.text, index.name.span, s.index(s.addIndex(argument)), true, index.range});
  bool good = true;
  {
    Body body(*this, block);
    SmallVector<Value> yielded;
    for (const LeftSubscript &left : piece.left) {
      AffineExpr subscript = left.kind == LeftSubscript::Kind::Index
                                 ? env.find(left.name.text)->scalar.expr
                                 : emitIndex(*left.expr, env, "a subscript");
      good &= subscript != nullptr;
      if (subscript)
        yielded.push_back(s.value(s.index(subscript), left.span));
    }
    Scalar value = emitNumber(*equation.value, env, "the value of `" + tensor.name + "`");
    yielded.push_back(store(value, element, equation.value->span, tensor.name));
    good &= yielded.back() != nullptr;
    if (good)
      YieldOp::create(s.builder, s.loc(equation.value->span), yielded);
  }
  s.forget(mark);
  if (good)
    return op.getResult();
  op.erase();
  return {};
}

void Emitter::emitScatter(MixerScope &scope, Unit &unit) {
  Version &version = *unit.defines.front();
  Tensor &tensor = *version.tensor;
  if (!inferIndices(scope, unit))
    return;
  if (!tensor.element)
    tensor.element = s.plain;
  if (unit.pieces.size() == 1) {
    version.value = emitScatterOp(scope, unit.pieces.front(), tensor, tensor.element, {});
    return;
  }
  // Several statements: each into a tensor of its own, unrounded; then all together.
  Type type = computeType(tensor.element), element = elementFor(type);
  SmallVector<Value> parts;
  for (const Piece &piece : unit.pieces)
    if (Value part = emitScatterOp(scope, piece, tensor, element, {}))
      parts.push_back(part);
  if (parts.size() != unit.pieces.size())
    return;
  Span span = unit.statement->span;
  EquationOp op = unit.pieces.front().equation->op;
  version.value = emitPointwise(tensor, tensor.element, span, [&](ArrayRef<AffineExpr> indices) {
    Scalar total;
    for (Value part : parts) {
      Scalar value = readValue(part, indices, span, {});
      total = total.isError()         ? value
              : op == EquationOp::Add ? s.binary(BinaryOp::Add, total, value, span)
                                      : s.extreme(op == EquationOp::Max, total, value, span);
    }
    return total;
  });
}

void Emitter::emitOverwrite(MixerScope &scope, Unit &unit) {
  Version &version = *unit.defines.front();
  Version *before = version.tensor->at(unit.first);
  if (!inferIndices(scope, unit) || (before->unit && before->unit->failed))
    return;
  version.value = emitScatterOp(scope, unit.pieces.front(), *version.tensor,
                                version.tensor->element, before->value);
}

//===----------------------------------------------------------------------===//
// Pointwise copies
//===----------------------------------------------------------------------===//

Value Emitter::emitPointwise(const Tensor &tensor, Type element, Span span,
                             llvm::function_ref<Scalar(ArrayRef<AffineExpr>)> value) {
  SmallVector<std::string> names;
  for (unsigned axis = 0; axis < tensor.axes.size(); ++axis)
    names.push_back("i" + std::to_string(axis));
  SmallVector<StringRef> refs(names.begin(), names.end());
  auto op = EqOp::create(s.builder, s.loc(span), typeOf(tensor, element), tensor.name,
                         s.builder.getStrArrayAttr(refs), PlaceAttr());
  unsigned mark = s.mark();
  {
    Block *block = addIndexBlock(op.getBody(), names.size(), s.loc(span));
    SmallVector<AffineExpr> indices;
    for (Value argument : block->getArguments())
      indices.push_back(s.addIndex(argument));
    Body body(*this, block);
    Value stored = store(value(indices), element, span, tensor.name);
    if (stored)
      YieldOp::create(s.builder, s.loc(span), stored);
  }
  s.forget(mark);
  if (op.getBody().front().mightHaveTerminator())
    return op.getResult();
  op.erase();
  return {};
}

Value Emitter::conform(Value value, const Tensor &tensor, Span span) {
  if (value.getType() == typeOf(tensor, tensor.element))
    return value;
  return emitPointwise(tensor, tensor.element, span, [&](ArrayRef<AffineExpr> indices) {
    return readValue(value, indices, span, {});
  });
}

void Emitter::reportUndefined(MixerScope &scope, const Tensor &output) {
  auto error = diags->error(output.span, "the output `" + output.name + "` is not defined");
  // What is defined and never read may have been meant: `o` for `out`.
  auto isRead = [&](const Unit *unit) {
    return llvm::any_of(scope.units, [&](const std::unique_ptr<Unit> &reader) {
      return reader.get() != unit && reader->reads.contains(const_cast<Unit *>(unit));
    });
  };
  for (const Tensor &tensor : scope.tensors) {
    const Unit *unit = tensor.versions.empty() ? nullptr : tensor.versions.back()->unit;
    if (unit && tensor.origin == Tensor::Origin::Defined && unit->kind == Unit::Kind::Define &&
        tensor.axes.size() == output.axes.size() && !isRead(unit)) {
      error.note(unit->statement->span, "`" + tensor.name +
                                            "` is defined here and never read: "
                                            "is it meant to be `" +
                                            output.name + "`?");
      return;
    }
  }
  error.note("define it by an equation: `" + output.name +
             (output.axes.empty() ? " = ...`" : "[...] = ...`"));
}

void Emitter::emitOutputs(MixerScope &scope) {
  SmallVector<Value> results;
  SmallVector<StringRef> names;
  SmallVector<Attribute> types;
  for (const ArgGroup &group : scope.mixer->outs)
    for (const Ident &name : group.names) {
      Tensor &tensor = *scope.find(name.text)->tensor;
      if (tensor.versions.empty()) {
        if (!tensor.failed)
          reportUndefined(scope, tensor);
        continue;
      }
      Version &last = *tensor.versions.back();
      if (!last.value || (last.unit && last.unit->failed))
        continue;
      // Boundaries of an output that recurs are not part of it.
      for (auto [axis, lower, upper] : llvm::zip_equal(tensor.axes, tensor.lower, tensor.upper))
        lower = axis.lo, upper = axis.hi;
      Value value = conform(last.value, tensor, name.span);
      if (!value)
        continue;
      results.push_back(value);
      names.push_back(name.text);
      types.push_back(TypeAttr::get(value.getType()));
    }
  ReturnOp::create(s.builder, s.loc(scope.mixer->span), results);
  func.setResultNamesAttr(s.builder.getStrArrayAttr(names));
  func.setResultTypesAttr(s.builder.getArrayAttr(types));
}

} // namespace mixc::mix
