// The canonical layout.
#include "frontends/mix/Format.h"
#include "frontends/mix/Parser.h"

#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace mixc::mix;

namespace {

std::string formatted(llvm::StringRef text) {
  SourceManager sources;
  Diagnostics diags(sources);
  File file = parse(sources, sources.addText("t.mix", text), diags);
  if (diags.hasErrors()) {
    std::string printed;
    llvm::raw_string_ostream os(printed);
    diags.print(os);
    ADD_FAILURE() << printed;
    return "";
  }
  return format(file, sources);
}

/// One statement of a body, formatted, without its indent.
std::string statement(llvm::StringRef text) {
  std::string all = formatted(("mixer f(x: [N]) -> (y: [N]) {\n" + text + "\n}\n").str());
  llvm::StringRef body = all;
  body.consume_front("mixer f(x: [N]) -> (y: [N]) {\n  ");
  body.consume_back("\n}\n");
  return body.str();
}

TEST(Format, Operators) {
  EXPECT_EQ(statement("y=a+b*-c^-d%e"), "y = a + b * -c^-d % e");
  EXPECT_EQ(statement("y = ! a&&b  ||c<=d"), "y = !a && b || c <= d");
  EXPECT_EQ(statement("y=(( a ))"), "y = ((a))");
  EXPECT_EQ(statement("y = if(a)then(b)else - c"), "y = if (a) then (b) else -c");
}

TEST(Format, SubscriptsAreClose) {
  EXPECT_EQ(statement("y[b , i] = x[b,i + 1]"), "y[b,i] = x[b,i+1]");
  EXPECT_EQ(statement("y[b,t in 0 .. N+1,-1] += 1"), "y[b, t in 0..N+1, -1] += 1");
  EXPECT_EQ(statement("y = x[g(h,1),d]"), "y = x[g(h, 1), d]");
  EXPECT_EQ(statement("y = x[a,(b*W+c/W+s)%Y]"), "y = x[a, (b*W + c/W + s)%Y]");
  EXPECT_EQ(statement("y = sum[ i,j ](x[i,j]*2)"), "y = sum[i,j](x[i,j] * 2)");
  EXPECT_EQ(statement("y = x[a,z[b,c]+1]"), "y = x[a,z[b,c]+1]");
}

TEST(Format, CallsAndOptions) {
  EXPECT_EQ(statement("y = argtop[ c ] (s,rank = t)"), "y = argtop[c](s, rank=t)");
  EXPECT_EQ(statement("( a,_ )=g < c = false,d=- 1 > (x , v = z)"),
            "(a, _) = g<c=false, d=-1>(x, v=z)");
  EXPECT_EQ(statement("y = cast( bf16,x )"), "y = cast(bf16, x)");
  EXPECT_EQ(statement("let t=[1 ,- 2]"), "let t = [1, -2]");
  EXPECT_EQ(statement("tensor t:f32[ N,2*N - 1 ]"), "tensor t: f32[N, 2*N-1]");
  EXPECT_EQ(statement("y max=x"), "y max= x");
  // Without the blank it would be another token.
  EXPECT_EQ(statement("(a) = g(max =x)"), "(a) = g(max = x)");
}

TEST(Format, HeaderKeepsItsLines) {
  EXPECT_EQ(formatted("mixer  f < a:int=1,k :{ b,c }=b > ( q,k2:[B,2 * W],\n"
                      "s:f32=D^-0.5 )->( o : [ B ] ,t:[])where B>1,W==2{y=1}"),
            "mixer f<a: int = 1, k: {b, c} = b>(q, k2: [B, 2*W],\n"
            "    s: f32 = D^-0.5) -> (o: [B], t: []) where B > 1, W == 2 {\n"
            "  y = 1\n"
            "}\n");
  EXPECT_EQ(formatted("mixer f(\nx: [N]\n) -> (y: [N])\nwhere N>1\n{\ny=1\n}"), "mixer f(\n"
                                                                                "    x: [N]\n"
                                                                                ") -> (y: [N])\n"
                                                                                "  where N > 1\n"
                                                                                "{\n"
                                                                                "  y = 1\n"
                                                                                "}\n");
}

TEST(Format, CommentsStayWhereTheyAre) {
  EXPECT_EQ(formatted("// top\n\n\n\n/// doc   \nmixer f(x: [N]) // h\n -> (y: [N]) {// b\n"
                      "   // own\n y = a + // tail\n// between\n  b // end\n // last\n}// after\n"
                      "// bottom"),
            "// top\n"
            "\n"
            "/// doc\n"
            "mixer f(x: [N])  // h\n"
            "  -> (y: [N]) {  // b\n"
            "  // own\n"
            "  y = a +  // tail\n"
            "      // between\n"
            "      b  // end\n"
            "  // last\n"
            "}  // after\n"
            "\n"
            "// bottom\n");
}

TEST(Format, BlankLines) {
  EXPECT_EQ(formatted("\n\nimport \"a\"\nimport \"b\"\n\n\n\ndef f(x) = x\n"
                      "mixer f(x: [N]) -> (y: [N]) {\n\n\n y = 1\n\n\n z = 2\n w = 3\n\n}\n"
                      "mixer g(x: [N]) -> (y: [N]) {\n}\n\n\n"),
            "import \"a\"\n"
            "import \"b\"\n"
            "\n"
            "def f(x) = x\n"
            "mixer f(x: [N]) -> (y: [N]) {\n"
            "  y = 1\n"
            "\n"
            "  z = 2\n"
            "  w = 3\n"
            "}\n"
            "\n"
            "mixer g(x: [N]) -> (y: [N]) {\n"
            "}\n");
}

TEST(Format, FurtherLinesAreIndented) {
  EXPECT_EQ(statement("y = f(\na,\ng(\nb\n)\n)"), "y = f(\n"
                                                  "      a,\n"
                                                  "      g(\n"
                                                  "          b\n"
                                                  "      )\n"
                                                  "  )");
  EXPECT_EQ(statement("y = a\n+ b\n* c"), "y = a\n      + b\n      * c");
}

TEST(Format, LongLinesAreBrokenWhereTheyBindLeast) {
  std::string term = "some_quite_long_name_of_a_tensor[b,h,i,j]";
  EXPECT_EQ(statement("y = " + term + " * " + term + " + " + term + " * " + term),
            "y = " + term + " * " + term + " +\n      " + term + " * " + term);
  EXPECT_EQ(statement("y = if a then " + term + " * 2 + x[i] + x[j] else " + term),
            "y = if a then " + term + " * 2 + x[i] + x[j]\n      else " + term);
}

TEST(Format, WhatCannotBeBrokenStays) {
  std::string name(120, 'n');
  EXPECT_EQ(statement("y = " + name), "y =\n      " + name);
}

TEST(Format, LineEndsTabsAndTheByteOrderMarkBecomeCanonical) {
  EXPECT_EQ(formatted("\xEF\xBB\xBF// a\r\nmixer f(x: [N]) -> (y: [N]) {\r\n\ty = 1\t\r\n}\r\n"),
            "// a\nmixer f(x: [N]) -> (y: [N]) {\n  y = 1\n}\n");
}

TEST(Format, NothingStaysNothing) {
  EXPECT_EQ(formatted(""), "");
  EXPECT_EQ(formatted("\n\n"), "");
  EXPECT_EQ(formatted("// c"), "// c\n");
}

} // namespace
