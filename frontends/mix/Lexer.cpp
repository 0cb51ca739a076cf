//===- Lexer.cpp - from text to tokens ------------------------------------===//
#include "frontends/mix/Lexer.h"

#include "frontends/mix/Habits.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"

using namespace llvm;

namespace mixc::mix {

namespace {

bool isNameStart(char c) { return isAlpha(c) || c == '_'; }
bool isNamePart(char c) { return isAlnum(c) || c == '_'; }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

TokenKind wordKind(StringRef word) {
  TokenKind kind = StringSwitch<TokenKind>(word)
                       .Case("import", TokenKind::Import)
                       .Case("def", TokenKind::Def)
                       .Case("mixer", TokenKind::Mixer)
                       .Case("where", TokenKind::Where)
                       .Case("let", TokenKind::Let)
                       .Case("tensor", TokenKind::Tensor)
                       .Case("if", TokenKind::If)
                       .Case("then", TokenKind::Then)
                       .Case("else", TokenKind::Else)
                       .Case("in", TokenKind::In)
                       .Case("inf", TokenKind::Inf)
                       .Case("pi", TokenKind::Pi)
                       .Case("true", TokenKind::True)
                       .Case("false", TokenKind::False)
                       .Case("int", TokenKind::Type)
                       .Default(TokenKind::Name);
  return kind == TokenKind::Name && elementType(word) ? TokenKind::Type : kind;
}

/// The tokens after which a newline does not count.
bool continuesAfter(TokenKind kind) {
  return kind >= TokenKind::DotDot || kind == TokenKind::Comma || kind == TokenKind::Then ||
         kind == TokenKind::Else;
}

/// The tokens before which a newline does not count. A minus may begin an expression
/// and `!` always does, so those two are not among them.
bool continuesBefore(TokenKind kind) {
  if (kind == TokenKind::Minus || kind == TokenKind::Not)
    return false;
  return kind >= TokenKind::DotDot || kind == TokenKind::Then || kind == TokenKind::Else;
}

class Lexer {
public:
  Lexer(const SourceFile &source, FileId file, Diagnostics &diags)
      : text(source.text()), file(file), diags(diags), at(source.markSize()) {
    list.file = file;
  }

  TokenList run() {
    if (size_t bad = firstInvalidUTF8(text); bad != StringRef::npos)
      diags.error(span(bad, bad + 1), "the file is not UTF-8 text from here on")
          .note("store it in UTF-8");
    while (true) {
      skipBlanks();
      if (at == text.size())
        break;
      if (text.substr(at).starts_with("//"))
        comment();
      else
        token();
    }
    startsLine = true;
    push(TokenKind::End, at);
    list.tokens.back().border = true;
    return std::move(list);
  }

private:
  Span span(size_t begin, size_t end) const {
    return {file, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
  }
  char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }

  void skipBlanks() {
    for (; at < text.size() && isBlank(text[at]); ++at)
      if (text[at] == '\n')
        startsLine = true;
  }

  void comment() {
    StringRef rest = text.substr(at);
    StringRef line = rest.take_until([](char c) { return c == '\n'; });
    bool doc = line.starts_with("///") && !line.starts_with("////");
    Span whole = span(at, at + line.rtrim(" \t\r").size());
    StringRef words = line.drop_front(2).trim();
    if (!startsLine && !words.empty() && llvm::all_of(words, llvm::isDigit))
      diags.warning(whole, "this is a comment").note("integers are divided by `/`, which floors");
    list.comments.push_back({whole, doc, startsLine});
    at += line.size();
  }

  /// Appends the token from `begin` to here.
  void push(TokenKind kind, size_t begin) {
    Token token{kind, false, startsLine, static_cast<uint32_t>(begin), static_cast<uint32_t>(at)};
    token.border = startsLine && !continuesBefore(kind) &&
                   (list.tokens.empty() || !continuesAfter(list.tokens.back().kind));
    list.tokens.push_back(token);
    startsLine = false;
  }

  void token() {
    size_t begin = at;
    char c = text[at];
    if (isNameStart(c))
      return word();
    if (isDigit(c) || (c == '.' && isDigit(peek(1))))
      return number();
    if (c == '"')
      return string();
    if (c == '\'')
      return quote();
    if (text.substr(at).starts_with("/*"))
      return blockComment();
    if (TokenKind kind = mark(); kind != TokenKind::Bad)
      return push(kind, begin);
    unexpected();
  }

