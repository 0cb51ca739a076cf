//===- Spacing.cpp - what stands between two tokens -----------------------===//
#include "frontends/mix/Spacing.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mixc::mix {

namespace {

enum class Bracket { Subscripts, Shape, Table, Paren, Angle, Enum };

struct Open {
  Bracket bracket;
  size_t index;           ///< of the opening token
  bool close;             ///< arithmetic is written without blanks
  bool blanksInside;      ///< of subscripts: some part has a blank
  bool wide;              ///< the part here keeps blanks around `+` and `-`
  size_t part;            ///< the token that the part here stands behind: a bracket or comma
  unsigned operators = 0; ///< of the part, so far
};

/// A part of subscripts or of a shape with this many operators has blanks around its
/// sums: `x[b, (n*W + u/W + S)%N]`.
constexpr unsigned wideFrom = 3;

bool isOperator(TokenKind kind) { return kind >= TokenKind::Plus; }
bool isArithmetic(TokenKind kind) { return kind >= TokenKind::Plus && kind <= TokenKind::Caret; }
bool isEquationOp(TokenKind kind) {
  return kind >= TokenKind::Assign && kind <= TokenKind::MinAssign;
}
/// A token that ends an operand: an operator behind it is a binary one.
bool endsOperand(TokenKind kind) {
  switch (kind) {
  case TokenKind::Name:
  case TokenKind::Int:
  case TokenKind::Float:
  case TokenKind::Inf:
  case TokenKind::Pi:
  case TokenKind::True:
  case TokenKind::False:
  case TokenKind::RParen:
  case TokenKind::RBracket:
    return true;
  default:
    return false;
  }
}
bool isWord(TokenKind kind) { return kind >= TokenKind::Import && kind <= TokenKind::In; }

class Spacing {
public:
  Spacing(ArrayRef<Token> tokens, StringRef text, bool isHeader,
          function_ref<bool(const Token &)> isAngle)
      : tokens(tokens), text(text), isHeader(isHeader), isAngle(isAngle), result(tokens.size()),
        blanks(tokens.size()), wide(tokens.size()) {}

  std::vector<Gap> run() {
    findBrackets();
    findBlanks();
    stack.clear();
    for (size_t i = 0; i < tokens.size(); ++i)
      gap(i);
    return std::move(result);
  }

private:
  TokenKind kind(size_t i) const { return tokens[i].kind; }
  bool isBinary(size_t i) const {
    return isOperator(kind(i)) && i > 0 && endsOperand(kind(i - 1)) && !result[i].opens &&
           !result[i].closes;
  }
  bool isUnary(size_t i) const {
    return kind(i) == TokenKind::Not || (kind(i) == TokenKind::Minus && !isBinary(i));
  }

  void findBrackets() {
    for (size_t i = 0; i < tokens.size(); ++i) {
      switch (kind(i)) {
      case TokenKind::LParen:
      case TokenKind::LBracket:
        result[i].opens = true;
        break;
      case TokenKind::RParen:
      case TokenKind::RBracket:
        result[i].closes = true;
        break;
      // The brace of a body ends a header and is no bracket inside it.
      case TokenKind::LBrace:
        result[i].opens = i + 1 < tokens.size();
        break;
      case TokenKind::RBrace:
        result[i].closes = i > 0;
        break;
      case TokenKind::Less:
        result[i].opens = isAngle(tokens[i]);
        break;
      case TokenKind::Greater:
        result[i].closes = isAngle(tokens[i]);
        break;
      default:
        break;
      }
    }
  }

  Bracket bracketAt(size_t i) const {
    switch (kind(i)) {
    case TokenKind::LParen:
      return Bracket::Paren;
    case TokenKind::LBrace:
      return Bracket::Enum;
    case TokenKind::Less:
      return Bracket::Angle;
    default:
      break;
    }
    TokenKind before = i > 0 ? kind(i - 1) : TokenKind::Name;
    if (before == TokenKind::Name)
      return Bracket::Subscripts;
    return before == TokenKind::Assign ? Bracket::Table : Bracket::Shape;
  }

  void push(size_t i) {
    Bracket bracket = bracketAt(i);
    bool inherited = !stack.empty() && stack.back().close;
    bool close = bracket == Bracket::Subscripts || bracket == Bracket::Shape ||
                 (bracket == Bracket::Paren && inherited);
    bool inWide = bracket == Bracket::Paren ? inherited && stack.back().wide : wide[i];
    stack.push_back({bracket, i, close, blanks[i], inWide, i});
  }

  /// Everything around a blank has one, too. Where a mark is set, those around it
  /// are set already.
  void markBlank() {
    for (const Open &open : llvm::reverse(stack)) {
      if (blanks[open.index])
        return;
      blanks[open.index] = true;
    }
  }

  /// Counts an operator of the part of subscripts or of a shape that holds it.
  void countOperator() {
    for (Open &open : llvm::reverse(stack)) {
      if (!open.close)
        return;
      if (open.bracket == Bracket::Paren)
        continue;
      if (++open.operators == wideFrom) {
        wide[open.part] = true;
        markBlank();
      }
      return;
    }
  }

