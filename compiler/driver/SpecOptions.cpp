//===- SpecOptions.cpp - the options of every command on a spec -----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/SpecOptions.h"
#include "compiler/driver/Failure.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace mixc::driver {

void SpecOptions::declare(OptionTable &table) {
  table.group("spec and target");
  table.value("mixer", "NAME", mixer, "the mixer, when the file holds several (default: the last)");
  table.value(
      "target", "TARGET", targetText,
      "ref, cpu[:native|x86-64-v3|...], cuda[:sm_90a], hip[:gfx942], emu:ARCH (default: cpu)");
  table.value("dtype", "TYPE", dtypeText,
              "element type of the generic tensors: f32, bf16, f16, f64 (default: f32)");
  table.list("param", "NAME=VALUE", paramTexts, "a param of the mixer");
  table.list("dim", "N=1000,D=64", dimTexts, "sizes of extents");
  table.list(
      "static", "D,E", staticTexts,
      "extents that are fixed at compile time, at their sizes from `--dim` or the arguments' "
      "shapes");
  table.list("storage", "q=0.2.1.3", storageTexts,
             "how a tensor lies in memory: its axes, counted from 0, from outermost to innermost "
             "(default: as in the spec), packed(axis=2,offsets=FILE) or "
             "paged(axis=2,block=16,table=FILE); repeat it for each tensor");
  table.list("inplace", "IN=OUT", inplaceTexts,
             "the output OUT may overwrite the argument IN (not in this version)");
  table.list("schedule", "KEY=VALUE,...", scheduleTexts, "overrides of the schedule");
  table.value("emit", "STAGE", emitText,
              "print a stage and stop: mixer, derived, tile, llvm, gpu, asm, ptx, amdgcn");
  table.value("threads", "T", threadsText, "threads to run on (default: one for each core)");
  table.flag("json", json, "print the report as JSON");
}

/// Collects the assignments of a repeatable option whose values are lists of them.
static Error collect(StringRef option, ArrayRef<std::string> texts,
                     function_ref<Error(StringRef name, StringRef value)> add) {
  for (StringRef text : texts)
    for (StringRef part : split(text, ',')) {
      if (part.trim().empty())
        return usageError("`--" + option + " " + text + "` has a part that is empty",
                          {"write `NAME=VALUE`, with a comma between two of them"});
      auto assignment = splitAssignment(option, part);
      if (!assignment)
        return assignment.takeError();
      if (Error error = add(assignment->first, assignment->second))
        return error;
    }
  return Error::success();
}

static Error twice(StringRef option, StringRef name, const Twine &first, const Twine &second) {
  return usageError("`--" + option + "` gives `" + name + "` twice, as " + first + " and as " +
                    second);
}

static Expected<Stage> parseStage(StringRef text) {
  static constexpr std::pair<StringRef, Stage> stages[] = {
      {"mixer", Stage::Mixer}, {"derived", Stage::Derived}, {"tile", Stage::Tile},
      {"llvm", Stage::LLVM},   {"gpu", Stage::Gpu},         {"asm", Stage::Assembly},
      {"ptx", Stage::PTX},     {"amdgcn", Stage::AMDGCN}};
  std::vector<StringRef> names;
  for (auto [name, stage] : stages) {
    if (name == text)
      return stage;
    names.push_back(name);
  }
  return usageError("`--emit` knows no stage `" + text + "`", suggestions(text, names, "stages"));
}

Error SpecOptions::resolve() {
  if (targetText) {
    auto parsed = parseTarget(*targetText);
    if (!parsed)
      return parsed.takeError();
    target = *parsed;
  }
  if (dtypeText) {
    StringRef names[] = {"f32", "bf16", "f16", "f64"};
    if (!is_contained(names, StringRef(*dtypeText)))
      return usageError("`--dtype` knows no type `" + *dtypeText + "` for generic tensors",
                        suggestions(*dtypeText, names, "types"));
    dtype = *mix::elementType(*dtypeText);
  }
  if (Error error = collect("param", paramTexts, [&](StringRef name, StringRef value) {
        auto [at, inserted] = params.try_emplace(name.str(), value.str());
        return inserted || at->second == value ? Error::success()
                                               : twice("param", name, at->second, value);
      }))
    return error;
  if (Error error = collect("dim", dimTexts, [&](StringRef name, StringRef text) -> Error {
        auto value = parseInteger(("dim " + name).str(), text, 0);
        if (!value)
          return value.takeError();
        auto [at, inserted] = dims.try_emplace(name, *value);
        if (!inserted && at->second != *value)
          return twice("dim", name, Twine(at->second), Twine(*value));
        return Error::success();
      }))
    return error;
  if (Error error = collect("schedule", scheduleTexts, [&](StringRef name, StringRef) {
        return usageError(
            "`--schedule` knows no key `" + name + "`",
            {"this version has none: the schedule follows from the equations and the sizes"});
      }))
    return error;
  for (StringRef text : staticTexts)
    for (StringRef name : split(text, ',')) {
      name = name.trim();
      if (name.empty())
        return usageError("`--static " + text + "` has a part that is empty",
                          {"write names of extents, with a comma between two of them"});
      if (name.contains('='))
        return usageError("`--static` wants names of extents, but got `" + name + "`",
                          {("the value goes in `--dim " + name + "`").str()});
      staticExtents.push_back(name.str());
    }
  if (emitText) {
    auto parsed = parseStage(*emitText);
    if (!parsed)
      return parsed.takeError();
    emit = *parsed;
  }
  if (threadsText) {
    auto value = parseInteger("threads", *threadsText, 1);
    if (!value)
      return value.takeError();
    if (*value > 4096)
      return usageError("`--threads` wants at most 4096, but got " + Twine(*value));
    threads = static_cast<unsigned>(*value);
  }
  return resolveStorage();
}

Error SpecOptions::resolveStorage() {
  if (!inplaceTexts.empty())
    return refusal("`--inplace " + inplaceTexts.front() +
                   "`: outputs that overwrite an argument are not there in this version");
  for (StringRef text : storageTexts)
    if (Error error = parseLayout(text, storage))
      return error;
  return Error::success();
}

} // namespace mixc::driver
