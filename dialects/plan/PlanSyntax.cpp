//===- PlanSyntax.cpp - the textual form of host functions ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/plan/Plan.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mixc::plan;

/// The names of a function's block arguments, in their order.
static auto argumentNames(FuncOp func) {
  return llvm::concat<const Attribute>(func.getExtentNames().getValue(),
                                       func.getArgNames().getValue(),
                                       func.getResultNames().getValue());
}

void FuncOp::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn setName) {
  for (auto [argument, name] : llvm::zip(getBody().getArguments(), argumentNames(*this)))
    setName(argument, cast<StringAttr>(name).getValue());
}

/// Parses `keyword (%x "x", ...)`; where `type` is null, each with its own behind a colon.
static ParseResult parseNamed(OpAsmParser &parser, OperationState &result, StringRef keyword,
                              StringRef attr, Type type,
                              SmallVectorImpl<OpAsmParser::Argument> &arguments) {
  SmallVector<Attribute> names;
  auto parseOne = [&]() -> ParseResult {
    OpAsmParser::Argument &argument = arguments.emplace_back();
    std::string name;
    if (parser.parseArgument(argument) || parser.parseString(&name))
      return failure();
    names.push_back(parser.getBuilder().getStringAttr(name));
    argument.type = type;
    return type ? success() : parser.parseColonType(argument.type);
  };
  if (parser.parseKeyword(keyword) ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseOne))
    return failure();
  result.addAttribute(attr, parser.getBuilder().getArrayAttr(names));
  return success();
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  SmallVector<OpAsmParser::Argument> arguments;
  Type index = parser.getBuilder().getIndexType();
  if (parser.parseSymbolName(name, "sym_name", result.attributes) ||
      parseNamed(parser, result, "extents", "extent_names", index, arguments) ||
      parseNamed(parser, result, "args", "arg_names", Type(), arguments) ||
      parseNamed(parser, result, "outs", "result_names", Type(), arguments) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  return parser.parseRegion(*result.addRegion(), arguments);
}

void FuncOp::print(OpAsmPrinter &p) {
  p << " ";
  p.printSymbolName(getSymName());
  auto next = getBody().getArguments().begin();
  auto printNamed = [&](StringRef keyword, ArrayAttr names, bool typed) {
    p << " " << keyword << " (";
    llvm::interleaveComma(names, p, [&](Attribute name) {
      p.printOperand(*next);
      p << " " << name;
      if (typed)
        p << ": " << next->getType();
      ++next;
    });
    p << ")";
  };
  printNamed("extents", getExtentNames(), /*typed=*/false);
  printNamed("args", getArgNames(), /*typed=*/true);
  printNamed("outs", getResultNames(), /*typed=*/true);
  p.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                     {"sym_name", "extent_names", "arg_names", "result_names"});
  p << " ";
  p.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}
