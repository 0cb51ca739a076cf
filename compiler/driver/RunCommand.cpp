//===- RunCommand.cpp - mixc run ------------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Accuracy.h"
#include "compiler/driver/CodeCache.h"
#include "compiler/driver/Commands.h"
#include "compiler/driver/Emit.h"
#include "compiler/driver/Executable.h"
#include "compiler/driver/Extents.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/Outputs.h"
#include "compiler/driver/Report.h"
#include "compiler/driver/Spec.h"
#include "compiler/driver/Storage.h"
#include "compiler/driver/Terminal.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

namespace {

struct RunOptions {
  std::vector<std::string> files;
  SpecOptions spec;
  InputOptions inputs;
  OutputOptions outputs;
  CodeCache cache;
  bool check = false, checked = false;

  void declare(OptionTable &table) {
    inputs.declare(table);
    outputs.declare(table);
    table.flag("check", check,
               "compare every output with `--target ref` under the numerics contract; exit status "
               "1 above 2");
    table.flag("checked", checked, "kernels check the subscripts that come from data");
    cache.declare(table);
    spec.declare(table);
    table.operands("FILE", files, 1, 1);
  }

  Error resolve() {
    if (Error error = spec.resolve())
      return error;
    if (Error error = inputs.resolve())
      return error;
    return outputs.resolve();
  }
};

/// What a run leaves.
struct Result {
  SmallVector<HostTensor> outputs;
  std::vector<Accuracy> accuracies; ///< with --check
  double compileSeconds = 0, runSeconds = 0;
  int64_t workspaceBytes = 0;

  bool holds() const {
    return all_of(accuracies, [](const Accuracy &accuracy) { return accuracy.holds(); });
  }
};

Error checkAccuracy(mixer::FuncOp func, const StoredCall &call, Result &result) {
  StatusLine status;
  status.show("evaluating the reference ...");
  auto reference = evaluate<double>(func, call.plain().call);
  if (!reference)
    return reference.takeError();
  status.show("evaluating directly, in single precision ...");
  auto direct = evaluate<float>(func, call.plain().call);
  if (!direct)
    return direct.takeError();
  call.clip(*reference);
  call.clip(*direct);
  for (auto [output, meaning, plain] : zip(result.outputs, *reference, *direct)) {
    auto accuracy = measure(output, meaning, plain);
    if (!accuracy)
      return accuracy.takeError();
    result.accuracies.push_back(std::move(*accuracy));
  }
  return Error::success();
}

json::Object toJSON(mixer::FuncOp func, const RunOptions &options, const Inputs &inputs,
                    const Result &result) {
  json::Array outputs;
  for (auto [position, name] : enumerate(outputNames(func))) {
    const HostTensor &tensor = result.outputs[position];
    json::Object output{{"name", name},
                        {"element", elementName(tensor.element)},
                        {"shape", json::Array(tensor.shape)}};
    if (options.check) {
      const Accuracy &accuracy = result.accuracies[position];
      output["max_abs"] = number(accuracy.maxAbs);
      output["rel_l2"] = number(accuracy.relL2);
      output["contract"] = number(accuracy.ratio);
      output["misplaced"] = accuracy.misplaced;
      output["nan"] = accuracy.nans;
      output["holds"] = accuracy.holds();
    }
    outputs.push_back(std::move(output));
  }
  return json::Object{{"mixer", func.getSymName()},
                      {"target", options.spec.target.text()},
                      {"dtype", mix::spelling(options.spec.dtype)},
                      {"dims", dimsObject(func, inputs.extents)},
                      {"compile_s", result.compileSeconds},
                      {"cache", options.cache.outcome()},
                      {"run_s", result.runSeconds},
                      {"peak_workspace_bytes", result.workspaceBytes},
                      {"outputs", std::move(outputs)}};
}

void printText(mixer::FuncOp func, const RunOptions &options, const Inputs &inputs,
               const Result &result) {
  outs() << func.getSymName() << " on " << options.spec.target.text() << ", "
         << mix::spelling(options.spec.dtype) << ": " << dimsText(func, inputs.extents) << '\n'
         << (options.cache.outcome() == "hit" ? "loaded in " : "compiled in ")
         << secondsText(result.compileSeconds) << ", ran in " << secondsText(result.runSeconds)
         << ", temporaries " << quantityText(result.workspaceBytes, "B") << "\n\n";
  std::vector<std::vector<std::string>> rows{{"output", "element", "shape"}};
  if (options.check)
    rows.front().insert(rows.front().end(), {"max abs", "rel L2", "contract", ""});
  for (auto [position, name] : enumerate(outputNames(func))) {
    const HostTensor &tensor = result.outputs[position];
    rows.push_back({name.str(), elementName(tensor.element).str(), shapeString(tensor.shape)});
    if (!options.check)
      continue;
    const Accuracy &accuracy = result.accuracies[position];
    std::string verdict = accuracy.holds() ? "holds" : "broken";
    if (accuracy.misplaced)
      verdict += ": " + std::to_string(accuracy.misplaced) +
                 " inf or NaN out of place, the first at " + shapeString(accuracy.firstMisplaced);
    if (accuracy.nans)
      verdict += "; " + std::to_string(accuracy.nans) + " of " +
                 std::to_string(tensor.numElements()) + " are NaN";
    rows.back().insert(rows.back().end(),
                       {formatv("{0:e2}", accuracy.maxAbs), formatv("{0:e2}", accuracy.relL2),
                        formatv("{0:f3}", accuracy.ratio), verdict});
  }
  printTable(outs(), rows, {1, 2, 6});
}

Error runSpec(Spec &spec, RunOptions &options, Stopwatch &compiling) {
  auto func = spec.emit(options.spec);
  if (!func)
    return func.takeError();
  if (Error error = setStorage(*func, options.spec.storage))
    return error;
  if (options.spec.emit) {
    // Without sizes a schedule is made for none in particular.
    SmallVector<int64_t> extents;
    if (!options.spec.dims.empty()) {
      if (Error error = checkDims(*func, options.spec.dims))
        return error;
      auto sizes = completeExtents(*func, options.spec.dims);
      if (!sizes)
        return sizes.takeError();
      extents = std::move(*sizes);
    }
    return emitStage(spec, *func, *options.spec.emit, compileOptions(*func, options.spec, extents));
  }
  if (Error error = checkAvailable(options.spec.target))
    return error;
  if (Error error = checkOutputs(*func, options.outputs, options.files.front()))
    return error;
  Result result;
  result.compileSeconds = compiling.lap();

  auto inputs = gatherInputs(*func, options.inputs, options.spec.dims);
  if (!inputs)
    return inputs.takeError();
  auto call =
      StoredCall::make(*func, std::move(*inputs), options.spec.storage, options.spec.target);
  if (!call)
    return call.takeError();

  compiling.lap();
  CompileOptions compile = compileOptions(*func, options.spec, call->plain().extents);
  compile.checked = options.checked;
  compile.cache = &options.cache;
  auto executable = makeExecutable(*func, compile, options.spec.threads);
  if (!executable)
    return executable.takeError();
  result.compileSeconds += compiling.lap();

  auto outputs = call->makeOutputs();
  if (!outputs)
    return outputs.takeError();
  Stopwatch running;
  if (Error error = (*executable)->run(call->stored(), outputs->tensors))
    return error;
  result.runSeconds = running.seconds();
  if (Error error = checkGuards(*func, **executable, outputs->memory))
    return error;
  result.workspaceBytes = (*executable)->workspaceBytes(call->stored().extents);
  auto read = call->readOutputs(outputs->tensors);
  if (!read)
    return read.takeError();
  result.outputs = std::move(*read);

  if (options.check)
    if (Error error = checkAccuracy(*func, *call, result))
      return error;
  if (Error error = writeOutputs(*func, options.outputs, result.outputs))
    return error;
  if (options.spec.json)
    printJSON(toJSON(*func, options, call->plain(), result));
  else
    printText(*func, options, call->plain(), result);
  return result.holds() ? Error::success() : reported(Exit::Fault);
}

int run(Arguments arguments) {
  Stopwatch compiling;
  OptionTable table(runCommand);
  RunOptions options;
  options.declare(table);
  if (Error error = table.parse(arguments))
    return report(std::move(error));
  if (table.helped())
    return 0;
  if (Error error = options.resolve())
    return report(std::move(error));
  auto spec = Spec::load(options.files.front());
  if (!spec)
    return report(spec.takeError());
  return report(runSpec(**spec, options, compiling), &(*spec)->sources());
}

} // namespace