  void word() {
    size_t begin = at;
    while (isNamePart(peek()))
      ++at;
    StringRef word = text.slice(begin, at);
    if ((word == "max" || word == "min") && peek() == '=' && peek(1) != '=') {
      ++at;
      return push(word == "max" ? TokenKind::MaxAssign : TokenKind::MinAssign, begin);
    }
    push(wordKind(word), begin);
  }

  void digits() {
    while (isDigit(peek()))
      ++at;
  }

  void number() {
    size_t begin = at;
    TokenKind kind = TokenKind::Int;
    bool lonelyPoint = peek() == '.';
    digits();
    if (peek() == '.' && peek(1) != '.') {
      ++at;
      kind = TokenKind::Float;
      lonelyPoint |= !isDigit(peek());
      digits();
    }
    bool hasExponent = peek() == 'e' || peek() == 'E';
    bool badExponent = false;
    if (hasExponent) {
      kind = TokenKind::Float;
      ++at;
      if (peek() == '+' || peek() == '-')
        ++at;
      badExponent = !isDigit(peek());
      digits();
    }
    if (isNamePart(peek())) {
      StringRef number = text.slice(begin, at);
      while (isNamePart(peek()))
        ++at;
      reportSuffix(number, text.slice(begin, at), span(begin, at));
      kind = TokenKind::Bad;
    } else if (badExponent) {
      diags.error(span(begin, at), "the exponent of `" + text.slice(begin, at) + "` has no digits")
          .note("write it as in `1e-6`");
      kind = TokenKind::Bad;
    } else if (lonelyPoint) {
      StringRef number = text.slice(begin, at);
      StringRef whole = number.take_until([](char c) { return c == '.'; });
      StringRef rest = number.drop_front(whole.size() + 1);
      bool noFraction = rest.empty() || !isDigit(rest.front());
      diags.error(span(begin, at), "the point in `" + number + "` lacks a digit on one side")
          .note("write `" + (whole.empty() ? "0" : whole) + "." + (noFraction ? "0" : "") + rest +
                "`");
      kind = TokenKind::Bad;
    }
    push(kind, begin);
  }

  /// Reports `all`, a number and letters that go on directly behind it.
  void reportSuffix(StringRef number, StringRef all, Span place) {
    StringRef suffix = all.drop_front(number.size());
    auto error = diags.error(place, "`" + all + "` is neither a number nor a name");
    if (suffix.front() == '_' && all.find_first_not_of("0123456789_") == StringRef::npos)
      error.note("the digits of a number are not grouped");
    else if (number == "0" &&
             (suffix.starts_with_insensitive("x") || suffix.starts_with_insensitive("b")))
      error.note("numbers are decimal");
    else if (suffix.equals_insensitive("f") || suffix.equals_insensitive("l") || suffix == "d")
      error.note("write `" + number + "`: a number takes the type that it meets");
    else if (suffix == "j")
      error.note("write `complex(0, " + number + ")`");
    else
      error.note("write a product with `*`, as in `" + number + " * " + suffix + "`");
  }

  /// Reports text in single quotes, or a lonely quote.
  void quote() {
    size_t begin = at++;
    size_t close = text.find_first_of("'\n", at);
    bool closed = close != StringRef::npos && text[close] == '\'';
    if (closed)
      at = close + 1;
    diags.error(span(begin, at), "unexpected `" + text.slice(begin, at) + "`")
        .note(closed ? "there are no strings but an `import`'s path, between `\"` and `\"`"
                     : "a name goes on with letters, digits and `_` only");
    push(TokenKind::Bad, begin);
  }

  void string() {
    size_t begin = at++;
    while (at < text.size() && text[at] != '"' && text[at] != '\n' && text[at] != '\r')
      ++at;
    if (peek() == '"') {
      ++at;
      return push(TokenKind::String, begin);
    }
    diags.error(span(begin, at), "the string is not closed on its line").note("end it with `\"`");
    push(TokenKind::Bad, begin);
  }

