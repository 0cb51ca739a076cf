//===- Left.cpp - the left sides of equations -----------------------------===//
//
// A definition is one equation with indices everywhere and any number with constants
// that single out slices (boundaries). Its tensor is read in the hull of all of them.
//
//===----------------------------------------------------------------------===//
#include "frontends/mix/Emitter.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace mixc::mix {

//===----------------------------------------------------------------------===//
// Subscripts
//===----------------------------------------------------------------------===//

/// Whether a bare `name` on a left side is a constant.
static bool isConstantName(StringRef name, const MixerScope &scope) {
  const Name *known = scope.find(name);
  return known && (known->kind == Name::Kind::Param || known->kind == Name::Kind::Extent ||
                   (known->let && known->let->form == Let::Form::Scalar));
}

static bool isConstantExpr(const Expr &expr, const MixerScope &scope) {
  if (isa<Access, Reduce>(expr))
    return false;
  if (auto *ref = dyn_cast<NameRef>(&expr))
    return isConstantName(ref->name, scope);
  bool constant = true;
  forEachChild(expr, [&](const Expr &child) { constant &= isConstantExpr(child, scope); });
  return constant;
}

bool Emitter::understandSubscript(MixerScope &scope, Piece &piece, const Subscript &subscript,
                                  bool scatter) {
  Env env{nullptr, &scope, piece.position, {}};
  LeftSubscript &left = piece.left.emplace_back();
  left.span = subscript.span;
  left.expr = subscript.value.get();
  auto *ref = dyn_cast_or_null<NameRef>(subscript.value.get());
  if (subscript.hasRange()) {
    left.name = *subscript.name;
    if (isConstantName(left.name.text, scope)) {
      diags->error(left.name.span, "`" + left.name.text + "` is a constant here, not an index")
          .note(scope.find(left.name.text)->span, "it is defined here");
      return false;
    }
    left.range.lo = emitSize(*subscript.lo, env, "the range of an index on a left side");
    left.range.hi = emitSize(*subscript.hi, env, "the range of an index on a left side");
    left.range.from = "its left side";
    left.range.span = subscript.span;
    if (!left.range.lo || !left.range.hi)
      return false;
  } else if (ref && !isConstantName(ref->name, scope)) {
    left.name = {ref->name, ref->span};
  } else if (isConstantExpr(*subscript.value, scope) && !scatter) {
    left.kind = LeftSubscript::Kind::Constant;
    left.constant = emitSize(*subscript.value, env, "a constant subscript");
    return left.constant != nullptr;
  } else if (scatter) {
    left.kind = LeftSubscript::Kind::Expression;
    SmallVector<StringRef> bound;
    findIndices(*subscript.value, scope, piece, bound);
    return true;
  } else {
    auto error =
        diags->error(subscript.span, "a left side has indices and constants, found an expression");
    // `S[n+1] = S[n] + ...`, as a paper has it.
    auto *shift = dyn_cast<Binary>(subscript.value.get());
    auto *index = shift && (shift->op == BinaryOp::Add || shift->op == BinaryOp::Sub)
                      ? dyn_cast<NameRef>(shift->lhs.get())
                      : nullptr;
    if (index && !isConstantName(index->name, scope) && isa<IntLit>(shift->rhs.get()))
      error.note("write `" + index->name + "` alone, and shift what is read: `" + index->name +
                 (shift->op == BinaryOp::Add ? " - " : " + ") +
                 diags->sources().text(shift->rhs->span) + "`");
    else
      error.note("for values at computed points write `+=`, or `:=` over a full definition");
    return false;
  }
  if (llvm::isUpper(left.name.text.front())) {
    diags->error(left.name.span, "unknown extent `" + left.name.text + "`")
        .note("an index is lower case; an extent stands in the shape of an argument or an output");
    return false;
  }
  if (!checkNewLocal(left.name, env, "index"))
    return false;
  if (llvm::any_of(piece.left, [&](const LeftSubscript &other) {
        return &other != &left && other.name.text == left.name.text;
      })) {
    diags->error(left.name.span, "the index `" + left.name.text + "` stands twice on the left side")
        .note("an equation defines all points: use two indices and `if`");
    return false;
  }
  auto same = [&](const LeftSubscript &other) { return other.name.text == left.name.text; };
  if (auto *at = llvm::find_if(piece.indices, same); at != piece.indices.end())
    at->range = left.range;
  else
    piece.indices.push_back(left);
  return true;
}

