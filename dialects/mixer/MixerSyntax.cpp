//===- MixerSyntax.cpp - the textual form of the mixer ops ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/IndexExpr.h"
#include "dialects/mixer/Mixer.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mixc::mixer;

using Operands = SmallVector<OpAsmParser::UnresolvedOperand>;
using Arguments = SmallVector<OpAsmParser::Argument>;

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// Prints `exprs` separated by commas, dims as `operands`.
static void printExprs(OpAsmPrinter &p, ArrayRef<AffineExpr> exprs, ValueRange operands) {
  llvm::interleaveComma(exprs, p.getStream(), [&](AffineExpr expr) {
    printIndexExpr(p.getStream(), expr, [&](unsigned dim) { p.printOperand(operands[dim]); });
  });
}

/// Adds an enum attribute from a keyword.
template <typename Attr, typename Enum>
static ParseResult parseKind(OpAsmParser &parser, OperationState &result) {
  FailureOr<Enum> kind = FieldParser<Enum>::parse(parser);
  if (failed(kind))
    return failure();
  result.addAttribute("kind", Attr::get(parser.getContext(), *kind));
  return success();
}

/// A name in a list of indices: printed bare where it is an identifier.
static ParseResult parseIndexName(OpAsmParser &parser, SmallVectorImpl<Attribute> &names) {
  std::string name;
  if (parser.parseKeywordOrString(&name))
    return failure();
  names.push_back(parser.getBuilder().getStringAttr(name));
  return success();
}
static void printIndexName(OpAsmPrinter &p, Attribute name) {
  p.printKeywordOrString(cast<StringAttr>(name).getValue());
}

/// Parses `[b: s0, i: -1 to s1]`, ranges over symbols.
static ParseResult parseSymbolIndices(OpAsmParser &parser, SmallVectorImpl<Attribute> &names,
                                      SmallVectorImpl<AffineExpr> &lower,
                                      SmallVectorImpl<AffineExpr> &upper) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return failure(parseIndexName(parser, names) || parser.parseColon() ||
                   parseSymbolRange(parser, lower.emplace_back(), upper.emplace_back()));
  });
}

static void printSymbolIndices(OpAsmPrinter &p, ArrayAttr names, ArrayRef<AffineExpr> lower,
                               ArrayRef<AffineExpr> upper) {
  p << "[";
  llvm::interleaveComma(llvm::zip_equal(names, lower, upper), p.getStream(), [&](auto index) {
    printIndexName(p, std::get<0>(index));
    p << ": ";
    printSymbolRange(p.getStream(), std::get<1>(index), std::get<2>(index));
  });
  p << "]";
}

/// Parses a body whose entry block has the arguments printed in front of it: `(%b, %i) { ... }`.
static ParseResult parseIndexBody(OpAsmParser &parser, OperationState &result, size_t count) {
  Arguments indices;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseArgumentList(indices, AsmParser::Delimiter::Paren))
    return failure();
  if (indices.size() != count)
    return parser.emitError(loc, "expected ") << count << " indices, one for each range";
  for (OpAsmParser::Argument &index : indices)
    index.type = parser.getBuilder().getIndexType();
  return parser.parseRegion(*result.addRegion(), indices);
}

static void printIndexBody(OpAsmPrinter &p, Region &body) {
  p << " (";
  llvm::interleaveComma(body.getArguments(), p.getStream(),
                        [&](BlockArgument index) { p.printOperand(index); });
  p << ") ";
  p.printRegion(body, /*printEntryBlockArgs=*/false);
}

/// Adds a list of names as an attribute.
static void addNames(OpAsmParser &parser, OperationState &result, StringRef attr,
                     ArrayRef<Attribute> names) {
  result.addAttribute(attr, parser.getBuilder().getArrayAttr(names));
}

/// Block arguments of a body are named as the source names its indices.
static void nameIndices(Block::BlockArgListType arguments, ArrayAttr names,
                        OpAsmSetValueNameFn setName) {
  for (auto [argument, name] : llvm::zip(arguments, names))
    setName(argument, cast<StringAttr>(name).getValue());
}

//===----------------------------------------------------------------------===//
// mixer.func
//===----------------------------------------------------------------------===//

