//===- Mutations.cpp - texts that are almost specs ------------------------===//

#include "test/fuzz/Mutations.h"

#include <algorithm>
#include <cctype>
#include <set>

using namespace mixc::mix;

namespace {
/// A range of bytes.
struct Piece {
  size_t begin, size;
};
} // namespace

static bool isWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// Words, numbers, runs of operators; blanks lie between.
static std::vector<Piece> tokensOf(std::string_view text) {
  std::vector<Piece> pieces;
  for (size_t at = 0; at < text.size();) {
    size_t begin = at++;
    char c = text[begin];
    if (std::isspace(static_cast<unsigned char>(c)))
      continue;
    if (isWord(c))
      while (at < text.size() && isWord(text[at]))
        ++at;
    else if (std::string_view("=<>!&|+.:").find(c) != std::string_view::npos)
      while (at < text.size() && std::string_view("=&|.>").find(text[at]) != std::string_view::npos)
        ++at;
    pieces.push_back({begin, at - begin});
  }
  return pieces;
}

static std::vector<Piece> linesOf(std::string_view text) {
  std::vector<Piece> pieces;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    pieces.push_back({begin, end - begin});
    begin = end;
  }
  return pieces;
}

/// What stands in balanced brackets, these included.
static std::vector<Piece> bracketsOf(std::string_view text) {
  std::vector<Piece> pieces;
  std::vector<size_t> open;
  for (size_t at = 0; at < text.size(); ++at) {
    if (std::string_view("([{").find(text[at]) != std::string_view::npos) {
      open.push_back(at);
    } else if (std::string_view(")]}").find(text[at]) != std::string_view::npos && !open.empty()) {
      pieces.push_back({open.back(), at + 1 - open.back()});
      open.pop_back();
    }
  }
  return pieces;
}

static std::string take(const std::string &text, Piece piece) {
  return text.substr(piece.begin, piece.size);
}

Mutations::Mutations(std::vector<std::string> texts) : corpus(std::move(texts)) {
  std::set<std::string> words = {
      "^",      "%",      "..",     ":=",     "+=",     "max=", "min=",        "&&",  "||",
      "!",      "inf",    "-inf",   "pi",     "pad",    "cast", "argtop",      "kth", "fft",
      "irfft",  "dct",    "philox", "detach", "f8e4m3", "i4",   "u8",          "c64", "bool",
      "import", "tensor", "_",      "\"",     "///",    "//",   "\xef\xbb\xbf"};
  for (const std::string &text : corpus)
    for (Piece piece : tokensOf(text))
      words.insert(take(text, piece));
  tokens.assign(words.begin(), words.end());
}

std::string Mutations::mutant(uint64_t seed, uint64_t number) {
  random.seed(seed * 0x9e3779b97f4a7c15u + number);
  random.discard(1);
  return change(corpus[below(corpus.size())], random());
}

std::string Mutations::change(std::string text, uint64_t seed) {
  random.seed(seed);
  for (size_t changes = 1 + below(4); changes; --changes)
    changeOnce(text);
  return text;
}

void Mutations::changeOnce(std::string &text) {
  switch (below(16)) {
  case 0:
  case 1:
    return changeBytes(text);
  case 2:
  case 3:
  case 4:
    return changeNumber(text);
  case 5:
  case 6:
    return changeLines(text);
  case 7:
  case 8:
  case 9:
    return splice(text);
  case 10:
    return below(8) ? changeTokens(text) : nest(text);
  default:
    return changeTokens(text);
  }
}

void Mutations::changeBytes(std::string &text) {
  size_t at = below(text.size() + 1);
  switch (below(4)) {
  case 0:
    if (at < text.size())
      text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
    break;
  case 1:
    text.insert(at, 1, static_cast<char>(below(256)));
    break;
  case 2:
    text.erase(at, below(20));
    break;
  case 3:
    text.insert(below(text.size() + 1), text.substr(at, below(20)));
    break;
  }
}