void Emitter::findIndices(const Expr &expr, MixerScope &scope, Piece &piece,
                          SmallVectorImpl<StringRef> &bound) {
  if (auto *ref = dyn_cast<NameRef>(&expr)) {
    bool known = is_contained(bound, ref->name) || scope.find(ref->name) ||
                 scope.enumValues.contains(ref->name) || llvm::isUpper(ref->name.front());
    // A tensor's name is an index here unless the tensor has rank 0.
    if (const Name *name = scope.find(ref->name); name && name->kind == Name::Kind::Tensor &&
                                                  name->tensor->ranked &&
                                                  !name->tensor->axes.empty())
      known = is_contained(bound, ref->name);
    auto same = [&](const LeftSubscript &other) { return other.name.text == ref->name; };
    if (known || llvm::any_of(piece.indices, same))
      return;
    LeftSubscript index;
    index.name = {ref->name, ref->span};
    index.span = ref->span;
    piece.indices.push_back(index);
    return;
  }
  size_t outer = bound.size();
  if (auto *reduce = dyn_cast<Reduce>(&expr))
    for (const Binder &binder : reduce->binders)
      bound.push_back(binder.name.text);
  forEachChild(expr, [&](const Expr &child) { findIndices(child, scope, piece, bound); });
  bound.truncate(outer);
}

