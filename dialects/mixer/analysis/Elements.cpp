//===- Elements.cpp - what integer tensors contain ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An element of `tab[i] = i / 2` is a function of its subscripts, and a read is replaced by it. An
// element of `r[i, t] = argtop[c in 0..M/BS](..)` lies in the range of the candidates. Anything
// else, first of all an argument, is data: subscripts and bounds made from it are trusted.
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/analysis/Facts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;
using namespace mixc::mixer;

/// Whether storing an integer in this type saturates it where the numbers of mixers go.
static bool isNarrow(Type element) { return element.getIntOrFloatBitWidth() < 32; }

Polynomial Facts::read(AtOp at, const Scope &scope) {
  std::vector<Polynomial> subscripts;
  for (AffineExpr subscript : at.getMap().getResults())
    subscripts.push_back(expression(subscript, at.getIndices(), scope));
  if (!llvm::all_of(subscripts, [](const Polynomial &p) { return p.isKnown(); }))
    return number({}, /*data=*/true);

  std::pair<void *, std::vector<Polynomial>> key(at.getTensor().getAsOpaquePointer(), subscripts);
  if (auto known = reads.find(key); known != reads.end())
    return known->second;
  if (auto eq = at.getTensor().getDefiningOp<EqOp>())
    if (std::optional<Polynomial> element = inlined(eq, subscripts, scope))
      return *element;
  Interval range = elements(at.getTensor());
  Polynomial element = number(range, /*data=*/!range.lower || !range.upper);
  return reads[key] = element;
}

std::optional<Polynomial> Facts::inlined(EqOp eq, ArrayRef<Polynomial> subscripts,
                                         const Scope &scope) {
  Value yielded = eq.getYield().getValues()[0];
  if (!yielded.getType().isIndex() || isNarrow(eq.getType().getElement()))
    return std::nullopt;
  Polynomial body = value(yielded);
  llvm::SmallDenseMap<Atom, Polynomial> arguments;
  for (auto [index, subscript] : llvm::zip(eq.getBody().getArguments(), subscripts))
    if (std::optional<Atom> atom = value(index).asAtom())
      arguments[*atom] = subscript;
  if (!isOver(body, [&](Atom atom) { return arguments.contains(atom); }))
    return std::nullopt;
  auto replace = [&](auto &self, const Polynomial &p) -> Polynomial {
    return p.map([&](Atom atom) {
      if (auto argument = arguments.find(atom); argument != arguments.end())
        return argument->second;
      if (atom < functionAtoms || atoms[atom].kind == Kind::Extent)
        return Polynomial::ofAtom(atom);
      Polynomial x = atoms[atom].dividend, d = atoms[atom].divisor;
      return floorDiv(self(self, x), self(self, d), scope);
    });
  };
  Polynomial element = replace(replace, body);
  return element.isKnown() ? std::optional(element) : std::nullopt;
}

Interval Facts::elements(Value tensor) {
  if (auto known = elementRanges.find(tensor); known != elementRanges.end())
    return known->second;
  Interval result;
  if (auto table = tensor.getDefiningOp<TableOp>()) {
    auto dense = dyn_cast<DenseIntElementsAttr>(table.getValue());
    if (dense && dense.getNumElements() > 0) {
      auto values = llvm::map_to_vector(dense.getValues<APInt>(),
                                        [](const APInt &v) { return v.getSExtValue(); });
      result = {Polynomial(*llvm::min_element(values)), Polynomial(*llvm::max_element(values))};
    }
  } else if (auto eq = tensor.getDefiningOp<EqOp>()) {
    Value yielded = eq.getYield().getValues()[0];
    Type element = eq.getType().getElement();
    if (yielded.getType().isIndex()) {
      const Scope &scope = scopeOf(yielded.getParentBlock());
      result = range(value(yielded), scope);
      auto isGlobal = [&](const Polynomial &p) { return isOver(p, [](Atom) { return false; }); };
      if (result.lower && !isGlobal(*result.lower))
        result.lower.reset();
      if (result.upper && !isGlobal(*result.upper))
        result.upper.reset();
      // Saturation lowers what is above the type's range, and raises what is below it.
      if (isNarrow(element)) {
        std::optional<int64_t> lower = result.lower ? result.lower->constant() : std::nullopt;
        if (!lower || *lower > 0)
          result.lower.reset();
        if (result.upper && !holdsAtExtremes(*result.upper, scope))
          result.upper.reset();
      }
    }
  }
  return elementRanges[tensor] = result;
}