void FuncOp::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn setName) {
  nameIndices(getBody().getArguments(), getArgNames(), setName);
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  StringAttr name;
  Arguments arguments;
  SmallVector<Attribute> argNames, resultNames, resultTypes, extents;
  SmallVector<bool> optional;
  auto parseArgument = [&]() -> ParseResult {
    std::string argName;
    if (parser.parseArgument(arguments.emplace_back()) || parser.parseString(&argName))
      return failure();
    argNames.push_back(builder.getStringAttr(argName));
    optional.push_back(succeeded(parser.parseOptionalKeyword("optional")));
    return parser.parseColonType(arguments.back().type);
  };
  auto parseResult = [&]() -> ParseResult {
    std::string resultName;
    Type type;
    if (parser.parseString(&resultName) || parser.parseColonType(type))
      return failure();
    resultNames.push_back(builder.getStringAttr(resultName));
    resultTypes.push_back(TypeAttr::get(type));
    return success();
  };
  auto parseExtent = [&]() -> ParseResult {
    return failure(!(extents.emplace_back(ExtentAttr::parse(parser, Type()))));
  };
  if (parser.parseSymbolName(name, "sym_name", result.attributes) ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseArgument) ||
      parser.parseArrow() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseResult) ||
      parser.parseKeyword("extents") ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseExtent) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  addNames(parser, result, "arg_names", argNames);
  result.addAttribute("arg_optional", builder.getDenseBoolArrayAttr(optional));
  addNames(parser, result, "result_names", resultNames);
  addNames(parser, result, "result_types", resultTypes);
  addNames(parser, result, "extents", extents);
  return parser.parseRegion(*result.addRegion(), arguments);
}

void FuncOp::print(OpAsmPrinter &p) {
  p << " ";
  p.printSymbolName(getSymName());
  p << "(";
  llvm::interleaveComma(llvm::zip_equal(getBody().getArguments(), getArgNames(), getArgOptional()),
                        p.getStream(), [&](auto argument) {
                          auto [value, name, optional] = argument;
                          p.printOperand(value);
                          p << " " << name << (optional ? " optional" : "") << ": "
                            << value.getType();
                        });
  p << ") -> (";
  llvm::interleaveComma(
      llvm::zip_equal(getResultNames(), getResultTypes()), p.getStream(), [&](auto output) {
        p << std::get<0>(output) << ": " << cast<TypeAttr>(std::get<1>(output)).getValue();
      });
  p << ") extents [";
  llvm::interleaveComma(getExtents(), p.getStream(),
                        [&](Attribute extent) { cast<ExtentAttr>(extent).print(p); });
  p << "]";
  SmallVector<StringRef> elided = {"sym_name",     "arg_names",    "arg_optional",
                                   "result_names", "result_types", "extents"};
  if (getDoc().empty())
    elided.push_back("doc");
  p.printOptionalAttrDictWithKeyword((*this)->getAttrs(), elided);
  p << " ";
  p.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

//===----------------------------------------------------------------------===//
// mixer.eq, mixer.scatter
//===----------------------------------------------------------------------===//

void EqOp::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn setName) {
  nameIndices(getBody().getArguments(), getIndexNames(), setName);
}
void EqOp::getAsmResultNames(OpAsmSetValueNameFn setName) { setName(getResult(), getName()); }

static void printTail(OpAsmPrinter &p, Operation *op, ArrayRef<StringRef> elided) {
  p.printOptionalAttrDict(op->getAttrs(), elided);
}

ParseResult EqOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  SmallVector<Attribute> names;
  SmallVector<AffineExpr> lower, upper;
  Type element;
  if (parser.parseAttribute(name, "name", result.attributes) ||
      parseSymbolIndices(parser, names, lower, upper) || parser.parseColonType(element) ||
      parser.parseOptionalAttrDict(result.attributes) ||
      parseIndexBody(parser, result, names.size()))
    return failure();
  addNames(parser, result, "index_names", names);
  SMLoc loc = parser.getNameLoc();
  auto type =
      MixerTensorType::getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                                  ArrayRef(lower), ArrayRef(upper), element);
  if (!type)
    return failure();
  result.addTypes(type);
  return success();
}

