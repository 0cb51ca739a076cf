// What is said about a text that does not follow the grammar, and going on after it.
#include "frontends/mix/Parser.h"

#include "gtest/gtest.h"

using namespace mixc::mix;

namespace {

/// The errors of a text, one a line: `line:column message (first note)`.
std::string errors(llvm::StringRef text) {
  SourceManager sources;
  Diagnostics diags(sources);
  parse(sources, sources.addText("t.mix", text), diags);
  std::string all;
  for (const Diagnostic &d : diags.list()) {
    LineColumn at = sources.lineColumn(d.span);
    EXPECT_FALSE(d.notes.empty()) << d.message;
    all += std::to_string(at.line) + ":" + std::to_string(at.column) + " " + d.message;
    if (!d.notes.empty())
      all += " (" + d.notes.front().text + ")";
    all += "\n";
  }
  return all;
}

/// The same of a body's lines; the first is line 2.
std::string inBody(const llvm::Twine &body) {
  return errors(("mixer f(x: [N]) -> (y: [N]) {\n" + body + "\n}\n").str());
}

bool has(const std::string &text, llvm::StringRef part) {
  return llvm::StringRef(text).contains(part);
}

const char *const canStand =
    " (a number, a name, `x[i]`, `f(x)`, `sum[i](...)` or parentheses can stand here)\n";

TEST(ParserErrors, SeveralAreReportedInOneRun) {
  EXPECT_EQ(inBody("a[i] = x[i\n"
                   "b[i] = x[i] +\n"
                   "c[i] = 1 2\n"
                   "d[i] = )\n"
                   "e = 4"),
            std::string("3:1 expected `,` or `]`, found `b` (to go on from this `[`)\n"
                        "4:6 expected the end of the line, found `=` (this `+` joins the two "
                        "lines)\n"
                        "5:8 expected an expression, found `)`") +
                canStand);
}

TEST(ParserErrors, AMixerAfterABrokenOneIsRead) {
  EXPECT_EQ(errors("mixer f(x: [N]) -> y: [N] {\n"
                   "  y[i] = 1 2\n"
                   "}\n"
                   "mixer g(x [N]) -> (y: [N])\n"
                   "{\n"
                   "  y[i] = 3 4\n"
                   "}\n"),
            "1:20 expected `(`, found `y` (outputs stand in parentheses: `-> (o: [B, N])`)\n"
            "2:12 expected the end of the line, found `2` (a statement ends with its line: begin "
            "what follows on a line of its own)\n"
            "4:11 expected `:`, found `[` (it has a type: `x: f32[B, N]`, `x: [B, N]` or, for a "
            "scalar argument, `x: f32`)\n"
            "6:12 expected the end of the line, found `4` (a statement ends with its line: begin "
            "what follows on a line of its own)\n");
}

TEST(ParserErrors, AnUnclosedBodyEndsBeforeTheNextMixer) {
  EXPECT_EQ(errors("mixer f(x: [N]) -> (y: [N]) {\n"
                   "  y[i] = x[i]\n"
                   "mixer g(x: [N]) -> (y: [N]) { y[i] = x[i] }"),
            "3:1 expected `}`, found `mixer` (to close the body that begins here)\n");
}

TEST(ParserErrors, ComparisonsDoNotChain) {
  const char *note =
      "comparisons do not chain (write `a < b && b < c`, or put one comparison in parentheses)\n";
  EXPECT_EQ(inBody("a = b < c < d"), std::string("2:11 ") + note);
  EXPECT_EQ(inBody("a = b == c != d"), std::string("2:12 ") + note);
  EXPECT_EQ(inBody("a = (b < c) == d"), "");
}

TEST(ParserErrors, AConditionalBesideAnOperatorNeedsParentheses) {
  const char *expected = "an `if` beside an operator needs parentheses (write `(if ... then ... "
                         "else ...)`)\n";
  EXPECT_EQ(inBody("a = 1 + if b then c else d"), std::string("2:9 ") + expected);
  EXPECT_EQ(inBody("a = -if b then c else d"), std::string("2:6 ") + expected);
}

TEST(ParserErrors, ConditionalsAreWhole) {
  EXPECT_EQ(inBody("a = if b then c"), "2:16 expected `else`, found the end of the line (an `if` "
                                       "has both a `then` and an `else`, as in `else 0`)\n");
  EXPECT_EQ(inBody("a = if b c else d"),
            "2:10 expected `then`, found `c` (a conditional is written `if c then a else b`)\n");
}

TEST(ParserErrors, NoTrailingCommas) {
  for (const char *line : {"a = f(x, )", "b[i,] = 1", "c = sum[i,](x)", "let t = [1,]",
                           "(a,) = f(x)", "(a) = f<b=1,>(x)", "c = fft[n](x, at=k,)"})
    EXPECT_TRUE(has(inBody(line), "(a list does not end in a comma: remove it)")) << line;
  EXPECT_TRUE(has(errors("mixer f(x: [N],) -> (y: [N]) {}"), "a comma before `)`"));
  EXPECT_TRUE(has(errors("mixer f(x: [N]) -> (y: [N]) where N > 1, {}"), "a comma before `{`"));
}

TEST(ParserErrors, MisspeltWords) {
  EXPECT_EQ(errors("mixr f(x: [N]) -> (y: [N]) { y[i] = 1 2 }"),
            "1:1 expected `mixer`, `def` or `import`, found `mixr` (did you mean `mixer`?)\n"
            "1:39 expected the end of the line, found `2` (a statement ends with its line: begin "
            "what follows on a line of its own)\n");
  EXPECT_EQ(inBody("lett a = 3"), "2:1 expected a statement, found `lett` (did you mean `let`?)\n");
  EXPECT_EQ(inBody("tensr t: [N]"),
            "2:1 expected a statement, found `tensr` (did you mean `tensor`?)\n");
  EXPECT_EQ(inBody("a = sofmax[j](x)"),
            "2:5 `sofmax` is not a reduction (did you mean `softmax`?)\n");
  EXPECT_EQ(inBody("tensor t: bf17[N]"),
            "2:11 expected an element type or `[`, found `bf17` (did you mean `bf16`?)\n");
}

TEST(ParserErrors, ReservedWordsAreNoNames) {
  EXPECT_EQ(inBody("let in = 3"),
            "2:5 expected a name, found `in` (`in` is a reserved word: choose another name)\n");
  EXPECT_EQ(errors("mixer where(x: [N]) -> (y: [N]) {}"),
            "1:7 expected the mixer's name, found `where` (`where` is a reserved word: choose "
            "another name)\n");
  EXPECT_EQ(inBody("f32 = 3"),
            "2:1 expected a statement, found `f32` (`f32` is a reserved word)\n");
  EXPECT_TRUE(has(inBody("y = sum[pi](x)"), "`pi` is a reserved word"));
}

TEST(ParserErrors, OperatorsOfEquations) {
  EXPECT_EQ(inBody("a[i] max = 3"),
            "2:6 expected `=`, found `max` (write `max=` without a blank)\n");
  EXPECT_EQ(inBody("a[i] == 3"),
            "2:6 expected `=`, found `==` (an equation is written with one `=`)\n");
  EXPECT_EQ(inBody("a[i] -= 3"), "2:6 expected `=`, found `-` (the operators of an equation are "
                                 "`=`, `:=`, `+=`, `max=` and `min=`)\n");
  EXPECT_EQ(inBody("g(x) = 3"),
            "2:2 expected `=`, found `(` (a function is named by `let g(i) = ...` or `def`)\n");
}

TEST(ParserErrors, ALineThatBeginsWithAMinusDoesNotContinue) {
  EXPECT_TRUE(has(inBody("a = b\n- c"), "3:1 expected a statement, found `-`"));
}

TEST(ParserErrors, EmptyBrackets) {
  EXPECT_EQ(inBody("a[] = 1"),
            "2:3 expected a subscript, found `]` (a rank-0 tensor is written without brackets)\n");
  EXPECT_EQ(inBody("b = a[]"),
            "2:7 expected a subscript, found `]` (a rank-0 tensor is read without brackets)\n");
  EXPECT_TRUE(has(errors("mixer f() -> (y: [N]) {}"), "expected an argument's name, found `)`"));
  EXPECT_TRUE(has(errors("mixer f(x: []) -> (y: [N]) {}"), "expected an extent, found `]`"));
}

TEST(ParserErrors, Calls) {
  EXPECT_EQ(inBody("(a) = g(v=x, x)"), "2:14 a positional argument behind a named one (put it "
                                       "before the named ones, or name it, too)\n");
  EXPECT_EQ(inBody("(a) = g<1>(x)"),
            "2:9 expected `name=`, found `1` (params are named: `f<w=3>(x)`)\n");
  EXPECT_EQ(inBody("y = argtop[c](s, t)"), "2:18 expected `name=`, found `t` (the rank is named: "
                                           "`rank=t`)\n");
  EXPECT_TRUE(has(inBody("(a) = x"), "take the outputs of a mixer"));
}

TEST(ParserErrors, Casts) {
  EXPECT_EQ(inBody("a = cast(int, x)"), "2:10 expected an element type, found `int` (an integer "
                                        "type has a width: `i32`, `i64`)\n");
  EXPECT_EQ(inBody("b = cast(x, f32)"),
            "2:10 expected an element type, found `x` (the type comes first: `cast(bf16, x)`)\n");
  EXPECT_TRUE(has(inBody("c = bf16(x)"), "first in `cast(f32, x)`"));
}

TEST(ParserErrors, LiteralsOutsideTheirType) {
  EXPECT_TRUE(has(inBody("a = 9223372036854775808"), "does not fit a 64-bit integer"));
  EXPECT_TRUE(has(inBody("a = 99999999999999999999999"), "does not fit a 64-bit integer"));
  EXPECT_TRUE(has(inBody("a = 1e999"), "outside the range of `f64`"));
  EXPECT_TRUE(has(inBody("a = 0." + std::string(2000, '1')), "more than 1000 characters"));
}

TEST(ParserErrors, ParamsArgumentsOutputs) {
  EXPECT_TRUE(has(errors("mixer f<a: i32 = 3>(x: [N]) -> (y: [N]) { }"),
                  "expected `int`, `bool`, `f32` or `{`, found `i32`"));
  EXPECT_TRUE(has(errors("mixer f(x: [N]) -> (y: f32) {}"), "of rank 0 it is `[]`"));
  EXPECT_TRUE(has(errors("mixer f(x: [N]) -> (y: [N] = 3) {}"), "an output has no default"));
  EXPECT_TRUE(has(errors("mixer f(x: [N]) (y: [N]) {}"), "expected `->`, found `(`"));
}

TEST(ParserErrors, StatementsStandInABody) {
  EXPECT_EQ(errors("y[i] = x[i]\nlet a = 3\n"),
            "1:1 expected `mixer`, `def` or `import`, found `y` (statements stand in a mixer's "
            "body, between `{` and `}`)\n");
}

TEST(ParserErrors, Imports) {
  EXPECT_EQ(errors("import foo"),
            "1:8 expected a path in quotes, found `foo` (write `import \"other.mix\"`)\n");
  EXPECT_TRUE(has(errors("import \"\""), "the import names no file"));
}

// One mistake is one error, which says how the language writes what was meant.
TEST(ParserErrors, HabitsOfOtherNotations) {
  auto is = [](const char *line, const char *error) {
    EXPECT_EQ(inBody(line), "2:" + std::string(error) + "\n") << line;
  };
  is("y[n] = x[n] if c > 0 else 0",
     "13 a condition stands before its values (write `if c > 0 then x[n] else 0`)");
  is("y[n] = 2 * (x[n] if a if b else c)",
     "18 a condition stands before its values (write `if a then x[n] else b`)");
  is("y[n] = x[n] ** 2", "13 `**` is no operator (a power is written `x^2`)");
  is("y[n] = if i > j and j > 0 then 1 else 0", "17 `and` is no operator (it is written `&&`)");
  is("y[n] = if (i > j or not b) then 1 else 0", "18 `or` is no operator (it is written `||`)\n"
                                                 "2:21 `not` is no operator (it is written `!`)");
  is("y[n] = if i = j then 1 else 0",
     "13 expected `then`, found `=` (a comparison is written `==`)");
  is("y[n] = if a then 1 elif b then 2 else 3",
     "20 expected `else`, found `elif` (write `else if`)");
  is("y[n] = where(m, x, 0)",
     "8 expected an expression, found `where` (a choice is written `if c then a else b`)");
  is("y = sum(n)(x[n])", "5 `sum` names its indices in brackets (write `sum[n](...)`)");
  is("y = sum[n] x[n]", "12 expected `(`, found `x` (what `sum` runs over stands in parentheses: "
                        "`sum[n](...)`)");
  is("y = sum_n x[n]", "11 expected the end of the line, found `x` (a product is written with "
                       "`*`, a reduction as `sum[i](...)`; a statement ends with its line)");
  is("y = sum[n=0..N](x[n])",
     "10 expected `in`, found `=` (a range is written `n in lo..hi`, half open)");
  is("y = sum[n in 0:N](x[n])", "15 expected `..`, found `:` (a range is written `lo..hi`, half "
                                "open, as in `i in 0..N`)");
  is("y = sum[n in 0..=N](x[n])", "17 expected the range's end, found `=` (a range is half open: "
                                  "up to N included is `lo..N+1`)");
  const char *slices = " (there are no slices: an index names each axis, as in `x[i, d]`, and a "
                       "range the part of one: `d in 0..D/2`)";
  is("y[n] = x[n, :]", ("13 expected an expression, found `:`" + std::string(slices)).c_str());
  is("y[n] = x[n, 0:2]", ("14 expected `,` or `]`, found `:`" + std::string(slices)).c_str());
  is("y[n] = x[n][0]", "12 an element is not subscripted again (all subscripts stand in one pair "
                       "of brackets: `x[i, j]`)");
  is("y[n] = layernorm[n](x[n], 1e-5)",
     "27 expected `name=`, found `1e-5` (the constant is named: `eps=1e-6`)");
  is("y = einsum(\"ij->i\", x)",
     "12 expected an expression, found `\"ij->i\"` (strings name files to import; a product of "
     "tensors is written with indices: `sum[k](a[i,k] * b[k,j])`)");
  is("return y",
     "8 expected `=`, found `y` (an output is defined by its equation, as in `y[b, n] = ...`)");
  is("let f = lambda a: a", "16 expected the end of the line, found `a` (a function is written "
                            "`let f(x) = ...`)");
  is("for n in 0..N {\n  y[n] = x[n]\n}\ny[n] = x[n]",
     "5 expected `=`, found `n` (an equation holds at all points of its indices, without loops; "
     "what needs the step before reads it: `y[n-1]`)");
}

TEST(ParserErrors, HabitsOfHeaders) {
  EXPECT_EQ(errors("mixer f(x: float32[N], m: boolean) -> (y: Half[N]) { y[n] = x[n] }"),
            "1:12 expected an element type or `[`, found `float32` (did you mean `f32`?)\n"
            "1:27 expected an element type or `[`, found `boolean` (did you mean `bool`?)\n"
            "1:43 expected an element type or `[`, found `Half` (the types are f64 f32 f16 bf16 "
            "f8e4m3 f8e5m2 i64 i32 i16 i8 u8 i4 bool c64)\n");
  EXPECT_EQ(errors("mixer f(x: (N)) -> (y: [N]) { y[n] = x[n] }"),
            "1:12 expected `[`, found `(` (a shape stands in brackets: `[B, N]`)\n");
  EXPECT_EQ(errors("function f(x: [N]) -> (y: [N]) { y[n] = x[n] }"),
            "1:1 expected `mixer`, `def` or `import`, found `function` (write `mixer f(x: [B, N]) "
            "-> (y: [B, N]) { ... }`)\n");
}

std::string repeated(llvm::StringRef text, unsigned count) {
  std::string all;
  for (unsigned i = 0; i < count; ++i)
    all += text;
  return all;
}

TEST(ParserErrors, NestingIsBounded) {
  const char *deep = "nested more than 256 deep";
  EXPECT_TRUE(has(inBody("a = " + repeated("(", 100000)), deep));
  EXPECT_TRUE(has(inBody("a = " + repeated("-", 100000) + "1"), deep));
  EXPECT_TRUE(has(inBody("a = " + repeated("1^", 100000) + "1"), deep));
  EXPECT_TRUE(has(inBody("a = " + repeated("x[", 100000)), deep));
  EXPECT_TRUE(has(inBody("a = " + repeated("if b then c else ", 100000) + "1"), deep));
  EXPECT_TRUE(has(inBody("a = 1" + repeated("+1", 100000)), "more than 512 levels"));
  EXPECT_EQ(inBody("a = " + repeated("(", 250) + "1" + repeated(")", 250)), "");
  EXPECT_EQ(inBody("a = 1" + repeated("+1", 500)), "");
}

TEST(ParserErrors, ALongBrokenFileEndsSoon) {
  EXPECT_NE(inBody(repeated("a[i = (b[\n", 50000)), "");
  EXPECT_NE(errors(repeated("mixer f(", 50000)), "");
  EXPECT_NE(errors(repeated("mixer f(x: [N]) -> (y: [N]) {\n", 50000)), "");
  EXPECT_NE(errors(repeated("}", 100000)), "");
  EXPECT_NE(inBody(repeated("for {\n", 50000)), "");
  EXPECT_NE(inBody("a = " + repeated("x if c else ", 50000)), "");
}

} // namespace
