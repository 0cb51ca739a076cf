//===- Growth.cpp - how sizes grow with the extents -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/Growth.h"

using namespace mlir;
using namespace mixc::mixer;

Growth Growth::constant() { return Growth(SmallVector<Monomial>{Monomial()}); }

Growth Growth::operator*(const Growth &other) const {
  SmallVector<Monomial> products;
  for (const Monomial &a : monomials)
    for (const Monomial &b : other.monomials) {
      Monomial product(a);
      product.resize(std::max(a.size(), b.size()), 0);
      for (auto [k, exponent] : llvm::enumerate(b))
        product[k] += exponent;
      products.push_back(std::move(product));
    }
  return Growth(std::move(products));
}

Growth Growth::operator+(const Growth &other) const {
  SmallVector<Monomial> terms(monomials);
  for (const Monomial &term : other.monomials)
    if (!llvm::is_contained(terms, term))
      terms.push_back(term);
  return Growth(std::move(terms));
}

Growth Growth::inverse() const {
  // Of a sum the largest term decides; one term stands for it.
  Monomial inverse(monomials.front());
  for (int &exponent : inverse)
    exponent = -exponent;
  return Growth(SmallVector<Monomial>{inverse});
}

Growth Growth::of(AffineExpr size) {
  switch (size.getKind()) {
  case AffineExprKind::Constant:
  case AffineExprKind::DimId:
    return constant();
  case AffineExprKind::SymbolId: {
    Monomial monomial(cast<AffineSymbolExpr>(size).getPosition() + 1, 0);
    monomial.back() = 1;
    return Growth(SmallVector<Monomial>{monomial});
  }
  default:
    break;
  }
  auto binary = cast<AffineBinaryOpExpr>(size);
  Growth lhs = of(binary.getLHS()), rhs = of(binary.getRHS());
  switch (size.getKind()) {
  case AffineExprKind::Add: {
    // n - 1 grows as n.
    if (isa<AffineConstantExpr>(binary.getRHS()))
      return lhs;
    return lhs + rhs;
  }
  case AffineExprKind::Mul:
    return lhs * rhs;
  case AffineExprKind::Mod:
    return rhs;
  default:
    return lhs * rhs.inverse();
  }
}

Growth Growth::of(MixerTensorType type) {
  Growth growth = constant();
  for (auto [lower, upper] : llvm::zip_equal(type.getLower(), type.getUpper()))
    growth = growth * of(upper - lower);
  return growth;
}

bool Growth::isBoundedBy(const Growth &bounds) const {
  auto divides = [](const Monomial &a, const Monomial &b) {
    for (unsigned k = 0; k < std::max(a.size(), b.size()); ++k)
      if ((k < a.size() ? a[k] : 0) > (k < b.size() ? b[k] : 0))
        return false;
    return true;
  };
  return llvm::all_of(monomials, [&](const Monomial &term) {
    return llvm::any_of(bounds.monomials,
                        [&](const Monomial &bound) { return divides(term, bound); });
  });
}

Growth mixc::mixer::growthOfInterface(FuncOp func) {
  Growth growth = Growth::constant();
  for (Type type : func.getBody().getArgumentTypes())
    growth = growth + Growth::of(cast<MixerTensorType>(type));
  for (Attribute type : func.getResultTypes())
    growth = growth + Growth::of(cast<MixerTensorType>(cast<TypeAttr>(type).getValue()));
  return growth;
}
