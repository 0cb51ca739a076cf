// Any bytes through the parser; what parses goes through the formatter and back.
#include "test/frontends/mix/RoundTrip.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  std::string failure = mixc::mix::roundTripFailure(text);
  if (!failure.empty()) {
    llvm::errs() << failure << '\n';
    std::abort();
  }
  return 0;
}
