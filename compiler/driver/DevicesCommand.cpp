//===- DevicesCommand.cpp - mixc devices ----------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Commands.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuExecutable.h"
#include "compiler/driver/GpuPeaks.h"
#include "compiler/driver/Peaks.h"
#include "compiler/driver/Report.h"
#include "compiler/driver/Target.h"

#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

static int devices(Arguments arguments) {
  OptionTable table(devicesCommand);
  bool json = false;
  table.flag("json", json, "print the report as JSON");
  if (Error error = table.parse(arguments))
    return report(std::move(error));
  if (table.helped())
    return 0;

  unsigned cores = availableCores();
  std::string name = processorName();
  Peaks peaks = measurePeaks(cores);
  std::vector<FoundGpu> gpus = findGpus();
  std::vector<std::optional<Peaks>> gpuPeaks;
  for (const FoundGpu &gpu : gpus) {
    // The architecture that mixc makes code for may be one before the device's.
    auto measured = measureGpuPeaks({gpu.target.kind, ""}, gpu.number);
    if (measured)
      gpuPeaks.push_back(*measured);
    else {
      WithColor::warning(errs()) << "the peaks of `" << gpu.target.text()
                                 << "` are not known: " << toString(measured.takeError()) << '\n';
      gpuPeaks.push_back(std::nullopt);
    }
  }
  if (json) {
    json::Object cpu{
        {"target", "cpu"},
        {"name", name},
        {"units", cores},
        {"peak_gflops", json::Object{{"f32", peaks.f32 / 1e9}, {"f64", peaks.f64 / 1e9}}},
        {"peak_gbps", peaks.read / 1e9}};
    // The reference is not after speed: it has no peaks.
    json::Object reference{{"target", "ref"},
                           {"name", name},
                           {"units", cores},
                           {"peak_gflops", json::Object{}},
                           {"peak_gbps", nullptr}};
    json::Array devices{std::move(reference), std::move(cpu)};
    for (auto [gpu, measured] : zip(gpus, gpuPeaks)) {
      json::Object arithmetic;
      if (measured)
        arithmetic = json::Object{{"f32", measured->f32 / 1e9}, {"f64", measured->f64 / 1e9}};
      devices.push_back(
          json::Object{{"target", gpu.target.text()},
                       {"name", gpu.description.name},
                       {"units", gpu.description.units},
                       {"memory_bytes", static_cast<int64_t>(gpu.description.memoryBytes)},
                       {"peak_gflops", std::move(arithmetic)},
                       {"peak_gbps", measured ? json::Value(measured->read / 1e9) : nullptr}});
    }
    printJSON(json::Object{{"devices", std::move(devices)}});
    return 0;
  }
  std::vector<std::vector<std::string>> rows{
      {"target", "device", "units", "f32", "f64", "memory"},
      {"ref", name, std::to_string(cores), "", "", ""},
      {"cpu", name, std::to_string(cores), quantityText(peaks.f32, "FLOP/s"),
       quantityText(peaks.f64, "FLOP/s"), quantityText(peaks.read, "B/s")}};
  for (auto [gpu, measured] : zip(gpus, gpuPeaks))
    rows.push_back({gpu.target.text(), gpu.description.name, std::to_string(gpu.description.units),
                    measured ? quantityText(measured->f32, "FLOP/s") : "",
                    measured ? quantityText(measured->f64, "FLOP/s") : "",
                    measured ? quantityText(measured->read, "B/s") : ""});
  printTable(outs(), rows, {1});
  return 0;
}

const Command devicesCommand{
    "devices",
    "[--json]",
    "lists the targets on this machine with their measured peaks",
    "The peaks are measured on all cores: independent multiply-adds in registers, and reading "
    "more memory than the caches hold; on a GPU, multiply-adds of plain instructions, and copying. "
    "GPUs are listed where their driver is found, with their "
    "multiprocessors or compute units. Of several with one driver `$MIXC_DEVICE` says which one "
    "mixc uses: 0, the first, unless set.",
    "mixc devices --json\n",
    devices};

} // namespace mixc::driver
