//===- Target.cpp - what a mixer is compiled for --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Target.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuCode.h"
#include "compiler/driver/GpuExecutable.h"
#include "lowering/host/Target.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <sched.h>
#include <thread>

using namespace llvm;

namespace mixc::driver {

namespace {
struct Family {
  TargetKind kind;
  StringRef name;
  /// What the part behind the colon may begin with; empty: there is none.
  StringRef architectures;
};

constexpr Family families[] = {
    {TargetKind::Reference, "ref", ""},
    {TargetKind::Cpu, "cpu", "native, x86-64-v3, x86-64-v4, ..."},
    {TargetKind::Cuda, "cuda", "sm_80, sm_90a, ..."},
    {TargetKind::Hip, "hip", "gfx90a, gfx942, gfx1100, ..."},
    {TargetKind::Emulator, "emu", "sm_80, sm_90a, gfx942, gfx1100, ..."}};

const Family &familyOf(TargetKind kind) {
  return *find_if(families, [&](const Family &family) { return family.kind == kind; });
}
} // namespace

std::string Target::text() const {
  std::string name = familyOf(kind).name.str();
  return architecture.empty() ? name : name + ":" + architecture;
}

static Error checkProcessor(StringRef name) {
  std::vector<StringRef> names = lowering::host::CpuTarget::names();
  if (name == "native" || is_contained(names, name))
    return Error::success();
  // All of them would fill a screen: the nearest few.
  std::vector<std::pair<unsigned, StringRef>> near;
  for (StringRef other : names)
    near.emplace_back(name.edit_distance(other), other);
  llvm::stable_sort(near);
  std::string note = "near names are `native`";
  for (auto [distance, other] : ArrayRef(near).take_front(4))
    note += (", `" + other + "`").str();
  return usageError("target `cpu` knows no processor `" + name + "`", {note});
}

Expected<Target> parseTarget(StringRef text) {
  auto [name, architecture] = text.split(':');
  std::vector<StringRef> names;
  for (const Family &family : families) {
    names.push_back(family.name);
    if (name != family.name)
      continue;
    if (family.architectures.empty() && text.contains(':'))
      return usageError("target `" + name + "` takes nothing behind a `:`");
    if (text.contains(':') && architecture.empty())
      return usageError("target `" + text + "` wants an architecture behind its `:`",
                        {("one of " + family.architectures).str()});
    if (family.kind == TargetKind::Emulator && architecture.empty())
      return usageError("target `emu` wants the architecture to emulate",
                        {("one of " + family.architectures).str()});
    if (family.kind == TargetKind::Cpu && !architecture.empty())
      if (Error error = checkProcessor(architecture))
        return error;
    Target target{family.kind, architecture == "native" ? "" : architecture.str()};
    // Bundles may name several GPUs.
    bool isGpu = family.kind != TargetKind::Reference && family.kind != TargetKind::Cpu;
    if (isGpu && !target.architecture.empty())
      for (StringRef part : split(target.architecture, ','))
        if (auto gpu = gpuTarget({family.kind, part.str()}); !gpu)
          return gpu.takeError();
    return target;
  }
  return usageError("there is no target `" + text + "`", suggestions(name, names, "targets"));
}

Error checkAvailable(const Target &target) {
  if (target.kind != TargetKind::Cuda && target.kind != TargetKind::Hip)
    return Error::success();
  return openDriver(target).takeError();
}

std::string processorName() {
  auto info = MemoryBuffer::getFileAsStream("/proc/cpuinfo");
  if (!info)
    return "unknown processor";
  SmallVector<StringRef> lines;
  (*info)->getBuffer().split(lines, '\n');
  for (StringRef line : lines)
    if (line.starts_with("model name"))
      return line.split(':').second.trim().str();
  return "unknown processor";
}

unsigned availableCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return static_cast<unsigned>(CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

} // namespace mixc::driver
