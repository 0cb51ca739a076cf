//===- Habits.h - what other notations write ---------------------*- C++ -*-===//
//
// A spec is often written down from a paper or from code: with `**`, `True`, `cumsum`
// or `∑`. What such a word or sign is called here stands in these tables, and an error
// about it says so in its note.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_HABITS_H
#define MIXC_FRONTENDS_MIX_HABITS_H

#include "frontends/mix/AST.h"

#include <optional>

namespace mixc::mix {

/// What a word of another notation stands in place of.
enum class Habit { Value, Function, Statement, Item };

/// How the language writes what `word` means elsewhere; empty for a word that is none.
llvm::StringRef habitOf(Habit habit, llvm::StringRef word);

/// The element type that `word` means elsewhere: `float32` is f32.
std::optional<ElementType> elementHabit(llvm::StringRef word);

/// The same of the sign, outside ASCII, that `text` begins with.
llvm::StringRef signHabit(llvm::StringRef text);

/// The code point of the first character of `text` where that shows as a blank and is none.
std::optional<uint32_t> blankSign(llvm::StringRef text);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_HABITS_H
