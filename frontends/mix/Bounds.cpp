//===- Bounds.cpp - what could not be shown in bounds, as diagnostics -----===//
#include "frontends/mix/Emitter.h"

#include "dialects/mixer/analysis/Bounds.h"
#include "dialects/mixer/analysis/Names.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

std::string Emitter::sliceText(RecurOp recur, unsigned carry,
                               ArrayRef<std::pair<unsigned, AffineExpr>> constants) {
  const Carry &carried = recurrences.find(recur)->second[carry];
  SmallVector<std::string> left;
  for (const LeftSubscript &subscript : carried.unit->general().left)
    left.push_back(subscript.name.text);
  for (auto [axis, constant] : constants)
    left[carried.axes[axis]] = show(constant);
  return carried.unit->defines.front()->tensor->name + "[" + llvm::join(left, ",") + "]";
}

void Emitter::checkCorners(Facts &facts) {
  func.walk([&](AtOp at) {
    RecurOp recur = at.getTensor().getDefiningOp<RecurOp>();
    unsigned carry = recur ? cast<OpResult>(at.getTensor()).getResultNumber() : 0;
    if (std::optional<HistoryRead> read = historyRead(at)) {
      recur = read->recur;
      carry = read->carry;
    }
    auto found = recur ? corners.find(recur) : corners.end();
    if (found == corners.end())
      return;
    const mixer::Scope &scope = facts.scopeOf(at);
    for (auto &[position, corner] : found->second) {
      auto avoids = [&, &corner = corner](unsigned k) {
        Polynomial step =
            facts.expression(at.getMap().getResult(corner.axes[k]), at.getIndices(), scope);
        Polynomial limit = facts.expression(corner.constants[k], {}, scope);
        Polynomial away = corner.above[k] ? limit - step : step - limit;
        return facts.proves(away - Polynomial(1), scope);
      };
      if (position != carry || avoids(0) || avoids(1))
        continue;
      std::string place =
          sliceText(recur, carry,
                    {{corner.axes[0], corner.constants[0]}, {corner.axes[1], corner.constants[1]}});
      ArrayRef<Span> spans = s.spans(at.getLoc());
      diags
          ->error(spans.empty() ? Span() : spans.front(),
                  "this may read `" + place + "`, which no equation defines")
          .note("define it, as in `" + place +
                " = 0`, or give one of the boundaries a range that reaches there");
      return;
    }
  });
}

//===----------------------------------------------------------------------===//
// Boundaries that a recurrence lacks
//===----------------------------------------------------------------------===//

/// `list` as words: `a`, `b` and `c`.
static std::string inWords(ArrayRef<std::string> list) {
  std::string text;
  for (auto [k, item] : llvm::enumerate(list))
    text += (k == 0 ? "`" : k + 1 == list.size() ? " and `" : ", `") + item + "`";
  return text;
}

/// How many slices beside an axis a read needs for being in bounds; none where no small
/// number is shown to do.
static std::optional<unsigned> slicesNeeded(Facts &facts, AtOp at, const BoundsError &open) {
  constexpr unsigned most = 4;
  const mixer::Scope &scope = facts.scopeOf(at);
  auto type = cast<MixerTensorType>(at.getTensor().getType());
  bool above = open.kind == BoundsError::Kind::Upper;
  AffineExpr edge = above ? type.getUpper()[open.axis] - 1 : type.getLower()[open.axis];
  Polynomial limit = facts.expression(edge, {}, scope);
  Polynomial place = facts.expression(at.getMap().getResult(open.axis), at.getIndices(), scope);
  Polynomial inside = above ? limit - place : place - limit;
  for (unsigned count = 1; count <= most; ++count)
    if (facts.proves(inside + Polynomial(count), scope))
      return count;
  return std::nullopt;
}

