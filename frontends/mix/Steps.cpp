#include "frontends/mix/Emitter.h"
namespace mixc::mix {
void Emitter::emitRecurrence(MixerScope &scope, llvm::ArrayRef<Unit *> group) {
  diags->error(group.front()->statement->span, "recurrences are not emitted yet");
}
}