  void blockComment() {
    size_t begin = at;
    size_t close = text.find("*/", at + 2);
    diags.error(span(begin, begin + 2), "`/*` does not begin a comment here")
        .note("a comment begins with `//` and ends with its line");
    at = close == StringRef::npos ? text.size() : close + 2;
    push(TokenKind::Bad, begin);
  }

  /// The bracket, mark or operator here, or `Bad` with nothing taken.
  TokenKind mark() {
    auto take = [&](unsigned length, TokenKind kind) {
      at += length;
      return kind;
    };
    char next = peek(1);
    switch (text[at]) {
    case '(':
      return take(1, TokenKind::LParen);
    case ')':
      return take(1, TokenKind::RParen);
    case '[':
      return take(1, TokenKind::LBracket);
    case ']':
      return take(1, TokenKind::RBracket);
    case '{':
      return take(1, TokenKind::LBrace);
    case '}':
      return take(1, TokenKind::RBrace);
    case ',':
      return take(1, TokenKind::Comma);
    case '^':
      return take(1, TokenKind::Caret);
    case '*':
      return take(1, TokenKind::Star);
    case '/':
      return take(1, TokenKind::Slash);
    case '%':
      return take(1, TokenKind::Percent);
    case '.':
      return next == '.' && peek(2) != '.' ? take(2, TokenKind::DotDot) : TokenKind::Bad;
    case '&':
      return next == '&' ? take(2, TokenKind::AndAnd) : TokenKind::Bad;
    case '|':
      return next == '|' ? take(2, TokenKind::OrOr) : TokenKind::Bad;
    case ':':
      return next == '=' ? take(2, TokenKind::ColonAssign) : take(1, TokenKind::Colon);
    case '+':
      return next == '=' ? take(2, TokenKind::PlusAssign) : take(1, TokenKind::Plus);
    case '-':
      return next == '>' ? take(2, TokenKind::Arrow) : take(1, TokenKind::Minus);
    case '=':
      return next == '=' ? take(2, TokenKind::Equal) : take(1, TokenKind::Assign);
    case '!':
      return next == '=' ? take(2, TokenKind::NotEqual) : take(1, TokenKind::Not);
    case '<':
      return next == '=' ? take(2, TokenKind::LessEqual) : take(1, TokenKind::Less);
    case '>':
      return next == '=' ? take(2, TokenKind::GreaterEqual) : take(1, TokenKind::Greater);
    default:
      return TokenKind::Bad;
    }
  }

  /// Reports what makes no token; a run of bytes outside ASCII counts as one thing.
  void unexpected() {
    size_t begin = at;
    unsigned char c = text[at++];
    if (c >= 0x80)
      while (static_cast<unsigned char>(peek()) >= 0x80)
        ++at;
    if (text.substr(begin).starts_with("..."))
      at = begin + 3;
    std::string shown = text.slice(begin, at).str();
    if (c < 0x20 || c == 0x7f)
      shown = "\\x" + utohexstr(c, /*LowerCase=*/true, /*Width=*/2);
    else if (firstInvalidUTF8(shown) != StringRef::npos)
      return push(TokenKind::Bad, begin); // The encoding has been reported.
    else if (std::optional<uint32_t> blank = blankSign(shown))
      shown = "U+" + utohexstr(*blank, /*LowerCase=*/false, /*Width=*/4);
    diags.error(span(begin, at), "unexpected `" + shown + "`").note(adviceFor(c, begin));
    if (c == '#') // The rest is meant as a comment.
      at = std::min(text.find('\n', at), text.size());
    push(TokenKind::Bad, begin);
  }

