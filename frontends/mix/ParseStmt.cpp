//===- ParseStmt.cpp - the rules of a mixer's body ------------------------===//
#include "frontends/mix/Grammar.h"
#include "frontends/mix/Habits.h"

using namespace llvm;

namespace mixc::mix {

void Grammar::body(Mixer &mixer, Span open) {
  while (true) {
    const Token &token = raw();
    if (token.kind == TokenKind::RBrace) {
      take();
      break;
    }
    if (token.kind == TokenKind::End ||
        (token.lineStart && (token.kind == TokenKind::Mixer || token.kind == TokenKind::Import))) {
      statementStart = at;
      expected("`}`").note(open, "to close the body that begins here");
      break;
    }
    statementStart = at;
    StmtPtr stmt = statement();
    if (stmt && endOfStatement())
      mixer.body.push_back(std::move(stmt));
    else
      skipStatement();
  }
  mixer.bodySpan = since(open);
}

bool Grammar::endOfStatement() {
  TokenKind kind = peek();
  if (kind == TokenKind::Newline || kind == TokenKind::End || kind == TokenKind::RBrace)
    return true;
  StringRef before = at > 0 ? text(list.tokens[at - 1]) : "";
  auto error = expected("the end of the line");
  if (StringRef habit = habitOf(Habit::Statement, before); !habit.empty()) {
    error.note(habit);
    return false;
  }
  if (kind == TokenKind::Name || kind == TokenKind::LParen) {
    error.note("a product is written with `*`, a reduction as `sum[i](...)`; a statement ends "
               "with its line");
    return false;
  }
  if (kind < TokenKind::Assign || kind > TokenKind::MinAssign) {
    error.note("a statement ends with its line: begin what follows on a line of its own");
    return false;
  }
  // Two equations in one: find the line break that did not count.
  for (size_t i = at; i-- > statementStart + 1;)
    if (list.tokens[i].lineStart && openLines == 0) {
      bool after = list.tokens[i - 1].kind >= TokenKind::Comma;
      const Token &culprit = list.tokens[after ? i - 1 : i];
      error.note(list.span(culprit), "this `" + text(culprit) + "` joins the two lines");
      return false;
    }
  error.note("one statement has one `=`; a comparison is written `==`");
  return false;
}

StmtPtr Grammar::statement() {
  TokenKind kind = peek();
  if (auto meant = misspelt({TokenKind::Let, TokenKind::Def, TokenKind::Tensor}, "a statement"))
    kind = *meant;
  switch (kind) {
  case TokenKind::Let:
    return let();
  case TokenKind::Def:
    return def();
  case TokenKind::Tensor:
    return tensor();
  case TokenKind::LParen:
    return callStmt();
  case TokenKind::Name:
    return equation();
  case TokenKind::Minus:
    expected("a statement")
        .note("a line that begins with `-` does not continue the one before: end that one "
              "with the `-`");
    return nullptr;
  default:
    break;
  }
  auto error = expected("a statement");
  if (kind == TokenKind::If)
    error.note("an `if` chooses between values, in one equation: `y[n] = if c then a else b`");
  else if (isReserved(text(raw())))
    error.note("`" + text(raw()) + "` is a reserved word");
  else
    error.note("a statement begins with a name, `let`, `def`, `tensor` or `(`");
  return nullptr;
}

StmtPtr Grammar::let() {
  auto let = std::make_unique<Let>(take());
  if (!ident(let->name, "a name"))
    return nullptr;
  if (peek() == TokenKind::LParen) {
    let->form = Let::Form::Function;
    OpenLines lines(*this);
    if (!idents(let->params, take(), "the name of an argument"))
      return nullptr;
  }
  if (peek() == TokenKind::Colon) {
    expected("`=`").note("a `let` has no type; a tensor's is declared by `tensor x: ...`");
    return nullptr;
  }
  if (peek() == TokenKind::LBracket) {
    expected("`=`").note("a `let` names a scalar, a function `g(h)` or a table; a tensor is "
                         "defined without `let`");
    return nullptr;
  }
  if (!expect(TokenKind::Assign))
    return nullptr;
  if (let->form == Let::Form::Scalar && peek() == TokenKind::LBracket) {
    let->form = Let::Form::Table;
    OpenLines lines(*this);
    Span open = take();
    auto item = [&] {
      let->table.push_back(literal());
      return let->table.back() != nullptr;
    };
    if (!commaList(TokenKind::RBracket, open, item))
      return nullptr;
    let->tableSpan = since(open);
  } else {
    let->value = expr();
    if (!let->value)
      return nullptr;
  }
  let->span = since(let->span);
  return let;
}

StmtPtr Grammar::def() {
  auto def = std::make_unique<Def>(take());
  if (!ident(def->name, "the function's name"))
    return nullptr;
  if (peek() != TokenKind::LParen) {
    expected("`(`").note("a function is written `def f(x) = ...`, a value `let x = ...`");
    return nullptr;
  }
  {
    OpenLines lines(*this);
    if (!idents(def->params, take(), "the name of an argument"))
      return nullptr;
  }
  if (!expect(TokenKind::Assign))
    return nullptr;
  def->value = expr();
  if (!def->value)
    return nullptr;
  def->span = since(def->span);
  return def;
}

StmtPtr Grammar::tensor() {
  auto decl = std::make_unique<TensorDecl>(take());
  if (!ident(decl->name, "the tensor's name") || !expect(TokenKind::Colon))
    return nullptr;
  if (!type(decl->type, /*mayBeEmpty=*/true))
    return nullptr;
  if (!decl->type.hasShape) {
    expected("`[`").note("a declared tensor has a shape, as in `tensor y: f32[B, N]`");
    return nullptr;
  }
  decl->span = since(decl->span);
  return decl;
}

StmtPtr Grammar::equation() {
  auto equation = std::make_unique<Equation>(here());
  if (!ident(equation->target, "a name"))
    return nullptr;
  if (peek() == TokenKind::LBracket) {
    OpenLines lines(*this);
    Span open = take();
    if (peek() == TokenKind::RBracket) {
      expected("a subscript").note("a rank-0 tensor is written without brackets");
      return nullptr;
    }
    if (!commaList(TokenKind::RBracket, open, [&] { return subscript(*equation); }))
      return nullptr;
  }
  equation->targetSpan = since(equation->span);
  if (!equationOp(*equation))
    return nullptr;
  equation->value = expr();
  if (!equation->value)
    return nullptr;
  equation->span = since(equation->span);
  return equation;
}

bool Grammar::subscript(Equation &equation) {
  Subscript subscript;
  Span begin = here();
  if (peek() == TokenKind::Name && peek(1) == TokenKind::In) {
    subscript.name.emplace();
    ident(*subscript.name, "an index");
    take();
    if (!range(subscript.lo, subscript.hi))
      return false;
  } else {
    subscript.value = expr();
    if (!subscript.value)
      return false;
    if (peek() == TokenKind::In) {
      diags.error(subscript.value->span, "expected an index before `in`")
          .note("a range is written `i in lo..hi`");
      return false;
    }
  }
  subscript.span = since(begin);
  equation.subscripts.push_back(std::move(subscript));
  return true;
}

bool Grammar::equationOp(Equation &equation) {
  TokenKind kind = peek();
  if (kind >= TokenKind::Assign && kind <= TokenKind::MinAssign) {
    equation.op = static_cast<EquationOp>(unsigned(kind) - unsigned(TokenKind::Assign));
    equation.opSpan = take();
    return true;
  }
  StringRef word = text(raw());
  bool isOperator = kind >= TokenKind::Plus && kind <= TokenKind::OrOr;
  auto error = expected("`=`");
  if ((word == "max" || word == "min") && peek(1) == TokenKind::Assign)
    error.note("write `" + word + "=` without a blank");
  else if (kind == TokenKind::Equal)
    error.note("an equation is written with one `=`");
  else if (isOperator && peek(1) == TokenKind::Assign)
    error.note("the operators of an equation are `=`, `:=`, `+=`, `max=` and `min=`");
  else if (kind == TokenKind::LParen)
    error.note("a function is named by `let " + equation.target.text + "(i) = ...` or `def`");
  else if (StringRef habit = habitOf(Habit::Statement, equation.target.text); !habit.empty())
    error.note(habit);
  else if (kind == TokenKind::Colon)
    error.note("a tensor is declared by `tensor " + equation.target.text + ": ...`");
  else if (kind == TokenKind::Comma)
    error.note("several outputs of a mixer are taken by `(a, b) = f(...)`");
  else
    error.note("an equation is written `x[i] = ...`");
  return false;
}

StmtPtr Grammar::callStmt() {
  auto call = std::make_unique<CallStmt>(here());
  {
    OpenLines lines(*this);
    if (!idents(call->targets, take(), "a target's name or `_`"))
      return nullptr;
  }
  if (!expect(TokenKind::Assign))
    return nullptr;
  if (!ident(call->callee, "a mixer's name"))
    return nullptr;
  if (peek() == TokenKind::Less) {
    OpenLines lines(*this, /*angles=*/true);
    Span open = take();
    if (!commaList(TokenKind::Greater, open,
                   [&] { return namedArgument(call->params, "params are named: `f<w=3>(x)`"); }))
      return nullptr;
    call->paramsSpan = since(open);
  }
  if (peek() != TokenKind::LParen) {
    expected("`(`").note(call->callee.span, "targets in parentheses take the outputs of a "
                                            "mixer: `(o, _) = f(q, k)`");
    return nullptr;
  }
  {
    OpenLines lines(*this);
    Span open = take();
    if (!commaList(TokenKind::RParen, open, [&] { return argument(call->args); }))
      return nullptr;
  }
  call->span = since(call->span);
  return call;
}

} // namespace mixc::mix
