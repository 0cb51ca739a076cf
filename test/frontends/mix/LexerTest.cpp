// Tokens, comments, and where a newline may end a statement.
#include "frontends/mix/Lexer.h"

#include "gtest/gtest.h"

using namespace mixc::mix;

namespace {

/// The lexer's answer, with the texts that its spans point into.
struct Lexed {
  explicit Lexed(llvm::StringRef text) : diags(sources) {
    list = lex(sources, sources.addText("t.mix", text), diags);
  }

  /// The tokens' texts, `|` before a border, without the end of the file.
  std::string shown() const {
    std::string all;
    for (size_t i = 0; i + 1 < list.tokens.size(); ++i) {
      if (i > 0)
        all += list.tokens[i].border ? " | " : " ";
      all += sources.text(list.span(list.tokens[i]));
    }
    return all;
  }
  std::string firstMessage() const {
    return diags.list().empty() ? "" : diags.list().front().message;
  }
  std::string firstNote() const {
    return diags.list().empty() || diags.list().front().notes.empty()
               ? ""
               : diags.list().front().notes.front().text;
  }

  SourceManager sources;
  Diagnostics diags;
  TokenList list;
};

TEST(Lexer, RangeIsTwoDotsAndNeverANumber) {
  EXPECT_EQ(Lexed("0..N").shown(), "0 .. N");
  EXPECT_EQ(Lexed("0.5..1.5").shown(), "0.5 .. 1.5");
  EXPECT_EQ(Lexed("1..2").list.tokens[0].kind, TokenKind::Int);
}

TEST(Lexer, NumbersNeedADigitOnBothSidesOfThePoint) {
  for (const char *text : {"1. ", ".5", "1.e5", "0.5.5"}) {
    Lexed lexed(text);
    EXPECT_NE(lexed.firstMessage().find("lacks a digit"), std::string::npos) << text;
  }
  EXPECT_EQ(Lexed("1e-6").list.tokens[0].kind, TokenKind::Float);
  EXPECT_EQ(Lexed("2E+3").list.tokens[0].kind, TokenKind::Float);
  EXPECT_EQ(Lexed("1e").firstMessage(), "the exponent of `1e` has no digits");
  EXPECT_EQ(Lexed("2x").firstMessage(), "`2x` is neither a number nor a name");
}

TEST(Lexer, OperatorsOfEquations) {
  EXPECT_EQ(Lexed("y[i] max= x").shown(), "y [ i ] max= x");
  EXPECT_EQ(Lexed("a max == b").shown(), "a max == b");
  EXPECT_EQ(Lexed("max==b").shown(), "max == b");
  EXPECT_EQ(Lexed("max =b").shown(), "max = b");
  EXPECT_EQ(Lexed("a:=b+=c").shown(), "a := b += c");
}

TEST(Lexer, NewlineEndsAStatement) {
  EXPECT_EQ(Lexed("a = b\nc = d").shown(), "a = b | c = d");
  EXPECT_EQ(Lexed("a = b\n- c").shown(), "a = b | - c");
  EXPECT_EQ(Lexed("a = b\n!c").shown(), "a = b | ! c");
}

TEST(Lexer, NewlineAfterAnOperatorContinues) {
  for (const char *op : {"+",  "-", "*", "/",    "%",    "^",  "==", "<",    ">=",   "&&",
                         "||", "=", ",", "then", "else", ":=", "+=", "max=", "min=", ".."})
    EXPECT_EQ(Lexed(std::string("a ") + op + "\nb").shown(), std::string("a ") + op + " b");
}

TEST(Lexer, NewlineBeforeABinaryOperatorContinues) {
  for (const char *op : {"+", "*", "/", "%", "^", "==", "!=", "<", ">=", "&&", "||", "then", "else",
                         ":=", "+=", "max=", "min=", ".."})
    EXPECT_EQ(Lexed(std::string("a\n") + op + " b").shown(), std::string("a ") + op + " b");
}

TEST(Lexer, CommentsAndBlankLinesDoNotEndAContinuedStatement) {
  EXPECT_EQ(Lexed("a = // c\n\n  // d\n\n b\n// e\n  + c").shown(), "a = b + c");
}

TEST(Lexer, Comments) {
  Lexed lexed("/// doc\r\nx // tail  \n//// no doc\n//");
  ASSERT_EQ(lexed.list.comments.size(), 4u);
  auto text = [&](size_t i) { return lexed.sources.text(lexed.list.comments[i].span).str(); };
  EXPECT_EQ(text(0), "/// doc");
  EXPECT_TRUE(lexed.list.comments[0].doc);
  EXPECT_TRUE(lexed.list.comments[0].ownLine);
  EXPECT_EQ(text(1), "// tail");
  EXPECT_FALSE(lexed.list.comments[1].ownLine);
  EXPECT_FALSE(lexed.list.comments[2].doc);
  EXPECT_EQ(text(3), "//");
}

TEST(Lexer, ByteOrderMarkCarriageReturnsAndTabsAreBlanks) {
  Lexed lexed("\xEF\xBB\xBF"
              "a\t=\r\n\tb\r\n");
  EXPECT_EQ(lexed.shown(), "a = b");
  EXPECT_FALSE(lexed.diags.hasErrors());
}

TEST(Lexer, WhatIsNotUTF8IsSaidOnce) {
  Lexed lexed("a = \xff\xfe // \xff");
  EXPECT_EQ(lexed.diags.errorCount(), 1u);
  EXPECT_EQ(lexed.firstMessage(), "the file is not UTF-8 text from here on");
}

TEST(Lexer, WhatMakesNoToken) {
  EXPECT_EQ(Lexed("a \xE2\x89\xA4 b").firstMessage(), "unexpected `\xE2\x89\xA4`");
  EXPECT_EQ(Lexed("a & b").firstNote(), "and is written `&&`");
  EXPECT_EQ(Lexed("a | b").firstNote(), "or is written `||`, an absolute value `abs(x)`");
  EXPECT_EQ(Lexed("a;").firstNote(), "a statement ends with its line");
  EXPECT_EQ(Lexed("# a").firstNote(), "a comment begins with `//`");
  EXPECT_EQ(Lexed("a . b").firstNote(), "a range is written `lo..hi`");
  EXPECT_EQ(Lexed("/* a */ b").shown(), "/* a */ b");
  EXPECT_EQ(Lexed("/* a */").firstMessage(), "`/*` does not begin a comment here");
  EXPECT_EQ(Lexed("import \"a").firstMessage(), "the string is not closed on its line");
  EXPECT_EQ(Lexed(llvm::StringRef("a\0b", 3)).firstMessage(), "unexpected `\\x00`");
}

TEST(Lexer, NumbersOfOtherLanguages) {
  EXPECT_EQ(Lexed("1.").firstNote(), "write `1.0`");
  EXPECT_EQ(Lexed(".5").firstNote(), "write `0.5`");
  EXPECT_EQ(Lexed("1.e3").firstNote(), "write `1.0e3`");
  EXPECT_EQ(Lexed("1_000").firstNote(), "the digits of a number are not grouped");
  EXPECT_EQ(Lexed("0x10").firstNote(), "numbers are decimal");
  EXPECT_EQ(Lexed("1.0f").firstNote(), "write `1.0`: a number takes the type that it meets");
  EXPECT_EQ(Lexed("2j").firstNote(), "write `complex(0, 2)`");
  EXPECT_EQ(Lexed("2x").firstNote(), "write a product with `*`, as in `2 * x`");
}

TEST(Lexer, SignsOfOtherLanguages) {
  EXPECT_EQ(Lexed("a @ b").firstNote(),
            "a product of tensors is written with indices: `sum[k](a[i,k] * b[k,j])`");
  EXPECT_EQ(Lexed("c ? a : b").firstNote(), "a conditional is written `if c then a else b`");
  EXPECT_EQ(Lexed("~a").firstNote(), "not is written `!`");
  EXPECT_EQ(Lexed("a \\").firstNote(),
            "a statement goes on over lines inside brackets and behind an operator");
  EXPECT_EQ(Lexed("\\sum").firstNote(), "LaTeX is not read: a sum is written `sum[i](...)`");
  EXPECT_EQ(Lexed("x.T").firstNote(), "there are no attributes, methods or modules: call `exp(x)`, "
                                      "name what you read by its indices");
  EXPECT_EQ(Lexed("x[...]").firstMessage(), "unexpected `...`");
  EXPECT_EQ(Lexed("'inf'").firstMessage(), "unexpected `'inf'`");
  EXPECT_EQ(Lexed("x' y").firstMessage(), "unexpected `'`");
  EXPECT_EQ(Lexed("# it's a comment & no more").diags.errorCount(), 1u);
  EXPECT_EQ(Lexed("a ≤ b").firstNote(), "it is written `<=`");
  EXPECT_EQ(Lexed("−a").firstNote(), "a minus is written `-`");
  EXPECT_EQ(Lexed("λ = 1").firstNote(),
            "a name is made of ASCII letters: spell it out, as in `alpha`");
  EXPECT_EQ(Lexed("a\u00a0b").firstMessage(), "unexpected `U+00A0`");
  EXPECT_EQ(Lexed("a\u00a0b").firstNote(), "it looks like a blank and is none: replace it");
  EXPECT_EQ(Lexed("a 語 b").firstNote(), "outside comments, the language is written in ASCII "
                                         "letters, digits, brackets and operators");
}

TEST(Lexer, ReservedWords) {
  for (const char *word : {"import", "def", "mixer", "where", "let", "tensor", "if", "then", "else",
                           "in", "inf", "pi", "true", "false", "int", "bool", "f32", "bf16", "c64"})
    EXPECT_TRUE(isReserved(word)) << word;
  for (const char *word : {"max", "sum", "cast", "mixers", "f31", "_", "In"})
    EXPECT_FALSE(isReserved(word)) << word;
}

} // namespace
