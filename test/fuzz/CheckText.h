//===- CheckText.h - what must hold for every text, checked --------*- C++ -*-===//
//
// Any bytes: parsing, checking and emitting end, with bounds proved or refused; a
// refusal says where and what to do, and is no internal error.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_TEST_FUZZ_CHECKTEXT_H
#define MIXC_TEST_FUZZ_CHECKTEXT_H

#include "dialects/mixer/Mixer.h"
#include "frontends/mix/Frontend.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

namespace mixc::mix {

/// Checks `text` as `mixc check` does. Returns what went wrong; empty: all is well. `accepted` says
/// whether the text is a valid spec.
inline std::string checkFailure(llvm::StringRef text, bool *accepted = nullptr) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mixer::MixerDialect>();
  std::string wrong;
  mlir::ScopedDiagnosticHandler verifier(&context, [&](mlir::Diagnostic &d) {
    wrong = "the verifier: " + d.str();
    return mlir::success();
  });

  SourceManager sources;
  Diagnostics diags(sources);
  auto module = Module::load(sources, sources.addText("input.mix", text), diags);
  bool good = module && check(context, *module, diags);
  if (accepted)
    *accepted = good;
  std::string printed;
  llvm::raw_string_ostream os(printed);
  diags.print(os);
  (void)diags.toJSON();
  if (!wrong.empty())
    return wrong + "\n" + printed;
  if (good == diags.hasErrors())
    return good ? "good, with errors\n" + printed : "refused without an error";
  for (const Diagnostic &d : diags.list()) {
    if (!d.span.valid())
      return "a diagnostic without a place\n" + printed;
    if (llvm::StringRef(d.message).contains("internal error"))
      return printed;
    if (d.severity == Severity::Error && d.notes.empty())
      return "an error that does not say what to do\n" + printed;
  }
  return "";
}

} // namespace mixc::mix

#endif // MIXC_TEST_FUZZ_CHECKTEXT_H