  /// What to write for the character `c` at `begin`, which makes no token.
  StringRef adviceFor(char c, size_t begin) const {
    switch (c) {
    case '&':
      return "and is written `&&`";
    case '|':
      return "or is written `||`, an absolute value `abs(x)`";
    case '~':
      return "not is written `!`";
    case ';':
      return "a statement ends with its line";
    case '#':
      return "a comment begins with `//`";
    case '@':
      return "a product of tensors is written with indices: `sum[k](a[i,k] * b[k,j])`";
    case '?':
      return "a conditional is written `if c then a else b`";
    case '\\':
      return isAlpha(peek()) ? StringRef("LaTeX is not read: a sum is written `sum[i](...)`")
                             : StringRef("a statement goes on over lines inside brackets and "
                                         "behind an operator");
    case '.':
      if (text.substr(begin).starts_with(".."))
        return "a range is written `lo..hi`; all indices of an access are named";
      if (isNameStart(peek()) && begin > 0 &&
          (isNamePart(text[begin - 1]) || text[begin - 1] == ')' || text[begin - 1] == ']'))
        return "there are no attributes, methods or modules: call `exp(x)`, name what you read "
               "by its indices";
      return "a range is written `lo..hi`";
    default:
      break;
    }
    if (static_cast<unsigned char>(c) >= 0x80)
      if (StringRef advice = signHabit(text.substr(begin)); !advice.empty())
        return advice;
    return "outside comments, the language is written in ASCII letters, digits, brackets and "
           "operators";
  }

  StringRef text;
  FileId file;
  Diagnostics &diags;
  size_t at;
  bool startsLine = true;
  TokenList list;
};

} // namespace

TokenList lex(const SourceManager &sources, FileId file, Diagnostics &diags) {
  return Lexer(sources.file(file), file, diags).run();
}

bool isReserved(StringRef word) { return wordKind(word) != TokenKind::Name; }

StringRef describe(TokenKind kind) {
  switch (kind) {
  case TokenKind::End:
    return "the end of the file";
  case TokenKind::Newline:
    return "the end of the line";
  case TokenKind::Bad:
    return "an unknown token";
  case TokenKind::Name:
    return "a name";
  case TokenKind::Int:
    return "an integer";
  case TokenKind::Float:
    return "a number";
  case TokenKind::String:
    return "a string";
  case TokenKind::Import:
    return "`import`";
  case TokenKind::Def:
    return "`def`";
  case TokenKind::Mixer:
    return "`mixer`";
  case TokenKind::Where:
    return "`where`";
  case TokenKind::Let:
    return "`let`";
  case TokenKind::Tensor:
    return "`tensor`";
  case TokenKind::If:
    return "`if`";
  case TokenKind::Then:
    return "`then`";
  case TokenKind::Else:
    return "`else`";
  case TokenKind::In:
    return "`in`";
  case TokenKind::Inf:
    return "`inf`";
  case TokenKind::Pi:
    return "`pi`";
  case TokenKind::True:
    return "`true`";
  case TokenKind::False:
    return "`false`";
  case TokenKind::Type:
    return "a type";
  case TokenKind::LParen:
    return "`(`";
  case TokenKind::RParen:
    return "`)`";
  case TokenKind::LBracket:
    return "`[`";
  case TokenKind::RBracket:
    return "`]`";
  case TokenKind::LBrace:
    return "`{`";
  case TokenKind::RBrace:
    return "`}`";
  case TokenKind::Comma:
    return "`,`";
  case TokenKind::Colon:
    return "`:`";
  case TokenKind::Arrow:
    return "`->`";
  case TokenKind::DotDot:
    return "`..`";
  case TokenKind::Assign:
    return "`=`";
  case TokenKind::ColonAssign:
    return "`:=`";
  case TokenKind::PlusAssign:
    return "`+=`";
  case TokenKind::MaxAssign:
    return "`max=`";
  case TokenKind::MinAssign:
    return "`min=`";
  case TokenKind::Not:
    return "`!`";
  case TokenKind::Plus:
    return "`+`";
  case TokenKind::Minus:
    return "`-`";
  case TokenKind::Star:
    return "`*`";
  case TokenKind::Slash:
    return "`/`";
  case TokenKind::Percent:
    return "`%`";
  case TokenKind::Caret:
    return "`^`";
  case TokenKind::Equal:
    return "`==`";
  case TokenKind::NotEqual:
    return "`!=`";
  case TokenKind::Less:
    return "`<`";
  case TokenKind::LessEqual:
    return "`<=`";
  case TokenKind::Greater:
    return "`>`";
  case TokenKind::GreaterEqual:
    return "`>=`";
  case TokenKind::AndAnd:
    return "`&&`";
  case TokenKind::OrOr:
    return "`||`";
  }
  llvm_unreachable("not a token kind");
}

} // namespace mixc::mix