void Mutations::changeTokens(std::string &text) {
  std::vector<Piece> pieces = tokensOf(text);
  if (pieces.size() < 2)
    return;
  Piece a = pieces[below(pieces.size())], b = pieces[below(pieces.size())];
  switch (below(6)) {
  case 0:
    text.erase(a.begin, a.size);
    break;
  case 1:
    text.insert(a.begin, take(text, a) + " ");
    break;
  case 2: {
    if (a.begin > b.begin)
      std::swap(a, b);
    std::string first = take(text, a), second = take(text, b);
    if (a.begin == b.begin)
      break;
    text.replace(b.begin, b.size, first);
    text.replace(a.begin, a.size, second);
    break;
  }
  case 3:
    text.replace(a.begin, a.size, take(text, b));
    break;
  case 4:
    text.insert(a.begin, tokens[below(tokens.size())] + (below(2) ? " " : ""));
    break;
  default:
    text.replace(a.begin, a.size, tokens[below(tokens.size())]);
    break;
  }
}

void Mutations::changeNumber(std::string &text) {
  static const char *const numbers[] = {"0",
                                        "1",
                                        "-1",
                                        "2",
                                        "7",
                                        "64",
                                        "1000",
                                        "2147483648",
                                        "4294967296",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "99999999999999999999999",
                                        "0.5",
                                        "1e308",
                                        "1e-400",
                                        "0.0",
                                        "-9223372036854775808",
                                        "N",
                                        "1.",
                                        "00"};
  std::vector<Piece> pieces;
  for (Piece piece : tokensOf(text))
    if (std::isdigit(static_cast<unsigned char>(text[piece.begin])))
      pieces.push_back(piece);
  if (pieces.empty())
    return changeTokens(text);
  Piece piece = pieces[below(pieces.size())];
  text.replace(piece.begin, piece.size, numbers[below(std::size(numbers))]);
}

void Mutations::changeLines(std::string &text) {
  std::vector<Piece> pieces = linesOf(text);
  if (pieces.empty())
    return;
  Piece a = pieces[below(pieces.size())], b = pieces[below(pieces.size())];
  std::string line = take(text, a);
  switch (below(3)) {
  case 0:
    text.erase(a.begin, a.size);
    break;
  case 1:
    text.insert(b.begin, line);
    break;
  default:
    text.erase(a.begin, a.size);
    text.insert(std::min(b.begin, text.size()), line);
    break;
  }
}

void Mutations::splice(std::string &text) {
  const std::string &other = corpus[below(corpus.size())];
  std::vector<Piece> here = linesOf(text), there = linesOf(other);
  std::vector<Piece> inner = bracketsOf(text), outer = bracketsOf(other);
  switch (below(4)) {
  case 0:
    if (!here.empty() && !there.empty())
      text = text.substr(0, here[below(here.size())].begin) +
             other.substr(there[below(there.size())].begin);
    break;
  case 1:
    if (!here.empty() && !there.empty())
      text.insert(here[below(here.size())].begin, take(other, there[below(there.size())]));
    break;
  default: {
    // Where the brackets are of one kind the mutant often parses.
    if (inner.empty() || outer.empty())
      break;
    Piece piece = inner[below(inner.size())];
    for (int tries = 0; tries < 10; ++tries) {
      Piece put = below(2) ? outer[below(outer.size())] : inner[below(inner.size())];
      const std::string &source = below(2) ? other : text;
      if (put.begin + put.size > source.size() || source[put.begin] != text[piece.begin] ||
          put.size > 2000)
        continue;
      text.replace(piece.begin, piece.size, source.substr(put.begin, put.size));
      break;
    }
  }
  }
}

/// Something in brackets goes deep into brackets.
void Mutations::nest(std::string &text) {
  std::vector<Piece> pieces = bracketsOf(text);
  if (pieces.empty())
    return;
  Piece piece = pieces[below(pieces.size())];
  size_t depth = size_t(1) << below(12);
  static const char *const openings[] = {"(", "-", "!", "sin(", "sum[i in 0..2](", "if true then ",
                                         "x["};
  static const char *const closings[] = {")", "", "", ")", ")", " else 0", "]"};
  size_t kind = below(std::size(openings));
  std::string open, close;
  for (size_t k = 0; k < depth; ++k) {
    open += openings[kind];
    close += closings[kind];
  }
  text.insert(piece.begin + piece.size - 1, close);
  text.insert(piece.begin + 1, open);
}
