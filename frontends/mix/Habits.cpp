//===- Habits.cpp - what other notations write ----------------------------===//
#include "frontends/mix/Habits.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ConvertUTF.h"

using namespace llvm;

namespace mixc::mix {

namespace {

/// Words with one advice.
struct Entry {
  Habit habit;
  StringRef words; ///< with blanks between and around
  StringRef advice;
};

constexpr Entry entries[] = {
    {Habit::Value, " True TRUE ", "it is written `true`"},
    {Habit::Value, " False FALSE ", "it is written `false`"},
    {Habit::Value, " Inf INF infinity Infinity ", "it is written `inf`"},
    {Habit::Value, " PI Pi ", "it is written `pi`"},
    {Habit::Value, " nan NaN NAN ", "it has no literal: `inf - inf` is one"},
    {Habit::Value, " None null nil ",
     "an argument is optional by its default, as in `x: [B, N] = 0`"},

    {Habit::Function, " not ", "it is written `!`"},
    {Habit::Function, " and ", "it is written `&&`"},
    {Habit::Function, " or ", "it is written `||`"},
    {Habit::Function, " where select cond ternary ", "a choice is written `if c then a else b`"},
    {Habit::Function, " float double int32 float32 astype ",
     "a conversion is written `cast(f32, x)`"},
    {Habit::Function, " ln ", "the natural logarithm is `log(x)`"},
    {Habit::Function, " log10 ", "write `log(x) / log(10)`"},
    {Habit::Function, " tan ", "write `sin(x) / cos(x)`"},
    {Habit::Function, " power ", "a power is written `x^p`"},
    {Habit::Function, " square sqr ", "a square is written `x^2`"},
    {Habit::Function, " fabs ", "it is called `abs(x)`"},
    {Habit::Function, " mod fmod remainder ", "a remainder is written `a % b`"},
    {Habit::Function, " floor_divide floordiv div ", "`/` on integers floors"},
    {Habit::Function, " maximum fmax ", "of two values it is `max(a, b)`"},
    {Habit::Function, " minimum fmin ", "of two values it is `min(a, b)`"},
    {Habit::Function, " clip hardtanh ", "it is called `clamp(x, lo, hi)`"},
    {Habit::Function, " sigma expit logistic ", "it is called `sigmoid(x)`"},
    {Habit::Function, " log_sigmoid ", "it is called `logsigmoid(x)`"},
    {Habit::Function, " swish ", "it is called `silu(x)`"},
    {Habit::Function, " leaky_relu lrelu ", "write `max(x, 0.01 * x)`"},
    {Habit::Function, " mish ", "write `x * tanh(softplus(x))`"},
    {Habit::Function, " log_softmax logsoftmax ", "write `x[i] - logsumexp[j](x[j])`"},
    {Habit::Function, " softmin ", "write `softmax[i](-x[i])`"},
    {Habit::Function, " layer_norm LayerNorm ", "it is written `layernorm[d](x[d])`"},
    {Habit::Function, " rms_norm RMSNorm ", "it is written `rmsnorm[d](x[d])`"},
    {Habit::Function, " l2_normalize l2norm ", "it is written `normalize[d](x[d])`"},
    {Habit::Function, " norm ",
     "a norm is `sqrt(sum[d](x[d]^2))`; `normalize[d](x[d])` divides by it"},
    {Habit::Function, " var variance std stddev ",
     "a variance is `mean[d]((x[d] - mu)^2)` with `mu` the mean"},
    {Habit::Function, " average avg ", "it is written `mean[i](...)`"},
    {Habit::Function, " reduce_sum sum_ Sum ", "it is written `sum[i](...)`"},
    {Habit::Function, " product ", "it is written `prod[i](...)`"},
    {Habit::Function, " amax reduce_max Max ", "it is written `max[i](...)`"},
    {Habit::Function, " amin reduce_min Min ", "it is written `min[i](...)`"},
    {Habit::Function, " lse log_sum_exp ", "it is written `logsumexp[i](...)`"},
    {Habit::Function, " cumsum cumprod cummax cumulative_sum scan ",
     "it is a recurrence, `c[n] = c[n-1] + x[n]` with `c[-1] = 0`, or a reduction over "
     "`j in 0..n+1`"},
    {Habit::Function, " einsum matmul mm bmm dot tensordot inner outer contract ",
     "a product of tensors is written with indices: `sum[k](a[i,k] * b[k,j])`"},
    {Habit::Function, " concat concatenate cat stack hstack vstack append ",
     "a joint axis is one equation: `z[i in 0..N+M] = if i < N then x[i] else y[i-N]`"},
    {Habit::Function,
     " transpose permute swapaxes rearrange reshape view flatten squeeze unsqueeze ",
     "axes have no order of their own: write the indices as you need them, as in `x[i / W, i % "
     "W]`"},
    {Habit::Function, " roll shift ",
     "read at a computed index: `x[(n + s) % N]`, or `pad(x[n-1], 0)`"},
    {Habit::Function, " flip reverse ", "read at a computed index: `x[N - 1 - n]`"},
    {Habit::Function, " repeat tile repeat_interleave expand broadcast broadcast_to ",
     "read at a computed index: `x[h / G]`, `x[n % N]`"},
    {Habit::Function, " zeros ones full zeros_like ones_like full_like ",
     "a constant tensor is an equation: `z[i in 0..N] = 0`"},
    {Habit::Function, " arange range linspace iota index ",
     "an index stands as a number: `n` itself"},
    {Habit::Function, " eye identity delta kronecker one_hot ", "write `if i == j then 1 else 0`"},
    {Habit::Function, " tril triu mask masked_fill causal_mask ",
     "a mask is a condition: `if j <= i then s[i,j] else -inf`"},
    {Habit::Function, " gather take index_select take_along_axis embedding lookup ",
     "read at the values of a tensor: `x[idx[n], d]`"},
    {Habit::Function, " scatter scatter_add index_add segment_sum ",
     "a scatter is an equation: `y[idx[n], d] += x[n, d]`"},
    {Habit::Function, " topk top_k sort argsort TopK ",
     "`argtop[c](score, rank=t)` is the place of the t-th largest, `kth[c](score, rank=t)` "
     "its value"},
    {Habit::Function, " median quantile ", "it is an order statistic: `kth[c](x[c], rank=t)`"},
    {Habit::Function, " len shape size dim ", "a size is an extent: `N` in `x: [B, N]`"},
    {Habit::Function, " rand randn random dropout bernoulli uniform ",
     "`philox(seed, i, j)` is a random number below 1, the same for the same arguments"},
    {Habit::Function, " conv conv1d conv2d convolve convolution ",
     "a convolution is written `sum[u in 0..W](w[u] * pad(x[n-u], 0))`"},
    {Habit::Function, " stop_gradient stopgrad sg stop_grad ", "it is called `detach(x)`"},
    {Habit::Function, " real Re ", "it is called `re(x)`"},
    {Habit::Function, " imag Im ", "it is called `im(x)`"},
    {Habit::Function, " conjugate ", "it is called `conj(x)`"},
    {Habit::Function, " fft2 fftn rfft2 ifft2 ", "transform one axis after the other, by `fft`"},

    {Habit::Statement, " return yield output ",
     "an output is defined by its equation, as in `y[b, n] = ...`"},
    {Habit::Statement, " for while loop do foreach forall repeat ",
     "an equation holds at all points of its indices, without loops; what needs the step "
     "before reads it: `y[n-1]`"},
    {Habit::Statement, " var const val auto set ",
     "a scalar is named by `let`, a tensor defined by its equation alone"},
    {Habit::Statement, " assert require check ",
     "what must hold stands in the header: `where H % G == 0`"},
    {Habit::Statement, " lambda fn func function ", "a function is written `let f(x) = ...`"},

    {Habit::Item, " function fn func kernel module class layer struct proc op block ",
     "write `mixer f(x: [B, N]) -> (y: [B, N]) { ... }`"},
    {Habit::Item, " from include use using require ", "write `import \"other.mix\"`"},
    {Habit::Item, " const var val static define ",
     "a constant is a param of the mixer or a `let` in its body"},
};

/// A sign outside ASCII, or several.
struct Sign {
  StringRef signs;
  StringRef advice;
};

constexpr Sign signs[] = {
    {"×·∗⋅⊙∘⨀", "a product is written `*`"},
    {"−–—‐", "a minus is written `-`"},
    {"÷∕⁄", "a quotient is written `/`"},
    {"≤⩽≦", "it is written `<=`"},
    {"≥⩾≧", "it is written `>=`"},
    {"≠", "it is written `!=`"},
    {"≡", "it is written `==`"},
    {"∞", "it is written `inf`"},
    {"∑Σ", "a sum is written `sum[i](...)`"},
    {"∏Π", "a product over an index is written `prod[i](...)`"},
    {"√", "a root is written `sqrt(x)`"},
    {"π", "it is written `pi`"},
    {"∧", "it is written `&&`"},
    {"∨", "it is written `||`"},
    {"¬", "it is written `!`"},
    {"←≔⟵", "an equation is written with `=`"},
    {"→⟶↦", "it is written `->`"},
    {"∈", "it is written `in`"},
    {"…⋯", "a range is written `lo..hi`"},
    {"²³⁻¹ᵀ⁰⁴⁵", "a power is written `x^2`"},
    {"₀₁₂₃₄ᵢⱼₖₙₜ", "an index stands in brackets: `x[i]`"},
    {"⊗", "an outer product is written `a[i] * b[j]`"},
    {"⊕", "a sum is written `+`"},
    {"‖∥", "a norm is written `sqrt(sum[d](x[d]^2))`"},
    {"⌊⌋", "it is written `floor(x)`; `/` on integers floors"},
    {"⌈⌉", "it is written `ceil(x)`"},
    {"“”„«»", "a string stands between `\"` and `\"`"},
    {"‘’′″", "a name goes on with letters, digits and `_` only"},
    {"αβγδεζηθικλμνξρστυφχψωΓΔΘΛΞΦΨΩϵϕ",
     "a name is made of ASCII letters: spell it out, as in `alpha`"},
};

/// The bytes of the first character of UTF-8 `text`.
StringRef firstCharacter(StringRef text) {
  size_t length = 1;
  while (length < text.size() && (text[length] & 0xC0) == 0x80)
    ++length;
  return text.take_front(length);
}

} // namespace

StringRef habitOf(Habit habit, StringRef word) {
  std::string wanted = (" " + word + " ").str();
  auto *at = find_if(entries, [&](const Entry &entry) {
    return entry.habit == habit && entry.words.contains(wanted);
  });
  return at == std::end(entries) ? StringRef() : at->advice;
}

std::optional<uint32_t> blankSign(StringRef text) {
  constexpr uint32_t blanks[] = {0xA0,   0x2002, 0x2003, 0x2007, 0x2009, 0x200A,
                                 0x200B, 0x202F, 0x2060, 0x3000, 0xFEFF};
  auto *first = reinterpret_cast<const UTF8 *>(text.begin());
  UTF32 point = 0;
  if (convertUTF8Sequence(&first, first + text.size(), &point, strictConversion) != conversionOK ||
      !is_contained(blanks, point))
    return std::nullopt;
  return point;
}

std::optional<ElementType> elementHabit(StringRef word) {
  return StringSwitch<std::optional<ElementType>>(word)
      .Cases({"float64", "fp64", "double"}, ElementType::F64)
      .Cases({"float32", "fp32", "float", "single", "real"}, ElementType::F32)
      .Cases({"float16", "fp16", "half"}, ElementType::F16)
      .Cases({"bfloat16", "bfloat"}, ElementType::BF16)
      .Cases({"float8_e4m3", "float8_e4m3fn", "fp8", "f8", "e4m3"}, ElementType::F8E4M3)
      .Cases({"float8_e5m2", "e5m2"}, ElementType::F8E5M2)
      .Cases({"int64", "long"}, ElementType::I64)
      .Cases({"int32", "integer"}, ElementType::I32)
      .Cases({"int16", "short"}, ElementType::I16)
      .Case("int8", ElementType::I8)
      .Cases({"uint8", "byte"}, ElementType::U8)
      .Case("int4", ElementType::I4)
      .Cases({"boolean", "Bool", "bool_", "i1"}, ElementType::Bool)
      .Cases({"complex64", "complex", "cfloat"}, ElementType::C64)
      .Default(std::nullopt);
}

StringRef signHabit(StringRef text) {
  if (blankSign(text))
    return "it looks like a blank and is none: replace it";
  StringRef sign = firstCharacter(text);
  auto *at = find_if(signs, [&](const Sign &entry) { return entry.signs.contains(sign); });
  return at == std::end(signs) ? StringRef() : at->advice;
}

} // namespace mixc::mix
