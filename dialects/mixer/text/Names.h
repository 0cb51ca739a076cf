//===- Names.h - legal and unique names of the text ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_TEXT_NAMES_H
#define MIXC_DIALECTS_MIXER_TEXT_NAMES_H

#include "llvm/ADT/StringSet.h"

#include <string>

namespace mixc::mixer {

/// Whether the language has a meaning of its own for `word`: a reserved word, an element type, a
/// scalar function or a reduction.
bool isWordOfTheLanguage(llvm::StringRef word);

/// The names of one mixer.
class TextNames {
public:
  /// A name of the mixer's scope (an extent, tensor, function) like `wanted`: `o.sum` becomes
  /// `o_sum`, a second `s` becomes `s_1`.
  std::string global(llvm::StringRef wanted);
  /// The same for an extent, which begins with a capital.
  std::string extent(llvm::StringRef wanted);
  /// Says that `name` is read without brackets, so that no index may have it.
  void addBare(llvm::StringRef name) { bare.insert(name); }
  /// An index or argument like `wanted` that hides nothing: lower case, not one of the locals open.
  std::string openLocal(llvm::StringRef wanted);
  void closeLocal(llvm::StringRef name) { locals.erase(name); }

private:
  llvm::StringSet<> globals, bare, locals;
};

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_TEXT_NAMES_H
