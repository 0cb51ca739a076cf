//===- Format.h - the canonical layout of a file -----------------*- C++ -*-===//
#ifndef MIXC_FRONTENDS_MIX_FORMAT_H
#define MIXC_FRONTENDS_MIX_FORMAT_H

#include "frontends/mix/AST.h"

namespace mixc::mix {

/// The text of `file` in the canonical layout. The tree must have been parsed from
/// `sources` without an error. Tokens, comments, parentheses and the user's line
/// breaks inside statements stay; blanks, indents, runs of blank lines and line ends
/// become canonical, and lines past 100 columns are broken at operators and commas.
/// Formatting twice gives the same text, and the text parses to the same tree.
std::string format(const File &file, const SourceManager &sources);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_FORMAT_H
