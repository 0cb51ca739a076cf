//===- BenchCommand.cpp - mixc bench --------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Contender.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuPeaks.h"
#include "compiler/driver/Outputs.h"
#include "compiler/driver/Peaks.h"
#include "compiler/driver/Report.h"
#include "compiler/driver/Terminal.h"
#include "compiler/driver/Work.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <limits>

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

namespace {

struct BenchOptions {
  std::vector<std::string> files;
  SpecOptions spec;
  InputOptions inputs;
  CodeCache cache;
  std::optional<std::string> vs, runsText;
  /// 0: as many as fit a second.
  int64_t runs = 0;

  void declare(OptionTable &table) {
    table.group("measurement");
    table.value("vs", "OTHER", vs, "another .mix file or target to measure in turn with the first");
    cache.declare(table);
    table.value("runs", "N", runsText, "timed runs (default: as many as fit a second, 3 to 1000)");
    inputs.declare(table);
    spec.declare(table);
    table.operands("FILE", files, 1, 1);
  }

  Error resolve() {
    if (Error error = spec.resolve())
      return error;
    if (spec.emit)
      return usageError("`mixc bench` prints no stages", {"`mixc run FILE --emit STAGE` does"});
    if (runsText) {
      auto value = parseInteger("runs", *runsText, 1);
      if (!value)
        return value.takeError();
      runs = *value;
    }
    if (Error error = inputs.resolve())
      return error;
    // What is not given is drawn: the time seldom depends on it.
    if (!inputs.seed)
      inputs.seed = 0;
    return Error::success();
  }
};

/// Runs the contenders in turn, so that whatever else the machine does meets all alike.
Error measure(MutableArrayRef<Contender> contenders, int64_t runs) {
  constexpr double budget = 1, warmUp = 0.1;
  StatusLine status;
  double once = 0;
  for (Contender &contender : contenders) {
    status.show("warming up ...");
    Stopwatch watch;
    do
      if (Error error = contender.run(false))
        return error;
    while (watch.seconds() < warmUp);
    once += contender.last;
  }
  if (runs == 0)
    runs = static_cast<int64_t>(std::clamp(budget / once, 3.0, 1000.0));
  for (int64_t run = 0; run != runs; ++run) {
    status.show(("run " + Twine(run + 1) + " of " + Twine(runs)).str());
    for (Contender &contender : contenders)
      if (Error error = contender.run(true))
        return error;
  }
  for (Contender &contender : contenders)
    if (Error error = checkGuards(contender.func, *contender.executable, contender.guards))
      return error;
  return Error::success();
}

/// What limits `target`. What emulates a GPU is nothing to be measured against.
Expected<Peaks> measurePeaks(const Target &target, unsigned threads, double workingSet) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  switch (target.kind) {
  case TargetKind::Cuda:
  case TargetKind::Hip:
    return measureGpuPeaks(target);
  case TargetKind::Emulator:
    return Peaks{unknown, unknown, unknown};
  case TargetKind::Cpu:
  case TargetKind::Reference:
    return driver::measurePeaks(threads, workingSet);
  }
  llvm_unreachable("a target of another kind");
}

