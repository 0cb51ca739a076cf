//===- Mutations.h - texts that are almost specs -------------------*- C++ -*-===//
//
// A mutant is a text of the corpus after one to four changes: of bytes, which try
// the lexer; of tokens and numbers, which mostly parse; of whole lines and splices
// of two texts, which mostly get as far as the checker.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_TEST_FUZZ_MUTATIONS_H
#define MIXC_TEST_FUZZ_MUTATIONS_H

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mixc::mix {

class Mutations {
public:
  explicit Mutations(std::vector<std::string> corpus);

  /// The mutant number `number` of `seed`: the same each time, for the same corpus.
  std::string mutant(uint64_t seed, uint64_t number);
  /// `text` after one to four changes.
  std::string change(std::string text, uint64_t seed);

private:
  size_t below(size_t bound) { return bound ? random() % bound : 0; }
  void changeOnce(std::string &text);
  void changeBytes(std::string &text);
  void changeTokens(std::string &text);
  void changeNumber(std::string &text);
  void changeLines(std::string &text);
  void splice(std::string &text);
  void nest(std::string &text);

  std::vector<std::string> corpus;
  std::vector<std::string> tokens; ///< all that occur in the corpus
  std::mt19937_64 random;
};

} // namespace mixc::mix

#endif // MIXC_TEST_FUZZ_MUTATIONS_H
