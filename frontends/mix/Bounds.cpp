//===- Bounds.cpp - what could not be shown in bounds, as diagnostics -----===//
#include "frontends/mix/Emitter.h"

#include "dialects/mixer/analysis/Bounds.h"

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
    diags->error(subscript, "`" + what + "`: can't show `" + found.openFact + "`")
        .note(isRead ? "guard it with `if`, read it by `pad(..., value)`, or add a `where`"
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
