//===- ParseExpr.cpp - the rules of expressions ---------------------------===//
#include "frontends/mix/Grammar.h"
#include "frontends/mix/Habits.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <algorithm>
#include <cmath>

using namespace llvm;

namespace mixc::mix {

namespace {

/// How strongly a binary operator binds, 0 for what is none. `^` has its own rule.
unsigned precedence(TokenKind kind) {
  switch (kind) {
  case TokenKind::OrOr:
    return 1;
  case TokenKind::AndAnd:
    return 2;
  case TokenKind::Equal:
  case TokenKind::NotEqual:
  case TokenKind::Less:
  case TokenKind::LessEqual:
  case TokenKind::Greater:
  case TokenKind::GreaterEqual:
    return 3;
  case TokenKind::Plus:
  case TokenKind::Minus:
    return 4;
  case TokenKind::Star:
  case TokenKind::Slash:
  case TokenKind::Percent:
    return 5;
  default:
    return 0;
  }
}

BinaryOp binaryOp(TokenKind kind) {
  return static_cast<BinaryOp>(unsigned(kind) - unsigned(TokenKind::Plus));
}
static_assert(unsigned(TokenKind::OrOr) - unsigned(TokenKind::Plus) == unsigned(BinaryOp::Or));

/// The longest literal read: converting takes time quadratic in the digits, and no
/// number of the language needs this many.
constexpr size_t maxLiteral = 1000;

} // namespace

ExprPtr Grammar::built(ExprPtr expr) {
  unsigned height = 0;
  forEachChild(*expr, [&](const Expr &child) { height = std::max(height, child.height); });
  expr->height = height + 1;
  if (expr->height <= maxHeight)
    return expr;
  diags.error(here(), "the expression has more than " + Twine(maxHeight) + " levels")
      .note("name a part of it by an equation of its own");
  return nullptr;
}

ExprPtr Grammar::expr() {
  SaveAndRestore depth(nesting, nesting + 1);
  if (nesting > maxNesting) {
    diags.error(here(), "the expression is nested more than " + Twine(maxNesting) + " deep")
        .note("name a part of it by an equation of its own");
    return nullptr;
  }
  if (peek() == TokenKind::If)
    return conditional();
  ExprPtr value = binary(1);
  return value && peek() == TokenKind::If ? trailingCondition(std::move(value)) : std::move(value);
}

/// The text of `expr`, or `name` in place of a long one.
static StringRef shortText(const Expr &expr, const SourceManager &sources, StringRef name) {
  StringRef text = sources.text(expr.span);
  return text.size() > 40 || text.contains('\n') ? name : text;
}

ExprPtr Grammar::trailingCondition(ExprPtr value) {
  auto error = diags.error(take(), "a condition stands before its values");
  auto advise = [&](StringRef cond, StringRef other) {
    error.note("write `if " + cond + " then " + shortText(*value, sources, "a") + " else " + other +
               "`");
  };
  ExprPtr cond = binary(1);
  ExprPtr other = cond && accept(TokenKind::Else) ? expr() : nullptr;
  if (!other) {
    advise(cond ? shortText(*cond, sources, "c") : "c", "b");
    return nullptr;
  }
  advise(shortText(*cond, sources, "c"), shortText(*other, sources, "b"));
  Span span = value->span.to(other->span);
  return built(std::make_unique<If>(span, std::move(cond), std::move(value), std::move(other)));
}

ExprPtr Grammar::conditional() {
  Span begin = take();
  ExprPtr cond = expr();
  if (!cond)
    return nullptr;
  if (!accept(TokenKind::Then)) {
    bool isEquation = peek() == TokenKind::Assign;
    auto error = expected("`then`");
    if (isEquation)
      error.note("a comparison is written `==`");
    else
      error.note(begin, "a conditional is written `if c then a else b`");
    return nullptr;
  }
  ExprPtr thenValue = expr();
  if (!thenValue)
    return nullptr;
  if (peek() != TokenKind::Else) {
    bool isElif = peek() == TokenKind::Name &&
                  (text(raw()) == "elif" || text(raw()) == "elsif" || text(raw()) == "elseif");
    auto error = expected("`else`");
    if (isElif)
      error.note("write `else if`");
    else
      error.note(begin, "an `if` has both a `then` and an `else`, as in `else 0`");
    return nullptr;
  }
  take();
  ExprPtr elseValue = expr();
  if (!elseValue)
    return nullptr;
  return built(std::make_unique<If>(since(begin), std::move(cond), std::move(thenValue),
                                    std::move(elseValue)));
}

TokenKind Grammar::operatorHere() const {
  TokenKind kind = peek();
  if (kind != TokenKind::Name)
    return kind;
  return StringSwitch<TokenKind>(text(raw()))
      .Case("and", TokenKind::AndAnd)
      .Case("or", TokenKind::OrOr)
      .Case("mod", TokenKind::Percent)
      .Case("is", TokenKind::Equal)
      .Default(kind);
}

bool Grammar::isComparisonHere() const {
  return precedence(peek()) == 3 && !(inAngles && peek() == TokenKind::Greater);
}

ExprPtr Grammar::binary(unsigned minPrecedence) {
  ExprPtr lhs = unary();
  while (lhs) {
    TokenKind kind = operatorHere();
    unsigned level = precedence(kind);
    if (level == 0 || level < minPrecedence || (inAngles && kind == TokenKind::Greater))
      return lhs;
    if (peek() != kind)
      diags.error(here(), "`" + text(raw()) + "` is no operator")
          .note("it is written " + describe(kind));
    Span opSpan = take();
    if (kind == TokenKind::Star && peek() == TokenKind::Star) {
      diags.error(opSpan.to(take()), "`**` is no operator").note("a power is written `x^2`");
      return nullptr;
    }
    ExprPtr rhs = binary(level + 1);
    if (!rhs)
      return nullptr;
    Span span = lhs->span.to(rhs->span);
    lhs = built(
        std::make_unique<Binary>(span, binaryOp(kind), opSpan, std::move(lhs), std::move(rhs)));
    if (lhs && level == 3 && isComparisonHere())
      diags.error(here(), "comparisons do not chain")
          .note("write `a < b && b < c`, or put one comparison in parentheses");
  }
  return nullptr;
}

ExprPtr Grammar::unary() {
  TokenKind kind = peek();
  if (kind == TokenKind::Name && text(raw()) == "not" &&
      (peek(1) == TokenKind::Name || peek(1) == TokenKind::True || peek(1) == TokenKind::False)) {
    diags.error(here(), "`not` is no operator").note("it is written `!`");
    kind = TokenKind::Not;
  }
  if (kind != TokenKind::Minus && kind != TokenKind::Not)
    return power();
  SaveAndRestore depth(nesting, nesting + 1);
  if (nesting > maxNesting) {
    diags.error(here(), "the expression is nested more than " + Twine(maxNesting) + " deep")
        .note("remove some of the signs");
    return nullptr;
  }
  Span begin = take();
  ExprPtr operand = unary();
  if (!operand)
    return nullptr;
  return built(std::make_unique<Unary>(
      since(begin), kind == TokenKind::Minus ? UnaryOp::Neg : UnaryOp::Not, std::move(operand)));
}

ExprPtr Grammar::power() {
  ExprPtr base = primary();
  if (!base || peek() != TokenKind::Caret)
    return base;
  SaveAndRestore depth(nesting, nesting + 1);
  if (nesting > maxNesting) {
    diags.error(here(), "the expression is nested more than " + Twine(maxNesting) + " deep")
        .note("name a part of it by an equation of its own");
    return nullptr;
  }
  Span opSpan = take();
  ExprPtr exponent = unary(); // right-associative, and `D^-0.5` needs no parentheses
  if (!exponent)
    return nullptr;
  Span span = base->span.to(exponent->span);
  return built(
      std::make_unique<Binary>(span, BinaryOp::Pow, opSpan, std::move(base), std::move(exponent)));
}

ExprPtr Grammar::primary() {
  switch (peek()) {
  case TokenKind::Int:
    return intLit();
  case TokenKind::Float:
    return floatLit();
  case TokenKind::True:
    return std::make_unique<BoolLit>(take(), true);
  case TokenKind::False:
    return std::make_unique<BoolLit>(take(), false);
  case TokenKind::Inf:
    return std::make_unique<Inf>(take());
  case TokenKind::Pi:
    return std::make_unique<Pi>(take());
  case TokenKind::LParen:
    return parenthesised();
  case TokenKind::Name:
    return named();
  case TokenKind::If:
    diags.error(here(), "an `if` beside an operator needs parentheses")
        .note("write `(if ... then ... else ...)`");
    return expr(); // reads it all the same, for what else may be wrong
  case TokenKind::Type:
    expected("an expression").note("a type stands in a declaration, or first in `cast(f32, x)`");
    return nullptr;
  case TokenKind::String: {
    bool compared = at > 0 && (list.tokens[at - 1].kind == TokenKind::Equal ||
                               list.tokens[at - 1].kind == TokenKind::NotEqual);
    StringRef word = text(raw()).drop_front().drop_back();
    auto error = expected("an expression");
    if (compared)
      error.note("an enum's value is a bare word: `" + word + "`");
    else
      error.note("strings name files to import; a product of tensors is written with indices: "
                 "`sum[k](a[i,k] * b[k,j])`");
    return nullptr;
  }
  case TokenKind::Where:
    expected("an expression").note("a choice is written `if c then a else b`");
    return nullptr;
  case TokenKind::Colon:
    expected("an expression").note(noSlices);
    return nullptr;
  case TokenKind::LBracket:
    expected("an expression").note("a table has a `let` of its own: `let taps = [1, 3]`");
    return nullptr;
  default:
    expected("an expression")
        .note("a number, a name, `x[i]`, `f(x)`, `sum[i](...)` or parentheses can stand here");
    return nullptr;
  }
}

ExprPtr Grammar::parenthesised() {
  Span open = here();
  ExprPtr inner;
  {
    OpenLines lines(*this);
    take();
    inner = expr();
    if (!inner || !expectClosing(TokenKind::RParen, open))
      return nullptr;
  }
  inner->span = since(open);
  ++inner->parens;
  return inner;
}

ExprPtr Grammar::intLit() {
  StringRef digits = text(raw());
  // The magnitude of INT64_MIN is a literal only behind a minus.
  bool negative = at > 0 && list.tokens[at - 1].kind == TokenKind::Minus;
  uint64_t limit = uint64_t(INT64_MAX) + (negative ? 1 : 0);
  uint64_t value = 0;
  if (digits.size() > maxLiteral || digits.getAsInteger(10, value) || value > limit) {
    diags.error(here(), "the literal does not fit a 64-bit integer")
        .note("write a number with a point or an exponent for a float");
    value = 0;
  }
  return std::make_unique<IntLit>(take(), static_cast<int64_t>(value));
}

ExprPtr Grammar::floatLit() {
  StringRef digits = text(raw());
  double value = 0;
  if (digits.size() > maxLiteral) {
    diags.error(here(), "the literal has more than " + Twine(maxLiteral) + " characters")
        .note("17 digits hold any `f64`");
  } else if (digits.getAsDouble(value, /*AllowInexact=*/true) || std::isinf(value)) {
    diags.error(here(), "the literal is outside the range of `f64`")
        .note("infinity is written `inf`");
    value = 0;
  }
  return std::make_unique<FloatLit>(take(), digits.str(), value);
}

ExprPtr Grammar::literal() {
  switch (TokenKind kind = peek()) {
  case TokenKind::Minus: {
    Span begin = take();
    if (peek() == TokenKind::Minus) {
      expected("a number").note("a literal has one sign at most");
      return nullptr;
    }
    ExprPtr operand = literal();
    if (!operand)
      return nullptr;
    return built(std::make_unique<Unary>(since(begin), UnaryOp::Neg, std::move(operand)));
  }
  case TokenKind::Int:
  case TokenKind::Float:
  case TokenKind::True:
  case TokenKind::False:
  case TokenKind::Inf:
  case TokenKind::Pi:
    return primary();
  default:
    expected(kind == TokenKind::RBracket ? "a literal" : "a literal of the table")
        .note("a table holds numbers; what depends on anything is a tensor");
    return nullptr;
  }
}

ExprPtr Grammar::named() {
  StringRef word = text(raw());
  Ident name{word.str(), take()};
  if (peek() == TokenKind::LParen)
    return call(std::move(name));
  if (peek() != TokenKind::LBracket)
    return std::make_unique<NameRef>(name.span, std::move(name.text));
  if (std::optional<Reducer> op = reducer(word))
    return reduce(std::move(name), *op);
  return access(std::move(name));
}

ExprPtr Grammar::access(Ident name) {
  Span open = here();
  std::vector<ExprPtr> subscripts;
  {
    OpenLines lines(*this);
    take();
    if (peek() == TokenKind::RBracket) {
      expected("a subscript").note("a rank-0 tensor is read without brackets");
      return nullptr;
    }
    auto item = [&] {
      ExprPtr subscript = expr();
      if (subscript && peek() == TokenKind::In) {
        // `foo[j in 0..4](x)`: a misspelt reduction, or a range where none can be.
        auto error = diags.error(here(), "a read has no range in its subscripts");
        if (StringRef guess =
                closest(name.text, {"sum", "mean", "max", "min", "softmax", "argtop"});
            !guess.empty())
          error.note(name.span, "did you mean `" + guess + "`?");
        else
          error.note("a range stands on an equation's left side or in a reduction");
        return false;
      }
      subscripts.push_back(std::move(subscript));
      return subscripts.back() != nullptr;
    };
    if (!commaList(TokenKind::RBracket, open, item))
      return nullptr;
  }
  if (peek() == TokenKind::LParen) {
    auto error = diags.error(name.span, "`" + name.text + "` is not a reduction");
    SmallVector<StringRef> words;
    for (unsigned op = 0; op <= unsigned(Reducer::IDCT); ++op)
      words.push_back(spelling(static_cast<Reducer>(op)));
    if (StringRef habit = habitOf(Habit::Function, name.text); !habit.empty())
      error.note(habit);
    else if (StringRef guess = closest(name.text, words); !guess.empty())
      error.note("did you mean `" + guess + "`?");
    else
      error.note("an element is read as `x[i]`, a function called as `f(x)`");
    return nullptr;
  }
  Span span = since(name.span);
  if (peek() == TokenKind::LBracket) {
    diags.error(here(), "an element is not subscripted again")
        .note("all subscripts stand in one pair of brackets: `" + name.text + "[i, j]`");
    return nullptr;
  }
  return built(std::make_unique<Access>(span, std::move(name), std::move(subscripts)));
}

ExprPtr Grammar::call(Ident callee) {
  Span open = here();
  std::optional<ElementRef> element;
  std::vector<Argument> args;
  {
    OpenLines lines(*this);
    take();
    if (callee.text == "cast") {
      if (peek() != TokenKind::Type) {
        std::optional<ElementType> meant = elementHabit(text(raw()));
        auto error = expected("an element type");
        if (meant)
          error.note("did you mean `" + spelling(*meant) + "`?");
        else
          error.note("the type comes first: `cast(bf16, x)`");
        return nullptr;
      }
      std::optional<ElementType> type = elementType(text(raw()));
      if (!type) {
        expected("an element type").note("an integer type has a width: `i32`, `i64`");
        return nullptr;
      }
      element = ElementRef{*type, take()};
      if (!expect(TokenKind::Comma))
        return nullptr;
    }
    if (!accept(TokenKind::RParen) &&
        !commaList(TokenKind::RParen, open, [&] { return argument(args); }))
      return nullptr;
  }
  Span span = since(callee.span);
  if (peek() == TokenKind::LBracket) {
    diags.error(here(), "the value of a call is not subscripted")
        .note("a mixer is called by a statement of its own, `(o) = f(x)`, and then `o[i]` is read");
    return nullptr;
  }
  if (peek() == TokenKind::LParen && reducer(callee.text)) {
    StringRef indices = sources.text(since(open)).drop_front().drop_back();
    diags.error(span, "`" + callee.text + "` names its indices in brackets")
        .note("write `" + callee.text + "[" + indices + "](...)`");
    return nullptr;
  }
  return built(std::make_unique<Call>(span, std::move(callee), element, std::move(args)));
}

ExprPtr Grammar::reduce(Ident name, Reducer op) {
  std::vector<Binder> binders;
  std::vector<Argument> options;
  ExprPtr body;
  {
    OpenLines lines(*this);
    Span open = take();
    if (!commaList(TokenKind::RBracket, open, [&] { return binder(binders); }))
      return nullptr;
  }
  if (peek() != TokenKind::LParen) {
    bool isTarget = peek() >= TokenKind::Assign && peek() <= TokenKind::MinAssign;
    auto error = expected("`(`");
    if (isTarget || peek() == TokenKind::Newline)
      error.note(name.span, "`" + name.text + "` is a reduction: `" + name.text +
                                "[i](...)`; it cannot name a tensor");
    else
      error.note(name.span, "what `" + name.text + "` runs over stands in parentheses: `" +
                                sources.text(since(name.span)) + "(...)`");
    return nullptr;
  }
  {
    OpenLines lines(*this);
    Span open = take();
    auto item = [&] {
      if (body)
        return namedArgument(options, op >= Reducer::FFT      ? "the place is named: `at=k`"
                                      : op >= Reducer::ArgTop ? "the rank is named: `rank=t`"
                                      : op > Reducer::Softmax ? "the constant is named: `eps=1e-6`"
                                      : op == Reducer::Max || op == Reducer::Min
                                          ? "over an index it takes one value; the one of two "
                                            "values is written without: `" +
                                                name.text + "(a, b)`"
                                          : "it takes one value, and its indices in brackets: `" +
                                                name.text + "[i, j](...)`");
      body = expr();
      return body != nullptr;
    };
    if (!commaList(TokenKind::RParen, open, item))
      return nullptr;
  }
  Span span = since(name.span);
  return built(std::make_unique<Reduce>(span, op, std::move(name), std::move(binders),
                                        std::move(body), std::move(options)));
}

bool Grammar::binder(std::vector<Binder> &binders) {
  Binder binder;
  if (!ident(binder.name, "an index"))
    return false;
  if (peek() == TokenKind::Assign || peek() == TokenKind::Colon || peek() == TokenKind::Less) {
    expected("`in`").note("a range is written `" + binder.name.text + " in lo..hi`, half open");
    return false;
  }
  if (accept(TokenKind::In) && !range(binder.lo, binder.hi))
    return false;
  binder.span = since(binder.name.span);
  binders.push_back(std::move(binder));
  return true;
}

bool Grammar::range(ExprPtr &lo, ExprPtr &hi) {
  lo = expr();
  if (!lo)
    return false;
  if (peek() != TokenKind::DotDot) {
    expected("`..`").note("a range is written `lo..hi`, half open, as in `i in 0..N`");
    return false;
  }
  take();
  if (peek() == TokenKind::Assign) {
    expected("the range's end").note("a range is half open: up to N included is `lo..N+1`");
    return false;
  }
  hi = expr();
  return hi != nullptr;
}

bool Grammar::argument(std::vector<Argument> &args) {
  if (peek(1) == TokenKind::Assign)
    return namedArgument(args, "");
  Span begin = here();
  if (!args.empty() && args.back().name)
    diags.error(begin, "a positional argument behind a named one")
        .note("put it before the named ones, or name it, too");
  Argument arg;
  arg.value = expr();
  if (!arg.value)
    return false;
  arg.span = since(begin);
  args.push_back(std::move(arg));
  return true;
}

bool Grammar::namedArgument(std::vector<Argument> &args, StringRef advice) {
  if (peek(1) != TokenKind::Assign) {
    expected("`name=`").note(advice);
    return false;
  }
  Argument arg;
  arg.name.emplace();
  if (!ident(*arg.name, "a name"))
    return false;
  take();
  arg.value = expr();
  if (!arg.value)
    return false;
  arg.span = since(arg.name->span);
  args.push_back(std::move(arg));
  return true;
}

} // namespace mixc::mix
