//===- TileTypes.cpp - views ----------------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/tile/Tile.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::tile;

#include "dialects/tile/TileDialect.cpp.inc"
#include "dialects/tile/TileEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/tile/TileAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/tile/TileTypes.cpp.inc"

void TileDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/tile/TileAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/tile/TileTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/tile/TileOps.cpp.inc"
      >();
}

bool mixc::tile::isElementType(Type type) {
  if (isa<Float64Type, Float32Type, Float16Type, BFloat16Type, Float8E4M3FNType, Float8E5M2Type>(
          type))
    return true;
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF32() || complex.getElementType().isF64();
  if (auto integer = dyn_cast<IntegerType>(type))
    return integer.isSignless() ? llvm::is_contained({1, 4, 8, 16, 32, 64}, integer.getWidth())
                                : integer.isUnsigned() && integer.getWidth() == 8;
  return false;
}

Type mixc::tile::computeType(Type element) {
  if (isa<Float64Type, Float32Type, ComplexType>(element) || element.isInteger(1))
    return element;
  if (isa<FloatType>(element))
    return Float32Type::get(element.getContext());
  return IndexType::get(element.getContext());
}

Type ViewType::getComputeType() const { return computeType(getElement()); }

int64_t ViewType::getElementBytes() const {
  auto complex = dyn_cast<ComplexType>(getElement());
  unsigned bits = complex ? 2 * complex.getElementType().getIntOrFloatBitWidth()
                          : getElement().getIntOrFloatBitWidth();
  return llvm::divideCeil(bits, 8);
}

Type ViewType::parse(AsmParser &parser) {
  int64_t rank;
  Type element;
  bool unit = false;
  if (parser.parseLess() || parser.parseInteger(rank) || parser.parseComma() ||
      parser.parseType(element))
    return {};
  if (succeeded(parser.parseOptionalComma())) {
    if (parser.parseKeyword("unit"))
      return {};
    unit = true;
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<ViewType>(parser.getContext(), rank, element, unit);
}

void ViewType::print(AsmPrinter &printer) const {
  printer << "<" << getRank() << ", " << getElement() << (getUnit() ? ", unit>" : ">");
}

LogicalResult ViewType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rank,
                               Type element, bool unit) {
  if (rank < 0)
    return emitError() << "has a negative rank";
  if (!isElementType(element))
    return emitError() << "can't hold elements of type " << element;
  if (unit && rank == 0)
    return emitError() << "has no last axis of stride 1";
  return success();
}
