//===- Bounds.cpp - what could not be shown in bounds, as diagnostics -----===//
#include "frontends/mix/Emitter.h"

#include "dialects/mixer/analysis/Bounds.h"
#include "dialects/mixer/analysis/Names.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

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
        Polynomial step = facts.expression(at.getMap().getResult(corner.axes[k]),
                                           at.getIndices(), scope);
        Polynomial limit = facts.expression(corner.constants[k], {}, scope);
        Polynomial away = corner.above[k] ? limit - step : step - limit;
        return facts.proves(away - Polynomial(1), scope);
      };
      if (position != carry || avoids(0) || avoids(1))
        continue;
      ArrayRef<Span> spans = s.spans(at.getLoc());
      std::string place = corner.axes[0] < corner.axes[1]
                              ? show(corner.constants[0]) + " and " + show(corner.constants[1])
                              : show(corner.constants[1]) + " and " + show(corner.constants[0]);
      diags->error(spans.empty() ? Span() : spans.front(),
                   "this may read `" + cast<StringAttr>(recur.getNames()[carry]).getValue() +
                       "` at " + place + ", where it has no value")
          .note("let one of the boundaries reach into the corner: `j in -1..M`, or define it");
      return;
    }
  });
}

/// The boundaries that a recurrence lacks where one of its earlier steps is read outside of
/// it, as left sides: `y[b,-1] = ...`; empty where the read is none of that kind.
static std::string missingBoundaries(Facts &facts, AtOp at, const BoundsError &found,
                                     llvm::function_ref<std::string(AffineExpr)> show) {
  std::optional<HistoryRead> read = historyRead(at);
  auto *along = read ? llvm::find(read->timeAxes, found.axis) : nullptr;
  if (!along || along == read->timeAxes.end())
    return {};
  RecurOp recur = read->recur;
  unsigned m = along - read->timeAxes.begin(), axis = found.axis;
  bool reverse = recur.getReverse()[m];
  if (found.kind != (reverse ? BoundsError::Kind::Upper : BoundsError::Kind::Lower))
    return {};
  // The names on the left side: of the slice's equation and of the times.
  auto appends = recur.getBody().getOps<AppendOp>();
  auto append = llvm::find_if(appends, [&](AppendOp op) {
    return op.getHistory() == recur.getBody().getArgument(recur.getNumTimes() + read->carry);
  });
  if (append == appends.end())
    return {};
  auto eq = (*append).getSlice().getDefiningOp<EqOp>();
  ArrayRef<Attribute> names = eq ? eq.getIndexNames().getValue() : ArrayRef<Attribute>();
  SmallVector<std::string> left;
  for (AffineExpr place : (*append).getMap().getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(place);
    unsigned rank = names.size();
    if (!dim || dim.getPosition() >= rank + recur.getNumTimes())
      return {};
    left.push_back(dim.getPosition() < rank
                       ? cast<StringAttr>(names[dim.getPosition()]).str()
                       : valueText(recur.getTimes()[dim.getPosition() - rank]));
  }
  // A fixed number of steps back, beyond those that are there.
  const mixer::Scope &scope = facts.scopeOf(at);
  Polynomial step = facts.expression(at.getMap().getResult(axis), at.getIndices(), scope);
  Polynomial now = facts.value(recur.getTimes()[m]);
  auto type = cast<MixerTensorType>(at.getTensor().getType());
  AffineExpr first = reverse ? recur.getUpper().getResult(m) - 1 : recur.getLower().getResult(m);
  AffineExpr edge = reverse ? type.getUpper()[axis] - 1 : type.getLower()[axis];
  auto given = dyn_cast<AffineConstantExpr>(reverse ? edge - first : first - edge);
  constexpr int64_t most = 4;
  for (int64_t back = 1; given && back <= most; ++back) {
    if (!(step == (reverse ? now + Polynomial(back) : now - Polynomial(back))))
      continue;
    std::string text;
    for (int64_t k = given.getValue() + 1; k <= back; ++k) {
      left[axis] = show(reverse ? first + k : first - k);
      text += (text.empty() ? "`" : ", `") + found.tensor + "[" + llvm::join(left, ",") + "] = ...`";
    }
    return text;
  }
  return {};
}

void Emitter::checkBounds() {
  Facts facts(func);
  if (!corners.empty())
    checkCorners(facts);
  mixer::checkBounds(func, facts, [&](const BoundsError &found) {
    ArrayRef<Span> spans = s.spans(found.op->getLoc());
    Span whole = spans.empty() ? Span() : spans.front();
    Span subscript = found.axis + 1 < spans.size() ? spans[found.axis + 1] : whole;
    if (found.kind == BoundsError::Kind::Earlier) {
      diags->error(subscript, "can't show that this reads an earlier step of `" + found.bound +
                                  "`: `" + found.openFact + "`")
          .note("a recurrence reads earlier steps of itself only");
      return;
    }
    // A read is named as a whole; a scatter by its subscript, an `op[..](..)` by its name.
    bool isRead = isa<AtOp>(found.op);
    SmallVector<StringRef> words;
    llvm::SplitString(diags->sources().text(isRead ? whole : subscript), words);
    std::string what = llvm::join(words, " ");
    if (isa<AlongOp, OrderOp>(found.op))
      what = found.tensor;
    std::string boundaries;
    if (auto at = dyn_cast<AtOp>(found.op))
      boundaries = missingBoundaries(facts, at, found, [&](AffineExpr expr) { return show(expr); });
    auto error = diags->error(subscript, "`" + what + "`: can't show `" + found.openFact + "`");
    if (!boundaries.empty()) {
      error.note("the recurrence starts without it: define its boundary: " + boundaries);
      return;
    }
    error.note(isRead ? "guard it with `if`, read it by `pad(..., value)`, or add a `where`"
              : isa<AlongOp>(found.op)
                  ? "`" + found.tensor + "` has values in its own range only: read it at an index "
                    "inside, or guard it with `if`"
              : isa<OrderOp>(found.op)
                  ? "a rank counts candidates from 0: lower it, guard it with `if`, or add a `where`"
                  : "the point lies outside of `" + found.tensor +
                        "`: narrow the range of the index, or add a `where`");
  });
}

} // namespace mixc::mix
