//===- Builtins.cpp - the names that the language defines -----------------===//
#include "frontends/mix/Builtins.h"

#include "frontends/mix/AST.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mixc::mix {

static constexpr Builtin table[] = {
    {"exp", Fn::Exp, 1, 1},
    {"exp2", Fn::Exp2, 1, 1},
    {"expm1", Fn::ExpM1, 1, 1},
    {"log", Fn::Log, 1, 1},
    {"log2", Fn::Log2, 1, 1},
    {"log1p", Fn::Log1P, 1, 1},
    {"sqrt", Fn::Sqrt, 1, 1},
    {"rsqrt", Fn::RSqrt, 1, 1},
    {"abs", Fn::Abs, 1, 1},
    {"sign", Fn::Sign, 1, 1},
    {"min", Fn::Min, 2, ~0u},
    {"max", Fn::Max, 2, ~0u},
    {"pow", Fn::Pow, 2, 2},
    {"floor", Fn::Floor, 1, 1},
    {"ceil", Fn::Ceil, 1, 1},
    {"round", Fn::Round, 1, 1},
    {"sin", Fn::Sin, 1, 1},
    {"cos", Fn::Cos, 1, 1},
    {"tanh", Fn::Tanh, 1, 1},
    {"sigmoid", Fn::Sigmoid, 1, 1},
    {"logsigmoid", Fn::LogSigmoid, 1, 1},
    {"silu", Fn::Silu, 1, 1},
    {"gelu", Fn::Gelu, 1, 1},
    {"gelu_tanh", Fn::GeluTanh, 1, 1},
    {"relu", Fn::Relu, 1, 1},
    {"elu", Fn::Elu, 1, 1},
    {"softplus", Fn::SoftPlus, 1, 1},
    {"erf", Fn::Erf, 1, 1},
    {"erfinv", Fn::ErfInv, 1, 1},
    {"clamp", Fn::Clamp, 3, 3},
    {"cast", Fn::Cast, 1, 1},
    {"complex", Fn::Complex, 2, 2},
    {"re", Fn::Re, 1, 1},
    {"im", Fn::Im, 1, 1},
    {"conj", Fn::Conj, 1, 1},
    {"cis", Fn::Cis, 1, 1},
    {"detach", Fn::Detach, 1, 1},
    {"philox", Fn::Philox, 1, 5},
    {"pad", Fn::Pad, 2, 2},
};

ArrayRef<Builtin> builtins() { return table; }

const Builtin *builtin(StringRef name) {
  const Builtin *at = find_if(table, [&](const Builtin &b) { return b.name == name; });
  return at == std::end(table) ? nullptr : at;
}

bool isBuiltin(StringRef name) { return builtin(name) || reducer(name); }

} // namespace mixc::mix
