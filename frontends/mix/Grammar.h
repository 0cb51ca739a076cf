//===- Grammar.h - the parser's rules ----------------------------*- C++ -*-===//
//
// Recursive descent, one member function a rule of the grammar. A rule that fails
// has reported why and returns null (or false); its callers pass that up to the
// statement, where `skipStatement` finds the next place to go on from.
//
// Newlines: the lexer marks the tokens before which a statement may end (`border`).
// `peek` shows such a token as `Newline` unless brackets are open or a mixer's header
// is being read (`OpenLines`), so that no rule has to think of them.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_GRAMMAR_H
#define MIXC_FRONTENDS_MIX_GRAMMAR_H

#include "frontends/mix/Lexer.h"

#include "llvm/Support/SaveAndRestore.h"

namespace mixc::mix {

/// Rules may call each other this deep, counted in brackets, signs and exponents:
/// far beyond what people write, far below the end of the stack.
inline constexpr unsigned maxNesting = 256;

/// What to write for a `:` in brackets.
inline constexpr llvm::StringLiteral noSlices =
    "there are no slices: an index names each axis, as in `x[i, d]`, and a range the part of "
    "one: `d in 0..D/2`";

/// The parser of one file; its only use is one call of `parseFile`.
class Grammar {
public:
  Grammar(const SourceManager &sources, FileId file, Diagnostics &diags)
      : sources(sources), diags(diags), list(lex(sources, file, diags)) {}

  File parseFile();

private:
  /// While it lives, newlines do not count. In `<...>`, `>` is a bracket.
  struct OpenLines {
    explicit OpenLines(Grammar &g, bool angles = false)
        : depth(g.openLines, g.openLines + 1), angles(g.inAngles, angles) {}
    llvm::SaveAndRestore<unsigned> depth;
    llvm::SaveAndRestore<bool> angles;
  };

  //===--------------------------------------------------------------------===//
  // The place in the text
  //===--------------------------------------------------------------------===//

  const Token &raw(size_t ahead = 0) const {
    return list.tokens[std::min(at + ahead, list.tokens.size() - 1)];
  }
  /// The kind of the token here (or `ahead` of here), `Newline` where the statement ends.
  TokenKind peek(size_t ahead = 0) const;
  /// Takes the token here. The end of the file stays where it is.
  Span take();
  bool accept(TokenKind kind);
  /// Takes a `kind` or reports that it is missing.
  bool expect(TokenKind kind);
  bool expectClosing(TokenKind close, Span open);
  /// Notes what to do where the bracket at `open` is neither closed nor gone on from: `otherwise`,
  /// unless a comment has swallowed the rest of the line.
  void noteUnclosed(DiagnosticBuilder error, Span open, const llvm::Twine &otherwise);
  llvm::StringRef text(const Token &token) const { return sources.text(list.span(token)); }
  /// The span of the token here; empty and behind the last token at a line's end.
  Span here() const;
  /// The span from `begin` to the last token taken.
  Span since(Span begin) const { return begin.to(last); }

  /// Reports "expected `what`, found ..." here; silent where the lexer has reported.
  DiagnosticBuilder expected(const llvm::Twine &what);

  /// `item { "," item } close`, the opening bracket (at `open`) taken.
  bool commaList(TokenKind close, Span open, llvm::function_ref<bool()> item);

  //===--------------------------------------------------------------------===//
  // Going on after an error
  //===--------------------------------------------------------------------===//

  /// Goes to the next statement of a body, or to what ends the body.
  void skipStatement();
  /// Goes to the next import, definition or mixer of a file.
  void skipItem();
  /// Goes to the brace that opens a mixer's body; false if there is none before the
  /// next mixer.
  bool skipHeader();
  bool looksLikeStatement(size_t index) const;
  /// Whether the body goes on behind the block whose brace is at `index`.
  bool closesBefore(size_t index) const;

  //===--------------------------------------------------------------------===//
  // Expressions (ParseExpr.cpp)
  //===--------------------------------------------------------------------===//

  ExprPtr expr();
  ExprPtr conditional();
  /// Reports `value if c else b` behind its value, with how it is written; reads it all the same.
  ExprPtr trailingCondition(ExprPtr value);
  /// The operator here, also one written as a word.
  TokenKind operatorHere() const;
  ExprPtr binary(unsigned minPrecedence);
  ExprPtr unary();
  ExprPtr power();
  ExprPtr primary();
  ExprPtr parenthesised();
  ExprPtr named();
  ExprPtr access(Ident name);
  ExprPtr call(Ident callee);
  ExprPtr reduce(Ident name, Reducer op);
  ExprPtr intLit();
  ExprPtr floatLit();
  /// `12`, `-0.5`, `inf`: what a table holds.
  ExprPtr literal();
  bool binder(std::vector<Binder> &binders);
  /// `x` or `name=x`; positional ones after named ones are refused.
  bool argument(std::vector<Argument> &args);
  /// `advice` is the note for what is not named.
  bool namedArgument(std::vector<Argument> &args, llvm::StringRef advice);
  bool range(ExprPtr &lo, ExprPtr &hi);

  /// Sets the height of a node whose parts are there; null if it is too much.
  ExprPtr built(ExprPtr expr);
  bool isComparisonHere() const;

  //===--------------------------------------------------------------------===//
  // Statements and the file (Parser.cpp)
  //===--------------------------------------------------------------------===//

  StmtPtr item();
  StmtPtr importFile();
  StmtPtr def();
  StmtPtr mixer();
  bool header(Mixer &mixer);
  bool param(Mixer &mixer);
  bool paramType(Param &param);
  bool argGroup(std::vector<ArgGroup> &groups, bool isOutput);
  bool type(TypeRef &type, bool mayBeEmpty);
  bool where(Mixer &mixer);
  void body(Mixer &mixer, Span open);
  StmtPtr statement();
  StmtPtr let();
  StmtPtr tensor();
  StmtPtr equation();
  StmtPtr callStmt();
  bool subscript(Equation &equation);
  bool equationOp(Equation &equation);
  bool endOfStatement();

  bool ident(Ident &name, llvm::StringRef what);
  bool idents(std::vector<Ident> &names, Span open, llvm::StringRef what);
  /// Where a name stands in for a keyword ("mixr f"), reports it with a guess and
  /// gives the keyword meant.
  std::optional<TokenKind> misspelt(llvm::ArrayRef<TokenKind> keywords, const llvm::Twine &wanted);
  void documentation(Mixer &mixer, uint32_t after);
  std::string onOneLine(size_t from, size_t to) const;

  const SourceManager &sources;
  Diagnostics &diags;
  TokenList list;
  size_t at = 0;
  size_t statementStart = 0; ///< its first token never reads as `Newline`
  Span last;                 ///< the last token taken
  unsigned openLines = 0;
  bool inAngles = false;
  unsigned nesting = 0;
};

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_GRAMMAR_H
