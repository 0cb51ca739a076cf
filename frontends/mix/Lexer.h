//===- Lexer.h - from text to tokens -----------------------------*- C++ -*-===//
//
// The lexer turns a whole file into a list of tokens, comments apart. It also says
// where a newline *may* end a statement (`Token::border`): the half of the rule
// that depends on the two tokens around the newline. The other half, that nothing
// ends inside brackets or in a mixer's header, is the parser's.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_LEXER_H
#define MIXC_FRONTENDS_MIX_LEXER_H

#include "frontends/mix/AST.h"
#include "frontends/mix/Diagnostics.h"

namespace mixc::mix {

enum class TokenKind : uint8_t {
  End,     // of the file; always the last token
  Newline, // never in a list: what the parser sees where a statement ends
  Bad,     // an error has been reported
  Name,
  Int,
  Float,
  String,
  // Reserved words
  Import,
  Def,
  Mixer,
  Where,
  Let,
  Tensor,
  If,
  Then,
  Else,
  In,
  Inf,
  Pi,
  True,
  False,
  Type, // `int` and the element types
  // Brackets and marks
  LParen,
  RParen,
  LBracket,
  RBracket,
  LBrace,
  RBrace,
  Comma,
  Colon,
  Arrow,
  DotDot,
  // What an equation may have behind its left side; `Assign` also stands elsewhere
  Assign,
  ColonAssign,
  PlusAssign,
  MaxAssign,
  MinAssign,
  // Operators, `Plus` to `OrOr` in the order of `BinaryOp`
  Not,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Caret,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  AndAnd,
  OrOr
};

struct Token {
  TokenKind kind = TokenKind::Bad;
  /// The token begins a line, and neither the token before the newline nor this one
  /// continues a statement. Set on `End`.
  bool border = false;
  /// Nothing but blanks stands before it on its line.
  bool lineStart = false;
  uint32_t begin = 0, end = 0;
};

struct TokenList {
  FileId file = Span::nowhere;
  std::vector<Token> tokens; ///< ends with one `End`
  std::vector<Comment> comments;

  Span span(const Token &token) const { return {file, token.begin, token.end}; }
};

/// Cuts a file into tokens. Bytes that make no token are reported to `diags` and
/// stand in the list as `Bad`. Whether a number fits its type is the parser's to say.
TokenList lex(const SourceManager &sources, FileId file, Diagnostics &diags);

/// How `kind` is called in a message: "`->`", "a name", "the end of the line".
llvm::StringRef describe(TokenKind kind);

/// Whether `word` may not be a name: a statement or type word, or one of
/// `if then else in inf pi true false`.
bool isReserved(llvm::StringRef word);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_LEXER_H
