//===- Diagnostics.cpp - what a run has to say about a text ---------------===//
#include "frontends/mix/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <tuple>

using namespace llvm;

namespace mixc::mix {

DiagnosticBuilder &DiagnosticBuilder::note(const Twine &text) {
  if (diagnostic_)
    diagnostic_->notes.push_back({std::nullopt, text.str()});
  return *this;
}

DiagnosticBuilder &DiagnosticBuilder::note(Span span, const Twine &text) {
  if (diagnostic_)
    diagnostic_->notes.push_back({span, text.str()});
  return *this;
}

DiagnosticBuilder Diagnostics::error(Span span, const Twine &message) {
  return report(Severity::Error, span, message);
}

DiagnosticBuilder Diagnostics::warning(Span span, const Twine &message) {
  return report(Severity::Warning, span, message);
}

DiagnosticBuilder Diagnostics::report(Severity severity, Span span, const Twine &message) {
  unsigned &count = severity == Severity::Error ? errors_ : warnings_;
  std::string text = message.str();
  for (const Diagnostic &kept : kept_)
    if (kept.severity == severity && kept.span == span && kept.message == text)
      return DiagnosticBuilder();
  if (++count > limit)
    return DiagnosticBuilder();
  kept_.push_back({severity, span, std::move(text), {}});
  return DiagnosticBuilder(&kept_.back());
}

std::vector<const Diagnostic *> Diagnostics::sorted() const {
  std::vector<const Diagnostic *> order;
  for (const Diagnostic &d : kept_)
    order.push_back(&d);
  // Those without a place come last.
  auto key = [](const Diagnostic *d) {
    return std::tuple(!d->span.valid(), d->span.file, d->span.begin);
  };
  llvm::stable_sort(order, [&](auto *a, auto *b) { return key(a) < key(b); });
  return order;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

namespace {

constexpr const char *bold = "\033[1m", *red = "\033[1;31m", *magenta = "\033[1;35m",
                     *cyan = "\033[1;36m", *green = "\033[1;32m", *plain = "\033[0m";

/// A source line is shown up to this many bytes; a longer one is cut around the caret.
constexpr size_t shownWidth = 160;

bool isContinuation(char c) { return (c & 0xC0) == 0x80; }

class Printer {
public:
  Printer(const SourceManager &sources, raw_ostream &os, bool colour)
      : sources(sources), os(os), colour(colour) {}

  void entry(StringRef label, const char *labelColour, Span span, StringRef message) {
    if (span.valid()) {
      LineColumn at = sources.lineColumn(span);
      paint(bold,
            (sources.file(span.file).path() + ":" + Twine(at.line) + ":" + Twine(at.column) + ": ")
                .str());
    }
    paint(labelColour, (label + ": ").str());
    if (label == "note")
      os << message;
    else
      paint(bold, message);
    os << '\n';
    if (span.valid())
      excerpt(span);
  }

private:
  void paint(const char *code, StringRef text) {
    if (colour)
      os << code << text << plain;
    else
      os << text;
  }

  /// The first line of `span` and a caret with a tail below it.
  void excerpt(Span span) {
    const SourceFile &file = sources.file(span.file);
    unsigned number = file.lineColumn(span.begin).line;
    StringRef line = file.line(number);
    size_t start = file.lineStart(number);
    // A byte order mark or the line's end may be the place: stay inside the line.
    size_t from = std::min<size_t>(span.begin > start ? span.begin - start : 0, line.size());
    size_t to = std::clamp<size_t>(span.end > start ? span.end - start : 0, from, line.size());

    size_t left = 0, right = line.size();
    if (line.size() > shownWidth) {
      left = from > shownWidth / 2 ? from - shownWidth / 2 : 0;
      right = std::min(line.size(), left + shownWidth);
      while (left < from && isContinuation(line[left]))
        ++left;
      while (right < line.size() && isContinuation(line[right]))
        ++right;
      to = std::min(to, right);
    }
    StringRef head = left ? "..." : "", tail = right < line.size() ? "..." : "";
    os << head;
    // What could move the cursor or is not text must not reach a terminal.
    for (char c : line.slice(left, right))
      os << (c == '\t' || static_cast<unsigned char>(c) >= 0x20 ? (c == 0x7f ? '?' : c) : '?');
    os << tail << '\n';

    os << std::string(head.size(), ' ');
    for (char c : line.slice(left, from))
      if (!isContinuation(c))
        os << (c == '\t' ? '\t' : ' ');
    std::string mark = "^";
    for (char c : line.slice(from, to).drop_front(from < to ? 1 : 0))
      if (!isContinuation(c))
        mark += '~';
    paint(green, mark);
    os << '\n';
  }

  const SourceManager &sources;
  raw_ostream &os;
  bool colour;
};

StringRef label(Severity severity) { return severity == Severity::Error ? "error" : "warning"; }

} // namespace

void Diagnostics::print(raw_ostream &os, bool colour) const {
  Printer printer(*sources_, os, colour);
  for (const Diagnostic *d : sorted()) {
    printer.entry(label(d->severity), d->severity == Severity::Error ? red : magenta, d->span,
                  d->message);
    for (const Note &note : d->notes)
      printer.entry("note", cyan, note.span.value_or(Span()), note.text);
  }
  auto rest = [&](unsigned count, StringRef what) {
    if (count > limit)
      os << "and " << count - limit << " more " << what << (count - limit == 1 ? "" : "s") << '\n';
  };
  rest(errors_, "error");
  rest(warnings_, "warning");
}

json::Array Diagnostics::toJSON() const {
  auto place = [&](json::Object &object, Span span) {
    if (!span.valid())
      return;
    LineColumn at = sources_->lineColumn(span);
    object["file"] = json::fixUTF8(sources_->file(span.file).path());
    object["line"] = at.line;
    object["column"] = at.column;
  };
  json::Array list;
  for (const Diagnostic *d : sorted()) {
    json::Array notes;
    for (const Note &note : d->notes) {
      json::Object object{{"message", json::fixUTF8(note.text)}};
      place(object, note.span.value_or(Span()));
      notes.push_back(std::move(object));
    }
    json::Object object{{"severity", label(d->severity)},
                        {"message", json::fixUTF8(d->message)},
                        {"notes", std::move(notes)}};
    place(object, d->span);
    list.push_back(std::move(object));
  }
  return list;
}

StringRef closest(StringRef word, ArrayRef<StringRef> candidates) {
  StringRef best;
  unsigned bound = (word.size() + 2) / 3;
  for (StringRef candidate : candidates) {
    unsigned distance = word.edit_distance(candidate, /*AllowReplacements=*/true, bound);
    // A one-letter word is an edit away from every other one: no help.
    if (distance <= bound && distance < std::max(word.size(), candidate.size()) &&
        (best.empty() || distance < word.edit_distance(best)))
      best = candidate;
  }
  return best;
}

} // namespace mixc::mix
