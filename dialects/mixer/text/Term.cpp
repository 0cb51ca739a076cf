//===- Term.cpp - expressions of the language ----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/Term.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mixc::mixer;
using Kind = Term::Kind;

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

static TermPtr make(Term::Kind kind, Level level, std::string text,
                    std::vector<TermPtr> parts = {}) {
  auto term = std::make_shared<Term>();
  term->kind = kind;
  term->level = level;
  term->text = std::move(text);
  term->parts = std::move(parts);
  return term;
}

TermPtr mixc::mixer::leaf(std::string text, Level level) {
  return make(Kind::Leaf, level, std::move(text));
}
TermPtr mixc::mixer::local(std::string name) {
  return make(Kind::Local, Level::Whole, std::move(name));
}
TermPtr mixc::mixer::integer(int64_t value) {
  return leaf(std::to_string(value), value < 0 ? Level::Sign : Level::Whole);
}
TermPtr mixc::mixer::prefix(StringRef op, TermPtr operand) {
  return make(Kind::Prefix, Level::Sign, op.str(), {std::move(operand)});
}
TermPtr mixc::mixer::infix(TermPtr a, StringRef op, TermPtr b) {
  Level level = llvm::StringSwitch<Level>(op)
                    .Case("||", Level::Or)
                    .Case("&&", Level::And)
                    .Cases({"+", "-"}, Level::Sum)
                    .Cases({"*", "/", "%"}, Level::Product)
                    .Case("^", Level::Power)
                    .Default(Level::Compare);
  return make(Kind::Infix, level, op.str(), {std::move(a), std::move(b)});
}
TermPtr mixc::mixer::call(StringRef function, std::vector<TermPtr> arguments) {
  return make(Kind::Call, Level::Whole, function.str(), std::move(arguments));
}
TermPtr mixc::mixer::choice(TermPtr condition, TermPtr yes, TermPtr no) {
  return make(Kind::Choice, Level::If, "", {std::move(condition), std::move(yes), std::move(no)});
}
TermPtr mixc::mixer::read(const TextTensor &tensor, ArrayRef<TermPtr> subscripts) {
  auto term = std::make_shared<Term>();
  term->kind = Kind::Read;
  term->text = tensor.name;
  term->parts = subscripts;
  term->tensor = &tensor;
  return term;
}
std::shared_ptr<Term> mixc::mixer::newReduction(StringRef op) {
  auto term = std::make_shared<Term>();
  term->kind = Kind::Reduction;
  term->text = op.str();
  return term;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static Level above(Level level) { return static_cast<Level>(static_cast<int>(level) + 1); }

void mixc::mixer::writeList(raw_ostream &os, ArrayRef<std::string> items) {
  // As the formatter does: commas are close where nothing has a blank.
  bool close = llvm::none_of(items, [](const std::string &s) { return s.find(' ') != s.npos; });
  os << "[" << llvm::join(items, close ? "," : ", ") << "]";
}

static void writeInfix(raw_ostream &os, const Term &term, bool tight) {
  // `^` takes a whole on its left and a signed operand on its right; comparisons do not chain.
  Level left = term.level, right = above(term.level);
  if (term.level == Level::Power)
    left = Level::Whole, right = Level::Sign;
  else if (term.level == Level::Compare)
    left = above(left);
  bool blanks = term.level != Level::Power && (!tight || term.level < Level::Sum);
  write(os, *term.parts[0], left, tight);
  os << (blanks ? " " : "") << term.text << (blanks ? " " : "");
  write(os, *term.parts[1], right, tight);
}

static void writeReduction(raw_ostream &os, const Term &term) {
  std::vector<std::string> binders;
  for (const TermBinder &binder : term.binders) {
    binders.push_back(binder.name);
    if (binder.lo)
      binders.back() += " in " + toText(*binder.lo, true) + ".." + toText(*binder.hi, true);
  }
  os << term.text;
  writeList(os, binders);
  os << "(";
  write(os, *term.parts.front());
  for (auto &[name, value] : term.options) {
    os << ", " << name << "=";
    write(os, *value);
  }
  os << ")";
}

void mixc::mixer::write(raw_ostream &os, const Term &term, Level level, bool tight) {
  bool parens = term.level < level;
  tight = tight && term.level != Level::If;
  os << (parens ? "(" : "");
  switch (term.kind) {
  case Kind::Leaf:
  case Kind::Local:
    os << term.text;
    break;
  case Kind::Read:
    os << term.text;
    if (!term.parts.empty())
      writeList(os, llvm::map_to_vector(term.parts,
                                        [](const TermPtr &part) { return toText(*part, true); }));
    break;
  case Kind::Prefix:
    os << term.text;
    write(os, *term.parts.front(), Level::Power, tight);
    break;
  case Kind::Infix:
    writeInfix(os, term, tight);
    break;
  case Kind::Call:
    os << term.text << "(";
    llvm::interleaveComma(term.parts, os, [&](const TermPtr &part) { write(os, *part); });
    os << ")";
    break;
  case Kind::Choice:
    os << "if ";
    write(os, *term.parts[0], Level::Or);
    os << " then ";
    write(os, *term.parts[1], Level::Or);
    os << " else ";
    write(os, *term.parts[2]);
    break;
  case Kind::Reduction:
    writeReduction(os, term);
    break;
  }
  os << (parens ? ")" : "");
}

std::string mixc::mixer::toText(const Term &term, bool tight) {
  std::string text;
  llvm::raw_string_ostream os(text);
  write(os, term, Level::If, tight);
  return text;
}

//===----------------------------------------------------------------------===//
// Asking
//===----------------------------------------------------------------------===//

/// Calls `visit` on all direct parts of `term`.
static void forEachPart(const Term &term, llvm::function_ref<void(const Term &)> visit) {
  for (const TermBinder &binder : term.binders)
    if (binder.lo)
      visit(*binder.lo), visit(*binder.hi);
  for (const TermPtr &part : term.parts)
    visit(*part);
  for (auto &[name, value] : term.options)
    visit(*value);
}

static void collectFree(const Term &term, llvm::StringSet<> &names) {
  if (term.kind == Kind::Local)
    names.insert(term.text);
  if (term.kind != Kind::Reduction)
    return forEachPart(term, [&](const Term &part) { collectFree(part, names); });
  for (const TermBinder &binder : term.binders)
    if (binder.lo)
      collectFree(*binder.lo, names), collectFree(*binder.hi, names);
  for (auto &[name, value] : term.options)
    collectFree(*value, names);
  llvm::StringSet<> inside;
  collectFree(*term.parts.front(), inside);
  for (const TermBinder &binder : term.binders) {
    inside.erase(binder.name);
    if (term.keepsAxis)
      names.insert(binder.name);
  }
  for (auto &entry : inside)
    names.insert(entry.getKey());
}

llvm::StringSet<> mixc::mixer::freeLocals(const Term &term) {
  llvm::StringSet<> names;
  collectFree(term, names);
  return names;
}

namespace {
/// What the places of an index say about its range.
struct Places {
  StringRef name;
  AxisRange range;
  bool agrees = true, found = false;

  void see(const AxisRange &place, bool known) {
    agrees &= place == range;
    found |= known;
  }

  void visit(const Term &term) {
    if (term.kind == Kind::Read)
      for (auto [axis, part] : llvm::enumerate(term.parts)) {
        if (!part->isLocal(name))
          continue;
        agrees &= !term.tensor->uncertain[axis];
        see(term.tensor->axes[axis], term.tensor->shaped || term.tensor->defined);
      }
    if (term.atRange && term.options.front().second->isLocal(name))
      see(*term.atRange, /*known=*/true);
    forEachPart(term, [&](const Term &part) { visit(part); });
  }
};
} // namespace

bool mixc::mixer::isInferred(StringRef name, const AxisRange &range, ArrayRef<TermPtr> terms) {
  Places places{name, range};
  for (const TermPtr &term : terms)
    places.visit(*term);
  return places.agrees && places.found;
}
