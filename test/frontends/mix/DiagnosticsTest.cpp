// How diagnostics are counted, kept and printed.
#include "frontends/mix/Diagnostics.h"

#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace mixc::mix;

namespace {

struct Reports : testing::Test {
  Span at(llvm::StringRef text, uint32_t begin, uint32_t end) {
    return {sources.addText("dir/a.mix", text), begin, end};
  }
  std::string printed(bool colour = false) const {
    std::string text;
    llvm::raw_string_ostream os(text);
    diags.print(os, colour);
    return text;
  }

  SourceManager sources;
  Diagnostics diags{sources};
};

TEST_F(Reports, LineColumnMessageSourceCaretNote) {
  Span span = at("a = 1\nbc = dee\n", 11, 14);
  diags.error(span, "`dee` is not defined").note("define it above");
  EXPECT_EQ(printed(), "dir/a.mix:2:6: error: `dee` is not defined\n"
                       "bc = dee\n"
                       "     ^~~\n"
                       "note: define it above\n");
}

TEST_F(Reports, TabsAndWideCharactersKeepTheCaretInPlace) {
  Span span = at("\t\xC3\xA4 x\r\n", 4, 5);
  diags.warning(span, "odd");
  EXPECT_EQ(printed(), "dir/a.mix:1:4: warning: odd\n\t\xC3\xA4 x\n\t  ^\n");
}

TEST_F(Reports, ARangeOverLinesEndsWithItsFirst) {
  diags.error(at("ab(\n  c)\n", 1, 8), "m");
  EXPECT_EQ(printed(), "dir/a.mix:1:2: error: m\nab(\n ^~\n");
}

TEST_F(Reports, ALongLineIsCutAroundTheCaret) {
  std::string text(1000, 'x');
  text[500] = 'y';
  diags.error(at(text, 500, 501), "m");
  std::string shown = printed();
  EXPECT_NE(shown.find("1:501: error"), std::string::npos);
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(shown).split(lines, '\n');
  EXPECT_LT(lines[1].size(), 200u);
  EXPECT_EQ(lines[1].find('y'), lines[2].find('^'));
}

TEST_F(Reports, TheEndOfTheFileHasAPlace) {
  diags.error(at("", 0, 0), "nothing here");
  EXPECT_EQ(printed(), "dir/a.mix:1:1: error: nothing here\n\n^\n");
}

TEST_F(Reports, ControlCharactersDoNotReachTheTerminal) {
  diags.error(at("a\x1b[2Jb", 0, 1), "m");
  EXPECT_EQ(printed().find('\x1b'), std::string::npos);
}

TEST_F(Reports, ADuplicateIsDropped) {
  Span span = at("abc", 0, 1);
  diags.error(span, "m").note("first");
  diags.error(span, "m").note("second");
  diags.error(span, "other");
  EXPECT_EQ(diags.errorCount(), 2u);
  EXPECT_EQ(diags.list()[0].notes.size(), 1u);
}

TEST_F(Reports, ThoseBeyondTheLimitAreCounted) {
  Span span = at("abc", 0, 1);
  for (int i = 0; i < 25; ++i)
    diags.error(span, "m" + llvm::Twine(i));
  EXPECT_EQ(diags.list().size(), 20u);
  EXPECT_EQ(diags.errorCount(), 25u);
  EXPECT_TRUE(llvm::StringRef(printed()).ends_with("and 5 more errors\n"));
}

TEST_F(Reports, ColourOnlyWhenAsked) {
  diags.error(at("abc", 0, 1), "m");
  EXPECT_EQ(printed(false).find('\033'), std::string::npos);
  EXPECT_NE(printed(true).find('\033'), std::string::npos);
}

TEST_F(Reports, WithoutAPlace) {
  diags.error({}, "can't read `x.mix`: no such file or directory");
  EXPECT_EQ(printed(), "error: can't read `x.mix`: no such file or directory\n");
}

TEST_F(Reports, AsJSON) {
  diags.error(at("\nabc", 2, 3), "m").note("n");
  EXPECT_EQ(llvm::formatv("{0}", llvm::json::Value(diags.toJSON())).str(),
            R"([{"column":2,"file":"dir/a.mix","line":2,"message":"m","notes":[{"message":"n"}],)"
            R"("severity":"error"}])");
}

TEST(Closest, NeedsAFewLettersInCommon) {
  EXPECT_EQ(closest("mixr", {"mixer", "import"}), "mixer");
  EXPECT_EQ(closest("sofmax", {"sum", "softmax"}), "softmax");
  EXPECT_EQ(closest("x", {"y", "z"}), "");
  EXPECT_EQ(closest("frobnicate", {"softmax"}), "");
}

TEST(Sources, OpenSaysWhatIsWrong) {
  SourceManager sources;
  llvm::Expected<FileId> file = sources.open("/no/such/file.mix");
  ASSERT_FALSE(static_cast<bool>(file));
  EXPECT_EQ(llvm::toString(file.takeError()),
            "can't read `/no/such/file.mix`: no such file or directory");
}

TEST(Sources, FirstInvalidUTF8) {
  EXPECT_EQ(firstInvalidUTF8("abc \xE2\x80\xA6"), llvm::StringRef::npos);
  EXPECT_EQ(firstInvalidUTF8("ab\xC0\x80"), 2u);   // overlong
  EXPECT_EQ(firstInvalidUTF8("\xED\xA0\x80"), 0u); // a surrogate
  EXPECT_EQ(firstInvalidUTF8("a\xE2\x80"), 1u);    // cut short
}

} // namespace
