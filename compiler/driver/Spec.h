//===- Spec.h - a .mix file on its way into the compiler ----------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_SPEC_H
#define MIXC_COMPILER_DRIVER_SPEC_H

#include "compiler/driver/SpecOptions.h"
#include "dialects/mixer/Mixer.h"
#include "frontends/mix/Frontend.h"

#include "mlir/IR/MLIRContext.h"

namespace mixc::driver {

/// Owns a file's text and tree and, once emitted, the IR of one mixer. What the front end has to
/// say is printed when a step ends; a step that fails then gives an error without a text.
class Spec {
public:
  static llvm::Expected<std::unique_ptr<Spec>> load(llvm::StringRef path);
  /// Of a text in memory, which reports call `name`.
  static llvm::Expected<std::unique_ptr<Spec>> parse(llvm::StringRef name, llvm::StringRef text);

  /// The mixer that `options` name, as equations. One call a spec.
  llvm::Expected<mixer::FuncOp> emit(const SpecOptions &options);

  const mix::SourceManager &sources() const { return texts; }
  mix::Diagnostics &diagnostics() { return diags; }
  const mix::Module &file() const { return *module; }
  mlir::ModuleOp ir() { return *emitted; }
  mlir::MLIRContext &context();
  /// What `emit` has emitted, as its callers see it.
  mix::Signature signature() const;

  /// Prints what is new since the last call.
  void printDiagnostics();

private:
  Spec() : diags(texts) {}

  mix::SourceManager texts;
  mix::Diagnostics diags;
  bool printed = false;
  std::unique_ptr<mix::Module> module;
  /// Made when first needed: `mixc fmt` and the parser do without.
  std::unique_ptr<mlir::MLIRContext> mlirContext;
  mlir::OwningOpRef<mlir::ModuleOp> emitted;
  const mix::Mixer *chosen = nullptr;
};

/// Collects what MLIR reports while it lives: after the front end has accepted a spec, that is a
/// fault of mixc.
class MLIRErrors {
public:
  explicit MLIRErrors(mlir::MLIRContext &context);
  /// An internal error that `during` failed, with what was reported.
  llvm::Error take(const llvm::Twine &during);

private:
  std::string text;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_SPEC_H
