//===- IndexExpr.h - index expressions in text ------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The textual form of AffineExprs in the mixer dialect: dims are written as the SSA values that
// they stand for, symbols as `s0, s1, ...`: `%h floordiv (s1 floordiv s2)`. Upstream's affine
// syntax has no bare symbols beside SSA dims, hence this pair of a printer and a parser.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_MIXER_INDEXEXPR_H
#define MIXC_DIALECTS_MIXER_INDEXEXPR_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/OpImplementation.h"

namespace mixc::mixer {

/// The map `(d0, ..)[s0, ..] -> (exprs)` with as few symbols as the expressions use: the one form
/// in which ops store index expressions, so that equal expressions are equal attributes.
mlir::AffineMap indexMap(mlir::MLIRContext *context, unsigned numDims,
                         llvm::ArrayRef<mlir::AffineExpr> exprs);

/// Prints `expr`; `printDim` prints what dim `k` stands for and `printSymbol` (default: `s<k>`)
/// what a symbol does.
void printIndexExpr(llvm::raw_ostream &os, mlir::AffineExpr expr,
                    llvm::function_ref<void(unsigned)> printDim,
                    llvm::function_ref<void(unsigned)> printSymbol = nullptr);

/// Parses an expression over symbols only, as in types.
mlir::ParseResult parseSymbolExpr(mlir::AsmParser &parser, mlir::AffineExpr &expr);

/// Parses an expression; SSA values become dims, numbered by their first use in `operands`, which
/// is extended.
mlir::ParseResult
parseIndexExpr(mlir::OpAsmParser &parser, mlir::AffineExpr &expr,
               llvm::SmallVectorImpl<mlir::OpAsmParser::UnresolvedOperand> &operands);

/// Parses an axis range, `hi` or `lo to hi`, over symbols only.
mlir::ParseResult parseSymbolRange(mlir::AsmParser &parser, mlir::AffineExpr &lower,
                                   mlir::AffineExpr &upper);
/// Prints an axis range over symbols only.
void printSymbolRange(llvm::raw_ostream &os, mlir::AffineExpr lower, mlir::AffineExpr upper);

} // namespace mixc::mixer

#endif // MIXC_DIALECTS_MIXER_INDEXEXPR_H
