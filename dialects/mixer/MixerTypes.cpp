//===- MixerTypes.cpp - types and attributes of the mixer dialect ---------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/IndexExpr.h"
#include "dialects/mixer/Mixer.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::mixer;

#include "dialects/mixer/MixerDialect.cpp.inc"
#include "dialects/mixer/MixerEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/mixer/MixerAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/mixer/MixerTypes.cpp.inc"

void MixerDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/mixer/MixerAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/mixer/MixerTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/mixer/MixerOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

Type mixc::mixer::computeType(Type element) {
  MLIRContext *context = element.getContext();
  if (isa<Float64Type, Float32Type, ComplexType>(element))
    return element;
  if (isa<FloatType>(element))
    return Float32Type::get(context);
  if (element.isInteger(1))
    return element;
  if (isa<IntegerType>(element))
    return IndexType::get(context);
  return {};
}

/// Every element type by its name in the language.
static constexpr std::pair<StringLiteral, Type (*)(Builder &)> elementTypes[] = {
    {"f64", [](Builder &b) -> Type { return b.getF64Type(); }},
    {"f32", [](Builder &b) -> Type { return b.getF32Type(); }},
    {"f16", [](Builder &b) -> Type { return b.getF16Type(); }},
    {"bf16", [](Builder &b) -> Type { return b.getBF16Type(); }},
    {"f8e4m3", [](Builder &b) -> Type { return b.getType<Float8E4M3FNType>(); }},
    {"f8e5m2", [](Builder &b) -> Type { return b.getType<Float8E5M2Type>(); }},
    {"i64", [](Builder &b) -> Type { return b.getI64Type(); }},
    {"i32", [](Builder &b) -> Type { return b.getI32Type(); }},
    {"i16", [](Builder &b) -> Type { return b.getI16Type(); }},
    {"i8", [](Builder &b) -> Type { return b.getI8Type(); }},
    {"u8", [](Builder &b) -> Type { return b.getIntegerType(8, /*isSigned=*/false); }},
    {"i4", [](Builder &b) -> Type { return b.getIntegerType(4); }},
    {"bool", [](Builder &b) -> Type { return b.getI1Type(); }},
    {"c64", [](Builder &b) -> Type { return ComplexType::get(b.getF32Type()); }},
};

Type mixc::mixer::elementType(MLIRContext *context, StringRef name) {
  Builder builder(context);
  for (auto &[candidate, make] : elementTypes)
    if (candidate == name)
      return make(builder);
  return {};
}

StringRef mixc::mixer::elementName(Type element) {
  Builder builder(element.getContext());
  for (auto &[name, make] : elementTypes)
    if (make(builder) == element)
      return name;
  return {};
}

bool mixc::mixer::isElementType(Type type) {
  // complex<f64> has no name in the language: it is what f64 and c64 make where they meet.
  auto complex = dyn_cast<ComplexType>(type);
  return (complex && complex.getElementType().isF64()) || !elementName(type).empty();
}

//===----------------------------------------------------------------------===//
// Tensor type
//===----------------------------------------------------------------------===//

Type MixerTensorType::getComputeType() const { return computeType(getElement()); }

Type MixerTensorType::parse(AsmParser &parser) {
  SmallVector<AffineExpr> lower, upper;
  Type element;
  auto parseAxis = [&] {
    return parseSymbolRange(parser, lower.emplace_back(), upper.emplace_back());
  };
  if (parser.parseLess() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseAxis) ||
      parser.parseComma() || parser.parseType(element) || parser.parseGreater())
    return {};
  return parser.getChecked<MixerTensorType>(parser.getContext(), lower, upper, element);
}

void MixerTensorType::print(AsmPrinter &printer) const {
  printer << "<[";
  llvm::interleaveComma(llvm::zip_equal(getLower(), getUpper()), printer, [&](auto axis) {
    printSymbolRange(printer.getStream(), std::get<0>(axis), std::get<1>(axis));
  });
  printer << "], " << getElement() << ">";
}

LogicalResult MixerTensorType::verify(function_ref<InFlightDiagnostic()> emitError,
                                      ArrayRef<AffineExpr> lower, ArrayRef<AffineExpr> upper,
                                      Type element) {
  if (lower.size() != upper.size())
    return emitError() << "has " << lower.size() << " lower and " << upper.size()
                       << " upper bounds";
  if (!isElementType(element))
    return emitError() << "can't hold elements of type " << element;
  for (AffineExpr bound : llvm::concat<const AffineExpr>(lower, upper))
    if (!bound.isSymbolicOrConstant())
      return emitError() << "has a bound that is no expression of extents";
  return success();
}

//===----------------------------------------------------------------------===//
// Extent attribute
//===----------------------------------------------------------------------===//

Attribute ExtentAttr::parse(AsmParser &parser, Type) {
  std::string name;
  ExtentKind kind = ExtentKind::dynamic;
  SmallVector<AffineExpr> args;
  auto parseArg = [&] { return parseSymbolExpr(parser, args.emplace_back()); };
  if (parser.parseLess() || parser.parseString(&name))
    return {};
  if (succeeded(parser.parseOptionalEqual())) {
    if (succeeded(parser.parseOptionalKeyword("min")))
      kind = ExtentKind::min;
    else if (succeeded(parser.parseOptionalKeyword("max")))
      kind = ExtentKind::max;
    else
      kind = ExtentKind::fixed;
    if (kind == ExtentKind::fixed
            ? parseArg()
            : parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseArg))
      return {};
  }
  if (parser.parseGreater())
    return {};
  return get(parser.getContext(), StringAttr::get(parser.getContext(), name), kind, args);
}

void ExtentAttr::print(AsmPrinter &printer) const {
  auto noDims = [](unsigned) { llvm_unreachable("a dim in an extent"); };
  auto printArg = [&](AffineExpr arg) { printIndexExpr(printer.getStream(), arg, noDims); };
  printer << "<" << getName();
  if (getKind() == ExtentKind::fixed) {
    printer << " = ";
    printArg(getArgs().front());
  } else if (getKind() != ExtentKind::dynamic) {
    printer << " = " << stringifyEnum(getKind()) << "(";
    llvm::interleaveComma(getArgs(), printer.getStream(), printArg);
    printer << ")";
  }
  printer << ">";
}
