//===- Diagnostics.h - what a run has to say about a text --------*- C++ -*-===//
//
// Stages append diagnostics while they work and go on; the driver prints the list
// at the end. A message is lower case, without a full stop, with code in backticks;
// it says what was seen and what was expected. A note says what to do about it.
//
//   diags.error(span, "`" + name + "` is not defined")
//       .note(other.span, "did you mean `" + other.name + "`?");
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_DIAGNOSTICS_H
#define MIXC_FRONTENDS_MIX_DIAGNOSTICS_H

#include "frontends/mix/Source.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/JSON.h"

#include <optional>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace mixc::mix {

enum class Severity { Error, Warning };

/// A remark below a diagnostic, with a place of its own or without.
struct Note {
  std::optional<Span> span;
  std::string text;
};

/// One finding. A span that is nowhere means that it concerns the run as a whole.
struct Diagnostic {
  Severity severity = Severity::Error;
  Span span;
  std::string message;
  std::vector<Note> notes;
};

class Diagnostics;

/// Adds notes to the diagnostic just reported. Does nothing when that one was
/// dropped (a duplicate, or past the limit). Good until the end of the statement.
class DiagnosticBuilder {
public:
  /// Stands for a diagnostic that was dropped.
  DiagnosticBuilder() = default;

  DiagnosticBuilder &note(const llvm::Twine &text);
  DiagnosticBuilder &note(Span span, const llvm::Twine &text);

private:
  friend class Diagnostics;
  explicit DiagnosticBuilder(Diagnostic *diagnostic) : diagnostic_(diagnostic) {}

  Diagnostic *diagnostic_ = nullptr;
};

/// The list of findings of a run.
class Diagnostics {
public:
  /// At most this many errors, and as many warnings, are kept; further ones are
  /// only counted. A broken file explains itself in the first few.
  static constexpr unsigned limit = 20;

  explicit Diagnostics(const SourceManager &sources) : sources_(&sources) {
    kept_.reserve(size_t(2) * limit); // builders point into it
  }

  /// Reports an error. One with the same place and message as an earlier one is
  /// dropped, and so is what follows the first `limit`.
  DiagnosticBuilder error(Span span, const llvm::Twine &message);
  /// Reports a warning, under the same rules.
  DiagnosticBuilder warning(Span span, const llvm::Twine &message);

  bool hasErrors() const { return errors_ != 0; }
  /// The errors reported, those past the limit included.
  unsigned errorCount() const { return errors_; }
  unsigned warningCount() const { return warnings_; }
  /// The diagnostics kept, in the order of their reports.
  llvm::ArrayRef<Diagnostic> list() const { return kept_; }
  const SourceManager &sources() const { return *sources_; }

  /// Prints everything kept, by places: `file:line:col: error: message`, the source line, a
  /// caret range, the notes; then, where some were left out, how many. `colour`
  /// writes ANSI sequences.
  void print(llvm::raw_ostream &os, bool colour = false) const;

  /// The list as `mixc check --json` gives it: an array of
  /// `{file, line, column, severity, message, notes}`, a note being
  /// `{message}` and, where it has a place, `file`, `line`, `column`.
  llvm::json::Array toJSON() const;

private:
  DiagnosticBuilder report(Severity severity, Span span, const llvm::Twine &message);
  /// The diagnostics kept, by their places.
  std::vector<const Diagnostic *> sorted() const;

  const SourceManager *sources_;
  std::vector<Diagnostic> kept_;
  unsigned errors_ = 0;
  unsigned warnings_ = 0;
};

/// The one of `candidates` that `word` most likely means: within a third of its
/// length in edits, and the closest. Empty when none is near.
llvm::StringRef closest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_DIAGNOSTICS_H
