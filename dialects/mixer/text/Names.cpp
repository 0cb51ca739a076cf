//===- Names.cpp - legal and unique names of the text --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mixc::mixer;
using llvm::StringRef;

bool mixc::mixer::isWordOfTheLanguage(StringRef word) {
  static const llvm::StringSet<> words = {
      // Reserved.
      "import", "def", "mixer", "where", "let", "tensor", "if", "then", "else", "in", "inf", "pi",
      "true", "false",
      // Types.
      "int", "f64", "f32", "f16", "bf16", "f8e4m3", "f8e5m2", "i64", "i32", "i16", "i8", "u8", "i4",
      "bool", "c64",
      // Functions.
      "exp", "exp2", "expm1", "log", "log2", "log1p", "sqrt", "rsqrt", "abs", "sign", "min", "max",
      "pow", "floor", "ceil", "round", "sin", "cos", "tanh", "sigmoid", "logsigmoid", "silu",
      "gelu", "gelu_tanh", "relu", "elu", "softplus", "erf", "erfinv", "clamp", "cast", "complex",
      "re", "im", "conj", "cis", "detach", "philox", "pad",
      // Reductions.
      "sum", "prod", "mean", "any", "all", "argmax", "argmin", "logsumexp", "softmax", "normalize",
      "rmsnorm", "layernorm", "argtop", "kth", "fft", "ifft", "rfft", "irfft", "dct", "idct"};
  return words.contains(word);
}

/// `wanted` as a name of the grammar.
static std::string legal(StringRef wanted) {
  std::string name;
  for (char c : wanted)
    name += llvm::isAlnum(c) || c == '_' ? c : '_';
  // A lone `_` discards an output.
  if (name.empty() || llvm::isDigit(name.front()) ||
      StringRef(name).find_first_not_of('_') == StringRef::npos)
    name = "t" + name;
  return name;
}

/// `name`, or the first of `name1`, `name2`, ... that is free.
static std::string firstFree(const std::string &name, StringRef separator,
                             llvm::function_ref<bool(StringRef)> isTaken) {
  std::string candidate = name;
  for (unsigned k = 1; isTaken(candidate); ++k)
    candidate = (name + separator + llvm::Twine(k)).str();
  return candidate;
}

std::string TextNames::global(StringRef wanted) {
  std::string name = firstFree(legal(wanted), "_", [&](StringRef word) {
    return isWordOfTheLanguage(word) || globals.contains(word);
  });
  globals.insert(name);
  return name;
}

std::string TextNames::extent(StringRef wanted) {
  std::string name = legal(wanted);
  name.front() = llvm::toUpper(name.front());
  if (!llvm::isUpper(name.front()))
    name = "X" + name;
  name = global(name);
  addBare(name);
  return name;
}

std::string TextNames::openLocal(StringRef wanted) {
  std::string name = legal(wanted);
  name.front() = llvm::toLower(name.front());
  name = firstFree(name, "", [&](StringRef word) {
    return isWordOfTheLanguage(word) || bare.contains(word) || locals.contains(word);
  });
  locals.insert(name);
  return name;
}
