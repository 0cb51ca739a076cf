//===- RoundTrip.h - what must hold for every text ---------------*- C++ -*-===//
//
// Any bytes: parsing ends and, if it finds no error, formatting loses nothing.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_TEST_FRONTENDS_MIX_ROUNDTRIP_H
#define MIXC_TEST_FRONTENDS_MIX_ROUNDTRIP_H

#include "frontends/mix/Format.h"
#include "frontends/mix/Parser.h"

#include "llvm/Support/raw_ostream.h"

namespace mixc::mix {

/// Parses `text`, prints what was found, and, where it parses, formats it, parses
/// that and formats it again. Returns what went wrong; empty: all is well.
inline std::string roundTripFailure(llvm::StringRef text) {
  SourceManager sources;
  Diagnostics diags(sources);
  File file = parse(sources, sources.addText("input.mix", text), diags);
  std::string printed;
  llvm::raw_string_ostream os(printed);
  diags.print(os);
  (void)diags.toJSON();
  for (const Diagnostic &d : diags.list())
    if (!d.span.valid() || d.notes.empty())
      return "an error without a place or a note\n" + printed;
  if (diags.hasErrors())
    return "";

  std::string once = format(file, sources);
  Diagnostics again(sources);
  File formatted = parse(sources, sources.addText("formatted.mix", once), again);
  if (again.hasErrors()) {
    again.print(os);
    return "the formatted text does not parse\n" + printed;
  }
  if (dump(file) != dump(formatted))
    return "formatting changes the tree\n" + once;
  if (file.comments.size() != formatted.comments.size())
    return "formatting loses a comment\n" + once;
  if (format(formatted, sources) != once)
    return "formatting twice changes the text\n" + once;
  return "";
}

} // namespace mixc::mix

#endif // MIXC_TEST_FRONTENDS_MIX_ROUNDTRIP_H