void EqOp::print(OpAsmPrinter &p) {
  p << " " << getNameAttr() << " ";
  printSymbolIndices(p, getIndexNames(), getType().getLower(), getType().getUpper());
  p << " : " << getType().getElement();
  printTail(p, *this, {"name", "index_names"});
  printIndexBody(p, getBody());
}

void ScatterOp::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn setName) {
  nameIndices(getBody().getArguments(), getIndexNames(), setName);
}
void ScatterOp::getAsmResultNames(OpAsmSetValueNameFn setName) { setName(getResult(), getName()); }

ParseResult ScatterOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  SmallVector<Attribute> names;
  SmallVector<AffineExpr> lower, upper;
  OpAsmParser::UnresolvedOperand init;
  Type type;
  if (parseKind<ScatterKindAttr, ScatterKind>(parser, result) ||
      parser.parseAttribute(name, "name", result.attributes) ||
      parseSymbolIndices(parser, names, lower, upper))
    return failure();
  bool hasInit = succeeded(parser.parseOptionalKeyword("over"));
  if ((hasInit && parser.parseOperand(init)) || parser.parseColonType(type) ||
      (hasInit && parser.resolveOperand(init, type, result.operands)) ||
      parser.parseOptionalAttrDict(result.attributes) ||
      parseIndexBody(parser, result, names.size()))
    return failure();
  addNames(parser, result, "index_names", names);
  MLIRContext *context = parser.getContext();
  result.addAttribute("lower", AffineMapAttr::get(indexMap(context, 0, lower)));
  result.addAttribute("upper", AffineMapAttr::get(indexMap(context, 0, upper)));
  result.addTypes(type);
  return success();
}

void ScatterOp::print(OpAsmPrinter &p) {
  p << " " << stringifyEnum(getKind()) << " " << getNameAttr() << " ";
  printSymbolIndices(p, getIndexNames(), getLower().getResults(), getUpper().getResults());
  if (!getInit().empty())
    p << " over " << getInit().front();
  p << " : " << getResult().getType();
  printTail(p, *this, {"kind", "name", "index_names", "lower", "upper"});
  printIndexBody(p, getBody());
}

//===----------------------------------------------------------------------===//
// mixer.at, mixer.apply
//===----------------------------------------------------------------------===//

ParseResult AtOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand tensor;
  Operands indices;
  SmallVector<AffineExpr> exprs;
  MixerTensorType type;
  auto parseSubscript = [&] { return parseIndexExpr(parser, exprs.emplace_back(), indices); };
  if (parser.parseOperand(tensor) ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSubscript) ||
      parser.parseOptionalAttrDict(result.attributes) || parser.parseColonType(type) ||
      parser.resolveOperand(tensor, type, result.operands) ||
      parser.resolveOperands(indices, parser.getBuilder().getIndexType(), result.operands))
    return failure();
  result.addAttribute("map",
                      AffineMapAttr::get(indexMap(parser.getContext(), indices.size(), exprs)));
  result.addTypes(type.getComputeType());
  return success();
}

void AtOp::print(OpAsmPrinter &p) {
  p << " " << getTensor() << "[";
  printExprs(p, getMap().getResults(), getIndices());
  p << "]";
  printTail(p, *this, {"map"});
  p << " : " << getTensor().getType();
}

ParseResult ApplyOp::parse(OpAsmParser &parser, OperationState &result) {
  Operands indices;
  AffineExpr expr;
  Type type = parser.getBuilder().getIndexType();
  if (parseIndexExpr(parser, expr, indices) || parser.parseOptionalAttrDict(result.attributes) ||
      parser.resolveOperands(indices, type, result.operands))
    return failure();
  result.addAttribute("map",
                      AffineMapAttr::get(indexMap(parser.getContext(), indices.size(), expr)));
  result.addTypes(type);
  return success();
}

void ApplyOp::print(OpAsmPrinter &p) {
  p << " ";
  printExprs(p, getMap().getResults(), getIndices());
  printTail(p, *this, {"map"});
}

//===----------------------------------------------------------------------===//
// mixer.reduce, mixer.along, mixer.order, mixer.transform
//===----------------------------------------------------------------------===//

