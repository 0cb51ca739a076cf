//===- AST.cpp - words of the language, walking ---------------------------===//
#include "frontends/mix/AST.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

#include <iterator>

using namespace llvm;

namespace mixc::mix {

namespace {

// Each table is in the order of its enum.
constexpr StringLiteral elementNames[] = {"f64", "f32", "f16", "bf16", "f8e4m3", "f8e5m2", "i64",
                                          "i32", "i16", "i8",  "u8",   "i4",     "bool",   "c64"};
constexpr StringLiteral reducerNames[] = {
    "sum",    "prod",      "mean",    "max",       "min",     "any",       "all",    "argmax",
    "argmin", "logsumexp", "softmax", "normalize", "rmsnorm", "layernorm", "argtop", "kth",
    "fft",    "ifft",      "rfft",    "irfft",     "dct",     "idct"};
constexpr StringLiteral binaryNames[] = {
    "+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "&&", "||"};
constexpr StringLiteral equationNames[] = {"=", ":=", "+=", "max=", "min="};

static_assert(std::size(elementNames) == unsigned(ElementType::C64) + 1);
static_assert(std::size(reducerNames) == unsigned(Reducer::IDCT) + 1);
static_assert(std::size(binaryNames) == unsigned(BinaryOp::Or) + 1);
static_assert(std::size(equationNames) == unsigned(EquationOp::Min) + 1);

template <class Enum, size_t n>
std::optional<Enum> lookUp(const StringLiteral (&names)[n], StringRef word) {
  const StringLiteral *found = llvm::find(names, word);
  if (found == std::end(names))
    return std::nullopt;
  return static_cast<Enum>(found - std::begin(names));
}

} // namespace

std::optional<ElementType> elementType(StringRef word) {
  return lookUp<ElementType>(elementNames, word);
}
StringRef spelling(ElementType type) { return elementNames[unsigned(type)]; }

std::optional<Reducer> reducer(StringRef word) { return lookUp<Reducer>(reducerNames, word); }
StringRef spelling(Reducer op) { return reducerNames[unsigned(op)]; }

StringRef spelling(BinaryOp op) { return binaryNames[unsigned(op)]; }
StringRef spelling(EquationOp op) { return equationNames[unsigned(op)]; }

void forEachChild(const Expr &expr, function_ref<void(const Expr &)> visit) {
  auto visitIf = [&](const ExprPtr &child) {
    if (child)
      visit(*child);
  };
  switch (expr.kind()) {
  case Expr::Kind::IntLit:
  case Expr::Kind::FloatLit:
  case Expr::Kind::BoolLit:
  case Expr::Kind::Inf:
  case Expr::Kind::Pi:
  case Expr::Kind::NameRef:
    return;
  case Expr::Kind::Access:
    for (const ExprPtr &subscript : cast<Access>(expr).subscripts)
      visitIf(subscript);
    return;
  case Expr::Kind::Call:
    for (const Argument &arg : cast<Call>(expr).args)
      visitIf(arg.value);
    return;
  case Expr::Kind::Reduce: {
    const auto &reduce = cast<Reduce>(expr);
    for (const Binder &binder : reduce.binders) {
      visitIf(binder.lo);
      visitIf(binder.hi);
    }
    visitIf(reduce.body);
    for (const Argument &option : reduce.options)
      visitIf(option.value);
    return;
  }
  case Expr::Kind::Unary:
    return visitIf(cast<Unary>(expr).operand);
  case Expr::Kind::Binary:
    visitIf(cast<Binary>(expr).lhs);
    return visitIf(cast<Binary>(expr).rhs);
  case Expr::Kind::If:
    visitIf(cast<If>(expr).cond);
    visitIf(cast<If>(expr).thenValue);
    return visitIf(cast<If>(expr).elseValue);
  }
  llvm_unreachable("not an expression kind");
}

std::vector<const Mixer *> File::mixers() const {
  std::vector<const Mixer *> list;
  for (const StmtPtr &item : items)
    if (const auto *mixer = dyn_cast<Mixer>(item.get()))
      list.push_back(mixer);
  return list;
}

} // namespace mixc::mix
