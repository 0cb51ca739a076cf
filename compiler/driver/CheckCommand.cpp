//===- CheckCommand.cpp - mixc check --------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Spec.h"
#include "compiler/driver/Terminal.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

static int check(Arguments arguments) {
  OptionTable table(checkCommand);
  std::vector<std::string> files;
  bool json = false;
  table.flag("json", json, "print signatures and diagnostics as JSON");
  table.operands("FILE", files, 1, 1);
  if (Error error = table.parse(arguments))
    return report(std::move(error));
  if (table.helped())
    return 0;

  mix::SourceManager sources;
  mix::Diagnostics diags(sources);
  std::unique_ptr<mix::Module> module = mix::Module::load(sources, files.front(), diags);
  Error internal = Error::success();
  bool good = module != nullptr;
  if (good) {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<mixer::MixerDialect>();
    MLIRErrors errors(context);
    good = mix::check(context, *module, diags);
    if (!good && !diags.hasErrors())
      internal = joinErrors(std::move(internal), errors.take("checking `" + files.front() + "`"));
  }

  // A broken file still has its diagnostics as JSON.
  if (json) {
    json::Array mixers;
    if (good)
      for (const mix::Mixer *mixer : module->mixers())
        mixers.push_back(mix::signatureOf(*mixer, sources).toJSON());
    json::Object object{{"mixers", std::move(mixers)}, {"diagnostics", diags.toJSON()}};
    outs() << formatv("{0:2}", json::Value(std::move(object))) << '\n';
  } else if (good) {
    bool first = true;
    for (const mix::Mixer *mixer : module->mixers()) {
      if (!first)
        outs() << '\n';
      first = false;
      mix::signatureOf(*mixer, sources).print(outs());
    }
  }
  outs().flush();
  diags.print(errs(), colourOnStderr());
  if (internal)
    return report(std::move(internal));
  return static_cast<int>(good ? Exit::Done : Exit::Fault);
}

const Command checkCommand{"check",
                           "FILE [--json]",
                           "parses and checks a file; prints each mixer's signature",
                           "Bounds are proved for all sizes, at the defaults of the params; for "
                           "params without one, at all their values.",
                           "mixc check examples/softmax/attention.mix\n"
                           "mixc check examples/recurrent/gla.mix --json\n",
                           check};

} // namespace mixc::driver