bool Emitter::understandLeft(MixerScope &scope, Piece &piece, bool scatter) {
  bool good = true;
  for (const Subscript &subscript : piece.equation->subscripts)
    good &= understandSubscript(scope, piece, subscript, scatter);
  return good;
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

bool Emitter::inferLeft(MixerScope &scope, ArrayRef<Unit *> units) {
  // Written ranges first; then what the right sides say, until nothing new is found:
  // the tensors of a recurrence learn from each other.
  auto forEachOpen = [&](llvm::function_ref<void(Piece &, LeftSubscript &, IndexRange &)> visit) {
    for (Unit *unit : units)
      for (Piece &piece : unit->pieces)
        for (auto [left, axis] : llvm::zip(piece.left, unit->defines.front()->tensor->axes))
          if (left.kind == LeftSubscript::Kind::Index && !axis.known())
            visit(piece, left, axis);
  };
  forEachOpen([](Piece &, LeftSubscript &left, IndexRange &axis) {
    if (left.range.known())
      axis = left.range;
  });
  auto infer = [&](bool quiet) {
    bool changed = false;
    forEachOpen([&](Piece &piece, LeftSubscript &left, IndexRange &axis) {
      Env env{nullptr, &scope, piece.position, {}};
      axis = inferRange(left.name, {piece.equation->value.get()}, env, quiet);
      changed |= axis.known();
    });
    return changed;
  };
  while (infer(/*quiet=*/true))
    ;
  bool open = false;
  forEachOpen([&](Piece &, LeftSubscript &, IndexRange &) { open = true; });
  if (open)
    infer(/*quiet=*/false);
  for (Unit *unit : units)
    for (Piece &piece : unit->pieces)
      for (auto [left, axis] : llvm::zip(piece.left, unit->defines.front()->tensor->axes))
        if (left.kind == LeftSubscript::Kind::Index && !left.range.known())
          left.range = axis;
  return !open;
}

bool Emitter::inferIndices(MixerScope &scope, Unit &unit) {
  bool good = true;
  Tensor &tensor = *unit.defines.front()->tensor;
  for (Piece &piece : unit.pieces) {
    Env env{nullptr, &scope, piece.position, {}};
    SmallVector<const Expr *> places = {piece.equation->value.get()};
    for (const LeftSubscript &left : piece.left)
      if (left.expr)
        places.push_back(left.expr);
    for (LeftSubscript &index : piece.indices) {
      for (auto [left, axis] : llvm::zip(piece.left, tensor.axes))
        if (left.kind == LeftSubscript::Kind::Index && left.name.text == index.name.text &&
            !index.range.known())
          index.range = axis;
      if (!index.range.known())
        index.range = inferRange(index.name, places, env);
      good &= index.range.known();
    }
  }
  return good;
}

//===----------------------------------------------------------------------===//
// What is covered
//===----------------------------------------------------------------------===//

int Emitter::sideOf(AffineExpr constant, const IndexRange &range) {
  if (proves(range.lo - constant - 1))
    return -1;
  return proves(constant - range.hi) ? 1 : 0;
}

bool Emitter::checkTwice(Unit &unit) {
  for (auto [k, piece] : llvm::enumerate(unit.pieces))
    for (const Piece &other : ArrayRef(unit.pieces).take_front(k)) {
      bool same = llvm::all_of(llvm::zip(piece.left, other.left), [](auto pair) {
        auto &[a, b] = pair;
        return a.kind == b.kind && a.constant == b.constant;
      });
      if (!same)
        continue;
      diags
          ->error(piece.equation->targetSpan,
                  "`" + piece.equation->target.text + "` is defined twice")
          .note(other.equation->targetSpan, "the other definition is here");
      return false;
    }
  return true;
}

bool Emitter::coverAxis(MixerScope &scope, Unit &unit, unsigned axis) {
  Tensor &tensor = *unit.defines.front()->tensor;
  IndexRange &declared = tensor.axes[axis];
  // The range of the indices on this axis, where there is one.
  IndexRange range;
  for (const Piece &piece : unit.pieces)
    if (!piece.isConstant(axis) && (!range.known() || piece.isGeneral()))
      range = piece.left[axis].range;

  // Constants next to it make it longer; they must leave no gap.
  SmallVector<std::pair<AffineExpr, const Piece *>> open;
  for (const Piece &piece : unit.pieces)
    if (piece.isConstant(axis) && (!range.known() || sideOf(piece.left[axis].constant, range) != 0))
      open.push_back({piece.left[axis].constant, &piece});
  llvm::SmallDenseSet<AffineExpr> taken;
  AffineExpr lower = range.lo, upper = range.hi;
  if (!range.known()) {
    auto *least = llvm::min_element(open, [](auto &a, auto &b) {
      auto difference = dyn_cast<AffineConstantExpr>(a.first - b.first);
      return difference && difference.getValue() < 0;
    });
    lower = upper = least->first;
  }
  for (bool grown = true; grown;) {
    size_t before = open.size();
    llvm::erase_if(open, [&](auto &entry) {
      AffineExpr constant = entry.first;
      bool below = constant == lower - 1, above = constant == upper;
      if (below)
        lower = constant;
      else if (above)
        upper = constant + 1;
      // Several slices may have the same constant here.
      if (below || above)
        taken.insert(constant);
      return taken.contains(constant);
    });
    grown = open.size() != before;
  }
  if (!open.empty()) {
    diags
        ->error(open.front().second->left[axis].span,
                "`" + tensor.name + "` has a gap between " + show(open.front().first) +
                    " and its other values, " + show(lower) + ".." + show(upper))
        .note("define the slices between them");
    return false;
  }

  // Slices have the other axes whole, or reach into their corners.
  for (const Piece &piece : unit.pieces) {
    if (piece.isConstant(axis) || piece.isGeneral() || !range.known())
      continue;
    const IndexRange &own = piece.left[axis].range;
    if (own == range)
      continue;
    if (!proves(range.lo - own.lo) || !proves(own.hi - range.hi)) {
      diags
          ->error(piece.left[axis].span,
                  "the slice covers " + show(own) + " of an axis with " + show(range))
          .note("a boundary has the other axes whole: leave out its range, or widen it");
      return false;
    }
    lower = proves(lower - own.lo) ? own.lo : lower;
    upper = proves(own.hi - upper) ? own.hi : upper;
  }

  tensor.lower[axis] = lower;
  tensor.upper[axis] = upper;
  if (!tensor.hasShape()) {
    // An index alone on this axis takes slices that lie at 0 or above, too.
    auto least = dyn_cast<AffineConstantExpr>(lower);
    declared.lo = least && least.getValue() >= 0 ? lower : range.known() ? range.lo : lower;
    declared.hi = range.known() ? range.hi : upper;
    return true;
  }
  bool covered = proves(declared.lo - lower) && proves(upper - declared.hi);
  bool inside =
      !range.known() || (proves(range.lo - declared.lo) && proves(declared.hi - range.hi));
  if (covered && inside)
    return true;
  const Piece &piece = unit.pieces.back();
  Span span = piece.left[axis].span;
  if (!covered) {
    auto error = diags->error(
        span, "`" + tensor.name + "` is defined only in part: axis " + Twine(axis) + " has " +
                  show(declared) + ", its equations cover " + show(lower) + ".." + show(upper));
    auto *ref = dyn_cast_or_null<NameRef>(piece.left[axis].expr);
    if (piece.isConstant(axis) && ref)
      error.note(scope.find(ref->name)->span,
                 "`" + ref->name + "` is this constant, not an index: choose another name");
    else if (upper == declared.hi - 1 && lower == declared.lo)
      error.note("a range is half open: write `" + show(declared) + "`, or leave it out");
    else if (lower - 1 == declared.lo && upper == declared.hi)
      error.note("define its first slice, too, or all of it by one equation with an `if`");
    else
      error.note(tensor.span, "its shape is declared here: define the rest, too, or all of it by "
                              "one equation with an `if`");
  } else {
    diags
        ->error(span, "the range " + show(range) + " leaves axis " + Twine(axis) + " of `" +
                          tensor.name + "`, which has " + show(declared))
        .note(tensor.span, "its shape is declared here: narrow the range, or widen the shape");
  }
  return false;
}

void Emitter::findCorners(Unit &unit) {
  Tensor &tensor = *unit.defines.front()->tensor;
  const Piece *general = llvm::find_if(unit.pieces, [](const Piece &p) { return p.isGeneral(); });
  if (general == unit.pieces.end())
    return;
  // The sides at which slices lie, by axis.
  struct Side {
    unsigned axis;
    AffineExpr constant;
    bool above;
  };
  SmallVector<Side> sides;
  for (const Piece &piece : unit.pieces)
    for (auto [axis, left] : llvm::enumerate(piece.left)) {
      if (left.kind != LeftSubscript::Kind::Constant)
        continue;
      int side = sideOf(left.constant, general->left[axis].range);
      bool known = llvm::any_of(sides, [&](const Side &other) {
        return other.axis == axis && other.constant == left.constant;
      });
      if (side != 0 && !known)
        sides.push_back({static_cast<unsigned>(axis), left.constant, side > 0});
    }
  auto has = [&](const Piece &piece, const Side &side) {
    const LeftSubscript &left = piece.left[side.axis];
    if (left.kind == LeftSubscript::Kind::Constant)
      return left.constant == side.constant;
    return proves(side.constant - left.range.lo) && proves(left.range.hi - side.constant - 1);
  };
  for (auto [k, a] : llvm::enumerate(sides))
    for (const Side &b : ArrayRef(sides).take_front(k))
      if (a.axis != b.axis && llvm::none_of(unit.pieces, [&](const Piece &piece) {
            return has(piece, a) && has(piece, b);
          }))
        tensor.corners.push_back({{a.axis, b.axis}, {a.constant, b.constant}, {a.above, b.above}});
}

bool Emitter::coverLeft(MixerScope &scope, Unit &unit) {
  Tensor &tensor = *unit.defines.front()->tensor;
  if (!checkTwice(unit))
    return false;
  tensor.lower.resize(tensor.axes.size());
  tensor.upper.resize(tensor.axes.size());
  bool good = true;
  for (unsigned axis = 0; axis < tensor.axes.size(); ++axis)
    good &= coverAxis(scope, unit, axis);
  if (good)
    findCorners(unit);
  return good;
}

} // namespace mixc::mix
