// Texts damaged at random: nothing crashes, and what still parses survives formatting.
#include "test/frontends/mix/RoundTrip.h"
#include "frontends/mix/Lexer.h"

#include "gtest/gtest.h"

#include <random>

using namespace mixc::mix;

namespace {

/// Holds every construct of the grammar.
const char *const sample = R"(
// A file that uses everything.
import "other.mix"
def sq(x) = x * x

/// Says what it does.
/// @cite Someone, 2020
mixer f<causal: bool = true, w: int = 0, e: f32 = 1e-6, k: {relu, gelu_} = relu>(
    q, k: [B, H, N, D], m: i32[B], v: [B, H/G, N, 2*W-1], scale: f32 = D^-0.5
) -> (o: [B, H, N], lse: f32[B, H], c: [])
  where H % G == 0, N >= 1
{
  let g(h) = h / (H / G)
  let taps = [1, -0.5, inf, true]
  tensor t: f32[B, N]
  s[b,h,i,j] = scale * sum[d](q[b,h,i,d] * k[b,g(h),j,d]) - taps[2]  // scores
  t[b, i] = if (!causal || i <= b + N - 1) && (w == 0 || i > b - w)
      then s[b,0,i,0] else -inf
  t[b, m[b]] += pad(x[b, n+u-P, c], 0)
  t[b, u in 0..N/2+1] max= rfft[n](s[b,0,n,0], at=u)

  // Routed rows.
  r[b,c in 0..4] = argtop[c](mean[u in 0..w](q[b,0,c*w+u,0]), rank=c)
  o[b, m[b], (n*W + u/W + 1) % N] := cast(bf16, sq(t[b,n])) ^ -2
  c = pi + 0 % 3
  (a, _) = other<causal=false, w=-1>(q, k, v=v)
}
)";

class Damage {
public:
  explicit Damage(unsigned seed) : random(seed) {}

  std::string operator()() {
    std::string text = sample;
    for (size_t times = 1 + below(4); times-- > 0 && !text.empty();)
      once(text);
    return text;
  }

private:
  size_t below(size_t n) { return random() % n; }

  void once(std::string &text) {
    size_t at = below(text.size());
    switch (below(6)) {
    case 0:
      text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
      return;
    case 1:
      text.erase(at, 1 + below(8));
      return;
    case 2:
      text.insert(at, text.substr(below(text.size()), 1 + below(60)));
      return;
    case 3:
      text.resize(at);
      return;
    default:
      return token(text);
    }
  }

  /// Swaps two tokens, removes one, or puts something before one.
  void token(std::string &text) {
    SourceManager sources;
    Diagnostics diags(sources);
    std::vector<Token> tokens = lex(sources, sources.addText("t.mix", text), diags).tokens;
    Token a = tokens[below(tokens.size())], b = tokens[below(tokens.size())];
    if (a.begin > b.begin)
      std::swap(a, b);
    switch (below(4)) {
    case 0: {
      std::string first = text.substr(a.begin, a.end - a.begin);
      std::string second = text.substr(b.begin, b.end - b.begin);
      if (a.end <= b.begin) {
        text.replace(b.begin, second.size(), first);
        text.replace(a.begin, first.size(), second);
      }
      return;
    }
    case 1:
      text.erase(a.begin, a.end - a.begin);
      return;
    default: {
      constexpr llvm::StringLiteral pieces[] = {"\n",
                                                "\n\n\n",
                                                " // c\n",
                                                "\n/// d\n",
                                                "\t",
                                                "\r\n",
                                                "(",
                                                "-",
                                                "a_long_name_of_a_thing + ",
                                                "if a then b else "};
      text.insert(a.begin, pieces[below(std::size(pieces))].str());
      return;
    }
    }
  }

  std::mt19937 random;
};

TEST(RoundTrip, TheSample) { EXPECT_EQ(roundTripFailure(sample), ""); }

TEST(RoundTrip, EveryPrefixOfTheSample) {
  for (size_t length = 0; sample[length]; ++length)
    ASSERT_EQ(roundTripFailure(llvm::StringRef(sample, length)), "") << length;
}

TEST(RoundTrip, DamagedTexts) {
  for (unsigned seed = 0; seed < 5000; ++seed) {
    std::string text = Damage(seed)();
    ASSERT_EQ(roundTripFailure(text), "") << "seed " << seed << "\n" << text;
  }
}

TEST(RoundTrip, EveryPairOfBytes) {
  for (unsigned a = 0; a < 256; ++a)
    for (unsigned b = 0; b < 256; ++b) {
      char text[] = {static_cast<char>(a), static_cast<char>(b)};
      ASSERT_EQ(roundTripFailure(llvm::StringRef(text, 2)), "") << a << " " << b;
    }
}

} // namespace
