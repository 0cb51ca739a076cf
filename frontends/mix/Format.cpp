//===- Format.cpp - the canonical layout of a file ------------------------===//
//
// The formatter prints tokens, not the tree: nothing that the user wrote can get
// lost. The tree tells where statements begin and end. A *unit* is what begins a
// line of its own: an import, a definition, a mixer's header with its `{`, a
// statement, a closing `}`.
//
// Formatting twice gives the same: a line's indent depends only on the tokens and
// on the breaks before it, breaks are kept, and only lines that are too long get
// more of them.
//
//===----------------------------------------------------------------------===//
#include "frontends/mix/Format.h"
#include "frontends/mix/Spacing.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mixc::mix {

namespace {

constexpr size_t maxWidth = 100;
constexpr unsigned bodyIndent = 2;   ///< of statements
constexpr unsigned wrapIndent = 4;   ///< of a statement's further lines
constexpr unsigned headerIndent = 2; ///< of `->` and `where` on lines of their own

class Formatter {
public:
  Formatter(const File &file, const SourceManager &sources)
      : file(file), text(sources.file(file.id).text()), diags(sources),
        list(lex(sources, file.id, diags)) {
    for (const StmtPtr &item : file.items) {
      const auto *mixer = dyn_cast<Mixer>(item.get());
      if (!mixer)
        continue;
      addAngles(mixer->paramsSpan);
      for (const StmtPtr &stmt : mixer->body)
        if (const auto *call = dyn_cast<CallStmt>(stmt.get()))
          addAngles(call->paramsSpan);
    }
  }

  std::string run() {
    for (const StmtPtr &item : file.items) {
      if (const auto *mixer = dyn_cast<Mixer>(item.get()))
        this->mixer(*mixer);
      else
        unit(item->span.end, 0, false);
    }
    comments(text.size(), 0);
    if (!out.empty())
      out += '\n';
    return std::move(out);
  }

private:
  void addAngles(Span span) {
    if (!span.valid())
      return;
    angles.insert(span.begin);
    angles.insert(span.end - 1);
  }

  void mixer(const Mixer &mixer) {
    unit(mixer.bodySpan.begin + 1, 0, true);
    noBlank = true;
    for (const StmtPtr &stmt : mixer.body)
      unit(stmt->span.end, bodyIndent, false);
    comments(mixer.bodySpan.end - 1, bodyIndent);
    noBlank = true;
    unit(mixer.bodySpan.end, 0, false);
    forceBlank = true;
  }

  //===--------------------------------------------------------------------===//
  // Lines
  //===--------------------------------------------------------------------===//

  /// Begins the line of something at `offset` of the source. Between units, a blank
  /// line of the user's stays, one of a run.
  void newLine(size_t offset, unsigned indent, bool insideUnit) {
    bool blank = text.slice(readTo, offset).count('\n') > 1;
    if (!out.empty()) {
      out += '\n';
      if (!insideUnit && !noBlank && (blank || forceBlank))
        out += '\n';
    }
    noBlank = forceBlank = false;
    out.append(indent, ' ');
    lineIndent = indent;
    column = indent;
  }

  void write(StringRef word) {
    out += word;
    column += word.size();
  }

  /// Prints the comments before `offset`. One on a line of its own gets `indent`.
  void comments(size_t offset, unsigned indent, bool insideUnit = false) {
    for (; nextComment < list.comments.size(); ++nextComment) {
      const Comment &comment = list.comments[nextComment];
      if (comment.span.begin >= offset)
        return;
      StringRef words = text.slice(comment.span.begin, comment.span.end);
      if (comment.ownLine || out.empty())
        newLine(comment.span.begin, indent, insideUnit);
      else
        out += "  ";
      out += words;
      readTo = comment.span.end;
    }
  }

  //===--------------------------------------------------------------------===//
  // Units
  //===--------------------------------------------------------------------===//

  /// Prints the tokens up to `end` (exclusive, in bytes of the source).
  void unit(size_t end, unsigned indent, bool isHeader) {
    size_t last = at;
    while (list.tokens[last].kind != TokenKind::End && list.tokens[last].begin < end)
      ++last;
    ArrayRef<Token> tokens = ArrayRef(list.tokens).slice(at, last - at);
    at = last;
    std::vector<Gap> gaps = mix::gaps(
        tokens, text, isHeader, [&](const Token &token) { return angles.contains(token.begin); });

    opened.clear();
    comments(tokens.front().begin, indent);
    newLine(tokens.front().begin, indent, false);
    size_t lineEnd = 0; // the first token that the line does not hold
    for (size_t i = 0; i < tokens.size(); ++i) {
      const Token &token = tokens[i];
      bool commentHere =
          nextComment < list.comments.size() && list.comments[nextComment].span.begin < token.begin;
      if (commentHere && i > 0)
        comments(token.begin, furtherIndent(indent, isHeader), true);
      bool broken = i > 0 && (commentHere || token.lineStart);
      if (broken || i == lineEnd) {
        if (i > 0)
          newLine(token.begin, tokenIndent(token, gaps[i], indent, isHeader), true);
        lineEnd = findLineEnd(tokens, gaps, i);
      } else if (gaps[i].space) {
        write(" ");
      }
      if (gaps[i].closes && !opened.empty())
        opened.pop_back();
      write(text.slice(token.begin, token.end));
      readTo = token.end;
      if (gaps[i].opens)
        opened.push_back(lineIndent);
    }
  }

  /// The indent of a further line of a unit.
  unsigned furtherIndent(unsigned indent, bool isHeader) const {
    if (!opened.empty())
      return opened.back() + wrapIndent;
    return indent + (isHeader ? headerIndent : wrapIndent);
  }

  unsigned tokenIndent(const Token &token, const Gap &gap, unsigned indent, bool isHeader) const {
    if (gap.closes && !opened.empty())
      return opened.back();
    if (isHeader && token.kind == TokenKind::LBrace && opened.empty())
      return indent;
    return furtherIndent(indent, isHeader);
  }

  /// Where the line that begins with token `first` has to end: before the next break
  /// of the user's if that fits, else at the cheapest place that does.
  size_t findLineEnd(ArrayRef<Token> tokens, ArrayRef<Gap> gaps, size_t first) const {
    size_t width = column;
    size_t best = 0;
    for (size_t i = first; i < tokens.size(); ++i) {
      if (i > first) {
        if (tokens[i].lineStart)
          return i;
        // Among equals, the last: the fuller line.
        if (gaps[i].breakCost != Gap::never &&
            (best == 0 || (width <= maxWidth && gaps[i].breakCost <= gaps[best].breakCost)))
          best = i;
        width += gaps[i].space;
      }
      width += tokens[i].end - tokens[i].begin;
      // A line that no place can make short enough is broken at the first there is.
      if (width > maxWidth && best)
        return best;
    }
    return tokens.size();
  }

  const File &file;
  StringRef text;
  Diagnostics diags;
  TokenList list;
  DenseSet<uint32_t> angles; ///< the places of `<` and `>` that are brackets

  std::string out;
  size_t at = 0;          ///< the next token
  size_t nextComment = 0; ///< the next comment
  size_t readTo = 0;      ///< the end of what was printed last, in the source
  size_t column = 0;
  unsigned lineIndent = 0;
  SmallVector<unsigned> opened; ///< of each open bracket: the indent of its line
  bool noBlank = false, forceBlank = false;
};

} // namespace

std::string format(const File &file, const SourceManager &sources) {
  return Formatter(file, sources).run();
}

} // namespace mixc::mix
