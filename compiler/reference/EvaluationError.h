//===- EvaluationError.h - what the reference refuses -----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A call that does not fit its mixer, or an equation that has no value: an `llvm::Error` that knows
// where in the source it happened, so that a driver can show the line.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_EVALUATIONERROR_H
#define MIXC_COMPILER_REFERENCE_EVALUATIONERROR_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <string>

namespace mixc::reference {

class EvaluationError : public llvm::ErrorInfo<EvaluationError> {
public:
  static char ID;

  EvaluationError(mlir::Location location, const llvm::Twine &text)
      : location(location), text(text.str()) {}

  mlir::Location getLocation() const { return location; }
  /// The message without its location.
  llvm::StringRef getText() const { return text; }

  /// Writes `file:line:col: text`, the location only where it is known.
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

private:
  mlir::Location location;
  std::string text;
};

inline llvm::Error evaluationError(mlir::Location location, const llvm::Twine &text) {
  return llvm::make_error<EvaluationError>(location, text);
}

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_EVALUATIONERROR_H
