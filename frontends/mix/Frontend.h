//===- Frontend.h - the .mix front end, as others use it ---------*- C++ -*-===//
//
//   SourceManager sources;
//   Diagnostics diags(sources);
//   auto module = Module::load(sources, "attention.mix", diags);
//   if (module && check(context, *module, diags)) ...      // all mixers, all values
//   OwningOpRef<ModuleOp> ir = emit(context, *module, options, diags);
//
// `emit` gives one `mixer.func`: params are bound, calls inlined, names and ranges
// resolved, bounds proved. Its locations lead back to the source.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_FRONTEND_H
#define MIXC_FRONTENDS_MIX_FRONTEND_H

#include "frontends/mix/Module.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>

namespace mixc::mix {

struct Options {
  /// Values of params as the command line gives them.
  std::map<std::string, std::string> params;
  /// The element type of tensors without one.
  ElementType genericElement = ElementType::F32;
  /// The mixer to emit; the file's last one without a name.
  std::optional<std::string> mixer;
  /// Int and f32 params without a value become extents: what is shown then holds for
  /// all their values.
  bool openParams = false;
};

/// Whether `params`, as the command line gives them, are params of `mixer` with values of their
/// types, and none without a default is left out. Errors are reported; `emit` reports them, too.
bool checkParams(const Mixer &mixer, const std::map<std::string, std::string> &params,
                 Diagnostics &diags);

/// The mixer as a module with one verified `mixer.func`; null after an error.
mlir::OwningOpRef<mlir::ModuleOp> emit(mlir::MLIRContext &context, const Module &module,
                                       const Options &options, Diagnostics &diags);

/// Checks every mixer of the file at its params' defaults; for params without one, at
/// all values. False after an error.
bool check(mlir::MLIRContext &context, const Module &module, Diagnostics &diags);

/// What a caller of a mixer needs to know.
struct Signature {
  struct Param {
    std::string name, type; ///< type: `int`, `bool`, `f32`, `{relu, softmax}`
    std::optional<std::string> init;
  };
  struct Tensor {
    std::string name;
    std::optional<std::string> element; ///< none: generic
    std::vector<std::string> shape;     ///< expressions as written
    std::optional<std::string> init;    ///< the default of an argument
  };
  std::string name;
  std::vector<std::string> doc, cites;
  std::vector<std::string> extents; ///< in the order of the function's symbols
  std::vector<Param> params;
  std::vector<Tensor> arguments, outputs;
  std::vector<std::string> where;

  /// As `mixc check` prints it.
  void print(llvm::raw_ostream &os) const;
  /// As an element of `mixers` in `mixc check --json`.
  llvm::json::Value toJSON() const;
};

Signature signatureOf(const Mixer &mixer, const SourceManager &sources);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_FRONTEND_H
