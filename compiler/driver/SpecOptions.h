//===- SpecOptions.h - the options of every command on a spec -----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `run`, `bench` and `explain` share how a mixer, its target and its sizes are named on the command
// line. `declare` puts these options into a table, `resolve` turns their texts into values once the
// line has been read.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_SPECOPTIONS_H
#define MIXC_COMPILER_DRIVER_SPECOPTIONS_H

#include "compiler/driver/CommandLine.h"
#include "compiler/driver/Layout.h"
#include "compiler/driver/Target.h"
#include "frontends/mix/AST.h"

#include "llvm/ADT/StringMap.h"

#include <map>

namespace mixc::driver {

/// A stage that `--emit` prints.
enum class Stage { Mixer, Derived, Tile, LLVM, Gpu, Assembly, PTX, AMDGCN };

struct SpecOptions {
  void declare(OptionTable &table);
  llvm::Error resolve();

  // Resolved.
  std::optional<std::string> mixer;
  Target target;
  mix::ElementType dtype = mix::ElementType::F32;
  std::map<std::string, std::string> params;
  llvm::StringMap<int64_t> dims;
  std::vector<std::string> staticExtents;
  Layouts storage;
  std::map<std::string, std::string> schedule;
  std::optional<Stage> emit;
  /// 0: a thread for each core.
  unsigned threads = 0;
  bool json = false;

private:
  llvm::Error resolveStorage();

  std::optional<std::string> targetText, dtypeText, emitText, threadsText;
  std::vector<std::string> paramTexts, dimTexts, staticTexts, storageTexts, scheduleTexts,
      inplaceTexts;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_SPECOPTIONS_H