namespace {
/// What the parsers of the binding ops collect: `[c: lo to hi, ...]`.
struct ParsedBinding {
  SmallVector<Attribute> names;
  Operands lowerOperands, upperOperands;
  SmallVector<AffineExpr> lower, upper;

  ParseResult parse(OpAsmParser &parser) {
    return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&]() -> ParseResult {
      // Which bound the first expression is, is known behind it only; its operands go to the upper
      // bound's list and are moved where a `to` follows.
      Operands operands = upperOperands;
      AffineExpr expr;
      if (parseIndexName(parser, names) || parser.parseColon() ||
          parseIndexExpr(parser, expr, operands))
        return failure();
      if (failed(parser.parseOptionalKeyword("to"))) {
        upperOperands = std::move(operands);
        upper.push_back(expr);
        lower.push_back(getAffineConstantExpr(0, parser.getContext()));
        return success();
      }
      lower.push_back(moveToLower(expr, operands));
      return parseIndexExpr(parser, upper.emplace_back(), upperOperands);
    });
  }

  /// `expr` over `operands` as an expression over `lowerOperands`.
  AffineExpr moveToLower(AffineExpr expr, ArrayRef<OpAsmParser::UnresolvedOperand> operands) {
    SmallVector<AffineExpr> dims(operands.size(), getAffineConstantExpr(0, expr.getContext()));
    expr.walk([&](AffineExpr part) {
      auto dim = dyn_cast<AffineDimExpr>(part);
      if (!dim)
        return;
      const auto &operand = operands[dim.getPosition()];
      auto found = llvm::find_if(lowerOperands, [&](const auto &other) {
        return other.name == operand.name && other.number == operand.number;
      });
      dims[dim.getPosition()] = getAffineDimExpr(found - lowerOperands.begin(), expr.getContext());
      if (found == lowerOperands.end())
        lowerOperands.push_back(operand);
    });
    return expr.replaceDims(dims);
  }

  /// Adds operands in the order lower, upper, `extra`; with their segment sizes.
  template <typename Op>
  ParseResult resolve(OpAsmParser &parser, OperationState &result, const Operands &extra,
                      bool hasExtra) {
    Type type = parser.getBuilder().getIndexType();
    if (parser.resolveOperands(lowerOperands, type, result.operands) ||
        parser.resolveOperands(upperOperands, type, result.operands) ||
        parser.resolveOperands(extra, type, result.operands))
      return failure();
    MLIRContext *context = parser.getContext();
    addNames(parser, result, "index_names", names);
    result.addAttribute("lower",
                        AffineMapAttr::get(indexMap(context, lowerOperands.size(), lower)));
    result.addAttribute("upper",
                        AffineMapAttr::get(indexMap(context, upperOperands.size(), upper)));
    SmallVector<int32_t> segments = {static_cast<int32_t>(lowerOperands.size()),
                                     static_cast<int32_t>(upperOperands.size())};
    if (hasExtra)
      segments.push_back(static_cast<int32_t>(extra.size()));
    llvm::copy(segments,
               result.getOrAddProperties<typename Op::Properties>().operandSegmentSizes.begin());
    return success();
  }
};
} // namespace

static void printBinding(OpAsmPrinter &p, Operation *op) {
  Binding binding = *getBinding(op);
  p << "[";
  for (unsigned k = 0; k < binding.size(); ++k) {
    p << (k ? ", " : "");
    printIndexName(p, binding.names[k]);
    p << ": ";
    AffineExpr lower = binding.lower.getResult(k);
    if (lower != getAffineConstantExpr(0, lower.getContext())) {
      printExprs(p, lower, binding.lowerOperands);
      p << " to ";
    }
    printExprs(p, binding.upper.getResult(k), binding.upperOperands);
  }
  p << "]";
}

/// The end that the binding ops share: `: type {attrs} (%c) { body }`.
static ParseResult parseBindingTail(OpAsmParser &parser, OperationState &result, size_t count) {
  return failure(parser.parseColon() || parser.parseType(result.types.emplace_back()) ||
                 parser.parseOptionalAttrDict(result.attributes) ||
                 parseIndexBody(parser, result, count));
}
static void printBindingTail(OpAsmPrinter &p, Operation *op) {
  p << " : " << op->getResult(0).getType();
  printTail(p, op,
            {"kind", "index_names", "lower", "upper", "operandSegmentSizes", "eps", "length"});
  printIndexBody(p, op->getRegion(0));
}

