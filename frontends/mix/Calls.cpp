#include "frontends/mix/Emitter.h"
namespace mixc::mix {
void Emitter::emitMixerCall(MixerScope &scope, Unit &unit) {
  diags->error(unit.statement->span, "calls are not emitted yet");
}
}
