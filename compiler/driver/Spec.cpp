//===- Spec.cpp - a .mix file on its way into the compiler ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Spec.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Terminal.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

Expected<std::unique_ptr<Spec>> Spec::load(StringRef path) {
  std::unique_ptr<Spec> spec(new Spec);
  spec->module = mix::Module::load(spec->texts, path, spec->diags);
  if (!spec->module) {
    spec->printDiagnostics();
    return reported(Exit::Fault);
  }
  return spec;
}

Expected<std::unique_ptr<Spec>> Spec::parse(StringRef name, StringRef text) {
  std::unique_ptr<Spec> spec(new Spec);
  spec->module = mix::Module::load(spec->texts, spec->texts.addText(name, text), spec->diags);
  if (!spec->module) {
    spec->printDiagnostics();
    return reported(Exit::Fault);
  }
  return spec;
}

mlir::MLIRContext &Spec::context() {
  if (!mlirContext) {
    // Threads of its own would cost more than they could save on a file of equations.
    mlirContext = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
    mlirContext->loadDialect<mixer::MixerDialect>();
  }
  return *mlirContext;
}

void Spec::printDiagnostics() {
  // The list only grows until a step fails, so it is printed whole, once.
  if (!printed && !diags.list().empty()) {
    diags.print(errs(), colourOnStderr());
    printed = true;
  }
}

Expected<mixer::FuncOp> Spec::emit(const SpecOptions &options) {
  std::vector<const mix::Mixer *> mixers = module->mixers();
  StringRef path = texts.file(module->file().id).path();
  if (mixers.empty())
    return inputError("`" + path + "` has no mixer");
  chosen = mixers.back();
  if (options.mixer) {
    std::vector<StringRef> names;
    for (const mix::Mixer *mixer : mixers)
      names.push_back(mixer->name.text);
    auto found = find(names, StringRef(*options.mixer));
    if (found == names.end())
      return usageError("`" + path + "` has no mixer `" + *options.mixer + "`",
                        suggestions(*options.mixer, names, "mixers"));
    chosen = mixers[found - names.begin()];
  }

  mix::Options wanted;
  wanted.params = options.params;
  wanted.genericElement = options.dtype;
  wanted.mixer = chosen->name.text;
  if (!mix::checkParams(*chosen, options.params, diags)) {
    printDiagnostics();
    return reported(Exit::Usage);
  }
  MLIRErrors errors(context());
  emitted = mix::emit(context(), *module, wanted, diags);
  printDiagnostics();
  if (!emitted && diags.hasErrors())
    return reported(Exit::Fault);
  if (!emitted)
    return errors.take("emitting `" + chosen->name.text + "`");
  auto func = *emitted->getOps<mixer::FuncOp>().begin();
  std::vector<StringRef> extents;
  for (unsigned k = 0; k != func.getNumExtents(); ++k)
    extents.push_back(func.getExtent(k).getName().getValue());
  for (StringRef name : options.staticExtents)
    if (!is_contained(extents, name))
      return usageError("`--static`: `" + func.getSymName() + "` has no extent `" + name + "`",
                        suggestions(name, extents, "extents"));
  return func;
}

mix::Signature Spec::signature() const { return mix::signatureOf(*chosen, texts); }

MLIRErrors::MLIRErrors(mlir::MLIRContext &context)
    : handler(&context, [this](mlir::Diagnostic &diagnostic) {
        raw_string_ostream os(text);
        if (!text.empty())
          os << "; ";
        os << diagnostic.getLocation() << ": " << diagnostic;
        return mlir::success();
      }) {}

Error MLIRErrors::take(const Twine &during) {
  return internalError(during + " failed" + (text.empty() ? "" : ": " + text));
}

} // namespace mixc::driver
