//===- Spacing.h - what stands between two tokens ----------------*- C++ -*-===//
//
// The formatter's rules inside a line. Canonical text has blanks around operators
// and behind commas, except in subscripts and shapes, where arithmetic is written
// closely (`x[b, 2*n+1]`, `[B, H/G]`), and in subscripts all of whose parts are
// without a blank, where commas are close, too (`q[b,h,i,d]`).
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_SPACING_H
#define MIXC_FRONTENDS_MIX_SPACING_H

#include "frontends/mix/Lexer.h"

namespace mixc::mix {

/// What a token is beside its kind, and the gap before it.
struct Gap {
  bool space = false;
  bool opens = false, closes = false; ///< the token is a bracket, `<` and `>` of params too
  /// How gladly a long line is broken here: lower is better, `never` not at all.
  uint8_t breakCost = never;
  uint16_t depth = 0; ///< brackets open here

  static constexpr uint8_t never = 255;
};

/// The gaps of the tokens of one statement or header. `isAngle` tells whether a `<`
/// or `>` is a bracket.
std::vector<Gap> gaps(llvm::ArrayRef<Token> tokens, llvm::StringRef text, bool isHeader,
                      llvm::function_ref<bool(const Token &)> isAngle);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_SPACING_H
