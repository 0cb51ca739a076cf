// Any bytes through the parser, the checker, the emitter and the proofs of bounds. libFuzzer's own
// mutations try the bytes; every other time those of specs are used, which get further.
#include "test/fuzz/CheckText.h"
#include "test/fuzz/Mutations.h"

#include <cstdlib>
#include <cstring>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t limit);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  std::string failure = mixc::mix::checkFailure(text);
  if (!failure.empty()) {
    llvm::errs() << failure << '\n';
    std::abort();
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t limit, unsigned seed) {
  if (seed % 2)
    return LLVMFuzzerMutate(data, size, limit);
  std::string text(reinterpret_cast<const char *>(data), size);
  text = mixc::mix::Mutations({text}).change(text, seed).substr(0, limit);
  std::memcpy(data, text.data(), text.size());
  return text.size();
}
