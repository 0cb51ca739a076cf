//===- Bounds.cpp - what could not be shown in bounds, as diagnostics -----===//
#include "frontends/mix/Emitter.h"

#include "dialects/mixer/analysis/Bounds.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

void Emitter::checkBounds() {
  mixer::checkBounds(func, [&](const BoundsError &found) {
    ArrayRef<Span> spans = s.spans(found.op->getLoc());
    Span whole = spans.empty() ? Span() : spans.front();
    Span subscript = found.axis + 1 < spans.size() ? spans[found.axis + 1] : whole;
    if (found.kind == BoundsError::Kind::Earlier) {
      diags->error(subscript, "can't show that this reads an earlier step of `" + found.bound +
                                  "`: `" + found.openFact + "`")
          .note("a recurrence reads earlier steps of itself only");
      return;
    }
    SmallVector<StringRef> words;
    llvm::SplitString(diags->sources().text(isa<AtOp>(found.op) ? whole : subscript), words);
    diags->error(subscript, "`" + llvm::join(words, " ") + "`: can't show `" + found.openFact +
                                "`")
        .note(isa<AtOp>(found.op)
                  ? "guard it with `if`, read it by `pad(..., value)`, or add a `where`"
                  : "the point lies outside of `" + found.tensor + "`: narrow the range of the "
                    "index, or add a `where`");
  });
}

} // namespace mixc::mix
