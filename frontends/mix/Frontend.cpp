//===- Frontend.cpp - the .mix front end, as others use it ----------------===//
#include "frontends/mix/Frontend.h"

#include "frontends/mix/Emitter.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

/// An empty function, in a module of its own.
static OwningOpRef<ModuleOp> makeFunction(MLIRContext &context, StringRef name, StringRef doc,
                                          ArrayRef<StringRef> arguments, ArrayRef<bool> optional) {
  context.loadDialect<MixerDialect, arith::ArithDialect, math::MathDialect, complex::ComplexDialect,
                      scf::SCFDialect>();
  OpBuilder builder(&context);
  OwningOpRef<ModuleOp> ir = ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToEnd(ir->getBody());
  auto func = FuncOp::create(builder, builder.getUnknownLoc(), name,
                             builder.getStrArrayAttr(arguments), optional, builder.getArrayAttr({}),
                             builder.getArrayAttr({}), builder.getArrayAttr({}), doc);
  func.getBody().emplaceBlock();
  return ir;
}

static FuncOp functionOf(ModuleOp ir) { return *ir.getOps<FuncOp>().begin(); }

/// Reports in `to` what `from` has found.
static void append(Diagnostics &to, const Diagnostics &from) {
  for (const Diagnostic &found : from.list()) {
    auto report = found.severity == Severity::Error ? to.error(found.span, found.message)
                                                    : to.warning(found.span, found.message);
    for (const Note &note : found.notes)
      note.span ? report.note(*note.span, note.text) : report.note(note.text);
  }
}

/// Emits `mixer` and checks what came out; null after an error in `diags`, which is empty before.
static OwningOpRef<ModuleOp> emitMixer(MLIRContext &context, const Module &module,
                                       const Mixer &mixer, const Options &options,
                                       Diagnostics &diags) {
  SmallVector<StringRef> arguments;
  SmallVector<bool> optional;
  for (const ArgGroup &group : mixer.args)
    for (const Ident &name : group.names) {
      arguments.push_back(name.text);
      optional.push_back(group.init != nullptr);
    }
  OwningOpRef<ModuleOp> ir =
      makeFunction(context, mixer.name.text, StringRef(llvm::join(mixer.doc, "\n")).rtrim(),
                   arguments, optional);
  Emitter emitter(functionOf(*ir), module, options, diags);
  emitter.run(mixer);
  if (diags.hasErrors())
    return {};
  // Whatever the verifier finds is a mistake of the front end, not of the text.
  std::string found;
  {
    ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
      found += diagnostic.str() + "\n";
      return success();
    });
    if (failed(verify(*ir))) {
      diags
          .error(mixer.name.span,
                 "internal error: `" + mixer.name.text + "` was emitted as invalid IR")
          .note(StringRef(found).rtrim());
      return {};
    }
  }
  emitter.checkBounds();
  if (diags.hasErrors())
    return {};
  warnOfUnused(mixer, diags);
  return ir;
}

OwningOpRef<ModuleOp> emit(MLIRContext &context, const Module &module, const Options &options,
                           Diagnostics &diags) {
  if (const Mixer *mixer = module.mixer(options.mixer)) {
    Diagnostics own(diags.sources());
    OwningOpRef<ModuleOp> ir = emitMixer(context, module, *mixer, options, own);
    append(diags, own);
    return ir;
  }
  if (!options.mixer) {
    diags.error({}, "the file has no mixer")
        .note("write one: `mixer f(x: [B, N]) -> (y: [B, N]) { ... }`");
    return {};
  }
  std::vector<StringRef> names;
  for (const Mixer *mixer : module.mixers())
    names.push_back(mixer->name.text);
  auto error = diags.error({}, "the file has no mixer `" + *options.mixer + "`");
  StringRef meant = closest(*options.mixer, names);
  if (!meant.empty())
    error.note("did you mean `" + meant + "`?");
  else
    error.note(names.empty() ? "it defines functions only"
                             : "it has `" + llvm::join(names, "`, `") + "`");
  return {};
}

/// More combinations of values than this are not tried one by one.
static constexpr size_t maxCombinations = 256;

bool check(MLIRContext &context, const Module &module, Diagnostics &diags) {
  unsigned errors = diags.errorCount();
  {
    OwningOpRef<ModuleOp> ir = makeFunction(context, "definitions", "", {}, {});
    Options options;
    Emitter(functionOf(*ir), module, options, diags).checkDefinitions();
  }
  for (const Mixer *mixer : module.mixers()) {
    // All values of the params that have few and no default.
    std::vector<std::map<std::string, std::string>> combinations(1);
    for (const Param &param : mixer->params) {
      SmallVector<std::string> values;
      if (!param.init && param.type == ParamType::Bool)
        values = {"false", "true"};
      if (!param.init && param.type == ParamType::Enum)
        for (const Ident &value : param.values)
          values.push_back(value.text);
      if (values.empty())
        continue;
      auto old = std::exchange(combinations, {});
      for (const auto &combination : old)
        for (const std::string &value : values) {
          if (combinations.size() == maxCombinations)
            break;
          combinations.push_back(combination);
          combinations.back()[param.name.text] = value;
        }
    }
    for (auto &combination : combinations) {
      Options options;
      options.params = combination;
      options.openParams = true;
      // Apart, so that errors which other values of the params have, too, count here.
      Diagnostics own(diags.sources());
      emitMixer(context, module, *mixer, options, own);
      append(diags, own);
    }
  }
  return diags.errorCount() == errors;
}

} // namespace mixc::mix
