//===- EvaluationError.cpp - what the reference refuses -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/EvaluationError.h"

#include "mlir/IR/Location.h"
#include "llvm/Support/raw_ostream.h"

using namespace mixc::reference;

char EvaluationError::ID = 0;

void EvaluationError::log(llvm::raw_ostream &os) const {
  if (auto place = location->findInstanceOf<mlir::FileLineColRange>())
    os << place.getFilename().getValue() << ":" << place.getStartLine() << ":"
       << place.getStartColumn() << ": ";
  os << text;
}

std::error_code EvaluationError::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}
