//===- IndexExpr.cpp - index expressions in text --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/IndexExpr.h"

using namespace mlir;
using namespace mixc::mixer;

AffineMap mixc::mixer::indexMap(MLIRContext *context, unsigned numDims,
                                ArrayRef<AffineExpr> exprs) {
  unsigned numSymbols = 0;
  for (AffineExpr expr : exprs)
    expr.walk([&](AffineExpr part) {
      if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
        numSymbols = std::max(numSymbols, symbol.getPosition() + 1);
    });
  return AffineMap::get(numDims, numSymbols, exprs, context);
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

namespace {
/// Precedence of the context: a sum's operand, a factor, or an operand on the right of `-`, `*`,
/// `floordiv`...
enum class Level { sum, factor, atom };

struct Printer {
  raw_ostream &os;
  function_ref<void(unsigned)> printDim, printSymbol;

  void print(AffineExpr expr, Level level) {
    switch (expr.getKind()) {
    case AffineExprKind::Constant: {
      int64_t value = cast<AffineConstantExpr>(expr).getValue();
      bool parens = value < 0 && level != Level::sum;
      os << (parens ? "(" : "") << value << (parens ? ")" : "");
      return;
    }
    case AffineExprKind::DimId:
      return printDim(cast<AffineDimExpr>(expr).getPosition());
    case AffineExprKind::SymbolId: {
      unsigned position = cast<AffineSymbolExpr>(expr).getPosition();
      if (printSymbol)
        return printSymbol(position);
      os << 's' << position;
      return;
    }
    case AffineExprKind::Add:
      return printSum(cast<AffineBinaryOpExpr>(expr), level);
    case AffineExprKind::Mul:
      return printProduct(cast<AffineBinaryOpExpr>(expr), " * ", level);
    case AffineExprKind::FloorDiv:
      return printProduct(cast<AffineBinaryOpExpr>(expr), " floordiv ", level);
    case AffineExprKind::CeilDiv:
      return printProduct(cast<AffineBinaryOpExpr>(expr), " ceildiv ", level);
    case AffineExprKind::Mod:
      return printProduct(cast<AffineBinaryOpExpr>(expr), " mod ", level);
    }
  }

  void printSum(AffineBinaryOpExpr expr, Level level) {
    os << (level == Level::sum ? "" : "(");
    print(expr.getLHS(), Level::sum);
    AffineExpr rhs = expr.getRHS();
    if (auto constant = dyn_cast<AffineConstantExpr>(rhs); constant && constant.getValue() < 0) {
      // Through unsigned: the least integer has no negation.
      os << " - " << -static_cast<uint64_t>(constant.getValue());
    } else if (AffineExpr negated = negatedProduct(rhs)) {
      os << " - ";
      print(negated, Level::factor);
    } else {
      os << " + ";
      print(rhs, Level::sum);
    }
    os << (level == Level::sum ? "" : ")");
  }

  /// x where `expr` is x * -1, else null.
  static AffineExpr negatedProduct(AffineExpr expr) {
    auto product = dyn_cast<AffineBinaryOpExpr>(expr);
    if (!product || product.getKind() != AffineExprKind::Mul)
      return {};
    auto factor = dyn_cast<AffineConstantExpr>(product.getRHS());
    return factor && factor.getValue() == -1 ? product.getLHS() : AffineExpr();
  }

  void printProduct(AffineBinaryOpExpr expr, StringRef op, Level level) {
    os << (level == Level::atom ? "(" : "");
    print(expr.getLHS(), Level::factor);
    os << op;
    print(expr.getRHS(), Level::atom);
    os << (level == Level::atom ? ")" : "");
  }
};
} // namespace

void mixc::mixer::printIndexExpr(raw_ostream &os, AffineExpr expr,
                                 function_ref<void(unsigned)> printDim,
                                 function_ref<void(unsigned)> printSymbol) {
  Printer{os, printDim, printSymbol}.print(expr, Level::sum);
}

void mixc::mixer::printSymbolRange(raw_ostream &os, AffineExpr lower, AffineExpr upper) {
  auto noDims = [](unsigned) { llvm_unreachable("a dim in an expression over symbols"); };
  if (lower != getAffineConstantExpr(0, lower.getContext())) {
    printIndexExpr(os, lower, noDims);
    os << " to ";
  }
  printIndexExpr(os, upper, noDims);
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

namespace {
struct ExprParser {
  AsmParser &parser;
  /// Parses an operand to a dim if there is one.
  function_ref<OptionalParseResult(AffineExpr &)> parseDim;

  ParseResult parseSum(AffineExpr &expr) {
    if (parseProduct(expr))
      return failure();
    while (true) {
      AffineExpr rhs;
      if (succeeded(parser.parseOptionalPlus())) {
        if (parseProduct(rhs))
          return failure();
        expr = expr + rhs;
      } else if (succeeded(parser.parseOptionalMinus())) {
        if (parseProduct(rhs))
          return failure();
        expr = expr - rhs;
      } else {
        return success();
      }
    }
  }

  ParseResult parseProduct(AffineExpr &expr) {
    if (parseAtom(expr))
      return failure();
    while (true) {
      AffineExprKind kind;
      if (succeeded(parser.parseOptionalStar()))
        kind = AffineExprKind::Mul;
      else if (succeeded(parser.parseOptionalKeyword("floordiv")))
        kind = AffineExprKind::FloorDiv;
      else if (succeeded(parser.parseOptionalKeyword("ceildiv")))
        kind = AffineExprKind::CeilDiv;
      else if (succeeded(parser.parseOptionalKeyword("mod")))
        kind = AffineExprKind::Mod;
      else
        return success();
      SMLoc loc = parser.getCurrentLocation();
      AffineExpr rhs;
      if (parseAtom(rhs))
        return failure();
      if (kind == AffineExprKind::Mul) {
        if (!expr.isSymbolicOrConstant() && !rhs.isSymbolicOrConstant())
          return parser.emitError(loc, "a product of two dims is no index expression");
      } else {
        auto divisor = dyn_cast<AffineConstantExpr>(rhs);
        if (!rhs.isSymbolicOrConstant() || (divisor && divisor.getValue() < 1))
          return parser.emitError(loc, "expected a positive constant or symbols as divisor");
      }
      expr = getAffineBinaryOpExpr(kind, expr, rhs);
    }
  }

  ParseResult parseAtom(AffineExpr &expr) {
    SMLoc loc = parser.getCurrentLocation();
    int64_t value;
    if (OptionalParseResult result = parser.parseOptionalInteger(value); result.has_value()) {
      expr = getAffineConstantExpr(value, parser.getContext());
      return *result;
    }
    if (succeeded(parser.parseOptionalMinus())) {
      if (parseAtom(expr))
        return failure();
      expr = -expr;
      return success();
    }
    if (succeeded(parser.parseOptionalLParen()))
      return failure(parseSum(expr) || parser.parseRParen());
    if (OptionalParseResult result = parseDim(expr); result.has_value())
      return *result;
    StringRef name;
    unsigned position;
    if (failed(parser.parseOptionalKeyword(&name)) || !name.consume_front("s") ||
        name.getAsInteger(10, position))
      return parser.emitError(loc, "expected an index expression");
    expr = getAffineSymbolExpr(position, parser.getContext());
    return success();
  }
};
} // namespace

ParseResult mixc::mixer::parseSymbolExpr(AsmParser &parser, AffineExpr &expr) {
  return ExprParser{parser, [](AffineExpr &) { return OptionalParseResult(); }}.parseSum(expr);
}

ParseResult mixc::mixer::parseIndexExpr(OpAsmParser &parser, AffineExpr &expr,
                                        SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands) {
  auto parseDim = [&](AffineExpr &dim) -> OptionalParseResult {
    OpAsmParser::UnresolvedOperand operand;
    OptionalParseResult result = parser.parseOptionalOperand(operand);
    if (!result.has_value() || failed(*result))
      return result;
    unsigned position = 0;
    while (position < operands.size() &&
           (operands[position].name != operand.name || operands[position].number != operand.number))
      ++position;
    if (position == operands.size())
      operands.push_back(operand);
    dim = getAffineDimExpr(position, parser.getContext());
    return ParseResult(success());
  };
  return ExprParser{parser, parseDim}.parseSum(expr);
}

ParseResult mixc::mixer::parseSymbolRange(AsmParser &parser, AffineExpr &lower, AffineExpr &upper) {
  if (parseSymbolExpr(parser, upper))
    return failure();
  lower = getAffineConstantExpr(0, parser.getContext());
  if (failed(parser.parseOptionalKeyword("to")))
    return success();
  lower = upper;
  return parseSymbolExpr(parser, upper);
}
