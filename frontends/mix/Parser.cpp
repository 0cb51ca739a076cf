//===- Parser.cpp - the cursor, errors and going on after them ------------===//
#include "frontends/mix/Parser.h"
#include "frontends/mix/Grammar.h"

using namespace llvm;

namespace mixc::mix {

File parse(const SourceManager &sources, FileId file, Diagnostics &diags) {
  return Grammar(sources, file, diags).parseFile();
}

//===----------------------------------------------------------------------===//
// The place in the text
//===----------------------------------------------------------------------===//

TokenKind Grammar::peek(size_t ahead) const {
  // A newline hides everything behind it.
  if (openLines == 0)
    for (size_t i = 0; i <= ahead; ++i)
      if (at + i > statementStart && raw(i).border && raw(i).kind != TokenKind::End)
        return TokenKind::Newline;
  return raw(ahead).kind;
}

Span Grammar::take() {
  const Token &token = raw();
  if (token.kind == TokenKind::End)
    return here();
  ++at;
  return last = list.span(token);
}

bool Grammar::accept(TokenKind kind) {
  if (peek() != kind)
    return false;
  take();
  return true;
}

bool Grammar::expect(TokenKind kind) {
  if (accept(kind))
    return true;
  expected(describe(kind)).note("write " + describe(kind) + " here");
  return false;
}

bool Grammar::expectClosing(TokenKind close, Span open) {
  if (accept(close))
    return true;
  noteUnclosed(expected(describe(close)), open, "to close this `" + sources.text(open) + "`");
  return false;
}

void Grammar::noteUnclosed(DiagnosticBuilder error, Span open, const Twine &otherwise) {
  auto comment = llvm::find_if(list.comments, [&](const Comment &comment) {
    return comment.span.begin >= last.end && !comment.ownLine;
  });
  if (comment != list.comments.end() && comment->span.begin < raw().begin)
    error.note(comment->span, "`//` begins a comment: integers are divided by `/`, which floors");
  else
    error.note(open, otherwise);
}

Span Grammar::here() const {
  TokenKind kind = peek();
  // What is missing is missing at the end of what is there.
  if ((kind == TokenKind::Newline || kind == TokenKind::End) && last.valid())
    return last.after();
  return list.span(raw());
}

DiagnosticBuilder Grammar::expected(const Twine &what) {
  TokenKind kind = peek();
  switch (kind) {
  case TokenKind::Bad:
    return DiagnosticBuilder();
  case TokenKind::Newline:
  case TokenKind::End:
    return diags.error(here(), "expected " + what + ", found " + describe(kind));
  default:
    break;
  }
  StringRef seen = text(raw());
  bool cut = seen.size() > 40;
  return diags.error(here(),
                     "expected " + what + ", found `" + seen.take_front(40) + (cut ? "...`" : "`"));
}

bool Grammar::commaList(TokenKind close, Span open, function_ref<bool()> item) {
  while (true) {
    if (!item())
      return false;
    if (accept(close))
      return true;
    if (peek() != TokenKind::Comma) {
      bool isSlice = peek() == TokenKind::Colon && close == TokenKind::RBracket;
      auto error = expected("`,` or " + describe(close));
      if (isSlice)
        error.note(noSlices);
      else
        noteUnclosed(error, open, "to go on from this `" + sources.text(open) + "`");
      return false;
    }
    Span comma = take();
    if (peek() == close) {
      diags.error(comma, "a comma before " + describe(close))
          .note("a list does not end in a comma: remove it");
      take();
      return true;
    }
  }
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

bool Grammar::ident(Ident &name, StringRef what) {
  if (peek() == TokenKind::Name) {
    name.text = text(raw()).str();
    name.span = take();
    return true;
  }
  auto error = expected(what);
  if (peek() != TokenKind::Newline && isReserved(text(raw())))
    error.note("`" + text(raw()) + "` is a reserved word: choose another name");
  else
    error.note("a name begins with a letter or `_` and goes on with letters, digits and `_`");
  return false;
}

bool Grammar::idents(std::vector<Ident> &names, Span open, StringRef what) {
  TokenKind close = sources.text(open) == "(" ? TokenKind::RParen : TokenKind::RBrace;
  return commaList(close, open, [&] {
    names.emplace_back();
    return ident(names.back(), what);
  });
}

std::optional<TokenKind> Grammar::misspelt(ArrayRef<TokenKind> keywords, const Twine &wanted) {
  if (peek() != TokenKind::Name || peek(1) != TokenKind::Name)
    return std::nullopt;
  SmallVector<StringRef> words;
  for (TokenKind keyword : keywords)
    words.push_back(describe(keyword).drop_front().drop_back());
  StringRef guess = closest(text(raw()), words);
  if (guess.empty())
    return std::nullopt;
  expected(wanted).note("did you mean `" + guess + "`?");
  return keywords[llvm::find(words, guess) - words.begin()];
}

//===----------------------------------------------------------------------===//
// Going on after an error
//===----------------------------------------------------------------------===//

bool Grammar::looksLikeStatement(size_t index) const {
  // Far enough for any left side; without a bound, a bracket that is never closed
  // would be read to the end of the file again and again.
  size_t end = std::min(list.tokens.size(), index + 256);
  auto kind = [&](size_t i) { return i < end ? list.tokens[i].kind : TokenKind::End; };
  auto isEquationOp = [&](size_t i) {
    return kind(i) >= TokenKind::Assign && kind(i) <= TokenKind::MinAssign;
  };
  // The index behind the bracket that closes the one at `i`.
  auto behind = [&](size_t i, TokenKind open, TokenKind close) {
    for (unsigned depth = 0; i < end; ++i) {
      if (kind(i) == open)
        ++depth;
      else if (kind(i) == close && --depth == 0)
        return i + 1;
    }
    return end;
  };
  switch (kind(index)) {
  case TokenKind::Let:
  case TokenKind::Def:
  case TokenKind::Tensor:
    return true;
  case TokenKind::Name:
    if (kind(index + 1) == TokenKind::LBracket)
      return isEquationOp(behind(index + 1, TokenKind::LBracket, TokenKind::RBracket));
    // `rank=t` inside an open call would look the same with `=` alone, but a line of
    // a body more often is an equation.
    return isEquationOp(index + 1);
  case TokenKind::LParen:
    return kind(behind(index, TokenKind::LParen, TokenKind::RParen)) == TokenKind::Assign;
  default:
    return false;
  }
}

void Grammar::skipStatement() {
  // Brackets that the broken statement has opened by now.
  int depth = 0;
  unsigned braces = 0;
  auto count = [&](TokenKind kind) {
    if (kind == TokenKind::LParen || kind == TokenKind::LBracket)
      ++depth;
    else if (kind == TokenKind::RParen || kind == TokenKind::RBracket)
      --depth;
    else if (kind == TokenKind::LBrace)
      ++braces;
    else if (kind == TokenKind::RBrace && braces)
      --braces;
  };
  for (size_t i = statementStart; i < at; ++i)
    count(list.tokens[i].kind);
  for (;; ++at) {
    const Token &token = raw();
    if (token.kind == TokenKind::End || (token.kind == TokenKind::RBrace && braces == 0))
      return;
    if (token.lineStart && (token.kind == TokenKind::Mixer || token.kind == TokenKind::Import))
      return;
    if (at > statementStart && token.border && braces == 0 &&
        (depth <= 0 || looksLikeStatement(at)))
      return;
    // A block of another language is left as a whole, if it ends before the body does.
    if (token.kind != TokenKind::LBrace || braces || closesBefore(at))
      count(token.kind);
    last = list.span(token);
  }
}

bool Grammar::closesBefore(size_t index) const {
  // Not far: a file of such braces would be read again and again.
  size_t end = std::min(list.tokens.size(), index + 1024);
  unsigned open = 0, closed = 0;
  for (; index < end; ++index) {
    const Token &token = list.tokens[index];
    if (token.lineStart && (token.kind == TokenKind::Mixer || token.kind == TokenKind::Import))
      break;
    open += token.kind == TokenKind::LBrace;
    closed += token.kind == TokenKind::RBrace;
  }
  return closed > open;
}

void Grammar::skipItem() {
  for (; raw().kind != TokenKind::End; ++at) {
    const Token &token = raw();
    bool begins = token.kind == TokenKind::Mixer || token.kind == TokenKind::Import ||
                  token.kind == TokenKind::Def;
    if (at > statementStart && token.lineStart && begins)
      return;
    last = list.span(token);
  }
}

bool Grammar::skipHeader() {
  for (; raw().kind != TokenKind::End; ++at) {
    const Token &token = raw();
    if (at > statementStart && token.lineStart &&
        (token.kind == TokenKind::Mixer || token.kind == TokenKind::Import))
      return false;
    // Behind a colon, a brace opens the values of a param.
    if (token.kind == TokenKind::LBrace &&
        (at == 0 || list.tokens[at - 1].kind != TokenKind::Colon))
      return true;
    last = list.span(token);
  }
  return false;
}

} // namespace mixc::mix
