//===- TileSyntax.cpp - the textual form of kernels -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/tile/Tile.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mixc::tile;

void KernelOp::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn setName) {
  for (auto [index, name] : llvm::zip(getBody().getArguments(), getGridNames()))
    setName(index, cast<StringAttr>(name).getValue());
}

ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  StringAttr name;
  SmallVector<OpAsmParser::Argument> grid, args;
  SmallVector<bool> outputs;
  auto parseArg = [&]() -> ParseResult {
    OpAsmParser::Argument &arg = args.emplace_back();
    if (parser.parseArgument(arg) || parser.parseColonType(arg.type))
      return failure();
    outputs.push_back(succeeded(parser.parseOptionalKeyword("out")));
    return success();
  };
  if (parser.parseSymbolName(name, "sym_name", result.attributes) || parser.parseKeyword("grid") ||
      parser.parseArgumentList(grid, AsmParser::Delimiter::Paren) || parser.parseKeyword("args") ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseArg) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();

  // An index is called what the text calls its value.
  SmallVector<Attribute> names;
  for (OpAsmParser::Argument &index : grid) {
    index.type = builder.getIndexType();
    names.push_back(builder.getStringAttr(index.ssaName.name.drop_front()));
  }
  result.addAttribute("grid_names", builder.getArrayAttr(names));
  result.addAttribute("outputs", builder.getDenseBoolArrayAttr(outputs));
  llvm::append_range(grid, args);
  return parser.parseRegion(*result.addRegion(), grid);
}

void KernelOp::print(OpAsmPrinter &p) {
  p << " ";
  p.printSymbolName(getSymName());
  p << " grid (";
  llvm::interleaveComma(getGrid(), p, [&](BlockArgument index) { p.printOperand(index); });
  p << ") args (";
  llvm::interleaveComma(llvm::zip_equal(getArgs(), getOutputs()), p, [&](auto arg) {
    auto [value, output] = arg;
    p.printOperand(value);
    p << ": " << value.getType() << (output ? " out" : "");
  });
  p << ")";
  p.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {"sym_name", "grid_names", "outputs"});
  p << " ";
  p.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}
