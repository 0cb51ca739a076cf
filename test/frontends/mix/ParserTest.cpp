// The tree of what follows the grammar.
#include "frontends/mix/Parser.h"

#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace mixc::mix;

namespace {

struct Parsed {
  explicit Parsed(llvm::StringRef text) : diags(sources) {
    file = parse(sources, sources.addText("t.mix", text), diags);
    if (diags.hasErrors()) {
      std::string printed;
      llvm::raw_string_ostream os(printed);
      diags.print(os);
      ADD_FAILURE() << printed;
    }
  }
  const Mixer &mixer() const { return *file.mixers().front(); }

  SourceManager sources;
  Diagnostics diags;
  File file;
};

std::string inBody(llvm::StringRef body) {
  return ("mixer f(x: [N]) -> (y: [N]) {\n" + body + "\n}\n").str();
}

/// The tree of an expression, as one line: operators with their operands in brackets.
std::string shape(const Expr &e) {
  if (const auto *binary = llvm::dyn_cast<Binary>(&e))
    return "(" + shape(*binary->lhs) + spelling(binary->op).str() + shape(*binary->rhs) + ")";
  if (const auto *unary = llvm::dyn_cast<Unary>(&e))
    return (unary->op == UnaryOp::Neg ? "(-" : "(!") + shape(*unary->operand) + ")";
  if (const auto *cond = llvm::dyn_cast<If>(&e))
    return "(if " + shape(*cond->cond) + " " + shape(*cond->thenValue) + " " +
           shape(*cond->elseValue) + ")";
  std::string text = dump(e);
  return text.substr(text.find(' ') + 1,
                     text.find_first_of("\n", text.find(' ')) - text.find(' ') - 1);
}

std::string shape(llvm::StringRef expr) {
  Parsed parsed(inBody(("y = " + expr).str()));
  if (parsed.diags.hasErrors() || parsed.mixer().body.size() != 1)
    return "";
  return shape(*llvm::cast<Equation>(*parsed.mixer().body.front()).value);
}

TEST(Parser, Precedence) {
  EXPECT_EQ(shape("a || b && c == d + e * -f ^ g"), "(a||(b&&(c==(d+(e*(-(f^g)))))))");
  EXPECT_EQ(shape("a - b - c"), "((a-b)-c)");
  EXPECT_EQ(shape("a / b * c % d"), "(((a/b)*c)%d)");
  EXPECT_EQ(shape("!a && b"), "((!a)&&b)");
  EXPECT_EQ(shape("-a * b"), "((-a)*b)");
}

TEST(Parser, PowerIsRightAssociativeAndTakesASign) {
  EXPECT_EQ(shape("a ^ b ^ c"), "(a^(b^c))");
  EXPECT_EQ(shape("D^-0.5 * a"), "((D^(-0.5))*a)");
  EXPECT_EQ(shape("-a^2"), "(-(a^2))");
}

TEST(Parser, ConditionalsReachFarRight) {
  EXPECT_EQ(shape("if a < b then c else d + e"), "(if (a<b) c (d+e))");
  EXPECT_EQ(shape("if a then b else if c then d else e"), "(if a b (if c d e))");
  EXPECT_EQ(shape("1 + (if a then b else c)"), "(1+(if a b c))");
}

TEST(Parser, MinusAtALinesStartEndsAndInBracketsGoesOn) {
  EXPECT_EQ(shape("(a\n- b)"), "(a-b)");
  EXPECT_EQ(shape("a -\n b"), "(a-b)");
  EXPECT_EQ(shape("a\n // c\n\n + b"), "(a+b)");
  EXPECT_EQ(shape("if a\n then b\n else c"), "(if a b c)");
}

TEST(Parser, ParenthesesAreCounted) {
  Parsed parsed(inBody("y = ((a)) + b"));
  const auto &sum = llvm::cast<Binary>(*llvm::cast<Equation>(*parsed.mixer().body.front()).value);
  EXPECT_EQ(sum.lhs->parens, 2u);
  EXPECT_EQ(sum.rhs->parens, 0u);
  EXPECT_EQ(parsed.sources.text(sum.lhs->span), "((a))");
  EXPECT_EQ(parsed.sources.text(sum.span), "((a)) + b");
  EXPECT_EQ(parsed.sources.text(sum.opSpan), "+");
}

TEST(Parser, Header) {
  Parsed parsed("import \"a/b.mix\"\n"
                "def sq(x) = x * x\n"
                "/// Not this.\n"
                "\n"
                "/// Says what it is.\n"
                "/// @cite Someone 2020\n"
                "///\n"
                "///   more\n"
                "mixer f<a: bool = true, n: int, s: f32 = 1e-3, k: {relu, tanh_} = relu>(\n"
                "  q, k: [B, 2*W-1], g: bf16, z: i32[N] = 0\n"
                ")\n"
                "-> (o: f32[B], r, t: [])\n"
                "where B % 2\n"
                "== 0, n > 1 // why\n"
                "{ }");
  EXPECT_EQ(dump(parsed.file), R"(import "a/b.mix"
def sq x
  binary *
    name x
    name x
mixer f
  doc Says what it is.
  doc 
  doc   more
  cite Someone 2020
  param a bool
    true
  param n int
  param s f32
    float 1e-3
  param k enum relu tanh_
    name relu
  arg q k
    type generic tensor
      name B
      binary -
        binary *
          int 2
          name W
        int 1
  arg g
    type bf16 scalar
  arg z
    type i32 tensor
      name N
    int 0
  out o
    type f32 tensor
      name B
  out r t
    type generic tensor
  where
    binary ==
      binary %
        name B
        int 2
      int 0
  where
    binary >
      name n
      int 1
)");
  EXPECT_EQ(parsed.mixer().where[0].text, "B % 2 == 0");
  EXPECT_EQ(parsed.mixer().where[1].text, "n > 1");
}

TEST(Parser, ADefaultInAnglesEndsAtTheAngle) {
  Parsed parsed("mixer f<a: int = 2, b: bool = (a > 1)>(x: [N]) -> (y: [N]) { y[i] = x[i] }");
  EXPECT_EQ(parsed.mixer().params.size(), 2u);
  EXPECT_EQ(parsed.mixer().params[1].init->parens, 1u);
}

TEST(Parser, Statements) {
  Parsed parsed(inBody("let w = 2*N\n"
                       "let g(h, k) = h / k\n"
                       "let taps = [1, -0.5, inf,\n true]\n"
                       "def id(v) = v\n"
                       "tensor t: f32[N, 2]\n"
                       "tensor u: []\n"
                       "t[i, 0] = x[i]\n"
                       "t[j in 0..N, x[j]] += 1\n"
                       "t[j in 0..N, 1] max= 1\n"
                       "t[j in 0..N, 1] min= 1\n"
                       "t[j in 0..N, 1] := 1\n"
                       "u = 3\n"
                       "(a, _) = g<c=false, d=w>(x, v=t)"));
  std::string text = dump(parsed.file);
  EXPECT_EQ(text.substr(text.find("  let")), R"(  let scalar w
    binary *
      int 2
      name N
  let function g h k
    binary /
      name h
      name k
  let table taps
    int 1
    neg
      float 0.5
    inf
    true
  def id v
    name v
  tensor t
    type f32 tensor
      name N
      int 2
  tensor u
    type generic tensor
  equation t =
    name i
    int 0
    value
    access x
      name i
  equation t +=
    index j
      int 0
      name N
    access x
      name j
    value
    int 1
  equation t max=
    index j
      int 0
      name N
    int 1
    value
    int 1
  equation t min=
    index j
      int 0
      name N
    int 1
    value
    int 1
  equation t :=
    index j
      int 0
      name N
    int 1
    value
    int 1
  equation u =
    value
    int 3
  call g -> a _
    param c
      false
    param d
      name w
    name x
    argument v
      name t
)");
}

TEST(Parser, ReductionsCallsAndReads) {
  Parsed parsed(inBody("y = sum[i, j in 0..W](a[i] * max(b, c)) + "
                       "argtop[c](s, rank=t) + cast(bf16, pad(x[i - 1], 0)) + f()"));
  std::string text = dump(parsed.file);
  EXPECT_EQ(text.substr(text.find("    value\n")), R"(    value
    binary +
      binary +
        binary +
          reduce sum
            index i
            index j
              int 0
              name W
            binary *
              access a
                name i
              call max
                name b
                name c
          reduce argtop
            index c
            name s
            argument rank
              name t
        call cast bf16
          call pad
            access x
              binary -
                name i
                int 1
            int 0
      call f
)");
}

TEST(Parser, IntegersReachBothEndsOfI64) {
  Parsed parsed(inBody("y = -9223372036854775808 + 9223372036854775807"));
  EXPECT_NE(dump(parsed.file).find("int 9223372036854775807"), std::string::npos);
}

TEST(Parser, ATreeKnowsItsHeight) {
  Parsed parsed(inBody("y = a + b * (c + 1)"));
  EXPECT_EQ(llvm::cast<Equation>(*parsed.mixer().body.front()).value->height, 4u);
}

TEST(Parser, AFileMayBeEmpty) {
  EXPECT_TRUE(Parsed("").file.items.empty());
  EXPECT_EQ(Parsed("// only this").file.comments.size(), 1u);
}

} // namespace