ParseResult ReduceOp::parse(OpAsmParser &parser, OperationState &result) {
  ParsedBinding binding;
  return failure(parseKind<ReduceKindAttr, ReduceKind>(parser, result) || binding.parse(parser) ||
                 binding.resolve<ReduceOp>(parser, result, {}, /*hasExtra=*/false) ||
                 parseBindingTail(parser, result, binding.names.size()));
}
void ReduceOp::print(OpAsmPrinter &p) {
  p << " " << stringifyEnum(getKind()) << " ";
  printBinding(p, *this);
  printBindingTail(p, *this);
}

ParseResult AlongOp::parse(OpAsmParser &parser, OperationState &result) {
  ParsedBinding binding;
  Operands at;
  double eps = 0;
  if (parseKind<AlongKindAttr, AlongKind>(parser, result) || binding.parse(parser) ||
      parser.parseKeyword("at") || parser.parseOperandList(at, AsmParser::Delimiter::Paren) ||
      binding.resolve<AlongOp>(parser, result, at, /*hasExtra=*/true))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("eps")) && parser.parseFloat(eps))
    return failure();
  result.addAttribute("eps", parser.getBuilder().getF64FloatAttr(eps));
  return parseBindingTail(parser, result, binding.names.size());
}
void AlongOp::print(OpAsmPrinter &p) {
  p << " " << stringifyEnum(getKind()) << " ";
  printBinding(p, *this);
  p << " at (" << getAt() << ")";
  if (!getEps().isZero()) {
    p << " eps ";
    p.printFloat(getEps());
  }
  printBindingTail(p, *this);
}

ParseResult OrderOp::parse(OpAsmParser &parser, OperationState &result) {
  ParsedBinding binding;
  Operands rank(1);
  return failure(parseKind<OrderKindAttr, OrderKind>(parser, result) || binding.parse(parser) ||
                 parser.parseKeyword("rank") || parser.parseOperand(rank[0]) ||
                 binding.resolve<OrderOp>(parser, result, rank, /*hasExtra=*/true) ||
                 parseBindingTail(parser, result, binding.names.size()));
}
void OrderOp::print(OpAsmPrinter &p) {
  p << " " << stringifyEnum(getKind()) << " ";
  printBinding(p, *this);
  p << " rank " << getRank();
  printBindingTail(p, *this);
}

ParseResult TransformOp::parse(OpAsmParser &parser, OperationState &result) {
  ParsedBinding binding;
  Operands at(1);
  AffineExpr length;
  if (parseKind<TransformKindAttr, TransformKind>(parser, result) || binding.parse(parser) ||
      parser.parseKeyword("at") || parser.parseOperand(at[0]) || parser.parseKeyword("length") ||
      parseSymbolExpr(parser, length) ||
      binding.resolve<TransformOp>(parser, result, at, /*hasExtra=*/true))
    return failure();
  result.addAttribute("length", AffineMapAttr::get(indexMap(parser.getContext(), 0, length)));
  return parseBindingTail(parser, result, binding.names.size());
}
void TransformOp::print(OpAsmPrinter &p) {
  p << " " << stringifyEnum(getKind()) << " ";
  printBinding(p, *this);
  p << " at " << getAt() << " length ";
  printExprs(p, getLength().getResults(), {});
  printBindingTail(p, *this);
}

#define MIXC_NAME_INDICES(OP)                                                                      \
  void OP::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn setName) {                       \
    nameIndices(getBody().getArguments(), getIndexNames(), setName);                               \
  }
MIXC_NAME_INDICES(ReduceOp)
MIXC_NAME_INDICES(AlongOp)
MIXC_NAME_INDICES(OrderOp)
MIXC_NAME_INDICES(TransformOp)
#undef MIXC_NAME_INDICES

//===----------------------------------------------------------------------===//
// mixer.recur
//===----------------------------------------------------------------------===//

