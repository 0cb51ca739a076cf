//===- GpuPeaks.cpp - what a GPU can do at most ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/GpuPeaks.h"
#include "compiler/driver/Executable.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuExecutable.h"
#include "compiler/driver/Report.h"
#include "compiler/driver/Spec.h"
#include "runtime/DeviceHost.h"

using namespace llvm;

namespace mixc::driver {

/// 8 · 8 · 8 multiply-adds an element, each of which waits for the one before: a device that is
/// full of threads has others meanwhile.
static constexpr StringRef arithmetic = "mixer multiply_add(a: f32, b: f32, x: [N]) -> (y: [N]) {\n"
                                        "  let f(v) = ((((((((v * a + b) * a + b) * a + b) * a + "
                                        "b) * a + b) * a + b) * a + b) * a + b)\n"
                                        "  let g(v) = f(f(f(f(f(f(f(f(v))))))))\n"
                                        "  y[n] = g(g(g(g(g(g(g(g(x[n]))))))))\n"
                                        "}\n";
static constexpr double flopsOfElement = 2 * 8 * 8 * 8;

static constexpr StringRef copy = "mixer copy(a: f32, b: f32, x: [N]) -> (y: [N]) {\n"
                                  "  y[n] = x[n] * a + b\n"
                                  "}\n";

/// The elements of `x` per second of the mixer in `text`.
static Expected<double> elementRate(StringRef text, const Target &target, mix::ElementType dtype,
                                    std::optional<int> number) {
  auto spec = Spec::parse("peak.mix", text);
  if (!spec)
    return spec.takeError();
  SpecOptions options;
  options.target = target;
  options.dtype = dtype;
  auto func = (*spec)->emit(options);
  if (!func)
    return func.takeError();
  auto mixer = loadIntoGpu(*func, compileOptions(*func, options, {}), number);
  if (!mixer)
    return mixer.takeError();

  // Far more than caches hold, and far less than the device does.
  auto &gpu = static_cast<runtime::gpu::GpuDevice &>(*mixer->device);
  int64_t count =
      std::min<int64_t>(int64_t(1) << 26, static_cast<int64_t>(gpu.description().memoryBytes / 32));
  size_t bytes = static_cast<size_t>(count) * (dtype == mix::ElementType::F64 ? 8 : 4);
  // The factors of the chains keep their numbers finite, whatever is in `x`.
  const float numbers[] = {0.5f, 0.25f};
  runtime::DeviceBuffer a(gpu, "a"), b(gpu, "b"), x(gpu, "x"), y(gpu, "y");
  runtime::DeviceHost host(gpu, *mixer->module);
  int64_t workspace = mixer->plan->workspaceBytes(&count), stride = 1;
  if (!a.reserve(sizeof(float)) || !b.reserve(sizeof(float)) || !x.reserve(bytes) ||
      !y.reserve(bytes) || !host.reserveWorkspace(static_cast<size_t>(workspace)))
    return refusal("the device has no memory to measure its peaks");
  mixc_view views[] = {{a.data(), nullptr, nullptr},
                       {b.data(), nullptr, nullptr},
                       {x.data(), &count, &stride},
                       {y.data(), &count, &stride}};
  auto faulty = [&](int32_t failed) {
    return failed ? make_error<DeviceFault>(gpu.fault()) : Error::success();
  };
  if (Error error = faulty(gpu.copyIn(a.data(), &numbers[0], sizeof(float))))
    return error;
  if (Error error = faulty(gpu.copyIn(b.data(), &numbers[1], sizeof(float))))
    return error;
  // The first repetition warms up.
  constexpr int repetitions = 5, launches = 8;
  double best = 0;
  for (int repetition = 0; repetition != repetitions; ++repetition) {
    Stopwatch watch;
    int32_t failed = 0;
    for (int launch = 0; launch != launches && !failed; ++launch)
      failed = mixer->plan->run(views, &count, host.workspace(), host.getHost());
    if (int32_t late = host.finish(); !failed)
      failed = late;
    if (Error error = faulty(failed))
      return error;
    if (repetition > 0)
      best = std::max(best, static_cast<double>(count) * launches / watch.seconds());
  }
  return best;
}

Expected<Peaks> measureGpuPeaks(const Target &target, std::optional<int> number) {
  Peaks peaks;
  auto single = elementRate(arithmetic, target, mix::ElementType::F32, number);
  if (!single)
    return single.takeError();
  peaks.f32 = *single * flopsOfElement;
  auto twice = elementRate(arithmetic, target, mix::ElementType::F64, number);
  if (!twice)
    return twice.takeError();
  peaks.f64 = *twice * flopsOfElement;
  auto copied = elementRate(copy, target, mix::ElementType::F32, number);
  if (!copied)
    return copied.takeError();
  peaks.read = *copied * 2 * sizeof(float);
  return peaks;
}

} // namespace mixc::driver
