//===- Parser.h - from text to tree ------------------------------*- C++ -*-===//
#ifndef MIXC_FRONTENDS_MIX_PARSER_H
#define MIXC_FRONTENDS_MIX_PARSER_H

#include "frontends/mix/AST.h"
#include "frontends/mix/Diagnostics.h"

namespace mixc::mix {

/// Parses a file of `sources`. After an error the parser goes on at the next
/// statement, so that one run reports several. The result is always a tree, of what
/// could be read; it follows the grammar throughout only if no error was reported,
/// and later stages ask for that.
File parse(const SourceManager &sources, FileId file, Diagnostics &diags);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_PARSER_H