const Command runCommand{
    "run",
    "FILE [options]",
    "compiles a mixer for one target and runs it once on given inputs",
    "Extents come from the shapes of the arguments and from `--dim`. Values are converted to the "
    "arguments' element types; "
    "an integer that would become another number is refused. Floating outputs are written as f32 "
    "(f64 where that is "
    "their type), integers and bools as themselves; no file is written before everything is "
    "computed.\n"
    "Compiled code is kept in `$MIXC_CACHE_DIR`, or `mixc` in `$XDG_CACHE_HOME` or in `~/.cache`, "
    "up to "
    "`$MIXC_CACHE_LIMIT` (256M unless set), and found again until the spec, its options, the "
    "machine or mixc change; `--no-cache` does without.\n"
    "The contract that `--check` measures: the maximum error over the maximum of the reference, "
    "and the L2 error over "
    "its L2 norm, both against an evaluation in double precision, are at most 2 times those of "
    "plain loops in single "
    "precision (or of half an ulp of the output's element type); NaN only where the reference has "
    "it. Errors count as half an ulp at least, so that the ratio is coarse where few ulp decide: "
    "one ulp of the largest value may be 2.",
    "mixc run examples/softmax/attention.mix --target ref --random --dim "
    "B=1,H=2,G=1,N=7,M=7,D=8,E=8\n"
    "mixc run examples/recurrent/gla.mix --target ref --random=7 --dim B=1,H=2,N=9,K=4,V=4 --dtype "
    "bf16 --check\n"
    "mixc run examples/softmax/attention.mix --param causal=false --emit mixer\n",
    run};

} // namespace mixc::driver
