//===- Interface.h - what a bundle says about its mixer ---------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A mixer as its callers see it. The compiler knows it from the equations; here it is data, and
// header, manifest and checks are made from it.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_BUNDLE_INTERFACE_H
#define MIXC_LOWERING_BUNDLE_INTERFACE_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Types.h"

#include <optional>
#include <string>
#include <vector>

namespace mixc::lowering::bundle {

/// An extent, in the order of the mixer's list: symbol k of every expression here.
struct Extent {
  enum Kind { Given, Min, Max };

  std::string name;
  Kind kind = Given;
  /// What a derived one is the smaller or the larger of: over the extents before it.
  mlir::AffineExpr first, last;
  /// The value that a given one must have in this bundle.
  std::optional<int64_t> fixed;
};

/// An argument or an output.
struct Tensor {
  std::string name;
  mlir::Type type;     ///< of an element
  std::string element; ///< its name in the language: `bf16`
  /// The size of each axis; negative ones mean 0.
  std::vector<mlir::AffineExpr> shape;
  /// The same as the spec has it.
  std::vector<std::string> shapeAsWritten;
  /// The value of an argument that may be left out, as the spec has it.
  std::optional<std::string> initial;
  /// The order of the axes in dense memory, from outermost to innermost.
  std::vector<unsigned> order;
  /// What a caller must know of how it lies there; empty: nothing.
  std::string note;
};

struct Param {
  std::string name, type, value;
};

struct Interface {
  std::string name;
  std::vector<std::string> doc, cites, where;
  std::vector<Param> params;
  std::vector<Extent> extents;
  std::vector<Tensor> arguments, outputs;

  std::string version;              ///< of mixc
  std::string target, dtype;        ///< as on the command line
  std::string spec;                 ///< SHA-256 of the text, in hexadecimal
  std::vector<std::string> imports; ///< the same, of what it imports
};

} // namespace mixc::lowering::bundle

#endif // MIXC_LOWERING_BUNDLE_INTERFACE_H
