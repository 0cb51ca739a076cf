//===- Bench.cpp - the table of cases under Google Benchmark --------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the cases of cases.json as `mixc bench` would, with the options of Google Benchmark:
//
//   mixc_bench --benchmark_filter=causal --benchmark_repetitions=5
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Contender.h"
#include "compiler/driver/Outputs.h"
#include "compiler/driver/Peaks.h"
#include "compiler/driver/Work.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <benchmark/benchmark.h>

#include <thread>

using namespace llvm;
using namespace mixc::driver;

namespace {

/// A case as options of the command line.
std::vector<std::string> optionsOf(const json::Object &entry) {
  std::vector<std::string> options{("--dtype=" + *entry.getString("dtype")).str()};
  for (auto &[name, value] : *entry.getObject("params"))
    options.push_back(("--param=" + name.str() + "=" + *value.getAsString()).str());
  for (auto &[name, value] : *entry.getObject("dims"))
    options.push_back("--dim=" + name.str() + "=" + std::to_string(*value.getAsInteger()));
  for (const json::Value &name : *entry.getArray("static"))
    options.push_back(("--static=" + *name.getAsString()).str());
  return options;
}

Error prepare(Contender &contender, const json::Object &entry, SpecOptions &spec) {
  static const Command command{"mixc_bench", "", "", "", "", nullptr};
  OptionTable table(command);
  spec.declare(table);
  std::vector<std::string> texts = optionsOf(entry);
  std::vector<StringRef> arguments(texts.begin(), texts.end());
  if (Error error = table.parse(arguments))
    return error;
  if (Error error = spec.resolve())
    return error;
  InputOptions inputs;
  inputs.seed = 0;
  CodeCache cache;
  std::string path = (MIXC_SOURCE_DIR "/" + *entry.getString("spec")).str();
  return contender.prepare(path, spec, inputs, cache);
}

void run(benchmark::State &state, const json::Object &entry) {
  Contender contender;
  SpecOptions spec;
  auto fails = [&](Error error) {
    if (!error)
      return false;
    state.SkipWithError(toString(std::move(error)).c_str());
    return true;
  };
  if (fails(prepare(contender, entry, spec)) || fails(contender.run(false)))
    return;
  unsigned threads = spec.threads ? spec.threads : std::thread::hardware_concurrency();
  double peak = sampleArithmetic(threads);
  for (auto _ : state) {
    if (fails(contender.run(true)))
      return;
    state.SetIterationTime(contender.last);
  }
  peak = std::max(peak, sampleArithmetic(threads));
  if (fails(checkGuards(contender.func, *contender.executable, contender.guards)))
    return;
  Work work = countWork(contender.func, contender.inputs.extents);
  double bytes = static_cast<double>(work.bytes()), median = contender.median();
  state.counters["GFLOP/s"] = work.flops / median / 1e9;
  if (*entry.getString("measure") == "bytes")
    state.counters["of_read"] = bytes / median / measurePeaks(threads, bytes).read;
  else
    state.counters["of_peak"] = work.flops / median / peak;
}

} // namespace

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  auto text = MemoryBuffer::getFile(MIXC_SOURCE_DIR "/bench/cases.json");
  if (!text) {
    errs() << "bench/cases.json: " << text.getError().message() << '\n';
    return 1;
  }
  auto cases = json::parse((*text)->getBuffer());
  if (!cases) {
    errs() << "bench/cases.json: " << toString(cases.takeError()) << '\n';
    return 1;
  }
  for (const json::Value &value : *cases->getAsArray()) {
    const json::Object &entry = *value.getAsObject();
    benchmark::RegisterBenchmark(entry.getString("name")->str().c_str(),
                                 [&entry](benchmark::State &state) { run(state, entry); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