void RecurOp::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn setName) {
  nameIndices(getTimes(), getIndexNames(), setName);
  nameIndices(getCarries(), getNames(), setName);
}
void RecurOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  for (auto [history, name] : llvm::zip(getHistories(), getNames()))
    setName(history, cast<StringAttr>(name).getValue());
}

// mixer.recur [n: s1 reverse] init (%b0 : type to 0 at (d0) -> (d0, -1)) : (types) (%n, %H) {...}
ParseResult RecurOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  SmallVector<Attribute> times, names, initMaps;
  SmallVector<AffineExpr> lower, upper;
  SmallVector<bool> reverse;
  SmallVector<int64_t> initCarry;
  auto parseTime = [&]() -> ParseResult {
    if (parseIndexName(parser, times) || parser.parseColon() ||
        parseSymbolRange(parser, lower.emplace_back(), upper.emplace_back()))
      return failure();
    reverse.push_back(succeeded(parser.parseOptionalKeyword("reverse")));
    return success();
  };
  auto parseInit = [&]() -> ParseResult {
    OpAsmParser::UnresolvedOperand init;
    Type type;
    AffineMap map;
    return failure(parser.parseOperand(init) || parser.parseColonType(type) ||
                   parser.resolveOperand(init, type, result.operands) ||
                   parser.parseKeyword("to") || parser.parseInteger(initCarry.emplace_back()) ||
                   parser.parseKeyword("at") || parser.parseAffineMap(map) ||
                   (initMaps.push_back(AffineMapAttr::get(map)), false));
  };
  Arguments arguments;
  auto parseCarry = [&]() -> ParseResult {
    OpAsmParser::Argument &carry = arguments.emplace_back();
    std::string name;
    if (parser.parseArgument(carry) || parser.parseString(&name) ||
        parser.parseColonType(carry.type))
      return failure();
    names.push_back(builder.getStringAttr(name));
    result.addTypes(carry.type);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseTime))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("init")) &&
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseInit))
    return failure();
  if (parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseArgumentList(arguments, AsmParser::Delimiter::Paren))
    return failure();
  for (OpAsmParser::Argument &time : arguments)
    time.type = builder.getIndexType();
  if (parser.parseKeyword("carry") ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseCarry) ||
      parser.parseRegion(*result.addRegion(), arguments))
    return failure();
  addNames(parser, result, "names", names);
  addNames(parser, result, "index_names", times);
  result.addAttribute("lower", AffineMapAttr::get(indexMap(parser.getContext(), 0, lower)));
  result.addAttribute("upper", AffineMapAttr::get(indexMap(parser.getContext(), 0, upper)));
  result.addAttribute("reverse", builder.getDenseBoolArrayAttr(reverse));
  result.addAttribute("init_carry", builder.getDenseI64ArrayAttr(initCarry));
  addNames(parser, result, "init_maps", initMaps);
  return success();
}

void RecurOp::print(OpAsmPrinter &p) {
  p << " [";
  for (unsigned k = 0; k < getNumTimes(); ++k) {
    p << (k ? ", " : "");
    printIndexName(p, getIndexNames()[k]);
    p << ": ";
    printSymbolRange(p.getStream(), getLower().getResult(k), getUpper().getResult(k));
    p << (getReverse()[k] ? " reverse" : "");
  }
  p << "]";
  if (!getInits().empty()) {
    p << " init (";
    for (auto [k, init] : llvm::enumerate(getInits())) {
      p << (k ? ", " : "") << init << " : " << init.getType() << " to " << getInitCarry()[k]
        << " at ";
      cast<AffineMapAttr>(getInitMaps()[k]).getValue().print(p.getStream());
    }
    p << ")";
  }
  printTail(p, *this,
            {"names", "index_names", "lower", "upper", "reverse", "init_carry", "init_maps"});
  p << " (";
  llvm::interleaveComma(getTimes(), p.getStream(), [&](BlockArgument n) { p.printOperand(n); });
  p << ") carry (";
  llvm::interleaveComma(llvm::zip_equal(getCarries(), getNames()), p.getStream(), [&](auto carry) {
    p.printOperand(std::get<0>(carry));
    p << " " << std::get<1>(carry) << ": " << std::get<0>(carry).getType();
  });
  p << ") ";
  p.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}
