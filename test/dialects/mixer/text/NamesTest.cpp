//===- NamesTest.cpp - names of the text ----------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/Names.h"
#include "frontends/mix/Builtins.h"
#include "frontends/mix/Lexer.h"

#include "gtest/gtest.h"

using namespace mixc;
using mixer::TextNames;

TEST(MixNames, AreTheLanguagesWords) {
  for (const mix::Builtin &function : mix::builtins())
    EXPECT_TRUE(mixer::isWordOfTheLanguage(function.name)) << function.name.str();
  for (unsigned op = 0; op <= unsigned(mix::Reducer::IDCT); ++op)
    EXPECT_TRUE(mixer::isWordOfTheLanguage(spelling(static_cast<mix::Reducer>(op))));
  for (const char *word : {"import", "def", "mixer", "where", "let", "tensor", "if", "then", "else",
                           "in", "inf", "pi", "true", "false", "int", "f64", "f8e4m3", "c64"}) {
    EXPECT_TRUE(mix::isReserved(word)) << word;
    EXPECT_TRUE(mixer::isWordOfTheLanguage(word)) << word;
  }
  EXPECT_FALSE(mixer::isWordOfTheLanguage("s"));
}

TEST(MixNames, AreLegalAndUnique) {
  TextNames names;
  EXPECT_EQ(names.global("s"), "s");
  EXPECT_EQ(names.global("s"), "s_1");
  EXPECT_EQ(names.global("o.sum"), "o_sum");
  EXPECT_EQ(names.global("sum"), "sum_1");
  EXPECT_EQ(names.global("3x"), "t3x");
  EXPECT_EQ(names.global("_"), "t_");
  EXPECT_EQ(names.global(""), "t");
}

TEST(MixNames, KindsDoNotClash) {
  TextNames names;
  EXPECT_EQ(names.extent("N"), "N");
  EXPECT_EQ(names.extent("bs"), "Bs");
  EXPECT_EQ(names.global("N"), "N_1");
  // An index may share the name of a tensor that is read with brackets, and of nothing else.
  EXPECT_EQ(names.global("q"), "q");
  EXPECT_EQ(names.openLocal("q"), "q");
  EXPECT_EQ(names.openLocal("q"), "q1");
  names.closeLocal("q");
  EXPECT_EQ(names.openLocal("q"), "q");
  names.addBare("m");
  EXPECT_EQ(names.openLocal("m"), "m1");
  EXPECT_EQ(names.openLocal("N"), "n");
}