void Emitter::reportBoundaries(Facts &facts, std::vector<BoundsError> &found) {
  /// The slices beside an axis of a tensor that recurs along it.
  struct Lack {
    RecurOp recur;
    unsigned carry, axis;
    BoundsError::Kind side;
    unsigned time;
    unsigned count;
    const BoundsError *first;
  };
  SmallVector<Lack> lacks;
  auto lackOf = [&](RecurOp recur, unsigned carry, const BoundsError &open) {
    return llvm::find_if(lacks, [&](const Lack &lack) {
      return lack.recur == recur && lack.carry == carry && lack.axis == open.axis &&
             lack.side == open.kind;
    });
  };
  std::vector<bool> explained(found.size());
  for (auto [k, open] : llvm::enumerate(found)) {
    auto at = dyn_cast<AtOp>(open.op);
    std::optional<HistoryRead> read = at ? historyRead(at) : std::nullopt;
    auto *along = read ? llvm::find(read->timeAxes, open.axis) : nullptr;
    if (!along || along == read->timeAxes.end())
      continue;
    unsigned time = along - read->timeAxes.begin();
    auto start =
        read->recur.getReverse()[time] ? BoundsError::Kind::Upper : BoundsError::Kind::Lower;
    std::optional<unsigned> count;
    if (open.kind == start)
      count = slicesNeeded(facts, at, open);
    if (!count)
      continue;
    explained[k] = true;
    auto *lack = lackOf(read->recur, read->carry, open);
    if (lack == lacks.end())
      lacks.push_back({read->recur, read->carry, open.axis, open.kind, time, *count, &open});
    else
      lack->count = std::max(lack->count, *count);
  }
  // What reads the tensor from outside needs the same slices.
  for (auto [k, open] : llvm::enumerate(found)) {
    auto at = dyn_cast<AtOp>(open.op);
    auto recur = at ? at.getTensor().getDefiningOp<RecurOp>() : RecurOp();
    if (!recur)
      continue;
    auto *lack = lackOf(recur, cast<OpResult>(at.getTensor()).getResultNumber(), open);
    explained[k] = lack != lacks.end() &&
                   slicesNeeded(facts, at, open).value_or(lack->count + 1) <= lack->count;
  }

  for (Lack &lack : lacks) {
    auto type = cast<MixerTensorType>(lack.first->op->getOperand(0).getType());
    SmallVector<std::string> slices, lines;
    for (unsigned k = 0; k < lack.count; ++k) {
      AffineExpr place = lack.side == BoundsError::Kind::Upper ? type.getUpper()[lack.axis] + k
                                                               : type.getLower()[lack.axis] - 1 - k;
      slices.push_back(sliceText(lack.recur, lack.carry, {{lack.axis, place}}));
      lines.push_back(slices.back() + " = 0");
    }
    diags
        ->error(subscriptSpan(lack.first->op, lack.axis),
                "the recurrence of `" + lack.first->tensor + "` over `" +
                    valueText(lack.recur.getTimes()[lack.time]) + "` lacks the boundar" +
                    (lack.count == 1 ? "y " : "ies ") + inWords(slices))
        .note("define what it starts from, as in " + inWords(lines));
  }
  std::vector<BoundsError> rest;
  for (auto [k, open] : llvm::enumerate(found))
    if (!explained[k])
      rest.push_back(open);
  found = std::move(rest);
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

/// The bounds of an index, the upper one exclusive, with their operands.
static std::optional<
    std::pair<std::pair<AffineExpr, ValueRange>, std::pair<AffineExpr, ValueRange>>>
boundsOf(BlockArgument index) {
  Operation *op = index.getOwner()->getParentOp();
  unsigned k = index.getArgNumber();
  auto pair = [](AffineExpr lower, ValueRange lowerDims, AffineExpr upper, ValueRange upperDims) {
    return std::pair(std::pair(lower, lowerDims), std::pair(upper, upperDims));
  };
  if (auto eq = dyn_cast<EqOp>(op))
    return pair(eq.getType().getLower()[k], {}, eq.getType().getUpper()[k], {});
  if (auto recur = dyn_cast<RecurOp>(op); recur && k < recur.getNumTimes())
    return pair(recur.getLower().getResult(k), {}, recur.getUpper().getResult(k), {});
  if (auto scatter = dyn_cast<ScatterOp>(op))
    return pair(scatter.getLower().getResult(k), {}, scatter.getUpper().getResult(k), {});
  if (std::optional<Binding> binding = getBinding(op))
    return pair(binding->lower.getResult(k), binding->lowerOperands, binding->upper.getResult(k),
                binding->upperOperands);
  return std::nullopt;
}

/// The least or the greatest value of `expr` by the ranges of the indices in it, over
/// extents; null where that is not a matter of ranges.
static AffineExpr extremeOf(AffineExpr expr, ValueRange dims, bool greatest) {
  if (isa<AffineConstantExpr, AffineSymbolExpr>(expr))
    return expr;
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    auto index = dyn_cast<BlockArgument>(dims[dim.getPosition()]);
    auto bounds = index ? boundsOf(index) : std::nullopt;
    if (!bounds)
      return {};
    auto &[bound, operands] = greatest ? bounds->second : bounds->first;
    AffineExpr end = extremeOf(bound, operands, greatest);
    return end && greatest ? end - 1 : end;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  AffineExpr a = binary.getLHS(), b = binary.getRHS();
  bool symbolic = b.isSymbolicOrConstant();
  auto factor = dyn_cast<AffineConstantExpr>(b);
  switch (expr.getKind()) {
  case AffineExprKind::Add: {
    AffineExpr x = extremeOf(a, dims, greatest), y = extremeOf(b, dims, greatest);
    return x && y ? x + y : AffineExpr();
  }
  case AffineExprKind::Mul: {
    // Extents are not negative.
    AffineExpr x =
        symbolic ? extremeOf(a, dims, greatest != (factor && factor.getValue() < 0)) : AffineExpr();
    return x ? x * b : AffineExpr();
  }
  case AffineExprKind::FloorDiv: {
    AffineExpr x = symbolic ? extremeOf(a, dims, greatest) : AffineExpr();
    return x ? x.floorDiv(b) : AffineExpr();
  }
  case AffineExprKind::Mod:
    return !symbolic ? AffineExpr() : greatest ? b - 1 : getAffineConstantExpr(0, b.getContext());
  default:
    return {};
  }
}

/// Whether `size` grows with some extent: then a `where` can make it as large as needed.
static bool mayGrow(AffineExpr size) {
  auto binary = dyn_cast<AffineBinaryOpExpr>(size);
  if (!binary)
    return isa<AffineSymbolExpr>(size);
  if (size.getKind() == AffineExprKind::Add)
    return mayGrow(binary.getLHS()) || mayGrow(binary.getRHS());
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  return size.getKind() == AffineExprKind::Mul
             ? mayGrow(binary.getLHS()) && !(factor && factor.getValue() < 0)
             : mayGrow(binary.getLHS());
}

/// Whether a `where` may state that `size` is not negative: of extents that it grows with.
static bool canBeRequired(AffineExpr size, FuncOp func) {
  bool plain = true;
  size.walk([&](AffineExpr part) {
    if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
      plain &= cast<ExtentAttr>(func.getExtents()[symbol.getPosition()]).getKind() ==
               ExtentKind::dynamic;
  });
  return plain && mayGrow(size);
}

/// A quotient of sizes that `expr` divides by, `H / G`, as the remainder `H % G`; null
/// without one. Such an expression is in bounds where the remainder is 0.
static AffineExpr remainderIn(AffineExpr expr) {
  AffineExpr remainder;
  expr.walk([&](AffineExpr part) {
    auto outer = dyn_cast<AffineBinaryOpExpr>(part);
    if (!outer ||
        (part.getKind() != AffineExprKind::FloorDiv && part.getKind() != AffineExprKind::Mod))
      return;
    auto inner = dyn_cast<AffineBinaryOpExpr>(outer.getRHS());
    if (inner && inner.getKind() == AffineExprKind::FloorDiv)
      remainder = inner.getLHS() % inner.getRHS();
  });
  return remainder;
}

/// `written` where it says the same as `shown` in the author's words: with params instead of
/// their values.
static StringRef inSourceWords(StringRef written, StringRef shown) {
  auto packed = [](StringRef text) {
    std::string out;
    llvm::copy_if(text, std::back_inserter(out), [](char c) { return !llvm::isSpace(c); });
    return out;
  };
  bool plain = !written.empty() && written.find_first_of("()[]\n") == StringRef::npos;
  return plain && packed(written) != packed(shown) ? written : shown;
}

std::string Emitter::requirement(AffineExpr less, AffineExpr more, AffineExpr slack) {
  if (!isa<AffineConstantExpr>(less))
    return show(less) + " <= " + show(more);
  // N - 1 >= 0 is better known as N >= 1.
  auto sum = dyn_cast<AffineBinaryOpExpr>(slack);
  auto rest = sum && sum.getKind() == AffineExprKind::Add
                  ? dyn_cast<AffineConstantExpr>(sum.getRHS())
                  : AffineConstantExpr();
  return rest && rest.getValue() != std::numeric_limits<int64_t>::min()
             ? show(sum.getLHS()) + " >= " + std::to_string(-rest.getValue())
             : show(slack) + " >= 0";
}

/// A note of what an access that is open may be changed into.
static std::string fixFor(StringRef where, bool isData) {
  std::string guard = "guard it with `if`", pad = "read it by `pad(..., value)`";
  if (!where.empty())
    return guard + ", " + pad + ", or add `where " + where.str() + "`";
  return isData ? guard + ", " + pad + ", or add a `where`" : guard + ", or " + pad;
}

/// Reports `open` of one read where it always lies outside; false where it need not.
bool Emitter::reportOutside(Facts &facts, AtOp at, const BoundsError &open, StringRef what) {
  const mixer::Scope &scope = facts.scopeOf(at);
  auto type = cast<MixerTensorType>(at.getTensor().getType());
  AffineExpr subscript = at.getMap().getResult(open.axis);
  AffineExpr lower = type.getLower()[open.axis], upper = type.getUpper()[open.axis];
  bool above = open.kind == BoundsError::Kind::Upper;
  Polynomial place = facts.expression(subscript, at.getIndices(), scope);
  Polynomial limit = facts.expression(above ? upper : lower - 1, {}, scope);
  if (!facts.proves(above ? place - limit : limit - place, scope))
    return false;
  auto error = diags->error(subscriptSpan(at, open.axis),
                            what + " is out of bounds: axis " + Twine(open.axis) + " of `" +
                                open.tensor + "` has " + show(lower) + ".." + show(upper));
  auto constant = dyn_cast<AffineConstantExpr>(subscript);
  if (above && subscript == upper)
    error.note((lower == getAffineConstantExpr(0, s.context()) ? "indices count from 0"
                                                               : "a range is half open") +
               StringRef(": the last one is `") + show(upper - 1) + "`");
  else if (constant && constant.getValue() < 0)
    error.note("a negative index does not count from the end: write `" +
               show(upper + constant.getValue()) + "`");
  else
    error.note("where it may lie outside, read it by `pad(..., value)`");
  return true;
}

void Emitter::reportRead(Facts &facts, AtOp at, ArrayRef<BoundsError> open) {
  auto type = cast<MixerTensorType>(at.getTensor().getType());
  ArrayRef<Span> spans = s.spans(at.getLoc());
  SmallVector<StringRef> words;
  llvm::SplitString(diags->sources().text(spans.empty() ? Span() : spans.front()), words);
  std::string what = "`" + llvm::join(words, " ") + "`";

  // Several bounds of one read are one mistake.
  Span span;
  std::string openFacts, where;
  SmallVector<std::string> reaches;
  bool isData = false;
  for (const BoundsError &error : open) {
    if (reportOutside(facts, at, error, what))
      continue;
    Span place = subscriptSpan(at, error.axis);
    span = span.valid() ? span.to(place) : place;
    StringRef shown =
        inSourceWords(spans.size() > 1 ? diags->sources().text(place) : "", error.subscript);
    openFacts += (openFacts.empty() ? "`" : " and `") + shown.str() +
                 error.openFact.substr(error.subscript.size()) + "`";

    AffineExpr subscript = at.getMap().getResult(error.axis);
    if (AffineExpr remainder = remainderIn(subscript)) {
      where = show(remainder) + " == 0";
      continue;
    }
    auto extreme = [&](bool greatest) {
      AffineExpr value = extremeOf(subscript, at.getIndices(), greatest);
      return value ? simplifyAffineExpr(value, 0, func.getExtents().size()) : value;
    };
    AffineExpr least = extreme(/*greatest=*/false), greatest = extreme(/*greatest=*/true);
    // A guard around it narrows the ranges.
    if (!least || !greatest || at->getParentOfType<scf::IfOp>()) {
      isData = true;
      continue;
    }
    AffineExpr lower = type.getLower()[error.axis], upper = type.getUpper()[error.axis];
    std::string reach = "`" + shown.str() + "` runs over " + show(least) + ".." +
                        show(greatest + 1) + ", axis " + std::to_string(error.axis) + " of `" +
                        error.tensor + "` over " + show(lower) + ".." + show(upper);
    if (least != greatest && !is_contained(reaches, reach))
      reaches.push_back(reach);
    bool above = error.kind == BoundsError::Kind::Upper;
    AffineExpr less = above ? greatest + 1 : lower, more = above ? upper : least;
    if (AffineExpr slack = simplifyAffineExpr(more - less, 0, func.getExtents().size());
        canBeRequired(slack, func))
      where += (where.empty() ? "" : ", ") + requirement(less, more, slack);
  }
  if (openFacts.empty())
    return;
  auto error = diags->error(span, what + ": can't show " + openFacts);
  for (const std::string &reach : reaches)
    error.note(reach);
  error.note(fixFor(where, isData));
}

void Emitter::reportPosition(const BoundsError &open) {
  Span span = subscriptSpan(open.op, open.axis);
  if (isa<ScatterOp>(open.op)) {
    SmallVector<StringRef> words;
    llvm::SplitString(diags->sources().text(span), words);
    diags->error(span, "`" + llvm::join(words, " ") + "`: can't show `" + open.openFact + "`")
        .note("the point lies outside of `" + open.tensor +
              "`: narrow the range of the index, or add a `where`");
    return;
  }
  auto error = diags->error(span, "`" + open.tensor + "`: can't show `" + open.openFact + "`");
  if (isa<OrderOp>(open.op))
    error.note("a rank counts candidates from 0: lower it, guard it with `if`, or add a `where`");
  else
    error.note("`" + open.tensor +
               "` has values in its own range only: read it at an index "
               "inside, or guard it with `if`");
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

Span Emitter::subscriptSpan(Operation *op, unsigned axis) {
  ArrayRef<Span> spans = s.spans(op->getLoc());
  return axis + 1 < spans.size() ? spans[axis + 1] : spans.empty() ? Span() : spans.front();
}

void Emitter::checkBounds() {
  Facts facts(func);
  if (!corners.empty())
    checkCorners(facts);
  std::vector<BoundsError> found;
  mixer::checkBounds(func, facts, [&](const BoundsError &open) { found.push_back(open); });
  reportBoundaries(facts, found);
  for (ArrayRef<BoundsError> left = found; !left.empty();) {
    const BoundsError &first = left.front();
    ArrayRef<BoundsError> same =
        left.take_while([&](const BoundsError &other) { return other.op == first.op; });
    left = left.drop_front(same.size());
    ArrayRef<BoundsError> places = same.take_while(
        [](const BoundsError &open) { return open.kind != BoundsError::Kind::Earlier; });
    auto at = dyn_cast<AtOp>(first.op);
    if (places.empty())
      diags
          ->error(subscriptSpan(first.op, first.axis),
                  "can't show that this reads an earlier step of `" + first.bound + "`: `" +
                      first.openFact + "`")
          .note("a recurrence reads earlier steps of itself only");
    else if (at)
      reportRead(facts, at, places);
    else
      llvm::for_each(places, [&](const BoundsError &open) { reportPosition(open); });
  }
}

} // namespace mixc::mix
