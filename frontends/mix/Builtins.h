//===- Builtins.h - the names that the language defines ----------*- C++ -*-===//
#ifndef MIXC_FRONTENDS_MIX_BUILTINS_H
#define MIXC_FRONTENDS_MIX_BUILTINS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace mixc::mix {

/// The scalar functions, in the order of `builtins()`.
enum class Fn {
  Exp,
  Exp2,
  ExpM1,
  Log,
  Log2,
  Log1P,
  Sqrt,
  RSqrt,
  Abs,
  Sign,
  Min,
  Max,
  Pow,
  Floor,
  Ceil,
  Round,
  Sin,
  Cos,
  Tanh,
  Sigmoid,
  LogSigmoid,
  Silu,
  Gelu,
  GeluTanh,
  Relu,
  Elu,
  SoftPlus,
  Erf,
  ErfInv,
  Clamp,
  Cast,
  Complex,
  Re,
  Im,
  Conj,
  Cis,
  Detach,
  Philox,
  Pad
};

struct Builtin {
  llvm::StringLiteral name;
  Fn fn;
  unsigned least, most; ///< how many arguments it takes; `cast` counts its type apart
};

llvm::ArrayRef<Builtin> builtins();
const Builtin *builtin(llvm::StringRef name);

/// Whether `name` is a scalar function or a reduction.
bool isBuiltin(llvm::StringRef name);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_BUILTINS_H