Error bench(BenchOptions &options) {
  std::vector<Contender> contenders(options.vs ? 2 : 1);
  Contender &ours = contenders.front();
  StringRef file = options.files.front();
  auto prepare = [&](Contender &contender, StringRef path, const SpecOptions &spec) -> Error {
    Error error = contender.prepare(path, spec, options.inputs, options.cache);
    if (!error)
      return Error::success();
    // With the source at hand.
    int exit = report(std::move(error), contender.spec ? &contender.spec->sources() : nullptr);
    return reported(static_cast<Exit>(exit));
  };
  if (Error error = prepare(ours, file, options.spec))
    return error;
  if (options.vs) {
    SpecOptions other = options.spec;
    if (!StringRef(*options.vs).ends_with(".mix")) {
      auto target = parseTarget(*options.vs);
      if (!target)
        return target.takeError();
      other.target = *target;
    } else {
      file = *options.vs;
      other.mixer.reset();
    }
    if (Error error = prepare(contenders.back(), file, other))
      return error;
  }

  if (Error error = measure(contenders, options.runs))
    return error;
  unsigned threads = options.spec.threads ? options.spec.threads : availableCores();
  Work work = countWork(ours.func, ours.inputs.extents);
  double median = ours.median(), bytes = static_cast<double>(work.bytes());
  auto peaksOfTarget = measurePeaks(options.spec.target, threads, bytes);
  if (!peaksOfTarget)
    return peaksOfTarget.takeError();
  Peaks peaks = *peaksOfTarget;
  bool hasPeaks = options.spec.target.kind != TargetKind::Emulator;
  double peak = options.spec.dtype == mix::ElementType::F64 ? peaks.f64 : peaks.f32;
  // The roofline: what arithmetic and memory allow together.
  double bound = std::max(work.flops / peak, bytes / peaks.read);
  double ofPeak = work.flops / median / peak, ofRoofline = bound / median;

  std::string target = options.spec.target.text();
  if (options.spec.json) {
    json::Object object{{"mixer", ours.func.getSymName()},
                        {"target", target},
                        {"dtype", mix::spelling(options.spec.dtype)},
                        {"dims", dimsObject(ours.func, ours.inputs.extents)},
                        {"threads", threads},
                        {"compile_s", ours.compileSeconds},
                        {"cache", ours.cacheOutcome},
                        {"runs", ours.times.size()},
                        {"median_s", median},
                        {"min_s", ours.fastest()},
                        {"flops", work.flops},
                        {"flops_counted", text(work.counted)},
                        {"bytes", work.bytes()},
                        {"gflops", work.flops / median / 1e9},
                        {"gbps", bytes / median / 1e9},
                        {"peak_gflops", number(peak / 1e9)},
                        {"peak_gbps", number(peaks.read / 1e9)},
                        {"fraction_of_peak", number(ofPeak)},
                        {"fraction_of_roofline", number(ofRoofline)}};
    if (options.vs) {
      double other = contenders.back().median();
      object["vs"] =
          json::Object{{"what", *options.vs}, {"median_s", other}, {"ratio", other / median}};
    }
    printJSON(std::move(object));
    return Error::success();
  }

  auto percent = [](double fraction) { return formatv("{0:f1} %", 100 * fraction).str(); };
  auto against = [&](double rate, double peak, StringRef unit) {
    std::string text = quantityText(rate, unit);
    if (hasPeaks)
      text += ", " + percent(rate / peak) + " of the measured " + quantityText(peak, unit);
    return text;
  };
  outs() << ours.func.getSymName() << " on " << target << ", " << mix::spelling(options.spec.dtype)
         << ", " << threads << (threads == 1 ? " thread: " : " threads: ")
         << dimsText(ours.func, ours.inputs.extents) << "\n\n";
  std::vector<std::vector<std::string>> rows{
      {ours.cacheOutcome == "hit" ? "loaded in" : "compiled in", secondsText(ours.compileSeconds)},
      {"median of " + std::to_string(ours.times.size()), secondsText(median)},
      {"fastest", secondsText(ours.fastest())},
      {"work", quantityText(work.flops, "FLOP") + ", counted " + text(work.counted).str()},
      {"inputs and outputs", quantityText(bytes, "B")},
      {"arithmetic", against(work.flops / median, peak, "FLOP/s")},
      {"memory", against(bytes / median, peaks.read, "B/s")}};
  if (hasPeaks)
    rows.push_back({"roofline", percent(ofRoofline)});
  if (options.vs) {
    double other = contenders.back().median();
    rows.push_back({"against " + *options.vs,
                    secondsText(other) + ", ratio " + formatv("{0:f2}", other / median).str()});
  }
  printTable(outs(), rows, {1});
  return Error::success();
}

int runBench(Arguments arguments) {
  OptionTable table(benchCommand);
  BenchOptions options;
  options.declare(table);
  if (Error error = table.parse(arguments))
    return report(std::move(error));
  if (table.helped())
    return 0;
  if (Error error = options.resolve())
    return report(std::move(error));
  return report(bench(options));
}

} // namespace

const Command benchCommand{
    "bench",
    "FILE [options]",
    "compiles a mixer and measures its median time against this machine's peaks",
    "Arguments that are not given are drawn as by `mixc run --random`. The work counts what the "
    "equations need inside the mask, a fused multiply-add as 2; the bytes are the arguments and "
    "outputs once. The peaks are measured in the same run, on as many threads: multiply-adds in "
    "registers, and reading as many bytes again and again, so from a cache where they fit one. "
    "The ratio of `--vs` is the other's median over ours.",
    "mixc bench examples/recurrent/gla.mix --target ref --dim B=1,H=2,N=16,K=8,V=8 --runs 3\n",
    runBench};

} // namespace mixc::driver