  /// Marks the subscripts that hold something with a blank in it.
  void findBlanks() {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (result[i].opens) {
        push(i);
        continue;
      }
      if (result[i].closes) {
        if (!stack.empty())
          stack.pop_back();
        continue;
      }
      if (kind(i) == TokenKind::Comma && !stack.empty()) {
        stack.back().part = i;
        stack.back().operators = 0;
      }
      if (isBinary(i) && isArithmetic(kind(i)))
        countOperator();
      else if (isWord(kind(i)) || isBinary(i) ||
               (kind(i) == TokenKind::Comma && !stack.empty() &&
                stack.back().bracket != Bracket::Subscripts))
        markBlank();
    }
  }

  void gap(size_t i) {
    if (result[i].closes && !stack.empty())
      stack.pop_back();
    result[i].depth = static_cast<uint16_t>(stack.size());
    if (i > 0) {
      result[i].space = space(i);
      result[i].breakCost = breakCost(i);
    }
    if (result[i].opens)
      push(i);
    else if (kind(i) == TokenKind::Comma && !stack.empty())
      stack.back().wide = wide[i];
  }

  bool inSubscripts() const {
    return !stack.empty() && stack.back().bracket == Bracket::Subscripts;
  }

  bool spaceAround(size_t op) const {
    TokenKind k = kind(op);
    if (isEquationOp(k)) {
      if (stack.empty() || isHeader)
        return true;
      // `max=` would be another token.
      StringRef before = text.slice(tokens[op - 1].begin, tokens[op - 1].end);
      return before == "max" || before == "min";
    }
    if (k == TokenKind::Caret || k == TokenKind::DotDot)
      return false;
    if (!isArithmetic(k) || stack.empty() || !stack.back().close)
      return true;
    return stack.back().wide && (k == TokenKind::Plus || k == TokenKind::Minus);
  }

  bool space(size_t i) const {
    TokenKind before = kind(i - 1), here = kind(i);
    if (result[i].closes || result[i - 1].opens || here == TokenKind::Comma ||
        here == TokenKind::Colon)
      return false;
    if (here == TokenKind::LBrace && !result[i].opens)
      return true;
    if (before == TokenKind::Comma)
      return !inSubscripts() || stack.back().blanksInside;
    if (before == TokenKind::Colon)
      return true;
    if (isBinary(i) || isEquationOp(here) || here == TokenKind::DotDot)
      return spaceAround(i);
    if (isBinary(i - 1) || isEquationOp(before) || before == TokenKind::DotDot)
      return spaceAround(i - 1);
    if (isUnary(i - 1))
      return false;
    if (result[i].opens && !isWord(before))
      // `f(`, `x[`, `sum[i](`, `f32[`, `f<`, `f<...>(`
      return before == TokenKind::Arrow;
    return true;
  }

  /// Costs grow with the depth first, then from what binds weakly to what binds
  /// strongly; behind `=` comes last, since it leaves a short line.
  uint8_t breakCost(size_t i) const {
    constexpr unsigned step = 10;
    TokenKind before = kind(i - 1), here = kind(i);
    unsigned cost;
    if (result[i].closes || result[i - 1].opens)
      return Gap::never;
    if (isHeader && stack.empty() && (here == TokenKind::Arrow || here == TokenKind::Where))
      cost = 0;
    else if (here == TokenKind::Then || here == TokenKind::Else)
      cost = 1;
    else if (before == TokenKind::Comma)
      cost = inSubscripts() ? 8 : 0;
    else if (isBinary(i - 1)) {
      switch (before) {
      case TokenKind::OrOr:
        cost = 2;
        break;
      case TokenKind::AndAnd:
        cost = 3;
        break;
      case TokenKind::Plus:
      case TokenKind::Minus:
        cost = 5;
        break;
      case TokenKind::Star:
      case TokenKind::Slash:
      case TokenKind::Percent:
        cost = 6;
        break;
      case TokenKind::Caret:
        cost = 9;
        break;
      default:
        cost = 4;
        break; // a comparison
      }
    } else if (isEquationOp(before) && stack.empty())
      cost = 7;
    else
      return Gap::never;
    return static_cast<uint8_t>(std::min<size_t>(cost + step * stack.size(), Gap::never - 1));
  }

  ArrayRef<Token> tokens;
  StringRef text;
  bool isHeader;
  function_ref<bool(const Token &)> isAngle;
  std::vector<Gap> result;
  std::vector<bool> blanks; ///< of opening brackets: a part inside has a blank
  std::vector<bool> wide;   ///< of brackets and commas: the part behind is wide
  std::vector<Open> stack;
};

} // namespace

std::vector<Gap> gaps(ArrayRef<Token> tokens, StringRef text, bool isHeader,
                      function_ref<bool(const Token &)> isAngle) {
  return Spacing(tokens, text, isHeader, isAngle).run();
}

} // namespace mixc::mix
