//===- ParseFile.cpp - the rules of a file and of a mixer's header --------===//
#include "frontends/mix/Grammar.h"
#include "frontends/mix/Habits.h"

using namespace llvm;

namespace mixc::mix {

File Grammar::parseFile() {
  File file;
  file.id = list.file;
  while (raw().kind != TokenKind::End) {
    statementStart = at;
    uint32_t before = last.valid() ? last.end : 0;
    StmtPtr parsed = item();
    if (!parsed) {
      skipItem();
      continue;
    }
    if (auto *mixer = dyn_cast<Mixer>(parsed.get()))
      documentation(*mixer, before);
    else if (!endOfStatement())
      skipItem();
    file.items.push_back(std::move(parsed));
  }
  file.comments = std::move(list.comments);
  return file;
}

StmtPtr Grammar::item() {
  TokenKind kind = peek();
  constexpr StringLiteral wanted = "`mixer`, `def` or `import`";
  if (auto meant = misspelt({TokenKind::Mixer, TokenKind::Def, TokenKind::Import}, wanted))
    kind = *meant;
  switch (kind) {
  case TokenKind::Import:
    return importFile();
  case TokenKind::Def:
    return def();
  case TokenKind::Mixer:
    return mixer();
  default:
    break;
  }
  StringRef habit = habitOf(Habit::Item, text(raw()));
  auto error = expected(wanted);
  if (!habit.empty())
    error.note(habit);
  else if (kind == TokenKind::Name || kind == TokenKind::Let || kind == TokenKind::Tensor ||
           kind == TokenKind::LParen)
    error.note("statements stand in a mixer's body, between `{` and `}`");
  else if (kind == TokenKind::RBrace)
    error.note("there is no open `{`");
  else
    error.note("a file holds imports, functions and mixers");
  return nullptr;
}

StmtPtr Grammar::importFile() {
  auto import = std::make_unique<Import>(take());
  if (peek() != TokenKind::String) {
    expected("a path in quotes").note("write `import \"other.mix\"`");
    return nullptr;
  }
  import->path = text(raw()).drop_front().drop_back().str();
  import->pathSpan = take();
  if (import->path.empty())
    diags.error(import->pathSpan, "the import names no file")
        .note("the path is relative to this file");
  import->span = since(import->span);
  return import;
}

StmtPtr Grammar::mixer() {
  auto mixer = std::make_unique<Mixer>(here());
  bool good;
  {
    OpenLines lines(*this);
    take();
    good = header(*mixer);
    if (!good && !skipHeader())
      return nullptr;
  }
  Span open = take();
  body(*mixer, open);
  mixer->span = since(mixer->span);
  // Without its header the body means nothing, but its errors have been reported.
  return good ? std::move(mixer) : nullptr;
}

bool Grammar::header(Mixer &mixer) {
  if (!ident(mixer.name, "the mixer's name"))
    return false;
  if (peek() == TokenKind::Less) {
    OpenLines lines(*this, /*angles=*/true);
    Span open = take();
    if (!commaList(TokenKind::Greater, open, [&] { return param(mixer); }))
      return false;
    mixer.paramsSpan = since(open);
  }
  if (peek() != TokenKind::LParen) {
    expected("`(`").note("a mixer is written `mixer f(x: [B, N]) -> (y: [B, N]) { ... }`");
    return false;
  }
  Span open = take();
  if (!commaList(TokenKind::RParen, open, [&] { return argGroup(mixer.args, false); }))
    return false;
  if (!expect(TokenKind::Arrow))
    return false;
  if (peek() != TokenKind::LParen) {
    expected("`(`").note("outputs stand in parentheses: `-> (o: [B, N])`");
    return false;
  }
  open = take();
  if (!commaList(TokenKind::RParen, open, [&] { return argGroup(mixer.outs, true); }))
    return false;
  if (accept(TokenKind::Where) && !where(mixer))
    return false;
  if (peek() == TokenKind::LBrace)
    return true;
  bool isComparison = !mixer.where.empty() && peek() == TokenKind::Assign;
  expected(mixer.where.empty() ? "`where` or `{`" : "`,` or `{`")
      .note(isComparison ? "a comparison is written `==`"
                         : "a mixer's equations stand between `{` and `}`");
  return false;
}

bool Grammar::param(Mixer &mixer) {
  Param param;
  if (!ident(param.name, "a param's name") || !expect(TokenKind::Colon) || !paramType(param))
    return false;
  if (accept(TokenKind::Assign)) {
    param.init = expr();
    if (!param.init)
      return false;
  }
  param.span = since(param.name.span);
  mixer.params.push_back(std::move(param));
  return true;
}

bool Grammar::paramType(Param &param) {
  StringRef word = text(raw());
  if (peek() == TokenKind::LBrace) {
    Span open = take();
    param.type = ParamType::Enum;
    if (!idents(param.values, open, "a value's name"))
      return false;
    param.typeSpan = since(open);
    return true;
  }
  if (peek() != TokenKind::Type || (word != "int" && word != "bool" && word != "f32")) {
    expected("`int`, `bool`, `f32` or `{`")
        .note("a param is a compile-time constant: `int` has 64 bits, what has another type is an "
              "argument");
    return false;
  }
  param.type = word == "int" ? ParamType::Int : word == "bool" ? ParamType::Bool : ParamType::F32;
  param.typeSpan = take();
  return true;
}

bool Grammar::argGroup(std::vector<ArgGroup> &groups, bool isOutput) {
  ArgGroup group;
  StringRef what = isOutput ? "an output's name" : "an argument's name";
  do {
    group.names.emplace_back();
    if (!ident(group.names.back(), what))
      return false;
  } while (accept(TokenKind::Comma));
  if (peek() != TokenKind::Colon) {
    expected("`:`").note(group.names.back().span, "it has a type: `x: f32[B, N]`, `x: [B, N]` "
                                                  "or, for a scalar argument, `x: f32`");
    return false;
  }
  take();
  if (!type(group.type, /*mayBeEmpty=*/isOutput))
    return false;
  if (isOutput && !group.type.hasShape) {
    expected("`[`").note("an output has a shape; of rank 0 it is `[]`");
    return false;
  }
  if (peek() == TokenKind::Assign) {
    if (isOutput) {
      expected("`,` or `)`").note("an output has no default");
      return false;
    }
    take();
    group.init = expr();
    if (!group.init)
      return false;
  }
  group.span = since(group.names.front().span);
  groups.push_back(std::move(group));
  return true;
}

bool Grammar::type(TypeRef &type, bool mayBeEmpty) {
  Span begin = here();
  StringRef word = text(raw());
  type.span = last.after();
  if (peek() == TokenKind::Type) {
    std::optional<ElementType> element = elementType(word);
    if (!element) {
      expected("an element type")
          .note("an integer type has a width, `i32`; a constant of compile time is a param: "
                "`mixer f<w: int = 4>(...)`");
      return false;
    }
    type.element = ElementRef{*element, take()};
    type.span = since(begin);
  } else if (std::optional<ElementType> meant = elementHabit(word);
             meant && peek() == TokenKind::Name) {
    expected("an element type or `[`").note("did you mean `" + spelling(*meant) + "`?");
    type.element = ElementRef{*meant, take()};
    type.span = since(begin);
  } else if (peek() == TokenKind::Name) {
    auto error = expected("an element type or `[`");
    SmallVector<StringRef> words;
    for (unsigned t = 0; t <= unsigned(ElementType::C64); ++t)
      words.push_back(spelling(static_cast<ElementType>(t)));
    if (StringRef guess = closest(word, words); !guess.empty())
      error.note("did you mean `" + guess + "`?");
    else
      error.note("the types are f64 f32 f16 bf16 f8e4m3 f8e5m2 i64 i32 i16 i8 u8 i4 bool c64");
    return false;
  }
  if (peek() == TokenKind::LParen) {
    expected("`[`").note("a shape stands in brackets: `[B, N]`");
    return false;
  }
  if (peek() != TokenKind::LBracket)
    return true;
  OpenLines lines(*this);
  Span open = take();
  type.hasShape = true;
  if (mayBeEmpty && accept(TokenKind::RBracket)) {
    type.span = since(begin);
    return true;
  }
  if (peek() == TokenKind::RBracket) {
    expected("an extent").note("a scalar argument has no brackets: `x: f32`");
    return false;
  }
  auto item = [&] {
    type.shape.push_back(expr());
    return type.shape.back() != nullptr;
  };
  if (!commaList(TokenKind::RBracket, open, item))
    return false;
  type.span = since(begin);
  return true;
}

bool Grammar::where(Mixer &mixer) {
  while (true) {
    size_t from = at;
    Where where;
    where.cond = expr();
    if (!where.cond)
      return false;
    where.text = onOneLine(from, at);
    mixer.where.push_back(std::move(where));
    if (peek() != TokenKind::Comma)
      return true;
    Span comma = take();
    if (peek() == TokenKind::LBrace) {
      diags.error(comma, "a comma before `{`").note("a list does not end in a comma: remove it");
      return true;
    }
  }
}

std::string Grammar::onOneLine(size_t from, size_t to) const {
  std::string line;
  for (size_t i = from; i < to; ++i) {
    if (i > from && list.tokens[i - 1].end < list.tokens[i].begin)
      line += ' ';
    line += text(list.tokens[i]);
  }
  return line;
}

void Grammar::documentation(Mixer &mixer, uint32_t after) {
  // The last run of `///` lines before the mixer; an earlier one belongs to the file.
  unsigned line = 0;
  auto first = llvm::partition_point(
      list.comments, [&](const Comment &comment) { return comment.span.begin < after; });
  for (const Comment &comment : llvm::make_range(first, list.comments.end())) {
    if (comment.span.begin >= mixer.span.begin)
      break;
    if (!comment.doc || !comment.ownLine)
      continue;
    unsigned next = sources.lineColumn(comment.span).line;
    if (next != line + 1) {
      mixer.doc.clear();
      mixer.cites.clear();
    }
    line = next;
    StringRef words = sources.text(comment.span).drop_front(3);
    words.consume_front(" ");
    StringRef trimmed = words.ltrim();
    if (trimmed.consume_front("@cite") && (trimmed.empty() || trimmed.ltrim() != trimmed))
      mixer.cites.push_back(trimmed.trim().str());
    else
      mixer.doc.push_back(words.str());
  }
}

} // namespace mixc::mix
