//===- Contender.cpp - a mixer whose runs are timed -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Contender.h"
#include "compiler/driver/Outputs.h"
#include "compiler/driver/Report.h"
#include "compiler/driver/Storage.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mixc::driver {

Error Contender::prepare(StringRef path, const SpecOptions &options,
                         const InputOptions &inputOptions, CodeCache &cache) {
  Stopwatch watch;
  auto loaded = Spec::load(path);
  if (!loaded)
    return loaded.takeError();
  spec = std::move(*loaded);
  auto emitted = spec->emit(options);
  if (!emitted)
    return emitted.takeError();
  func = *emitted;
  if (Error error = checkAvailable(options.target))
    return error;
  if (Error error = setStorage(func, options.storage))
    return error;
  compileSeconds = watch.lap();
  auto gathered = gatherInputs(func, inputOptions, options.dims);
  if (!gathered)
    return gathered.takeError();
  auto call = StoredCall::make(func, std::move(*gathered), options.storage, options.target);
  if (!call)
    return call.takeError();
  inputs = call->plain();
  stored = call->stored();
  auto made = call->makeOutputs();
  if (!made)
    return made.takeError();
  outputs = std::move(made->tensors);
  guards = std::move(made->memory);
  watch.lap();
  CompileOptions compile = compileOptions(func, options, inputs.extents);
  compile.cache = &cache;
  auto compiled = makeExecutable(func, compile, options.threads);
  if (!compiled)
    return compiled.takeError();
  executable = std::move(*compiled);
  compileSeconds += watch.lap();
  cacheOutcome = cache.outcome();
  return Error::success();
}

Error Contender::run(bool record) {
  Stopwatch watch;
  if (Error error = executable->run(stored, outputs))
    return error;
  last = watch.seconds();
  if (record)
    times.push_back(last);
  return Error::success();
}

double Contender::median() const {
  std::vector<double> sorted = times;
  llvm::sort(sorted);
  size_t half = sorted.size() / 2;
  return sorted.size() % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

double Contender::fastest() const { return *min_element(times); }

} // namespace mixc::driver
